"""Checks of the money: sums, products, last year's figure, what the notes say. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from assistant.findings.tools import amount_of, fault, finding, named, text_of
from assistant.text.folding import comparable
from schemas.findings import Finding
from schemas.forms import FORMS, Kind
from schemas.records import Record

# What an expense category is for, in the words that its items would use.
_CATEGORY_WORDS = {
    "宣传|印刷": "宣传|印刷|海报|视频|广告|媒体|活动|展|手册|制作|资料",
    "培训": "培训|讲|课|师资|教材|学",
    "会议": "会议|会务|会场",
    "差旅": "差旅|交通|住宿|调研|考察",
}


def sums_foot(record: Record, _: int | None) -> Iterator[Finding]:
    """Rows add up to the printed total, and the total is the project's amount."""
    for table in FORMS[record.form_type].tables:
        rows, total = record.tables.get(table.name, []), record.totals.get(table.name, {})
        for column in table.columns:
            printed = amount_of(total.get(column.name))
            values = [amount_of(r.get(column.name)) for r in rows]
            known = [v for v in values if v is not None]
            if column.kind is not Kind.AMOUNT or printed is None or len(known) < len(rows):
                continue
            if rows and sum(known) != printed:
                what = fault("column_sum", column=named(column), sum=sum(known), printed=printed)
                cells = [total[column.name], *(r.get(column.name) for r in rows)]
                target = f"{table.name}.total.{column.name}"
                yield finding(record, "sum_mismatch", target, what, cells, "error")
    amount = record.fields.get("total_amount")
    declared = record.totals.get("annual_funding", {}).get("declared")
    if amount_of(amount) is not None and amount_of(declared) not in (None, amount_of(amount)):
        what = fault("plan_sum", amount=text_of(amount), planned=text_of(declared))
        cells = [amount, declared]
        yield finding(record, "sum_mismatch", "total_amount", what, cells, "error")


def products_hold(record: Record, _: int | None) -> Iterator[Finding]:
    """Unit price × workload is the row's amount."""
    for row in record.tables.get("cost_items", []):
        price, load, amount = (amount_of(row.get(c)) for c in ("unit_price", "workload", "amount"))
        if price is None or load is None or amount is None or price * load == amount:
            continue
        what = fault(
            "product_mismatch",
            item=text_of(row.get("content")),
            price=price,
            load=load,
            product=price * load,
            amount=amount,
        )
        cells = [row.get(c) for c in ("amount", "unit_price", "workload")]
        yield finding(record, "product_mismatch", "cost_items.amount", what, cells, "error")


def amount_conflict(record: Record, _: int | None) -> Iterator[Finding]:
    """The contract's amount in the basis is none of the amounts that the cost notes name."""
    basis = record.fields.get("basis")
    contracts = {m[1] for m in re.finditer(r"合同金额为?(\d+)元", comparable(text_of(basis)))}
    rows = [r["basis"] for r in record.tables.get("cost_items", []) if "basis" in r]
    noted = [(c, re.findall(r"\d{4}年(\d{5,})", comparable(text_of(c)))) for c in rows]
    named = {n for _, found in noted for n in found}
    if basis and contracts and named and not contracts & named:
        one, two = ("、".join(sorted(n)) for n in (contracts, named))
        what = fault("amount_conflict", contracts=one, noted=two)
        cells = [basis, next(c for c, found in noted if found)]
        yield finding(record, "amount_conflict", "basis", what, cells)


def category_mismatch(record: Record, _: int | None) -> Iterator[Finding]:
    """All items stand under an expense category that none of them is about."""
    rows = record.tables.get("cost_items", [])
    categories = {text_of(r.get("detail_category")) + text_of(r.get("scope")) for r in rows}
    contents = "\n".join(text_of(r.get("content")) for r in rows)
    if len(rows) < 3 or not contents.strip():
        return
    for category, words in _CATEGORY_WORDS.items():
        if all(re.search(category, c) for c in categories) and not re.search(words, contents):
            first = rows[0]
            shown = f"{text_of(first.get('detail_category'))} / {text_of(first.get('scope'))}"
            what = fault("category_mismatch", category=shown)
            cells = [first.get("detail_category"), first.get("content")]
            target = "cost_items.detail_category"
            yield finding(record, "category_mismatch", target, what, cells, "note")
            return


def truncated_text(record: Record, _: int | None) -> Iterator[Finding]:
    """A note of a cost item that another row of the same table carries on."""
    cells = [r["basis"] for r in record.tables.get("cost_items", []) if "basis" in r]
    texts = Counter(text_of(c) for c in cells if text_of(c))
    for text in texts:
        if any(other != text and other.startswith(text) for other in texts):
            what = fault("truncated_note", note=text)
            cited = [c for c in cells if text_of(c) == text]
            yield finding(record, "truncated_text", "cost_items.basis", what, cited)
            return


def previous_year_mismatch(record: Record, budget_year: int | None) -> Iterator[Finding]:
    """上一年预算安排 against last year's row of the funding plan."""
    cell = record.fields.get("previous_year_amount")
    printed = amount_of(cell)
    if printed is None or budget_year is None:
        return
    for row in record.tables.get("annual_funding", []):
        planned = amount_of(row.get("approved")) or amount_of(row.get("declared"))
        if text_of(row.get("year")) == str(budget_year - 1) and planned not in (None, printed):
            year = budget_year - 1
            what = fault("previous_year_mismatch", printed=printed, year=year, planned=planned)
            yield finding(
                record,
                "previous_year_mismatch",
                "previous_year_amount",
                what,
                [cell, row.get("approved") or row.get("declared")],
            )

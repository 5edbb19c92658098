"""Checks of the money: sums, products, last year's figure, what the notes say. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from assistant.findings.tools import fault, finding, named
from assistant.reconcile.laws import Law, Money, laws_of
from assistant.text.folding import comparable
from schemas.findings import Finding
from schemas.forms import FieldSpec, Kind
from schemas.forms.spec import EqualsTotal, Product, Totals
from schemas.records import Cell, Record, amount_of, text_of

# What an expense category is for, in the words that its items would use.
_CATEGORY_WORDS = {
    "宣传|印刷": "宣传|印刷|海报|视频|广告|媒体|活动|展|手册|制作|资料",
    "培训": "培训|讲|课|师资|教材|学",
    "会议": "会议|会务|会场",
    "差旅": "差旅|交通|住宿|调研|考察",
}


def sums_foot(record: Record, _: int | None) -> Iterator[Finding]:
    """Rows add up to the printed total, and the total is the project's amount."""
    broken = [law for law in laws_of(record) if not law.holds]
    for law in broken:
        if isinstance(law.spec, Totals):
            column = record.spec.table(law.spec.table).column(law.column)
            if column.kind is Kind.AMOUNT:
                yield _does_not_foot(record, law.spec.table, column, law)
    for law in broken:
        if isinstance(law.spec, EqualsTotal):
            numbers, unit = Money(record).side_by_side(*law.cells)
            amount, total = (f"{n}{unit}" for n in numbers)
            what = fault("plan_sum", amount=amount, planned=total)
            yield finding(record, "sum_mismatch", law.spec.field, what, law.cells, "error")


def _does_not_foot(record: Record, table: str, column: FieldSpec, law: Law) -> Finding:
    (*parts, total), unit = Money(record).side_by_side(*law.cells)
    added, printed = f"{sum(parts)}{unit}", f"{total}{unit}"
    what = fault("column_sum", column=named(column), sum=added, printed=printed)
    cells = [law.cells[-1], *law.cells[:-1]]
    return finding(record, "sum_mismatch", f"{table}.total.{column.name}", what, cells, "error")


def products_hold(record: Record, _: int | None) -> Iterator[Finding]:
    """Unit price × workload is the row's amount."""
    for law in laws_of(record):
        if not isinstance(law.spec, Product) or law.holds or law.row is None:
            continue
        price_cell, load_cell, amount_cell = law.cells
        (price, amount), unit = Money(record).side_by_side(price_cell, amount_cell)
        load = amount_of(load_cell) or Decimal(0)
        subject = record.spec.table(law.spec.table).subject
        what = fault(
            "product_mismatch", item=text_of(law.row.get(subject)), price=f"{price}{unit}",
            load=load, product=f"{price * load}{unit}", amount=f"{amount}{unit}",
        )  # fmt: skip
        cells = [amount_cell, price_cell, load_cell]
        target = f"{law.spec.table}.{law.spec.amount}"
        yield finding(record, "product_mismatch", target, what, cells, "error")


def amount_conflict(record: Record, _: int | None) -> Iterator[Finding]:
    """The contract's amount in the basis is none of the amounts that the cost notes name."""
    target = record.spec.roles.basis
    basis = record.fields.get(target)
    contracts = {m[1] for m in re.finditer(r"合同金额为?(\d+)元", comparable(text_of(basis)))}
    notes = [(c, re.findall(r"\d{4}年(\d{5,})", comparable(text_of(c)))) for c in _notes(record)]
    named = {n for _, found in notes for n in found}
    if basis and contracts and named and not contracts & named:
        one, two = ("、".join(sorted(n)) for n in (contracts, named))
        what = fault("amount_conflict", contracts=one, noted=two)
        cells = [basis, next(c for c, found in notes if found)]
        yield finding(record, "amount_conflict", target, what, cells)


def _notes(record: Record) -> list[Cell]:
    """What explains the costs, row by row."""
    costs = record.spec.costs
    rows = record.tables.get(costs.name, []) if costs else []
    return [row[costs.note] for row in rows if costs and costs.note in row]


def category_mismatch(record: Record, _: int | None) -> Iterator[Finding]:
    """All items stand under an expense category that none of them is about."""
    costs = record.spec.costs
    rows = record.tables.get(costs.name, []) if costs else []
    if costs is None or len(rows) < 3:
        return
    categories = {text_of(r.get(costs.category)) + text_of(r.get(costs.scope)) for r in rows}
    contents = "\n".join(text_of(r.get(costs.subject)) for r in rows)
    if not contents.strip():
        return
    for category, words in _CATEGORY_WORDS.items():
        if all(re.search(category, c) for c in categories) and not re.search(words, contents):
            first = rows[0]
            category_cell = first.get(costs.category)
            shown = f"{text_of(category_cell)} / {text_of(first.get(costs.scope))}"
            what = fault("category_mismatch", category=shown)
            cells = [category_cell, first.get(costs.subject)]
            target = f"{costs.name}.{costs.category}"
            yield finding(record, "category_mismatch", target, what, cells, "note")
            return


def truncated_text(record: Record, _: int | None) -> Iterator[Finding]:
    """A note of a cost item that another row of the same table carries on."""
    costs, cells = record.spec.costs, _notes(record)
    texts = Counter(text_of(c) for c in cells if text_of(c))
    for text in texts:
        if costs and any(other != text and other.startswith(text) for other in texts):
            what = fault("truncated_note", note=text)
            cited = [c for c in cells if text_of(c) == text]
            target = f"{costs.name}.{costs.note}"
            yield finding(record, "truncated_text", target, what, cited)
            return


def previous_year_mismatch(record: Record, budget_year: int | None) -> Iterator[Finding]:
    """上一年预算安排 against last year's row of the funding plan."""
    plan, target = record.spec.plan, record.spec.roles.previous_amount
    cell = record.fields.get(target)
    if plan is None or cell is None or amount_of(cell) is None or budget_year is None:
        return
    money = Money(record)
    for row in record.tables.get(plan.name, []):
        granted, asked = row.get(plan.approved), row.get(plan.declared)
        planned = granted if amount_of(granted) else asked
        if text_of(row.get(plan.year)) != str(budget_year - 1) or planned is None:
            continue
        if money.yuan(planned) not in (None, money.yuan(cell)):
            (printed, other), unit = money.side_by_side(cell, planned)
            what = fault(
                "previous_year_mismatch", printed=f"{printed}{unit}", year=budget_year - 1,
                planned=f"{other}{unit}",
            )  # fmt: skip
            cells = [cell, granted or asked]
            yield finding(record, "previous_year_mismatch", target, what, cells)

"""Faults that the printed forms themselves hold. Pure.

Each check is a small function over one record, or over the records of one
booklet, that yields findings with the place on the page. The rules are those a
budget reviewer applies when examining performance targets (绩效目标审核):
complete, consistent, measurable, within the period, sums that foot.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Literal

from assistant.amounts import parse_target
from assistant.periods import budget_year_of
from assistant.text import comparable
from schemas.findings import Finding
from schemas.forms import FORMS, Kind
from schemas.records import Cell, Record, RecordRow

Severity = Literal["error", "warning", "note"]
RecordCheck = Callable[[Record, int | None], Iterator[Finding]]
BookletCheck = Callable[[Sequence[Record]], Iterator[Finding]]

_PLACEHOLDER_YEAR = 2090
_RATE = re.compile(r"(率|满意度|比例|比重|占比|覆盖面)(（.*）)?$")
_HAS_NUMBER = re.compile(r"[\d零一二三四五六七八九十百千万两]|全部|全覆盖|无")
_MALFORMED = re.compile(r"[<>]\s*=|=\s*[<>]|[<>≤≥]\s*[<>≤≥]")
_QUOTES = (("“", "”"), ("《", "》"), ("‘", "’"))
_EMPTY_MARKS = {"", "-", "—", "/", "无", "0"}


def _finding(
    record: Record,
    rule: str,
    target: str,
    what: str,
    cells: Iterable[Cell | None],
    severity: Severity = "warning",
) -> Finding:
    citations = [c.evidence for c in cells if c is not None and c.evidence is not None]
    return Finding(
        form_id=record.form_id,
        document_id=record.document_id,
        pages=sorted({c.page for c in citations}) or record.pages[:1],
        rule=rule,
        target=target,
        what=what,
        severity=severity,
        citations=citations,
    )


def _text(cell: Cell | None) -> str:
    return "" if cell is None or cell.value is None else str(cell.value)


def _amount(cell: Cell | None) -> Decimal | None:
    try:
        return Decimal(_text(cell))
    except InvalidOperation:
        return None


def _is_empty(cell: Cell | None) -> bool:
    return comparable(_text(cell)) in _EMPTY_MARKS - {"0"}


def _label(record: Record, field: str) -> str:
    return FORMS[record.form_type].field(field).label


def missing_required(record: Record, _: int | None) -> Iterator[Finding]:
    """A cell that the form needs is printed and empty, or holds a dash."""
    fields = record.fields
    for name in ("basis", "overview"):
        if name in fields and _is_empty(fields[name]):
            shown = _text(fields[name]) or "空白"
            what = f"{_label(record, name)}没有填写（{shown}）"
            yield _finding(record, "missing_required", name, what, [fields[name]], "error")
    goals = [fields[n] for n in ("overall_goal", "annual_goal") if n in fields]
    if goals and all(_is_empty(g) for g in goals) and record.tables.get("indicators"):
        what = "绩效指标已填写，而总体目标和年度目标都是空白"
        yield _finding(record, "missing_required", "overall_goal", what, goals, "error")
    name_cell, code_cell = fields.get("parent_name"), fields.get("parent_code")
    if name_cell and code_cell and _is_empty(name_cell) and not _is_empty(code_cell):
        what = f"{_label(record, 'parent_name')}空白，而编码已填写（{_text(code_cell)}）"
        yield _finding(record, "missing_required", "parent_name", what, [name_cell], "error")


def previous_year_mismatch(record: Record, budget_year: int | None) -> Iterator[Finding]:
    """上一年预算安排 against last year's row of the funding plan."""
    cell = record.fields.get("previous_year_amount")
    printed = _amount(cell)
    if printed is None or budget_year is None:
        return
    for row in record.tables.get("annual_funding", []):
        planned = _amount(row.get("approved")) or _amount(row.get("declared"))
        if _text(row.get("year")) == str(budget_year - 1) and planned not in (None, printed):
            what = f"上一年预算安排为{printed}，而分年度资金计划{budget_year - 1}年为{planned}"
            yield _finding(
                record,
                "previous_year_mismatch",
                "previous_year_amount",
                what,
                [cell, row.get("approved") or row.get("declared")],
            )


def placeholder_year(record: Record, _: int | None) -> Iterator[Finding]:
    cell = record.fields.get("end_year")
    if cell and isinstance(cell.value, int) and cell.value >= _PLACEHOLDER_YEAR:
        what = f"结束年度{cell.value}是占位值，不是计划的结束时间"
        yield _finding(record, "placeholder_year", "end_year", what, [cell], "note")


def suspicious_value(record: Record, _: int | None) -> Iterator[Finding]:
    """A unit, a department or a person that is a number or a mark."""
    names = ("unit", "department", "division", "contact_name")
    for name, cell in record.fields.items():
        if name.endswith(names) and re.fullmatch(r"[\d.,?？*#xX]+", comparable(_text(cell))):
            what = f"{_label(record, name)}应为名称，却填了“{_text(cell)}”"
            yield _finding(record, "suspicious_value", name, what, [cell], "error")


def unbalanced_quote(record: Record, _: int | None) -> Iterator[Finding]:
    for field in FORMS[record.form_type].fields:
        cell = record.fields.get(field.name)
        if field.kind is not Kind.LONG_TEXT or cell is None:
            continue
        for opening, closing in _QUOTES:
            text = _text(cell)
            if text.count(opening) != text.count(closing):
                what = f"{field.label}里的{opening}{closing}不成对"
                yield _finding(record, "unbalanced_quote", field.name, what, [cell], "note")


def copied_text(record: Record, _: int | None) -> Iterator[Finding]:
    """One long text repeats another of the same form."""
    for first, second in (("basis", "overview"), ("overall_goal", "annual_goal")):
        one, two = (comparable(_text(record.fields.get(n))) for n in (first, second))
        shorter, longer = sorted((one.rstrip("。;；"), two.rstrip("。;；")), key=len)
        if len(shorter) >= 60 and longer.startswith(shorter[: len(shorter) * 9 // 10]):
            what = f"{_label(record, second)}照抄{_label(record, first)}"
            yield _finding(record, "copied_text", second, what, [record.fields[second]])


def expired_basis(record: Record, budget_year: int | None) -> Iterator[Finding]:
    """The only ground named is a contract whose term is over."""
    cell = record.fields.get("basis")
    text = comparable(_text(cell))
    years = [int(y) for y in re.findall(r"(?:19|20)\d{2}(?=年|[-—~至])", text)]
    if not (cell and budget_year and years and len(text) < 80 and re.search("合同|协议", text)):
        return
    if max(years) < budget_year - 1:
        what = f"设立依据只有{max(years)}年到期的合同，预算年度是{budget_year}年"
        yield _finding(record, "expired_basis", "basis", what, [cell])


def _indicators(record: Record) -> Iterator[tuple[str, str, str, RecordRow]]:
    """(level 3, period value, annual value, row) of each indicator."""
    for row in record.tables.get("indicators", []):
        yield (
            _text(row.get("level3")),
            _text(row.get("period_value")),
            _text(row.get("annual_value")),
            row,
        )


def _values(row: RecordRow) -> list[Cell | None]:
    return [row.get("period_value"), row.get("annual_value")]


def target_not_measurable(record: Record, _: int | None) -> Iterator[Finding]:
    for name, period, annual, row in _indicators(record):
        words = [v for v in (period, annual) if v]
        if _RATE.search(name) and words and not any(_HAS_NUMBER.search(v) for v in words):
            what = f"“{name}”应有数值，指标值却是“{words[0]}”"
            yield _finding(record, "target_not_measurable", name, what, _values(row), "error")


def impossible_target(record: Record, _: int | None) -> Iterator[Finding]:
    """A count below zero, a share above the whole."""
    for name, period, annual, row in _indicators(record):
        for value in dict.fromkeys((period, annual)):
            target = parse_target(value)
            number = target.number
            below_zero = number is not None and (
                number < 0 or (number == 0 and target.comparator == "<")
            )
            above_all = (
                number is not None
                and target.unit.startswith("%")
                and (number > 100 or (number == 100 and target.comparator == ">"))
                and bool(re.search("满意度|合格率|及时率|完成率|达标率|覆盖率", name))
            )
            if below_zero or above_all:
                what = f"“{name}”的指标值“{value}”不可能实现"
                yield _finding(record, "impossible_target", name, what, _values(row), "error")


def malformed_comparator(record: Record, _: int | None) -> Iterator[Finding]:
    for name, period, annual, row in _indicators(record):
        value = next((v for v in (period, annual) if _MALFORMED.search(comparable(v))), None)
        if value:
            what = f"“{name}”的指标值“{value}”比较符号写法不规范"
            yield _finding(record, "malformed_comparator", name, what, _values(row), "note")


def inconsistent_columns(record: Record, _: int | None) -> Iterator[Finding]:
    """The two values of one indicator are not of one kind: a unit in one column only."""
    for name, period, annual, row in _indicators(record):
        one, two = parse_target(period), parse_target(annual)
        if one.number is None or two.number is None:
            continue
        if bool(_unit(period)) != bool(_unit(annual)):
            what = f"“{name}”的周期值“{period}”与年度值“{annual}”单位不一致"
            yield _finding(record, "inconsistent_columns", name, what, _values(row))


def _unit(value: str) -> str:
    return re.sub(r"[\d.,<>=≤≥\s]", "", comparable(value))


def target_outside_period(record: Record, _: int | None) -> Iterator[Finding]:
    """A period target dated before the project ends, or any target dated after."""
    start, end = (record.fields.get(n) for n in ("start_year", "end_year"))
    if not (start and end and isinstance(end.value, int) and isinstance(start.value, int)):
        return
    if end.value >= _PLACEHOLDER_YEAR:
        return
    for name, period, annual, row in _indicators(record):
        years = [int(y) for y in re.findall(r"(20\d{2})年", comparable(period or annual))]
        if years and ((period and max(years) != end.value) or max(years) > end.value):
            what = f"“{name}”的周期值写到{max(years)}年，项目到{end.value}年结束"
            yield _finding(record, "target_outside_period", name, what, _values(row))


def sums_foot(record: Record, _: int | None) -> Iterator[Finding]:
    """Rows add up to the printed total, the total is the project's amount, price × workload is
    the row's amount."""
    for table in FORMS[record.form_type].tables:
        rows, total = record.tables.get(table.name, []), record.totals.get(table.name, {})
        for column in table.columns:
            printed = _amount(total.get(column.name))
            values = [_amount(r.get(column.name)) for r in rows]
            known = [v for v in values if v is not None]
            if column.kind is not Kind.AMOUNT or printed is None or len(known) < len(rows):
                continue
            if rows and sum(known) != printed:
                what = f"{column.label}各行合计{sum(known)}，表上合计为{printed}"
                target = f"{table.name}.total.{column.name}"
                cells = [total[column.name], *(r.get(column.name) for r in rows)]
                yield _finding(record, "sum_mismatch", target, what, cells, "error")
    amount = record.fields.get("total_amount")
    declared = record.totals.get("annual_funding", {}).get("declared")
    if _amount(amount) is not None and _amount(declared) not in (None, _amount(amount)):
        what = f"项目金额{_text(amount)}与分年度资金计划合计{_text(declared)}不一致"
        cells = [amount, declared]
        yield _finding(record, "sum_mismatch", "total_amount", what, cells, "error")


def truncated_text(record: Record, _: int | None) -> Iterator[Finding]:
    """A note of a cost item that another row of the same table carries on."""
    cells = [r["basis"] for r in record.tables.get("cost_items", []) if "basis" in r]
    texts = Counter(_text(c) for c in cells if _text(c))
    for text in texts:
        if any(other != text and other.startswith(text) for other in texts):
            what = f"测算依据“{text}”被截断，其他行还有下文"
            cited = [c for c in cells if _text(c) == text]
            yield _finding(record, "truncated_text", "cost_items.basis", what, cited)
            return


def truncated_opinion(records: Sequence[Record]) -> Iterator[Finding]:
    """A short text that stands, and goes on, in the same field of another form, and whose last
    two characters end no phrase anywhere in the booklet."""
    everything = "\n".join(comparable(_text(c)) for r in records for c in r.fields.values())
    for record in records:
        for name, cell in record.fields.items():
            text = comparable(_text(cell))
            if FORMS[record.form_type].field(name).kind is not Kind.LONG_TEXT or len(text) < 4:
                continue
            if len(text) > 30 or text[-1] in "。；;！）":
                continue
            others = [comparable(_text(r.fields.get(name))) for r in records if r is not record]
            going_on = re.compile(re.escape(text) + r"[\u4e00-\u9fff]")
            ends = len(re.findall(re.escape(text[-2:]) + r"(?![\u4e00-\u9fff])", everything))
            if ends == 1 and text not in others and any(going_on.search(o) for o in others):
                what = f"{_label(record, name)}“{_text(cell)}”像是被截断了"
                yield _finding(record, "truncated_text", name, what, [cell])


def code_year_mismatch(records: Sequence[Record]) -> Iterator[Finding]:
    """The two digits after the region code are the year of entry; a check only where most
    forms of the booklet bear that out."""
    odd: list[Record] = []
    fits = 0
    for record in records:
        code, start = _text(record.fields.get("code")), record.fields.get("start_year")
        if len(code) >= 15 and code.isdigit() and start and isinstance(start.value, int):
            if int(code[6:8]) == start.value % 100:
                fits += 1
            else:
                odd.append(record)
    for record in odd if fits > 2 * len(odd) else []:
        code, start = record.fields["code"], record.fields["start_year"]
        year = f"20{_text(code)[6:8]}"
        what = f"项目编码含{year}年，项目开始年度却是{start.value}年"
        yield _finding(record, "code_year_mismatch", "code", what, [code, start])


def possible_double_funding(records: Sequence[Record]) -> Iterator[Finding]:
    """A long text names another project of the booklet that also asks for money."""
    names = {r.form_id: comparable(_text(r.fields.get("name"))) for r in records}
    for record in records:
        text_cell = record.fields.get("overview")
        text = comparable(_text(text_cell))
        for other in records:
            name = names[other.form_id]
            if other is not record and len(name) >= 8 and name in text:
                what = f"项目概述提到另一个也申请资金的项目：{_text(other.fields['name'])}"
                cells = [text_cell, other.fields["name"]]
                yield _finding(record, "possible_double_funding", "overview", what, cells)


def unit_name_variant(records: Sequence[Record]) -> Iterator[Finding]:
    """Two spellings of what looks like one unit; reported once, at the rarer spelling."""
    from rapidfuzz import fuzz

    counts = Counter(_text(r.fields.get("spending_unit")) for r in records)
    counts.pop("", None)
    for rare, often in ((a, b) for a in counts for b in counts if counts[a] < counts[b]):
        if rare != often and len(rare) >= 6 and fuzz.ratio(rare, often) >= 88:
            record = next(r for r in records if _text(r.fields.get("spending_unit")) == rare)
            what = f"用款单位“{rare}”在其他表里写作“{often}”"
            cell = record.fields["spending_unit"]
            yield _finding(record, "unit_name_variant", "spending_unit", what, [cell], "note")


RECORD_CHECKS: tuple[RecordCheck, ...] = (
    missing_required,
    sums_foot,
    previous_year_mismatch,
    impossible_target,
    target_not_measurable,
    inconsistent_columns,
    malformed_comparator,
    target_outside_period,
    suspicious_value,
    unbalanced_quote,
    copied_text,
    expired_basis,
    truncated_text,
    placeholder_year,
)
BOOKLET_CHECKS: tuple[BookletCheck, ...] = (
    truncated_opinion,
    code_year_mismatch,
    possible_double_funding,
    unit_name_variant,
)


def find(records: Sequence[Record]) -> list[Finding]:
    """All findings, booklet by booklet, in the order of the pages."""
    found: list[Finding] = []
    for document_id in dict.fromkeys(r.document_id for r in records):
        booklet = [r for r in records if r.document_id == document_id]
        for record in booklet:
            year = budget_year_of(record, booklet)
            found += [f for check in RECORD_CHECKS for f in check(record, year)]
        found += [f for check in BOOKLET_CHECKS for f in check(booklet)]
    order = {r.form_id: i for i, r in enumerate(records)}
    return sorted(found, key=lambda f: order[f.form_id])

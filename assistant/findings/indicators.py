"""Checks of the indicator table: measurable, possible, consistent, within the period. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.findings.tools import fault, finding
from assistant.text.amounts import parse_target
from assistant.text.folding import comparable
from schemas.findings import Finding
from schemas.records import Cell, Record, text_of

PLACEHOLDER_YEAR = 2090  # from here on an end year stands for "no end planned"
_RATE = re.compile(r"(率|满意度|比例|比重|占比|覆盖面)(（.*）)?$")
_HAS_NUMBER = re.compile(r"[\d零一二三四五六七八九十百千万两]|全部|全覆盖|无")
_MALFORMED = re.compile(r"[<>]\s*=|=\s*[<>]|[<>≤≥]\s*[<>≤≥]")


def _indicators(record: Record) -> Iterator[tuple[str, str, str, list[Cell | None]]]:
    """(name, period value, annual value, the cells of the two) of each indicator."""
    if table := record.spec.indicators:
        for row in record.tables.get(table.name, []):
            values = [row.get(name) for name in table.values]
            yield text_of(row.get(table.subject)), text_of(values[0]), text_of(values[1]), values


def target_not_measurable(record: Record, _: int | None) -> Iterator[Finding]:
    for name, period, annual, cells in _indicators(record):
        words = [v for v in (period, annual) if v]
        if _RATE.search(name) and words and not any(_HAS_NUMBER.search(v) for v in words):
            what = fault("target_not_measurable", indicator=name, value=words[0])
            yield finding(record, "target_not_measurable", name, what, cells, "error")


def impossible_target(record: Record, _: int | None) -> Iterator[Finding]:
    """A count below zero, a share above the whole."""
    for name, period, annual, cells in _indicators(record):
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
                what = fault("impossible_target", indicator=name, value=value)
                yield finding(record, "impossible_target", name, what, cells, "error")


def malformed_comparator(record: Record, _: int | None) -> Iterator[Finding]:
    for name, period, annual, cells in _indicators(record):
        value = next((v for v in (period, annual) if _MALFORMED.search(comparable(v))), None)
        if value:
            what = fault("malformed_comparator", indicator=name, value=value)
            yield finding(record, "malformed_comparator", name, what, cells, "note")


def inconsistent_columns(record: Record, _: int | None) -> Iterator[Finding]:
    """The two values of one indicator are not of one kind: a unit in one column only."""
    for name, period, annual, cells in _indicators(record):
        one, two = parse_target(period), parse_target(annual)
        if one.number is None or two.number is None:
            continue
        if bool(_unit(period)) != bool(_unit(annual)):
            what = fault("inconsistent_columns", indicator=name, period=period, annual=annual)
            yield finding(record, "inconsistent_columns", name, what, cells)


def _unit(value: str) -> str:
    return re.sub(r"[\d.,<>=≤≥\s]", "", comparable(value))


def target_outside_period(record: Record, _: int | None) -> Iterator[Finding]:
    """A period target dated before the project ends, or any target dated after."""
    roles = record.spec.roles
    start, end = record.fields.get(roles.start_year), record.fields.get(roles.end_year)
    if not (start and end and isinstance(end.value, int) and isinstance(start.value, int)):
        return
    if end.value >= PLACEHOLDER_YEAR:
        return
    for name, period, annual, cells in _indicators(record):
        years = [int(y) for y in re.findall(r"(20\d{2})年", comparable(period or annual))]
        if years and ((period and max(years) != end.value) or max(years) > end.value):
            what = fault("target_outside_period", indicator=name, year=max(years), end=end.value)
            yield finding(record, "target_outside_period", name, what, cells)

"""Checks of single cells and texts: complete, plausible, not copied, not expired. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.findings.indicators import PLACEHOLDER_YEAR
from assistant.findings.tools import fault, finding, is_empty, label_of, named
from assistant.text.folding import comparable
from assistant.text.years import YEAR
from schemas.findings import Finding
from schemas.forms import Kind
from schemas.records import Record, text_of

_QUOTES = (("“", "”"), ("《", "》"), ("‘", "’"))


def missing_required(record: Record, _: int | None) -> Iterator[Finding]:
    """A cell that the form needs is printed and empty, or holds a dash."""
    fields, spec = record.fields, record.spec
    for name in spec.required:
        if name in fields and is_empty(fields[name]):
            field, printed = label_of(record, name), text_of(fields[name])
            what = fault("mark_for_text" if printed else "blank", field=field, printed=printed)
            yield finding(record, "missing_required", name, what, [fields[name]], "error")
    goals = [fields[n] for n in spec.roles.goals if n in fields]
    has_indicators = spec.indicators is not None and record.tables.get(spec.indicators.name)
    if goals and all(is_empty(g) for g in goals) and has_indicators:
        what = fault("no_goals")
        yield finding(record, "missing_required", spec.roles.goals[0], what, goals, "error")
    for name, code in spec.together:
        name_cell, code_cell = fields.get(name), fields.get(code)
        if name_cell and code_cell and is_empty(name_cell) and not is_empty(code_cell):
            field, printed = label_of(record, name), text_of(code_cell)
            what = fault("code_without_name", field=field, code=printed)
            yield finding(record, "missing_required", name, what, [name_cell], "error")


def placeholder_year(record: Record, _: int | None) -> Iterator[Finding]:
    name = record.spec.roles.end_year
    cell = record.fields.get(name)
    if cell and isinstance(cell.value, int) and cell.value >= PLACEHOLDER_YEAR:
        what = fault("placeholder_year", year=cell.value)
        yield finding(record, "placeholder_year", name, what, [cell], "note")


def suspicious_value(record: Record, _: int | None) -> Iterator[Finding]:
    """A unit, a department or a person that is a number or a mark."""
    roles = record.spec.roles
    for name, cell in record.fields.items():
        if name not in (roles.amount_unit, *roles.parties):
            continue
        if re.fullmatch(r"[\d.,?？*#xX]+", comparable(text_of(cell))):
            what = fault("suspicious_value", field=label_of(record, name), printed=text_of(cell))
            yield finding(record, "suspicious_value", name, what, [cell], "error")


def unbalanced_quote(record: Record, _: int | None) -> Iterator[Finding]:
    for field in record.spec.fields:
        cell = record.fields.get(field.name)
        if field.kind is not Kind.LONG_TEXT or cell is None:
            continue
        for opening, closing in _QUOTES:
            text = text_of(cell)
            if text.count(opening) != text.count(closing):
                label = named(field)
                what = fault("unbalanced_quote", field=label, opening=opening, closing=closing)
                yield finding(record, "unbalanced_quote", field.name, what, [cell], "note")


def copied_text(record: Record, _: int | None) -> Iterator[Finding]:
    """One long text repeats another of the same form."""
    roles = record.spec.roles
    for first, second in ((roles.basis, roles.overview), *pairwise(roles.goals)):
        one, two = (comparable(text_of(record.fields.get(n))) for n in (first, second))
        shorter, longer = sorted((one.rstrip("。;；"), two.rstrip("。;；")), key=len)
        if len(shorter) >= 60 and longer.startswith(shorter[: len(shorter) * 9 // 10]):
            copy, original = label_of(record, second), label_of(record, first)
            what = fault("copied_text", copy=copy, original=original)
            yield finding(record, "copied_text", second, what, [record.fields[second]])


def expired_basis(record: Record, budget_year: int | None) -> Iterator[Finding]:
    """The only ground named is a contract whose term is over."""
    name = record.spec.roles.basis
    cell = record.fields.get(name)
    text = comparable(text_of(cell))
    years = [int(y) for y in re.findall(rf"{YEAR}(?=年|[-—~至])", text)]
    if not (cell and budget_year and years and len(text) < 80 and re.search("合同|协议", text)):
        return
    if max(years) < budget_year - 1:
        what = fault("expired_basis", ended=max(years), year=budget_year)
        yield finding(record, "expired_basis", name, what, [cell])

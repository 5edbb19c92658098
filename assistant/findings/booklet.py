"""Checks that hold the forms of one booklet against each other. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.findings.tools import fault, finding, label_of
from assistant.text.folding import comparable
from schemas.findings import Finding
from schemas.records import Cell, Record, text_of


def truncated_opinion(records: Sequence[Record]) -> Iterator[Finding]:
    """A short text whose last characters go on in the same field of another form, and end no
    phrase anywhere in the booklet."""
    everything = "\n".join(comparable(text_of(c)) for r in records for c in r.fields.values())
    for record in records:
        for name, cell in record.fields.items():
            text = comparable(text_of(cell))
            if name not in record.spec.roles.opinions or len(text) < 4:
                continue
            if len(text) > 30 or text[-1] in "。；;！）":
                continue
            others = [comparable(text_of(r.fields.get(name))) for r in records if r is not record]
            going_on = re.compile(re.escape(text[-3:]) + r"[\u4e00-\u9fff]")
            ends = len(re.findall(re.escape(text[-2:]) + r"(?![\u4e00-\u9fff])", everything))
            if ends == 1 and text not in others and any(going_on.search(o) for o in others):
                what = fault(
                    "truncated_opinion", field=label_of(record, name), printed=text_of(cell)
                )
                yield finding(record, "truncated_text", name, what, [cell])


def code_year_mismatch(records: Sequence[Record]) -> Iterator[Finding]:
    """The two digits after the region code are the year of entry; a check only where most
    forms of the booklet bear that out."""
    odd: list[Record] = []
    fits = 0
    for record in records:
        roles = record.spec.roles
        code = text_of(record.fields.get(roles.code))
        start = record.fields.get(roles.start_year)
        if len(code) >= 15 and code.isdigit() and start and isinstance(start.value, int):
            if int(code[6:8]) == start.value % 100:
                fits += 1
            else:
                odd.append(record)
    for record in odd if fits > 2 * len(odd) else []:
        roles = record.spec.roles
        printed, start = record.fields[roles.code], record.fields[roles.start_year]
        year = f"20{text_of(printed)[6:8]}"
        what = fault("code_year_mismatch", coded=year, start=start.value)
        yield finding(record, "code_year_mismatch", roles.code, what, [printed, start])


def possible_double_funding(records: Sequence[Record]) -> Iterator[Finding]:
    """A long text names another project of the booklet that also asks for money."""
    cells = {r.form_id: r.fields.get(r.spec.roles.name) for r in records}
    names = {form_id: comparable(text_of(cell)) for form_id, cell in cells.items()}
    for record in records:
        target = record.spec.roles.overview
        text_cell = record.fields.get(target)
        text = comparable(text_of(text_cell))
        for other in records:
            name = names[other.form_id]
            if other is not record and len(name) >= 8 and name in text:
                named = cells[other.form_id]
                what = fault("possible_double_funding", project=text_of(named))
                yield finding(record, "possible_double_funding", target, what, [text_cell, named])


def unit_name_variant(records: Sequence[Record]) -> Iterator[Finding]:
    """Two spellings of what looks like one unit; reported once, at the rarer spelling."""
    from rapidfuzz import fuzz

    counts = Counter(text_of(_spending(r)) for r in records)
    counts.pop("", None)
    for rare, often in ((a, b) for a in counts for b in counts if counts[a] < counts[b]):
        if len(min(rare, often, key=len)) >= 6 and (
            fuzz.ratio(rare, often) >= 88
            or (fuzz.ratio(rare, often) >= 75 and _is_within(*sorted((rare, often), key=len)))
        ):
            record = next(r for r in records if text_of(_spending(r)) == rare)
            what = fault("unit_name_variant", rare=rare, often=often)
            target = record.spec.roles.spending
            yield finding(record, "unit_name_variant", target, what, [_spending(record)], "note")


def _spending(record: Record) -> Cell | None:
    return record.fields.get(record.spec.roles.spending)


def _is_within(shorter: str, longer: str) -> bool:
    """Whether the characters of ``shorter`` stand in ``longer`` in their order."""
    rest = iter(longer)
    return all(char in rest for char in shorter)

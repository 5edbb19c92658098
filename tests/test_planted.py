"""Errors planted in real readings: none of them may pass in silence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest

from assistant.pages.document import read_document
from assistant.readers.rules import reader as rules_reader
from assistant.reconcile.laws import MISMATCH
from assistant.reconcile.merge import reconcile
from assistant.segmentation.forms import find_forms
from schemas.forms import FORMS, Kind
from schemas.readings import FormReading, Reading
from schemas.records import Cell, Record, iter_cells

BOOKLET = Path(__file__).parents[1] / "samples" / "booklet" / "booklet.pdf"
Place = tuple[str, int, str]  # table (or "fields", "totals.table"), row, name


@cache
def readings() -> tuple[FormReading, ...]:
    pages = read_document(BOOKLET).pages
    return tuple(rules_reader.read(pages, find_forms(pages)))


def places(form: FormReading) -> Iterator[tuple[Place, Kind]]:
    """Every cell of a reading that holds a digit, with its kind."""
    spec = FORMS[form.form_type]
    for name, reading in form.fields.items():
        if has_digit(reading):
            yield ("fields", 0, name), spec.field(name).kind
    for table in spec.tables:
        for name in form.totals.get(table.name, {}):
            yield (f"totals.{table.name}", 0, name), table.column(name).kind
        for row, cells in enumerate(form.tables.get(table.name, [])):
            for name, reading in cells.items():
                if has_digit(reading):
                    yield (table.name, row, name), table.column(name).kind


def has_digit(reading: Reading) -> bool:
    return any(c in "0123456789" for c in str(reading.value))


def row_of(of: FormReading | Record, place: Place) -> dict[str, Reading] | dict[str, Cell]:
    table, row, _ = place
    if table == "fields":
        return of.fields
    if table.startswith("totals."):
        return of.totals[table.removeprefix("totals.")]
    return of.tables[table][row]


def changed(form: FormReading, place: Place, random: Random) -> FormReading:
    """``form`` with one digit of one cell another digit, or the sign of a number turned."""
    other = form.model_copy(deep=True)
    row = row_of(other, place)
    before = row[place[2]].value
    text = str(before)
    digits = [i for i, c in enumerate(text) if c in "0123456789"]
    if text.replace(".", "").isdigit() and text.strip("0.") and random.random() < 0.2:
        text = f"-{text}"
    else:
        at = random.choice(digits)
        text = text[:at] + random.choice("0123456789".replace(text[at], "")) + text[at + 1 :]
    after = int(text) if isinstance(before, int) else text
    row[place[2]] = row[place[2]].model_copy(update={"value": after})
    return other


def both_read(rules: FormReading, llm: FormReading) -> Record:
    llm = llm.model_copy(update={"reader": "llm"})
    return reconcile("d", {"rules": rules, "llm": llm})


def planted(seed: int, kinds: set[Kind], both: bool) -> tuple[Record, Place]:
    random = Random(seed)
    form, place = random.choice(
        [(form, place) for form in readings() for place, kind in places(form) if kind in kinds]
    )
    wrong = changed(form, place, random)
    pair = (wrong, wrong) if both else random.choice([(form, wrong), (wrong, form)])
    return both_read(*pair), place


def flagged(record: Record, place: Place) -> bool:
    return row_of(record, place)[place[2]].needs_review


@pytest.mark.slow
def test_no_digit_or_sign_changed_in_one_reader_is_silent() -> None:
    cases = (planted(seed, set(Kind), both=False) for seed in range(500))
    assert [place for record, place in cases if not flagged(record, place)] == []


def test_sums_catch_most_amounts_that_both_readers_changed_alike() -> None:
    cases = [planted(seed, {Kind.AMOUNT}, both=True) for seed in range(100)]
    silent = [place for record, place in cases if not flagged(record, place)]
    assert len(silent) <= 12
    # What no sum of the form holds: agreement is all there is.
    assert {name for _, _, name in silent} <= {"social_investment", "previous_year_amount"}


def test_what_foots_is_doubted_by_no_sum(corpus: Path) -> None:
    pages = read_document(corpus / "huizhou.pdf").pages
    records = [both_read(f, f) for f in rules_reader.read(pages, find_forms(pages))]
    cells = [ref.cell for record in records for ref in iter_cells(record)]
    assert not [c for c in cells for r in c.readings.values() if MISMATCH in r.doubts]

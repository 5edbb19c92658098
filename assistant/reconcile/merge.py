"""Readings → one record. Pure, and never calls a model.

Readings stand in the order of their readers; the first leads. It says what is printed, its rows
come first, and its values are kept unless it doubts them.

Field by field and by type: amounts as numbers, codes digit by digit, texts up
to white space and width. Rows of a table are matched as rows (optimal
assignment on how much of them is alike), then cell by cell. The form's own
sums are a third witness (:mod:`assistant.reconcile.laws`): where the years add
up to the printed total, an amount that one reader alone gave is confirmed by
it; where they do not, what both readers said alike goes to a person too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from assistant.reconcile.laws import weigh
from assistant.text.folding import comparable
from schemas.forms import FIELDS, FORMS, TABLES, Kind, TableSpec
from schemas.forms.spec import is_open
from schemas.readings import Doubt, FormReading, Reading, Row, Value
from schemas.records import Cell, Record, RecordRow, State, decimal_of

T = TypeVar("T")
U = TypeVar("U")

# Which states need a person, whatever the field is.
_ALWAYS_REVIEW = {State.DISPUTED, State.UNGROUNDED, State.UNREADABLE, State.MISSING}
# A value of these kinds that one reader alone gave needs a person too: one digit is enough
# to make it wrong, and nothing else on the form would show it.
_REVIEW_IF_SINGLE = {Kind.AMOUNT, Kind.CODE, Kind.YEAR}
# Rows that are alike to less than this are not the same row.
_SAME_ROW = 0.5


def needs_person(state: State, kind: Kind, *, witnesses: int = 1) -> bool:
    """The policy: does a cell of this kind in this state go to a person?

    Absence agreed on is no evidence: where several readers (``witnesses``) read the form and one
    alone found a value, nothing bears it out.
    """
    if state is State.SINGLE:
        return witnesses > 1 or kind in _REVIEW_IF_SINGLE
    return state in _ALWAYS_REVIEW


def same_value(kind: Kind, a: Value, b: Value) -> bool:
    """Whether two readers say the same, as a reader of this kind of field would judge.

    >>> same_value(Kind.AMOUNT, "6800000", "6800000.00")
    True
    >>> same_value(Kind.CODE, "0435", "435")
    False
    """
    if a is None or b is None:
        return a is b
    if kind in (Kind.AMOUNT, Kind.NUMBER):
        left, right = decimal_of(a), decimal_of(b)
        if left is not None and right is not None:
            return left == right
    return comparable(str(a)) == comparable(str(b))


def merge(kind: Kind, readings: Mapping[str, Reading], witnesses: int = 1) -> Cell:
    """One cell from what the readers say of it, one at least, by name and in their order;
    ``witnesses`` are the readers who read the form.

    Agreed are readers of whom all who gave a reading say the same and none doubts; disputed are
    those of whom any two differ, one who saw the cell empty among them.
    """
    said = list(readings.values())
    best = next((r for r in said if not r.doubts), said[0])
    alone = len(said) == 1
    if not alone and _is_unreadable(said[0]) and all(r.value is None for r in said):
        # An empty answer is no second witness where something is printed.
        best, state = said[0], State.UNREADABLE
    elif any(not same_value(kind, a.value, b.value) for a, b in combinations(said, 2)):
        state = State.DISPUTED
    elif alone or any(r.doubts for r in said):
        state = _doubted(best)
    else:
        state = State.AGREED
    return Cell(
        value=best.value,
        state=state,
        needs_review=_waits(best, state, kind, witnesses),
        evidence=best.evidence or next((r.evidence for r in said if r.evidence), None),
        unit=next((r.unit for r in said if r.unit), None),
        label=next((r.label for r in said if r.label), ""),
        kind=next((r.kind for r in said if r.kind), None),
        readings=dict(readings),
    )


def _waits(best: Reading, state: State, kind: Kind, witnesses: int) -> bool:
    if best.value is None and state is State.SINGLE:  # an empty cell that one reader saw
        return bool(best.doubts) or kind in _REVIEW_IF_SINGLE
    return bool(best.doubts) or needs_person(state, kind, witnesses=witnesses)


def _doubted(reading: Reading) -> State:
    if Doubt.UNGROUNDED in reading.doubts:
        return State.UNGROUNDED
    return State.UNREADABLE if _is_unreadable(reading) else State.SINGLE


def _is_unreadable(reading: Reading) -> bool:
    return bool(reading.doubts) and reading.value is None


def _merge_cells(
    kinds: Mapping[str, Kind], said: Mapping[str, Row], witnesses: int = 1
) -> RecordRow:
    """The cells of one row, or the fields of a form, from what each reader has there."""
    open_kinds = {
        name: reading.kind or Kind.TEXT
        for row in said.values()
        for name, reading in row.items()
        if name not in kinds and (is_open(name) or not kinds)
    }
    return {
        name: merge(
            kind, {reader: row[name] for reader, row in said.items() if name in row}, witnesses
        )
        for name, kind in {**kinds, **open_kinds}.items()
        if any(name in row for row in said.values())
    }


def row_likeness(spec: TableSpec, a: Row, b: Row) -> float:
    """How alike two rows are: 0 … 1, the columns that tell rows apart counting double."""
    total = score = 0.0
    for column in spec.columns:
        if column.name not in a or column.name not in b or column.name == "seq":
            continue
        weight = 2.0 if column.name in spec.key else 1.0
        total += weight
        score += weight * same_value(column.kind, a[column.name].value, b[column.name].value)
    return score / total if total else 0.0


def match_rows(
    left: Sequence[T], right: Sequence[U], likeness: Callable[[T, U], float]
) -> list[tuple[int, int]]:
    """Pairs (index left, index right) of the assignment with the greatest likeness in all.

    The Hungarian method as SciPy has it (Crouse 2016); pairs alike to less
    than one half are left out.
    """
    if not left or not right:
        return []
    from scipy.optimize import linear_sum_assignment

    score = [[likeness(a, b) for b in right] for a in left]
    rows, columns = linear_sum_assignment(score, maximize=True)
    return [(i, j) for i, j in zip(rows, columns, strict=True) if score[i][j] >= _SAME_ROW]


def _merge_table(spec: TableSpec, tables: Mapping[str, Sequence[Row]]) -> list[RecordRow]:
    """Rows in the first reader's order, which is the printed one, then those that it lacks."""
    kinds = {c.name: c.kind for c in spec.columns}
    first = next(iter(tables))
    merged = []
    for said in _same_rows(spec, tables):
        cells = _merge_cells(kinds, said, len(tables))
        for cell in cells.values() if first not in said else ():
            cell.needs_review = True
        merged.append(cells)
    return merged


def _same_rows(spec: TableSpec, tables: Mapping[str, Sequence[Row]]) -> list[dict[str, Row]]:
    """What each reader has of each row: every reader's rows are matched with those of the readers
    before, and left out where they only repeat a piece of them."""
    found: list[dict[str, Row]] = []
    for nth, (reader, rows) in enumerate(tables.items()):
        before = [row for said in found for row in said.values()]
        pairs = match_rows(found, rows, lambda said, row: _likeness(spec, said, row))
        partner = {j: found[i] for i, j in pairs}
        for j, row in enumerate(rows):
            if j in partner:
                partner[j][reader] = row
            elif nth == 0 or not _is_fragment(spec, row, before):
                found.append({reader: row})
    return found


def _likeness(spec: TableSpec, said: Mapping[str, Row], row: Row) -> float:
    return max(row_likeness(spec, other, row) for other in said.values())


def _is_fragment(spec: TableSpec, row: Row, before: Sequence[Row]) -> bool:
    """Whether a row only repeats what the readers before have: its name is part of a row's name
    or stands in another of its cells, or it is not grounded."""
    name = spec.key[-1]
    reading = row.get(name)
    if reading is None or reading.value is None or Doubt.UNGROUNDED in reading.doubts:
        return True
    wanted = comparable(str(reading.value))
    names = (comparable(str(r[name].value)) for r in before if name in r)
    cells = {comparable(str(c.value)) for r in before for c in r.values()}
    return wanted in cells or any(wanted in other or other in wanted for other in names)


def reconcile(document_id: str, readings: Mapping[str, FormReading]) -> Record:
    """The record of one form from its readings, one at least, by reader and in their order."""
    if not readings:
        raise ValueError("no reading to reconcile")
    base = next(iter(readings.values()))
    spec = FORMS[base.form_type]
    own = {f.name for f in spec.fields}
    others = [FIELDS[name] for name in base.fields if name not in own and name in FIELDS]
    fields = (*spec.fields, *others)
    printed = {f.name: f.kind for f in fields if _is_printed(f.name, readings)}
    borrowed = [n for n in base.tables if n in TABLES and n not in {t.name for t in spec.tables}]
    tables = [*spec.tables, *(TABLES[name] for name in borrowed)]
    record = Record(
        document_id=document_id,
        form_id=base.form_id,
        pages=base.pages,
        form_type=base.form_type,
        fields=_merge_cells(
            printed, {name: r.fields for name, r in readings.items()}, len(readings)
        ),
        tables={
            t.name: _merge_table(t, {n: r.tables.get(t.name, []) for n, r in readings.items()})
            for t in tables
        },
        totals={
            t.name: _merge_cells({c.name: c.kind for c in t.columns}, said, len(readings))
            for t in tables
            if (said := {n: r.totals[t.name] for n, r in readings.items() if t.name in r.totals})
        },
    )
    for name, reading in readings.items():
        for title, rows in reading.open_tables.items():
            if title not in record.open_tables:
                cells = [_merge_cells({}, {name: row}, len(readings)) for row in rows]
                record.open_tables[title] = cells
    record.unread, record.coverage, record.layout = base.unread, base.coverage, base.layout
    weigh(record)
    return record


def _is_printed(name: str, readings: Mapping[str, FormReading]) -> bool:
    """A field that the first reader lacks, and the others give as empty, is none of the form."""
    first, *others = (reading.fields.get(name) for reading in readings.values())
    return first is not None or any(r is not None and r.value is not None for r in others)


def record_of_reading(document_id: str, reading: FormReading) -> Record:
    """One reader's account alone, as a record whose cells are all ``single``."""

    def cell(r: Reading) -> Cell:
        state = State.UNGROUNDED if Doubt.UNGROUNDED in r.doubts else State.SINGLE
        return Cell(
            value=r.value,
            state=state,
            needs_review=bool(r.doubts),
            evidence=r.evidence,
            unit=r.unit,
            label=r.label,
            kind=r.kind,
            readings={reading.reader: r},
        )

    return Record(
        document_id=document_id,
        form_id=reading.form_id,
        pages=reading.pages,
        form_type=reading.form_type,
        fields={n: cell(r) for n, r in reading.fields.items()},
        tables={
            t: [{n: cell(r) for n, r in row.items()} for row in rows]
            for t, rows in reading.tables.items()
        },
        totals={t: {n: cell(r) for n, r in row.items()} for t, row in reading.totals.items()},
        open_tables={
            t: [{n: cell(r) for n, r in row.items()} for row in rows]
            for t, rows in reading.open_tables.items()
        },
        unread=reading.unread,
        coverage=reading.coverage,
        layout=reading.layout,
    )

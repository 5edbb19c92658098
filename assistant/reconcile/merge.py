"""Two readings → one record. Pure, and never calls a model.

Field by field and by type: amounts as numbers, codes digit by digit, texts up
to white space and width. Rows of a table are matched as rows (optimal
assignment on how much of them is alike), then cell by cell. The form's own
sums are a third witness (:mod:`assistant.reconcile.laws`): where the years add
up to the printed total, an amount that one reader alone gave is confirmed by
it; where they do not, what both readers said alike goes to a person too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from assistant.reconcile.laws import weigh
from assistant.text.folding import comparable
from schemas.forms import FORMS, Kind, TableSpec
from schemas.readings import Doubt, FormReading, Reading, Row, Value
from schemas.records import Cell, Record, RecordRow, State, decimal_of

T = TypeVar("T")

# Which states need a person, whatever the field is.
_ALWAYS_REVIEW = {State.DISPUTED, State.UNGROUNDED, State.UNREADABLE, State.MISSING}
# A value of these kinds that one reader alone gave needs a person too: one digit is enough
# to make it wrong, and nothing else on the form would show it.
_REVIEW_IF_SINGLE = {Kind.AMOUNT, Kind.CODE, Kind.YEAR}
# Rows that are alike to less than this are not the same row.
_SAME_ROW = 0.5


def needs_person(state: State, kind: Kind) -> bool:
    """The policy: does a cell of this kind in this state go to a person?"""
    return state in _ALWAYS_REVIEW or (state is State.SINGLE and kind in _REVIEW_IF_SINGLE)


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


def merge(kind: Kind, rules: Reading | None, llm: Reading | None) -> Cell:
    """One cell from what the readers say of it; at least one must say something."""
    readings = {n: r for n, r in (("rules", rules), ("llm", llm)) if r is not None}
    if rules and llm:
        best = llm if rules.doubts and not llm.doubts else rules
        if _is_unreadable(rules) and llm.value is None:
            # An empty answer is no second witness where something is printed.
            best, state = rules, State.UNREADABLE
        elif not same_value(kind, rules.value, llm.value):
            state = State.DISPUTED
        elif rules.doubts or llm.doubts:
            state = _doubted(best)
        else:
            state = State.AGREED
    else:
        best = next(iter(readings.values()))
        state = _doubted(best)
    return Cell(
        value=best.value,
        state=state,
        needs_review=needs_person(state, kind) or bool(best.doubts),
        evidence=best.evidence or next((r.evidence for r in readings.values() if r.evidence), None),
        unit=next((r.unit for r in readings.values() if r.unit), None),
        readings=readings,
    )


def _doubted(reading: Reading) -> State:
    if Doubt.UNGROUNDED in reading.doubts:
        return State.UNGROUNDED
    return State.UNREADABLE if _is_unreadable(reading) else State.SINGLE


def _is_unreadable(reading: Reading) -> bool:
    return bool(reading.doubts) and reading.value is None


def _merge_rows(columns: Mapping[str, Kind], rules: Row, llm: Row) -> RecordRow:
    return {
        name: merge(kind, rules.get(name), llm.get(name))
        for name, kind in columns.items()
        if name in rules or name in llm
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
    left: Sequence[T], right: Sequence[T], likeness: Callable[[T, T], float]
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


def _merge_table(spec: TableSpec, rules: Sequence[Row], llm: Sequence[Row]) -> list[RecordRow]:
    """Rows in the rule reader's order, which is the printed one, then those of the model alone."""
    kinds = {c.name: c.kind for c in spec.columns}
    partner = dict(match_rows(rules, llm, lambda a, b: row_likeness(spec, a, b)))
    merged = [
        _merge_rows(kinds, row, llm[partner[i]] if i in partner else {})
        for i, row in enumerate(rules)
    ]
    taken = set(partner.values())
    for j, row in enumerate(llm):
        if j not in taken and not _is_fragment(spec, row, rules):
            extra = _merge_rows(kinds, {}, row)
            for cell in extra.values():
                cell.needs_review = True
            merged.append(extra)
    return merged


def _is_fragment(spec: TableSpec, row: Row, rules: Sequence[Row]) -> bool:
    """Whether the model's row only repeats what the rule reader's rows hold: its name is part of
    a row's name or stands in another of its cells, or it is not grounded."""
    name = spec.key[-1]
    reading = row.get(name)
    if reading is None or reading.value is None or Doubt.UNGROUNDED in reading.doubts:
        return True
    wanted = comparable(str(reading.value))
    names = (comparable(str(r[name].value)) for r in rules if name in r)
    cells = {comparable(str(c.value)) for r in rules for c in r.values()}
    return wanted in cells or any(wanted in other or other in wanted for other in names)


def reconcile(document_id: str, rules: FormReading | None, llm: FormReading | None) -> Record:
    """The record of one form. At least one reading must be there, and both of the same form."""
    base = rules or llm
    if base is None:
        raise ValueError("no reading to reconcile")
    spec = FORMS[base.form_type]
    one, two = rules or base.model_copy(update=_EMPTY), llm or base.model_copy(update=_EMPTY)
    record = Record(
        document_id=document_id,
        form_id=base.form_id,
        pages=base.pages,
        form_type=base.form_type,
        fields={
            f.name: merge(f.kind, one.fields.get(f.name), two.fields.get(f.name))
            for f in spec.fields
            if _is_printed(f.name, rules, llm)
        },
        tables={
            t.name: _merge_table(t, one.tables.get(t.name, []), two.tables.get(t.name, []))
            for t in spec.tables
        },
        totals={
            t.name: _merge_rows(
                {c.name: c.kind for c in t.columns},
                one.totals.get(t.name, {}),
                two.totals.get(t.name, {}),
            )
            for t in spec.tables
            if t.name in one.totals or t.name in two.totals
        },
    )
    weigh(record)
    return record


_EMPTY: dict[str, object] = {"fields": {}, "tables": {}, "totals": {}}


def _is_printed(name: str, rules: FormReading | None, llm: FormReading | None) -> bool:
    """A field that the model alone gives, as empty, is not a field of the form."""
    if rules and name in rules.fields:
        return True
    reading = llm.fields.get(name) if llm else None
    return reading is not None and (rules is None or reading.value is not None)


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
    )

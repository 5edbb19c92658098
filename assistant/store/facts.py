"""A record ↔ its facts: one row a cell, with numbers that SQL can compare and add exactly. Pure.

Facts are written with each record, as it stands after review. Lists, the review queue, exports
and answers read them; nothing else is kept of a record beside what the readers said and what
people decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import TypeAdapter

from assistant.reconcile.budget_year import candidates
from assistant.text.amounts import parse_amount, parse_target, to_yuan
from assistant.text.years import A_YEAR
from schemas.forms import Costs, FieldSpec, FormType, Indicators, Kind, Plan, TableSpec
from schemas.readings import Evidence, Reading, Value
from schemas.records import Approval, Cell, Record, RecordRow, State, iter_cells, row_keys, text_of

if TYPE_CHECKING:
    from assistant.store.schema import FactRow

VERSION = 1  # of how facts are made; a store with older ones makes them anew
SCALE = 10_000
_LARGEST = 2**63 - 1
_FIELDS, _TOTAL = -2, -1  # row numbers of what stands in no row, and of the printed total
_BOX = ("x0", "y0", "x1", "y1")
_READINGS = TypeAdapter(dict[str, Reading])

# A row of the table of facts, by the names of its columns.
FactValues = dict[str, Any]


def number_of(kind: Kind, value: Value, unit: str | None) -> int | None:
    """A value in ten-thousandths; amounts in ten-thousandths of a yuan, ``unit`` applied.

    None for what is no number, has more than four decimals, or is in a unit nobody knows.

    >>> number_of(Kind.AMOUNT, "760.5", "万元")
    76050000000
    """
    if value is None or kind not in (Kind.AMOUNT, Kind.NUMBER, Kind.YEAR):
        return None
    plain = parse_amount(str(value))
    if plain is None:
        return None
    try:
        number = to_yuan(plain, unit) if kind is Kind.AMOUNT else Decimal(plain)
    except ValueError:
        return None
    return _scaled(number)


def _scaled(number: Decimal) -> int | None:
    scaled = number * SCALE
    return int(scaled) if scaled == int(scaled) and abs(scaled) <= _LARGEST else None


class _Place(NamedTuple):
    """Where a cell stands: the form's own cells have no table and row -2, those of a printed
    total row -1; rows count from 0."""

    table: TableSpec | None
    row_number: int
    row_key: str
    column: FieldSpec
    cell: Cell
    row: RecordRow


def _places(record: Record) -> Iterator[_Place]:
    """Every cell in the order of :func:`schemas.records.iter_cells`."""
    for field in record.spec.fields:
        if cell := record.fields.get(field.name):
            yield _Place(None, _FIELDS, "", field, cell, {})
    for table in record.spec.tables:
        total = record.totals.get(table.name, {})
        for name, cell in total.items():
            yield _Place(table, _TOTAL, "total", table.column(name), cell, total)
        rows = record.tables.get(table.name, [])
        for number, (key, row) in enumerate(zip(row_keys(record, table.name), rows, strict=True)):
            for column in table.columns:
                if cell := row.get(column.name):
                    yield _Place(table, number, key, column, cell, row)


def facts_of(record: Record) -> list[FactValues]:
    """Every cell of ``record`` as it stands, in printed order.

    ``number`` is in ten-thousandths (of a yuan, for amounts; of an indicator's target in its own
    ``unit``, with its ``comparator``); ``year`` is that of the cell's row, or of the form's
    own amount if it can be only one; ``category`` holds the levels above an indicator;
    ``row_number`` counts from 0 within a table.
    """
    about = {
        "document_id": record.document_id, "form_id": record.form_id, "project": record.name,
        "approval": record.approval,
    }  # fmt: skip
    unit = text_of(record.fields.get(record.spec.roles.amount_unit)) or None
    pairs = zip(_places(record), iter_cells(record), strict=True)
    return [
        {
            **about,
            "position": n,
            "path": ref.path,
            "label": ref.label,
            "year": _year(record, place),
            **_values(place, unit),
        }
        for n, (place, ref) in enumerate(pairs)
    ]


def _values(place: _Place, unit: str | None) -> FactValues:
    cell, printed = place.cell, place.cell.evidence
    box = printed.bbox if printed and printed.bbox else (None,) * 4
    to_choose = cell.needs_review or cell.state is State.DISPUTED
    return {
        "table_name": place.table.name if place.table else "",
        "row_number": place.row_number, "row_key": place.row_key,
        "column_name": place.column.name, "kind": place.column.kind.value,
        "category": _category(place),
        "text": None if cell.value is None else str(cell.value), **_measured(place, unit),
        "page": printed.page if printed else None, **dict(zip(_BOX, box, strict=True)),
        "quote": printed.quote if printed else "", "own_unit": cell.unit,
        "state": cell.state.value, "needs_review": cell.needs_review,
        "readings": _READINGS.dump_json(cell.readings).decode() if to_choose else "",
    }  # fmt: skip


def _measured(place: _Place, unit: str | None) -> FactValues:
    """What a value comes to: number, unit and comparator."""
    kind, value = place.column.kind, place.cell.value
    table = place.table
    if isinstance(table, Indicators) and place.column.name in table.values and value is not None:
        target = parse_target(str(value))
        number = None if target.number is None else _scaled(target.number)
        return {"number": number, "unit": target.unit, "comparator": target.comparator or ""}
    unit = place.cell.unit or unit
    stated = unit if kind is Kind.AMOUNT and unit else ""
    return {"number": number_of(kind, value, unit), "unit": stated, "comparator": ""}


def _category(place: _Place) -> str:
    if not isinstance(place.table, Indicators):
        return ""
    return "/".join(text_of(place.row[name]) for name in place.table.levels if name in place.row)


def _year(record: Record, place: _Place) -> int | None:
    if isinstance(place.table, Plan | Costs):
        text = text_of(place.row.get(place.table.year))
        return int(text) if A_YEAR.fullmatch(text) else None
    own = candidates(record) if place.column.name == record.spec.roles.year_amount else ()
    return next(iter(own)) if len(own) == 1 else None


class Form(NamedTuple):
    """What a record says of itself beside its cells."""

    document_id: str
    form_id: str
    form_type: FormType
    pages: list[int]
    approval: Approval


def record_of(form: Form, facts: Iterable[FactRow]) -> Record:
    """The record of a form as it stands after review, of its ``facts`` in printed order.

    What each reader said is there for the cells that wait for a person or are disputed.
    """
    record = Record(**form._asdict())
    for fact in facts:
        _row_of(record, fact)[fact.column_name] = cell_of(fact)
    return record


def _row_of(record: Record, fact: FactRow) -> RecordRow:
    if fact.row_number == _FIELDS:
        return record.fields
    if fact.row_number == _TOTAL:
        return record.totals.setdefault(fact.table_name, {})
    rows = record.tables.setdefault(fact.table_name, [])
    while len(rows) <= fact.row_number:
        rows.append({})
    return rows[fact.row_number]


def cell_of(fact: FactRow) -> Cell:
    box = (fact.x0, fact.y0, fact.x1, fact.y1)
    printed = None
    if fact.page is not None:
        bbox = None if None in box else box
        printed = Evidence.model_validate({"page": fact.page, "bbox": bbox, "quote": fact.quote})

    return Cell(
        value=_value(fact), state=State(fact.state), needs_review=fact.needs_review,
        evidence=printed, unit=fact.own_unit,
        readings=_READINGS.validate_json(fact.readings) if fact.readings else {},
    )  # fmt: skip


def _value(fact: FactRow) -> Value:
    """Years are whole numbers; everything else is kept as it is printed."""
    is_year = fact.kind == Kind.YEAR.value and fact.text is not None and fact.text.isdigit()
    return int(str(fact.text)) if is_year else fact.text

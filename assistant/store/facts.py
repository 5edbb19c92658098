"""A record ↔ its facts: one row a cell, with numbers that SQL can compare and add exactly. Pure.

Facts are written with each record, as it stands after review. Lists, the review queue, exports
and answers read them; nothing else is kept of a record beside what the readers said and what
people decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import TypeAdapter

from assistant.reconcile.budget_year import candidates
from assistant.text.amounts import parse_amount, parse_target, to_yuan
from assistant.text.years import A_YEAR
from schemas.forms import TABLES, Costs, FormType, Indicators, Kind, Plan, TableSpec
from schemas.forms.spec import is_open
from schemas.readings import Evidence, Reading, Value
from schemas.records import (
    NO_ROW,
    OPEN_TABLE,
    TOTAL_ROW,
    Approval,
    Cell,
    Place,
    Record,
    RecordRow,
    State,
    places,
    text_of,
)

if TYPE_CHECKING:
    from assistant.store.schema import FactRow

VERSION = 2  # of how facts are made; a store with older ones makes them anew
SCALE = 10_000
_LARGEST = 2**63 - 1
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
    return [
        {
            **about,
            "position": n,
            "path": place.path,
            "label": place.label,
            "year": _year(record, place),
            **_values(place, unit),
        }
        for n, place in enumerate(places(record))
    ]


def _values(place: Place, unit: str | None) -> FactValues:
    cell, printed = place.cell, place.cell.evidence
    box = printed.bbox if printed and printed.bbox else (None,) * 4
    to_choose = cell.needs_review or cell.state is State.DISPUTED
    return {
        "table_name": place.table,
        "row_number": place.row_number, "row_key": place.row_key,
        "column_name": place.column.name, "kind": place.column.kind.value, "printed": cell.label,
        "category": _category(place),
        "text": None if cell.value is None else str(cell.value), **_measured(place, unit),
        "page": printed.page if printed else None, **dict(zip(_BOX, box, strict=True)),
        "quote": printed.quote if printed else "", "own_unit": cell.unit,
        "state": cell.state.value, "needs_review": cell.needs_review,
        "readings": _READINGS.dump_json(cell.readings).decode() if to_choose else "",
    }  # fmt: skip


def _measured(place: Place, unit: str | None) -> FactValues:
    """What a value comes to: number, unit and comparator."""
    kind, value = place.column.kind, place.cell.value
    table = _table(place)
    if isinstance(table, Indicators) and place.column.name in table.values and value is not None:
        target = parse_target(str(value))
        number = None if target.number is None else _scaled(target.number)
        return {"number": number, "unit": target.unit, "comparator": target.comparator or ""}
    unit = place.cell.unit or unit
    stated = unit if kind is Kind.AMOUNT and unit else ""
    return {"number": number_of(kind, value, unit), "unit": stated, "comparator": ""}


def _table(place: Place) -> TableSpec | None:
    return TABLES.get(place.table)


def _category(place: Place) -> str:
    table = _table(place)
    if not isinstance(table, Indicators):
        return ""
    return "/".join(text_of(place.row[name]) for name in table.levels if name in place.row)


def _year(record: Record, place: Place) -> int | None:
    table = _table(place)
    if isinstance(table, Plan | Costs):
        text = text_of(place.row.get(table.year))
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
    if fact.row_number == NO_ROW:
        return record.fields
    if fact.row_number == TOTAL_ROW:
        return record.totals.setdefault(fact.table_name, {})
    if fact.table_name.startswith(OPEN_TABLE):
        title = fact.table_name.removeprefix(OPEN_TABLE)
        rows = record.open_tables.setdefault(title, [])
    else:
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
        evidence=printed, unit=fact.own_unit, label=fact.printed,
        kind=Kind(fact.kind) if _is_open(fact) else None,
        readings=_READINGS.validate_json(fact.readings) if fact.readings else {},
    )  # fmt: skip


def _is_open(fact: FactRow) -> bool:
    return is_open(fact.column_name) or fact.table_name.startswith(OPEN_TABLE)


def _value(fact: FactRow) -> Value:
    """Years are whole numbers; everything else is kept as it is printed."""
    is_year = fact.kind == Kind.YEAR.value and fact.text is not None and fact.text.isdigit()
    return int(str(fact.text)) if is_year else fact.text

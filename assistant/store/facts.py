"""A record → one row a cell, with numbers that SQL can compare and add exactly. Pure."""

from __future__ import annotations

from decimal import Decimal

from assistant.store.schema import CellRow
from assistant.text.amounts import parse_amount, to_yuan
from schemas.forms import Kind
from schemas.readings import Value
from schemas.records import CellRef, Record, iter_cells

SCALE = 10_000
_LARGEST = 2**63 - 1


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
    scaled = number * SCALE
    return int(scaled) if scaled == int(scaled) and abs(scaled) <= _LARGEST else None


def address(path: str) -> tuple[str, str, str]:
    """A cell's path as (table, row key, column); the form's own cells have no table.

    >>> address("indicators[产出指标/数量指标/路灯].annual_value")
    ('indicators', '产出指标/数量指标/路灯', 'annual_value')
    >>> address("annual_funding.total.declared")
    ('annual_funding', 'total', 'declared')
    """
    if "[" in path:
        table, rest = path.split("[", 1)
        key, column = rest.rsplit("].", 1)
        return table, key, column
    if ".total." in path:
        table, column = path.split(".total.", 1)
        return table, "total", column
    return "", "", path


def cell_rows(record: Record) -> list[CellRow]:
    """Every cell of ``record`` as it stands, in printed order."""
    unit = record.fields.get("amount_unit")
    named = str(unit.value) if unit and unit.value is not None else None
    return [_row(record, position, ref, named) for position, ref in enumerate(iter_cells(record))]


def _row(record: Record, position: int, ref: CellRef, unit: str | None) -> CellRow:
    table, key, column = address(ref.path)
    cell, place = ref.cell, ref.cell.evidence
    x0, y0, x1, y1 = place.bbox if place and place.bbox else (None, None, None, None)
    return CellRow(
        document_id=record.document_id, form_id=record.form_id, position=position, path=ref.path,
        table_name=table, row_key=key, column_name=column, kind=ref.kind.value,
        text=None if cell.value is None else str(cell.value),
        number=number_of(ref.kind, cell.value, cell.unit or unit),
        page=place.page if place else None, x0=x0, y0=y0, x1=x1, y1=y1,
        state=cell.state.value, needs_review=cell.needs_review,
    )  # fmt: skip

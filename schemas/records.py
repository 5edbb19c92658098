"""The reconciled record: every cell with its value, state and proof."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

from schemas.forms import FORMS, FormSpec, FormType, Kind
from schemas.readings import Evidence, Reading, Value


class State(StrEnum):
    """What the two readers make of a cell together."""

    AGREED = "agreed"  # both readers say the same
    CONFIRMED_BY_SUM = "confirmed_by_sum"  # one reader, and the form's own sums foot
    SINGLE = "single"  # one reader only
    DISPUTED = "disputed"  # the readers differ; both values are kept
    UNGROUNDED = "ungrounded"  # the value does not stand on the page
    UNREADABLE = "unreadable"  # something is printed, no reader could read it
    MISSING = "missing"  # the label is printed, no reader gave a value
    REVIEWED = "reviewed"  # a person accepted or corrected it


Approval = Literal["approved", "unreviewed", "disputed"]


class Cell(BaseModel):
    """One value of a record. ``readings`` keeps what each reader said."""

    value: Value = None
    state: State
    needs_review: bool = False
    evidence: Evidence | None = None
    unit: str | None = None  # of an amount whose own label names one; else the form's unit holds
    readings: dict[str, Reading] = Field(default_factory=dict)


RecordRow = dict[str, Cell]
RecordKey = tuple[str, str]  # document_id, form_id


def text_of(cell: Cell | None) -> str:
    """What a cell says; "" where it is empty or not there."""
    return "" if cell is None or cell.value is None else str(cell.value)


def decimal_of(value: Value) -> Decimal | None:
    """A value as a number, in the unit it is printed in."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def amount_of(cell: Cell | None) -> Decimal | None:
    """What a cell says as a number, in the unit it is printed in."""
    return decimal_of(cell.value) if cell else None


class Record(BaseModel):
    """One form of one document, reconciled."""

    document_id: str
    form_id: str
    pages: list[int]
    form_type: FormType
    fields: dict[str, Cell] = Field(default_factory=dict)
    tables: dict[str, list[RecordRow]] = Field(default_factory=dict)
    totals: dict[str, RecordRow] = Field(default_factory=dict)
    approval: Approval = "unreviewed"

    @property
    def key(self) -> RecordKey:
        return self.document_id, self.form_id

    @property
    def spec(self) -> FormSpec:
        return FORMS[self.form_type]

    @property
    def name(self) -> str:
        cell = self.fields.get(self.spec.roles.name)
        return str(cell.value) if cell and cell.value is not None else self.form_id


class CellRef(BaseModel):
    """A cell of a record with its address."""

    path: str
    label: str
    kind: Kind
    cell: Cell


def row_keys(record: Record, table: str) -> list[str]:
    """A key for each row made of what the row says, so that it outlives a re-reading.

    Rows that say the same are told apart by a running number (``#2``).
    """
    spec = record.spec.table(table)
    seen: dict[str, int] = {}
    keys: list[str] = []
    for row in record.tables.get(table, []):
        parts = (row[c].value for c in spec.key if c in row)
        key = "/".join("" if p is None else str(p) for p in parts)
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys


def iter_cells(record: Record) -> Iterator[CellRef]:
    """Every cell in printed order: ``name``, ``annual_funding[2025].declared``,
    ``annual_funding.total.declared``, ``indicators[产出指标/数量指标/…].annual_value``."""
    spec = record.spec
    for field in spec.fields:
        if field.name in record.fields:
            yield CellRef(
                path=field.name,
                label=field.label,
                kind=field.kind,
                cell=record.fields[field.name],
            )
    for table in spec.tables:
        for name, cell in record.totals.get(table.name, {}).items():
            column = table.column(name)
            yield CellRef(
                path=f"{table.name}.total.{name}",
                label=f"{table.titles[0]} 合计 {column.label}",
                kind=column.kind,
                cell=cell,
            )
        keys = row_keys(record, table.name)
        for key, row in zip(keys, record.tables.get(table.name, []), strict=True):
            for column in table.columns:
                if column.name in row:
                    yield CellRef(
                        path=f"{table.name}[{key}].{column.name}",
                        label=f"{table.titles[0]} {key} {column.label}",
                        kind=column.kind,
                        cell=row[column.name],
                    )

"""The reconciled record: every cell with its value, state and proof."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from schemas.forms import (
    FIELDS,
    FORMS,
    TABLES,
    FieldSpec,
    FormSpec,
    FormType,
    Kind,
    TableSpec,
)
from schemas.forms.spec import is_open, open_field
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
    label: str = ""  # as printed
    kind: Kind | None = None  # of a value that no field of the schema names
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
    open_tables: dict[str, list[RecordRow]] = Field(default_factory=dict)  # by title, as printed
    unread: list[Evidence] = Field(default_factory=list)  # printed, and held by no cell or label
    coverage: float | None = None  # the share of printed characters that have a role
    layout: str = ""
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
    spec = TABLES[table]
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
    ``annual_funding.total.declared``, ``indicators[产出指标/数量指标/…].annual_value``; then what
    no field of the schema names: ``x:其他资金``, ``tables[年度任务][1].金额``."""
    for place in places(record):
        yield CellRef(path=place.path, label=place.label, kind=place.column.kind, cell=place.cell)


class Place(NamedTuple):
    """Where a cell stands: the form's own cells have no table and row -2, those of a printed
    total row -1; rows count from 0."""

    table: str
    row_number: int
    row_key: str
    column: FieldSpec
    cell: Cell
    row: RecordRow
    path: str
    label: str


NO_ROW, TOTAL_ROW = -2, -1  # row numbers of what stands in no row, and of the printed total
OPEN_TABLE = "tables:"  # begins the name of a table that no schema describes


def places(record: Record) -> Iterator[Place]:
    """Every cell of a record in the order of :func:`iter_cells`."""
    spec = record.spec
    own = {f.name for f in spec.fields}
    known = [f for f in spec.fields if f.name in record.fields]
    known += [FIELDS[k] for k in record.fields if k not in own and k in FIELDS]
    others = (open_field(k, c.label, c.kind) for k, c in record.fields.items() if is_open(k))
    for field in (*known, *others):
        cell = record.fields[field.name]
        yield Place("", NO_ROW, "", field, cell, {}, field.name, field.label)
    for table in tables_of(record):
        title = table.titles[0]
        total = record.totals.get(table.name, {})
        for name, cell in total.items():
            column = table.column(name)
            path, label = f"{table.name}.total.{name}", f"{title} 合计 {column.label}"
            yield Place(table.name, TOTAL_ROW, "total", column, cell, total, path, label)
        rows = record.tables.get(table.name, [])
        for n, (key, row) in enumerate(zip(row_keys(record, table.name), rows, strict=True)):
            for column in columns_of(table, row):
                path, label = f"{table.name}[{key}].{column.name}", f"{title} {key} {column.label}"
                yield Place(table.name, n, key, column, row[column.name], row, path, label)
    for title, rows in record.open_tables.items():
        for n, row in enumerate(rows):
            for name, cell in row.items():
                column = open_field(name, cell.label, cell.kind)
                path, label = f"tables[{title}][{n + 1}].{name}", f"{title} {n + 1} {column.label}"
                yield Place(OPEN_TABLE + title, n, str(n + 1), column, cell, row, path, label)


def tables_of(record: Record) -> list[TableSpec]:
    """The tables of the record's family, and those of others that it has."""
    own = record.spec.tables
    names = {table.name for table in own}
    others = [TABLES[n] for n in record.tables if n not in names and record.tables[n]]
    return [*own, *others]


def columns_of(table: TableSpec, row: RecordRow) -> list[FieldSpec]:
    """The columns of a row: the table's own, then those that the schema does not name."""
    own = [c for c in table.columns if c.name in row]
    return own + [open_field(k, c.label, c.kind) for k, c in row.items() if is_open(k)]

"""Records → a workbook, CSV or JSON.

A cell that a person's spreadsheet would run (text beginning with = + - @) is
written as text; amounts are numbers. CSV holds one row a project; the workbook
holds the tables too.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.errors import StoreError, UsageError
from assistant.export.form_json import form_json
from assistant.messages.labels import path_label
from assistant.text.amounts import parse_amount
from schemas.forms import FORMS, TABLES, FieldSpec, Kind, TableSpec
from schemas.forms.spec import is_open
from schemas.readings import Value
from schemas.records import OPEN_TABLE, Cell, Record, RecordRow, places

Names = Mapping[str, str]  # a document's id → its name
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_ABOUT = ("文档", "表单", "页码", "状态", "审核")
_STATES = {
    "agreed": "两读一致",
    "confirmed_by_sum": "合计印证",
    "single": "单读",
    "disputed": "两读不一",
    "ungrounded": "页面未见",
    "unreadable": "无法识读",
    "missing": "缺失",
    "reviewed": "已核",
}
_APPROVALS = {"approved": "已审核", "unreviewed": "未审核", "disputed": "有争议"}
# The first state of a row that a reader of the workbook should know of.
_WORST = ("disputed", "ungrounded", "unreadable", "missing", "single", "confirmed_by_sum")


def write(path: Path, records: Sequence[Record], names: Names) -> None:
    """Writes ``records`` by the suffix of ``path``: .xlsx, .csv (projects only) or .json.

    Raises :class:`UsageError` for another suffix, :class:`StoreError` if it cannot be written.
    """
    writers: dict[str, Callable[[Path, Sequence[Record], Names], None]] = {
        ".xlsx": _write_xlsx,
        ".csv": _write_csv,
        ".json": _write_json,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError("usage.suffix", name=path.name)
    try:
        _aside(path, lambda part: writer(part, records, names))
    except OSError as error:
        raise StoreError("store.not_written", path=path, reason=error.strerror or error) from None


def _aside(path: Path, write_to: Callable[[Path], None]) -> None:
    """Writes beside ``path`` and moves into place, so that no half file is left."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix.lower())
    os.close(handle)
    part = Path(name)
    try:
        write_to(part)
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _project_fields() -> list[FieldSpec]:
    """Every field of every form, once, in printed order."""
    fields: dict[str, FieldSpec] = {}
    for spec in FORMS.values():
        for field in spec.fields:
            fields.setdefault(field.name, field)
    return list(fields.values())


def _pages(record: Record, cells: Sequence[Cell]) -> str:
    pages = {c.evidence.page for c in cells if c.evidence} or set(record.pages)
    return "、".join(str(page) for page in sorted(pages))


def _about(record: Record, cells: Sequence[Cell], names: Names) -> list[str]:
    states = {c.state.value for c in cells}
    state = next((s for s in _WORST if s in states), next(iter(sorted(states)), "missing"))
    return [
        names.get(record.document_id, record.document_id[:12]),
        record.form_id,
        _pages(record, cells),
        _STATES[state],
        _APPROVALS[record.approval],
    ]


def project_rows(records: Sequence[Record], names: Names) -> Iterator[list[Any]]:
    """A header, then one row a form."""
    fields = _project_fields()
    yield [*_ABOUT, *(f.label for f in fields)]
    for record in records:
        cells = list(record.fields.values())
        values = (_typed(f.kind, record.fields.get(f.name)) for f in fields)
        yield [*_about(record, cells, names), *values]


def table_rows(table: TableSpec, records: Sequence[Record], names: Names) -> Iterator[list[Any]]:
    """A header, then one row a row of ``table``; printed totals say 合计."""
    yield [*_ABOUT, "项目", *(c.label for c in table.columns)]
    for record in records:
        for row in record.tables.get(table.name, []):
            yield _table_row(table, record, row, names)
        if total := record.totals.get(table.name):
            out = _table_row(table, record, total, names)
            out[len(_ABOUT) + 1] = "合计"
            yield out


def _table_row(table: TableSpec, record: Record, row: RecordRow, names: Names) -> list[Any]:
    values = (_typed(c.kind, row.get(c.name)) for c in table.columns)
    return [*_about(record, list(row.values()), names), record.name, *values]


def _typed(kind: Kind, cell: Cell | None) -> Value | Decimal:
    """A cell's value as a spreadsheet should hold it: amounts and counts as numbers."""
    if cell is None or cell.value is None:
        return None
    if kind in (Kind.AMOUNT, Kind.NUMBER) and (plain := parse_amount(str(cell.value))):
        return Decimal(plain)
    return cell.value


def _write_xlsx(path: Path, records: Sequence[Record], names: Names) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    fill(book.create_sheet("项目 projects"), project_rows(records, names))
    for table in TABLES.values():
        fill(book.create_sheet(table.sheet), table_rows(table, records, names))
    fill(book.create_sheet("其他栏目 other labels"), open_rows(records, names))
    book.save(path)


def open_rows(records: Sequence[Record], names: Names) -> Iterator[list[Any]]:
    """A header, then a row for each cell whose label no field of the schema names."""
    yield [*_ABOUT, "项目", "栏目", "内容"]
    for record in records:
        for place in places(record):
            if is_open(place.column.name) or place.table.startswith(OPEN_TABLE):
                label = path_label(record.form_type, place.path, "zh")
                value = _typed(place.column.kind, place.cell)
                yield [*_about(record, [place.cell], names), record.name, label, value]


def fill(sheet: Any, rows: Iterator[list[Any]]) -> None:
    """Writes ``rows``, the first as the header; text is never taken for a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is None:
                continue
            if isinstance(value, str):
                value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever the text begins with
                cell.quotePrefix = value.startswith(_RISKY)
            elif isinstance(value, Decimal):
                cell.number_format = "#,##0.00" if value.as_tuple().exponent else "#,##0"
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _write_csv(path: Path, records: Sequence[Record], names: Names) -> None:
    # The mark at the start tells spreadsheets that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in project_rows(records, names):
            writer.writerow([_harmless(value) for value in row])


def _harmless(value: object) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_RISKY) else text


def _write_json(path: Path, records: Sequence[Record], names: Names) -> None:
    forms = [
        {"document": names.get(r.document_id, ""), "document_id": r.document_id, **form_json(r)}
        for r in records
    ]
    path.write_text(json.dumps({"forms": forms}, ensure_ascii=False, indent=1), encoding="utf-8")

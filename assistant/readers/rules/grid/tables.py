"""The tables of a form: header row → columns → rows, over page breaks. Pure.

A header row is a row of cells that are column labels of one table. Its cells' places are the
columns; the rows below are cut by the cells of the column that divides the table most finely.
Where a page ends in a table, the rows of the next follow the same columns, headed or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.pages.grid import SNAP, Grid, GridCell
from assistant.readers.rules.grid.targets import (
    NUMBER,
    SIGN,
    are_parts,
    is_sign,
    part_of,
    with_parts,
)
from assistant.readers.rules.labels import (
    Label,
    Labels,
    column_labels,
    field_labels,
    is_total,
    section_titles,
)
from assistant.readers.rules.values import read_cell
from assistant.text.years import YEAR
from schemas.forms import FieldSpec, FormType, Indicators, Kind, TableSpec
from schemas.geometry import Box, Page, PageSource
from schemas.readings import Doubt, Reading, Row


@dataclass(slots=True)
class Sheet:
    """A page of a form with its grid."""

    page: Page
    grid: Grid


@dataclass(frozen=True, slots=True)
class Column:
    spec: FieldSpec
    box: Box  # of the header cell
    unit: str | None = None  # of money, where the header names one
    beside: tuple[tuple[str, Box], ...] = ()  # a target's sign and unit, in columns of their own
    one_head: bool = False  # which stand with it under one head


_ColumnCell = tuple[Column, GridCell, bool]


@dataclass(slots=True)
class Segment:
    """The part of a table on one page: from its header (or the page's top) to its end."""

    table: TableSpec
    sheet: Sheet
    columns: tuple[Column, ...]
    top: float
    body: float
    bottom: float = 0.0
    continues: bool = False  # from the page before
    ran_out: bool = False  # the page ended before the table did
    bands: list[tuple[float, float]] = field(default_factory=list)
    twins: dict[str, Column] = field(default_factory=dict)  # of a second block side by side

    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = min(c.box.x0 for c in self.columns)

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.spec.name == name), None)

    def cell(self, column: Column, y: float) -> GridCell | None:
        return self.sheet.grid.at(column.box.centre[0], y)


def find_segments(sheets: Sequence[Sheet], form_type: FormType) -> list[Segment]:
    """Every part of every table, in printed order."""
    segments: list[Segment] = []
    for sheet in sheets:
        headers = sorted(_headers(sheet, form_type), key=lambda s: s.top)
        last = segments[-1] if segments else None
        if last and last.ran_out and last.sheet is not sheet:
            segment = _continued(last, sheet)
            _fill(segment, headers, form_type)
            if segment.bands:
                segments.append(segment)
        for segment in headers:
            _fill(segment, headers, form_type)
            segments.append(segment)
    return segments


def _continued(last: Segment, sheet: Sheet) -> Segment:
    top = sheet.grid.cells[0].box.y0 if sheet.grid.cells else 0.0
    return Segment(last.table, sheet, last.columns, top, top, continues=True, twins=last.twins)


def _headers(sheet: Sheet, form_type: FormType) -> Iterator[Segment]:
    taken: set[int] = set()
    printed = [(cell, cell.folded) for cell in sheet.grid.cells if cell.words]
    for table, labels in column_labels(form_type):
        hits = [(cell, label) for cell, text in printed if (label := labels.find(text))]
        for seed, _ in hits:
            if id(seed) in taken:
                continue
            row = [(c, lb) for c, lb in hits if _same_row(seed, c) and id(c) not in taken]
            if _is_header(table, {lb.field.name for _, lb in row}):
                taken.update(id(c) for c, _ in row)
                yield _segment(table, sheet, row)


def _same_row(a: GridCell, b: GridCell) -> bool:
    overlap = min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0)
    return overlap > 0.5 * min(a.box.height, b.box.height)


def _is_header(table: TableSpec, names: set[str]) -> bool:
    return all(names & set(group) for group in table.header)


def _segment(table: TableSpec, sheet: Sheet, row: Sequence[tuple[GridCell, Label]]) -> Segment:
    body = max(cell.box.y1 for cell, _ in row)
    columns: dict[str, Column] = {}
    twins: dict[str, Column] = {}
    beside = _parts_of_targets(sheet, row, body)
    for cell, label in sorted(_undivided(row), key=lambda hit: hit[0].box.x0):
        for column in _value_columns(table, sheet, cell, label, body):
            if column.spec.name in _VALUES and not column.beside:
                column = replace(column, beside=beside)
            side = twins if column.spec.name in columns else columns
            side.setdefault(column.spec.name, column)
    if "annual_value" in columns and "annual_value" in twins:
        _tell_apart(table, sheet, columns, twins)
    top = min(cell.box.y0 for cell, _ in row)
    return Segment(table, sheet, tuple(columns.values()), top, body, twins=twins)


_PERIOD = re.compile("周期|总体|总目标|实施期|中期|总指标")
_VALUES = ("period_value", "annual_value")
_ANNUAL = re.compile(rf"年度|当年|本年|{YEAR}年")


def _undivided(row: Sequence[tuple[GridCell, Label]]) -> list[tuple[GridCell, Label]]:
    """The heads without those that only divide another one, which stands above them."""
    return [
        (cell, label)
        for cell, label in row
        if label.field.name not in _VALUES
        or not any(_stands_over(other, cell) for other, above in row if above.field.name in _VALUES)
    ]


def _stands_over(above: GridCell, cell: GridCell) -> bool:
    inside = above.box.x0 - SNAP < cell.box.x0 and cell.box.x1 < above.box.x1 + SNAP
    return above is not cell and inside and above.box.y1 < cell.box.y0 + SNAP


def _parts_of_targets(
    sheet: Sheet, row: Sequence[tuple[GridCell, Label]], body: float
) -> tuple[tuple[str, Box], ...]:
    """The columns of signs and units in the header row, which go with every value column."""
    top = min(cell.box.y0 for cell, _ in row)
    heads = [
        cell
        for cell in sheet.grid.cells
        if cell.words and cell.box.y0 > top - SNAP and abs(cell.box.y1 - body) < SNAP
    ]
    parts = [(part, cell.box) for cell in heads if (part := part_of(cell.folded))]
    return tuple((part, box) for part, box in parts if part != NUMBER)


def _value_columns(
    table: TableSpec, sheet: Sheet, cell: GridCell, label: Label, body: float
) -> Iterator[Column]:
    """A head that is itself divided below (指标值 over 周期 and 年度) is one column a part, but
    for one over the sign, the number and the unit of one target."""
    spec = label.field
    if spec.name not in _VALUES or cell.box.y1 > body - SNAP:
        yield Column(spec, cell.box, label.unit)
        return
    parts = list(_below(sheet, cell))
    if are_parts(part.folded for part in parts):
        kinds = {str(part_of(part.folded)): part.box for part in parts}
        number = kinds.pop(NUMBER)
        yield Column(spec, number, label.unit, tuple(kinds.items()), one_head=True)
        return
    for part in parts:
        name = "period_value" if _PERIOD.search(part.folded) else "annual_value"
        yield Column(table.column(name), part.box, label.unit)


def _below(sheet: Sheet, cell: GridCell) -> Iterator[GridCell]:
    """The cells just below ``cell`` from left to right."""
    x = cell.box.x0 + SNAP
    while x < cell.box.x1 - SNAP:
        part = sheet.grid.at(x, cell.box.y1 + SNAP)
        if part is None:
            return
        yield part
        x = part.box.x1 + SNAP


def _tell_apart(
    table: TableSpec, sheet: Sheet, columns: dict[str, Column], twins: dict[str, Column]
) -> None:
    """Two blocks side by side, each with a column 指标值: which is the period's, which the
    year's, stands above them; the period's comes first where nothing does."""
    first, second = columns.pop("annual_value"), twins.pop("annual_value")
    above = sheet.grid.at(first.box.centre[0], first.box.y0 - SNAP)
    text = above.folded if above else ""
    if _ANNUAL.search(text) and not _PERIOD.search(text):
        first, second = second, first
    columns["period_value"] = replace(first, spec=table.column("period_value"))
    columns["annual_value"] = replace(second, spec=table.column("annual_value"))


def _fill(segment: Segment, headers: Sequence[Segment], form_type: FormType) -> None:
    """Finds the rows below the header, up to what is no row of the table."""
    end = min((h.top for h in headers if h.top > segment.body - SNAP), default=float("inf"))
    fields = field_labels(form_type)
    y = segment.body
    segment.ran_out = True
    while y < end - SNAP:
        cells = [segment.cell(c, y + 2 * SNAP) for c in segment.columns]
        found = [c for c in cells if c is not None]
        if not found:
            break
        if _ends_table(segment, cells, fields):
            segment.ran_out = False
            break
        bottom = _cut(segment, cells)
        segment.bands.append((y, bottom))
        y = bottom
    else:
        segment.ran_out = False
    segment.bottom = y


def _cut(segment: Segment, cells: Sequence[GridCell | None]) -> float:
    """Where the row that starts with ``cells`` ends."""
    by_name = {c.spec.name: cell for c, cell in zip(segment.columns, cells, strict=True)}
    for name in segment.table.cut_by:
        if cell := by_name.get(name):
            return cell.box.y1
    return min(c.box.y1 for c in cells if c is not None)


def _ends_table(segment: Segment, cells: Sequence[GridCell | None], fields: Labels) -> bool:
    found = [c for c in cells if c is not None]
    distinct = {id(c): c for c in found}
    first = found[0]
    text = first.folded
    if len(distinct) == 1 and len(segment.columns) > 1:
        return True
    if text in section_titles():
        return True
    return fields.find(text) is not None and len(distinct) < len(segment.columns)


def read_table(segments: Sequence[Segment]) -> tuple[list[Row], Row | None]:
    """The rows of one table from all its parts, and its row of totals."""
    rows: list[Row] = []
    total: Row | None = None
    for segment in segments:
        above = rows[-1] if rows and segment.continues else None
        for position, (top, bottom) in enumerate(segment.bands):
            y = (top + bottom) / 2
            cells = _cells_of(segment, y)
            if segment.table.has_total and _is_total_row(cells):
                total = total or _total(segment, cells)
                continue
            first = position == 0
            for row in _rows_of(segment, cells, y):
                if isinstance(segment.table, Indicators):
                    _inherit(row, above, segment, y)
                    if not _is_indicator(row) or (first and _is_repeat(row, rows)):
                        continue
                elif all(r.value is None for r in row.values()):
                    continue
                rows.append(row)
    return rows, total


def _cells_of(segment: Segment, y: float) -> list[_ColumnCell]:
    """The row's cells, and whether a cell reaches into a neighbouring column."""
    cells = [segment.cell(column, y) for column in segment.columns]
    places = [id(cell) for cell in cells]
    return [
        (column, cell, places.count(id(cell)) > 1)
        for column, cell in zip(segment.columns, cells, strict=True)
        if cell is not None
    ]


def _row(segment: Segment, cells: Sequence[_ColumnCell], y: float) -> Row:
    row: Row = {}
    for column, cell, shared in cells:
        reading = _whole_target(segment, column, cell, y)
        if shared and reading.value is not None and column.spec.kind is not Kind.TEXT:
            doubts = (Doubt.UNREADABLE, Doubt.BORDER_LOST)
            reading = Reading(value=None, evidence=reading.evidence, doubts=doubts)
        elif column.spec.kind is Kind.AMOUNT and _spans_rows(segment, cell, y):
            reading = reading.model_copy(update={"doubts": (*reading.doubts, Doubt.SPANS_ROWS)})
        elif shared and reading.value is not None:
            reading = reading.model_copy(update={"doubts": (*reading.doubts, Doubt.BORDER_LOST)})
        row[column.spec.name] = reading
    return row


def _whole_target(segment: Segment, column: Column, cell: GridCell, y: float) -> Reading:
    """What ``cell`` says, with the sign and the unit that stand in columns beside it."""
    page = segment.sheet.page
    reading = read_cell(column.spec.kind, [(page, cell)])
    if not column.beside:
        return reading
    places = ((part, segment.sheet.grid.at(box.centre[0], y)) for part, box in column.beside)
    beside = [(part, other) for part, other in places if other is not None and other is not cell]
    whole = with_parts(reading, cell, beside, page)
    unseen = any(part == SIGN and not is_sign(other.folded) for part, other in beside)
    if unseen and page.source is PageSource.SCAN:  # OCR overlooks or mistakes a lone "="
        whole = whole.model_copy(update={"doubts": (*whole.doubts, Doubt.OCR)})
    if column.one_head or whole.value == reading.value:
        return whole
    return whole.model_copy(update={"doubts": (*whole.doubts, Doubt.TARGET_IN_PARTS)})


def _spans_rows(segment: Segment, cell: GridCell, y: float) -> bool:
    """Whether an amount's cell reaches over more rows than the one at ``y``."""
    top, bottom = next(b for b in segment.bands if b[0] <= y <= b[1])
    return cell.box.y0 < top - 2 * SNAP or cell.box.y1 > bottom + 2 * SNAP


def _rows_of(segment: Segment, cells: Sequence[_ColumnCell], y: float) -> list[Row]:
    """The row at ``y``; two rows where the blocks side by side name different indicators."""
    row = _row(segment, cells, y)
    twin = segment.twins.get("level3")
    cell = segment.cell(twin, y) if twin else None
    if twin is None or cell is None or not cell.words:
        return [row]
    name = read_cell(twin.spec.kind, [(segment.sheet.page, cell)])
    if name.value == row["level3"].value:
        return [row]
    left_name = "period_value"
    if row[left_name].evidence and segment.column("annual_value"):
        annual = segment.column("annual_value")
        period = segment.column("period_value")
        if annual and period and annual.box.x0 < period.box.x0:
            left_name = "annual_value"
    right_name = "annual_value" if left_name == "period_value" else "period_value"
    left = {n: r for n, r in row.items() if n != right_name}
    right = {n: r for n, r in row.items() if n != left_name} | {"level3": name}
    if (level2 := segment.twins.get("level2")) and (cell := segment.cell(level2, y)):
        right["level2"] = read_cell(level2.spec.kind, [(segment.sheet.page, cell)])
    return [left, right] if row["level3"].value is not None else [right]


def _is_total_row(cells: Sequence[_ColumnCell]) -> bool:
    texts = (cell.folded for _, cell, _ in cells)
    return is_total(next((t for t in texts if t), ""))


def _total(segment: Segment, cells: Sequence[_ColumnCell]) -> Row:
    return {
        column.spec.name: read_cell(Kind.AMOUNT, [(segment.sheet.page, cell)])
        for column, cell, _ in cells
        if column.spec.kind is Kind.AMOUNT and cell.words
    }


def _is_indicator(row: Row) -> bool:
    return any(
        row[name].value is not None or row[name].doubts
        for name in ("level3", "period_value", "annual_value")
        if name in row
    )


def _inherit(row: Row, above: Row | None, segment: Segment, y: float) -> None:
    """A category cell that a page break left blank says what the page before said."""
    for name in segment.table.levels if isinstance(segment.table, Indicators) else ():
        column = segment.column(name)
        cell = segment.cell(column, y) if column else None
        at_top = cell is not None and cell.box.y0 < segment.bands[0][0] + SNAP
        if above and at_top and row[name].value is None and name in above:
            row[name] = above[name]


def _is_repeat(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a page break only split the last row: the same row is printed once more."""
    values = [{name: read.value for name, read in one.items()} for one in (row, *rows[-1:])]
    return len(values) == 2 and values[0] == values[1]

"""The tables of a form: header row → columns → rows, over page breaks. Pure.

A header row is a row of cells that are column labels of one table. Its cells'
places are the columns; the rows below are cut by the cells of the column that
divides the table most finely. Where a page ends in the middle of a table, the
rows on the next page follow the same columns, with or without a header there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.grid import SNAP, Grid, GridCell
from assistant.rule_labels import Label, Labels, column_labels, field_labels
from assistant.rule_values import read_cell
from assistant.text import comparable
from schemas.forms import SECTION_TITLES, FieldSpec, FormType, Kind, TableSpec
from schemas.geometry import Box, Page
from schemas.readings import Reading, Row

_TOTALS = ("合计", "总计", "小计", "合计:", "总计:")
_CUT_BY = {"annual_funding": ("year", "seq"), "cost_items": ("content", "seq", "amount")}


@dataclass(slots=True)
class Sheet:
    """A page of a form with its grid."""

    page: Page
    grid: Grid


@dataclass(frozen=True, slots=True)
class Column:
    spec: FieldSpec
    box: Box  # of the header cell


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

    @property
    def box(self) -> Box:
        return Box(
            min(c.box.x0 for c in self.columns),
            self.top,
            max(c.box.x1 for c in self.columns),
            self.bottom,
        )

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
    return Segment(last.table, sheet, last.columns, top, top, continues=True)


def _headers(sheet: Sheet, form_type: FormType) -> Iterator[Segment]:
    taken: set[int] = set()
    for table, labels in column_labels(form_type):
        hits = [
            (cell, label)
            for cell in sheet.grid.cells
            if cell.words and (label := labels.find(comparable(cell.text)))
        ]
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
    if table.name == "annual_funding":
        return "year" in names and bool(names & {"declared", "approved"})
    if table.name == "cost_items":
        return "amount" in names and len(names & {"content", "detail_category", "unit_price"}) >= 1
    return "level3" in names and bool(names & {"level1", "level2", "period_value", "annual_value"})


def _segment(table: TableSpec, sheet: Sheet, row: Sequence[tuple[GridCell, Label]]) -> Segment:
    columns: dict[str, Column] = {}
    for cell, label in sorted(row, key=lambda hit: hit[0].box.x0):
        columns.setdefault(label.field.name, Column(label.field, cell.box))
    top = min(c.box.y0 for c in columns.values())
    body = max(c.box.y1 for c in columns.values())
    return Segment(table, sheet, tuple(columns.values()), top, body)


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
    wanted = _CUT_BY.get(segment.table.name, ("level3",))
    by_name = {c.spec.name: cell for c, cell in zip(segment.columns, cells, strict=True)}
    for name in wanted:
        if cell := by_name.get(name):
            return cell.box.y1
    return min(c.box.y1 for c in cells if c is not None)


def _ends_table(segment: Segment, cells: Sequence[GridCell | None], fields: Labels) -> bool:
    found = [c for c in cells if c is not None]
    distinct = {id(c): c for c in found}
    first = found[0]
    text = comparable(first.text)
    if len(distinct) == 1 and len(segment.columns) > 1:
        return True
    if text in map(comparable, SECTION_TITLES):
        return True
    return fields.find(text) is not None and len(distinct) < len(segment.columns)


def read_table(segments: Sequence[Segment]) -> tuple[list[Row], Row | None]:
    """The rows of one table from all its parts, and its row of totals."""
    rows: list[Row] = []
    total: Row | None = None
    for segment in segments:
        for position, (top, bottom) in enumerate(segment.bands):
            y = (top + bottom) / 2
            if _is_total(segment, y):
                total = total or _total(segment, y)
                continue
            row = _row(segment, y)
            if segment.table.name == "indicators":
                _inherit(row, rows, segment.continues and position == 0)
                if not _is_indicator(row) or (position == 0 and _is_repeat(row, rows)):
                    continue
            elif all(r.value is None for r in row.values()):
                continue
            rows.append(row)
    return rows, total


def _cells_of(segment: Segment, y: float) -> Iterator[tuple[Column, GridCell, bool]]:
    """The row's cells, and whether a cell reaches into a neighbouring column."""
    cells = [(column, segment.cell(column, y)) for column in segment.columns]
    for column, cell in cells:
        if cell is not None:
            shared = sum(other is cell for _, other in cells) > 1
            yield column, cell, shared


def _row(segment: Segment, y: float) -> Row:
    row: Row = {}
    for column, cell, shared in _cells_of(segment, y):
        reading = read_cell(column.spec.kind, [(segment.sheet.page, cell)])
        if shared and reading.value is not None and column.spec.kind is not Kind.TEXT:
            doubts = ("unreadable", "border_lost")
            reading = Reading(value=None, evidence=reading.evidence, doubts=doubts)
        elif shared and reading.value is not None:
            reading = reading.model_copy(update={"doubts": (*reading.doubts, "border_lost")})
        row[column.spec.name] = reading
    return row


def _is_total(segment: Segment, y: float) -> bool:
    if not segment.table.has_total:
        return False
    texts = (comparable(cell.text) for _, cell, _ in _cells_of(segment, y))
    return next((t for t in texts if t), "") in _TOTALS


def _total(segment: Segment, y: float) -> Row:
    return {
        column.spec.name: read_cell(Kind.AMOUNT, [(segment.sheet.page, cell)])
        for column, cell, _ in _cells_of(segment, y)
        if column.spec.kind is Kind.AMOUNT and cell.words
    }


def _is_indicator(row: Row) -> bool:
    return any(
        row[name].value is not None or row[name].doubts
        for name in ("level3", "period_value", "annual_value")
        if name in row
    )


def _inherit(row: Row, rows: Sequence[Row], at_page_top: bool) -> None:
    """A category cell that a page break left blank says what the page before said."""
    if not at_page_top or not rows:
        return
    for name in ("level1", "level2"):
        if name in row and row[name].value is None and name in rows[-1]:
            row[name] = rows[-1][name]


def _is_repeat(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a page break only split the last row: the same row is printed once more."""
    return bool(rows) and {n: r.value for n, r in row.items()} == {
        n: r.value for n, r in rows[-1].items()
    }

"""The rows of a table of the schema → readings. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.readers.rules.grid.cells import kind_of, printed_label, read
from assistant.readers.rules.grid.columns import Named
from assistant.readers.rules.grid.targets import SIGN, is_sign, with_parts
from assistant.readers.rules.labels import is_total
from assistant.structure.blocks import Table
from assistant.structure.lattice import Cell
from assistant.text.folding import comparable
from schemas.forms import FieldSpec, Indicators, Kind
from schemas.forms.spec import open_key
from schemas.geometry import PageSource
from schemas.readings import Doubt, Doubts, Reading, Row

Cells = tuple[Cell | None, ...]
SURE = 1.0  # a reading of a block whose margin to the next best one is smaller is a guess


def read_rows(table: Table, named: Named) -> tuple[list[Row], Row | None, list[Cell]]:
    """The rows of the table, its row of totals, and the cells that these are read from."""
    rows: list[Row] = []
    total: Row | None = None
    used: list[Cell] = []
    last: tuple[int, ...] = ()
    for cells in table.rows:
        key = tuple(id(cells[n]) for n in sorted(set(named.columns.values())))
        if key == last:
            continue  # a cell beside the table's own columns divides a row
        last = key
        if _is_total_row(table, cells):
            if named.spec.has_total and total is None:
                total = _total(named, cells)
                used += _cells_of(named, cells, total)
            continue
        for row in _rows_of(table, named, cells):
            if _says_something(named, row):
                used += _own_cells(table, named, cells)
                if not _is_repeat(row, rows):
                    rows.append(row)
    return rows, total, used


def _cells_of(named: Named, cells: Cells, row: Row) -> list[Cell]:
    return [c for name, n in named.columns.items() if name in row and (c := cells[n]) is not None]


def _own_cells(table: Table, named: Named, cells: Cells) -> list[Cell]:
    """The cells of a row that stand under a head or in a column of the table."""
    taken = {*named.columns.values(), *(named.parts or {}).values(), *(named.twins or {}).values()}
    return [c for n, c in enumerate(cells) if c and (n in taken or table.columns[n].heads[-1].text)]


def _is_repeat(row: Row, rows: Sequence[Row]) -> bool:
    """Whether a page break only split the last row: the same row is printed once more."""
    if not rows:
        return False
    said = [{name: read.value for name, read in one.items()} for one in (row, rows[-1])]
    return said[0] == said[1] and _pages(row).isdisjoint(_pages(rows[-1]))


def _pages(row: Row) -> set[int]:
    """The pages of what stands in one row only."""
    own = (row[name] for name in ("level3", "period_value", "annual_value") if name in row)
    return {reading.evidence.page for reading in own if reading.evidence}


def total_rows(table: Table) -> Iterator[Cells]:
    """The rows of sums, which are no rows of the table's own."""
    return (cells for cells in table.rows if _is_total_row(table, cells))


def _is_total_row(table: Table, cells: Cells) -> bool:
    first = next((c for c in cells if c is not None and c.text), None)
    return first is not None and is_total(first.text)


def _total(named: Named, cells: Cells) -> Row:
    out: Row = {}
    for name, n in named.columns.items():
        cell, kind = cells[n], named.spec.column(name).kind
        if kind is Kind.AMOUNT and cell is not None and cell.text:
            out[name] = read(Kind.AMOUNT, cell)
    return out


def _says_something(named: Named, row: Row) -> bool:
    subject = ("level3", "period_value", "annual_value")
    names = subject if isinstance(named.spec, Indicators) else tuple(row)
    return any(row[n].value is not None or row[n].doubts for n in names if n in row)


def _rows_of(table: Table, named: Named, cells: Cells) -> Iterator[Row]:
    """A row; two where blocks side by side name different indicators."""
    row = _row(table, named, cells)
    if not isinstance(named.spec, Indicators) or "level3" not in (named.twins or {}):
        yield row
        return
    name = _cell_at(cells, (named.twins or {})["level3"])
    if name is None or not name.text or "level3" not in row:
        yield row
        return
    twin = read(Kind.TEXT, name)
    if twin.value == row["level3"].value:
        yield row
        return
    left = min(("period_value", "annual_value"), key=lambda v: named.columns.get(v, 99))
    right = "annual_value" if left == "period_value" else "period_value"
    if row["level3"].value is not None:
        yield {n: r for n, r in row.items() if n != right}
    other = {n: r for n, r in row.items() if n != left} | {"level3": twin}
    for level in ("level1", "level2"):
        if level in (named.twins or {}) and (cell := _cell_at(cells, (named.twins or {})[level])):
            other[level] = read(Kind.TEXT, cell)
    yield other


def _cell_at(cells: Cells, n: int) -> Cell | None:
    return cells[n]


def _row(table: Table, named: Named, cells: Cells) -> Row:
    places = [id(c) for c in cells]
    row: Row = {}
    unsure: Doubts = (Doubt.STRUCTURE_GUESSED,) if table.margin < SURE else ()
    for name, n in named.columns.items():
        cell = cells[n]
        if cell is None:
            continue
        spec = named.spec.column(name)
        reading = _reading(named, spec, cells, n)
        doubts = [*unsure, *((Doubt.COLUMN_GUESSED,) if name in named.guessed else ())]
        shared = places.count(id(cell)) > 1
        if shared and reading.value is not None and not _is_merged(spec, cells, named, n):
            if spec.kind is not Kind.TEXT:
                reading = replace_value(reading, None)
                doubts.insert(0, Doubt.UNREADABLE)
            doubts.append(Doubt.BORDER_LOST)
        elif spec.kind is Kind.AMOUNT and not cell.is_one_row and _spans_rows(table, n, cell):
            doubts.append(Doubt.SPANS_ROWS)
        row[name] = with_doubts(reading, doubts)
    taken = {*named.columns.values(), *(named.twins or {}).values(), *named.fields}
    for n, column in enumerate(table.columns):
        cell = cells[n]
        head = column.heads[-1].text
        if n in taken or cell is None or not head or not cell.text or id(cell) in places[:n]:
            continue
        label = printed_label(column.heads[-1])
        reading = read(Kind.TEXT, cell)
        key = open_key(label)
        if key in row:
            key = open_key(f"{printed_label(column.heads[0])}/{label}")
        kept = reading.model_copy(update={"label": label, "kind": Kind.TEXT})
        row.setdefault(key, with_doubts(kept, unsure))
    return row


def _is_merged(spec: FieldSpec, cells: Cells, named: Named, n: int) -> bool:
    """Whether a category's cell reaches over a column that belongs to nobody."""
    others = [m for m in named.columns.values() if m != n and cells[m] is cells[n]]
    return not others


def _spans_rows(table: Table, n: int, cell: Cell) -> bool:
    return sum(row[n] is cell for row in table.rows) > 1


def _reading(named: Named, spec: FieldSpec, cells: Cells, n: int) -> Reading:
    """What a cell says, with the sign and the unit that stand in columns beside it."""
    cell = cells[n]
    if cell is None:
        return Reading()
    reading = read(spec.kind, cell)
    if not isinstance(named.spec, Indicators) or spec.name not in named.spec.values:
        return reading
    page, printed = cell.parts[0]
    places = ((part, cells[m]) for part, m in (named.parts or {}).items())
    beside = [(p, c.parts[0][1]) for p, c in places if c is not None and c is not cell]
    if not beside:
        return reading
    whole = with_parts(reading, printed, beside, page)
    unseen = any(part == SIGN and not is_sign(other.folded) for part, other in beside)
    if unseen and page.source is PageSource.SCAN:  # OCR overlooks or mistakes a lone "="
        whole = with_doubts(whole, (Doubt.OCR,))
    if named.one_head or whole.value == reading.value:
        return whole
    return with_doubts(whole, (Doubt.TARGET_IN_PARTS,))


def read_open_rows(table: Table) -> tuple[str, list[Row], list[Cell]]:
    """The title of a table that nobody described, what stands nearest above it; its rows by the
    printed heads of its columns, and the cells that these are read from."""
    title = printed_label(table.path[-1]) if table.path else ""
    doubts: Doubts = (Doubt.STRUCTURE_GUESSED,) if table.margin < SURE else ()
    heads: list[str] = []
    printed: Counter[str] = Counter()
    for column in table.columns:
        head = "/".join(dict.fromkeys(printed_label(h) for h in column.heads if h.text))
        printed[head] += 1
        heads.append(head if printed[head] == 1 else f"{head}#{printed[head]}")
    rows: list[Row] = []
    used: list[Cell] = []
    for cells in table.rows:
        row: Row = {}
        for n, (head, cell) in enumerate(zip(heads, cells, strict=True)):
            if cell is None or cell in cells[:n]:
                continue
            kind = kind_of(comparable(head), cell.text)
            reading = read(kind, cell).model_copy(update={"label": head, "kind": kind})
            row[head] = with_doubts(reading, doubts)
            used.append(cell)
        if any(r.value is not None or (r.evidence and r.evidence.quote) for r in row.values()):
            rows.append(row)  # what could not be read is printed all the same
    return title, rows, used


def with_doubts(reading: Reading, doubts: Sequence[Doubt]) -> Reading:
    """``reading`` with these doubts beside its own."""
    if not doubts:
        return reading
    merged = tuple(dict.fromkeys((*reading.doubts, *doubts)))
    return reading.model_copy(update={"doubts": merged})


def replace_value(reading: Reading, value: str | None) -> Reading:
    return reading.model_copy(update={"value": value})

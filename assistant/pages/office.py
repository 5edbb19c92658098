"""Word documents and Excel workbooks → pages. Cells and merges are exact there.

Each table is drawn on a synthetic sheet with its borders, so that everything that reads, shows
and proves a value on a PDF page does so here. A Word document is one page; each shown sheet of a
workbook is a page, numbered as in the workbook. python-docx and openpyxl read the files.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import accumulate
from typing import Any
from zipfile import BadZipFile

from assistant.pages.page_text import FONT_SIZE, LINE_PITCH, ems
from schemas.geometry import Box, Page, PageSource, Ruling, Word

_MARGIN = 36.0
_PAD = 4.0  # between a border and the text
_WIDEST = 24.0  # ems: a longer line of a cell wraps
_NARROWEST = 2.0
_MOST_CELLS = 200_000  # of one sheet or document
_PIECE = re.compile(r"[0-9A-Za-z.,:%/+\-≥≤]+|\s+|.", re.DOTALL)


@dataclass(slots=True)
class _Cell:
    """Rows ``r0`` to ``r1`` (exclusive), columns ``c0`` to ``c1``."""

    r0: int
    r1: int
    c0: int
    c1: int
    text: str


@dataclass(slots=True)
class _Table:
    rows: int
    columns: int
    cells: list[_Cell] = field(default_factory=list)


def office_errors() -> tuple[type[Exception], ...]:
    """What the two libraries raise for a file that they cannot read."""
    from docx.exceptions import PythonDocxError

    return (
        OSError, ValueError, LookupError, TypeError, AttributeError, SyntaxError, BadZipFile,
        PythonDocxError,
    )  # fmt: skip


def docx_pages(data: bytes) -> tuple[Page, ...]:
    """The one page of a Word document. Raises :func:`office_errors` for a damaged file."""
    from docx import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    blocks: list[str | _Table] = []
    for item in Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(item, Paragraph):
            blocks.append(item.text)
        elif isinstance(item, Table):
            blocks.append(_docx_table(item))
    return (_page(1, blocks),)


def _docx_table(table: Any) -> _Table:
    rows = [list(row.cells) for row in table.rows]
    columns = max((len(row) for row in rows), default=0)
    found: dict[int, _Cell] = {}
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            key = id(cell._tc)
            if key in found:
                known = found[key]
                known.r1, known.c1 = max(known.r1, r + 1), max(known.c1, c + 1)
            else:
                found[key] = _Cell(r, r + 1, c, c + 1, cell.text)
    return _Table(len(rows), columns, list(found.values()))


def xlsx_pages(data: bytes) -> tuple[Page, ...]:
    """The sheets of a workbook that are shown, one page each."""
    from openpyxl import load_workbook

    values = load_workbook(io.BytesIO(data), data_only=True)
    formulas = load_workbook(io.BytesIO(data))
    pages = []
    for number, sheet in enumerate(values.worksheets, 1):
        if sheet.sheet_state == "visible":
            blocks = _sheet_blocks(sheet, formulas[sheet.title])
            pages.append(_page(number, blocks))
    return tuple(pages)


def _sheet_blocks(sheet: Any, formulas: Any) -> list[str | _Table]:
    """The sheet's table, with the rows above and below it that hold one text as lines."""
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        raise ValueError("too many cells")
    rows = [r for r in range(1, sheet.max_row + 1) if not sheet.row_dimensions[r].hidden]
    columns = [c for c in range(1, sheet.max_column + 1) if not _is_hidden(sheet, c)]
    covered, spans = _merges(sheet)
    grid: dict[tuple[int, int], str] = {}
    for r in rows:
        for c in columns:
            if (r, c) not in covered:
                text = _shown(sheet.cell(r, c)) or _formula(formulas.cell(r, c))
                if text:
                    grid[r, c] = text
    held = [[c for c in columns if (r, c) in grid] for r in rows]
    tabular = [n for n, row in enumerate(held) if len(row) > 1]
    if not tabular:
        return [grid[rows[n], c] for n, row in enumerate(held) for c in row]
    first, last = tabular[0], _last(rows, held, tabular[-1], spans)
    above = [grid[rows[n], c] for n in range(first) for c in held[n]]
    below = [grid[rows[n], c] for n in range(last + 1, len(rows)) for c in held[n]]
    table = _sheet_table(rows[first : last + 1], columns, grid, covered, spans)
    return [*above, table, *below]


def _is_hidden(sheet: Any, column: int) -> bool:
    from openpyxl.utils import get_column_letter

    return bool(sheet.column_dimensions[get_column_letter(column)].hidden)


def _merges(
    sheet: Any,
) -> tuple[set[tuple[int, int]], dict[tuple[int, int], tuple[int, int]]]:
    """The cells that others cover, and the last row and column of each merged cell."""
    covered: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for merged in sheet.merged_cells.ranges:
        start = merged.min_row, merged.min_col
        spans[start] = merged.max_row, merged.max_col
        covered |= {
            (r, c)
            for r in range(merged.min_row, merged.max_row + 1)
            for c in range(merged.min_col, merged.max_col + 1)
            if (r, c) != start
        }
    return covered, spans


def _last(
    rows: Sequence[int],
    held: Sequence[Sequence[int]],
    last: int,
    spans: dict[tuple[int, int], tuple[int, int]],
) -> int:
    """The last row of the table: what a merged cell of its last rows covers belongs to it."""
    reach = max((end[0] for start, end in spans.items() if start[0] <= rows[last]), default=0)
    while last + 1 < len(rows) and rows[last + 1] <= reach:
        last += 1
    return last


def _sheet_table(
    rows: Sequence[int],
    columns: Sequence[int],
    grid: dict[tuple[int, int], str],
    covered: set[tuple[int, int]],
    spans: dict[tuple[int, int], tuple[int, int]],
) -> _Table:
    """The used rows and columns as a table; columns without any text are left out."""
    used = [
        c for c in columns
        if any((r, c) in grid or (r, c) in covered or (r, c) in spans for r in rows)
    ]  # fmt: skip
    table = _Table(len(rows), len(used))
    for n, r in enumerate(rows):
        for m, c in enumerate(used):
            if (r, c) in covered:
                continue
            r1, c1 = spans.get((r, c), (r, c))
            down = sum(r <= other <= r1 for other in rows)
            across = sum(c <= other <= c1 for other in used)
            table.cells.append(_Cell(n, n + down, m, m + across, grid.get((r, c), "")))
    return table


def _formula(cell: Any) -> str:
    """A formula whose value nobody has saved: shown as it is, for a person to see."""
    return str(cell.value) if isinstance(cell.value, str) and cell.value.startswith("=") else ""


def _shown(cell: Any) -> str:
    """A cell's value as the workbook shows it, by its number format."""
    value, style = cell.value, str(cell.number_format)
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time):
        return _date(value, style)
    if isinstance(value, int | float):
        return _number(value, style)
    return str(value)


def _number(value: float, style: str) -> str:
    plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.', "", style.split(";")[0])
    unit = "".join(re.findall(r'"([^"]*)"', style.split(";")[0]))
    decimals = re.search(r"\.(0+)", plain)
    places = len(decimals[1]) if decimals else 0
    if "%" in plain:
        return f"{value * 100:.{places}f}%"
    if "0" not in plain:  # General, or text
        return str(int(value)) if float(value).is_integer() else repr(round(value, 10))
    return f"{value:{',' if ',' in plain else ''}.{places}f}{unit}"


def _date(value: datetime | date | time, style: str) -> str:
    if isinstance(value, time):
        return value.isoformat("minutes")
    if "年" in style:
        day = f"{value.day}日" if "d" in style else ""
        return f"{value.year}年{value.month}月{day}"
    return value.strftime("%Y-%m-%d")


# Drawing


def _page(number: int, blocks: Sequence[str | _Table]) -> Page:
    words: list[Word] = []
    rulings: list[Ruling] = []
    lines: list[str] = []
    y, right = _MARGIN, 0.0
    for block in blocks:
        if isinstance(block, _Table):
            y, edge = _draw_table(block, y, words, rulings, lines)
            right = max(right, edge)
            y += LINE_PITCH
            continue
        for line in block.splitlines():
            if line.strip():
                _draw_line(line, _MARGIN, y, words, lines)
                y += LINE_PITCH
    right = max([right, *(w.box.x1 for w in words)], default=0.0)
    return Page(
        number=number,
        width=max(595.0, right + _MARGIN),
        height=max(842.0, y + _MARGIN),
        source=PageSource.OFFICE,
        words=tuple(words),
        rulings=tuple(rulings),
        text="\n".join(lines),
    )


def _draw_line(line: str, x: float, y: float, words: list[Word], lines: list[str]) -> None:
    """The runs of a line in the boxes that the drawn glyphs take."""
    runs = list(re.finditer(r"\S+", line))
    for run in runs:
        left = x + FONT_SIZE * ems(line[: run.start()])
        right = left + FONT_SIZE * ems(run[0])
        words.append(Word(run[0], Box(left, y, right, y + FONT_SIZE)))
    if runs:
        lines.append(" ".join(run[0] for run in runs))


def _draw_table(
    table: _Table, top: float, words: list[Word], rulings: list[Ruling], lines: list[str]
) -> tuple[float, float]:
    """Draws a table at the height ``top``; gives where it ends, below and on the right."""
    wrapped = {id(cell): _wrapped(cell.text) for cell in table.cells}
    widths = [_NARROWEST] * table.columns
    for cell in sorted(table.cells, key=lambda c: c.c1 - c.c0):
        own = max((ems(line) for line in wrapped[id(cell)]), default=0.0)
        have = sum(widths[cell.c0 : cell.c1])
        if own > have:
            widths[cell.c1 - 1] += own - have
    heights = [1] * table.rows
    for cell in sorted(table.cells, key=lambda c: c.r1 - c.r0):
        missing = len(wrapped[id(cell)]) - sum(heights[cell.r0 : cell.r1])
        if missing > 0:
            heights[cell.r1 - 1] += missing
    xs = [_MARGIN, *accumulate((w * FONT_SIZE + 2 * _PAD for w in widths), initial=_MARGIN)][1:]
    ys = [top, *accumulate((h * LINE_PITCH + 2 * _PAD for h in heights), initial=top)][1:]
    for cell in sorted(table.cells, key=lambda c: (c.r0, c.c0)):
        x0, x1, y0, y1 = xs[cell.c0], xs[cell.c1], ys[cell.r0], ys[cell.r1]
        rulings += [
            Ruling(x0, y0, x1, y0), Ruling(x0, y1, x1, y1), Ruling(x0, y0, x0, y1),
            Ruling(x1, y0, x1, y1),
        ]  # fmt: skip
        for n, line in enumerate(wrapped[id(cell)]):
            _draw_line(line, x0 + _PAD, y0 + _PAD + n * LINE_PITCH, words, lines)
    return ys[-1], xs[-1]


def _wrapped(text: str) -> list[str]:
    """The lines of a cell; a number, a code or a word of Latin letters is never broken."""
    out: list[str] = []
    for line in text.splitlines():
        part = ""
        for piece in _pieces(line):
            if part.strip() and ems(part + piece) > _WIDEST:
                out.append(part)
                part = ""
            part += piece
        if part.strip():
            out.append(part)
    return out


def _pieces(line: str) -> Iterator[str]:
    return (match[0] for match in _PIECE.finditer(line))

"""Sheets → page text as an extractor prints it: no geometry, cells broken over lines. Pure.

The habits are those of the extractor whose output offices have: single-line cells of a row
side by side; a cell of several lines as lines of its own with a blank line after it, and one
before it if it is long; cells that span rows before the first of their rows; nothing for an
empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from samples.typeset import Placed, Sheet

FORM_FEED = "\f"
BLANK_LINES = "\n\n\n\n"
_SHORT = 3  # lines up to which a cell follows its neighbours without a blank line


def text_of(sheets: Sequence[Sheet], separator: str = FORM_FEED) -> str:
    """The pages' texts with ``separator`` between them."""
    return separator.join(page_text(sheet) for sheet in sheets)


def page_text(sheet: Sheet) -> str:
    rows = groupby(sorted(sheet.placed, key=_place), key=lambda p: p.row)
    blocks = [block for _, row in rows for block in _row(list(row))]
    body = "\n".join(blocks).strip("\n")
    if sheet.style.running:
        body = f"{sheet.head}\n\n{body}\n\n— {sheet.number} —"
    return body


def _place(placed: Placed) -> tuple[int, float]:
    return placed.row, placed.cell.x0


def _row(cells: list[Placed]) -> Iterator[str]:
    if not cells[0].framed:
        lines = [line for cell in cells for line in cell.lines]
        yield from lines
        if lines and cells[0].cell.role != "title":
            yield ""
        return
    for _, run in groupby(cells, key=lambda c: c.rows):
        lines = list(_side_by_side(list(run)))
        if lines and lines[-1]:
            lines.append("")
        yield from lines


def _side_by_side(cells: Sequence[Placed]) -> Iterator[str]:
    waiting: list[str] = []
    for cell in cells:
        if len(cell.lines) <= 1:
            waiting += cell.lines
            continue
        if waiting:
            yield " ".join(waiting)
            waiting = []
            if len(cell.lines) > _SHORT:
                yield ""
        yield from cell.lines
        yield ""
    if waiting:
        yield " ".join(waiting)

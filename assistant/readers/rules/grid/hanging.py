"""Punctuation that hangs over a border → back to the cell whose line it ends. Pure.

Chinese typesetting keeps closing marks off the beginning of a line: a full line
ends with them in the margin, which in a table is the next cell.
"""

from __future__ import annotations

from assistant.pages.grid import SNAP, Grid, GridCell
from schemas.geometry import Box, Word

_HANGS = frozenset("，。、；：！？）》”’】〕％,.;:!?)")


def hang_back(grid: Grid) -> None:
    """Moves such marks at the left border of a cell to the cell on the left, if a line of that
    reaches the border."""
    for cell in grid.cells:
        for at, word in enumerate(cell.words):
            if word.text[0] in _HANGS and word.box.x0 < cell.box.x0 + SNAP:
                left = grid.at(cell.box.x0 - 2 * SNAP, word.box.centre[1])
                if left is not None and left is not cell and _reaches(left, cell.box.x0, word):
                    _move(cell, at, left)
                    break


def _reaches(left: GridCell, border: float, mark: Word) -> bool:
    y, height = mark.box.centre[1], mark.box.height
    return any(w.box.y0 < y < w.box.y1 and border - w.box.x1 < 1.2 * height for w in left.words)


def _move(cell: GridCell, at: int, left: GridCell) -> None:
    word = cell.words[at]
    x0, y0, x1, y1 = word.box
    end = min(x1, x0 + word.box.height)
    rest = [word._replace(text=word.text[1:], box=Box(end, y0, x1, y1))] if word.text[1:] else []
    cell.words[at : at + 1] = rest
    inside = min(x0, left.box.x1 - 1), left.box.x1  # so that it does not count as running over
    left.words.append(word._replace(text=word.text[0], box=Box(inside[0], y0, inside[1], y1)))

"""Rows of cells: what layout makes of a form, and the typesetter puts on pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["title", "unit", "section", "header", "label", "category", "value", "text", "prose"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``x0``/``x1`` are shares of the table's width, ``rows`` the rows it spans,
    ``refs`` the values it prints (``name``, ``indicators.3.level3`` …)."""

    x0: float
    x1: float
    text: str = ""
    role: Role = "value"
    refs: tuple[str, ...] = ()
    rows: int = 1
    unbroken: bool = False  # an amount: set smaller rather than cut over two lines
    left: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side. ``table`` names the table whose body or header row it is."""

    cells: tuple[Cell, ...]
    table: str = ""
    header: bool = False
    framed: bool = True
    break_before: bool = False  # the page ends above this row
    again_after_break: bool = False  # and the row above it is printed twice

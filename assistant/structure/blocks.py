"""What a lattice is read as: pairs of label and value, tables, headings. Shapes only."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.structure.lattice import Cell

Path = tuple[Cell, ...]  # headings and side heads above a block, the outermost first


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value; ``values`` are several where a label has more than one cell, none
    where it has none. ``margin`` is how much worse the next best reading is."""

    path: Path
    label: Cell
    values: tuple[Cell, ...]
    margin: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head cells from the top down, lattice columns ``c0`` to ``c1``.
    ``shares`` says that its head is that of the column after it, of which it is a division."""

    heads: tuple[Cell, ...]
    c0: int
    c1: int
    shares: bool = False

    @property
    def text(self) -> str:
        return "" if self.shares else "".join(dict.fromkeys(h.text for h in self.heads[-1:]))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; a row is one cell a column, None where there is none. The first
    ``leading`` columns head the rows."""

    path: Path
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    leading: int
    margin: float


@dataclass(frozen=True, slots=True)
class Alone:
    """A cell that is no part of a pair or a table: a heading, or a text that nothing names."""

    path: Path
    cell: Cell
    is_heading: bool


Block = Pair | Table | Alone

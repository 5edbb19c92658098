"""The parts of a reading that is searched for: their costs, and the blocks they become. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.structure.blocks import Alone, Block, Column, Pair, Path, Table
from assistant.structure.lattice import Cell

_LEADING = 0.35  # a cell that heads a row of a table
_MOST = 1.5  # odds above the first that count: a word of the schema may head rows as well


@dataclass(frozen=True, slots=True)
class Plan:
    """A reading of a region or strip: its cost, the next best one's, and how to build it."""

    cost: float
    build: Callable[[Path], Iterator[Block]]
    margin: float = 9.0


@dataclass(frozen=True, slots=True)
class Heads:
    columns: tuple[Column, ...]
    cost: float
    depth: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What the cells of a column cost: as names that head rows, as labels that head rows, as
    values."""

    name: float = 0.0
    label: float = 0.0
    value: float = 0.0

    def plus(self, other: Sums) -> Sums:
        return Sums(self.name + other.name, self.label + other.label, self.value + other.value)

    def times(self, share: float) -> Sums:
        return Sums(self.name * share, self.label * share, self.value * share)


def joined(left: list[Block], right: list[Block]) -> Iterator[Block]:
    """Blocks side by side; two tables with the same rows are one."""
    if len(left) == len(right) == 1 and isinstance(left[0], Table) and isinstance(right[0], Table):
        one, two = left[0], right[0]
        same_head = one.columns[-1].heads[-1].r0 == two.columns[0].heads[-1].r0
        if same_head and len(one.rows) == len(two.rows):
            rows = tuple((*a, *b) for a, b in zip(one.rows, two.rows, strict=True))
            columns, margin = (*one.columns, *two.columns), min(one.margin, two.margin)
            yield Table(one.path, columns, rows, one.leading, margin)
            return
    yield from left
    yield from right


def as_lead(odds: float) -> float:
    """The cost of a cell that heads a row of a table: a name, neither a field's label nor a
    number."""
    return _LEADING + 0.8 * min(max(0.0, odds - 1.0), _MOST) + 0.4 * max(0.0, -odds - 2.0)


def pairs_of(cells: Sequence[Cell], roles: str, path: Path, margin: float) -> Iterator[Block]:
    """A row's cells with their roles → pairs; a label before a label is its parent."""
    parents: list[Cell] = []
    label: Cell | None = None
    values: list[Cell] = []
    for cell, role in zip(cells, roles, strict=True):
        if role == "V" and label is not None:
            values.append(cell)
            continue
        if label is not None and (values or role != "L"):
            yield Pair((*path, *parents), label, tuple(values), margin)
            parents, label, values = [], None, []
        if role == "L":
            if label is not None:
                parents.append(label)
            label = cell
        else:
            yield Alone(path, cell, False)
    if label is not None:
        yield Pair((*path, *parents), label, tuple(values), margin)


def under_headings(plans: Sequence[Plan], path: Path) -> Iterator[Block]:
    """The blocks of the plans; a heading heads those below it."""
    heading: tuple[Cell, ...] = ()
    for plan in plans:
        for block in plan.build((*path, *heading)):
            if isinstance(block, Alone) and block.is_heading and block.path == (*path, *heading):
                heading = (block.cell,)
                yield Alone(path, block.cell, True)
            else:
                yield block

"""Tables that hold several projects: a merged cell a project, a row an indicator. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from assistant.structure.blocks import Block, Table
from assistant.structure.lattice import Cell

Rows = tuple[tuple[Cell | None, ...], ...]


def projects_in(
    blocks: Iterable[Block], is_name: Callable[[str], bool], is_level: Callable[[str], bool]
) -> tuple[Table, list[Rows]] | None:
    """The table in which a column of merged cells names several projects, and the rows of each;
    ``is_name`` tells the head of such a column (comparable form), ``is_level`` those of the
    indicators', which stand after it."""
    for block in blocks:
        if not isinstance(block, Table):
            continue
        named = [n for n, c in enumerate(block.columns) if is_name(c.text)]
        if not named or not any(is_level(c.text) for c in block.columns[named[0] + 1 :]):
            continue
        groups = _groups(block, named[0])
        if len(groups) > 1 and any(len(rows) > 1 for rows in groups):
            return block, groups
    return None


def _groups(table: Table, n: int) -> list[Rows]:
    """The rows by what stands in column ``n``; sums belong to none. A blank cell, or one that
    says the same again, goes on with the project above: a page break cut its cell."""
    groups: list[list[tuple[Cell | None, ...]]] = []
    last = ""
    for row in table.rows:
        cell = row[n]
        if cell is None or cell in row[:n] or not (cell.text or groups):
            continue
        if cell.text and cell.text != last:
            groups.append([])
            last = cell.text
        groups[-1].append(row)
    return [tuple(rows) for rows in groups]


def only(table: Table, rows: Rows) -> Table:
    """``table`` with these rows alone."""
    return replace(table, rows=rows)

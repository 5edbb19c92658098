"""A row of column heads over rows that are read as labels with values side by side. Pure.

A block of labels and texts may have heads of its own (目标类别 | 内容 | 说明): by itself each of
its rows is a label with two values, and the heads look like a label with a value, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.structure.blocks import Alone, Block, Pair
from assistant.structure.lattice import Cell

_SAYS_NOTHING = 2  # characters: what heads the values then is no name of theirs (内容)
_ROWS = 2  # as many rows at least that line up with the heads


def under_column_heads(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, where such heads stand with each value named: the first by its row's label,
    the others by their heads under it."""
    at = 0
    while at < len(blocks):
        heads, below = _row_of(blocks, at), at
        if heads:
            below = at + sum(1 for block in blocks[at:] if _is_of(block, heads))
        rows = list(_rows(blocks[below:], heads)) if heads else []
        if len(rows) < _ROWS:
            yield blocks[at]
            at += 1
            continue
        first = blocks[at]
        yield from (Alone(first.path, head, True) for head in heads)
        for pair in rows:
            yield from _named(pair, heads)
        at = below + len(rows)


def _row_of(blocks: Sequence[Block], at: int) -> list[Cell]:
    """The cells of the row that a pair begins, from left to right; none if they are too few."""
    first = blocks[at]
    if not isinstance(first, Pair):
        return []
    row = [b for b in blocks[at:] if isinstance(b, Pair) and b.label.r0 == first.label.r0]
    cells = [c for pair in row for c in (pair.label, *pair.values)]
    filled = all(c.text and c.is_one_row for c in cells)
    heads = sorted(cells, key=lambda c: c.c0) if filled and len(cells) > _ROWS else []
    return heads if heads and len(heads[1].text) <= _SAYS_NOTHING else []


def _is_of(block: Block, heads: Sequence[Cell]) -> bool:
    return isinstance(block, Pair) and any(block.label is head for head in heads)


def _rows(blocks: Sequence[Block], heads: Sequence[Cell]) -> Iterator[Pair]:
    """The pairs right below whose cells line up with the heads."""
    for block in blocks:
        if not isinstance(block, Pair) or _parted(block, heads) is None:
            return
        yield block


def _parted(pair: Pair, heads: Sequence[Cell]) -> tuple[list[Cell], list[Cell]] | None:
    """The cells of a row: what stands under the first two heads, labels and their value, and one
    cell under each of the others; None where they stand otherwise."""
    cells = sorted((pair.label, *pair.values), key=lambda c: c.c0)
    under = [[c for c in cells if h.c0 <= c.c0 and c.c1 <= h.c1] for h in heads]
    named, notes = [*under[0], *under[1]], [c for one in under[2:] for c in one]
    whole = len(named) + len(notes) == len(cells) and len(notes) == len(heads) - 2
    return (named, notes) if whole and under[1] and len(named) > 1 else None


def _named(pair: Pair, heads: Sequence[Cell]) -> Iterator[Pair]:
    """The pairs that a row is: the last but one under the first two heads is its label."""
    named, notes = _parted(pair, heads) or ([], [])
    *path, label, value = named
    yield Pair((*pair.path, *path), label, (value,), pair.margin)
    for head, note in zip(heads[2:], notes, strict=True):
        yield Pair((*pair.path, *path, label), head, (note,), pair.margin)

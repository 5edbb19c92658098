"""Forms without vertical lines: the walls that the text's own alignment draws. Pure.

Words near each other are blocks; known labels and header rows say what the
blocks are. Between the heads of a table's columns, and between the rows, the
widest strip that no word crosses becomes a wall; in rows of labels and values
every label ends its cell. The walls go to the grid like drawn ones. What cannot
be told from the alignment alone is given back as doubtful places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.pages.grid import SNAP, Wall, draws_columns, split_rulings
from assistant.readers.rules.grid.blocks import (
    Block,
    BlockFinder,
    Carried,
    Interval,
    Table,
    overlap,
    side_by_side,
    widest_gap,
)
from assistant.readers.rules.labels import column_labels, is_total, section_titles
from assistant.readers.rules.values import MARKS
from assistant.text.folding import comparable
from schemas.forms import FormType, Indicators
from schemas.geometry import Box, Ruling, Word


@dataclass(slots=True)
class Inferred:
    """Walls that are not drawn, and the places where they are a guess."""

    rulings: list[Ruling] = field(default_factory=list)
    doubtful: list[Box] = field(default_factory=list)
    carried: Carried | None = None  # the table that the page ends in

    def down(self, x: float, y0: float, y1: float) -> None:
        self.rulings.append(Ruling(x, y0, x, y1))

    def across(self, y: float, x0: float, x1: float) -> None:
        self.rulings.append(Ruling(x0, y, x1, y))


def infer_rulings(
    words: Sequence[Word],
    rulings: Sequence[Ruling],
    form_type: FormType,
    carried: Carried | None = None,
) -> Inferred:
    """The walls of a page that draws no columns; nothing where it draws them.

    ``carried`` is what the page before gave for the table that it ended in.
    """
    if not words or draws_columns(rulings):
        return Inferred()
    across, _ = split_rulings(rulings)
    return _Page(_without_foot(words), across, form_type).walls(carried)


_PAGE_NUMBER = re.compile(
    r"第\d+页(?:[,，/]?共\d+页)?|[-—–·]+\d+[-—–·]+|\d+/\d+|\d{1,4}|(?:https?|file)://.*"
)
_FAR = 6.0  # heights of a line: what stands as far below the rest is no row of it


def _without_foot(words: Sequence[Word]) -> list[Word]:
    """The words without a last line that numbers the page or names its file: where no line is
    drawn, only what it says and its distance tell it from a row."""
    lowest = max(words, key=lambda w: w.box.y0).box
    last = sorted((w for w in words if overlap(w.box, lowest) > 0), key=lambda w: w.box.x0)
    rest = [w for w in words if overlap(w.box, lowest) <= 0]
    gap = (lowest.y0 - max((w.box.y1 for w in rest), default=0.0)) / lowest.height
    text = comparable("".join(w.text for w in last))
    near = 2.0 if text.isdecimal() else 0.5
    is_foot = gap > _FAR or (gap > near and _PAGE_NUMBER.fullmatch(text))
    return rest if rest and is_foot else list(words)


class _Page:
    def __init__(self, words: Sequence[Word], across: Sequence[Wall], form_type: FormType) -> None:
        self.form_type = form_type
        self.across = across
        self.columns = column_labels(form_type)
        self.blocks = BlockFinder(form_type, across).find(words)
        spans = [s for w in across for s in w.spans]
        self.left = min([a for a, _ in spans] + [b.box.x0 - SNAP for b in self.blocks])
        self.right = max([b for _, b in spans] + [b.box.x1 + SNAP for b in self.blocks])
        self.out = Inferred()

    def walls(self, carried: Carried | None) -> Inferred:
        tables = sorted(self._headers(), key=lambda t: t.top)
        if carried and not (tables and tables[0].top < self._top() + 2):
            tables.insert(0, self._continued(carried))
        if not tables and not any(b.label for b in self.blocks):
            return self.out
        for table in tables:
            self._table(table, tables)
        edges = [0.0, *(y for t in tables for y in (t.top, t.bottom)), 1e6]
        for top, bottom in zip(edges[::2], edges[1::2], strict=True):
            self._pairs(self.left, self.right, top, bottom)
        return self.out

    # blocks

    def _inside(self, x0: float, x1: float, y0: float, y1: float) -> list[Block]:
        return [
            b for b in self.blocks if x0 <= b.box.centre[0] <= x1 and y0 <= b.box.centre[1] <= y1
        ]

    # tables

    def _headers(self) -> Iterator[Table]:
        for spec, labels in self.columns:
            hits = [(b, lb) for b in self.blocks if (lb := labels.find(b.text))]
            while hits:
                seed = hits[0][0]
                row = [(b, lb) for b, lb in hits if overlap(b.box, seed.box) > 0]
                hits = [h for h in hits if all(h[0] is not b for b, _ in row)]
                names = {lb.field.name for _, lb in row}
                if len(names) >= 3 and spec.subject in names:
                    yield Table(spec, row)

    def _top(self) -> float:
        lines = [w.at for w in self.across]
        return min([b.box.y0 for b in self.blocks] + lines)

    def _continued(self, carried: Carried) -> Table:
        """The table of the page before, its heads laid flat along the top of this page."""
        y = self._top() - 1
        row = [(Block([], Box(b.box.x0, y, b.box.x1, y)), label) for b, label in carried.heads]
        return Table(carried.spec, row, walls=list(carried.walls))

    def _table(self, table: Table, tables: Sequence[Table]) -> None:
        ended = self._stops(table, tables)
        table.bottom = self._line_above(min(ended)) if ended else self._bottom(table)
        if not table.walls:
            table.top = self._line_above(table.top)
        body = [
            b for b in self._inside(self.left, self.right, table.top, table.bottom)
            if b.box.centre[0] > table.blocks[0].box.x0 - 30 or b in table.blocks
        ]  # fmt: skip
        walls = table.walls or self._column_walls(table, body)
        if walls is None:
            return
        rows = self._row_walls(table, body, walls)
        if rows is None:
            return
        if not ended:
            seen = any(b not in table.blocks for b in body)  # else the rows will tell better
            self.out.carried = Carried(table.spec, tuple(table.row), tuple(walls if seen else ()))
        for x in walls:
            self.out.down(x, table.top, table.bottom)
        for y, start in rows:
            self.out.across(y, start, walls[-1])

    def _stops(self, table: Table, tables: Sequence[Table]) -> list[float]:
        """Where something begins that is no row of the table."""
        titles = section_titles(self.form_type)
        first = table.blocks[0].box
        stops = [t.top for t in tables if t.top > table.top + SNAP]
        for block in self.blocks:
            below = block.box.y0 > table.head - SNAP
            if (below and block.text.split("(")[0] in titles and block.box.x1 > first.x0) or (
                below and block.label and block.box.x0 < first.x1
            ):
                stops.append(block.box.y0)
        return stops

    def _bottom(self, table: Table) -> float:
        last = [b.box.y1 for b in self.blocks if b.box.x1 > table.blocks[0].box.x0]
        lines = [w.at for w in self.across if w.at > table.head]
        return max([*last, *lines]) + (0.0 if lines and max(lines) > max(last) else SNAP)

    def _line_above(self, y: float) -> float:
        """The drawn line just above ``y``, if there is one, else a little above ``y``."""
        near = [w.at for w in self.across if -12 < w.at - y < 1]
        return max(near) if near else y - 1

    def _column_walls(self, table: Table, body: Sequence[Block]) -> list[float] | None:
        words = [
            (w.box.x0, w.box.x1) for b in body for w in b.words if not self._is_total(b, table)
        ]
        heads = [b.box for b in table.blocks]
        starts = {a for w in self.across if table.top < w.at < table.bottom for a, _ in w.spans}
        walls: list[float] = []
        for left, right in pairwise(heads):
            drawn = [x for x in starts if left.x1 <= x <= right.x0]
            wall = drawn[0] if drawn else widest_gap(words, left.centre[0], right.centre[0])
            if wall is None:
                return None
            walls.append(wall)
        return [self._left_edge(table, heads[0]), *walls, self.right]

    def _left_edge(self, table: Table, first: Box) -> float:
        under = [
            a for w in self.across for a, _ in w.spans
            if table.top - SNAP < w.at < table.head + 12 and a < first.x0
        ]  # fmt: skip
        beside = [b.box.x1 for b in self.blocks if b.box.x1 < first.x0
                  and table.top < b.box.centre[1] < table.bottom]  # fmt: skip
        near = [a for a in under if all(a > x - SNAP for x in beside)]
        if near:
            return max(near)
        return (max(beside) + first.x0) / 2 if beside else self.left

    @staticmethod
    def _is_total(block: Block, table: Table) -> bool:
        return table.spec.has_total and is_total(block.text)

    def _row_walls(
        self, table: Table, body: Sequence[Block], walls: Sequence[float]
    ) -> list[tuple[float, float]] | None:
        """Heights of the walls between the rows, each with where it starts."""
        names = [lb.field.name for _, lb in table.row]
        edges = [(table.top, walls[0]), (table.bottom, walls[0])]
        if all(b in table.blocks for b in body):
            return edges
        key = walls[names.index(table.spec.subject)]
        rows = self._rows(table, body, 0.0 if table.spec.has_total else key)
        if any(a[1] - SNAP < w.at < b[0] + SNAP for a, b in pairwise(rows) for w in self.across):
            if not any(table.head - 2 < w.at < table.head + 12 for w in self.across):
                edges.append((table.head + 1, walls[0]))
            return edges
        levels = [b for b in body if b not in table.blocks and b.box.centre[0] < key]
        whole = self._rows(table, body, 0.0)
        named = isinstance(table.spec, Indicators) and len(whole) == len(rows)
        if named and self._one_each(whole, levels, walls[: names.index("level3") + 1]):
            ends = [table.head, *(b for _, b in whole)]
            return edges + [
                ((end + y0) / 2, walls[0]) for end, (y0, _) in zip(ends, whole, strict=False)
            ]
        if isinstance(table.spec, Indicators):
            rows += [
                (b.box.y0, b.box.y1) for b in levels
                if b.box.centre[0] > walls[names.index("level2")]
                and all(b.box.y0 > y1 or b.box.y1 < y0 for y0, y1 in rows)
            ]  # fmt: skip
            rows.sort()
            columns = 0 if table.walls else names.index("level3")
            if not self._at_the_top(rows, levels, columns):
                return None
        between = [(table.head, rows[0][0])] if rows else []
        between += [(a[1], b[0]) for a, b in pairwise(rows)]
        for (above, below), (y0, y1) in zip(between, rows, strict=True):
            opened = [
                i for i, (a, b) in enumerate(pairwise(walls))
                if any(a < c.box.centre[0] < b and y0 - 3 < c.box.y0 < y1 for c in levels)
            ]  # fmt: skip
            first = not isinstance(table.spec, Indicators) or above == table.head
            start = walls[0] if first else walls[min([*opened, names.index("level3")])]
            edges.append(((above + below) / 2, start))
        return edges

    @staticmethod
    def _rows(table: Table, body: Sequence[Block], key: float) -> list[Interval]:
        """The stretches of height that the cells of the columns from ``key`` on cover."""
        rows: list[Interval] = []
        cells = [b.box for b in body if b not in table.blocks and b.box.centre[0] > key]
        for box in sorted(cells, key=lambda b: b.y0):
            if box.y0 < table.head - SNAP:
                continue
            if rows and box.y0 < rows[-1][1]:
                rows[-1] = (rows[-1][0], max(rows[-1][1], box.y1))
            else:
                rows.append((box.y0, box.y1))
        return rows

    @staticmethod
    def _one_each(
        rows: Sequence[Interval], levels: Sequence[Block], walls: Sequence[float]
    ) -> bool:
        """Whether every row names its own categories, one in each column between ``walls``."""
        for left, right in pairwise(walls):
            inside = sorted(b.box.centre[1] for b in levels if left < b.box.centre[0] < right)
            if len(inside) != len(rows):
                return False
            if not all(a < y < b for y, (a, b) in zip(inside, rows, strict=True)):
                return False
        return len(walls) > 1 and bool(rows)

    @staticmethod
    def _at_the_top(rows: Sequence[Interval], levels: Sequence[Block], columns: int) -> bool:
        """Whether categories stand at the top of their rows, the first row's among them. If they
        stand in the middle of them, only drawn lines could tell where a category begins."""
        tops = [y0 for y0, _ in rows]
        near = [b for b in levels if any(abs(b.box.y0 - y) < 0.6 * b.words[0].box.height
                                         for y in tops)]  # fmt: skip
        first = [b for b in near if b.box.y0 < rows[0][1]] if rows else []
        return bool(rows) and len(near) == len(levels) and len(first) >= min(columns, 2)

    # labels and values

    def _pairs(self, x0: float, x1: float, y0: float, y1: float) -> None:
        """Rows of labels and values between drawn lines, or between their own labels."""
        inside = [w for w in self.across if y0 + SNAP < w.at < y1 - SNAP]
        full = [w.at for w in inside if w.covers(x0, x1)]
        if full:
            for top, bottom in pairwise([y0, *full, y1]):
                self._pairs(x0, x1, top, bottom)
            return
        starts = [a for w in inside for a, b in w.spans if x0 + 5 < a < x1 - 5 and abs(b - x1) < 5]
        if starts and any(b.label for b in self._inside(min(starts), x1, y0, y1)):
            self.out.down(min(starts), y0, y1)
            self._pairs(min(starts), x1, y0, y1)
            return
        self._rows_of_pairs(x0, x1, y0, y1)

    def _rows_of_pairs(self, x0: float, x1: float, y0: float, y1: float) -> None:
        blocks = self._inside(x0, x1, y0, y1)
        seeds: list[Interval] = []
        for block in sorted((b for b in blocks if b.label), key=lambda b: b.box.y0):
            if seeds and block.box.y0 < seeds[-1][1] - 0.4 * block.words[0].box.height:
                seeds[-1] = (seeds[-1][0], max(seeds[-1][1], block.box.y1))
            else:
                seeds.append((block.box.y0, block.box.y1))
        if not seeds:
            return
        covered = [(w.box.y0, w.box.y1) for b in blocks for w in b.words]
        cuts = [self._top_of(blocks, seeds[0], y0)]
        for a, b in pairwise(seeds):
            cut = widest_gap(covered, (a[0] + a[1]) / 2, (b[0] + b[1]) / 2)
            cuts.append(b[0] - 0.5 if cut is None else cut)
        cuts.append(min(y1, max(b.box.y1 for b in blocks) + SNAP))
        for top, bottom in pairwise(cuts):
            self._row(x0, x1, top, bottom)
            self.out.across(top, x0, x1)
            self.out.across(bottom, x0, x1)

    @staticmethod
    def _top_of(blocks: Sequence[Block], seed: Interval, y0: float) -> float:
        beside = [b.box.y0 for b in blocks if b.box.y0 < seed[1] and b.box.y1 > seed[0]]
        return max(y0, min(beside) - 1)

    def _row(self, x0: float, x1: float, y0: float, y1: float) -> None:
        cells = side_by_side(self._inside(x0, x1, y0, y1))
        self.out.down(x0, y0, y1)
        self.out.down(x1, y0, y1)
        for left, right in pairwise(cells):
            if left.label and right.label:
                self.out.down(left.box.x1 + 1, y0, y1)
                self.out.down(right.box.x0 - 1, y0, y1)
            elif left.label or right.label:
                self.out.down((left.box.x1 + right.box.x0) / 2, y0, y1)
            elif cells[0] is not left and not any(m in left.text + right.text for m in MARKS):
                self.out.doubtful.append(left.box.union(right.box))
        if cells and cells[-1].label:
            self.out.down(cells[-1].box.x1 + 1, y0, y1)

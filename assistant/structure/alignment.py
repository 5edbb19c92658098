"""Tables without lines: the lines that the text's own alignment draws. Pure; knows no words.

Runs of words that stand in lines are put in bands: stretches of the page in which they keep to
the same columns. In a band, runs one below the other are one cell where they stand close; the
column with the most cells tells the rows; a cell in a column with fewer, left of it, stands for
several rows, so placed that it is in their middle, or at their top. What was told so is given
back as lines, which go to the grid like drawn ones, with the places where they are a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.pages.grid import SNAP, Wall, draws_columns, split_rulings
from assistant.structure.bands import SHARED, Band, Interval, Run, find_bands, share, without_foot
from schemas.geometry import Box, Page, PageSource, Ruling

_OFF = 0.6  # of a line's height: a cell that stands as far from the middle of its rows is a guess
_ASIDE = 0.3  # of a line's height: a text that is no farther off stands beside a row's own
_CENTRED = 4.0  # points: a text as close to the middle of its cell stands in it


@dataclass(slots=True)
class Inferred:
    """Lines that are not drawn, and the places where they are a guess."""

    rulings: list[Ruling] = field(default_factory=list)
    doubtful: list[Box] = field(default_factory=list)


def infer_rulings(pages: Sequence[Page]) -> list[Inferred]:
    """The lines of the pages that draw no columns; nothing for those that draw them.

    A table that goes on over a page break keeps its columns.
    """
    out = [Inferred() for _ in pages]
    drawings: list[_Drawing] = []
    last: Band | None = None
    for page, inferred in zip(pages, out, strict=True):
        if not page.words or draws_columns(page.rulings):
            last = None
            continue
        across, _ = split_rulings(page.rulings)
        bands = find_bands(without_foot(page.words), across, last)
        # Text in columns of characters has columns of its own on every page.
        last = bands[-1] if bands and page.source is not PageSource.TEXT else None
        spans = [span for wall in across for span in wall.spans]
        edges = [0.02 * page.width, 0.98 * page.width]
        if len(across) > 2:
            edges = [min(a for a, _ in spans), max(b for _, b in spans)]
        for before, band, after in zip([None, *bands], bands, [*bands[1:], None], strict=False):
            top = band.top - SNAP if before is None else _between(before.bottom, band.top, across)
            low = band.bottom
            bottom = low + SNAP if after is None else _between(low, after.top, across)
            frame = (edges[0], top, edges[1], bottom)
            drawings.append(_Drawing(band, across, frame, inferred))
    for drawing in drawings:  # when all columns are known
        drawing.draw()
    return out


def _between(above: float, below: float, across: Sequence[Wall]) -> float:
    """The height of a line between two bands: one that is drawn there, else their middle."""
    drawn = [w.at for w in across if above - SNAP < w.at < below + SNAP]
    return drawn[0] if drawn else (above + below) / 2


class _Drawing:
    """The lines of one band."""

    def __init__(
        self,
        band: Band,
        across: Sequence[Wall],
        frame: tuple[float, float, float, float],
        out: Inferred,
    ) -> None:
        self.band, self.out = band, out
        self.left, self.top, self.right, self.bottom = frame
        self.inside = [w for w in across if self.top + SNAP < w.at < self.bottom - SNAP]
        self.close = band.close
        self.walls: list[float] = []
        self.cells: list[list[Run]] = []

    def draw(self) -> None:
        band = self.band
        inner = [self._wall(a[1], b[0]) for a, b in pairwise(band.columns)]
        self.walls = [self.left, *inner, self.right]
        self.cells = [self._blocks(n) for n in range(len(band.columns))]
        self._across(self.top, 0, len(self.walls) - 1)
        self._across(self.bottom, 0, len(self.walls) - 1)
        if self.inside:  # the rows are drawn
            self._down([self.top, *sorted(w.at for w in self.inside), self.bottom])
            return
        rows = self._rows()
        edges = self._edges(rows)
        self._down(edges)
        for n, blocks in enumerate(self.cells):
            for at, (above, below) in enumerate(pairwise(self._owners(n, blocks, rows))):
                if above is None or above is not below:
                    self._across(edges[at + 1], n, n + 1)

    def _down(self, edges: Sequence[float]) -> None:
        """The lines between columns, row by row, but where a text stands in the middle of more
        columns than its own, which are empty."""
        for y0, y1 in pairwise(edges):
            here = [
                next((b for b in blocks if b.box.y0 < y1 - 1 and b.box.y1 > y0 + 1), None)
                for blocks in self.cells
            ]
            merged = {at for n, block in enumerate(here) if block for at in self._merged(here, n)}
            if self._is_label_and_value(here):
                merged = set(range(2, len(here)))
            walls = [x for at, x in enumerate(self.walls) if at not in merged]
            for x in self._with_starts(walls, (y0, y1), [b.box for b in here if b]):
                self.out.rulings.append(Ruling(x, y0, x, y1))

    @staticmethod
    def _is_label_and_value(here: Sequence[Run | None]) -> bool:
        """Whether a row is one text in the first column and one far from it: in a column of other
        rows, but alone in its own."""
        texts = [n for n, block in enumerate(here) if block is not None]
        return len(here) > 3 and len(texts) == 2 and texts[0] == 0 and texts[1] > 1

    def _with_starts(self, walls: list[float], row: Interval, texts: Sequence[Box]) -> list[float]:
        """The walls of a row; where the line above or below it begins inside, a side head ends."""
        for wall in self.inside:
            start = wall.spans[0][0]
            if min(abs(wall.at - y) for y in row) > SNAP or start < self.left + 2 * SNAP:
                continue
            if any(abs(x - start) < 2 * SNAP for x in walls):
                continue
            beside = [x for x in walls[1:-1] if not _parted_by_text(start, x, texts)]
            moved = min(beside, key=lambda x: abs(x - start), default=None)
            walls = sorted([*(x for x in walls if x != moved), start])
        return walls

    def _merged(self, here: Sequence[Run | None], n: int) -> range:
        """The walls inside the cell of the text in column ``n``."""
        first, last = n, n + 1
        begun = next(at for at, block in enumerate(here) if block)  # side heads stand left of it
        if sum(block is not None for block in here) > 2:
            return range(0)
        while first > begun and here[first - 1] is None:
            first -= 1
        while last < len(here) and here[last] is None:
            last += 1
        block = here[n]
        if block is None or last - first < 2:
            return range(0)
        middle = block.box.centre[0]
        own = abs(middle - (self.walls[n] + self.walls[n + 1]) / 2)
        ways = [(a, b) for a in range(first, n + 1) for b in range(n + 1, last + 1) if b - a > 1]
        off, a, b = min((abs(middle - (self.walls[a] + self.walls[b]) / 2), a, b) for a, b in ways)
        return range(a + 1, b) if off < _CENTRED and own > 2 * _CENTRED else range(0)

    def _wall(self, left: float, right: float) -> float:
        """Where a column ends: where drawn lines begin between two columns, else half-way."""
        starts = [a for w in self.inside for a, _ in w.spans if left - SNAP < a < right + SNAP]
        return starts[0] if starts else (left + right) / 2

    def _across(self, y: float, first: int, last: int) -> None:
        self.out.rulings.append(Ruling(self.walls[first], y, self.walls[last], y))

    def _blocks(self, n: int) -> list[Run]:
        """The cells of a column: runs that stand close, one below the other."""
        column = self.band.columns[n]
        runs = [r for line in self.band.lines for r in line if share(column, r.box) > SHARED]
        blocks: list[Run] = []
        for run in sorted(runs, key=lambda r: r.box.y0):
            gap = run.box.y0 - blocks[-1].box.y1 if blocks else 1e9
            cut = any(blocks and blocks[-1].box.y1 - SNAP < w.at < run.box.y0 + SNAP
                      and w.passes(run.box.centre[0]) for w in self.inside)  # fmt: skip
            if gap < self.close and not cut:
                blocks[-1] = Run(blocks[-1].words + run.words, blocks[-1].box.union(run.box))
            else:
                blocks.append(run)
        return blocks

    def _rows(self) -> list[Interval]:
        """The heights of the rows: those of the column with the most cells, and of cells of the
        columns right of it that stand between."""
        anchor = max(range(len(self.cells)), key=lambda n: (len(self.cells[n]), n))
        rows = [(b.box.y0, b.box.y1) for b in self.cells[anchor]]
        for blocks in self.cells[anchor + 1 :]:
            for block in blocks:
                if all(block.box.y1 < a or block.box.y0 > b for a, b in rows):
                    rows.append((block.box.y0, block.box.y1))
        self.anchor = anchor
        return sorted(rows)

    def _edges(self, rows: Sequence[Interval]) -> list[float]:
        """The heights between the rows, where as little print as may be is cut."""
        inner = [self._edge(a, b) for a, b in pairwise(rows)]
        return [self.top, *inner, self.bottom]

    def _edge(self, above: Interval, below: Interval) -> float:
        """Between two rows: below all cells of the upper one that stand in one row."""
        a, b = (above[0] + above[1]) / 2, (below[0] + below[1]) / 2
        low, high = above[1], below[0]
        for n, blocks in enumerate(self.cells):
            if n < self.anchor and len(blocks) < len(self.cells[self.anchor]):
                continue
            for block in blocks:
                middle = block.box.centre[1]
                if abs(middle - a) < abs(middle - b) and block.box.y1 < b:
                    low = max(low, block.box.y1)
                elif abs(middle - b) <= abs(middle - a) and block.box.y0 > a:
                    high = min(high, block.box.y0)
        return (low + high) / 2 if low < high else (above[1] + below[0]) / 2

    def _owners(self, n: int, blocks: Sequence[Run], rows: Sequence[Interval]) -> list[Run | None]:
        """Per row the cell of column ``n`` that stands in it."""
        if n < self.anchor and len(blocks) < len(rows):
            return self._spread(blocks, rows)
        out: list[Run | None] = [None] * len(rows)
        for block in blocks:
            covered = [
                r for r, (a, b) in enumerate(rows) if block.box.y0 < (a + b) / 2 < block.box.y1
            ]
            middle = block.box.centre[1]
            nearest = min(range(len(rows)), key=lambda r: abs(sum(rows[r]) / 2 - middle))
            for r in covered or [nearest]:
                if out[r] is not None:
                    self._doubt(block)
                out[r] = block
        return out

    def _spread(self, blocks: Sequence[Run], rows: Sequence[Interval]) -> list[Run | None]:
        """Every row gets a cell: each stands in the middle of its rows, or each at their top.
        What a page break leaves without its print is one cell at the top."""
        if not blocks:
            return [Run([], Box(0, 0, 0, 0))] * len(rows)
        skip = self.band.goes_on
        middle = _parted(blocks, rows, lambda a, b: (rows[a][0] + rows[b - 1][1]) / 2, True, skip)
        top = _parted(blocks, rows, lambda a, _: rows[a][0], False, skip)
        # One line of text in the middle of its rows is often beside a row's own: top or middle
        # look the same there.
        height = blocks[0].height
        beside = all(
            min(abs(block.box.centre[1] - (a + b) / 2) for a, b in rows) < _ASIDE * height
            for block in blocks
        )
        by_middle = not beside or middle[0] <= top[0] + height * len(blocks)
        _, ends = middle if by_middle else top
        first = ends[0]
        out: list[Run | None] = [Run([], blocks[0].box)] * first
        for block, (a, b) in zip(blocks, pairwise(ends), strict=True):
            out += [block] * (b - a)
            if self._off(block, rows, a, b, by_middle) > _OFF * block.height:
                self._doubt(block)
        for n, end in enumerate(ends[1:-1]):  # might the next row go with the other cell as well?
            one, two = blocks[n : n + 2]
            best = self._off(one, rows, ends[n], end, by_middle)
            best += self._off(two, rows, end, ends[n + 2], by_middle)
            for other in (end - 1, end + 1):
                if ends[n] < other < ends[n + 2]:
                    cost = self._off(one, rows, ends[n], other, by_middle)
                    cost += self._off(two, rows, other, ends[n + 2], by_middle)
                    if cost - best < _OFF * one.height:
                        self._doubt(one)
                        self._doubt(two)
        return out

    @staticmethod
    def _off(block: Run, rows: Sequence[Interval], a: int, b: int, by_middle: bool) -> float:
        """How far a cell stands from its place in rows ``a`` to ``b``, in points."""
        if by_middle:
            return abs((rows[a][0] + rows[b - 1][1]) / 2 - block.box.centre[1])
        return abs(rows[a][0] - block.box.y0)

    def _doubt(self, block: Run) -> None:
        self.out.doubtful.append(block.box)


def _parted_by_text(a: float, b: float, texts: Sequence[Box]) -> bool:
    """Whether a text stands between two upright lines."""
    return any(min(a, b) < box.centre[0] < max(a, b) for box in texts)


def _parted(
    blocks: Sequence[Run],
    rows: Sequence[Interval],
    place: Callable[[int, int], float],
    centre: bool,
    skip: bool,
) -> tuple[float, list[int]]:
    """The way to part the rows among the cells in their order with the smallest distances in
    all (dynamic programming): the sum, and the first row of the first cell and the row after the
    last of each. With ``skip``, rows at the top may belong to none."""
    n = len(rows)
    starts = range(n - len(blocks) + 1) if skip else [0]
    ways: dict[int, tuple[float, list[int]]] = {start: (0.0, [start]) for start in starts}
    for nth, block in enumerate(blocks, 1):
        have = block.box.centre[1] if centre else block.box.y0
        following: dict[int, tuple[float, list[int]]] = {}
        for start, (sum_, ends) in ways.items():
            for end in range(start + 1, n - (len(blocks) - nth) + 1):
                cost = sum_ + abs(place(start, end) - have)
                if end not in following or cost < following[end][0]:
                    following[end] = (cost, [*ends, end])
        ways = following
    return ways[n]

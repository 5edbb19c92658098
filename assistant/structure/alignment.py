"""Tables without lines: the lines that the text's own alignment draws. Pure; knows no words.

Runs of words that stand in lines are put in bands: stretches of the page in which they keep to
the same columns. In a band, runs one below the other are one cell where they stand close; the
column with the most cells tells the rows; a cell in a column with fewer, left of it, stands for
several rows, so placed that it is in their middle, or at their top. What was told so is given
back as lines, which go to the grid like drawn ones, with the places where they are a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from assistant.pages.grid import SNAP, Wall, draws_columns, line_text, lines_of, split_rulings
from assistant.pages.grid import words_box as box_of
from assistant.text.folding import comparable
from schemas.geometry import Box, Page, Ruling, Word

_APART = 0.6  # of a line's height: a wider gap parts runs that stand on one line
_CLOSE = 0.5  # of a line's height: lines of one cell stand so close, unless the page says other
_LOOSE = 0.75  # and so close at most
_JUMP = 0.25  # of a line's height, between the spaces within cells and those between rows
_SHARED = 0.15  # of the narrower: runs that share as much of their width stand in one column
_OFF = 0.6  # of a line's height: a cell that stands as far from the middle of its rows is a guess
_ASIDE = 0.3  # of a line's height: a text that is no farther off stands beside a row's own
_CENTRED = 4.0  # points: a text as close to the middle of its cell stands in it
_COLON = re.compile(r"^[^:\d]{2,14}:")
_FOOT = re.compile(
    r"第\d+页(?:[,，/]?共\d+页)?|[-—–·]+\d+[-—–·]+|\d+/\d+|\d{1,4}|(?:https?|file)://.*"
)
_FAR = 6.0  # heights of a line: what stands as far below the rest is no row of it

Interval = tuple[float, float]


@dataclass(slots=True)
class Inferred:
    """Lines that are not drawn, and the places where they are a guess."""

    rulings: list[Ruling] = field(default_factory=list)
    doubtful: list[Box] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """Words that stand together: of one line, or of the lines of one cell."""

    words: list[Word]
    box: Box

    @property
    def height(self) -> float:
        return self.words[0].box.height


@dataclass(slots=True)
class _Band:
    """Lines of runs that keep to the same columns."""

    columns: list[Interval] = field(default_factory=list)  # shared over page breaks
    close: float = 0.0  # lines of one cell have less space between them
    goes_on: bool = False  # from the page before
    lines: list[list[_Run]] = field(default_factory=list)

    def takes(self, line: Sequence[_Run], parted: bool = False) -> bool:
        """Whether each run of a line keeps to a column of its own, or stands beside all. Columns
        are one after all where a run stands in both, and no line before had runs in both; not
        where the line is ``parted`` from those before by one that is drawn."""
        places = [self.columns_of(run.box) for run in line]
        if any(len(place) > 1 and (parted or not self._are_one(place)) for place in places):
            return False
        hit = [n for place in places for n in place]
        return len(hit) == len(set(hit))

    def add(self, line: list[_Run]) -> None:
        for run in line:
            place = self.columns_of(run.box)
            held = [self.columns[n] for n in place]
            for column in held:
                self.columns.remove(column)
            starts, ends = [c[0] for c in held], [c[1] for c in held]
            self.columns.append((min([run.box.x0, *starts]), max([run.box.x1, *ends])))
            self.columns.sort()
        self.lines.append(line)

    def _are_one(self, place: Sequence[int]) -> bool:
        if len(place) < 2:
            return True
        columns = [self.columns[n] for n in place]
        return place[0] > 0 and not any(self._in_both(line, columns) for line in self.lines)

    @staticmethod
    def _in_both(line: Sequence[_Run], columns: Sequence[Interval]) -> bool:
        return sum(any(_share(c, run.box) > _SHARED for run in line) for c in columns) > 1

    def join(self) -> None:
        """Makes one column of two side by side where one holds a head alone and the other cells
        without a head: the head stands in the middle, the cells on one side."""
        n = 1
        while n + 1 < len(self.columns):
            pair = self.columns[n : n + 2]
            held = [sum(_share(c, r.box) > _SHARED for ln in self.lines for r in ln) for c in pair]
            apart = not any(self._in_both(line, pair) for line in self.lines)
            head = self.lines[0]
            in_head = [any(_share(c, run.box) > _SHARED for run in head) for c in pair]
            if apart and 1 in held and in_head == [h == 1 for h in held] and self._beside(pair):
                self.columns[n : n + 2] = [(pair[0][0], pair[1][1])]
            else:
                n += 1

    def columns_of(self, box: Box) -> list[int]:
        return [n for n, column in enumerate(self.columns) if _share(column, box) > _SHARED]

    def _beside(self, pair: Sequence[Interval]) -> bool:
        """Whether the cells without a head stand in full rows: two more beside them, mostly."""
        rows = [
            len(line) - 1
            for line in self.lines[1:]
            if any(_share(c, run.box) > _SHARED for c in pair for run in line)
        ]
        return bool(rows) and sum(rows) >= 2 * len(rows)

    @property
    def top(self) -> float:
        return min(run.box.y0 for line in self.lines for run in line)

    @property
    def bottom(self) -> float:
        return max(run.box.y1 for line in self.lines for run in line)


def _share(column: Interval, box: Box) -> float:
    shared = min(column[1], box.x1) - max(column[0], box.x0)
    return shared / max(min(column[1] - column[0], box.width), 1e-6)


def infer_rulings(pages: Sequence[Page]) -> list[Inferred]:
    """The lines of the pages that draw no columns; nothing for those that draw them.

    A table that goes on over a page break keeps its columns.
    """
    out = [Inferred() for _ in pages]
    drawings: list[_Drawing] = []
    last: _Band | None = None
    for page, inferred in zip(pages, out, strict=True):
        if not page.words or draws_columns(page.rulings):
            last = None
            continue
        across, _ = split_rulings(page.rulings)
        bands = _bands(_without_foot(page.words), across, last)
        last = bands[-1] if bands else None
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


def _without_foot(words: Sequence[Word]) -> list[Word]:
    """The words without a last line that numbers the page or names its file: where no line is
    drawn, only what it says and its distance tell it from a row."""
    lines = lines_of(words)
    if len(lines) < 2:
        return list(words)
    last = box_of(lines[-1])
    gap = (last.y0 - max(w.box.y1 for line in lines[:-1] for w in line)) / last.height
    text = comparable("".join(w.text for w in lines[-1]))
    near = 2.0 if text.isdecimal() else 0.5
    is_foot = gap > _FAR or (gap > near and _FOOT.fullmatch(text))
    return [w for line in lines[:-1] for w in line] if is_foot else list(words)


def _bands(words: Sequence[Word], across: Sequence[Wall], last: _Band | None) -> list[_Band]:
    """The bands from the first line that has columns to the last; lines of labels with a colon
    are no rows of a table. ``last`` is the last band of the page before, whose columns may go
    on."""
    lines = [runs for line in lines_of(words) if (runs := list(_runs(line)))]
    tabular = [n for n, line in enumerate(lines) if len(line) > 1 and not _are_colons(line)]
    if not tabular:
        return []
    first = tabular[0]
    bands: list[_Band] = []
    if last is not None and last.takes(lines[0]) and not _are_colons(lines[0]):
        first, bands = 0, [_Band(last.columns, goes_on=True)]
    for line in lines[first : _end(lines, tabular[-1]) + 1]:
        if _are_colons(line):
            bands.append(_Band())
            continue
        if not bands or not bands[-1].takes(line, _is_parted(bands[-1], line, across)):
            bands.append(_Band())
        bands[-1].add(line)
    found = [band for band in bands if band.lines]
    for band in found:
        band.join()
    close = _closeness(found)
    for band in found:
        band.close = close
    for above, below in pairwise(found):
        _hand_down(above, below)
        _hand_down_rows(above, below, across)
    return [band for band in found if band.lines]


def _hand_down_rows(above: _Band, below: _Band, across: Sequence[Wall]) -> None:
    """Moves the last lines of a band that no line drawn over the whole width parts from the next
    one: a side head stands over both."""
    if len(across) < 3:
        return
    left = min(span[0] for wall in across for span in wall.spans)
    right = max(span[1] for wall in across for span in wall.spans)
    full = [wall.at for wall in across if wall.covers(left, right)]
    while len(above.lines) > 1 and below.lines:
        line = above.lines[-1]
        bottom = max(run.box.y1 for run in line)
        if any(bottom - SNAP < y < below.top + SNAP for y in full) or not below.takes(line):
            return
        above.lines.pop()
        below.lines.insert(0, line)


def _closeness(bands: Sequence[_Band]) -> float:
    """The space, in points, that parts the lines of a cell from the rows of a table: where the
    spaces between lines jump from small to large."""
    gaps: list[float] = []
    for band in bands:
        for column in band.columns:
            runs = [r for line in band.lines for r in line if _share(column, r.box) > _SHARED]
            runs.sort(key=lambda r: r.box.y0)
            gaps += [b.box.y0 - a.box.y1 for a, b in pairwise(runs)]
    height = median(run.height for band in bands for line in band.lines for run in line)
    near = sorted(gap for gap in gaps if gap < 2 * height)
    jumps = [
        (b - a, (a + b) / 2)
        for a, b in pairwise(near)
        if a < _LOOSE * height and b - a > _JUMP * height
    ]
    return max(jumps)[1] if jumps else _CLOSE * height


def _hand_down(above: _Band, below: _Band) -> None:
    """Moves the last lines of a band that are the first of cells of the next one."""
    while above.lines and below.lines:
        line = above.lines[-1]
        starts = [run for runs in below.lines[:2] for run in runs]
        goes_on = all(
            any(
                abs(other.box.centre[0] - run.box.centre[0]) < run.height
                and 0 <= other.box.y0 - run.box.y0 < (1 + _CLOSE) * run.height
                for other in starts
            )
            for run in line
        )
        if not goes_on or not below.takes(line):
            return
        above.lines.pop()
        below.lines.insert(0, line)


def _end(lines: Sequence[Sequence[_Run]], last: int) -> int:
    """The last line of the last row: those that stand close below it belong to its cells."""
    while last + 1 < len(lines) and not _are_colons(lines[last + 1]):
        gap = lines[last + 1][0].box.y0 - max(run.box.y1 for run in lines[last])
        if len(lines[last + 1]) > 1 or gap > _APART * lines[last][0].height:
            break
        last += 1
    return last


def _is_parted(band: _Band, line: Sequence[_Run], across: Sequence[Wall]) -> bool:
    """Whether a line drawn over all of ``line`` stands between it and ``band``."""
    if not band.lines:
        return False
    top = min(run.box.y0 for run in line)
    walls = [w for w in across if band.bottom - SNAP < w.at < top + SNAP]
    return any(w.covers(line[0].box.x0, line[-1].box.x1) for w in walls)


def _runs(line: Sequence[Word]) -> Iterator[_Run]:
    part: list[Word] = []
    for word in line:
        if part and word.box.x0 - part[-1].box.x1 > _APART * word.box.height:
            yield _Run(part, box_of(part))
            part = []
        part.append(word)
    if part:
        yield _Run(part, box_of(part))


def _are_colons(line: Sequence[_Run]) -> bool:
    """Whether a line is labels with a colon and what follows them: 填报人：某某 电话：…"""
    texts = [comparable(line_text(run.words)) for run in line]
    said = sum(bool(_COLON.match(text)) and not text.endswith(":") for text in texts)
    return 2 * said > len(texts)


class _Drawing:
    """The lines of one band."""

    def __init__(
        self,
        band: _Band,
        across: Sequence[Wall],
        frame: tuple[float, float, float, float],
        out: Inferred,
    ) -> None:
        self.band, self.out = band, out
        self.left, self.top, self.right, self.bottom = frame
        self.inside = [w for w in across if self.top + SNAP < w.at < self.bottom - SNAP]
        self.close = band.close
        self.walls: list[float] = []
        self.cells: list[list[_Run]] = []

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
    def _is_label_and_value(here: Sequence[_Run | None]) -> bool:
        """Whether a row is one text in the first column and one far from it: in a column of other
        rows, but alone in its own."""
        texts = [n for n, block in enumerate(here) if block is not None]
        return len(here) > 3 and len(texts) == 2 and texts[0] == 0 and texts[1] > 1

    def _with_starts(
        self, walls: list[float], row: Interval, texts: Sequence[Box]
    ) -> list[float]:
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

    def _merged(self, here: Sequence[_Run | None], n: int) -> range:
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
        off, a, b = min(
            (abs(middle - (self.walls[a] + self.walls[b]) / 2), a, b) for a, b in ways
        )
        return range(a + 1, b) if off < _CENTRED and own > 2 * _CENTRED else range(0)

    def _wall(self, left: float, right: float) -> float:
        """Where a column ends: where drawn lines begin between two columns, else half-way."""
        starts = [a for w in self.inside for a, _ in w.spans if left - SNAP < a < right + SNAP]
        return starts[0] if starts else (left + right) / 2

    def _across(self, y: float, first: int, last: int) -> None:
        self.out.rulings.append(Ruling(self.walls[first], y, self.walls[last], y))

    def _blocks(self, n: int) -> list[_Run]:
        """The cells of a column: runs that stand close, one below the other."""
        column = self.band.columns[n]
        runs = [r for line in self.band.lines for r in line if _share(column, r.box) > _SHARED]
        blocks: list[_Run] = []
        for run in sorted(runs, key=lambda r: r.box.y0):
            gap = run.box.y0 - blocks[-1].box.y1 if blocks else 1e9
            cut = any(blocks and blocks[-1].box.y1 - SNAP < w.at < run.box.y0 + SNAP
                      and w.passes(run.box.centre[0]) for w in self.inside)  # fmt: skip
            if gap < self.close and not cut:
                blocks[-1] = _Run(blocks[-1].words + run.words, blocks[-1].box.union(run.box))
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

    def _owners(
        self, n: int, blocks: Sequence[_Run], rows: Sequence[Interval]
    ) -> list[_Run | None]:
        """Per row the cell of column ``n`` that stands in it."""
        if n < self.anchor and len(blocks) < len(rows):
            return self._spread(blocks, rows)
        out: list[_Run | None] = [None] * len(rows)
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

    def _spread(self, blocks: Sequence[_Run], rows: Sequence[Interval]) -> list[_Run | None]:
        """Every row gets a cell: each stands in the middle of its rows, or each at their top.
        What a page break leaves without its print is one cell at the top."""
        if not blocks:
            return [_Run([], Box(0, 0, 0, 0))] * len(rows)
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
        out: list[_Run | None] = [_Run([], blocks[0].box)] * first
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
    def _off(block: _Run, rows: Sequence[Interval], a: int, b: int, by_middle: bool) -> float:
        """How far a cell stands from its place in rows ``a`` to ``b``, in points."""
        if by_middle:
            return abs((rows[a][0] + rows[b - 1][1]) / 2 - block.box.centre[1])
        return abs(rows[a][0] - block.box.y0)

    def _doubt(self, block: _Run) -> None:
        self.out.doubtful.append(block.box)


def _parted_by_text(a: float, b: float, texts: Sequence[Box]) -> bool:
    """Whether a text stands between two upright lines."""
    return any(min(a, b) < box.centre[0] < max(a, b) for box in texts)


def _parted(
    blocks: Sequence[_Run],
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

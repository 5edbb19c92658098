"""Words that stand in lines → bands: stretches of a page that keep to the same columns. Pure.

Runs of words make lines; a line goes with the band above it as long as each of its runs keeps to
a column of its own. A table that goes on over a page break keeps its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from assistant.pages.grid import SNAP, Wall, line_text, lines_of
from assistant.pages.grid import words_box as box_of
from assistant.text.folding import comparable
from schemas.geometry import Box, Word

_APART = 0.6  # of a line's height: a wider gap parts runs that stand on one line
_CLOSE = 0.5  # of a line's height: lines of one cell stand so close, unless the page says other
_LOOSE = 0.6  # and so close at most
_JUMP = 0.25  # of a line's height, between the spaces within cells and those between rows
SHARED = 0.15  # of the narrower: runs that share as much of their width stand in one column
_COLON = re.compile(r"^[^:\d]{2,14}:")
_FOOT = re.compile(
    r"第\d+页(?:[,，/]?共\d+页)?|[-—–·]+\d+[-—–·]+|\d+/\d+|\d{1,4}|(?:https?|file)://.*"
)
_HEADS = 3  # runs at least on a line of heads
_SAME = 2.0  # points: edges as close are one
_FAR = 6.0  # heights of a line: what stands as far below the rest is no row of it

Interval = tuple[float, float]


@dataclass(slots=True)
class Run:
    """Words that stand together: of one line, or of the lines of one cell."""

    words: list[Word]
    box: Box

    @property
    def height(self) -> float:
        return self.words[0].box.height


@dataclass(slots=True)
class Band:
    """Lines of runs that keep to the same columns."""

    columns: list[Interval] = field(default_factory=list)  # shared over page breaks
    close: float = 0.0  # lines of one cell have less space between them
    goes_on: bool = False  # from the page before
    lines: list[list[Run]] = field(default_factory=list)

    def takes(self, line: Sequence[Run], parted: bool = False) -> bool:
        """Whether each run of a line keeps to a column of its own, or stands beside all. Columns
        are one after all where a run stands in both, and no line before had runs in both; not
        where the line is ``parted`` from those before by one that is drawn."""
        places = [self.columns_of(run.box) for run in line]
        if any(len(place) > 1 and (parted or not self._are_one(place)) for place in places):
            return False
        hit = [n for place in places for n in place]
        return len(hit) == len(set(hit))

    def add(self, line: list[Run]) -> None:
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
    def _in_both(line: Sequence[Run], columns: Sequence[Interval]) -> bool:
        return sum(any(share(c, run.box) > SHARED for run in line) for c in columns) > 1

    def join(self) -> None:
        """Makes one column of two side by side where one holds a head alone and the other cells
        without a head: the head stands in the middle, the cells on one side."""
        n = 1
        while n + 1 < len(self.columns):
            pair = self.columns[n : n + 2]
            apart = not any(self._in_both(line, pair) for line in self.lines)
            heads = [self._head_of(c) for c in pair]
            if apart and True in heads and False in heads and self._beside(pair):
                self.columns[n : n + 2] = [(pair[0][0], pair[1][1])]
            else:
                n += 1

    def _head_of(self, column: Interval) -> bool | None:
        """Whether a column holds a head alone, one text in the first lines, or no head (False);
        None where it holds a head and more."""
        runs = [r for line in self.lines for r in line if share(column, r.box) > SHARED]
        runs.sort(key=lambda r: r.box.y0)
        first = min(run.box.y0 for run in self.lines[0])
        if not runs or runs[0].box.y0 > first + 1.5 * runs[0].height:
            return False
        close = all(b.box.y0 - a.box.y1 < _CLOSE * a.height for a, b in pairwise(runs))
        return True if close else None

    def holds(self, column: Interval) -> bool:
        """Whether anything stands in a column."""
        return any(share(column, run.box) > SHARED for line in self.lines for run in line)

    def columns_of(self, box: Box) -> list[int]:
        return [n for n, column in enumerate(self.columns) if share(column, box) > SHARED]

    def _beside(self, pair: Sequence[Interval]) -> bool:
        """Whether the cells without a head stand in rows: beside others, mostly."""
        rows = [
            len(line) - 1
            for line in self.lines[1:]
            if any(share(c, run.box) > SHARED for c in pair for run in line)
        ]
        return bool(rows) and sum(rows) >= len(rows)

    @property
    def top(self) -> float:
        return min(run.box.y0 for line in self.lines for run in line)

    @property
    def bottom(self) -> float:
        return max(run.box.y1 for line in self.lines for run in line)


def share(column: Interval, box: Box) -> float:
    shared = min(column[1], box.x1) - max(column[0], box.x0)
    return shared / max(min(column[1] - column[0], box.width), 1e-6)


def without_foot(words: Sequence[Word]) -> list[Word]:
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


def find_bands(words: Sequence[Word], across: Sequence[Wall], last: Band | None) -> list[Band]:
    """The bands from the first line that has columns to the last; lines of labels with a colon
    are no rows of a table. ``last`` is the last band of the page before, whose columns may go
    on."""
    lines = [runs for line in lines_of(words) if (runs := list(_runs(line)))]
    tabular = [n for n, line in enumerate(lines) if len(line) > 1 and not _are_colons(line)]
    if not tabular:
        return []
    first = tabular[0]
    bands: list[Band] = []
    if last is not None and last.takes(lines[0]) and not _are_colons(lines[0]):
        first, bands = 0, [Band(last.columns, goes_on=True)]
    for line in lines[first : _end(lines, tabular[-1]) + 1]:
        if _are_colons(line):
            bands.append(Band())
            continue
        if not bands or not bands[-1].takes(line, _is_parted(bands[-1], line, across)):
            bands.append(Band())
        bands[-1].add(line)
    found = [band for band in bands if band.lines]
    for band in found:
        band.join()
    close = _closeness(found)
    for band in found:
        band.close = close
    for above, below in pairwise(found):
        _hand_down(above, below)
        _hand_down_heads(above, below)
        _hand_down_rows(above, below, across)
    return [band for band in found if band.lines]


def _hand_down_rows(above: Band, below: Band, across: Sequence[Wall]) -> None:
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


def _closeness(bands: Sequence[Band]) -> float:
    """The space, in points, that parts the lines of a cell from the rows of a table: where the
    spaces between lines jump from small to large."""
    gaps: list[float] = []
    for band in bands:
        for column in band.columns:
            runs = [r for line in band.lines for r in line if share(column, r.box) > SHARED]
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


def _hand_down(above: Band, below: Band) -> None:
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
        above.columns[:] = [c for c in above.columns if above.holds(c)]


def _hand_down_heads(above: Band, below: Band) -> None:
    """Moves the last lines of a band that line up with the next band rather than with their own:
    the heads of its columns."""
    while len(above.lines) > 1 and below.lines:
        line = above.lines[-1]
        with_below = _lined_up(line, below.lines[:2])
        with_own = _lined_up(line, above.lines[-3:-1])
        if len(line) < _HEADS or with_below < len(line) - 1 or with_below <= with_own:
            return
        if not below.takes(line):
            return
        above.lines.pop()
        below.add(line)
        below.lines.insert(0, below.lines.pop())
        above.columns[:] = [c for c in above.columns if above.holds(c)]


def _lined_up(line: Sequence[Run], others: Sequence[Sequence[Run]]) -> int:
    """How many runs of a line share an edge or the middle with one of the ``others``."""
    places = [run.box for other in others for run in other]
    return sum(
        any(
            min(abs(b.x0 - r.box.x0), abs(b.x1 - r.box.x1), abs(b.centre[0] - r.box.centre[0]))
            < _SAME
            for b in places
        )
        for r in line
    )


def _end(lines: Sequence[Sequence[Run]], last: int) -> int:
    """The last line of the last row: those that stand close below it belong to its cells."""
    while last + 1 < len(lines) and not _are_colons(lines[last + 1]):
        gap = lines[last + 1][0].box.y0 - max(run.box.y1 for run in lines[last])
        if len(lines[last + 1]) > 1 or gap > _APART * lines[last][0].height:
            break
        last += 1
    return last


def _is_parted(band: Band, line: Sequence[Run], across: Sequence[Wall]) -> bool:
    """Whether a line drawn over all of ``line`` stands between it and ``band``."""
    if not band.lines:
        return False
    top = min(run.box.y0 for run in line)
    walls = [w for w in across if band.bottom - SNAP < w.at < top + SNAP]
    return any(w.covers(line[0].box.x0, line[-1].box.x1) for w in walls)


def _runs(line: Sequence[Word]) -> Iterator[Run]:
    part: list[Word] = []
    for word in line:
        if part and word.box.x0 - part[-1].box.x1 > _APART * word.box.height:
            yield Run(part, box_of(part))
            part = []
        part.append(word)
    if part:
        yield Run(part, box_of(part))


def _are_colons(line: Sequence[Run]) -> bool:
    """Whether a line is labels with a colon and what follows them: 填报人：某某 电话：…"""
    texts = [comparable(line_text(run.words)) for run in line]
    said = sum(bool(_COLON.match(text)) and not text.endswith(":") for text in texts)
    return 2 * said > len(texts)

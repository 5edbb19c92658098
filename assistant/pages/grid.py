"""Words and ruling lines → the cells of a page. Pure geometry, in PDF points.

Ruling lines are snapped and merged into walls; one sweep from top to bottom
then cuts every band between two horizontal walls at its vertical walls, and a
piece lives on through the bands below until a horizontal wall closes it. Merged
cells come out as one cell by construction. Every word belongs to the cell that
holds its centre. (The sweep is the scan-line decomposition of a rectangular
subdivision; no table finder is involved.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from operator import itemgetter

from assistant.text.folding import comparable, join_wrapped
from schemas.geometry import Box, Ruling, Word

SNAP = 2.0  # lines closer than this are one line drawn twice
BREAK = 3.5  # a gap in a line that is still the same line
_MAX_POINTS = 500_000  # more crossings than this is a drawing, not a form

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wall:
    """A merged line: where it stands and what it covers along its length."""

    at: float
    spans: tuple[Interval, ...]

    def covers(self, start: float, end: float) -> bool:
        """Whether it runs from ``start`` to ``end``, but for small gaps."""
        first, last = self.spans[0], self.spans[-1]
        if start > last[1] or end < first[0]:
            return False
        if len(self.spans) == 1 and first[0] <= start and end <= first[1]:
            return True
        covered = 0.0
        for a, b in self.spans:
            if b > start and a < end:
                covered += min(b, end) - max(a, start)
        return end - start - covered <= max(2 * SNAP, 0.12 * (end - start))

    def passes(self, position: float) -> bool:
        for a, b in self.spans:  # noqa: SIM110  (the innermost test of the sweep)
            if a <= position <= b:
                return True
        return False


@dataclass(slots=True)
class GridCell:
    """One cell. ``lost`` says that a border of it is missing, so that it may be two; ``guessed``
    that its borders are not drawn, and may stand elsewhere; an open side has no line because a
    page break cut the cell there."""

    box: Box
    words: list[Word] = field(default_factory=list)
    lost: bool = False
    guessed: bool = False
    open_top: bool = False
    open_bottom: bool = False
    _lines: list[list[Word]] | None = None  # worked out once, after the words are all there
    _folded: str | None = None
    _print_box: Box | None = None

    @property
    def print_box(self) -> Box:
        """The smallest box that holds the words (at least one)."""
        if self._print_box is None:
            self._print_box = words_box(self.words)
        return self._print_box

    @property
    def lines(self) -> list[list[Word]]:
        if self._lines is None:
            self._lines = lines_of(self.words)
        return self._lines

    @property
    def folded(self) -> str:
        """The text in comparable form."""
        if self._folded is None:
            self._folded = comparable("".join([w.text for line in self.lines for w in line]))
        return self._folded

    @property
    def text(self) -> str:
        """As printed, one line of the cell a line."""
        return "\n".join(line_text(line) for line in self.lines)

    @property
    def joined(self) -> str:
        return join_wrapped(self.text)


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a page, top to bottom and left to right, and the words outside them."""

    cells: tuple[GridCell, ...]
    outside: tuple[Word, ...]
    _ys: tuple[float, ...] = ()
    _bands: tuple[tuple[tuple[float, ...], tuple[GridCell | None, ...]], ...] = ()

    def at(self, x: float, y: float) -> GridCell | None:
        """The cell that holds the point."""
        band = bisect_right(self._ys, y) - 1
        if not 0 <= band < len(self._bands):
            return None
        xs, cells = self._bands[band]
        piece = bisect_right(xs, x) - 1
        return cells[piece] if 0 <= piece < len(cells) else None

    def right_of(self, cell: GridCell) -> GridCell | None:
        """The neighbour on the right, at the height of the cell's middle."""
        return self.at(cell.box.x1 + SNAP, cell.box.centre[1])

    def below(self, cell: GridCell) -> GridCell | None:
        """The neighbour below, at the cell's left edge."""
        return self.at(cell.box.x0 + SNAP, cell.box.y1 + SNAP)


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words → printed lines, each from left to right."""
    words = list(words)
    if len(words) < 2:
        return [words] if words else []
    lines: list[list[Word]] = []
    bottom = middle = 0.0
    for word in sorted(words, key=lambda w: w.box.y0 + w.box.y1):
        centre = (word.box.y0 + word.box.y1) / 2
        if lines and (centre < bottom and word.box.y0 < middle):
            lines[-1].append(word)
        else:
            lines.append([word])
            bottom, middle = word.box.y1, centre
    for line in lines:
        line.sort(key=lambda w: w.box.x0)
    return lines


def line_text(line: Sequence[Word]) -> str:
    """The words of one line, with a space where there is one on the page."""
    if len(line) == 1:
        return line[0].text
    parts = [line[0].text]
    for left, right in pairwise(line):
        gap = right.box.x0 - left.box.x1
        parts.append(" " if gap > 0.12 * right.box.height else "")
        parts.append(right.text)
    return "".join(parts)


def words_box(words: Sequence[Word]) -> Box:
    """The smallest box that holds all of ``words`` (at least one)."""
    if len(words) == 1:
        return words[0].box
    x0, y0, x1, y1 = zip(*[w.box for w in words], strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))


def walls_of(
    lines: Iterable[tuple[float, float, float]], snap: float = SNAP, gap: float = BREAK
) -> list[Wall]:
    """``(at, start, end)`` pieces → walls: snapped to one place, joined over small gaps."""
    walls: list[Wall] = []
    group: list[tuple[float, float, float]] = []
    first = last = 0.0
    for line in sorted(lines):
        at = line[0]
        if group and (at - last > snap or at - first > 2 * snap):
            walls.append(_wall(group, gap))
            group = []
        if not group:
            first = at
        group.append(line)
        last = at
    if group:
        walls.append(_wall(group, gap))
    return walls


def _wall(group: list[tuple[float, float, float]], gap: float) -> Wall:
    """``group`` is sorted, and lies close enough to be one wall."""
    place = (group[0][0] + group[-1][0]) / 2
    if group[0][0] != group[-1][0]:
        group.sort(key=itemgetter(1, 2))
    _, start, reach = group[0]
    spans: list[Interval] = []
    for _, a, b in group:
        if a - reach > gap:
            spans.append((start, reach))
            start, reach = a, b
        elif b > reach:
            reach = b
    spans.append((start, reach))
    return Wall(place, tuple(spans))


def split_rulings(
    rulings: Iterable[tuple[float, float, float, float]],
) -> tuple[list[Wall], list[Wall]]:
    """Ruling lines → horizontal walls by y and vertical walls by x."""
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    for x0, y0, x1, y1 in rulings:
        if y1 - y0 <= x1 - x0:
            across.append(((y0 + y1) / 2, x0, x1))
        else:
            down.append(((x0 + x1) / 2, y0, y1))
    return walls_of(set(across)), walls_of(set(down))


def rulings_of(across: Iterable[Wall], down: Iterable[Wall]) -> list[Ruling]:
    """The walls as ruling lines, each as long as it goes on: a page's lines without their
    doubles, and whole where they were drawn cell by cell."""
    rulings = [Ruling(a, wall.at, b, wall.at) for wall in across for a, b in wall.spans]
    rulings += [Ruling(wall.at, a, wall.at, b) for wall in down for a, b in wall.spans]
    return rulings


def draws_columns(rulings: Iterable[Ruling]) -> bool:
    """Whether a page has more vertical lines than the two sides of a frame."""
    xs: list[float] = []
    for ruling in rulings:
        if not ruling.is_horizontal and all(abs(ruling.x0 - x) > SNAP for x in xs):
            xs.append(ruling.x0)
            if len(xs) > 2:
                return True
    return False


def build_grid(words: Sequence[Word], rulings: Iterable[Ruling]) -> Grid:
    """The cells that the ruling lines make, with their words."""
    across, down = split_rulings(rulings)
    if len(across) * len(down) > _MAX_POINTS:
        across, down = [], []
    sweep = _Sweep(across, down)
    sweep.run()
    grid = sweep.grid()
    outside = []
    for word in words:
        box = word.box
        cell = grid.at((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
        if cell is None:
            outside.append(word)
        else:
            cell.words.append(word)
    return Grid(grid.cells, tuple(outside), grid._ys, grid._bands)


class _Sweep:
    """The state of the sweep: the pieces that are open, from top to bottom."""

    def __init__(self, across: Sequence[Wall], down: Sequence[Wall]) -> None:
        self.across = {w.at: w for w in across}
        self.down = [(w.at, a, b) for w in down for a, b in w.spans]
        self.ys = _levels(across, down)
        self.open: dict[Interval, GridCell] = {}
        self.bands: list[tuple[list[float], list[GridCell]]] = []

    def run(self) -> None:
        for top, bottom in pairwise(self.ys):
            middle = (top + bottom) / 2
            xs = self._cuts(middle, top, bottom)
            pieces = list(pairwise(xs))
            wall = self.across.get(top)
            cells = [self._piece(wall, top, bottom, piece) for piece in pieces]
            self._close(top)
            self.open = dict(zip(pieces, cells, strict=True))
            self.bands.append((xs, cells))
        if self.ys:
            self._close(self.ys[-1])

    def _cuts(self, middle: float, top: float, bottom: float) -> list[float]:
        """The places where a band is cut: its vertical walls, and the ends of the lines
        above and below it where a table has no outer borders."""
        xs = [at for at, a, b in self.down if a <= middle <= b]
        upper, lower = self.across.get(top), self.across.get(bottom)
        if upper is None or lower is None:
            return xs
        for a, b in upper.spans:
            for c, d in lower.spans:
                start, end = max(a, c), min(b, d)
                if end - start < 20 or abs(a - c) > BREAK or abs(b - d) > BREAK:
                    continue
                xs.extend(x for x in (start, end) if all(abs(x - at) > BREAK for at in xs))
        return sorted(xs)

    def _piece(self, wall: Wall | None, top: float, bottom: float, piece: Interval) -> GridCell:
        """The cell between two cuts of a band, under the wall above it if there is one."""
        a, b = piece
        if wall is None or not wall.covers(a, b):
            if cell := self.open.get(piece):
                cell.box = Box(a, cell.box.y0, b, bottom)
                return cell
            above = [c for (c0, c1), c in self.open.items() if c0 < b - SNAP and c1 > a + SNAP]
            for cell in above:
                cell.lost = True
            return GridCell(Box(a, top, b, bottom), lost=bool(above), open_top=not above)
        return GridCell(Box(a, top, b, bottom))

    def _close(self, y: float) -> None:
        """Marks the cells that end at ``y`` without a line below them."""
        wall = self.across.get(y)
        for piece, cell in self.open.items():
            if cell.box.y1 <= y + 1e-6 and not (wall and wall.covers(*piece)):
                cell.open_bottom = not cell.lost

    def grid(self) -> Grid:
        """Drops what no line closes above or below: the space between two tables."""
        cells: dict[int, GridCell] = {}
        bands = []
        for xs, pieces in self.bands:
            kept = tuple(None if c.open_top and c.open_bottom else c for c in pieces)
            cells.update((id(c), c) for c in kept if c is not None)
            bands.append((tuple(xs), kept))
        ordered = sorted(cells.values(), key=lambda c: (c.box.y0, c.box.x0))
        return Grid(tuple(ordered), (), tuple(self.ys), tuple(bands))


def _levels(across: Sequence[Wall], down: Sequence[Wall]) -> list[float]:
    """The heights at which something changes: horizontal walls, and ends of vertical ones."""
    levels = sorted(w.at for w in across)
    for wall in down:
        for y in chain.from_iterable(wall.spans):
            place = bisect_right(levels, y)
            if all(abs(y - at) > BREAK for at in levels[max(place - 1, 0) : place + 1]):
                levels.insert(place, y)
    return levels

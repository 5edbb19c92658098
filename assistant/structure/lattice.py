"""Cells → lattices: the tables of a document as rows and columns, joined over page breaks. Pure.

A lattice is a table as a grid of lattice rows and columns; a cell covers a rectangle of them.
Where a page ends in a table and the next begins with one as wide, both are one lattice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.pages.grid import SNAP, Grid, GridCell
from assistant.text.folding import comparable
from schemas.geometry import Page, PageSource

_SAME_EDGE = 3.0  # points: edges as close are one
_TEXT = 20  # characters: a longer text has sentences
_ENDS = "。;.!?)】》:"
_HEADS = 3  # texts in a row that a page prints again: fewer may be chance
_SAME_SIDE = 8.0  # and the sides of one table on two pages may differ by this


@dataclass(slots=True, eq=False)
class Cell:
    """A cell of a lattice: lattice rows ``r0`` to ``r1`` (exclusive), columns ``c0`` to ``c1``.

    ``parts`` are its pieces, more than one where a page break cut it; ``text`` is all of them in
    comparable form.
    """

    parts: tuple[tuple[Page, GridCell], ...]
    r0: int
    r1: int
    c0: int
    c1: int
    text: str = ""

    def __post_init__(self) -> None:
        self.text = comparable("".join(cell.folded for _, cell in self.parts))

    @property
    def page(self) -> Page:
        return self.parts[0][0]

    @property
    def is_one_row(self) -> bool:
        return self.r1 - self.r0 == 1


@dataclass(slots=True)
class Lattice:
    """``at[row][column]`` is the cell there, None where nothing is drawn."""

    cells: list[Cell]
    rows: int
    columns: int
    at: list[list[Cell | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.at = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for r in range(cell.r0, cell.r1):
                self.at[r][cell.c0 : cell.c1] = [cell] * (cell.c1 - cell.c0)


Sheet = tuple[Page, Grid]


def lattices(sheets: Sequence[Sheet]) -> list[Lattice]:
    """The tables of the pages, in printed order."""
    joined: list[list[tuple[Page, list[GridCell]]]] = []
    for page, grid in sheets:
        for nth, cells in enumerate(_components(grid.cells)):
            if (
                nth == 0
                and joined
                and joined[-1][-1][0] is not page
                and _goes_on(joined[-1], cells)
            ):
                joined[-1].append((page, cells))
            else:
                joined.append([(page, cells)])
    return [_lattice(parts) for parts in joined]


def _components(cells: Sequence[GridCell]) -> Iterator[list[GridCell]]:
    """Cells that touch, from the top of the page down."""
    part: list[GridCell] = []
    bottom = 0.0
    for cell in sorted(cells, key=lambda c: (c.box.y0, c.box.x0)):
        if part and cell.box.y0 > bottom + SNAP:
            yield part
            part = []
        part.append(cell)
        bottom = max(bottom, cell.box.y1) if len(part) > 1 else cell.box.y1
    if part:
        yield part


def _sides(cells: Iterable[GridCell]) -> tuple[float, float]:
    boxes = [cell.box for cell in cells]
    return min(b.x0 for b in boxes), max(b.x1 for b in boxes)


def _goes_on(before: list[tuple[Page, list[GridCell]]], cells: list[GridCell]) -> bool:
    if before[-1][0].source is PageSource.TEXT:
        return len(_row_edges(before[-1][1], last=True)) == len(_row_edges(cells)) > _HEADS
    left, right = _sides(before[-1][1])
    x0, x1 = _sides(cells)
    return abs((right - left) - (x1 - x0)) < _SAME_SIDE


def _row_edges(cells: Sequence[GridCell], *, last: bool = False) -> list[float]:
    """The edges between the cells of a table's first row, or of its last one."""
    bottom = max(c.box.y1 for c in cells) if last else min(c.box.y0 for c in cells)
    row = [c for c in cells if abs((c.box.y1 if last else c.box.y0) - bottom) < SNAP]
    return sorted({round(x, 1) for c in row for x in (c.box.x0, c.box.x1)})


def _placed(parts: Sequence[tuple[Page, list[GridCell]]]) -> list[Callable[[float], float]]:
    """Per page what an x-coordinate there is on the first one. Text in columns of characters has
    other columns on every page: the first of them is the first there, and so on."""
    first = _sides(parts[0][1])[0]
    out: list[Callable[[float], float]] = [lambda x: x]
    for (_, above), (page, cells) in pairwise(parts):
        shift = first - _sides(cells)[0]
        if page.source is PageSource.TEXT:
            before = out[-1]
            here, there = _row_edges(cells), [before(x) for x in _row_edges(above, last=True)]
            out.append(lambda x, a=here, b=there: _along(x, a, b))  # type: ignore[misc]
        else:
            out.append(lambda x, shift=shift: x + shift)  # type: ignore[misc]
    return out


def _along(x: float, here: Sequence[float], there: Sequence[float]) -> float:
    """Where ``x`` between the edges ``here`` lies between those of ``there``."""
    n = min(max(bisect_left(here, x), 1), len(here) - 1)
    a, b, c, d = here[n - 1], here[n], there[n - 1], there[n]
    return c + (x - a) / (b - a) * (d - c)


def _edges(values: Iterable[float], tolerance: float) -> list[float]:
    """The edges among ``values``, of those that lie close together the first."""
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > tolerance:
            out.append(value)
    return out


def _index(edges: Sequence[float], value: float) -> int:
    at = bisect_left(edges, value)
    near = [i for i in (at - 1, at) if 0 <= i < len(edges)]
    return min(near, key=lambda i: abs(edges[i] - value))


def _lattice(parts: Sequence[tuple[Page, list[GridCell]]]) -> Lattice:
    places = _placed(parts)
    xs = _edges(
        (
            place(x)
            for place, (_, cells) in zip(places, parts, strict=True)
            for c in cells
            for x in (c.box.x0, c.box.x1)
        ),
        _SAME_EDGE,
    )
    out: list[Cell] = []
    seams: list[int] = []
    top = 0
    for place, (page, cells) in zip(places, parts, strict=True):
        ys = _edges((y for c in cells for y in (c.box.y0, c.box.y1)), 1.0)
        for c in cells:
            r0, r1 = _index(ys, c.box.y0), _index(ys, c.box.y1)
            c0, c1 = _index(xs, place(c.box.x0)), _index(xs, place(c.box.x1))
            if r1 > r0 and c1 > c0:
                out.append(Cell(((page, c),), top + r0, top + r1, c0, c1))
        top += len(ys) - 1
        seams.append(top)
    seams = seams[:-1]
    for n, seam in enumerate(seams):
        out, gone = _without_running_heads(out, seam)
        top -= gone
        seams[n + 1 :] = [s - gone for s in seams[n + 1 :]]
    for seam in [*seams, *_drawn_again(out)]:
        out = _sewn(out, seam)
    return Lattice(out, top, len(xs) - 1)


def _without_running_heads(cells: list[Cell], seam: int) -> tuple[list[Cell], int]:
    """The cells without the rows that the page below ``seam`` prints again from above it, the
    heads of the table, and how many lattice rows those are."""
    rows: dict[int, list[tuple[int, int, int, str]]] = {}
    for cell in sorted(cells, key=lambda c: (c.r0, c.c0)):
        rows.setdefault(cell.r0, []).append((cell.c0, cell.c1, cell.r1 - cell.r0, cell.text))
    again = 0
    for start in (r for r in rows if r < seam):
        size = 0
        while start + size < seam and rows.get(start + size) == rows.get(seam + size):
            size += 1
        again = max(again, size)
    if not any(sum(bool(t) for *_, t in rows.get(seam + n, ())) >= _HEADS for n in range(again)):
        return cells, 0
    below = seam + again
    if any(c.r0 < below < c.r1 for c in cells):
        return cells, 0
    kept = [c for c in cells if not seam <= c.r0 < below]
    for cell in kept:
        if cell.r0 >= below:
            cell.r0, cell.r1 = cell.r0 - again, cell.r1 - again
    return kept, again


def _drawn_again(cells: Sequence[Cell]) -> list[int]:
    """The lattice rows where a side head is drawn once more below itself."""
    first = sorted((c for c in cells if c.c0 == 0 and c.text), key=lambda c: c.r0)
    return [
        below.r0
        for above, below in pairwise(first)
        if below.text.startswith(above.text)
        and len(above.text) > 1
        and (above.r1, above.c1) == (below.r0, below.c1)
        and not (above.is_one_row and below.is_one_row)
    ]


def _sewn(cells: Sequence[Cell], seam: int) -> list[Cell]:
    """Joins the cells that a break at lattice row ``seam`` cut in two.

    Cut are cells without a line at the seam, and from the left on those that are blank below it
    or print the same again: what heads a row goes on heading it.
    """
    above = {(c.c0, c.c1): c for c in cells if c.r1 == seam}
    broken = _is_broken_row(cells, seam, above)
    joined: dict[int, Cell] = {}
    leading = True
    for cell in sorted((c for c in cells if c.r0 == seam), key=lambda c: c.c0):
        upper = above.get((cell.c0, cell.c1))
        if upper is None:
            leading = False
            continue
        beside = any(o is not cell and o.text for o in cells if o.r0 < cell.r1 and o.r1 > seam)
        again = (
            leading
            and beside
            and bool(upper.text)
            and (not cell.text or cell.text.startswith(upper.text))
        )
        open_ = cell.parts[0][1].open_top and upper.parts[-1][1].open_bottom
        open_ = open_ or (broken and not again)
        leading = again
        if again or open_:
            longer = cell if len(cell.text) > len(upper.text) else upper
            parts = longer.parts if again else upper.parts + cell.parts
            joined[id(upper)] = Cell(parts, upper.r0, cell.r1, cell.c0, cell.c1)
            joined[id(cell)] = joined[id(upper)]
    kept = {id(joined.get(id(c), c)): joined.get(id(c), c) for c in cells}
    return list(kept.values())


def _is_broken_row(cells: Sequence[Cell], seam: int, above: dict[tuple[int, int], Cell]) -> bool:
    """Whether a page break cut a row although lines close both its parts: what stands below the
    break only goes on with texts that end in the middle of a sentence above it."""
    below = [c for c in cells if c.r0 == seam and c.text]
    pairs = [(above.get((c.c0, c.c1)), c) for c in below]
    return bool(pairs) and all(
        upper is not None
        and len(upper.text) > _TEXT
        and upper.text[-1] not in _ENDS
        and not upper.text.endswith(cell.text)
        for upper, cell in pairs
    )

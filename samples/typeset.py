"""Rows of cells → sheets: lines wrapped, rows measured, pages broken, spans cut. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from samples.cells import Cell, Row
from samples.fonts import width
from samples.style import Style
from schemas.geometry import Box

_A4 = (595.28, 841.89)
_RUN = re.compile(r"[!-~\u00ad]+|.", re.S)  # Latin letters and digits stay together
_FOOT = 24.0  # room for category cells that need more height than their rows


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell on a page. ``row``/``rows`` count the rows of that page."""

    cell: Cell
    box: Box
    lines: tuple[str, ...]
    size: float
    row: int
    rows: int
    framed: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with everything on it. Numbers count from 1 in the booklet."""

    number: int
    style: Style
    placed: tuple[Placed, ...]
    form: int | None = None  # index of the form it belongs to
    head: str = ""

    @property
    def size(self) -> tuple[float, float]:
        return (_A4[1], _A4[0]) if self.style.landscape else _A4


def wrap(text: str, font: str, size: float, room: float) -> list[str]:
    """Lines no wider than ``room``: Chinese breaks anywhere, Latin runs only if they must."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph, font, size, room):
            if line and width(line + piece, font, size) > room:
                lines.append(_shown(line))
                line = piece.lstrip()
            else:
                line += piece
        lines.append(_shown(line))
    return lines


def _shown(line: str) -> str:
    """A soft hyphen shows at the end of its line and nowhere else."""
    line = line.rstrip()
    return line[:-1].replace("\u00ad", "") + line[-1:]


def _pieces(text: str, font: str, size: float, room: float) -> Iterator[str]:
    for run in _RUN.findall(text):
        if "\u00ad" in run:
            parts = run.split("\u00ad")
            yield from [f"{p}\u00ad" for p in parts[:-1]] + parts[-1:]
        elif width(run, font, size) > room:
            yield from run
        else:
            yield run


@dataclass(slots=True)
class _Setter:
    """Measures the rows of one form and puts them on sheets."""

    rows: Sequence[Row]
    style: Style
    heights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.heights = [self._height(row) for row in self.rows]

    @property
    def page(self) -> tuple[float, float]:
        return (_A4[1], _A4[0]) if self.style.landscape else _A4

    @property
    def table_width(self) -> float:
        return self.page[0] - 2 * self.style.margin

    def size_of(self, cell: Cell) -> float:
        if cell.role == "title":
            return max(12.0, self.style.size * 1.7)
        if cell.unbroken:
            room = self._room(cell)
            return min(self.style.size, room / max(width(cell.text, self.style.font, 1.0), 0.01))
        return self.style.size

    def lines(self, cell: Cell) -> list[str]:
        if not cell.text:
            return []
        size = self.size_of(cell)
        return wrap(cell.text, self.style.font, size, self._room(cell) + 0.01)

    def needed(self, cell: Cell) -> float:
        lines = len(self.lines(cell)) or 1
        return lines * self.size_of(cell) * self.style.line_height + 2 * self.style.padding

    def _room(self, cell: Cell) -> float:
        return (cell.x1 - cell.x0) * self.table_width - 2 * self.style.padding

    def _height(self, row: Row) -> float:
        return max((self.needed(c) for c in row.cells if c.rows == 1), default=self._line())

    def _line(self) -> float:
        return self.style.size * self.style.line_height + 2 * self.style.padding

    def pages(self) -> list[list[list[int]]]:
        """Row numbers by page and, within a page, by segment: a span is cut at each end."""
        forced, seams = self._cuts()
        room = self.page[1] - 2 * self.style.margin - _FOOT
        pages: list[list[list[int]]] = [[[]]]
        used = 0.0
        for at, height in enumerate(self.heights):
            started = bool(pages[-1][0])
            if started and (used + height > room or at in forced):
                pages.append([self._carried(at, at in forced)])
                used = sum(self.heights[i] for i in pages[-1][0])
            elif at in seams:
                pages[-1].append([])
            pages[-1][-1].append(at)
            used += height
        return pages

    def _cuts(self) -> tuple[set[int], set[int]]:
        rng = Random(f"cuts/{self.style.seed}/{self.style.layout}")
        body = [i for i, r in enumerate(self.rows) if r.table and not r.header]
        chosen = rng.sample(body, min(self.style.breaks, len(body)))
        forced = {i for i, r in enumerate(self.rows) if r.break_before} | set(chosen)
        inner = [i for i in body if self.rows[i].table == "indicators"]
        seams = {rng.choice(inner)} if self.style.seam and inner else set()
        return forced, seams

    def _carried(self, at: int, forced: bool) -> list[int]:
        """What a page that begins with row ``at`` prints again above it."""
        row, above = self.rows[at], self.rows[at - 1]
        carried = []
        in_body = row.table and not row.header and row.table == above.table
        if self.style.repeat_header and in_body:
            carried += [
                i for i in range(at) if self.rows[i].header and self.rows[i].table == row.table
            ]
        repeat = row.again_after_break or (self.style.repeat_row and row.table == "indicators")
        if repeat and in_body and not above.header and at - 1 not in carried:
            carried.append(at - 1)
        return carried

    def place(self, segments: list[list[int]]) -> tuple[Placed, ...]:
        """The cells of one page."""
        out: list[Placed] = []
        top, line = self.style.margin, 0
        for segment in segments:
            heights = self._segment_heights(segment)
            tops = [top + sum(heights[:i]) for i in range(len(segment) + 1)]
            for cell, first, count in self._cells(segment):
                out.append(
                    self._placed(cell, tops[first], tops[first + count], line + first, count,
                                 self.rows[segment[first]].framed)
                )  # fmt: skip
            top, line = tops[-1], line + len(segment)
        return tuple(out)

    def _cells(self, segment: list[int]) -> Iterator[tuple[Cell, int, int]]:
        """Each cell that shows in the segment, its first row there and how many it covers."""
        for start, row in enumerate(self.rows):
            for cell in row.cells:
                covered = [i for i, at in enumerate(segment) if start <= at < start + cell.rows]
                if covered:
                    yield cell, covered[0], covered[-1] - covered[0] + 1

    def _segment_heights(self, segment: list[int]) -> list[float]:
        heights = [self.heights[at] for at in segment]
        for cell, first, count in self._cells(segment):
            missing = self.needed(cell) - sum(heights[first : first + count])
            if missing > 0:
                heights[first + count - 1] += missing
        return heights

    def _placed(
        self, cell: Cell, top: float, bottom: float, row: int, rows: int, framed: bool
    ) -> Placed:
        left, wide = self.style.margin, self.table_width
        box = Box(left + cell.x0 * wide, top, left + cell.x1 * wide, bottom)
        return Placed(cell, box, tuple(self.lines(cell)), self.size_of(cell), row, rows, framed)


def _with_split_text(rows: Sequence[Row], style: Style) -> list[Row]:
    """The first long text of three lines or more cut in two by a page end."""
    setter = _Setter(rows, style)
    for at, row in enumerate(rows):
        lines = setter.lines(row.cells[-1])
        if row.cells[-1].refs in (("basis",), ("overview",)) and len(lines) >= 3:
            label, cell = row.cells
            parts = "\n".join(lines[:-2]), "\n".join(lines[-2:])
            cut = [Row((label, replace(cell, text=part))) for part in parts]
            return [*rows[:at], cut[0], replace(cut[1], break_before=True), *rows[at + 1 :]]
    return list(rows)


def typeset(
    rows: Sequence[Row], style: Style, first: int, *, form: int | None = None, head: str = ""
) -> list[Sheet]:
    """``rows`` on as many sheets as they need, numbered from ``first``."""
    if style.split_text:
        rows = _with_split_text(rows, style)
    setter = _Setter(rows, style)
    return [
        Sheet(number, style, setter.place(segments), form, head)
        for number, segments in enumerate(setter.pages(), first)
    ]

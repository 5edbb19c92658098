"""Sheets → PDF, with reportlab."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from reportlab.pdfgen.canvas import Canvas

from samples.cells import Role
from samples.fonts import runs, width
from samples.style import Style
from samples.typeset import Placed, Sheet
from schemas.geometry import Box

_GREY = 0.87
_THIN = 0.5
_BOLD: tuple[Role, ...] = ("title", "section")
_LEFT: tuple[Role, ...] = ("text", "prose")
_PALE: tuple[Role, ...] = ("label", "header", "category")
Edge = tuple[float, float, float, float]


def draw(sheets: Sequence[Sheet], path: Path) -> None:
    """Writes the PDF; the same sheets give the same bytes."""
    canvas = Canvas(str(path), invariant=1, pageCompression=1)
    for sheet in sheets:
        canvas.setPageSize(sheet.size)
        canvas.setPageRotation(90 if sheet.style.rotated else 0)
        if sheet.style.rotated:
            # The page lies on its side and /Rotate shows it upright, as offices make
            # landscape pages. reportlab turns the page's size by itself.
            canvas.transform(0, 1, -1, 0, sheet.size[1], 0)
        _Page(canvas, sheet).draw()
        canvas.showPage()
    canvas.save()


class _Page:
    def __init__(self, canvas: Canvas, sheet: Sheet) -> None:
        self.canvas, self.sheet, self.style = canvas, sheet, sheet.style
        self.height = sheet.size[1]
        self.rng = Random(f"draw/{self.style.seed}/{sheet.number}")

    def draw(self) -> None:
        if self.style.watermark:
            self._watermark()
        for placed in self.sheet.placed:
            if placed.framed and self._shaded(placed):
                self._fill(placed.box, _GREY)
        self._borders([p for p in self.sheet.placed if p.framed])
        for placed in self._drawing_order():
            self._text(placed)
        if self.style.running:
            self._running()

    def _drawing_order(self) -> list[Placed]:
        placed = list(self.sheet.placed)
        if self.style.scattered:
            self.rng.shuffle(placed)
        return placed

    def _watermark(self) -> None:
        wide, high = self.sheet.size
        self.canvas.saveState()
        self.canvas.setFillGray(0.85)
        self.canvas.translate(wide / 2, high / 2)
        self.canvas.rotate(45)
        room = width(self.style.watermark, self.style.font, 48.0)
        self._string(self.style.watermark, -room / 2, 0, 48.0, False)
        self.canvas.restoreState()

    def _shaded(self, placed: Placed) -> bool:
        role = placed.cell.role
        return role == "section" or (self.style.shaded_labels and role in _PALE)

    def _fill(self, box: Box, grey: float) -> None:
        self.canvas.setFillGray(grey)
        self.canvas.rect(box.x0, self.height - box.y1, box.width, box.height, stroke=0, fill=1)
        self.canvas.setFillGray(0)

    def _borders(self, placed: Sequence[Placed]) -> None:
        self.canvas.setLineWidth(_THIN)
        if self.style.borders == "dashed":
            self.canvas.setDash(2, 1)
        if self.style.borders == "cells":
            for p in placed:
                self.canvas.rect(p.box.x0, self.height - p.box.y1, p.box.width, p.box.height)
            return
        for edge in sorted(_edges(placed, self.style)):
            for piece in self._pieces(edge):
                self._line(piece)

    def _pieces(self, edge: Edge) -> Iterator[Edge]:
        x0, y0, x1, y1 = edge
        if self.style.borders == "doubled":
            yield edge
            yield (x0, y0 + 0.7, x1, y1 + 0.7) if y0 == y1 else (x0 + 0.7, y0, x1 + 0.7, y1)
        elif self.style.borders == "broken":
            yield from _broken(edge, self.rng)
        else:
            yield edge

    def _line(self, edge: Edge) -> None:
        x0, y0, x1, y1 = edge
        if self.style.borders == "rects":  # borders as browsers and some offices print them
            box = Box(x0 - _THIN / 2, y0 - _THIN / 2, x1 + _THIN / 2, y1 + _THIN / 2)
            self._fill(box, 0)
        else:
            self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def _text(self, placed: Placed) -> None:
        style, box, size = self.style, placed.box, placed.size
        step = size * style.line_height
        block = step * len(placed.lines)
        spare = box.height - block
        role = placed.cell.role
        top = box.y0 + (style.padding if style.top and role != "section" else spare / 2)
        for i, line in enumerate(placed.lines):
            baseline = self.height - (top + i * step + (step - size) / 2 + size * 0.86)
            self._string(line, self._left(placed, line), baseline, size, role in _BOLD)

    def _left(self, placed: Placed, line: str) -> float:
        cell, box, style = placed.cell, placed.box, self.style
        room = box.width - width(line, style.font, placed.size)
        if cell.role == "unit":
            return box.x0 + room - style.padding
        left = cell.left or cell.role in _LEFT or (style.align == "left" and cell.role != "section")
        if cell.role == "title" or (cell.role == "category" and not left):
            left = False
        target_value = cell.role == "value" and placed.cell.x1 == 1 and placed.cell.x0 < 0.3
        return box.x0 + (style.padding if left or target_value else room / 2)

    def _string(self, line: str, x: float, y: float, size: float, bold: bool) -> None:
        text = self.canvas.beginText(x, y)
        text.setTextRenderMode(2 if bold else 0)
        self.canvas.setLineWidth(size * 0.03 if bold else _THIN)
        self.canvas.setDash()
        for face, piece in runs(line, self.style.font):
            text.setFont(face, size)
            for part in piece if self.style.scattered else (piece,):
                text.textOut(part)
        text.setTextRenderMode(0)
        self.canvas.drawText(text)

    def _running(self) -> None:
        wide, size = self.sheet.size[0], 8.0
        for line, y in ((self.sheet.head, 18.0), (f"— {self.sheet.number} —", self.height - 16)):
            x = (wide - width(line, self.style.font, size)) / 2
            self._string(line, x, self.height - y, size, False)


def _edges(placed: Iterable[Placed], style: Style) -> set[Edge]:
    """Every border once, as far as the style draws it."""
    edges: set[Edge] = set()
    for p in placed:
        x0, y0, x1, y1 = (round(v, 2) for v in p.box)
        if style.borders == "header":
            if p.cell.role in ("header", "section"):
                edges |= {(x0, y0, x1, y0), (x0, y1, x1, y1)}
            continue
        edges |= {(x0, y0, x1, y0), (x0, y1, x1, y1)}
        if style.borders != "horizontal":
            edges |= {(x0, y0, x0, y1), (x1, y0, x1, y1)}
    return edges


def _broken(edge: Edge, rng: Random) -> Iterator[Edge]:
    """The edge in two or three pieces with gaps of up to a point, now and then askew."""
    x0, y0, x1, y1 = edge
    cuts = sorted(rng.uniform(0.1, 0.9) for _ in range(rng.randint(1, 2)))
    length = abs(x1 - x0) + abs(y1 - y0)
    gap = rng.uniform(0.3, 1.0) / max(length, 1.0)
    starts = [0.0, *(c + gap / 2 for c in cuts)]
    ends = [*(c - gap / 2 for c in cuts), 1.0]
    for a, b in zip(starts, ends, strict=True):
        shift = rng.choice((0.0, 0.0, 0.2))
        dx, dy = (0.0, shift) if y0 == y1 else (shift, 0.0)
        yield (
            x0 + (x1 - x0) * a + dx,
            y0 + (y1 - y0) * a + dy,
            x0 + (x1 - x0) * b + dx,
            y0 + (y1 - y0) * b + dy,
        )

"""Pages as a reader sees them: words and ruling lines, in PDF points, origin top left."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in PDF points, origin at the top left of the page."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )


class Word(NamedTuple):
    """A run of glyphs without white space. ``confidence`` is 1 unless OCR read it."""

    text: str
    box: Box
    confidence: float = 1.0


class Ruling(NamedTuple):
    """One drawn line of a table, horizontal (``y0 == y1``) or vertical (``x0 == x1``)."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_horizontal(self) -> bool:
        return abs(self.y1 - self.y0) <= abs(self.x1 - self.x0)


class PageSource(StrEnum):
    """Where a page's words come from."""

    PDF = "pdf"  # a text layer
    SCAN = "scan"  # OCR of a page image
    OFFICE = (
        "office"  # a Word document or a workbook: cells are exact, boxes are of the drawn sheet
    )
    TEXT = "text"  # a page-text file: lines only, no ruling lines; boxes are of the drawn text


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``text`` holds the words of ``words`` in the same order, line by line.

    ``turn`` is how often a scan must be turned clockwise by a quarter to be upright; the boxes
    are those of the paper as it lay.
    """

    number: int
    width: float
    height: float
    source: PageSource
    words: tuple[Word, ...]
    rulings: tuple[Ruling, ...]
    text: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read. ``id`` is the SHA-256 of its bytes; ``name`` is only a label."""

    id: str
    name: str
    pages: tuple[Page, ...] = field(repr=False)

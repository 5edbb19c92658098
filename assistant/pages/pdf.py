"""One PDF page → its words and ruling lines, in the coordinates of the page as shown.

Only :mod:`assistant.pages.document` uses this; it holds the lock that PyMuPDF needs.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from assistant.pages.grid import (
    Wall,
    build_grid,
    draws_columns,
    lines_of,
    rulings_of,
    split_rulings,
)
from assistant.pages.page_text import ems
from schemas.geometry import Box, Page, PageSource, Ruling, Word

MAX_DRAWINGS = 20_000  # on one page; more is a drawing, not a form, and its lines are left out
_SHORTEST = 0.3  # a stroke shorter than this is a dot
_THIN = 3.0  # a filled rectangle thinner than this is a line
_VECTOR = 3  # the type of a block that is no text but a drawn shape
_GAP = 0.3  # of the print's size: it parts words where no columns are drawn

Place = tuple[float, float, float, float]  # x0, y0, x1, y1 of a character's box
Stroke = tuple[float, float, float, float]  # x0, y0, x1, y1 of a line along its middle


def text_flags() -> int:
    """What MuPDF is to collect in its one pass over a page: the words, and the shapes drawn."""
    return int(mupdf().TEXTFLAGS_WORDS | mupdf().TEXT_COLLECT_VECTORS)


@cache
def mupdf() -> Any:
    """PyMuPDF, imported on first use and silent: its warnings are not for our users."""
    import pymupdf

    tools: Any = pymupdf.TOOLS
    tools.mupdf_display_errors(False)
    tools.mupdf_display_warnings(False)
    return pymupdf


def mupdf_errors() -> tuple[type[Exception], ...]:
    """What PyMuPDF raises for a file that it cannot read."""
    return RuntimeError, ValueError, TypeError, mupdf().mupdf.FzErrorBase


def vector_page(page: Any, number: int, raw: list[Any], text_page: Any) -> Page:
    """``raw`` are the words of ``text_page``, the page's text as MuPDF extracted it once."""
    strokes = _strokes(page, text_page)
    if page.rotation:  # text and drawings come in the coordinates of the page before it is turned
        raw = [(*_turned(page, w[:4]), *w[4:]) for w in raw]
        strokes = [_turned(page, s) for s in strokes]
    across, down = split_rulings(strokes)
    rulings = rulings_of(across, down)
    if not draws_columns(rulings):
        raw = _words_by_gaps(page, text_page)
    lines = _lines(_split_at_borders(page, text_page, raw, down))
    words = tuple(word for line in lines for word in line)
    if _scattered(words):
        lines = reading_order(words, rulings)
        words = tuple(word for line in lines for word in line)
    text = "\n".join(" ".join(w.text for w in line) for line in lines)
    size = page.rect
    return Page(number, size.width, size.height, PageSource.PDF, words, tuple(rulings), text)


def _turned(page: Any, box: Sequence[float]) -> tuple[float, float, float, float]:
    r = (mupdf().Rect(*box) * page.rotation_matrix).normalize()
    return r.x0, r.y0, r.x1, r.y1


def _words_by_gaps(page: Any, text_page: Any) -> list[Any]:
    """The words of a page that draws no columns, in the shape of ``get_text("words")``.

    MuPDF keeps Chinese text on one line together over gaps of most of a glyph's width.
    """
    words: list[Any] = []
    for number, line in _raw_lines(page, text_page):
        run: list[tuple[Place, str]] = []
        reach = 0.0
        for place, char, size in line:
            if run and (char.isspace() or place[0] - reach > _GAP * size):
                words.append((*_joined(run), *number, 0))
                run = []
            if not char.isspace():
                reach = max(reach, place[2]) if run else place[2]
                run.append((place, char))
        if run:
            words.append((*_joined(run), *number, 0))
    return words


def _joined(run: Sequence[tuple[Place, str]]) -> tuple[float, float, float, float, str]:
    """Characters → the box around them, and their text."""
    x0, y0, x1, y1 = zip(*[place for place, _ in run], strict=True)
    return min(x0), min(y0), max(x1), max(y1), "".join([char for _, char in run])


def _raw_lines(
    page: Any, text_page: Any, wanted: Collection[float] | None = None
) -> Iterator[tuple[tuple[int, int], list[tuple[Place, str, float]]]]:
    """Each text line's number and its characters, with their boxes and sizes; only the lines
    at one of the heights ``wanted``."""
    turned = bool(page.rotation)
    for b, block in enumerate(text_page.extractRAWDICT()["blocks"]):
        for n, line in enumerate(block.get("lines", ())):
            if wanted is not None:
                _, top, _, bottom = _turned(page, line["bbox"]) if turned else line["bbox"]
                if not any(top < y < bottom for y in wanted):
                    continue
            yield (
                (b, n),
                [
                    (_turned(page, c["bbox"]) if turned else c["bbox"], c["c"], span["size"])
                    for span in line["spans"]
                    for c in span["chars"]
                ],
            )


def _split_at_borders(
    page: Any, text_page: Any, raw: list[Any], walls: Sequence[Wall]
) -> Iterator[tuple[tuple[int, int], Word]]:
    """The words with the text line each belongs to; none of them crosses a vertical line."""
    crossing = _crossings(raw, walls)
    pieces = _pieces(page, text_page, raw, crossing) if crossing else {}
    covering = _watermarks(raw)
    for position, (x0, y0, x1, y1, text, block, line, _) in enumerate(raw):
        if position in covering:
            continue
        for word in pieces.get(position) or (Word(text, Box(x0, y0, x1, y1)),):
            for part in _parted(word) if any(map(str.isspace, word.text)) else (word,):
                yield (block, line), part


def _parted(word: Word) -> Iterator[Word]:
    """The runs of a word that holds wide spaces, which MuPDF takes for glyphs; each as wide as
    its share of the characters."""
    x0, y0, x1, y1 = word.box
    width = (x1 - x0) / (ems(word.text) or 1)
    for run in re.finditer(r"\S+", word.text):
        left = x0 + width * ems(word.text[: run.start()])
        yield word._replace(text=run[0], box=Box(left, y0, left + width * ems(run[0]), y1))


def _lines(words: Iterator[tuple[tuple[int, int], Word]]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    last: tuple[int, int] | None = None
    for line, word in words:
        if line == last:
            lines[-1].append(word)
        else:
            lines.append([word])
            last = line
    return lines


def _watermarks(raw: Sequence[Any]) -> set[int]:
    """Words in giant print that lie over other words."""
    heights = sorted(w[3] - w[1] for w in raw)
    if not heights:
        return set()
    giant = 3 * heights[len(heights) // 2]
    out: set[int] = set()
    for position, (x0, y0, x1, y1, *_) in enumerate(raw):
        if y1 - y0 < giant:
            continue
        if any(
            x0 < (w[0] + w[2]) / 2 < x1 and y0 < (w[1] + w[3]) / 2 < y1
            for other, w in enumerate(raw)
            if other != position
        ):
            out.add(position)
    return out


def _scattered(words: Sequence[Word]) -> bool:
    """Whether the words come in no order: they often jump up the page by far."""
    jumps = sum(a.box.y0 - b.box.y0 > 40 for a, b in pairwise(words))
    return jumps > max(4, len(words) // 20)


def reading_order(words: Sequence[Word], rulings: Sequence[Ruling]) -> list[list[Word]]:
    """The printed lines from top to bottom, a cell's lines together."""
    grid = build_grid(words, rulings)
    parts: list[tuple[float, float, list[list[Word]]]] = [
        (c.box.y0, c.box.x0, c.lines) for c in grid.cells if c.words
    ]
    for line in lines_of(grid.outside):
        parts.append((line[0].box.y0, line[0].box.x0, [line]))
    return [line for _, _, lines in sorted(parts, key=lambda p: p[:2]) for line in lines]


def _strokes(page: Any, text_page: Any) -> list[Stroke]:
    """The lines of the page: strokes, outlines of rectangles, and thin filled shapes.

    They come with the text, in one pass over the page; where that gives no more than a box
    around an outline, the drawings are read once more, item by item.
    """
    vectors = [v for v in text_page.extractBLOCKS() if v[6] == _VECTOR]
    if len(vectors) > MAX_DRAWINGS:
        return []
    out: list[Stroke] = []
    for x0, y0, x1, y1, what, _, _ in vectors:
        if "stroked" not in what:
            _add(out, x0, y0, x1, y1)
            continue
        width, height = x1 - x0, y1 - y0
        thickness = min(width, height)
        if thickness > _THIN or "is-rect: true" not in what:
            return _drawn_strokes(page)
        half = thickness / 2  # the box holds the stroke's width on either side and at both ends
        if height > width:
            out.append((x0 + half, y0 + half, x0 + half, y1 - half))
        elif width - thickness >= _SHORTEST:
            out.append((x0 + half, y0 + half, x1 - half, y0 + half))
    return out


def _drawn_strokes(page: Any) -> list[Stroke]:
    drawings = page.get_cdrawings()
    if len(drawings) > MAX_DRAWINGS:
        return []
    out: list[Stroke] = []
    for drawing in drawings:
        x0, y0, x1, y1 = drawing["rect"]
        if drawing["type"] == "f":
            if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
                _add(out, x0, y0, x1, y1)
            else:
                _add_thin(out, drawing["items"])
        else:
            _add_strokes(out, drawing["items"])
    return out


def _add(
    out: list[Stroke], x0: float, y0: float, x1: float, y1: float, shortest: float = _THIN
) -> None:
    """Adds a box that is thin enough as the line along its middle."""
    if x1 < x0:
        x0, x1 = x1, x0
    if y1 < y0:
        y0, y1 = y1, y0
    if y1 - y0 <= x1 - x0:
        if y1 - y0 <= _THIN and x1 - x0 >= shortest:
            y = (y0 + y1) / 2
            out.append((x0, y, x1, y))
    elif x1 - x0 <= _THIN:
        x = (x0 + x1) / 2
        out.append((x, y0, x, y1))


def _add_thin(out: list[Stroke], items: Sequence[Any]) -> None:
    """Thin rectangles of a filled path that holds many."""
    for item in items:
        if item[0] == "re":
            x0, y0, x1, y1 = item[1]
            _add(out, x0, y0, x1, y1)


def _add_strokes(out: list[Stroke], items: Sequence[Any]) -> None:
    for item in items:
        if item[0] == "l":
            (x0, y0), (x1, y1) = item[1], item[2]
            _add(out, x0, y0, x1, y1, shortest=_SHORTEST)
        elif item[0] == "re":
            x0, y0, x1, y1 = item[1]
            if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
                _add(out, x0, y0, x1, y1)
            else:
                out += ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
        elif item[0] == "qu":
            corners = item[1]
            for a, b in ((0, 1), (1, 3), (3, 2), (2, 0)):
                _add(out, *corners[a], *corners[b])


def _crossings(raw: Sequence[Any], walls: Sequence[Wall]) -> dict[int, list[float]]:
    """Words that run across a vertical line: position → the x of the lines inside it."""
    xs = [w.at for w in walls]
    out: dict[int, list[float]] = {}
    for position, word in enumerate(raw):
        x0, y0, x1, y1 = word[:4]
        first = bisect_right(xs, x0 + 1)
        if first < len(xs) and xs[first] < x1 - 1:
            middle = (y0 + y1) / 2
            inside = walls[first : bisect_left(xs, x1 - 1)]
            if cuts := [w.at for w in inside if w.passes(middle)]:
                out[position] = cuts
    return out


def _pieces(
    page: Any, text_page: Any, raw: Sequence[Any], crossing: dict[int, list[float]]
) -> dict[int, list[Word]]:
    """The words that run across lines, cut there by the centres of their characters."""
    heights = {(raw[position][1] + raw[position][3]) / 2 for position in crossing}
    characters = sorted(
        (place, char, (place[0] + place[2]) / 2, (place[1] + place[3]) / 2)
        for _, line in _raw_lines(page, text_page, heights)
        for place, char, _ in line
    )
    out: dict[int, list[Word]] = {}
    for position, cuts in crossing.items():
        x0, y0, x1, y1 = raw[position][:4]
        parts: dict[int, list[tuple[Place, str]]] = {}
        for place, char, x, y in characters:
            if x0 - 0.5 <= x <= x1 + 0.5 and y0 <= y <= y1:
                parts.setdefault(bisect_right(cuts, x), []).append((place, char))
        cut = (_joined(parts[side]) for side in sorted(parts))
        out[position] = [Word(text, Box(*box)) for *box, text in cut]
    return out


def is_image(page: Any, words: int) -> bool:
    """Whether the page is a picture of a page: hardly a word, and an image over most of it."""
    if words > 12:
        return False
    area = abs(page.rect.get_area())
    return any(abs(mupdf().Rect(i["bbox"]).get_area()) > 0.5 * area for i in page.get_image_info())

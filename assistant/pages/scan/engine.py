"""Page images → pages, by OCR on the cells of the table found in the image.

The image is turned upright, its ruling lines are found, and every printed line
of every cell is recognised by itself, so that no line can run across a border;
what stands outside the table is found by the text detector. Boxes are given
back in the coordinates of the page as it was scanned. (rapidocr: PP-OCRv6
small, from its wheel, offline.)
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from assistant.pages.grid import Grid, Wall, build_grid, draws_columns
from assistant.pages.scan.lines import (
    PixelBox,
    cell_ink,
    line_heights,
    text_lines,
    without_borders,
    without_specks,
)
from assistant.pages.scan.rulings import Image, dark, erased, find_skew, find_walls, runs, turned
from assistant.pages.scan.skew import quarter_box, quarter_ruling, turned_box, turned_ruling
from schemas.geometry import Box, Page, PageSource, Ruling, Word

_LOCK = threading.Lock()


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": 3000,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
            # A second thread on crops this small spends most of its time waiting.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            # Most lines of a form are short; by default each is padded to 320 pixels.
            "Rec.rec_img_shape": [3, 48, 64],
            # By default a strip is enlarged until its shorter side has 736 pixels.
            "Det.limit_type": "max",
            "Det.limit_side_len": 1600,
        }
    )
    engine.return_word_box = True  # gives a confidence for each glyph
    return engine


def read_image(samples: bytes, width: int, height: int, dpi: int, number: int) -> Page:
    """Reads a grey page image (``samples``: width x height bytes, ``dpi`` pixels an inch).

    The words' boxes and the ruling lines are in PDF points of the scanned page, also where it
    lies on its side or its head; ``Word.confidence`` is that of the least sure glyph.
    """
    gray = np.frombuffer(samples, np.uint8).reshape(height, width)
    with _LOCK:
        read = _Read(gray, dpi, 0)
        if not read.is_legible:
            read = _the_right_way_up(gray, dpi, read)
    return read.page(number)


def _the_right_way_up(gray: Image, dpi: int, as_it_lies: _Read) -> _Read:
    """The page read as it is turned, if another way makes more sense of a sample of its lines."""
    ways = {turn: _Read(gray, dpi, turn, _SAMPLE) for turn in (1, 2, 3)}
    best = max(ways, key=lambda turn: ways[turn].sureness)
    if not ways[best].is_legible or ways[best].sureness <= as_it_lies.sureness:
        return as_it_lies
    return _Read(gray, dpi, best)


_SAMPLE = 32  # lines
_LEGIBLE = 0.7  # median confidence of a page's words; upright scans have 0.99


class _Read:
    """A page image read after ``turn`` quarter turns clockwise; of ``sample`` lines at most."""

    def __init__(self, gray: Image, dpi: int, turn: int, sample: int | None = None) -> None:
        self.dpi, self.turn = dpi, turn
        self.gray = np.ascontiguousarray(np.rot90(gray, -turn))
        slope = find_skew(self.gray)
        flat = turned(self.gray, slope)
        self.angle = math.atan(slope)
        self.scan = _Scan(flat, dpi, *find_walls(flat, dpi))
        self.lines = self.scan.read(sample)

    @property
    def words(self) -> list[Word]:
        return [word for line in self.lines for word in line]

    @property
    def sureness(self) -> float:
        """The median confidence of the words, 0 where these are mostly single glyphs."""
        if not self.words or np.median([len(w.text) for w in self.words]) <= 1:
            return 0.0
        return float(np.median([w.confidence for w in self.words]))

    @property
    def is_legible(self) -> bool:
        return not self.words or self.sureness >= _LEGIBLE

    def page(self, number: int) -> Page:
        height, width = (side * 72 / self.dpi for side in self.gray.shape)
        centre = (width / 2, height / 2)
        boxes = (turned_box(w.box, centre, self.angle) for w in self.words)
        rulings = (turned_ruling(r, centre, self.angle) for r in self.scan.rulings())
        size = (width, height)
        return Page(
            number=number,
            width=size[self.turn % 2],
            height=size[1 - self.turn % 2],
            source=PageSource.SCAN,
            words=tuple(
                w._replace(box=quarter_box(box, width, height, -self.turn))
                for w, box in zip(self.words, boxes, strict=True)
            ),
            rulings=tuple(quarter_ruling(r, width, height, -self.turn) for r in rulings),
            text="\n".join(" ".join(w.text for w in line) for line in self.lines),
            turn=self.turn,
        )


@dataclass(slots=True)
class _Scan:
    """One upright page image with its ruling lines (pixels)."""

    gray: Image
    dpi: int
    across: list[Wall]
    down: list[Wall]

    def rulings(self) -> list[Ruling]:
        s = 72 / self.dpi
        across = [Ruling(a * s, w.at * s, b * s, w.at * s) for w in self.across for a, b in w.spans]
        return across + [
            Ruling(w.at * s, a * s, w.at * s, b * s) for w in self.down for a, b in w.spans
        ]

    def read(self, sample: int | None = None) -> list[list[Word]]:
        """The printed lines, in reading order, each as its words; about ``sample`` of them."""
        grid = build_grid((), self.rulings())
        clean = erased(self.gray, self.across, self.down)
        found = self._outside(clean, grid) + self._inside(clean, grid)
        boxes = [b for box in found if (b := self._clipped(box))]
        boxes = boxes[:: max(1, len(boxes) // sample)] if sample else boxes
        return self._recognised(clean, boxes)

    def _clipped(self, box: PixelBox) -> PixelBox | None:
        height, width = self.gray.shape
        x0, y0, x1, y1 = box
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else None

    def _inside(self, clean: Image, grid: Grid) -> list[PixelBox]:
        """The printed lines of every cell."""
        cells = [_pixels(c.box, self.dpi, inset=3) for c in grid.cells]
        pieces = [cell_ink(clean[y0:y1, x0:x1]) for x0, y0, x1, y1 in cells]
        pieces = [without_specks(piece) if piece.size else piece for piece in pieces]
        pitch = _pitch(pieces, self.dpi)
        pieces = [without_borders(p, pitch) if p.size else p for p in pieces]
        out: list[PixelBox] = []
        ruled = draws_columns(self.rulings())
        for (x, y, _, _), piece in zip(cells, pieces, strict=True):
            if piece.size:
                lines = text_lines(piece, pitch)
                if not ruled:  # then a cell is a whole row, and gaps part what stands in it
                    lines = [part for line in lines for part in _parted(piece, line, pitch)]
                out += [(x + a, y + b, x + c, y + d) for a, b, c, d in lines]
        return out

    def _outside(self, clean: Image, grid: Grid) -> list[PixelBox]:
        """The printed lines outside the table, as the text detector sees them."""
        rest = clean.copy()
        for cell in grid.cells:
            x0, y0, x1, y1 = _pixels(cell.box, self.dpi, inset=-2)
            rest[max(y0, 0) : y1, max(x0, 0) : x1] = 255
        boxes: list[PixelBox] = []
        for x, y, part in _parts(rest, self.dpi):
            found = _engine()(_colour(part), use_det=True, use_cls=False, use_rec=False)
            for x0, y0, x1, y1 in map(_bounds, () if found.boxes is None else found.boxes):
                boxes.append((x0 + x, y0 + y, x1 + x, y1 + y))
        return _joined(boxes)

    def _recognised(self, clean: Image, boxes: Sequence[PixelBox]) -> list[list[Word]]:
        if not boxes:
            return []
        read = _engine().recognize_txt([_crop(clean, box) for box in boxes])
        lines = []
        for box, text, info in zip(boxes, read.txts, read.word_results, strict=True):
            sure = min(info.confs) if info is not None and info.confs else 0.0
            if text := full_width(text, _first_advance(clean, box)).strip():
                lines.append(_words(text, box, sure, 72 / self.dpi))
        return lines


def _parted(ink: Image, line: PixelBox, pitch: float) -> list[PixelBox]:
    """The parts of a printed line between gaps that no punctuation leaves."""
    x0, y0, x1, y1 = line
    inked = np.flatnonzero(ink[y0:y1, x0:x1].any(axis=0))
    groups = np.split(inked, np.flatnonzero(np.diff(inked) > 1.2 * pitch) + 1)
    return [(x0 + int(g[0]), y0, x0 + int(g[-1]) + 1, y1) for g in groups if len(g)]


def _pixels(box: Box, dpi: int, inset: int) -> PixelBox:
    x0, y0, x1, y1 = (round(v * dpi / 72) for v in box)
    return max(x0 + inset, 0), max(y0 + inset, 0), x1 - inset, y1 - inset


def _bounds(corners: Any) -> PixelBox:
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    return int(min(xs)), int(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))


def _colour(gray: Image) -> Image:
    return np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _joined(boxes: Sequence[PixelBox]) -> list[PixelBox]:
    """Boxes in reading order; those of one line that nearly touch are one."""
    lines: list[list[PixelBox]] = []
    for box in sorted(boxes, key=lambda b: b[1] + b[3]):
        last = lines[-1][-1] if lines else None
        if last and min(box[3], last[3]) - max(box[1], last[1]) > 0.6 * (box[3] - box[1]):
            lines[-1].append(box)
        else:
            lines.append([box])
    out: list[PixelBox] = []
    for line in lines:
        row: list[PixelBox] = []
        for x0, y0, x1, y1 in sorted(line):
            if row and x0 - row[-1][2] < 1.2 * (y1 - y0):
                a0, b0, a1, b1 = row[-1]
                row[-1] = (a0, min(b0, y0), max(a1, x1), max(b1, y1))
            else:
                row.append((x0, y0, x1, y1))
        out += row
    return out


def _parts(gray: Image, dpi: int) -> list[tuple[int, int, Image]]:
    """The stretches of a page that hold ink, with their places: the detector's time goes by
    area, and above and below a table there is little but a title."""
    rows = np.flatnonzero(without_specks(dark(gray), dpi // 16).any(axis=1))
    parts: list[tuple[int, int, Image]] = []
    for group in np.split(rows, np.flatnonzero(np.diff(rows) > dpi) + 1):
        if len(group):
            top, bottom = max(int(group[0]) - dpi // 8, 0), int(group[-1]) + dpi // 8
            parts.append((0, top, gray[top:bottom]))
    return parts


def _crop(gray: Image, box: PixelBox) -> Image:
    x0, y0, x1, y1 = box
    pad = max(3, (y1 - y0) // 5)
    return _colour(gray[max(y0 - pad, 0) : y1 + pad, max(x0 - 3, 0) : x1 + 3])


def _pitch(pieces: Sequence[Image], dpi: int) -> float:
    """About the height of a printed line: the median over the cells."""
    heights = [h for piece in pieces if piece.size for h in line_heights(piece)]
    likely = [h for h in heights if dpi / 72 * 4 <= h <= dpi / 72 * 20]
    return float(np.median(likely)) if likely else dpi / 72 * 9


_WIDE = str.maketrans("(),:;?!<>", "（），：；？！＜＞")
_CHINESE = re.compile(r"[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef“”]")


def full_width(text: str, advance: float = 0.0) -> str:
    """Punctuation beside Chinese in its Chinese width, which the recogniser does not tell.

    A comparison sign at the start is wide if the print after it begins most of a glyph's
    height away (``advance``, in heights of the line).
    """
    text = text.strip("·•")  # dirt
    out = list(text)
    for i, char in enumerate(text):
        beside = text[max(i - 1, 0) : i] + text[i + 1 : i + 2]
        if char in "(),:;?!<>" and _CHINESE.search(beside):
            out[i] = char.translate(_WIDE)
    if out and out[0] in "<>" and advance > 0.72:
        out[0] = out[0].translate(_WIDE)
    return "".join(out)


def _first_advance(gray: Image, box: PixelBox) -> float:
    """From the start of the line's first stroke to that of the next, in heights of the line."""
    x0, y0, x1, y1 = box
    columns = (dark(gray[y0:y1, x0:x1]) > 0).sum(axis=0) > 0
    starts = [a for a, _ in runs(columns)]
    return (starts[1] - starts[0]) / (y1 - y0) if len(starts) > 1 else 0.0


def _words(text: str, box: PixelBox, sure: float, scale: float) -> list[Word]:
    """One recognised line as words, the line's box shared out by the width of the glyphs."""
    x0, y0, x1, y1 = (v * scale for v in box)
    widths = [1.0 if ord(c) > 0x2E7F else 0.55 for c in text]
    step = (x1 - x0) / sum(widths)
    words: list[Word] = []
    at = x0
    start, run = x0, ""
    for char, width in zip(text + " ", [*widths, 0.0], strict=True):
        if char.isspace():
            if run:
                words.append(Word(run, Box(start, y0, at, y1), sure))
            run, start = "", at + width * step
        else:
            run += char
        at += width * step
    return words

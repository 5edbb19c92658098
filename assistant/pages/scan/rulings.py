"""A page image → its skew and its ruling lines. Pure image work (OpenCV).

Lengths are pixels here. Long horizontal lines are found by morphological
opening; vertical ones band by band between them, as columns that are dark over
nearly the whole height of the band, which no glyph is. What is attached to
nothing is a stroke of a glyph or an underline and is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.pages.grid import Wall, walls_of

Image = NDArray[np.uint8]
_MAX_SKEW = 0.1  # as a slope; a page turned further is not skewed but laid down
_THICK = 9  # no ruling line is thicker
_STRAY = 7  # how far a line may lie from where it is on the whole
_STRETCH = 60
_NEAR = 12  # ends this close to a line are on it


def dark(gray: Image) -> Image:
    """255 where there is ink, on whatever shade the paper has there."""
    return np.asarray(
        cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 35, 14),
        dtype=np.uint8,
    )


def _horizontal(ink: Image, length: int) -> Image:
    """The ink that belongs to strokes at least ``length`` wide."""
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return np.asarray(opened, dtype=np.uint8)


def _pieces(ink: Image) -> list[tuple[int, int, int, int]]:
    """Boxes (x, y, width, height) of the connected pieces."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]


def find_skew(gray: Image) -> float:
    """The slope of the page's horizontal lines (0 where there are none to tell)."""
    strokes = _horizontal(dark(gray), 60)
    slopes: list[tuple[float, int]] = []
    for x, y, w, h in _pieces(strokes):
        if w < gray.shape[1] // 8 or h > w * _MAX_SKEW + 4 * _THICK:
            continue
        rows, columns = np.nonzero(strokes[y : y + h, x : x + w])
        slopes.append((float(np.polyfit(columns, rows, 1)[0]), w))
    if not slopes:
        return 0.0
    slopes.sort()
    half = sum(w for _, w in slopes) / 2
    for slope, w in slopes:
        half -= w
        if half <= 0:
            return slope if abs(slope) <= _MAX_SKEW else 0.0
    return 0.0


def turned(gray: Image, slope: float) -> Image:
    """The image turned about its centre so that lines of that slope lie flat."""
    if abs(slope) < 2e-4:
        return gray
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.degrees(np.arctan(slope))), 1)
    paper = int(np.median(gray))
    flat = cv2.warpAffine(
        gray, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )  # fmt: skip
    return np.asarray(flat, dtype=np.uint8)


def find_walls(gray: Image, dpi: int) -> tuple[list[Wall], list[Wall]]:
    """The ruling lines of an upright page: horizontal walls by y, vertical walls by x."""
    ink = dark(gray)
    gap = dpi / 72 * 8
    pieces = [
        (y + (h - 1) / 2, float(x), float(x + w))
        for x, y, w, h in _pieces(_horizontal(ink, dpi // 5))
        if h <= _THICK + 2
    ]
    across = [_bridged(w, ink.T) for w in walls_of(pieces, snap=4, gap=gap)]
    down = [_bridged(w, ink) for w in _vertical(ink, across, dpi)]
    down = [w for w in (_attached(w, across, 0) for w in down) if w.spans]
    across = [w for w in (_attached(w, down, gray.shape[1] * 0.3) for w in across) if w.spans]
    return across, down


def _vertical(ink: Image, across: Sequence[Wall], dpi: int) -> list[Wall]:
    """Columns that are dark from one horizontal line to the next. A glyph keeps off the lines
    above and below it, so that both ends must be dark as well."""
    wide = cv2.dilate(ink, np.ones((1, 3), np.uint8)) > 0
    pieces: list[tuple[float, float, float]] = []
    skipped = 0.0
    for upper, lower in pairwise(sorted(w.at for w in across)):
        top, bottom = _between(wide, round(upper), round(lower))
        if bottom - top < dpi // 16:
            skipped = max(skipped, lower - upper)
            continue
        solid = wide[top:bottom].mean(axis=0) >= 0.92
        ends = wide[top : top + 3].all(axis=0) & wide[bottom - 3 : bottom].all(axis=0)
        for start, end in runs(solid & ends):
            if end - start <= _THICK + 2:
                pieces.append(((start + end - 1) / 2, upper, lower))
    return walls_of(pieces, snap=5, gap=max(skipped, 3.0) + 1)


def _bridged(wall: Wall, ink: Image) -> Wall:
    """The wall's stretches joined over gaps in which most of the line is printed after all.
    ``ink`` lies so that the wall runs down it."""
    x = round(wall.at)
    line = (ink[:, max(x - 4, 0) : x + 5] > 0).sum(axis=1) > 0
    spans = [wall.spans[0]]
    for start, end in wall.spans[1:]:
        gap = line[int(spans[-1][1]) : int(start)]
        column = _straight(ink, x, int(spans[-1][1]), int(start))
        if gap.mean() > 0.9 and column > 0.86:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return Wall(wall.at, tuple(spans))


def _straight(ink: Image, x: int, start: int, end: int) -> float:
    """How much of a stretch its darkest column fills: text has no such column."""
    stretch = ink[start:end, max(x - 5, 0) : x + 6] > 0
    wide = stretch[:, :-1] | stretch[:, 1:]
    return float(wide.mean(axis=0).max()) if wide.size else 0.0


def _between(wide: NDArray[np.bool_], upper: int, lower: int) -> tuple[int, int]:
    """The rows between two lines, without the rows that the lines themselves blacken."""
    share = wide[upper : lower + 1].mean(axis=1)
    line = share >= max(0.3, float(np.median(share)) + 0.2)
    top, bottom = 2, len(line) - 2
    while top < min(9, bottom) and line[top]:
        top += 1
    while bottom > max(len(line) - 9, top) and line[bottom - 1]:
        bottom -= 1
    return upper + top, upper + bottom


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The stretches (start, end) that are true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _attached(wall: Wall, others: Sequence[Wall], long: float) -> Wall:
    """The stretches of ``wall`` that begin and end on one of ``others``, or are long."""

    def on_a_line(position: float) -> bool:
        return any(
            abs(o.at - position) <= _NEAR
            and any(a - _NEAR <= wall.at <= b + _NEAR for a, b in o.spans)
            for o in others
        )

    spans = [
        (a, b) for a, b in wall.spans if (long and b - a >= long) or (on_a_line(a) and on_a_line(b))
    ]
    return Wall(wall.at, tuple(spans))


def erased(gray: Image, across: Sequence[Wall], down: Sequence[Wall]) -> Image:
    """The image without its ruling lines, each followed where it strays."""
    clean = gray.copy()
    ink = dark(gray) > 0
    for wall in across:
        for a, b in wall.spans:
            _erase(clean, ink, round(wall.at), (int(a) - 2, int(b) + 3))
    for wall in down:
        for a, b in wall.spans:
            _erase(clean.T, ink.T, round(wall.at), (int(a) - 2, int(b) + 3))
    return clean


def _erase(clean: Image, ink: NDArray[np.bool_], at: int, span: tuple[int, int]) -> None:
    """Paints over the line in row ``at``, stretch by stretch where it is darkest, with the
    shade of the paper beside it."""
    low, high = max(at - _STRAY, 0), at + _STRAY + 1
    for start in range(max(span[0], 0), span[1], _STRETCH):
        end = min(start + _STRETCH, span[1])
        share = ink[low:high, start:end].mean(axis=1)
        if not len(share):
            continue
        row = low + int(np.argmax(share)) if share.max() > 0.6 else at
        beside = clean[max(row - 8, 0) : row + 9, start:end]
        clean[max(row - 3, 0) : row + 4, start:end] = int(np.percentile(beside, 70))

"""The ink of a cell → its printed lines. Pure image work.

What is left of a border, and dirt, is cleared first: a scan has both.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.pages.scan.rulings import Image, runs

_SPECK = 9  # pixels; smaller marks are dirt
_EDGE = 7  # pixels; what is left of a border lies this close to it

PixelBox = tuple[int, int, int, int]


def cell_ink(gray: Image) -> Image:
    """The ink of one cell: what is darker than the cell's own paper, shaded or not."""
    if not gray.size:
        return gray
    paper = float(np.percentile(gray, 60))
    return np.where(gray < paper - max(25.0, 0.2 * paper), 255, 0).astype(np.uint8)


def without_specks(ink: Image, smallest: int = 0) -> Image:
    """The ink without marks of a few pixels, or those less than ``smallest`` high and wide."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    keep = np.zeros(count, np.uint8)
    size = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    large = (stats[1:, cv2.CC_STAT_AREA] >= _SPECK) & (size >= smallest)
    keep[1:] = np.where(large, 255, 0)
    return np.asarray(keep[labels], dtype=np.uint8)


def without_borders(ink: Image, pitch: float) -> Image:
    """A cell's ink without the remains of its borders: thin strokes along an edge, longer than
    any stroke of a glyph (``pitch`` is about the height of one)."""
    height, width = ink.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for i in range(1, count):
        x, y, w, h = (int(v) for v in stats[i, :4])
        beside = x + w <= _EDGE or x >= width - _EDGE
        along = y + h <= _EDGE or y >= height - _EDGE
        if (beside and w <= _EDGE and h > min(1.3 * pitch, 0.8 * height)) or (
            along and h <= _EDGE and w > min(1.5 * pitch, 0.8 * width)
        ):
            ink = np.where(labels == i, 0, ink).astype(np.uint8)
    return ink


def line_heights(ink: Image) -> list[int]:
    """The heights of the stretches of rows that hold ink."""
    return [end - start for start, end in runs((ink > 0).sum(axis=1) > 0)]


def text_lines(ink: Image, pitch: float) -> list[PixelBox]:
    """Boxes (x0, y0, x1, y1) of the printed lines in a cell's ink, top to bottom.

    ``pitch`` is about the height of a line on this page; pieces of one glyph that
    lie apart (二, ：) are put together by it, and lines that touch are cut by it.
    """
    rows = (ink > 0).sum(axis=1)
    merged: list[list[int]] = []
    for start, end in runs(rows >= 1):
        if merged and end - merged[-1][0] <= 1.15 * pitch:
            merged[-1][1] = end
        else:
            merged.append([start, end])
    boxes: list[PixelBox] = []
    for start, end in merged:
        for top, bottom in _cut_lines(rows, start, end, pitch):
            if box := _trimmed(ink, top, bottom, pitch):
                boxes.append(box)
    return boxes


def _trimmed(ink: Image, top: int, bottom: int, pitch: float) -> PixelBox | None:
    """The box of a line without the dots that lie far from its text; None if it is but a dot."""
    parts = runs((ink[top:bottom] > 0).sum(axis=0) > 0)
    while len(parts) > 1 and _is_dot(ink[top:bottom], parts[0], pitch):
        if parts[1][0] - parts[0][1] < 0.7 * pitch:
            break
        parts = parts[1:]
    while len(parts) > 1 and _is_dot(ink[top:bottom], parts[-1], pitch):
        if parts[-1][0] - parts[-2][1] < 0.7 * pitch:
            break
        parts = parts[:-1]
    if not parts or (len(parts) == 1 and _is_dot(ink[top:bottom], parts[0], pitch)):
        return None
    return parts[0][0], top, parts[-1][1], bottom


def _is_dot(line: Image, part: tuple[int, int], pitch: float) -> bool:
    rows = np.flatnonzero((line[:, part[0] : part[1]] > 0).any(axis=1))
    size = max(part[1] - part[0], int(rows[-1] - rows[0]) + 1)
    return size < 0.3 * pitch


def _cut_lines(rows: NDArray[np.int_], start: int, end: int, pitch: float) -> list[tuple[int, int]]:
    count = round((end - start) / (1.2 * pitch))
    if count <= 1 or end - start < 1.75 * pitch:
        return [(start, end)]
    cuts = [start]
    for k in range(1, count):
        middle = start + (end - start) * k / count
        low, high = int(middle - 0.3 * pitch), int(middle + 0.3 * pitch) + 1
        cuts.append(low + int(np.argmin(rows[low:high])))
    cuts.append(end)
    return list(pairwise(cuts))

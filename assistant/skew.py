"""Skewed pages → upright ones for the reader, and its evidence back to the page. Pure.

A scan keeps the coordinates of the paper as it lay; its ruling lines tell by
how much it is turned.
"""

from __future__ import annotations

import math
from dataclasses import replace

from schemas.geometry import Box, Page, PageSource, Ruling
from schemas.readings import Evidence

Point = tuple[float, float]


def skew_of(page: Page) -> float:
    """The angle (radians) of the page's longest horizontal ruling line; 0 but for scans."""
    if page.source is not PageSource.SCAN:
        return 0.0
    across = [r for r in page.rulings if r.is_horizontal]
    if not across:
        return 0.0
    longest = max(across, key=lambda r: r.x1 - r.x0)
    return math.atan2(longest.y1 - longest.y0, longest.x1 - longest.x0)


def upright(page: Page) -> Page:
    """The page with its lines level."""
    angle = -skew_of(page)
    if not angle:
        return page
    middle = _middle(page)
    return replace(
        page,
        words=tuple(w._replace(box=turned_box(w.box, middle, angle)) for w in page.words),
        rulings=tuple(turned_ruling(r, middle, angle) for r in page.rulings),
    )


def as_scanned(evidence: Evidence, page: Page, angle: float) -> Evidence:
    """Evidence found on the upright page, as a place on ``page`` (turned by ``angle``)."""
    if not angle or evidence.bbox is None:
        return evidence
    box = turned_box(Box(*evidence.bbox), _middle(page), angle)
    x0, y0, x1, y1 = (round(v, 2) for v in box)
    return evidence.model_copy(update={"bbox": (x0, y0, x1, y1)})


def turned_box(box: Box, middle: Point, angle: float) -> Box:
    """``box`` with its centre turned about ``middle`` by ``angle``; its size is kept."""
    x, y = _turn(*box.centre, middle, angle)
    w, h = box.width / 2, box.height / 2
    return Box(x - w, y - h, x + w, y + h)


def turned_ruling(ruling: Ruling, middle: Point, angle: float) -> Ruling:
    x0, y0 = _turn(ruling.x0, ruling.y0, middle, angle)
    x1, y1 = _turn(ruling.x1, ruling.y1, middle, angle)
    return Ruling(x0, y0, x1, y1)


def _middle(page: Page) -> Point:
    return page.width / 2, page.height / 2


def _turn(x: float, y: float, middle: Point, angle: float) -> Point:
    dx, dy = x - middle[0], y - middle[1]
    cos, sin = math.cos(angle), math.sin(angle)
    return middle[0] + dx * cos - dy * sin, middle[1] + dx * sin + dy * cos

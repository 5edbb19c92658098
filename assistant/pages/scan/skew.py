"""Skewed and turned pages → upright ones for the reader, and its evidence back to the page. Pure.

A scan keeps the coordinates of the paper as it lay; its ruling lines tell by
how much it is turned, and the page by how many quarters.
"""

from __future__ import annotations

import math
from dataclasses import replace

from schemas.geometry import Box, Page, PageSource, Ruling
from schemas.readings import Evidence

Point = tuple[float, float]


def skew_of(page: Page) -> float:
    """The angle (radians) of the page's longest horizontal ruling line, when its quarter turns
    are undone; 0 but for scans."""
    if page.source is not PageSource.SCAN:
        return 0.0
    across = [r for r in _quartered(page).rulings if r.is_horizontal]
    if not across:
        return 0.0
    longest = max(across, key=lambda r: r.x1 - r.x0)
    return math.atan2(longest.y1 - longest.y0, longest.x1 - longest.x0)


def upright(page: Page) -> Page:
    """The page the right way up with its lines level."""
    angle = -skew_of(page)
    page = _quartered(page)
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
    if not (angle or page.turn) or evidence.bbox is None:
        return evidence
    straight = _quartered(page)
    box = turned_box(Box(*evidence.bbox), _middle(straight), angle)
    box = quarter_box(box, straight.width, straight.height, -page.turn)
    x0, y0, x1, y1 = (round(v, 2) for v in box)
    return evidence.model_copy(update={"bbox": (x0, y0, x1, y1)})


def _quartered(page: Page) -> Page:
    """The page with its quarter turns undone."""
    if not page.turn:
        return page
    size = page.width, page.height
    words = (w._replace(box=quarter_box(w.box, *size, page.turn)) for w in page.words)
    return replace(
        page,
        width=size[page.turn % 2],
        height=size[1 - page.turn % 2],
        words=tuple(words),
        rulings=tuple(quarter_ruling(r, *size, page.turn) for r in page.rulings),
        turn=0,
    )


def quarter_box(box: Box, width: float, height: float, turn: int) -> Box:
    """``box`` on a page of ``width`` x ``height`` that is turned clockwise by quarters."""
    (xa, ya), (xb, yb) = (_quarter(p, width, height, turn) for p in (box[:2], box[2:]))
    return Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))


def quarter_ruling(ruling: Ruling, width: float, height: float, turn: int) -> Ruling:
    """``ruling`` on a page that is turned so; it runs to the right or down."""
    (xa, ya), (xb, yb) = (_quarter(p, width, height, turn) for p in (ruling[:2], ruling[2:]))
    if (xa - xb if abs(xa - xb) >= abs(ya - yb) else ya - yb) > 0:
        return Ruling(xb, yb, xa, ya)
    return Ruling(xa, ya, xb, yb)


def _quarter(point: tuple[float, ...], width: float, height: float, turn: int) -> Point:
    x, y = point
    return ((x, y), (height - y, x), (width - x, height - y), (y, width - x))[turn % 4]


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

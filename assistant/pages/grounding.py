"""A quote → its place on a page. Pure.

The words of a page are compared as one string (:func:`assistant.text.folding.comparable`),
with a map back to the printed words, so that a quote is found over wraps and
through full-width forms, and its box is still that of the glyphs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.folding import comparable
from schemas.geometry import Box, Page, Word
from schemas.readings import Evidence


@dataclass(frozen=True, slots=True)
class _Index:
    text: str
    starts: tuple[int, ...]  # where each word begins in text


def _index(words: Sequence[Word]) -> _Index:
    parts = [comparable(w.text) for w in words]
    starts, at = [], 0
    for part in parts:
        starts.append(at)
        at += len(part)
    return _Index("".join(parts), tuple(starts))


def locate(quote: str, page: Page, *, near: Box | None = None) -> Box | None:
    """The box of ``quote`` on ``page``, or None if it does not stand there.

    Of several places the one closest to ``near`` is taken, else the first.
    """
    wanted = comparable(quote)
    if not wanted:
        return None
    index = _index(page.words)
    found: list[Box] = []
    at = index.text.find(wanted)
    while at >= 0:
        first = bisect_right(index.starts, at) - 1
        last = bisect_right(index.starts, at + len(wanted) - 1) - 1
        box = page.words[first].box
        for word in page.words[first + 1 : last + 1]:
            box = box.union(word.box)
        found.append(box)
        at = index.text.find(wanted, at + 1)
    if not found:
        return None
    return min(found, key=lambda b: _distance(b, near)) if near else found[0]


def _distance(a: Box, b: Box) -> float:
    (ax, ay), (bx, by) = a.centre, b.centre
    return abs(ax - bx) + abs(ay - by)


def ground(quote: str, pages: Sequence[Page]) -> Evidence | None:
    """The first place of ``quote`` on ``pages``."""
    for page in pages:
        if box := locate(quote, page):
            return evidence_of(page, box, quote)
    return None


def evidence_of(page: Page, box: Box, quote: str) -> Evidence:
    """A place on ``page`` as evidence, in hundredths of a point."""
    x0, y0, x1, y1 = box
    place = (round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))
    return Evidence(page=page.number, bbox=place, quote=quote)

"""The parts of pages that belong to a form, where several share one page. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.geometry import Page, Ruling, Word
from schemas.readings import FormSpan


def own_pages(pages: Sequence[Page], span: FormSpan) -> list[Page]:
    """The form's pages among ``pages``, cut to what stands on them of the form."""
    out = [page for page in pages if page.number in span.read_pages]
    if span.top is None and span.bottom is None:
        return out
    tops = {span.read_pages[0]: span.top or 0.0}
    bottoms = {span.read_pages[-1]: span.bottom}
    return [part(page, tops.get(page.number, 0.0), bottoms.get(page.number)) for page in out]


def part(page: Page, top: float, bottom: float | None = None) -> Page:
    """What of ``page`` stands between the heights ``top`` and ``bottom`` (points); the places
    stay those of the page."""
    end = page.height if bottom is None else bottom
    if top <= 0.0 and end >= page.height:
        return page
    lines = [
        (text, words) for text, words in printed_lines(page) if not words or _is_in(words, top, end)
    ]
    return replace(
        page,
        text="\n".join(text for text, _ in lines),
        words=tuple(word for _, words in lines for word in words),
        rulings=tuple(_clipped(page.rulings, top, end)),
    )


def _is_in(words: Sequence[Word], top: float, bottom: float) -> bool:
    return top <= words[0].box.centre[1] < bottom


def printed_lines(page: Page) -> Iterator[tuple[str, list[Word]]]:
    """The lines of the page's text, each with its words."""
    words = iter(page.words)
    for line in page.text.split("\n"):
        yield line, [word for _, word in zip(line.split(), words, strict=False)]


def _clipped(rulings: Sequence[Ruling], top: float, bottom: float) -> Iterator[Ruling]:
    for x0, y0, x1, y1 in rulings:
        if y1 >= top and y0 <= bottom:
            yield Ruling(x0, max(y0, top), x1, min(y1, bottom))

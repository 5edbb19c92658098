"""The deterministic reader: pages → readings, by their geometry or by their text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.pages.collection import uncollected
from assistant.readers.rules.grid import reader as grid
from assistant.readers.rules.text import reader as text
from schemas.geometry import Page, PageSource
from schemas.readings import FormReading, FormSpan, Segmentation


def read(pages: Sequence[Page], segmentation: Segmentation) -> list[FormReading]:
    """Reads every form of a document. ``pages`` are all its pages, in order."""
    by_number = {page.number: page for page in pages}
    return [read_form([by_number[n] for n in s.read_pages], s) for s in segmentation.forms]


def read_form(pages: Sequence[Page], span: FormSpan) -> FormReading:
    """Reads one form from its pages."""
    textual = any(page.source is PageSource.TEXT for page in pages)
    with uncollected():
        return text.read_form(pages, span) if textual else grid.read_form(pages, span)

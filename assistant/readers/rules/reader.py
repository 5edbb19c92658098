"""The deterministic reader: pages → readings, by their geometry or by their text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.pages.collection import uncollected
from assistant.pages.page_text import is_laid_out
from assistant.readers.rules.grid import reader as grid
from assistant.readers.rules.text import reader as text
from schemas.forms.spec import is_open
from schemas.geometry import Page, PageSource
from schemas.readings import Doubt, FormReading, FormSpan, Segmentation


def read(pages: Sequence[Page], segmentation: Segmentation) -> list[FormReading]:
    """Reads every form of a document. ``pages`` are all its pages, in order."""
    by_number = {page.number: page for page in pages}
    return [read_form([by_number[n] for n in s.read_pages], s) for s in segmentation.forms]


def read_form(pages: Sequence[Page], span: FormSpan) -> FormReading:
    """Reads one form from its pages."""
    textual = any(page.source is PageSource.TEXT for page in pages)
    with uncollected():
        if not textual:
            return grid.read_form(pages, span)
        if is_laid_out([page.text for page in pages]):
            return _doubtful(grid.read_form(pages, span), pages)
        return text.read_form(pages, span)


def _doubtful(reading: FormReading, pages: Sequence[Page]) -> FormReading:
    """A reading of columns that were put back together, which are a guess: all of it waits for a
    person, and what has no name of the schema is listed as unread as well."""
    cells = [read for name, read in reading.fields.items() if is_open(name)]
    cells += [r for rows in reading.open_tables.values() for row in rows for r in row.values()]
    unread = [*reading.unread, *(r.evidence for r in cells if r.evidence and r.evidence.quote)]
    left = sum(len("".join(e.quote.split())) for e in unread)
    total = sum(len(w.text) for page in pages for w in page.words)
    update = {"unread": unread, "coverage": round(max(0.0, 1 - left / total), 4) if total else 1.0}
    return text.doubted(reading.model_copy(update=update), Doubt.LAYOUT_TEXT)

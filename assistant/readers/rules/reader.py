"""The deterministic reader: pages → readings, by their geometry or by their text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.pages.collection import uncollected
from assistant.readers.rules.grid import reader as grid
from assistant.readers.rules.text import reader as text
from assistant.text.folding import comparable
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
        in_order = text.read_form(pages, span)
        if not text.is_laid_out(pages):
            return in_order
        return _both(grid.read_form(pages, span), in_order)


def _both(by_place: FormReading, in_order: FormReading) -> FormReading:
    """Text that keeps the columns of its page, read by the places of its words; where no rows
    come of that, by their order. All of it waits for a person."""
    tables = {
        name: rows if len(rows) >= len(by_place.tables.get(name, [])) else by_place.tables[name]
        for name, rows in in_order.tables.items()
    }
    placed = "\n".join(comparable(r.evidence.quote) for r in by_place.fields.values() if r.evidence)
    unread = [e for e in in_order.unread if comparable(e.quote) not in placed]
    update = {
        "fields": {**in_order.fields, **by_place.fields},
        "tables": {**by_place.tables, **tables},
        "totals": {**by_place.totals, **in_order.totals},
        "unread": unread,
    }
    return text.doubted(by_place.model_copy(update=update), Doubt.LAYOUT_TEXT)

"""The rule reader for pages without geometry: labels, and what stands between them. Pure.

Text of an extractor has lines only. Labels are found first
(:mod:`assistant.readers.rules.text.labels`); a value is what lies between its label and
the next one; the bodies of tables are aligned with their columns
(:mod:`assistant.readers.rules.text.alignment`). What is a guess says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.pages.grounding import ground
from assistant.pages.page_text import is_laid_out
from assistant.readers.rules.indicators import settled
from assistant.readers.rules.text.fields import read_fields
from assistant.readers.rules.text.indicators import read_indicators
from assistant.readers.rules.text.labels import (
    Header,
    Mark,
    What,
    find_headers,
    find_marks,
    split_colons,
)
from assistant.readers.rules.text.open import pairs_in_order, stated_year, unread
from assistant.readers.rules.text.runs import Atom, atoms_of, joined
from assistant.readers.rules.text.tables import read_table
from assistant.segmentation.parts import own_pages
from schemas.forms import FORMS, Indicators, Kind
from schemas.geometry import Page
from schemas.readings import Doubt, FormReading, FormSpan, Reading, Row


@dataclass(frozen=True, slots=True)
class _Region:
    """The body of a table: atoms ``start`` to ``end`` under ``header``."""

    header: Header
    end: int


def read_form(pages: Sequence[Page], span: FormSpan) -> FormReading:
    """One form of a page-text file. ``pages`` may hold more pages than the form's own."""
    own = own_pages(pages, span)
    others = [page for page in pages if page.number not in span.pages]
    atoms = split_colons(atoms_of([*own, *others], span.pages, span.title), span.form_type)
    headers = find_headers(atoms, span.form_type)
    marks, in_text = find_marks(atoms, span.form_type)
    regions = _regions(len(atoms), headers, marks)
    free = [m for m in marks if not any(r.header.start <= m.start < r.end for r in regions)]
    stops = [r.header.start for r in regions]
    fields = read_fields(atoms, free, stops, in_text, span.form_type)
    inside = {n for r in regions for n in range(r.header.start, r.end)}
    outside = [a for n, a in enumerate(atoms) if n not in inside]
    fields |= pairs_in_order(outside, fields, span.form_type)
    tables, totals = _read_tables(atoms, regions)
    reading = FormReading(
        reader="rules",
        form_id=span.form_id,
        pages=span.pages,
        form_type=span.form_type,
        fields=_title(own, span) | fields,
        tables=tables,
        totals=totals,
    )
    year = FORMS[span.form_type].roles.budget_year
    if year and year not in reading.fields and (stated := stated_year(atoms)):
        reading.fields[year] = stated
    spans = [(m.start, m.end) for m in marks] + [(h.start, h.end) for h in headers]
    printed = [joined(atoms[start:end]) for start, end in spans]
    reading.unread, reading.coverage = unread(atoms, reading, printed, span.title)
    return (
        doubted(reading, Doubt.LAYOUT_TEXT) if is_laid_out([page.text for page in own]) else reading
    )


def doubted(reading: FormReading, doubt: Doubt) -> FormReading:
    def doubted(cells: dict[str, Reading]) -> dict[str, Reading]:
        return {
            name: r.model_copy(update={"doubts": (*r.doubts, doubt)}) for name, r in cells.items()
        }

    return reading.model_copy(
        update={
            "fields": doubted(reading.fields),
            "tables": {t: [doubted(row) for row in rows] for t, rows in reading.tables.items()},
            "totals": {t: doubted(row) for t, row in reading.totals.items()},
        }
    )


def _title(own: Sequence[Page], span: FormSpan) -> dict[str, Reading]:
    if not span.title:
        return {}
    evidence = ground(span.title, own[:1])
    return {
        FORMS[span.form_type].roles.title: Reading(
            value=span.title, evidence=evidence, doubts=() if evidence else (Doubt.UNGROUNDED,)
        )
    }


def _regions(length: int, headers: Sequence[Header], marks: Sequence[Mark]) -> list[_Region]:
    """Each table goes on to the next header or to a mark that no table holds."""
    out: list[_Region] = []
    for header, following in zip(headers, [*headers[1:], None], strict=False):
        end = following.start if following else length
        inside = [m for m in marks if header.end <= m.start < end]
        for mark, after in zip(inside, [*inside[1:], None], strict=False):
            if _ends_table(mark, after, header):
                end = mark.start
                break
        out.append(_Region(header, end))
    return out


def _ends_table(mark: Mark, after: Mark | None, header: Header) -> bool:
    if mark.what is What.SIDE:
        return not isinstance(header.table, Indicators)
    if mark.label is None:
        return mark.what is What.SECTION
    if mark.label.field.kind is Kind.LONG_TEXT:
        return True
    return after is not None and after.start <= mark.end + 4


def _read_tables(
    atoms: Sequence[Atom], regions: Sequence[_Region]
) -> tuple[dict[str, list[Row]], dict[str, Row]]:
    bodies: dict[tuple[str, tuple[str | None, ...]], tuple[Header, list[Atom]]] = {}
    for region in regions:
        header, body = region.header, list(atoms[region.header.end : region.end])
        # Tables of indicators with other columns are the period's and the year's.
        columns = header.columns if isinstance(header.table, Indicators) else ()
        first, before = bodies.get((header.table.name, columns), (header, []))
        bodies[header.table.name, columns] = first, before + body
    tables: dict[str, list[Row]] = {}
    totals: dict[str, Row] = {}
    for (name, _), (header, body) in bodies.items():
        if isinstance(header.table, Indicators):
            rows = tables.get(name, []) + read_indicators(body, header.columns)
            tables[name] = settled(rows)
            continue
        tables[name], total = read_table(body, header.table, header.columns)
        if total:
            totals[name] = total
    return tables, totals

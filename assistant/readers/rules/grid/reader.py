"""Pages with geometry → readings. Pure.

A value is the one cell that its label points at: the cell to the right, or the
cell below where the label has none. No value is put together from guesses;
where a border is missing the reading says so and gives no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.pages.grid import SNAP, GridCell, build_grid, line_text, lines_of, words_box
from assistant.pages.grounding import evidence_of, locate
from assistant.pages.scan.skew import as_scanned, skew_of, upright
from assistant.readers.rules.grid.blocks import Carried
from assistant.readers.rules.grid.hanging import hang_back
from assistant.readers.rules.grid.lines import pairs_in_lines
from assistant.readers.rules.grid.tables import Segment, Sheet, find_segments, read_table
from assistant.readers.rules.grid.transposed import read_transposed
from assistant.readers.rules.grid.unruled import infer_rulings
from assistant.readers.rules.indicators import settled
from assistant.readers.rules.labels import UNIT_STATED, Label, Labels, dated_field, field_labels
from assistant.readers.rules.values import read_cell
from assistant.segmentation.parts import own_pages
from assistant.text.folding import comparable
from schemas.forms import FORMS, FormType, Indicators, Kind, Plan
from schemas.geometry import Box, Page
from schemas.readings import Doubt, FormReading, FormSpan, Reading


def read_form(pages: Sequence[Page], span: FormSpan) -> FormReading:
    """Reads one form from its pages."""
    pages = own_pages(pages, span)
    sheets = _sheets(pages, span.form_type)
    segments = find_segments(sheets, span.form_type)
    labels = field_labels(span.form_type)
    pairs = list(_pairs(sheets, segments, labels))
    reading = FormReading(
        reader="rules",
        form_id=span.form_id,
        pages=list(span.pages),
        form_type=span.form_type,
        fields=_fields(pairs, labels),
    )
    _add_lines(reading, sheets, labels)
    _add_tables(reading, sheets, segments)
    _add_heading(reading, sheets, span)
    _add_budget_year(reading, pairs)
    _settle_units(reading, pairs, segments)
    for page in pages:
        if (skew := skew_of(page)) or page.turn:
            _as_scanned(reading, page, skew)
    return reading


def _sheets(pages: Sequence[Page], form_type: FormType) -> list[Sheet]:
    sheets: list[Sheet] = []
    carried: Carried | None = None
    for page in map(upright, pages):
        inferred = infer_rulings(page.words, page.rulings, form_type, carried)
        carried = inferred.carried
        grid = build_grid(page.words, [*page.rulings, *inferred.rulings])
        hang_back(grid)
        for place in inferred.doubtful:
            if cell := grid.at(*place.centre):
                cell.lost = True
        sheets.append(Sheet(page, grid))
    return sheets


def _as_scanned(reading: FormReading, page: Page, skew: float) -> None:
    rows = [row for table in reading.tables.values() for row in table]
    for cells in (reading.fields, *rows, *reading.totals.values()):
        for name, cell in cells.items():
            if cell.evidence and cell.evidence.page == page.number:
                place = as_scanned(cell.evidence, page, skew)
                cells[name] = cell.model_copy(update={"evidence": place})


@dataclass(frozen=True, slots=True)
class _Pair:
    """A label and the cells of its value; several where a page break cut it."""

    label: Label
    label_place: tuple[Page, GridCell]
    cells: tuple[tuple[Page, GridCell], ...]


def _pairs(sheets: Sequence[Sheet], segments: Sequence[Segment], labels: Labels) -> Iterator[_Pair]:
    last: _Pair | None = None
    for sheet in sheets:
        tables = [s for s in segments if s.sheet is sheet]
        found = list(_pairs_of_page(sheet, tables, labels))
        if last is not None:
            more, found = _continuation(last, sheet, tables, found)
            yield replace(last, cells=last.cells + more)
            last = None
        if found and _ends_page(found[-1], sheet):
            last = found.pop()
        yield from found
    if last is not None:
        yield last


def _pairs_of_page(sheet: Sheet, tables: Sequence[Segment], labels: Labels) -> Iterator[_Pair]:
    found = {
        id(cell): label
        for cell in sheet.grid.cells
        if cell.words and (label := labels.find(cell.folded)) and not _in_tables(cell, tables)
    }
    for cell in sheet.grid.cells:
        label = found.get(id(cell))
        if label and (value := _value_of(sheet, cell, found, tables)):
            yield _Pair(label, (sheet.page, cell), ((sheet.page, value),))


def _in_tables(cell: GridCell, tables: Sequence[Segment]) -> bool:
    y, right = cell.box.centre[1], cell.box.x1
    return any(t.top <= y <= t.bottom and right > t.left for t in tables)


def _value_of(
    sheet: Sheet, cell: GridCell, labels: dict[int, Label], tables: Sequence[Segment]
) -> GridCell | None:
    right = sheet.grid.right_of(cell)
    if right is not None and id(right) not in labels and not _in_tables(right, tables):
        return right
    below = sheet.grid.below(cell)
    if below is None or id(below) in labels or _in_tables(below, tables):
        return None
    same_width = abs(below.box.x0 - cell.box.x0) < SNAP and abs(below.box.x1 - cell.box.x1) < SNAP
    return below if same_width and not below.lost else None


def _ends_page(pair: _Pair, sheet: Sheet) -> bool:
    bottom = max(c.box.y1 for c in sheet.grid.cells)
    return pair.label.field.kind is Kind.LONG_TEXT and pair.cells[0][1].box.y1 > bottom - SNAP


def _continuation(
    last: _Pair, sheet: Sheet, tables: Sequence[Segment], found: list[_Pair]
) -> tuple[tuple[tuple[Page, GridCell], ...], list[_Pair]]:
    """The rest of a long text at the top of the next page: under the same label drawn again,
    or beside an empty label cell."""
    top = min((c.box.y0 for c in sheet.grid.cells), default=0.0)
    if found and found[0].label.field is last.label.field:
        return found[0].cells, found[1:]
    first = next(iter(sheet.grid.cells), None)
    if first is None or first.words or _in_tables(first, tables):
        return (), found
    right = sheet.grid.right_of(first)
    if right is None or right.box.y0 > top + SNAP or not right.words:
        return (), found
    return ((sheet.page, right),), found


def _fields(pairs: Sequence[_Pair], labels: Labels) -> dict[str, Reading]:
    """One reading a field: the schema's own wording before synonyms, the first before later."""
    best: dict[str, _Pair] = {}
    for pair in pairs:
        name = pair.label.field.name
        if name not in best or pair.label.rank < best[name].label.rank:
            best[name] = pair
    out = {n: _read_pair(p, labels) for n, p in best.items()}
    for pair in pairs:
        name = pair.label.field.name
        if pair is not best[name] and pair.label == best[name].label:
            again = read_cell(pair.label.field.kind, pair.cells)
            if again.value is not None and again.value != out[name].value:
                doubts = (*out[name].doubts, Doubt.PRINTED_TWICE)
                out[name] = out[name].model_copy(update={"doubts": doubts})
    return out


def _read_pair(pair: _Pair, labels: Labels) -> Reading:
    """A value, doubted where another label stands in its cell: a border may be missing."""
    reading = read_cell(pair.label.field.kind, pair.cells)
    if pair.label.field.kind is Kind.LONG_TEXT or not labels.inside(pair.cells[0][1].folded):
        return reading
    return reading.model_copy(update={"doubts": (*reading.doubts, Doubt.LABEL_INSIDE)})


def _add_tables(reading: FormReading, sheets: Sequence[Sheet], segments: Sequence[Segment]) -> None:
    for table in FORMS[reading.form_type].tables:
        rows, total = read_table([s for s in segments if s.table is table])
        if not rows and isinstance(table, Plan):
            rows, total = read_transposed(sheets, reading.form_type)
        reading.tables[table.name] = settled(rows) if isinstance(table, Indicators) else rows
        if total is not None:
            reading.totals[table.name] = total


def _add_heading(reading: FormReading, sheets: Sequence[Sheet], span: FormSpan) -> None:
    first, roles = sheets[0].page, FORMS[span.form_type].roles
    if span.title and (box := _title_box(sheets[0], span.title)):
        evidence = evidence_of(first, box, span.title)
        reading.fields[roles.title] = Reading(value=span.title, evidence=evidence)
    for sheet in sheets:
        if unit := _stated_unit(sheet):
            reading.fields[roles.amount_unit] = unit
            return


def _add_lines(reading: FormReading, sheets: Sequence[Sheet], labels: Labels) -> None:
    """Fields that no cell holds, but a line above or below the table does."""
    for sheet in sheets:
        for label, cell, sure in pairs_in_lines(sheet.grid.outside, labels):
            read_ = read_cell(label.field.kind, [(sheet.page, cell)])
            if not sure:
                read_ = read_.model_copy(update={"doubts": (*read_.doubts, Doubt.LABEL_IN_TEXT)})
            if reading.fields.setdefault(label.field.name, read_) is read_:
                _note_year(reading, label, read_)


def _note_year(reading: FormReading, label: Label, read_: Reading) -> None:
    if name := dated_field(reading.form_type, label):
        reading.fields[name] = read_.model_copy(update={"value": label.year, "doubts": ()})


def _title_box(sheet: Sheet, title: str) -> Box | None:
    for line in lines_of(sheet.grid.outside):
        if comparable(title) in comparable("".join(w.text for w in line)):
            return words_box(line)
    return locate(title, sheet.page)


def _stated_unit(sheet: Sheet) -> Reading | None:
    """The unit that a heading states outside the grid or in a cell of its own."""
    groups = [*lines_of(sheet.grid.outside), *(c.words for c in sheet.grid.cells if c.words)]
    for words in groups:
        text = comparable("".join(w.text for w in words))
        found = UNIT_STATED.search(text)
        if found and (found.end() == len(text) or found.start() <= 1):
            quote = line_text(words)
            evidence = evidence_of(sheet.page, words_box(words), quote)
            return Reading(value=found[1], evidence=evidence)
    return None


def _add_budget_year(reading: FormReading, pairs: Sequence[_Pair]) -> None:
    for pair in pairs:
        if name := dated_field(reading.form_type, pair.label):
            page, cell = pair.label_place
            evidence = evidence_of(page, words_box(cell.words), cell.joined)
            reading.fields[name] = Reading(value=pair.label.year, evidence=evidence)


def _settle_units(
    reading: FormReading, pairs: Sequence[_Pair], segments: Sequence[Segment]
) -> None:
    """Gives each amount the unit that its own label names; doubts amounts of which none is named.

    Where the form states no unit, its labels do: the first one stands for the form.
    """
    own = {p.label.field.name: p.label.unit for p in pairs if p.label.unit}
    columns = {(s.table.name, c.spec.name): c.unit for s in segments for c in s.columns if c.unit}
    form_unit = FORMS[reading.form_type].roles.amount_unit
    stated = form_unit in reading.fields
    if not stated and (named := next((p for p in pairs if p.label.unit), None)):
        evidence = evidence_of(
            named.label_place[0], named.label_place[1].box, str(named.label.unit)
        )
        reading.fields[form_unit] = Reading(value=named.label.unit, evidence=evidence)
    elif not stated and columns:
        segment, column = next((s, c) for s in segments for c in s.columns if c.unit)
        evidence = evidence_of(segment.sheet.page, column.box, str(column.unit))
        reading.fields[form_unit] = Reading(value=column.unit, evidence=evidence)
    unit = reading.fields.get(form_unit)
    for spec in FORMS[reading.form_type].fields:
        read = reading.fields.get(spec.name)
        if spec.kind is Kind.AMOUNT and read is not None and read.value is not None:
            reading.fields[spec.name] = _with_unit(read, own.get(spec.name), unit, stated)
    for table in FORMS[reading.form_type].tables:
        rows = reading.tables.get(table.name, [])
        for row in (*rows, *(t for n, t in reading.totals.items() if n == table.name)):
            for spec in table.columns:
                read = row.get(spec.name)
                if spec.kind is Kind.AMOUNT and read is not None and unit is not None:
                    named_unit = columns.get((table.name, spec.name))
                    row[spec.name] = _with_unit(read, named_unit, unit, stated)


def _with_unit(read: Reading, own: str | None, form: Reading | None, stated: bool) -> Reading:
    """``read`` with its own unit where that differs from the form's, which is doubted where the
    form states the other one. Yuan may go unnamed beside labels that name it; 万元 may not."""
    if own is not None and (form is None or own != form.value):
        doubts = (*read.doubts, *((Doubt.UNIT_CONFLICT,) if stated else ()))
        return read.model_copy(update={"unit": own, "doubts": doubts})
    if own is not None:
        return read
    if form is None or (not stated and form.value != "元"):
        return read.model_copy(update={"doubts": (*read.doubts, Doubt.NO_UNIT)})
    return read

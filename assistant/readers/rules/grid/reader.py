"""Pages with geometry → readings. Pure.

The structure of the tables comes first (:mod:`assistant.structure`), the names after it: what no
wording names is read all the same, under its label as printed. No value is put together from
guesses; where a border is missing the reading says so and gives no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.pages.grid import GridCell, build_grid, line_text, lines_of, words_box
from assistant.pages.grounding import evidence_of, locate
from assistant.pages.scan.skew import as_scanned, skew_of, upright
from assistant.readers.rules.grid.account import Account
from assistant.readers.rules.grid.columns import Named as NamedTable
from assistant.readers.rules.grid.columns import name_table
from assistant.readers.rules.grid.fields import (
    Entry,
    Named,
    Part,
    entries_in_columns,
    entries_of_table,
    entries_of_totals,
    entries_under,
    entry_of,
    read_fields,
)
from assistant.readers.rules.grid.hanging import hang_back
from assistant.readers.rules.grid.lines import LinePair, pairs_in_cell, pairs_in_lines, runs_of
from assistant.readers.rules.grid.plans import read_across, read_down
from assistant.readers.rules.grid.rows import (
    SURE,
    read_open_rows,
    read_rows,
    total_rows,
    with_doubts,
)
from assistant.readers.rules.indicators import settled
from assistant.readers.rules.labels import UNIT_STATED, Labels, all_labels, dated_field
from assistant.readers.rules.names import words
from assistant.segmentation.parts import own_pages
from assistant.segmentation.projects import is_level, is_name
from assistant.structure.alignment import infer_rulings
from assistant.structure.blocks import Alone, Block, Column, Pair, Table
from assistant.structure.groups import only, projects_in
from assistant.structure.lattice import Cell, Sheet, lattices
from assistant.structure.search import read_lattice
from assistant.text.folding import comparable
from assistant.text.years import YEAR
from schemas.forms import FORMS, TABLES, Indicators, Kind
from schemas.geometry import Box, Page, Word
from schemas.readings import Doubt, FormReading, FormSpan, Reading

_YEAR_LINE = re.compile(rf"\(?({YEAR})年度?\)?")
_YEAR_OF_TITLE = re.compile(rf"({YEAR})年度")
_YEAR_IN_TITLE = re.compile(rf"\(({YEAR})年度?\)")


def read_form(pages: Sequence[Page], span: FormSpan) -> FormReading:
    """Reads one form from its pages."""
    pages = own_pages(pages, span)
    sheets = sheets_of(pages)
    reading = FormReading(
        reader="rules",
        form_id=span.form_id,
        pages=list(span.pages),
        form_type=span.form_type,
    )
    Form(reading, sheets, span).read()
    for page in pages:
        if (skew := skew_of(page)) or page.turn:
            _as_scanned(reading, page, skew)
    return reading


def sheets_of(pages: Sequence[Page]) -> list[Sheet]:
    """The pages upright, each with the cells that its lines make, drawn or not."""
    sheets: list[Sheet] = []
    straight = [upright(page) for page in pages]
    for page, inferred in zip(straight, infer_rulings(straight), strict=True):
        grid = build_grid(page.words, [*page.rulings, *inferred.rulings])
        hang_back(grid)
        for place in inferred.doubtful:
            if cell := grid.at(*place.centre):
                cell.guessed = True
        sheets.append((page, grid))
    return sheets


def _as_scanned(reading: FormReading, page: Page, skew: float) -> None:
    tables = (*reading.tables.values(), *reading.open_tables.values())
    rows = [row for table in tables for row in table]
    for cells in (reading.fields, *rows, *reading.totals.values()):
        for name, cell in cells.items():
            if cell.evidence and cell.evidence.page == page.number:
                place = as_scanned(cell.evidence, page, skew)
                cells[name] = cell.model_copy(update={"evidence": place})
    reading.unread = [
        as_scanned(e, page, skew) if e.page == page.number else e for e in reading.unread
    ]


class Form:
    """One form being read: its blocks, and the account of every character."""

    def __init__(self, reading: FormReading, sheets: Sequence[Sheet], span: FormSpan) -> None:
        self.reading, self.sheets, self.span = reading, sheets, span
        self.labels: Labels = all_labels(span.form_type)
        self.roles = FORMS[span.form_type].roles
        known = words()
        found = lattices(sheets)
        self.blocks: list[Block] = [b for lt in found for b in read_lattice(lt, known.odds)]
        self.account = Account(sheets, found, known.odds)
        if span.project:
            self._keep_project(span.project)
        self.tables: list[tuple[Table, NamedTable]] = []
        self.heads: list[Column] = []  # of the tables before

    def _keep_project(self, nth: int) -> None:
        """Leaves only the rows of the ``nth`` project in the table that holds several."""
        found = projects_in(self.blocks, is_name, is_level)
        if found is None or len(found[1]) < nth:
            return
        table, projects = found
        own = projects[nth - 1]
        self.blocks = [only(b, own) if b is table else b for b in self.blocks]
        kept = {id(cell) for row in own for cell in row}
        self.account.leave_out(c for row in table.rows for c in row if c and id(c) not in kept)

    def read(self) -> None:
        entries = list(self._entries())
        self.account.take_values(part for entry in entries for part in entry.values)
        outside = list(self._entries_outside())
        self.reading.fields, named = read_fields([*entries, *outside], self.labels)
        self._settle_tables()
        self._heading()
        self._budget_year(named)
        heads = [cell for column in self.heads for cell in column.heads]
        _settle_units(self.reading, [*entries, *outside], named, self.tables, heads)
        self.reading.unread = self.account.unread()
        self.reading.coverage = self.account.coverage()
        self.reading.layout = self.account.layout()

    def _entries(self) -> Iterator[Entry]:
        above: list[Table] = []
        for block in self.blocks:
            self.account.take_path(block.path)
            if isinstance(block, Pair):
                self.account.take_pair(block)
                if block.label.text == comparable(self.span.title):
                    continue  # the title and its year are rows of the table
                under = entries_under(block, above)
                yield from under or self._pair(block)
            elif isinstance(block, Table):
                above.append(block)
                yield from self._table(block)
            elif block.is_heading:
                self.account.take_head(block.cell)
            else:
                yield from self._alone(block)

    def _pair(self, pair: Pair) -> Iterator[Entry]:
        """A label with its value, and the labels with a colon that the value's cell holds."""
        entry = entry_of(pair, words().odds(pair.label.text))
        values: list[Part] = []
        inner: list[Entry] = []
        for page, cell in entry.values:
            rest, pairs = pairs_in_cell(cell.words, self.labels)
            inner += (_line_entry(p, page, (entry.label,)) for p in pairs)
            if rest or not pairs:
                values.append((page, cell if not pairs else GridCell(cell.box, rest)))
        if values or not inner:
            yield replace(entry, values=tuple(values))
        yield from inner

    def _table(self, table: Table) -> Iterator[Entry]:
        self.account.take_heads(table)
        named = name_table(table, self.span.form_type, self.heads)
        self.heads += table.columns
        if named is not None:
            self._named_table(table, named)
            # What is none of its rows: fields in columns (all projects of a unit in one table),
            # sums under columns of their own.
            yield from entries_in_columns(table, named.fields)
            yield from entries_of_totals(table) if isinstance(named.spec, Indicators) else ()
            return
        plan = read_across(table, self.span.form_type) or read_down(table, self.span.form_type)
        if plan is not None:
            spec, rows, total = plan
            self.reading.tables.setdefault(spec.name, []).extend(rows)
            if total:
                self.reading.totals.setdefault(spec.name, total)
        entries = entries_of_table(table)
        if entries is not None:
            for lead in (c for row in table.rows for c in row[: table.leading] if c is not None):
                self.account.take_head(lead)
            yield from entries
            return
        for row in total_rows(table):
            self.account.take_head(next(c for c in row if c is not None and c.text))
        yield from entries_of_totals(table)
        title, rows, used = read_open_rows(table)
        while title in self.reading.open_tables:
            title += "*"
        self.reading.open_tables[title] = rows
        self.account.take_values(part for cell in used for part in cell.parts)

    def _named_table(self, table: Table, named: NamedTable) -> None:
        """The rows of a table of the schema; the categories of rows that are none are labels."""
        rows, total, used = read_rows(table, named)
        self.tables.append((table, named))
        self.reading.tables[named.spec.name] = self.reading.tables.get(named.spec.name, []) + rows
        if total is not None:
            self.reading.totals.setdefault(named.spec.name, total)
        self.account.take_values(part for cell in used for part in cell.parts)
        levels = named.spec.levels if isinstance(named.spec, Indicators) else ()
        for row in table.rows:
            for n in (named.columns[level] for level in levels if level in named.columns):
                if (cell := row[n]) is not None:
                    self.account.take_head(cell)
        for row in total_rows(table):
            self.account.take_head(next(c for c in row if c is not None and c.text))

    def _alone(self, block: Alone) -> Iterator[Entry]:
        """A cell that nothing beside it names: labels with a colon in it, else what the nearest
        head above or beside it is about."""
        found = False
        for page, cell in block.cell.parts:
            for pair in pairs_in_lines(cell.words, self.labels):
                self.account.take_words(page, [*pair.head, *pair.words])
                found = True
                yield _line_entry(pair, page)
        if not found and block.path and block.cell.text:
            self.account.take_value(block.cell)
            yield entry_of(Pair(block.path[:-1], block.path[-1], (block.cell,), SURE), 0.0)

    def _entries_outside(self) -> Iterator[Entry]:
        for page, grid in self.sheets:
            for pair in pairs_in_lines(grid.outside, self.labels):
                self.account.take_words(page, [*pair.head, *pair.words])
                yield _line_entry(pair, page)

    def _settle_tables(self) -> None:
        found = self.reading.tables
        own = [table.name for table in FORMS[self.span.form_type].tables]
        self.reading.tables = {name: found.get(name, []) for name in dict.fromkeys((*own, *found))}
        for name, rows in self.reading.tables.items():
            if isinstance(TABLES[name], Indicators):
                self.reading.tables[name] = settled(rows)

    def _heading(self) -> None:
        first = self.sheets[0][0]
        if self.span.title and (box := _title_box(self.sheets[0], self.span.title)):
            evidence = evidence_of(first, box, self.span.title)
            self.reading.fields[self.roles.title] = Reading(
                value=self.span.title, evidence=evidence
            )
            self.account.take_box(first, box)
        for page, grid in self.sheets:
            if found := _stated_unit(page, grid.outside, grid.cells):
                self.account.take_words(page, found[1])
                self.reading.fields.setdefault(self.roles.amount_unit, found[0])
                break

    def _budget_year(self, named: Sequence[Named]) -> None:
        name = self.roles.budget_year
        for one in named:
            if dated := dated_field(self.span.form_type, one.label):
                page, cell = one.entry.place
                evidence = evidence_of(page, words_box(cell.words), one.entry.label)
                self.reading.fields[dated] = Reading(value=one.label.year, evidence=evidence)
        page, grid = self.sheets[0]
        cells = [c.words for c in grid.cells if c.words and _YEAR_LINE.fullmatch(c.folded)]
        for line in (*runs_of(grid.outside), *cells[:1]):
            text = comparable(line_text(line))
            stated = _YEAR_LINE.fullmatch(text) or _YEAR_IN_TITLE.search(text)
            if text == comparable(self.span.title):
                stated = stated or _YEAR_OF_TITLE.search(text)
            if stated is None:
                continue
            self.account.take_words(page, line)
            if name and name not in self.reading.fields:
                evidence = evidence_of(page, words_box(line), line_text(line))
                self.reading.fields[name] = Reading(
                    value=int(stated[1]), evidence=evidence, label=line_text(line)
                )


def _line_entry(pair: LinePair, page: Page, parents: tuple[str, ...] = ()) -> Entry:
    doubts = () if pair.sure else (Doubt.LABEL_IN_TEXT,)
    place = (page, GridCell(words_box(pair.head), pair.head))
    values = ((page, pair.cell),) if pair.words else ()
    return Entry("".join(pair.printed.split()), parents, values, place, doubts)


def _title_box(sheet: Sheet, title: str) -> Box | None:
    page, grid = sheet
    for line in lines_of(grid.outside):
        if comparable(title) in comparable("".join(w.text for w in line)):
            return words_box(line)
    return locate(title, page)


def _stated_unit(
    page: Page, outside: Sequence[Word], cells: Sequence[GridCell]
) -> tuple[Reading, Sequence[Word]] | None:
    """The unit that a heading states outside the grid or in a cell of its own."""
    groups = [*lines_of(outside), *(c.words for c in cells if c.words)]
    for group in groups:
        text = comparable("".join(w.text for w in group))
        found = UNIT_STATED.search(text)
        if found and (found.end() == len(text) or found.start() <= 1):
            evidence = evidence_of(page, words_box(group), line_text(group))
            return Reading(value=found[1], evidence=evidence, label=line_text(group)), group
    return None


def _settle_units(
    reading: FormReading,
    entries: Sequence[Entry],
    named: Sequence[Named],
    tables: Sequence[tuple[Table, NamedTable]],
    heads: Sequence[Cell],
) -> None:
    """Gives each amount the unit that its own label names; doubts amounts of which none is named.

    Where the form states no unit, its labels do: the first one stands for the form.
    """
    own = {n.label.field.name: n.label.unit for n in named if n.label.unit}
    columns = {(n.spec.name, c): u for _, n in tables for c, u in (n.units or {}).items()}
    form_unit = FORMS[reading.form_type].roles.amount_unit
    stated = form_unit in reading.fields
    if not stated and (first := next((n for n in named if n.label.unit), None)):
        page, cell = first.entry.place
        evidence = evidence_of(page, cell.box, str(first.label.unit))
        reading.fields[form_unit] = Reading(value=first.label.unit, evidence=evidence)
    elif not stated and columns:
        table, found = next((t, n) for t, n in tables if n.units)
        column, unit = next(iter((found.units or {}).items()))
        page, cell = table.columns[found.columns[column]].heads[-1].parts[0]
        evidence = evidence_of(page, cell.box, unit)
        reading.fields[form_unit] = Reading(value=unit, evidence=evidence)
    elif not stated and (other := next((e for e in entries if e.unit), None)):
        page, cell = other.place
        evidence = evidence_of(page, cell.box, str(other.unit))
        reading.fields[form_unit] = Reading(value=other.unit, evidence=evidence)
    elif not stated and (head := next((c for c in heads if Labels.unit_of(c.text)), None)):
        page, cell = head.parts[0]
        named_unit = Labels.unit_of(head.text)
        evidence = evidence_of(page, cell.box, str(named_unit))
        reading.fields[form_unit] = Reading(value=named_unit, evidence=evidence)
    unit_read = reading.fields.get(form_unit)
    for spec in FORMS[reading.form_type].fields:
        read = reading.fields.get(spec.name)
        if spec.kind is Kind.AMOUNT and read is not None and read.value is not None:
            reading.fields[spec.name] = _with_unit(read, own.get(spec.name), unit_read, stated)
    for table_spec in (TABLES[name] for name in reading.tables):
        rows = reading.tables.get(table_spec.name, [])
        for row in (*rows, *(t for n, t in reading.totals.items() if n == table_spec.name)):
            for spec in table_spec.columns:
                read = row.get(spec.name)
                if spec.kind is Kind.AMOUNT and read is not None and unit_read is not None:
                    named_unit = columns.get((table_spec.name, spec.name))
                    row[spec.name] = _with_unit(read, named_unit, unit_read, stated)


def _with_unit(read: Reading, own: str | None, form: Reading | None, stated: bool) -> Reading:
    """``read`` with its own unit where that differs from the form's, which is doubted where the
    form states the other one. Yuan may go unnamed beside labels that name it; 万元 may not."""
    if own is not None and (form is None or own != form.value):
        doubts = (*read.doubts, *((Doubt.UNIT_CONFLICT,) if stated else ()))
        return read.model_copy(update={"unit": own, "doubts": doubts})
    if own is not None:
        return read
    if form is None or (not stated and form.value != "元"):
        return with_doubts(read, (Doubt.NO_UNIT,))
    return read

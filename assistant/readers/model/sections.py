"""Fragments → the labelled cells and the tables of a form, and the lines of a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.readers.model.fragments import Fragment
from assistant.text.folding import comparable
from schemas.forms import FieldSpec, FormSpec, TableSpec, label_pattern


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of fragments: the labelled cells (``table`` None) or one table's rows."""

    table: TableSpec | None
    header: tuple[Fragment, ...]
    body: tuple[Fragment, ...]
    values: str | None = None  # the value column of a block whose label does not tell which

    def columns(self) -> list[FieldSpec | None]:
        """The column of each header label; None for one that nobody knows."""
        assert self.table is not None
        found = [column_of(label, self.table) for label in self.header]
        if self.values is None:
            return found
        own = self.table.column(self.values)
        return [own if c and c.name.endswith("_value") else c for c in found]


def sections(found: Sequence[Fragment], spec: FormSpec) -> list[Section]:
    """The form's fragments cut into labelled cells and tables.

    A table begins with three of its column labels in a row, or on a later page
    with its title alone, and ends at the label of a field or another title.
    """
    cells: list[Fragment] = []
    tables: dict[str, tuple[TableSpec, list[Fragment], list[Fragment]]] = {}
    current: TableSpec | None = None
    for at, fragment in enumerate(found):
        opened = _header_table(found, at, spec) or _resumed(fragment, tables)
        if opened:
            current = opened
            tables.setdefault(current.name, (current, [], []))
        if current is None:
            cells.append(fragment)
        elif fragment.is_label and _is_column(fragment, current):
            tables[current.name][1].append(fragment)
        elif not fragment.is_label:
            _, head, body = tables[current.name]
            # What stands in the row of the header is the label of a column nobody knows.
            (head if not body and _in_row(fragment, head) else body).append(fragment)
        elif not opened and not _is_title(fragment, current):
            current = None
            cells.append(fragment)
    blocks = [_blocks(table, head, body, found) for table, head, body in tables.values()]
    return [Section(None, (), tuple(cells)), *chain.from_iterable(blocks)]


def _blocks(
    table: TableSpec,
    head: Sequence[Fragment],
    body: Sequence[Fragment],
    found: Sequence[Fragment],
) -> list[Section]:
    """A table, or the two blocks of one whose header repeats its labels side by side: one
    for the period and one for the year."""
    row = [f for f in head if _overlap(f, head[0])]
    texts = [comparable(f.text) for f in row]
    again = next((i for i, text in enumerate(texts) if text in texts[:i]), None)
    if again is None or "period_value" not in {c.name for c in table.columns}:
        return [Section(table, _once(head), tuple(body))]
    split = (row[again - 1].box.x1 + row[again].box.x0) / 2
    shared = [f for f in row[:again] if comparable(f.text) not in texts[again:]]
    left, right = row[:again], [*shared, *row[again:]]
    common = [f for f in body if left[under(f, left)] in shared and f.box.centre[0] < split]
    lefts = tuple(f for f in body if f.box.centre[0] < split)
    rights = tuple(f for f in body if f.box.centre[0] >= split or f in common)
    names = ("period_value", "annual_value")
    if _says_year(row[:again], found) and not _says_year(row[again:], found):
        names = names[::-1]
    period, annual = (left, lefts), (right, rights)
    return [
        Section(table, tuple(h), b, n) for (h, b), n in zip((period, annual), names, strict=True)
    ]


def _says_year(block: Sequence[Fragment], found: Sequence[Fragment]) -> bool:
    """Whether the line above a block's header names the year."""
    top, height = block[0].box.y0, block[0].box.height
    return any(
        "年度" in f.text and "周期" not in f.text
        for f in found
        if f.page == block[0].page
        and 0 <= top - f.box.y1 <= 2 * height
        and min(f.box.x1, block[-1].box.x1) > max(f.box.x0, block[0].box.x0)
    )


def _in_row(fragment: Fragment, head: Sequence[Fragment]) -> bool:
    return sum(_overlap(fragment, h) for h in head) * 2 > len(head)


def _once(header: Sequence[Fragment]) -> tuple[Fragment, ...]:
    """A header without its repetitions on later pages."""
    return tuple({comparable(f.text): f for f in reversed(header)}.values())[::-1]


def _is_title(fragment: Fragment, table: TableSpec) -> bool:
    text = comparable(fragment.text)
    return len(text) > 1 and any(comparable(t).startswith(text) for t in table.titles)


def _resumed(
    fragment: Fragment, tables: dict[str, tuple[TableSpec, list[Fragment], list[Fragment]]]
) -> TableSpec | None:
    """The table that goes on under its title on a later page."""
    if not fragment.is_label or fragment.field is not None:
        return None
    return next(
        (
            table
            for table, head, _ in tables.values()
            if _is_title(fragment, table) and head and head[-1].page < fragment.page
        ),
        None,
    )


def _is_column(fragment: Fragment, table: TableSpec) -> bool:
    return column_of(fragment, table) is not None


def column_of(fragment: Fragment, table: TableSpec) -> FieldSpec | None:
    """The column whose label the fragment is."""
    text = comparable(fragment.text)
    for column in table.columns:
        if any(label_pattern(comparable(label)).fullmatch(text) for label in column.labels):
            return column
    return None


def _header_table(found: Sequence[Fragment], at: int, spec: FormSpec) -> TableSpec | None:
    run = found[at : at + 3]
    if len(run) < 3 or not all(f.is_label for f in run):
        return None
    return next((t for t in spec.tables if all(_is_column(f, t) for f in run)), None)


def under(fragment: Fragment, header: Sequence[Fragment]) -> int:
    """Which header label (from 0) the fragment stands under: aligned best at the left edge,
    the middle or the right edge. A hint, no more: cells are wider than what is in them."""

    def apart(label: Fragment) -> float:
        a, b = fragment.box, label.box
        return min(abs(a.x0 - b.x0), abs(a.x1 - b.x1), abs(a.centre[0] - b.centre[0]))

    return min(range(len(header)), key=lambda i: apart(header[i]))


def rows(body: Sequence[Fragment]) -> list[list[Fragment]]:
    """Fragments in text order, a new line wherever one does not stand beside the one before."""
    lines: list[list[Fragment]] = []
    for fragment in body:
        if lines and _beside(lines[-1][-1], fragment):
            lines[-1].append(fragment)
        else:
            lines.append([fragment])
    return lines


def _beside(a: Fragment, b: Fragment) -> bool:
    return b.box.x0 >= a.box.x1 - 1 and _overlap(a, b)


def _overlap(a: Fragment, b: Fragment) -> bool:
    """Whether two fragments stand in one visual row."""
    shared = min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0)
    return a.page == b.page and shared >= 0.5 * min(a.box.height, b.box.height)

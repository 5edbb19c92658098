"""One record → what the review screen shows of it, and which cell comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from assistant.messages.catalogue import word
from assistant.messages.labels import label_of, path_label
from assistant.web.calibration import measured
from assistant.web.markup import render
from assistant.web.views import title
from schemas.forms import FIELDS, FORMS, FieldSpec, Kind, TableSpec
from schemas.forms.spec import is_open, open_field
from schemas.geometry import Box
from schemas.messages import Lang
from schemas.readings import Evidence, Reading
from schemas.records import Cell, CellRef, Record, RecordRow, State, iter_cells, row_keys, tables_of
from schemas.review import Decision


def find_cell(record: Record, path: str) -> CellRef | None:
    return next((ref for ref in iter_cells(record) if ref.path == path), None)


def has_one_value(cell: Cell) -> bool:
    """Whether accepting the cell says clearly what is accepted: it is not where the readers
    differ, nor where a value that somebody read was rejected."""
    read = any(r.value is not None for r in cell.readings.values())
    return cell.state is not State.DISPUTED and not (cell.value is None and read)


def open_cells(record: Record) -> list[CellRef]:
    """The cells that need a person, in printed order."""
    return [ref for ref in iter_cells(record) if ref.cell.needs_review]


def next_open(record: Record, path: str) -> str:
    """The cell to look at after ``path``, from the top again after the last; "" if none is left."""
    paths = [ref.path for ref in iter_cells(record)]
    here = paths.index(path) if path in paths else -1
    waiting = [ref.path for ref in open_cells(record)]
    return next((p for p in waiting if paths.index(p) > here), waiting[0] if waiting else "")


def acceptable_together(record: Record) -> list[CellRef]:
    """Cells that one reader read without a doubt. What is disputed, ungrounded or not read is
    never among them: each of those is a decision of its own."""
    return [
        ref
        for ref in open_cells(record)
        if ref.cell.state is State.SINGLE
        and ref.cell.value is not None
        and not any(r.doubts for r in ref.cell.readings.values())
    ]


def record_heading(record: Record | None, lang: Lang) -> Markup:
    waiting = len(open_cells(record)) if record else 0
    return render("record", lang, record=record, waiting=waiting)


class _Place(NamedTuple):
    """Where a cell stands in the view; one without a cell may hold a label, as "total"."""

    kind: str
    label: str = ""
    path: str = ""
    cell: Cell | None = None


class _Table(NamedTuple):
    title: str
    labels: list[str]
    rows: list[list[_Place]]


def record_cells(record: Record | None, lang: Lang, chosen: str = "") -> Markup:
    """All cells of a record: its fields as lines, its tables as tables; each can be chosen."""
    if record is None:
        return Markup()
    spec = FORMS[record.form_type]
    fields = [
        _Place(f.kind.value, label_of(f, lang), f.name, record.fields[f.name])
        for f in spec.fields
        if f.name in record.fields
    ]
    own = {f.name for f in spec.fields}
    fields += [
        _Place(FIELDS[key].kind.value, label_of(FIELDS[key], lang), key, c)
        for key, c in record.fields.items()
        if key not in own and key in FIELDS
    ]
    fields += [
        _Place((c.kind or Kind.TEXT).value, path_label(record.form_type, key, lang), key, c)
        for key, c in record.fields.items()
        if is_open(key)
    ]
    tables = [_table(record, t, lang) for t in tables_of(record) if _is_there(record, t.name)]
    tables += [_open_table(title, rows) for title, rows in record.open_tables.items()]
    return render(
        "cells", lang, fields=fields, tables=tables, chosen=chosen, unread=record.unread,
        coverage=record.coverage,
    )  # fmt: skip


def _open_table(title: str, rows: Sequence[RecordRow]) -> _Table:
    """A table that no schema describes, under its printed heads."""
    heads = list(dict.fromkeys(name for row in rows for name in row))
    columns = [open_field(h, h, next((r[h].kind for r in rows if h in r), None)) for h in heads]
    shown = [_row(columns, r, f"tables[{title}][{n}]") for n, r in enumerate(rows, 1)]
    return _Table(title, heads, shown)


def _is_there(record: Record, table: str) -> bool:
    return bool(record.tables.get(table) or record.totals.get(table))


def _table(record: Record, spec: TableSpec, lang: Lang) -> _Table:
    rows, total = record.tables.get(spec.name, []), record.totals.get(spec.name)
    used = list(dict.fromkeys(name for r in (*rows, total or {}) for name in r))
    columns = [c for c in spec.columns if c.name in used]
    columns += [open_field(name) for name in used if is_open(name)]
    keys = row_keys(record, spec.name)
    shown = [_row(columns, r, f"{spec.name}[{key}]") for key, r in zip(keys, rows, strict=True)]
    if total:
        sums = _row(columns, total, f"{spec.name}.total")
        if sums[0].cell is None:
            sums[0] = sums[0]._replace(label=word(lang, "total"))
        shown.append(sums)
    heading = spec.english if lang == "en" else spec.titles[0]
    return _Table(heading, [label_of(c, lang) for c in columns], shown)


def _row(columns: Sequence[FieldSpec], cells: RecordRow, head: str) -> list[_Place]:
    return [_Place(c.kind.value, "", f"{head}.{c.name}", cells.get(c.name)) for c in columns]


class _Reading(NamedTuple):
    """What a reader says of a cell; ``usable`` if a person can take it for the cell's value."""

    reader: str
    title: str
    reading: Reading
    usable: bool


def cell_panel(record: Record | None, path: str, lang: Lang) -> Markup:
    """The chosen cell: its value and state, how often values of this state were right where
    that was measured, and what each reader says of it, with what is printed there."""
    ref = find_cell(record, path) if record else None
    if record is None or ref is None:
        return render("cell", lang, ref=None)
    cell, approved = ref.cell, record.approval == "approved"
    readings = [
        _Reading(
            name,
            title(name, lang),
            r,
            not approved and (r.value != cell.value or cell.state is State.DISPUTED),
        )
        for name, r in cell.readings.items()
    ]
    label, trust = path_label(record.form_type, path, lang), measured().get(cell.state)
    return render("cell", lang, ref=ref, label=label, trust=trust, readings=readings)


def evidence_of_cell(record: Record, path: str) -> Evidence | None:
    """Where a cell stands: its own place, else that of a reader who has one."""
    ref = find_cell(record, path)
    if ref is None:
        return None
    places = [ref.cell.evidence, *(r.evidence for r in ref.cell.readings.values())]
    return next((p for p in places if p is not None), None)


def boxes(places: Iterable[Evidence | None], page: int) -> list[Box]:
    """The boxes of ``places`` on ``page``, each once."""
    found = [Box(*p.bbox) for p in places if p is not None and p.bbox and p.page == page]
    return list(dict.fromkeys(found))


class _Decided(NamedTuple):
    """A line of the history: when, and which cell."""

    decision: Decision
    at: str
    what: str


def history_table(
    record: Record, decisions: Sequence[Decision], lost: Sequence[Decision], lang: Lang
) -> Markup:
    """The decisions on a record, the latest first, and those that a re-reading left behind."""
    decided = [
        _Decided(
            d,
            f"{d.at.astimezone():%Y-%m-%d %H:%M}",
            path_label(record.form_type, d.path, lang) if d.path else "",
        )
        for d in sorted(decisions, key=lambda d: d.at, reverse=True)
    ]
    cells = [path_label(record.form_type, d.path, lang) for d in lost]
    return render("history", lang, decisions=decided, lost=cells)

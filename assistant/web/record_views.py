"""One record → what the review screen shows of it, and which cell comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.messages.words import WORDS, Lang, label_of, path_label, word
from assistant.web.calibration import measured
from assistant.web.markup import attribute, badge, escape, notice, paragraphs, row, shown, table
from assistant.web.views import title
from schemas.forms import FORMS, FieldSpec, Kind, TableSpec
from schemas.geometry import Box
from schemas.readings import Evidence
from schemas.records import Cell, CellRef, Record, RecordRow, State, iter_cells, row_keys
from schemas.review import Decision

_NUMERIC = {Kind.AMOUNT, Kind.NUMBER}


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


def record_heading(record: Record | None, lang: Lang) -> str:
    if record is None:
        return notice(word(lang, "rec.choose"))
    waiting = len(open_cells(record))
    left = word(lang, "open.count", n=waiting) if waiting else word(lang, "open.none")
    return (
        f'<div class="heading"><h2>{escape(record.name)}</h2>'
        f"{badge(lang, 'approval', record.approval)}"
        f'<span class="badge {"needs" if waiting else "state-agreed"}">{escape(left)}</span></div>'
    )


def record_cells(record: Record | None, lang: Lang, chosen: str = "") -> str:
    """All cells of a record: its fields as lines, its tables as tables; each can be chosen."""
    if record is None:
        return ""
    spec = FORMS[record.form_type]
    lines = [
        _field_line(label_of(f, lang), f, record.fields[f.name], lang, chosen)
        for f in spec.fields
        if f.name in record.fields
    ]
    fields = f'<table class="grid fields"><tbody>{"".join(lines)}</tbody></table>'
    return fields + "".join(_rows_table(record, t, lang, chosen) for t in spec.tables)


def _cell_attributes(cell: Cell, path: str, chosen: str) -> str:
    names = f"cell state-{cell.state.value}" + (" needs-person" if cell.needs_review else "")
    here = ' aria-current="true"' if path == chosen else ""
    return (
        f'data-pick="{attribute(path)}" tabindex="0" role="button"{here} '
        f'class="{names}{" chosen" if path == chosen else ""}"'
    )


def _field_line(label: str, spec: FieldSpec, cell: Cell, lang: Lang, chosen: str) -> str:
    page = str(cell.evidence.page) if cell.evidence else ""
    return (
        f'<tr {_cell_attributes(cell, spec.name, chosen)}><th scope="row">{escape(label)}</th>'
        f'<td class="value {spec.kind.value}"><div class="clip">'
        f"{shown(cell.value, spec.kind, lang)}</div></td>"
        f'<td class="state">{badge(lang, "state", cell.state.value)}</td>'
        f'<td class="at">{page}</td></tr>'
    )


def _rows_table(record: Record, spec: TableSpec, lang: Lang, chosen: str) -> str:
    rows, total = record.tables.get(spec.name, []), record.totals.get(spec.name)
    if not rows and not total:
        return ""
    used = {name for r in (*rows, total or {}) for name in r}
    columns = [c for c in spec.columns if c.name in used]
    keys = row_keys(record, spec.name)
    lines = [
        _table_row(columns, r, f"{spec.name}[{key}]", lang, chosen)
        for key, r in zip(keys, rows, strict=True)
    ]
    if total:
        lines.append(_table_row(columns, total, f"{spec.name}.total", lang, chosen, total=True))
    title = spec.english if lang == "en" else spec.titles[0]
    return f"<h3>{escape(title)}</h3>" + table([label_of(c, lang) for c in columns], lines, "rows")


def _table_row(
    columns: Sequence[FieldSpec],
    cells: RecordRow,
    head: str,
    lang: Lang,
    chosen: str,
    *,
    total: bool = False,
) -> str:
    out = [
        _table_cell(c, cells[c.name], f"{head}.{c.name}", lang, chosen)
        if c.name in cells
        else "<td></td>"
        for c in columns
    ]
    if total and columns[0].name not in cells:
        out[0] = f"<td><b>{escape(word(lang, 'total'))}</b></td>"
    return f"<tr>{''.join(out)}</tr>"


def _table_cell(spec: FieldSpec, cell: Cell, path: str, lang: Lang, chosen: str) -> str:
    state = attribute(word(lang, f"state.{cell.state.value}"))
    kind = "number" if spec.kind in _NUMERIC else "text"
    return (
        f'<td {_cell_attributes(cell, path, chosen)} title="{state}">'
        f'<div class="{kind}">{shown(cell.value, spec.kind, lang)}</div></td>'
    )


def cell_panel(record: Record | None, path: str, lang: Lang) -> str:
    """The chosen cell: its value and state, and what each reader says of it."""
    ref = find_cell(record, path) if record else None
    if record is None or ref is None:
        return notice(word(lang, "cell.choose"))
    head = (
        f'<div class="heading"><h3>{escape(path_label(record, path, lang))}</h3>'
        f"{badge(lang, 'state', ref.cell.state.value)}"
        + (
            f'<span class="badge needs">{escape(word(lang, "needs"))}</span>'
            * ref.cell.needs_review
        )
        + "</div>"
    )
    value = f'<div class="chosen-value">{shown(ref.cell.value, ref.kind, lang)}</div>'
    readings = _readings(ref, lang, usable=record.approval != "approved")
    return head + value + _trust(ref.cell.state, lang) + readings


def _trust(state: State, lang: Lang) -> str:
    """How often values of this state were right where that was measured."""
    if state not in measured():
        return ""
    right, values = measured()[state]
    return notice(word(lang, "cell.trust", right=right, values=values))


def _readings(ref: CellRef, lang: Lang, *, usable: bool) -> str:
    """Each reader's value with what is printed there; one that is not the cell's can be used."""
    if not ref.cell.readings:
        return ""
    rows = [_reading_row(ref, reader, lang, usable=usable) for reader in ref.cell.readings]
    names = ("cell.reader", "cell.value", "cell.quote", "rec.pages", "cell.doubts")
    return table([*(word(lang, n) for n in names), ""], rows, "readings")


def _doubt(name: str, lang: Lang) -> str:
    """A doubt in words; one of a later reader that has none yet by its name."""
    return word(lang, f"doubt.{name}") if f"doubt.{name}" in WORDS else name


def _reading_row(ref: CellRef, reader: str, lang: Lang, *, usable: bool) -> str:
    reading = ref.cell.readings[reader]
    differs = reading.value != ref.cell.value or ref.cell.state is State.DISPUTED
    use = f'<button class="use" data-pick="{reader}">{escape(word(lang, "cell.use"))}</button>'
    quote = reading.evidence.quote if reading.evidence else ""
    return row(
        [
            escape(title(reader, lang)),
            f'<div class="clip">{shown(reading.value, ref.kind, lang)}</div>',
            f'<div class="clip">{paragraphs(quote)}</div>',
            str(reading.evidence.page) if reading.evidence else "",
            escape("、".join(_doubt(d, lang) for d in reading.doubts)),
            use * (usable and differs),
        ]
    )


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


def history_table(
    record: Record | None, decisions: Sequence[Decision], lost: Sequence[Decision], lang: Lang
) -> str:
    """The decisions on a record, the latest first, and those that a re-reading left behind."""
    if record is None or not decisions:
        return notice(word(lang, "history.none"))
    cells = ", ".join(path_label(record, d.path, lang) for d in lost)
    warning = notice(word(lang, "history.lost", n=len(lost), cells=cells)) if lost else ""
    rows = [
        row(
            [
                f"{d.at.astimezone():%Y-%m-%d %H:%M}",
                escape(d.who),
                escape(word(lang, f"action.{d.action}")),
                escape(path_label(record, d.path, lang)) if d.path else "",
                _change(d, lang),
                paragraphs(d.why),
            ]
        )
        for d in sorted(decisions, key=lambda d: d.at, reverse=True)
    ]
    names = ("history.at", "history.who", "history.action", "history.what", "history.change", "why")
    return warning + table([word(lang, n) for n in names], rows, "history")


def _change(d: Decision, lang: Lang) -> str:
    if not d.path:
        return ""
    before, after = shown(d.before, Kind.TEXT, lang), shown(d.after, Kind.TEXT, lang)
    return f'<div class="clip">{before} → {after}</div>' if before != after else before

"""Documents, projects and findings → the lists of the app. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.messages.sentences import translated
from assistant.messages.words import Lang, path_label, word
from assistant.readers.registry import installed, reader_label
from assistant.review.replay import count_open
from assistant.web.markup import amount, attribute, badge, escape, notice, paragraphs, row, table
from schemas.documents import DocumentStatus, ReaderProgress
from schemas.findings import Finding
from schemas.records import Cell, Record

SHOWN = 200  # rows of a list; more are found by the filter
AMOUNT_FIELDS = ("current_year_amount", "budget_amount", "total_amount")


def key_of(record: Record) -> str:
    return f"{record.document_id}/{record.form_id}"


def is_busy(status: DocumentStatus) -> bool:
    """Whether somebody is still reading the document."""
    under_way = {"waiting", "reading"}
    stages = {reader.stage for reader in status.readers.values()}
    return status.rules in under_way or (status.rules == "done" and bool(stages & under_way))


# Documents


def documents_table(statuses: Sequence[DocumentStatus], lang: Lang, chosen: str = "") -> str:
    if not statuses:
        return notice(word(lang, "doc.none"))
    readers = list(dict.fromkeys(name for s in statuses for name in s.readers))
    rows = [
        row(_document_cells(s, readers, lang), pick=s.document_id, chosen=s.document_id == chosen)
        for s in statuses
    ]
    headers = [
        *(word(lang, f"doc.{name}") for name in ("name", "pages", "forms")),
        *(word(lang, "doc.reader", name=title(n, lang)) for n in (installed()[0].name, *readers)),
        *(word(lang, f"doc.{name}") for name in ("left", "tokens", "message")),
    ]
    off = any(s.llm == "off" for s in statuses)
    note = notice(word(lang, "doc.llm_off")) if off else ""
    return table(headers, rows, "documents") + note


def title(reader: str, lang: Lang) -> str:
    """A reader's name as it stands in a table."""
    return reader_label(reader, lang).capitalize()


def _document_cells(s: DocumentStatus, readers: Sequence[str], lang: Lang) -> list[str]:
    return [
        f"<b>{escape(s.name)}</b>",
        str(s.page_count),
        str(s.forms),
        badge(lang, "stage", s.rules),
        *(_reader_cell(s, s.readers.get(name), lang) for name in readers),
        escape(_duration(s.seconds_left, lang)) if is_busy(s) else "",
        f"{s.usage.prompt_tokens + s.usage.completion_tokens:,}",
        escape(translated(lang, s.message)) + (_remove(s, lang) if can_remove(s) else ""),
    ]


def can_remove(status: DocumentStatus) -> bool:
    """Whether a file could not be read at all, so that nothing is lost with it."""
    return status.rules == "failed" and not status.page_count


def _remove(s: DocumentStatus, lang: Lang) -> str:
    key = attribute(s.document_id)
    return f' <button class="use" data-remove="{key}">{escape(word(lang, "doc.remove"))}</button>'


def _reader_cell(s: DocumentStatus, reader: ReaderProgress | None, lang: Lang) -> str:
    if reader is None:
        return ""
    stage, done = badge(lang, "stage", reader.stage), reader.forms_done
    if reader.stage == "off":
        return stage
    bar = f' <progress max="{max(s.forms, 1)}" value="{done}"></progress>'
    return f"{stage}{bar} {done}/{s.forms}"


def _duration(seconds: float | None, lang: Lang) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return word(lang, "seconds", n=round(seconds))
    return word(lang, "minutes", n=round(seconds / 60))


def document_detail(status: DocumentStatus | None, lang: Lang) -> str:
    """The pages that hold no form, with the reason."""
    if status is None:
        return notice(word(lang, "doc.choose"))
    if not status.others:
        return notice(word(lang, "doc.all_forms")) if status.rules == "done" else ""
    rows = [row([escape(word(lang, "page", n=o.page)), escape(o.reason)]) for o in status.others]
    headers = [word(lang, "doc.others"), word(lang, "doc.reason")]
    return f"<h3>{escape(status.name)}</h3>" + table(headers, rows, "others")


# Projects


def chosen_records(
    records: Iterable[Record], *, document_id: str = "", text: str = "", which: str = "any"
) -> list[Record]:
    """The records that the filters leave. ``which``: any, open, unapproved, approved."""
    wanted = text.strip().lower()
    return [
        r
        for r in records
        if (not document_id or r.document_id == document_id)
        and (not wanted or wanted in _searched(r))
        and _is_in(r, which)
    ]


def _searched(record: Record) -> str:
    names = ("name", "code", "spending_unit", "applicant_unit", "implementing_unit")
    values = [record.fields[n].value for n in names if n in record.fields]
    return " ".join(str(v) for v in (*values, record.form_id) if v is not None).lower()


def _is_in(record: Record, which: str) -> bool:
    if which == "open":
        return count_open(record) > 0
    if which == "unapproved":
        return record.approval != "approved"
    return which == "any" or record.approval == "approved"


def amount_cell(record: Record) -> Cell | None:
    """The cell of the amount by which a project is known: of the year, else in all."""
    cells = (record.fields.get(name) for name in AMOUNT_FIELDS)
    return next((c for c in cells if c is not None and c.value is not None), None)


def projects_table(
    records: Sequence[Record], documents: Mapping[str, str], lang: Lang, chosen: str = ""
) -> str:
    """``documents`` maps ids to names."""
    if not records:
        return notice(word(lang, "rec.none"))
    names = ("name", "form", "pages", "amount", "open", "approval", "document")
    rows = [
        row(_project_cells(r, documents, lang), pick=key_of(r), chosen=key_of(r) == chosen)
        for r in records[:SHOWN]
    ]
    more = word(lang, "rec.more", n=len(records), shown=SHOWN) if len(records) > SHOWN else ""
    return table([word(lang, f"rec.{n}") for n in names], rows, "projects") + (
        notice(more) if more else ""
    )


def _project_cells(r: Record, documents: Mapping[str, str], lang: Lang) -> list[str]:
    money, waiting = amount_cell(r), count_open(r)
    return [
        f"<b>{escape(r.name)}</b>",
        escape(word(lang, f"form.{r.form_type.value}")),
        _pages(r),
        escape(amount(money.value)) if money else "",
        f'<span class="badge needs">{waiting}</span>' if waiting else "0",
        badge(lang, "approval", r.approval),
        escape(documents.get(r.document_id, r.document_id[:8])),
    ]


def _pages(record: Record) -> str:
    first, last = record.pages[0], record.pages[-1]
    return str(first) if first == last else f"{first}–{last}"


# Findings


def findings_table(
    findings: Sequence[Finding], records: Sequence[Record], lang: Lang, chosen: int = -1
) -> str:
    """The findings on ``records``; a row is chosen by its number."""
    if not findings:
        return notice(word(lang, "find.none"))
    by_key = {key_of(r): r for r in records}
    rows = [
        row(
            _finding_cells(f, by_key.get(f"{f.document_id}/{f.form_id}"), lang),
            pick=str(i),
            chosen=i == chosen,
        )
        for i, f in enumerate(findings)
    ]
    headers = ("find.severity", "find.project", "find.target", "find.what", "rec.pages")
    return table([word(lang, h) for h in headers], rows, "findings")


def _finding_cells(f: Finding, record: Record | None, lang: Lang) -> list[str]:
    return [
        badge(lang, "severity", f.severity),
        f"<b>{escape(record.name if record else f.form_id)}</b>",
        escape(path_label(record, f.target, lang) if record else f.target),
        paragraphs(f.what),
        ", ".join(str(p) for p in f.pages),
    ]

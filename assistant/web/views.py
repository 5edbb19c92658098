"""Documents, projects and findings → the lists of the app. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from assistant.messages.catalogue import told, word
from assistant.messages.labels import path_label
from assistant.review.replay import count_open
from assistant.web.markup import amount, render
from schemas.documents import DocumentStatus
from schemas.findings import Finding
from schemas.messages import Lang
from schemas.records import Cell, Record

SHOWN = 200  # rows of a list; more are found by the filter
AMOUNT_FIELDS = ("current_year_amount", "budget_amount", "total_amount")


def key_of(record: Record) -> str:
    return f"{record.document_id}/{record.form_id}"


def is_busy(status: DocumentStatus) -> bool:
    """Whether somebody is still reading the document."""
    under_way = {"waiting", "reading"}
    return status.rules in under_way or (status.rules == "done" and status.llm in under_way)


# Documents


class _Document(NamedTuple):
    """A line of the list of documents."""

    status: DocumentStatus
    left: str
    message: str
    removable: bool


def documents_table(statuses: Sequence[DocumentStatus], lang: Lang, chosen: str = "") -> Markup:
    documents = [
        _Document(
            s,
            _duration(s.seconds_left, lang) if is_busy(s) else "",
            told(lang, s.said) if s.said else s.message,
            can_remove(s),
        )
        for s in statuses
    ]
    off = any(s.llm == "off" for s in statuses)
    return render("documents", lang, documents=documents, off=off, chosen=chosen)


def can_remove(status: DocumentStatus) -> bool:
    """Whether a file could not be read at all, so that nothing is lost with it."""
    return status.rules == "failed" and not status.page_count


def _duration(seconds: float | None, lang: Lang) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return word(lang, "seconds", n=round(seconds))
    return word(lang, "minutes", n=round(seconds / 60))


def document_detail(status: DocumentStatus | None, lang: Lang) -> Markup:
    """The pages that hold no form, with the reason."""
    return render("document", lang, status=status)


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


class _Project(NamedTuple):
    """A line of the list of projects."""

    key: str
    record: Record
    pages: str
    amount: str
    open: int
    document: str


def projects_table(
    records: Sequence[Record], documents: Mapping[str, str], lang: Lang, chosen: str = ""
) -> Markup:
    """``documents`` maps ids to names."""
    projects = [
        _Project(
            key_of(r),
            r,
            _pages(r),
            amount(money.value) if (money := amount_cell(r)) else "",
            count_open(r),
            documents.get(r.document_id, r.document_id[:8]),
        )
        for r in records[:SHOWN]
    ]
    return render("projects", lang, projects=projects, count=len(records), chosen=chosen)


def _pages(record: Record) -> str:
    first, last = record.pages[0], record.pages[-1]
    return str(first) if first == last else f"{first}–{last}"


# Findings


class _Finding(NamedTuple):
    """A line of the list of findings."""

    severity: str
    project: str
    target: str
    what: str
    pages: list[int]


def findings_table(
    findings: Sequence[Finding], records: Sequence[Record], lang: Lang, chosen: int = -1
) -> Markup:
    """The findings on ``records``; a row is chosen by its number."""
    by_key = {key_of(r): r for r in records}
    lines = [_line(f, by_key.get(f"{f.document_id}/{f.form_id}"), lang) for f in findings]
    return render("findings", lang, findings=lines, chosen=chosen)


def _line(f: Finding, record: Record | None, lang: Lang) -> _Finding:
    project = record.name if record else f.form_id
    target = path_label(record, f.target, lang) if record else f.target
    return _Finding(f.severity, project, target, told(lang, f.said), f.pages)

"""Documents, projects and findings → the lists of the app. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.messages.catalogue import told, word
from assistant.messages.labels import path_label
from assistant.web.markup import amount, attribute, badge, escape, notice, paragraphs, row, table
from schemas.documents import DocumentStatus
from schemas.findings import Finding
from schemas.forms import FORMS
from schemas.messages import Lang

if TYPE_CHECKING:
    from assistant.store.lists import FormKey, ProjectLine

SHOWN = 200  # rows of a list; more are found by the filter


def key_of(line: ProjectLine) -> str:
    return f"{line.document_id}/{line.form_id}"


def is_busy(status: DocumentStatus) -> bool:
    """Whether somebody is still reading the document."""
    under_way = {"waiting", "reading"}
    return status.rules in under_way or (status.rules == "done" and status.llm in under_way)


# Documents


def documents_table(statuses: Sequence[DocumentStatus], lang: Lang, chosen: str = "") -> str:
    if not statuses:
        return notice(word(lang, "doc.none"))
    names = ("name", "pages", "forms", "rules", "llm", "left", "tokens", "message")
    rows = [
        row(_document_cells(s, lang), pick=s.document_id, chosen=s.document_id == chosen)
        for s in statuses
    ]
    off = any(s.llm == "off" for s in statuses)
    note = notice(word(lang, "doc.llm_off")) if off else ""
    return table([word(lang, f"doc.{n}") for n in names], rows, "documents") + note


def _document_cells(s: DocumentStatus, lang: Lang) -> list[str]:
    return [
        f"<b>{escape(s.name)}</b>",
        str(s.page_count),
        str(s.forms),
        badge(lang, "stage", s.rules),
        badge(lang, "stage", s.llm) + (_progress(s) if s.llm != "off" else ""),
        escape(_duration(s.seconds_left, lang)) if is_busy(s) else "",
        f"{s.usage.prompt_tokens + s.usage.completion_tokens:,}",
        escape(told(lang, s.said) if s.said else s.message)
        + (_remove(s, lang) if can_remove(s) else ""),
    ]


def can_remove(status: DocumentStatus) -> bool:
    """Whether a file could not be read at all, so that nothing is lost with it."""
    return status.rules == "failed" and not status.page_count


def _remove(s: DocumentStatus, lang: Lang) -> str:
    key = attribute(s.document_id)
    return f' <button class="use" data-remove="{key}">{escape(word(lang, "doc.remove"))}</button>'


def _progress(s: DocumentStatus) -> str:
    return (
        f' <progress max="{max(s.forms, 1)}" value="{s.llm_forms_done}"></progress>'
        f" {s.llm_forms_done}/{s.forms}"
    )


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


def projects_table(lines: Sequence[ProjectLine], count: int, lang: Lang, chosen: str = "") -> str:
    """``lines`` are the first of ``count`` forms."""
    if not lines:
        return notice(word(lang, "rec.none"))
    names = ("name", "form", "pages", "amount", "open", "approval", "document")
    rows = [
        row(_project_cells(line, lang), pick=key_of(line), chosen=key_of(line) == chosen)
        for line in lines
    ]
    more = word(lang, "rec.more", n=count, shown=len(lines)) if count > len(lines) else ""
    return table([word(lang, f"rec.{n}") for n in names], rows, "projects") + (
        notice(more) if more else ""
    )


def _project_cells(line: ProjectLine, lang: Lang) -> list[str]:
    return [
        f"<b>{escape(line.name)}</b>",
        escape(_family(line.form_type, lang)),
        _pages(line.pages),
        escape(amount(line.amount)) if line.amount else "",
        f'<span class="badge needs">{line.open}</span>' if line.open else "0",
        badge(lang, "approval", line.approval),
        escape(line.document),
    ]


def _family(form_type: str, lang: Lang) -> str:
    spec = FORMS[form_type]
    return spec.english if lang == "en" else spec.label


def _pages(pages: Sequence[int]) -> str:
    return str(pages[0]) if pages[0] == pages[-1] else f"{pages[0]}–{pages[-1]}"


# Findings


def findings_table(
    findings: Sequence[Finding], lines: Mapping[FormKey, ProjectLine], lang: Lang, chosen: int = -1
) -> str:
    """The findings on the forms ``lines``; a row is chosen by its number."""
    if not findings:
        return notice(word(lang, "find.none"))
    rows = [
        row(
            _finding_cells(f, lines.get((f.document_id, f.form_id)), lang),
            pick=str(i),
            chosen=i == chosen,
        )
        for i, f in enumerate(findings)
    ]
    headers = ("find.severity", "find.project", "find.target", "find.what", "rec.pages")
    return table([word(lang, h) for h in headers], rows, "findings")


def _finding_cells(f: Finding, line: ProjectLine | None, lang: Lang) -> list[str]:
    return [
        badge(lang, "severity", f.severity),
        f"<b>{escape(line.name if line else f.form_id)}</b>",
        escape(path_label(line.form_type, f.target, lang) if line else f.target),
        paragraphs(f.what),
        ", ".join(str(p) for p in f.pages),
    ]

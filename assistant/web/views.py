"""Documents, projects and findings → the lists of the app. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from assistant.messages.catalogue import told, word
from assistant.messages.labels import label_of, path_label
from assistant.readers.registry import installed, reader_label
from assistant.web.markup import amount, render
from schemas.documents import DocumentStatus
from schemas.findings import Finding
from schemas.forms import FIELDS, FORMS
from schemas.layouts import Layout
from schemas.messages import Lang

if TYPE_CHECKING:
    from assistant.store.lists import FormKey, ProjectLine

SHOWN = 200  # rows of a list; more are found by the filter


def key_of(line: ProjectLine) -> str:
    return f"{line.document_id}/{line.form_id}"


def is_busy(status: DocumentStatus) -> bool:
    """Whether somebody is still reading the document."""
    under_way = {"waiting", "reading"}
    stages = {reader.stage for reader in status.readers.values()}
    return status.rules in under_way or (status.rules == "done" and bool(stages & under_way))


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
    names = list(dict.fromkeys(name for s in statuses for name in s.readers))
    readers = [(name, title(name, lang)) for name in names]
    first = title(installed()[0].name, lang)
    return render(
        "documents", lang, documents=documents, first=first, readers=readers, off=off, chosen=chosen
    )


def title(reader: str, lang: Lang) -> str:
    """A reader's name as it stands in a table."""
    return reader_label(reader, lang).capitalize()


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


class _Project(NamedTuple):
    """A line of the list of projects, and what is made of it."""

    line: ProjectLine
    key: str
    family: str
    pages: str
    amount: str


def projects_table(
    lines: Sequence[ProjectLine], count: int, lang: Lang, chosen: str = ""
) -> Markup:
    """``lines`` are the first of ``count`` forms."""
    projects = [
        _Project(
            line,
            key_of(line),
            _family(line.form_type, lang),
            _pages(line.pages),
            amount(line.amount) if line.amount else "",
        )
        for line in lines
    ]
    return render("projects", lang, projects=projects, count=count, chosen=chosen)


def _family(form_type: str, lang: Lang) -> str:
    spec = FORMS[form_type]
    return spec.english if lang == "en" else spec.label


def _pages(pages: Sequence[int]) -> str:
    return str(pages[0]) if pages[0] == pages[-1] else f"{pages[0]}–{pages[-1]}"


# Findings


class _Finding(NamedTuple):
    """A line of the list of findings."""

    severity: str
    project: str
    target: str
    what: str
    pages: list[int]


def findings_table(
    findings: Sequence[Finding], lines: Mapping[FormKey, ProjectLine], lang: Lang, chosen: int = -1
) -> Markup:
    """The findings on the forms ``lines``; a row is chosen by its number."""
    shown = [_line(f, lines.get((f.document_id, f.form_id)), lang) for f in findings]
    return render("findings", lang, findings=shown, chosen=chosen)


def _line(f: Finding, line: ProjectLine | None, lang: Lang) -> _Finding:
    project = line.name if line else f.form_id
    target = path_label(line.form_type, f.target, lang) if line else f.target
    return _Finding(f.severity, project, target, told(lang, f.said), f.pages)


# Layouts


def layouts_table(layouts: Sequence[Layout], lang: Lang, chosen: str = "") -> Markup:
    shown = [(one, _family(one.form_type, lang)) for one in layouts]
    return render("layouts", lang, layouts=shown, chosen=chosen)


def labels_table(layout: Layout | None, lang: Lang, chosen: str = "") -> Markup:
    """The labels of a layout that no wording names, with what people said they are."""
    labels = [
        (
            one,
            label_of(FIELDS[one.decision.field], lang) if one.decision else "",
            f"{one.decision.at.astimezone():%Y-%m-%d %H:%M}" if one.decision else "",
        )
        for one in (layout.labels if layout else ())
    ]
    return render("labels", lang, layout=layout, labels=labels, chosen=chosen)

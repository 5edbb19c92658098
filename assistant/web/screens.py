"""What the web app does when somebody chooses, types or presses something.

One class a screen. A handler asks the assistant, hands the result to a view
and returns one value for each part of the screen that changes. What belongs
to one user (the chosen cell, the conversation) comes in and goes out as that
user's state; nothing is kept here. Every handler takes the language first.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import gradio as gr
from markupsafe import Markup

from assistant.errors import DocumentError, InvalidValue, JixiaoError
from assistant.messages.catalogue import told, word
from assistant.review.replay import value_of_reader
from assistant.web import record_views, views
from assistant.web.markup import escape, notice, page_view, render
from schemas.findings import Finding
from schemas.geometry import Box
from schemas.messages import Lang
from schemas.readings import Evidence, Value
from schemas.records import CellRef, Record
from schemas.review import Action, Decision

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.store.lists import Opened, Which

# What a handler gives back: one value for each of its outputs.
Parts = list[Any]


def warn(lang: Lang, key: str, sentence: str) -> None:
    """A message that stays for ten seconds; ``key`` is the text above the sentence."""
    gr.Warning(render("warning", lang, title=word(lang, key), sentence=sentence), duration=10)


def tell(sentence: str) -> None:
    gr.Info(escape(sentence), duration=3)


def shown_page(
    assistant: Assistant,
    lang: Lang,
    document_id: str,
    place: Evidence,
    others: Sequence[Evidence | None] = (),
    unread: Sequence[Evidence] = (),
) -> Markup:
    """A page with ``place`` framed, the others tinted, and what is unread hatched."""
    marks = record_views.boxes([place, *others], place.page)
    png = assistant.page_image(document_id, place.page, marks)
    box = Box(*place.bbox) if place.bbox else None
    name = assistant.document_name(document_id)
    hatched = record_views.boxes(unread, place.page)
    return page_view(lang, png, place.page, name, box, hatched)


class Documents:
    """Upload, and how far each reading has come."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def show(self, lang: Lang, chosen: str) -> Parts:
        statuses = self._assistant.documents()
        one = next((s for s in statuses if s.document_id == chosen), None)
        busy = any(views.is_busy(s) for s in statuses)
        return [
            views.documents_table(statuses, lang, chosen),
            views.document_detail(one, lang),
            gr.Timer(active=busy),
            chosen,
        ]

    def upload(self, lang: Lang, files: list[str] | None, chosen: str) -> Parts:
        for file in files or []:
            try:
                chosen = self._assistant.submit(Path(file)).document_id
            except DocumentError as error:  # the other files are read all the same
                warn(lang, "error.document", told(lang, error.message))
            else:
                tell(word(lang, "doc.received", name=Path(file).name))
        return [None, *self.show(lang, chosen)]

    def pick(self, lang: Lang, event: gr.EventData) -> Parts:
        return self.show(lang, event.id)

    def remove(self, lang: Lang, chosen: str, event: gr.EventData) -> Parts:
        """Takes a file that could not be read off the list."""
        self._assistant.discard(str(event.id))
        return self.show(lang, chosen)


@dataclass(frozen=True)
class Chosen:
    """What one user looks at in the review."""

    document_id: str = ""
    form_id: str = ""
    path: str = ""


class Review:
    """The projects, one record beside its page, and the decisions on it."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def _needed(self, lang: Lang, chosen: Chosen) -> Opened:
        if not chosen.form_id:
            raise JixiaoError("choose_record")
        return self._assistant.opened(chosen.document_id, chosen.form_id)

    def projects(self, lang: Lang, chosen: Chosen, *filters: str | None) -> Parts:
        """The table of projects and the documents to filter by."""
        document_id, text, which = (value or "" for value in filters)  # None before it is typed
        only = cast("Which", which or "any")
        lines, count = self._assistant.projects(
            document_id=document_id, text=text, which=only, most=views.SHOWN
        )
        names = self._assistant.document_names()
        choices = [(word(lang, "filter.all"), ""), *((n, i) for i, n in names.items())]
        key = f"{chosen.document_id}/{chosen.form_id}"
        return [views.projects_table(lines, count, lang, key), gr.update(choices=choices)]

    def show(self, lang: Lang, chosen: Chosen) -> Parts:
        """The record and, of the chosen cell, its panel and page."""
        return self._shown(lang, chosen, self._needed(lang, chosen) if chosen.form_id else None)

    def _shown(self, lang: Lang, chosen: Chosen, opened: Opened | None) -> Parts:
        record = opened.record if opened else None
        ref = record_views.find_cell(record, chosen.path) if record else None
        value = "" if ref is None or ref.cell.value is None else str(ref.cell.value)
        approved = record is not None and record.approval == "approved"
        return [
            chosen,
            record_views.record_heading(record, lang),
            record_views.record_cells(record, lang, chosen.path),
            record_views.cell_panel(record, chosen.path, lang),
            self._page(lang, record, chosen.path),
            value,
            "",
            self._history(lang, opened),
            gr.update(visible=record is not None),
            gr.update(visible=not approved),
            gr.update(visible=record is not None and not approved),
            gr.update(visible=record is not None and not approved),
            gr.update(visible=approved),
            gr.update(visible=False),
        ]

    def _history(self, lang: Lang, opened: Opened | None) -> str:
        return record_views.history_table(*opened, lang) if opened else ""

    def _page(self, lang: Lang, record: Record | None, path: str) -> str:
        if record is None:
            return ""
        place = record_views.evidence_of_cell(record, path)
        ref = record_views.find_cell(record, path)
        others = [r.evidence for r in ref.cell.readings.values()] if ref else []
        said = notice(lang, "cell.no_page") if ref and place is None else Markup()
        place = place or Evidence(page=record.pages[0])
        own = (self._assistant, lang, record.document_id, place, others)
        return said + shown_page(*own, record.unread)

    def pick_record(self, lang: Lang, event: gr.EventData) -> Parts:
        document_id, _, form_id = str(event.id).rpartition("/")
        opened = self._assistant.opened(document_id, form_id)
        path = record_views.next_open(opened.record, "")
        return self._shown(lang, Chosen(document_id, form_id, path), opened)

    def pick_cell(self, lang: Lang, chosen: Chosen, event: gr.EventData) -> Parts:
        return self.show(lang, replace(chosen, path=str(event.id)))

    def next(self, lang: Lang, chosen: Chosen) -> Parts:
        opened = self._needed(lang, chosen)
        path = record_views.next_open(opened.record, chosen.path)
        if not path:
            tell(word(lang, "open.none"))
        return self._shown(lang, replace(chosen, path=path or chosen.path), opened)

    def _decide(
        self, chosen: Chosen, who: str, action: Action, after: Value = None, why: str = ""
    ) -> Opened:
        decision = Decision(
            document_id=chosen.document_id,
            form_id=chosen.form_id,
            path="" if action in ("approve", "reopen") else chosen.path,
            action=action,
            after=after,
            who=who.strip() or "reviewer",
            at=datetime.now(UTC),
            why=why.strip(),
        )
        return self._assistant.decide(decision)

    def _ref(self, lang: Lang, chosen: Chosen) -> CellRef:
        ref = record_views.find_cell(self._needed(lang, chosen).record, chosen.path)
        if ref is None:
            raise JixiaoError("choose_first")
        return ref

    def _cell_decided(
        self, lang: Lang, chosen: Chosen, ref: CellRef, who: str, action: Action, after: Value,
        why: str,
    ) -> Parts:  # fmt: skip
        """Decides the chosen cell and goes to the next that waits, if this one did."""
        opened = self._decide(chosen, who, action, after, why)
        tell(word(lang, f"done.{action}"))
        waited = ref.cell.needs_review
        path = record_views.next_open(opened.record, chosen.path) if waited else ""
        return self._shown(lang, replace(chosen, path=path or chosen.path), opened)

    def accept(self, lang: Lang, chosen: Chosen, who: str, why: str) -> Parts:
        ref = self._ref(lang, chosen)
        if not record_views.has_one_value(ref.cell):
            raise JixiaoError("accept.disputed")
        return self._cell_decided(lang, chosen, ref, who, "accept", None, why)

    def use(self, lang: Lang, chosen: Chosen, who: str, why: str, event: gr.EventData) -> Parts:
        """Accepts what one reader said of a cell."""
        ref = self._ref(lang, chosen)
        value = value_of_reader(ref.cell, str(event.id))
        action: Action = "correct" if value is None else "accept"
        return self._cell_decided(lang, chosen, ref, who, action, value, why)

    def correct(self, lang: Lang, chosen: Chosen, who: str, why: str, text: str) -> Parts:
        ref = self._ref(lang, chosen)
        try:
            return self._cell_decided(lang, chosen, ref, who, "correct", text, why)
        except InvalidValue:
            raise InvalidValue(f"expects.{ref.kind.value}") from None

    def reject(self, lang: Lang, chosen: Chosen, who: str, why: str) -> Parts:
        if not why.strip():
            raise InvalidValue("reject.why")
        ref = self._ref(lang, chosen)
        return self._cell_decided(lang, chosen, ref, who, "reject", None, why)

    def approve(self, lang: Lang, chosen: Chosen, who: str, why: str) -> Parts:
        waiting = len(record_views.open_cells(self._needed(lang, chosen).record))
        if waiting:
            raise JixiaoError("approve.open", n=waiting)
        return self._whole_decided(lang, chosen, who, "approve", why)

    def reopen(self, lang: Lang, chosen: Chosen, who: str, why: str) -> Parts:
        return self._whole_decided(lang, chosen, who, "reopen", why)

    def _whole_decided(
        self, lang: Lang, chosen: Chosen, who: str, action: Action, why: str
    ) -> Parts:
        opened = self._decide(chosen, who, action, None, why)
        tell(word(lang, f"done.{action}"))
        return self._shown(lang, chosen, opened)

    def ask_rest(self, lang: Lang, chosen: Chosen) -> Parts:
        """Asks before the undoubted single readings are accepted together."""
        cells = record_views.acceptable_together(self._needed(lang, chosen).record)
        if not cells:
            tell(word(lang, "accept_rest.none"))
            return [gr.update(visible=False), ""]
        question = notice(lang, "accept_rest.ask", n=len(cells))
        return [gr.update(visible=True), question]

    def dismiss_rest(self, lang: Lang) -> Any:
        return gr.update(visible=False)

    def accept_rest(self, lang: Lang, chosen: Chosen, who: str, why: str) -> Parts:
        for ref in record_views.acceptable_together(self._needed(lang, chosen).record):
            self._decide(replace(chosen, path=ref.path), who, "accept", None, why)
        return self.show(lang, chosen)


class Findings:
    """What is wrong in the forms themselves."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def show(self, lang: Lang) -> Parts:
        findings = self._assistant.findings()
        return [self._table(lang, findings), notice(lang, "find.choose"), findings]

    def _table(self, lang: Lang, findings: list[Finding], chosen: int = -1) -> str:
        keys = {(f.document_id, f.form_id) for f in findings}
        return views.findings_table(findings, self._assistant.lines(keys), lang, chosen)

    def pick(self, lang: Lang, findings: list[Finding], event: gr.EventData) -> Parts:
        number = int(event.id)
        finding = findings[number]
        places = finding.citations or [Evidence(page=finding.pages[0])]
        page = shown_page(self._assistant, lang, finding.document_id, places[0], places[1:])
        return [self._table(lang, findings, number), page]


class Export:
    """The records as a file."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def make(self, lang: Lang, which: str, suffix: str) -> str:
        path = Path(tempfile.mkdtemp(prefix="jixiao-")) / f"{word(lang, 'export.name')}{suffix}"
        self._assistant.export(path, approved_only=which == "approved")
        return str(path)

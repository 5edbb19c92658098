"""The parts that the screens of the web app are put together from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.messages.catalogue import word
from assistant.web.markup import render
from schemas.messages import Lang

_SCRIPT = Path(__file__).with_name("app.js").read_text(encoding="utf-8")


def _js(function: str) -> str:
    """What a part of the page does when it is loaded: a function of ``app.js``."""
    return f"{_SCRIPT}\n{function}(element, trigger, watch);"


class Texts:
    """Makes components whose texts follow the language."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, dict[str, Any]]] = []

    def make(self, kind: Callable[..., Any], texts: dict[str, Any], **options: Any) -> Any:
        """``texts`` maps properties to codes of texts, or to what makes one of the language;
        choices to pairs (code, value)."""
        component = kind(**_said("zh", texts), **options)
        self._made.append((component, texts))
        return component

    def button(self, text: str, **options: Any) -> gr.Button:
        made: gr.Button = self.make(gr.Button, {"value": text}, size="sm", **options)
        return made

    def follow(self, lang: gr.Radio) -> None:
        """To be called when all are made."""
        made = [component for component, _ in self._made]
        lang.change(self._in, lang, made, show_progress="hidden", api_visibility="private")

    def _in(self, lang: Lang) -> list[Any]:
        return [gr.update(**_said(lang, texts)) for _, texts in self._made]


def _said(lang: Lang, texts: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(lang, text) for name, text in texts.items()}


def _text(lang: Lang, text: Any) -> Any:
    if callable(text):
        return text(lang)
    return word(lang, text) if isinstance(text, str) else [(word(lang, k), v) for k, v in text]


def brand(lang: Lang) -> Markup:
    """The name of the app and what it does."""
    return render("brand", lang)


def pickable(elem_id: str, **options: Any) -> gr.HTML:
    """A view whose ``data-pick`` parts can be chosen: event ``pick``, data ``id``; so can its
    ``data-remove`` parts: event ``remove``."""
    return gr.HTML(js_on_load=_js("pickable"), elem_id=elem_id, **options)


def page_image(elem_id: str) -> gr.HTML:
    """A page that is scrolled to its mark."""
    return gr.HTML(js_on_load=_js("pageImage"), elem_id=elem_id)


def conversation(elem_id: str) -> gr.HTML:
    """A view with sources (event ``cite``), questions to choose (``ask``) or to change
    (``edit``), lists (``list``) and thumbs (``rate``, with ``verdict`` and ``reason``); data
    ``id``."""
    return gr.HTML(js_on_load=_js("conversation"), elem_id=elem_id)


def download(elem_id: str) -> gr.HTML:
    """A link that is followed as soon as it is there."""
    return gr.HTML(js_on_load=_js("download"), elem_id=elem_id)


def filters(texts: Texts) -> list[Any]:
    which = [(f"filter.{name}", name) for name in ("any", "open", "unapproved", "approved")]
    with gr.Row(elem_classes="filters"):
        return [
            texts.make(
                gr.Dropdown,
                {"label": "filter.document"},
                container=False,
                choices=[(word("zh", "filter.all"), "")],
                value="",
                elem_id="filter-document",
            ),
            texts.make(
                gr.Textbox,
                {"label": "filter.text", "placeholder": "filter.text"},
                container=False,
                max_lines=1,
                elem_id="filter-text",
            ),
            texts.make(
                gr.Radio,
                {"label": "filter.state", "choices": which},
                value="any",
                container=False,
                scale=2,
                elem_id="filter-which",
            ),
        ]


@dataclass
class Entry:
    """Where a question is written, sent and stopped, and what it is asked of."""

    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    approved: gr.Checkbox
    new: gr.Button


def entry(texts: Texts) -> Entry:
    with gr.Row(equal_height=True, elem_classes="entry"):
        question = texts.make(
            gr.Textbox,
            {"placeholder": "ask.hint"},
            show_label=False,
            container=False,
            max_lines=3,
            scale=5,
            elem_id="question",
        )
        send = texts.button("ask.send", variant="primary", min_width=80, elem_id="send")
        stop = texts.button("ask.stop", variant="stop", visible=False, min_width=80, elem_id="stop")
    with gr.Row(elem_classes="below"):
        approved = texts.make(
            gr.Checkbox, {"label": "ask.approved_only"}, container=False, elem_id="only"
        )
        new = texts.button("ask.new", min_width=110, scale=0, elem_id="new")
    return Entry(question, send, stop, approved, new)


@dataclass
class Decisions:
    """The panel of the chosen cell and the buttons that decide it, or the whole record."""

    panel: gr.HTML
    editing: Any  # while the record is not approved
    text: gr.Textbox
    why: gr.Textbox
    accept: gr.Button
    correct: gr.Button
    reject: gr.Button
    next: gr.Button


def decisions(texts: Texts) -> Decisions:
    panel = pickable("cell")
    with gr.Column(elem_classes="tight") as editing:
        with gr.Row(elem_classes="entry"):
            text = texts.make(
                gr.Textbox,
                {"label": "correction", "placeholder": "correction.hint"},
                container=False,
                max_lines=6,
                scale=5,
                elem_id="correction",
            )
            correct = texts.button("correct", scale=1, min_width=72, elem_id="correct-cell")
            accept = texts.button(
                "accept", variant="primary", scale=1, min_width=92, elem_id="accept-cell"
            )
        with gr.Row(elem_classes="entry"):
            why = texts.make(
                gr.Textbox,
                {"label": "why", "placeholder": "why.hint"},
                container=False,
                max_lines=1,
                scale=5,
                elem_id="why",
            )
            reject = texts.button("reject", scale=1, min_width=72, elem_id="reject-cell")
            go_on = texts.button("next", scale=1, min_width=92, elem_id="next-open")
    return Decisions(panel, editing, text, why, accept, correct, reject, go_on)


@dataclass
class Whole:
    """What concerns the whole record."""

    heading: gr.HTML
    approve: gr.Button
    rest: gr.Button
    reopen: gr.Button
    asking: Any  # the question before the rest is accepted
    question: gr.HTML
    yes: gr.Button
    no: gr.Button


def whole(texts: Texts) -> Whole:
    with gr.Row(elem_classes="whole"):
        heading = gr.HTML(js_on_load=_js("heading"), elem_id="record", scale=4)
        rest = texts.button("accept_rest", visible=False, min_width=150, scale=0, elem_id="rest")
        approve = texts.button(
            "approve", visible=False, variant="primary", min_width=150, scale=0, elem_id="approve"
        )
        reopen = texts.button("reopen", visible=False, min_width=150, scale=0, elem_id="reopen")
    with gr.Group(visible=False) as asking:
        question = gr.HTML(padding=True)
        with gr.Row():
            yes = texts.button("yes", variant="primary", elem_id="yes")
            no = texts.button("no", elem_id="no")
    return Whole(heading, approve, rest, reopen, asking, question, yes, no)


@dataclass
class Naming:
    """Which field a label is, and the buttons that say so or take it back."""

    field: gr.Dropdown
    name: gr.Button
    undo: gr.Button


def naming(texts: Texts, fields: Callable[[Lang], list[tuple[str, str]]]) -> Naming:
    with gr.Row(elem_classes="entry"):
        field = texts.make(
            gr.Dropdown,
            {"label": "layouts.field", "choices": fields},
            scale=4,
            elem_id="layout-field",
        )
        name = texts.button("layouts.name", variant="primary", elem_id="layout-name")
        undo = texts.button("layouts.undo", elem_id="layout-undo")
    return Naming(field, name, undo)

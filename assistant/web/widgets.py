"""The parts that the screens of the web app are put together from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.messages.catalogue import word
from schemas.messages import Lang

# Choosing by mouse, Enter or Space; the arrow keys go from one to the next.
_PICK_JS = """
const send = (at) => trigger('pick', {id: at.dataset.pick});
element.addEventListener('click', (e) => {
  const at = e.target.closest('[data-pick], [data-remove]');
  if (at?.dataset.remove) trigger('remove', {id: at.dataset.remove});
  else if (at) send(at);
});
element.addEventListener('keydown', (e) => {
  const at = e.target.closest('[data-pick]');
  if (!at || e.target.closest('[data-remove]')) return;
  if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); send(at); }
  const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
  if (!step) return;
  e.preventDefault();
  const all = [...element.querySelectorAll('[data-pick]')];
  all[all.indexOf(at) + step]?.focus();
});
// What is chosen comes into view within its own list; the page stays where it is.
const reveal = () => {
  const at = element.querySelector('.chosen');
  let box = at?.parentElement;
  const scrolls = (b) => b.scrollHeight > b.clientHeight + 1
    && ['auto', 'scroll'].includes(getComputedStyle(b).overflowY);
  while (box && box !== document.body && !scrolls(box)) box = box.parentElement;
  if (!box || box === document.body) return;
  const gap = at.getBoundingClientRect().top - box.getBoundingClientRect().top;
  const seen = gap > 30 && gap + at.offsetHeight < box.clientHeight;
  if (!seen) box.scrollTop += gap - box.clientHeight / 3;
};
const soon = () => setTimeout(reveal, 300);  // when it is drawn
watch('value', soon);
soon();
"""
# N and A work wherever no text is being typed. A record that was just chosen comes into view.
_KEYS_JS = """
let name = '';
watch('value', () => {
  const now = element.querySelector('h2')?.textContent ?? '';
  const bring = () => element.closest('.whole').scrollIntoView({behavior: 'smooth'});
  if (now && now !== name) setTimeout(bring, 300);  // when the rest of it is drawn
  name = now;
});
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || element.offsetParent === null) return;
  if (e.target.closest('input, textarea, select')) return;
  const button = {n: 'next-open', a: 'accept-cell'}[e.key];
  if (button) document.getElementById(button)?.click();
});
"""
# Where the page is not served securely, browsers give no clipboard; a selection still copies.
_THREAD_JS = """
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
};
let judged = '';
const rate = (turn, verdict, reason) => {
  judged = reason ? '' : turn;
  trigger('rate', {id: turn, verdict: verdict, reason: reason});
};
const explain = (turn) => {
  const line = element.querySelector(`input.reason[data-turn="${turn}"]`);
  if (line) rate(turn, line.dataset.verdict, line.value);
};
element.addEventListener('click', (e) => {
  const at = e.target.closest('button');
  if (!at) return;
  const says = at.dataset;
  if (says.cite) trigger('cite', {id: says.cite});
  if (says.ask) trigger('ask', {id: says.ask});
  if (says.list) trigger('list', {id: says.list});
  if (says.rate) rate(says.turn, says.rate, '');
  if (says.why) explain(says.why);
  if (says.copy) copy(says.copy).then(() => { at.textContent = says.done; });
  if (says.edit) {
    trigger('edit', {id: says.edit});
    document.querySelector('#question textarea')?.focus();
  }
});
element.addEventListener('keydown', (e) => {
  const line = e.target.closest('input.reason');
  if (line && e.key === 'Enter') explain(line.dataset.turn);
});
let shown = '', at = 0;
element.addEventListener('scroll', (e) => {
  if (e.target.classList?.contains('thread')) at = e.target.scrollTop;
}, true);
watch('value', () => {
  const thread = element.querySelector('.thread');
  const all = element.querySelectorAll('.question');
  const now = `${all.length} ${element.querySelectorAll('.waiting').length}`;
  // A new question or answer comes to the top; what else changes leaves the place.
  if (thread) thread.scrollTop = now === shown ? at : all[all.length - 1].offsetTop;
  shown = now;
  if (judged) element.querySelector(`input.reason[data-turn="${judged}"]`)?.focus();
  judged = '';
});
"""
# A file that was made for this page alone is taken at once.
_DOWNLOAD_JS = """
watch('value', () => element.querySelector('a')?.click());
"""
# The marked place in the upper third of what is seen of the page; a click goes nearer or back.
_PAGE_JS = """
let near = false;
const show = () => {
  const sheet = element.querySelector('.sheet'), mark = element.querySelector('.mark');
  sheet.classList.toggle('near', near);
  sheet.scrollTop = mark ? mark.offsetTop - sheet.clientHeight / 3 : 0;
  sheet.scrollLeft = mark ? mark.offsetLeft + mark.offsetWidth / 2 - sheet.clientWidth / 2 : 0;
};
watch('value', () => element.querySelector('img')?.decode().then(show));
element.addEventListener('click', (e) => {
  if (e.target.closest('.sheet')) { near = !near; show(); }
});
"""


class Texts:
    """Makes components whose texts follow the language."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, dict[str, Any]]] = []

    def make(self, kind: Callable[..., Any], texts: dict[str, Any], **options: Any) -> Any:
        """``texts`` maps properties to keys of the words; choices to pairs (key, value)."""
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
    return {
        name: word(lang, key) if isinstance(key, str) else [(word(lang, k), v) for k, v in key]
        for name, key in texts.items()
    }


def pickable(elem_id: str, **options: Any) -> gr.HTML:
    """A view whose ``data-pick`` parts can be chosen: event ``pick``, data ``id``; so can its
    ``data-remove`` parts: event ``remove``."""
    return gr.HTML(js_on_load=_PICK_JS, elem_id=elem_id, **options)


def page_image(elem_id: str) -> gr.HTML:
    """A page that is scrolled to its mark."""
    return gr.HTML(js_on_load=_PAGE_JS, elem_id=elem_id)


def conversation(elem_id: str) -> gr.HTML:
    """A view with sources (event ``cite``), questions to choose (``ask``) or to change
    (``edit``), lists (``list``) and thumbs (``rate``, with ``verdict`` and ``reason``); data
    ``id``."""
    return gr.HTML(js_on_load=_THREAD_JS, elem_id=elem_id)


def download(elem_id: str) -> gr.HTML:
    """A link that is followed as soon as it is there."""
    return gr.HTML(js_on_load=_DOWNLOAD_JS, elem_id=elem_id)


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
        heading = gr.HTML(js_on_load=_KEYS_JS, elem_id="record", scale=4)
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

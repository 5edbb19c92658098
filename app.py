"""The web app: six screens over one :class:`assistant.service.Assistant`.

Here is what the page looks like and which handler of
:mod:`assistant.web.screens` answers what; ``python app.py`` and ``jixiao serve``
open it. The page asks its own host alone: offices have no internet.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
from gradio.events import api as endpoint

from assistant.api import Api
from assistant.errors import (
    DocumentError,
    InvalidValue,
    JixiaoError,
    ModelError,
    NotFound,
    StoreError,
)
from assistant.messages.catalogue import told, word
from assistant.web import widgets
from assistant.web.ask_screen import Ask
from assistant.web.layout_screen import Layouts
from assistant.web.screens import Chosen, Documents, Export, Findings, Review, warn
from assistant.web.serving import free_port, past_the_proxy, theme
from assistant.web.widgets import Texts, brand
from schemas.messages import Lang

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings

_log = logging.getLogger(__name__)
_HERE = Path(__file__).resolve().parent
_SAMPLE = _HERE / "samples" / "booklet" / "booklet.pdf"
_DAY = 24 * 3600
_POLL = 2.0  # seconds between looks at the progress of a reading
_AT_ONCE = 8  # users for whom the same handler runs at the same time

_TITLES: dict[type[JixiaoError], str] = {
    DocumentError: "error.document",
    ModelError: "error.model",
    StoreError: "error.store",
    NotFound: "error.not_found",
    InvalidValue: "error.value",
    JixiaoError: "error.any",
}


def _said(lang: Lang, handler: Callable[..., Any], error: Exception) -> tuple[str, str]:
    """The title and the sentence of an error; one that nobody foresaw is logged."""
    if isinstance(error, JixiaoError):
        key = next(title for kind, title in _TITLES.items() if isinstance(error, kind))
        return key, told(lang, error.message)
    _log.error("%s failed", handler.__qualname__, exc_info=error)
    return "error.any", word(lang, "error.unexpected")


def guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Shows an error of ``handler`` as its sentence and leaves the page as it is.

    It is shown as a warning: Gradio covers every part of the page with an error.
    A handler that yields is guarded at every step.
    """

    @functools.wraps(handler)
    def run(lang: Lang, *args: Any) -> Any:
        try:
            return handler(lang, *args)
        except Exception as error:  # noqa: BLE001  (a user must see something)
            warn(lang, *_said(lang, handler, error))
            return gr.skip()

    @functools.wraps(handler)
    def steps(lang: Lang, *args: Any) -> Iterator[Any]:
        try:
            yield from handler(lang, *args)
        except Exception as error:  # noqa: BLE001
            warn(lang, *_said(lang, handler, error))
            yield gr.skip()

    return steps if inspect.isgeneratorfunction(handler) else run


def for_programs(tool: Callable[..., str]) -> Callable[..., str]:
    """A tool whose errors reach the program that called it as one sentence."""

    @functools.wraps(tool)
    def run(*args: Any, **named: Any) -> str:
        try:
            return tool(*args, **named)
        except Exception as error:  # noqa: BLE001
            sentence = _said("en", tool, error)[1]
            raise gr.Error(sentence, print_exception=False) from None

    return run


class Page(Texts):
    """Wires handlers behind the guard; ``lang`` is the first input of every one."""

    lang: gr.Radio

    def __init__(self, demo: gr.Blocks) -> None:
        super().__init__()
        self.demo = demo

    def on(
        self,
        events: Sequence[Callable[..., Any]],
        handler: Callable[..., Any],
        inputs: Sequence[Any],
        outputs: Any,
        *,
        quiet: bool = False,
        cancels: Sequence[Any] = (),
    ) -> list[Any]:
        """``quiet`` handlers show no sign of waiting. No handler is offered to programs."""
        return [
            event(
                guarded(handler),
                [self.lang, *inputs],
                outputs,
                show_progress="hidden" if quiet else "minimal",
                cancels=list(cancels),
                api_visibility="private",
            )
            for event in events
        ]

    def latest(
        self,
        events: Sequence[Callable[..., Any]],
        handler: Callable[..., Any],
        inputs: Sequence[Any],
        outputs: Any,
    ) -> None:
        """A handler that shows how things stand, quietly. While it is at work the latest of
        the events waits, so that no earlier view comes after a later one."""
        gr.on(
            list(events),
            guarded(handler),
            [self.lang, *inputs],
            outputs,
            show_progress="hidden",
            trigger_mode="always_last",
            api_visibility="private",
        )


def _header(page: Page, reviewer: str) -> gr.Textbox:
    with gr.Row(elem_classes="top"):
        page.make(gr.HTML, {"value": brand}, elem_classes="brand", scale=4)
        who: gr.Textbox = page.make(
            gr.Textbox,
            {"label": "who"},
            value=reviewer,
            max_lines=1,
            elem_id="who",
        )
        languages = [("中文", "zh"), ("English", "en")]
        page.lang = gr.Radio(
            languages, value="zh", show_label=False, container=False, elem_id="language"
        )
    return who


def _documents_tab(page: Page, assistant: Assistant) -> None:
    screen, chosen = Documents(assistant), gr.State("")
    with page.make(gr.Tab, {"label": "tab.documents"}) as tab:
        upload = page.make(
            gr.File,
            {"label": "upload"},
            file_count="multiple",
            file_types=[".pdf", ".docx", ".xlsx", ".txt"],
            height=130,
            elem_id="upload",
        )
        table = widgets.pickable("documents")
        detail = gr.HTML(elem_id="document-detail")
    timer = gr.Timer(_POLL, active=False)
    shown = [table, detail, timer, chosen]
    page.on([upload.upload], screen.upload, [upload, chosen], [upload, *shown])
    page.on([table.pick], screen.pick, [], shown)
    page.on([table.remove], screen.remove, [chosen], shown)
    events = [timer.tick, tab.select, page.demo.load, page.lang.change]
    page.latest(events, screen.show, [chosen], shown)


def _review_tab(page: Page, assistant: Assistant, who: gr.Textbox) -> None:
    screen, chosen = Review(assistant), gr.State(Chosen())
    with page.make(gr.Tab, {"label": "tab.review"}) as tab:
        filters = widgets.filters(page)
        projects = widgets.pickable("projects")
        whole = widgets.whole(page)
        with gr.Row(visible=False) as record:
            with gr.Column(scale=5, min_width=420):
                one = widgets.decisions(page)
                cells = widgets.pickable("cells")
            with gr.Column(scale=5, min_width=420, elem_classes="beside"):
                image = widgets.page_image("page")
        history = gr.HTML(elem_id="history")
    shown = [chosen, whole.heading, cells, one.panel, image, one.text, one.why, history]
    shown += [record, one.editing, whole.rest, whole.approve, whole.reopen, whole.asking]

    selected = [tab.select, page.lang.change]
    # The heading tells how many cells wait and whether the record is approved: when it changes,
    # so does the list.
    lists = [*selected, *(f.change for f in filters), whole.heading.change]
    page.latest(lists, screen.projects, [chosen, *filters], [projects, filters[0]])
    page.latest(selected, screen.show, [chosen], shown)
    page.on([projects.pick], screen.pick_record, [], shown)
    page.on([cells.pick], screen.pick_cell, [chosen], shown)
    page.on([one.next.click], screen.next, [chosen], shown)
    asked = [whole.asking, whole.question]
    page.on([whole.rest.click], screen.ask_rest, [chosen], asked)
    page.on([whole.no.click], screen.dismiss_rest, [], whole.asking, quiet=True)

    by = [chosen, who, one.why]
    page.on([one.correct.click, one.text.submit], screen.correct, [*by, one.text], shown)
    page.on([one.panel.pick], screen.use, by, shown)
    for button, handler in (
        (one.accept, screen.accept),
        (one.reject, screen.reject),
        (whole.approve, screen.approve),
        (whole.reopen, screen.reopen),
        (whole.yes, screen.accept_rest),
    ):
        page.on([button.click], handler, by, shown)


def _ask_tab(page: Page, assistant: Assistant, who: gr.Textbox) -> None:
    screen = Ask(assistant)
    talk, waiting, source = gr.State(""), gr.State(""), gr.State("")
    with page.make(gr.Tab, {"label": "tab.ask"}) as tab, gr.Row():
        with gr.Column(scale=5, min_width=420):
            thread = widgets.conversation("thread")
            entry = widgets.entry(page)
            examples = widgets.conversation("examples")
            with page.make(gr.Accordion, {"label": "talk.title"}, open=False, elem_id="earlier"):
                talks = widgets.pickable("talks")
        with gr.Column(scale=5, min_width=420):
            image = widgets.page_image("source")
        link = widgets.download("download")
    shown = [thread, image, source]
    asked = [entry.question, waiting, talk, *shown, entry.send, entry.stop]
    question = [entry.question, talk, entry.approved]
    asking = page.on([entry.send.click, entry.question.submit], screen.ask, question, asked)
    asking += page.on([thread.ask, examples.ask], screen.ask_chosen, question[1:], asked)
    page.on([e.then for e in asking], screen.settle, [waiting, talk], asked, quiet=True)
    page.on([entry.stop.click], screen.settle, [waiting, talk], asked, cancels=asking)
    page.on([thread.cite], screen.cite, [talk], shown)
    page.on([thread.edit], screen.edit, [], entry.question, quiet=True)
    page.on([thread.rate], screen.rate, [talk, source, who], thread, quiet=True)
    page.on([thread.list], screen.list, [talk], link)
    page.on([entry.new.click], screen.new, [], [talk, *shown])
    page.on([talks.pick], screen.reopen, [], [talk, *shown])
    selected = [tab.select, page.lang.change]
    page.latest(selected, screen.show, [talk, source], shown)
    page.latest(selected, screen.examples, [], examples)
    page.latest([*selected, talk.change], screen.conversations, [talk], talks)


def _findings_tab(page: Page, assistant: Assistant) -> None:
    screen, findings = Findings(assistant), gr.State([])
    with page.make(gr.Tab, {"label": "tab.findings"}) as tab, gr.Row():
        with gr.Column(scale=5, min_width=420):
            table = widgets.pickable("findings")
        with gr.Column(scale=4, min_width=420):
            image = widgets.page_image("finding-page")
    selected = [tab.select, page.lang.change]
    page.latest(selected, screen.show, [], [table, image, findings])
    page.on([table.pick], screen.pick, [findings], [table, image])


def _layouts_tab(page: Page, assistant: Assistant, who: gr.Textbox) -> None:
    screen, chosen, label = Layouts(assistant), gr.State(""), gr.State("")
    with page.make(gr.Tab, {"label": "tab.layouts"}) as tab:
        table = widgets.pickable("layouts")
        naming = widgets.naming(page, screen.fields)
        labels = widgets.pickable("labels")
    shown = [chosen, label, table, labels, naming.field]
    page.latest([tab.select, page.lang.change], screen.show, [chosen, label], shown)
    page.on([table.pick], screen.pick, [], shown)
    page.on([labels.pick], screen.pick_label, [chosen], shown)
    page.on([naming.name.click], screen.name, [chosen, label, who, naming.field], shown)
    page.on([naming.undo.click], screen.undo, [chosen, label, who], shown)


def _export_tab(page: Page, assistant: Assistant) -> None:
    screen = Export(assistant)
    with page.make(gr.Tab, {"label": "tab.export"}):
        which = page.make(
            gr.Radio,
            {
                "label": "export.which",
                "choices": [("export.approved", "approved"), ("export.all", "all")],
            },
            value="approved",
            elem_id="export-which",
        )
        suffix = page.make(
            gr.Radio,
            {"label": "export.format"},
            choices=[("Excel (.xlsx)", ".xlsx"), ("CSV (.csv)", ".csv"), ("JSON (.json)", ".json")],
            value=".xlsx",
        )
        make = page.button("export.make", variant="primary", elem_id="export-make")
        file = page.make(gr.File, {"label": "export.file"}, interactive=False, elem_id="export")
    page.on([make.click], screen.make, [which, suffix], file)


def build_app(assistant: Assistant, reviewer: str = "reviewer") -> gr.Blocks:
    """The whole page over ``assistant``; start it with :func:`launch`."""
    demo = gr.Blocks(
        title=word("zh", "app"),
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_DAY, _DAY),
    )
    with demo:
        for tool in Api(assistant).tools():  # first, or a handler would take the name
            endpoint(for_programs(tool), api_name=tool.__name__)
        page = Page(demo)
        who = _header(page, reviewer)
        _documents_tab(page, assistant)
        _review_tab(page, assistant, who)
        _ask_tab(page, assistant, who)
        _findings_tab(page, assistant)
        _layouts_tab(page, assistant, who)
        _export_tab(page, assistant)
        page.follow(page.lang)
        demo.queue(default_concurrency_limit=_AT_ONCE)
    return demo


def launch(demo: gr.Blocks, host: str, port: int, *, block: bool = True) -> str:
    """Serves ``demo``, and returns its address once it is up (if ``block`` is False).

    ``port`` 0 takes any free one. Raises :class:`UsageError` for a port that is taken.
    """
    past_the_proxy(host)
    with contextlib.redirect_stdout(io.StringIO()):  # Gradio tells of its MCP server
        _, url, _ = demo.launch(
            server_name=host,
            server_port=free_port(host, port),
            theme=theme(),
            css_paths=_HERE / "assistant" / "web" / "app.css",
            footer_links=[],
            share=False,
            ssr_mode=False,
            mcp_server=True,
            quiet=True,
            prevent_thread_lock=True,
        )
    print(f"{word('zh', 'app')} {url}", flush=True)
    if block:
        demo.block_thread()
    return url


def serve(settings: Settings) -> None:
    """Opens the store and the page. The first start shows the sample booklet being read."""
    from assistant.service import Assistant

    with Assistant(settings) as assistant:
        assistant.resume()
        if _SAMPLE.exists() and not assistant.documents():
            assistant.submit(_SAMPLE)
        launch(build_app(assistant, settings.reviewer), settings.host, settings.port)


def main() -> None:
    from assistant.settings import load_settings

    try:
        serve(load_settings())
    except JixiaoError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()

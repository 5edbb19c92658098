"""The web app: five screens over one :class:`assistant.pipeline.Assistant`.

Here is what the page looks like and which handler of
:mod:`assistant.screens` answers what; ``python app.py`` and ``jixiao serve``
open it. The page asks its own host alone: offices have no internet.
"""

from __future__ import annotations

import functools
import logging
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr

from assistant import widgets
from assistant.errors import (
    DocumentError,
    InvalidValue,
    JixiaoError,
    ModelError,
    NotFound,
    StoreError,
    UsageError,
)
from assistant.screens import Ask, Chosen, Documents, Export, Findings, Review, warn
from assistant.widgets import Texts
from assistant.words import Lang, word

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
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


def guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Shows an error of ``handler`` as its sentence and leaves the page as it is; one that
    nobody foresaw is logged.

    It is shown as a warning: Gradio covers every part of the page with an error.
    """

    @functools.wraps(handler)
    def run(lang: Lang, *args: Any) -> Any:
        try:
            return handler(lang, *args)
        except JixiaoError as error:
            key = next(title for kind, title in _TITLES.items() if isinstance(error, kind))
            sentence = str(error)
        except Exception:  # noqa: BLE001  (a user must see something)
            _log.exception("%s failed", handler.__qualname__)
            key, sentence = "error.any", word(lang, "error.unexpected")
        warn(lang, key, sentence)
        return gr.skip()

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
    ) -> None:
        """``quiet`` handlers show no sign of waiting."""
        shown = "hidden" if quiet else "minimal"
        for event in events:
            event(guarded(handler), [self.lang, *inputs], outputs, show_progress=shown)


def _header(page: Page, reviewer: str) -> gr.Textbox:
    with gr.Row(elem_classes="top"):
        page.make(gr.HTML, {"value": "brand"}, elem_classes="brand", scale=4)
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
            file_types=[".pdf", ".txt"],
            height=130,
            elem_id="upload",
        )
        table = widgets.pickable("documents")
        detail = gr.HTML(elem_id="document-detail")
    timer = gr.Timer(_POLL, active=False)
    shown = [table, detail, timer, chosen]
    page.on([upload.upload], screen.upload, [upload, chosen], [upload, *shown])
    page.on([table.pick], screen.pick, [], shown)
    events = [timer.tick, tab.select, page.demo.load, page.lang.change]
    page.on(events, screen.show, [chosen], shown, quiet=True)


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
    page.on(lists, screen.projects, [chosen, *filters], [projects, filters[0]], quiet=True)
    page.on(selected, screen.show, [chosen], shown, quiet=True)
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


def _ask_tab(page: Page, assistant: Assistant) -> None:
    screen, exchanges, source = Ask(assistant), gr.State([]), gr.State("")
    with page.make(gr.Tab, {"label": "tab.ask"}) as tab, gr.Row():
        with gr.Column(scale=5, min_width=420):
            thread = widgets.conversation("thread")
            with gr.Row(equal_height=True, elem_classes="entry"):
                question = page.make(
                    gr.Textbox,
                    {"placeholder": "ask.hint"},
                    show_label=False,
                    container=False,
                    max_lines=3,
                    scale=5,
                    elem_id="question",
                )
                send = page.button("ask.send", variant="primary", min_width=80, elem_id="send")
            with gr.Row():
                approved = page.make(
                    gr.Checkbox, {"label": "ask.approved_only"}, container=False, elem_id="only"
                )
                new = page.button("ask.new", min_width=80, scale=0, elem_id="new")
            examples = widgets.conversation("examples")
        with gr.Column(scale=5, min_width=420):
            image = widgets.page_image("source")
    shown = [thread, image, source]
    asked = [question, exchanges, *shown]
    page.on([send.click, question.submit], screen.ask, [question, exchanges, approved], asked)
    page.on([thread.ask, examples.ask], screen.ask_chosen, [exchanges, approved], asked)
    page.on([thread.cite], screen.cite, [exchanges], shown)
    page.on([new.click], screen.new, [], [exchanges, *shown])
    page.on([tab.select, page.lang.change], screen.show, [exchanges, source], shown, quiet=True)
    page.on([tab.select, page.lang.change], screen.examples, [], examples, quiet=True)


def _findings_tab(page: Page, assistant: Assistant) -> None:
    screen, findings = Findings(assistant), gr.State([])
    with page.make(gr.Tab, {"label": "tab.findings"}) as tab, gr.Row():
        with gr.Column(scale=5, min_width=420):
            table = widgets.pickable("findings")
        with gr.Column(scale=4, min_width=420):
            image = widgets.page_image("finding-page")
    selected = [tab.select, page.lang.change]
    page.on(selected, screen.show, [], [table, image, findings], quiet=True)
    page.on([table.pick], screen.pick, [findings], [table, image])


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
        page = Page(demo)
        who = _header(page, reviewer)
        _documents_tab(page, assistant)
        _review_tab(page, assistant, who)
        _ask_tab(page, assistant)
        _findings_tab(page, assistant)
        _export_tab(page, assistant)
        page.follow(page.lang)
        demo.queue(default_concurrency_limit=_AT_ONCE)
    return demo


def launch(demo: gr.Blocks, host: str, port: int, *, block: bool = True) -> str:
    """Serves ``demo``, and returns its address once it is up (if ``block`` is False).

    ``port`` 0 takes any free one. Raises :class:`UsageError` for a port that is taken.
    """
    _past_the_proxy(host)
    _, url, _ = demo.launch(
        server_name=host,
        server_port=_free_port(host, port),
        theme=_theme(),
        css_paths=_HERE / "assistant" / "app.css",
        footer_links=[],
        share=False,
        ssr_mode=False,
        quiet=True,
        prevent_thread_lock=True,
    )
    print(f"{word('zh', 'app')} {url}", flush=True)
    if block:
        demo.block_thread()
    return url


def _past_the_proxy(host: str) -> None:
    """Gradio asks its own server whether it is up, which an office's proxy would refuse."""
    for name in ("no_proxy", "NO_PROXY"):
        known = [h for h in os.environ.get(name, "").split(",") if h]
        os.environ[name] = ",".join(dict.fromkeys([*known, host, "127.0.0.1", "localhost"]))


def _theme() -> gr.themes.Base:
    """Fonts that offices have: the theme's own would be fetched from the web."""
    fonts = ("system-ui", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
    return gr.themes.Default(
        primary_hue="blue",
        font=[gr.themes.Font(name) for name in fonts],
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        spacing_size="sm",
        radius_size="sm",
    )


def _free_port(host: str, port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"Cannot listen on {host}:{port} ({error.strerror}); set another JIXIAO_PORT."
            ) from None
        return int(probe.getsockname()[1])


def serve(settings: Settings) -> None:
    """Opens the store and the page. The first start shows the sample booklet being read."""
    from assistant.pipeline import Assistant

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

"""What the screens do, without a browser."""

from __future__ import annotations

import base64
import io
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import gradio as gr
import openpyxl
import pytest

import app
from assistant.errors import DocumentError, InvalidValue, JixiaoError, ModelUnavailable, UsageError
from assistant.messages.catalogue import texts, told, word
from assistant.web import serving, views
from assistant.web.ask_screen import Ask
from assistant.web.screens import Chosen, Documents, Export, Findings, Review
from schemas.records import iter_cells
from tests.fakes import DOCUMENT, FakeAssistant, record

CODE = Chosen(DOCUMENT, "p01", "code")
AMOUNT = Chosen(DOCUMENT, "p01", "current_year_amount")
WHO = "审核员甲"


@contextmanager
def refused(kind: type[JixiaoError], sentence: str) -> Iterator[None]:
    with pytest.raises(kind) as raised:
        yield
    assert sentence in told("zh", raised.value.message)


def event(value: object) -> Any:
    return SimpleNamespace(id=value)


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def review(assistant: FakeAssistant) -> Review:
    return Review(assistant)  # type: ignore[arg-type]


def cell(assistant: FakeAssistant, chosen: Chosen) -> Any:
    found = {r.path: r.cell for r in iter_cells(assistant.opened(DOCUMENT, chosen.form_id).record)}
    return found[chosen.path]


def test_choosing_a_project_opens_it_at_the_first_cell_that_waits(review: Review) -> None:
    chosen, heading, *_ = review.pick_record("zh", event(f"{DOCUMENT}/p01"))
    assert chosen == CODE
    assert "3 格待核" in heading


def test_accepting_a_cell_goes_to_the_next(review: Review, assistant: FakeAssistant) -> None:
    chosen = review.accept("zh", CODE, WHO, "")[0]
    assert chosen == AMOUNT
    assert cell(assistant, CODE).state == "reviewed"
    assert assistant.decisions(DOCUMENT, "p01")[0].who == WHO


def test_using_the_other_readers_value(review: Review, assistant: FakeAssistant) -> None:
    review.use("zh", AMOUNT, WHO, "", event("llm"))
    assert cell(assistant, AMOUNT).value == "1200.00"


def test_a_disputed_cell_is_not_accepted_without_saying_whose_value(review: Review) -> None:
    with refused(JixiaoError, "采用"):
        review.accept("zh", AMOUNT, WHO, "")


def test_correcting_is_checked(review: Review, assistant: FakeAssistant) -> None:
    with refused(InvalidValue, "金额要写成"):
        review.correct("zh", AMOUNT, WHO, "", "一百万")
    assert assistant.decisions(DOCUMENT, "p01") == []
    review.correct("zh", AMOUNT, WHO, "见第 1 页", "1,300,000.00")
    assert cell(assistant, AMOUNT).value == "1300000.00"


def test_rejecting_needs_a_reason(review: Review, assistant: FakeAssistant) -> None:
    with refused(InvalidValue, "理由"):
        review.reject("zh", CODE, WHO, "  ")
    review.reject("zh", CODE, WHO, "看不清")
    assert cell(assistant, CODE).value is None


def test_nothing_is_decided_before_a_cell_is_chosen(review: Review) -> None:
    with refused(JixiaoError, "先选一个项目"):
        review.accept("zh", Chosen(), WHO, "")
    with refused(JixiaoError, "先选一格"):
        review.accept("zh", Chosen(DOCUMENT, "p01"), WHO, "")


def test_a_record_with_open_cells_is_not_approved(review: Review) -> None:
    with refused(JixiaoError, "3 格"):
        review.approve("zh", CODE, WHO, "")


def test_the_rest_is_accepted_together_and_the_disputed_alone(
    review: Review, assistant: FakeAssistant
) -> None:
    review.accept_rest("zh", CODE, WHO, "")
    assert cell(assistant, AMOUNT).needs_review
    review.use("zh", AMOUNT, WHO, "", event("rules"))
    review.approve("zh", CODE, WHO, "")
    assert assistant.opened(DOCUMENT, "p01").record.approval == "approved"
    review.reopen("zh", CODE, WHO, "再看一次")
    assert assistant.opened(DOCUMENT, "p01").record.approval == "unreviewed"


def test_next_goes_round(review: Review) -> None:
    assert review.next("zh", CODE)[0] == AMOUNT


def test_two_users_do_not_see_each_others_choice(review: Review) -> None:
    mine = review.pick_record("zh", event(f"{DOCUMENT}/p01"))[0]
    review.pick_record("zh", event(f"{DOCUMENT}/p03"))
    assert review.next("zh", mine)[0].form_id == "p01"


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_one_bad_file_does_not_stop_the_others(
    assistant: FakeAssistant, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: warned.append(text))
    screen = Documents(assistant)  # type: ignore[arg-type]
    parts = screen.upload("zh", [f"甲{suffix}", "乙.pdf"], "")
    assert parts[-1] == DOCUMENT
    assert len(warned) == (suffix != ".pdf")


@pytest.fixture
def asking(assistant: FakeAssistant) -> Ask:
    return Ask(assistant)  # type: ignore[arg-type]


def asked(asking: Ask, question: str, conversation: str = "") -> list[Any]:
    """What the screen shows in the end."""
    return list(asking.ask("zh", question, conversation, approved_only=False))[-1]


def test_an_answer_opens_its_first_source(asking: Ask) -> None:
    text, waiting, talk, thread, page, chosen, send, stop = asked(asking, " 合计？ ")
    assert (text, waiting, chosen) == ("", "", "0.0")
    assert 'class="mark"' in page
    assert "<p>合计？</p>" in thread
    assert "第 3 页" in asking.cite("zh", talk, event("0.1"))[1]
    assert (send["visible"], stop["visible"]) == (True, False)


def test_while_an_answer_is_awaited_it_can_be_stopped(asking: Ask) -> None:
    text, waiting, _, thread, _, _, send, stop = next(asking.ask("zh", "合计？", "", False))
    assert (text, waiting) == ("", "合计？")
    assert (send["visible"], stop["visible"]) == (False, True)
    assert "正在查找" in thread
    back = asking.settle("zh", waiting, "")
    assert (back[0], back[1]) == ("合计？", "")
    assert "正在查找" not in back[3]


def test_a_quote_is_shown_at_once_and_the_model_s_words_when_they_come(asking: Ask) -> None:
    _, quoted, worded = asking.ask("zh", "怎么写的？", "", False)
    assert "换句话说" not in quoted[3]
    assert "模型正在" in quoted[3]
    assert quoted[-1]["visible"]  # it can be stopped
    assert "换句话说" in worded[3]
    assert "模型正在" not in worded[3]
    assert not worded[-1]["visible"]


def test_after_an_answer_nothing_is_put_back(asking: Ask) -> None:
    *nothing, send, stop = asking.settle("zh", "", "c1")
    assert nothing == [gr.skip()] * 6
    assert (send["visible"], stop["visible"]) == (True, False)


def test_a_follow_up_keeps_the_conversation(asking: Ask) -> None:
    talk = asked(asking, "甲？")[2]
    steps = list(asking.ask_chosen("zh", talk, False, event("乙？")))
    assert steps[-1][2] == talk
    assert steps[-1][3].count('class="question"') == 2
    assert asking.new("zh")[0] == ""


def test_two_conversations_do_not_mix(asking: Ask) -> None:
    mine, yours = asked(asking, "甲？")[2], asked(asking, "乙？")[2]
    assert mine != yours
    assert "乙？" not in asking.show("zh", mine, "")[0]
    with refused(JixiaoError, "重新打开"):
        asking.rate("zh", mine, "", WHO, verdict("2", "up"))


def test_a_conversation_is_reopened_where_it_was_left(asking: Ask) -> None:
    talk = asked(asking, "甲？")[2]
    asked(asking, "乙？", talk)
    assert f'data-pick="{talk}"' in asking.conversations("zh", "")
    name, thread, page, chosen = asking.reopen("zh", event(talk))
    assert (name, chosen) == (talk, "1.0")
    assert thread.count('class="question"') == 2
    assert 'class="mark"' in page


def verdict(turn: str, given: str, reason: str = "") -> Any:
    return SimpleNamespace(id=turn, verdict=given, reason=reason)


def test_an_answer_is_judged_and_the_reason_added(asking: Ask) -> None:
    talk = asked(asking, "甲？")[2]
    thread = asking.rate("zh", talk, "0.0", WHO, verdict("1", "down"))
    assert 'data-rate="down" data-turn="1" aria-pressed="true"' in thread
    thread = asking.rate("zh", talk, "0.0", WHO, verdict("1", "down", ' 数"不对 '))
    assert 'value="数&quot;不对"' in thread


def test_how_a_question_was_read_can_be_put_in_the_input(asking: Ask) -> None:
    assert 'data-edit="甲？"' in asked(asking, "甲？")[3]
    assert asking.edit("zh", event("当年金额")) == "当年金额"


def test_the_list_of_an_answer_is_a_workbook(asking: Ask) -> None:
    talk = asked(asking, "=1+1")[2]
    link = asking.list("zh", talk, event("1"))
    data = base64.b64decode(re.findall(r"base64,([^\"]+)", link)[0])
    book = openpyxl.load_workbook(io.BytesIO(data))
    items = list(book["清单"].values)
    assert items[0] == ("项目", "取值", "单位", "文档", "页码", "原文")
    assert items[1][1:5] == (1200000, "元", "虚构绩效表册.pdf", 1)
    said = book["回答"]["B1"]
    assert (said.value, said.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("only", [True, False])
def test_approved_records_alone_are_a_switch(
    asking: Ask, assistant: FakeAssistant, only: bool
) -> None:
    list(asking.ask("zh", "甲？", "", only))
    list(asking.ask_chosen("zh", "c1", only, event("乙？")))
    assert assistant.asked_of_approved == [only, only]


def test_an_empty_question_is_not_asked(asking: Ask) -> None:
    with refused(JixiaoError, "问题"):
        asked(asking, " ")


def test_a_file_that_could_not_be_read_is_taken_off_the_list(assistant: FakeAssistant) -> None:
    screen = Documents(assistant)  # type: ignore[arg-type]
    screen.remove("zh", "", event("abc"))
    assert assistant.discarded == ["abc"]


def test_a_finding_opens_its_page(assistant: FakeAssistant) -> None:
    screen = Findings(assistant)  # type: ignore[arg-type]
    findings = screen.show("zh")[2]
    assert 'class="mark"' in screen.pick("zh", findings, event("0"))[1]


def test_every_finding_is_told_with_its_project() -> None:
    """However many there are."""
    forms = [record(f"p{n:03d}", f"星河市第{n}号照明项目") for n in range(1, views.SHOWN + 3)]
    assistant = FakeAssistant(forms)
    (one,) = assistant.findings()
    many = [one.model_copy(update={"form_id": form.form_id}) for form in forms]
    assistant.findings = lambda document_id=None: many  # type: ignore[method-assign]
    table = str(Findings(assistant).show("zh")[0])  # type: ignore[arg-type]
    assert [form.name for form in forms if form.name not in table] == []


@pytest.mark.parametrize(("which", "approved"), [("approved", True), ("all", False)])
def test_export(assistant: FakeAssistant, which: str, approved: bool) -> None:
    path = Path(Export(assistant).make("zh", which, ".xlsx"))  # type: ignore[arg-type]
    assert assistant.exported == [approved]
    assert path.read_bytes() == b"PK"


@pytest.mark.parametrize(
    ("error", "title", "sentence"),
    [
        (DocumentError("坏文件 <b>"), "文件没有读进来", "坏文件 &lt;b&gt;"),
        (InvalidValue("不是数"), "这个值不合格式", "不是数"),
        (ModelUnavailable("down"), "语言模型不可用", "down"),
        (JixiaoError("别的"), "没有做成", "别的"),
        (KeyError("secret"), "没有做成", word("zh", "error.unexpected")),
    ],
)
def test_every_error_is_one_sentence_and_leaves_the_page_as_it_is(
    error: Exception, title: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(lang: str) -> None:
        raise error

    def fails_halfway(lang: str) -> Iterator[int]:
        yield 1
        raise error

    warned: list[str] = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: warned.append(text))
    assert app.guarded(fails)("zh") == gr.skip()
    assert list(app.guarded(fails_halfway)("zh")) == [1, gr.skip()]
    assert warned == [f"<b>{title}</b><br>{sentence}"] * 2


def test_the_page_is_built_with_nothing_from_elsewhere() -> None:
    demo = app.build_app(FakeAssistant(), WHO)  # type: ignore[arg-type]
    assert demo.analytics_enabled is False
    assert demo.get_config_file()["title"] == "绩效助手"
    fonts = serving.theme()._get_theme_css() + " ".join(serving.theme()._stylesheets)
    assert not re.search(r"https?://", fonts.replace("http://www.w3.org/2000/svg", ""))


def test_the_page_comes_up_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = "http://127.0.0.1:9"
    for name, value in {"http_proxy": nobody, "no_proxy": "", "NO_PROXY": ""}.items():
        monkeypatch.setenv(name, value)
    demo = app.build_app(FakeAssistant(), WHO)  # type: ignore[arg-type]
    try:
        assert app.launch(demo, "127.0.0.1", 0, block=False).startswith("http://127.0.0.1:")
    finally:
        demo.close(verbose=False)


def test_a_taken_port_is_said() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="JIXIAO_PORT"):
            serving.free_port("127.0.0.1", taken.getsockname()[1])


ROOT = Path(app.__file__).parent
WEB = [p for p in (ROOT / "assistant" / "web").rglob("*") if p.suffix in (".py", ".j2")]
SOURCES = "\n".join(p.read_text(encoding="utf-8") for p in [ROOT / "app.py", *WEB])


LITERALS = set(re.findall(r"""["']([a-z_.]+)["']""", SOURCES))
# What is before the last point of a code that is put together: badge("stage", …), f"done.{…}".
HEADS = re.findall(r'badge\("(\w+)"|f"([\w.]+)\.{|"([\w.]+)\." ~', SOURCES)
SCREENS = tomllib.loads((ROOT / "assistant" / "messages" / "screens.toml").read_text("utf-8"))


def test_every_text_that_is_used_is_in_the_catalogue() -> None:
    sections = {name for name, section in SCREENS.items() if "zh" not in section}
    used = {x for x in LITERALS if x.partition(".")[0] in sections and x[-1] != "." and "." in x}
    assert len(used) > 90
    assert used <= set(texts())


def test_every_text_of_the_screens_is_used() -> None:
    made = tuple(f"{head}." for heads in HEADS for head in heads if head)
    shown = {code for code in texts() if code in SCREENS or code.partition(".")[0] in SCREENS}
    assert {c for c in shown if c not in LITERALS and not c.startswith(made)} == set()


@pytest.mark.parametrize(("records", "sent"), [([], ["booklet.pdf"]), (None, [])])
def test_the_first_start_reads_the_sample(
    records: list[Any] | None, sent: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from assistant import service
    from assistant.settings import Settings

    class Opened(FakeAssistant):
        submitted: ClassVar[list[str]] = []

        def __init__(self, settings: Settings) -> None:
            super().__init__(records)

        def submit(self, path: Path, name: str | None = None) -> Any:
            self.submitted.append(path.name)

    monkeypatch.setattr(service, "Assistant", Opened)
    monkeypatch.setattr(app, "launch", lambda *_: "")
    app.serve(Settings(home=tmp_path, llm="off"))
    assert Opened.submitted == sent

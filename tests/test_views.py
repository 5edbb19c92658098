"""What the screens show, and that nothing printed in a document becomes markup."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from assistant.messages.labels import path_label
from assistant.web import answer_views, markup, record_views, views
from assistant.web.markup import amount, escape, page_view, png_size
from schemas.answers import Answer, AnswerValue
from schemas.conversations import Conversation, Exchange
from schemas.documents import DocumentStatus
from schemas.geometry import Box
from schemas.messages import Lang, Message
from schemas.readings import Evidence, Reading, Usage
from schemas.records import State, iter_cells
from schemas.review import Decision
from tests.fakes import DOCUMENT, HOSTILE, PAGE, FakeAssistant, cell, line_of, record


def picks(html: str) -> list[str]:
    return [unescape(key) for key in re.findall(r'data-pick="([^"]*)"', html)]


def status(**changes: object) -> DocumentStatus:
    first = {"document_id": "a", "name": "册.pdf", "page_count": 13, "forms": 6}
    return DocumentStatus.model_validate({**first, **changes})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>", "&lt;script&gt;"),
        ('" onclick="x', "&quot; onclick=&quot;x"),
        ("[点我](u)", "&#91;点我&#93;&#40;u&#41;"),
        ("**b** `c` $x$", "&#42;&#42;b&#42;&#42; &#96;c&#96; &#36;x&#36;"),
        ("{{value}} ${value}", "&#123;&#123;value&#125;&#125; &#36;&#123;value&#125;"),
        ("a'b & ≥95%", "a&apos;b &amp; ≥95%"),
    ],
)
def test_escaped_text_is_only_text(text: str, shown: str) -> None:
    assert escape(text) == shown


HOSTILE_RECORD = record("p03", HOSTILE)
HOSTILE_LINE = line_of(HOSTILE_RECORD)._replace(document=HOSTILE)
HOSTILE_DECISION = Decision(
    document_id=DOCUMENT,
    form_id="p03",
    path="name",
    action="correct",
    before=HOSTILE,
    after="x",
    who=HOSTILE,
    at=datetime(2025, 1, 2, tzinfo=UTC),
    why=HOSTILE,
)


def hostile_exchange(**changes: object) -> Exchange:
    made = Exchange(
        id=1,
        question=HOSTILE,
        answer=FakeAssistant().ask(""),
        verdict="down",
        reason=HOSTILE,
    )
    return made.model_copy(update=changes)


@pytest.mark.parametrize(
    "html",
    [
        views.documents_table([status(name=HOSTILE, message=HOSTILE)], "zh"),
        views.projects_table([HOSTILE_LINE], 1, "zh"),
        views.findings_table(FakeAssistant().findings(), {(DOCUMENT, "p03"): HOSTILE_LINE}, "zh"),
        record_views.record_heading(HOSTILE_RECORD, "zh"),
        record_views.record_cells(HOSTILE_RECORD, "zh", "name"),
        record_views.cell_panel(HOSTILE_RECORD, "name", "zh"),
        record_views.history_table(HOSTILE_RECORD, [HOSTILE_DECISION], [HOSTILE_DECISION], "zh"),
        answer_views.thread([hostile_exchange()], "zh"),
        answer_views.thread([], "zh", waiting=HOSTILE),
        answer_views.conversations_table(
            [Conversation(name=HOSTILE, question=HOSTILE, turns=1, at=datetime.now(UTC))], "zh"
        ),
        answer_views.download(HOSTILE, b"", HOSTILE, "zh"),
        answer_views.ask_chips([HOSTILE], "zh", "ask.examples"),
        page_view("zh", b"", 1, HOSTILE, None),
    ],
)
def test_a_hostile_project_name_stays_text(html: str) -> None:
    assert "<script" not in html
    assert "星河" in html
    # What stands in an attribute is quoted there; elsewhere Markdown's marks are entities.
    assert "](" not in re.sub(r'"[^"]*"', "", html)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("21874200.00", "21,874,200.00"),
        ("20000000", "20,000,000"),
        ("0.00", "0.00"),
        ("-3000.5", "-3,000.5"),
        ("-", "-"),
    ],
)
def test_an_amount_keeps_its_printed_decimals(value: str, shown: str) -> None:
    assert amount(value) == shown


def test_every_cell_can_be_chosen() -> None:
    r = record()
    shown = picks(record_views.record_cells(r, "zh"))
    assert sorted(shown) == sorted(ref.path for ref in iter_cells(r))


def test_a_cell_that_needs_a_person_is_marked() -> None:
    html = record_views.record_cells(record(), "zh")
    assert html.count("needs-person") == 3


@pytest.mark.parametrize(
    ("after", "comes"),
    [
        ("", "code"),
        ("code", "current_year_amount"),
        ("current_year_amount", "annual_funding[2024].declared"),
        ("annual_funding[2024].declared", "code"),
        ("overview", "annual_funding[2024].declared"),
        ("no such cell", "code"),
    ],
)
def test_the_next_cell_to_look_at(after: str, comes: str) -> None:
    assert record_views.next_open(record(), after) == comes


def test_no_cell_is_next_when_none_waits() -> None:
    r = record()
    for ref in iter_cells(r):
        ref.cell.needs_review = False
    assert record_views.next_open(r, "code") == ""


def test_only_undoubted_single_readings_are_accepted_together() -> None:
    r = record()
    paths = [ref.path for ref in record_views.acceptable_together(r)]
    assert paths == ["code", "annual_funding[2024].declared"]


@pytest.mark.parametrize("state", [State.DISPUTED, State.UNREADABLE, State.MISSING])
def test_what_was_not_read_is_never_accepted_together(state: State) -> None:
    r = record()
    r.fields = {"code": cell("990", state)}
    r.tables = {}
    assert record_views.acceptable_together(r) == []


def test_a_doubted_reading_is_never_accepted_together() -> None:
    r = record()
    r.fields["code"].readings["rules"] = Reading(value="99", doubts=("ocr",))
    assert "code" not in [ref.path for ref in record_views.acceptable_together(r)]


def test_a_disputed_cell_offers_both_values() -> None:
    html = record_views.cell_panel(record(), "current_year_amount", "zh")
    assert picks(html) == ["rules", "llm"]
    assert "1,200,000.00" in html
    assert "1,200.00" in html


def test_an_approved_record_offers_nothing_to_use() -> None:
    approved = record().model_copy(update={"approval": "approved"})
    assert picks(record_views.cell_panel(approved, "current_year_amount", "zh")) == []


@pytest.mark.parametrize(
    ("value", "state", "clear"),
    [
        ("1", State.SINGLE, True),
        ("1", State.DISPUTED, False),
        (None, State.SINGLE, True),
        (None, State.MISSING, True),
    ],
)
def test_what_accepting_would_accept(value: str | None, state: State, clear: bool) -> None:
    assert record_views.has_one_value(cell(value, state, llm="2")) is clear


def test_a_rejected_value_is_not_accepted_by_accepting_the_cell() -> None:
    rejected = cell("1").model_copy(update={"value": None, "state": State.UNREADABLE})
    assert not record_views.has_one_value(rejected)


def test_a_decision_that_a_new_reading_left_behind_is_told() -> None:
    html = record_views.history_table(record(), [HOSTILE_DECISION], [HOSTILE_DECISION], "zh")
    assert "有 1 个决定" in html


def test_an_agreed_cell_offers_nothing_to_choose() -> None:
    assert picks(record_views.cell_panel(record(), "name", "zh")) == []


def test_a_long_list_says_what_it_leaves_out() -> None:
    many = [line_of(record(f"p{i:03d}")) for i in range(1, views.SHOWN + 1)]
    html = views.projects_table(many, views.SHOWN + 1, "zh")
    assert len(picks(html)) == views.SHOWN
    assert str(views.SHOWN + 1) in html


@pytest.mark.parametrize(
    ("rules", "llm", "busy"),
    [
        ("waiting", "waiting", True),
        ("reading", "off", True),
        ("done", "reading", True),
        ("done", "off", False),
        ("done", "failed", False),
        ("failed", "waiting", False),
    ],
)
def test_busy_documents_are_watched(rules: str, llm: str, busy: bool) -> None:
    assert views.is_busy(status(rules=rules, readers={"llm": {"stage": llm}})) is busy


@pytest.mark.parametrize(
    ("rules", "pages", "removable"), [("failed", 0, True), ("failed", 3, False), ("done", 3, False)]
)
def test_only_a_file_that_was_never_read_is_removed(
    rules: str, pages: int, removable: bool
) -> None:
    shown = views.documents_table([status(page_count=pages, rules=rules)], "zh")
    assert ("data-remove" in shown) is removable


@pytest.mark.parametrize(
    ("lang", "sentence"), [("zh", "册.pdf 是空文件，请重新获取。"), ("en", "册.pdf is empty;")]
)
def test_what_went_wrong_is_said_in_the_language_of_the_screen(lang: Lang, sentence: str) -> None:
    said = Message("document.empty", {"name": "册.pdf"})
    assert sentence in views.documents_table([status(rules="failed", said=said)], lang)


def test_progress_of_the_model() -> None:
    reading = status(
        rules="done", seconds_left=200.0, readers={"llm": {"stage": "reading", "forms_done": 2}}
    )
    reading.usage = Usage(prompt_tokens=1200, completion_tokens=34)
    html = views.documents_table([reading], "zh")
    assert "2/6" in html
    assert "3 分钟" in html
    assert "1,234" in html


@pytest.mark.parametrize(
    ("values", "widths"),
    [
        ([("100", "元"), ("50", "元")], [100.0, 50.0]),
        ([("1,000.00", "元"), ("0", "元")], [100.0, 0.0]),
        ([("100", "元"), ("50", "%")], [None, None]),
        ([("100", "元"), ("≥300", "元")], [None, None]),
        ([("-5", "元"), ("10", "元")], [None, None]),
        ([("0", "元"), ("0", "元")], [None, None]),
        ([("NaN", ""), ("1", "")], [None, None]),
    ],
)
def test_bars_only_where_values_compare(
    values: list[tuple[str, str]], widths: list[float | None]
) -> None:
    listed = [AnswerValue(label="甲", value=v, unit=u) for v, u in values]
    html = answer_views.values_table(listed, "zh")
    expected = [f"width:{w:.1f}%" for w in widths if w is not None]
    assert re.findall(r"width:[\d.]+%", html) == expected


@pytest.mark.parametrize(
    ("key", "page"),
    [("0.0", 1), ("0.1", 3), ("0.2", None), ("1.0", None), ("", None), ("x.y", None)],
)
def test_a_source_is_found_by_its_chip(key: str, page: int | None) -> None:
    found = answer_views.cited([Exchange(question="?", answer=FakeAssistant().ask(""))], key)
    assert (found.page if found else None) == page


def test_every_source_of_an_answer_can_be_opened() -> None:
    answer = FakeAssistant().ask("")
    answer.citations *= 20
    html = answer_views.thread([Exchange(question="?", answer=answer)], "zh")
    assert re.findall(r'data-cite="([^"]*)"', html) == [f"0.{i}" for i in range(40)]


def test_an_ambiguous_question_can_be_asked_again_by_choosing() -> None:
    answer = Answer(status="ambiguous", answer="请选择", choices=["甲的金额？", "乙的金额？"])
    html = answer_views.thread([Exchange(question="金额？", answer=answer)], "zh")
    assert re.findall(r'data-ask="([^"]*)"', html) == ["甲的金额？", "乙的金额？"]


def test_examples_name_projects_and_fields_that_are_there() -> None:
    questions = answer_views.example_questions([record()])
    assert questions == ["星河市虚构道路照明项目的当年金额是多少？"]
    assert answer_views.example_questions([]) == []


@pytest.mark.parametrize(
    ("path", "lang", "label"),
    [
        ("code", "zh", "二级项目编码"),
        ("code", "en", "Project code"),
        ("annual_funding[2025].declared", "zh", "分年度资金计划 › 2025 › 申报金额"),
        ("annual_funding.total.declared", "en", "Funding plan by year › Total › Declared amount"),
        (
            "indicators[产出指标/a.b/[c]].annual_value",
            "zh",
            "绩效指标 › 产出指标/a.b/[c] › 年度指标值",
        ),
        ("something else", "zh", "something else"),
    ],
)
def test_cells_are_named_in_words(path: str, lang: str, label: str) -> None:
    assert path_label(record().form_type, path, "en" if lang == "en" else "zh") == label


def test_the_frame_stands_where_the_box_is() -> None:
    png = FakeAssistant().page_image(DOCUMENT, 1)
    size = png_size(png)
    assert size == pytest.approx(PAGE, rel=0.01)
    html = page_view("zh", png, 1, "册.pdf", Box(59.5, 84.2, 119, 126.3))
    hatched = page_view("zh", png, 1, "册.pdf", None, [Box(59.5, 84.2, 119, 126.3)])
    assert 'class="unread"' in hatched
    assert 'class="mark"' not in hatched
    assert [round(float(n)) for n in re.findall(r":([\d.]+)%", html)] == [10, 10, 10, 5]


def test_a_page_without_a_box_has_no_frame() -> None:
    assert 'class="mark"' not in page_view("zh", b"no picture", 2, "册.pdf", Box(1, 1, 2, 2))


def test_boxes_of_one_page_each_once() -> None:
    one = Evidence(page=1, bbox=(1, 2, 3, 4))
    places = [one, one, None, Evidence(page=1), Evidence(page=2, bbox=(5, 6, 7, 8))]
    assert record_views.boxes(places, 1) == [Box(1, 2, 3, 4)]


def test_a_sum_shows_what_it_is_made_of() -> None:
    parts = [AnswerValue(label=f"项目{i}", value=str(i), unit="元") for i in range(1, 301)]
    html = answer_views.values_table(parts, "zh", "ask.parts")
    assert html.count("<tr>") == answer_views.ROWS == html.count('class="bar"')
    assert "组成 (300)" in html
    assert answer_views.values_table([], "zh", "ask.parts") == ""


@pytest.mark.parametrize(("verdict", "lines"), [(None, 0), ("up", 1), ("down", 1)])
def test_a_reason_is_asked_for_once_a_thumb_is_given(verdict: str | None, lines: int) -> None:
    html = answer_views.thread([hostile_exchange(verdict=verdict)], "zh")
    assert html.count('class="reason"') == lines
    assert html.count("data-rate=") == 2


def test_an_answer_that_is_not_kept_cannot_be_judged() -> None:
    assert "data-rate" not in answer_views.thread([hostile_exchange(id=0)], "zh")


@pytest.mark.parametrize(
    ("interpretation", "query"),
    [
        ("理解为：求和：全部项目的当年金额。", "全部项目的当年金额合计是多少？"),
        ("理解为：查询：甲的2022年预算。\n按申报金额。", "甲的2022年预算是什么？"),
        ("理解为：在文字中查找：甲的“覆盖”。", "那2022年呢？"),
        ("理解为：求和：全部项目中类别含乙的项目的预算。", "那2022年呢？"),
        ("当年金额，全部项目", "那2022年呢？"),
        ("", "那2022年呢？"),
    ],
)
def test_asking_in_other_words_begins_with_how_it_was_read(interpretation: str, query: str) -> None:
    answer = Answer(status="answered", answer="", interpretation=interpretation)
    assert answer_views.query_of(Exchange(question="那2022年呢？", answer=answer)) == query


WEB = Path(markup.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("*.html.j2"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.name)
def test_no_template_lets_text_pass_as_markup(template: Path) -> None:
    tree = Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))
    assert not [f for f in tree.find_all(nodes.Filter) if f.name in ("safe", "replace", "e")]
    assert not list(tree.find_all((nodes.MarkSafe, nodes.ScopedEvalContextModifier)))


def test_one_module_alone_says_what_is_markup() -> None:
    made = [
        file.name
        for file in WEB.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Markup" and call.args
    ]
    assert set(made) == {"markup.py"}

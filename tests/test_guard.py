"""The guard: whatever does not stand on a page or in the computation is caught."""

from __future__ import annotations

import re

import pytest

from assistant.ask.answer.guard import unsupported
from assistant.ask.answering import answer
from eval.shelf import Shelf
from schemas.answers import Answer, Citation
from tests.library import small_booklet


def said(text: str, *quotes: str, computation: str = "", page: int = 3) -> Answer:
    cited = [Citation(document="a.pdf", page=page, quote=q) for q in quotes]
    return Answer(status="answered", answer=text, citations=cited, computation=computation)


@pytest.mark.parametrize(
    ("text", "quotes", "computation"),
    [
        ("总金额为7600000元", ["7600000"], ""),
        ("总金额为760万元", ["7600000.00"], ""),
        ("总金额为760万元", ["7,600,000元"], ""),
        ("总金额为0.076亿元", ["760万元"], ""),
        ("接通率为93%（第3页）", ["≥93%"], ""),
        ("接通率为９３％", ["≥93%"], ""),
        ("合计5元", ["2", "3"], "合计：2 + 3 = 5元"),
        ("写道：“四横 两纵”", ["搭建“四横\n两纵”中心"], ""),
        ("The budget is 486 ×10,000 yuan", ["4860000"], ""),
        ("没有数字的回答", [], ""),
    ],
)
def test_what_is_shown_passes(text: str, quotes: list[str], computation: str) -> None:
    assert unsupported(said(text, *quotes, computation=computation)) == []


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("总金额为7600001元", ["7600000"]),
        ("总金额为76万元", ["7600000.00"]),
        ("总金额为760亿元", ["760万元"]),
        ("接通率为94%（第3页）", ["≥93%"]),
        ("接通率为93%（第4页）", ["≥93%"]),
        ("2026年为5元", ["5元"]),
        ("接通率为95%", ["95元"]),
        ("接通率为95%（第3页）", ["2023年，第3页"]),
        ("总金额为95元", ["≥95%"]),
        ("The budget is 4860000 ×10,000 yuan", ["4860000"]),
        ("写道：“四横三纵”", ["搭建“四横两纵”中心"]),
        ("total 5 yuan (p. 4)", ["5"]),
    ],
)
def test_what_is_not_shown_is_caught(text: str, quotes: list[str]) -> None:
    assert len(unsupported(said(text, *quotes))) == 1


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("话务接通率为94%", 0),
        ("话务接通率为95%", 1),  # that of the readers
        ("读者满意度合计为94%", 1),  # half of the words are the line's
        ("其他说法都是94%", 0),  # of no line
    ],
)
def test_a_number_must_stand_in_the_line_on_the_same_thing(text: str, caught: int) -> None:
    lines = "话务接通率：94%\n读者满意度：95%"
    assert len(unsupported(said(text, "94%", "95%", computation=lines))) == caught


QUESTIONS = (
    "智慧灯杆的项目总金额是多少",
    "灯杆项目2025年预算是多少万元",
    "所有项目2025年的预算一共多少",
    "2025年预算最高的两个项目",
    "灯杆项目2025年资金占项目总金额的百分之几",
    "灯杆项目2026年比2025年增加多少",
    "按开始年度统计各年有多少个项目",
    "灯杆安装在几个街道",
    "所有项目的总金额分别是多少",
    "从2024年开始的项目有哪些",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_changed_number_of_a_real_answer_is_caught(question: str) -> None:
    clean = answer(question, Shelf(small_booklet()))[0]
    assert clean.status == "answered"
    assert unsupported(clean) == []
    for m in re.finditer(r"(?<![\d.])\d[\d.]*\d|\d", clean.answer):
        changed = f"{clean.answer[: m.start()]}7{m[0]}7{clean.answer[m.end() :]}"
        assert unsupported(clean.model_copy(update={"answer": changed})), changed

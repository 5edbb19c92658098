"""What is added up, counted and compared where names repeat, years differ or a share has its
own whole."""

# ruff: noqa: E501  (a table of questions reads best unbroken)
from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.ask.answering import answer
from eval.shelf import Shelf
from schemas.answers import Answer
from tests.library import make_record, small_booklet


def ask(question: str, shelf: Shelf | None = None) -> Answer:
    return answer(question, shelf or Shelf(small_booklet()))[0]


def numbers(said: Answer) -> set[Decimal]:
    return {Decimal(v.value) for v in said.values if v.value.replace(".", "").isdigit()}


def _namesakes(second_unit: str) -> Shelf:
    first = make_record("甲乙平台", "p01", applicant_unit="云川市水务局", current_year_amount="100.00",
                        years={2025: "100.00"})  # fmt: skip
    second = make_record("甲乙平台", "p02", form_type="performance_target", budget_year=2025,
                         spending_unit=second_unit, budget_amount="70")  # fmt: skip
    return Shelf([first, second])


@pytest.mark.parametrize(
    ("unit", "total"),
    [("云川市教育考试院", "170"), ("云川市水务局", "100"), ("云川市水务管理局", "100")],
)
def test_projects_of_one_name_are_two_where_their_units_are_unlike(unit: str, total: str) -> None:
    assert Decimal(total) in numbers(ask("所有项目2025年预算合计", _namesakes(unit)))


def test_rows_of_one_name_are_all_added_and_counted() -> None:
    costs = [(2025, "培训服务", "10.00"), (2025, "培训服务", "20.00"), (2025, "巡检服务", "5.00")]
    shelf = Shelf([make_record("甲乙平台", "p01", costs=costs, current_year_amount="35.00")])
    assert numbers(ask("甲乙平台各项服务加起来多少钱", shelf)) == {Decimal(35)}
    assert Decimal(3) in numbers(ask("甲乙平台2025年有多少项服务", shelf))


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("灯杆项目2025年预算占市政府投资项目2025年合计的比例", "36.36%"),
        ("灯杆项目2025年预算占全部预算的比例", "18.42%"),
        ("总金额超过800万元的项目2024年申报合计", "8,000,000"),
        ("2025年预算超过300万元的项目2024年申报合计", "5,000,000"),
        ("不是市政府投资项目的有哪些", "图书馆网络安全"),
        ("灯杆项目2026年比2025年增长百分之几", "100.00%"),
        ("2026年比2025年多的项目有哪些", "灯杆"),
        ("预算第二高的项目", "图书馆改造"),
    ],
)
def test_a_condition_or_a_share_keeps_its_own_words(question: str, holds: str) -> None:
    said = ask(question)
    assert said.status == "answered"
    assert holds in said.answer


@pytest.mark.parametrize(
    "question",
    [
        "灯杆项目2024年的市民满意度", "灯杆项目使用了多少资金", "灯杆项目新增预算多少",
        "灯杆项目建设单位", "灯杆项目前两年申报合计", "灯杆项目的批复文号", "灯杆项目最后一年多少钱",
        "延续项目占项目总数的比例", "最便宜的图书",
    ],
)  # fmt: skip
def test_what_would_be_another_thing_is_refused(question: str) -> None:
    said = ask(question)
    assert said.status != "answered"
    assert not said.values

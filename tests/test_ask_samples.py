"""A hundred questions on the samples' booklet: fifty with an answer, each with a twin that has
none. What is right is worked out from the labels."""

# ruff: noqa: E501  (a table of questions reads best with one pair a row)
from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from assistant.ask.answering import answer
from eval.answers import numbers_in
from eval.shelf import Shelf
from samples.questions import Facts
from tests.conftest import SAMPLES
from tests.library import labelled_records

GOLD = SAMPLES / "booklet" / "gold"
FACTS = Facts([json.loads(p.read_text(encoding="utf-8")) for p in sorted(GOLD.glob("p*.json"))])
SHELF = Shelf(labelled_records(GOLD, "booklet"))
Wanted = Callable[[Facts], list[Any]]


def total(label: Any) -> Decimal:
    return Decimal(FACTS.value(label, "total_amount"))


def declared(label: Any, *years: int) -> Decimal:
    return sum((Decimal(FACTS.year(label, y)["declared"]) for y in years), Decimal(0))


def costs(label: Any, year: int) -> list[Decimal]:
    return [Decimal(r["amount"]) for r in label["cost_items"] if r["year"] == year]


def budgets(facts: Facts) -> list[Decimal]:
    return [facts.budget(x) for x in facts.labels]


def starting(facts: Facts, test: Callable[[int], bool]) -> list[str]:
    return facts.names([x for x in facts.labels if test(facts.value(x, "start_year"))])


def growth(label: Any, year: int) -> str:
    before, now = declared(label, year - 1), declared(label, year)
    return f"{(now - before) / before * 100:.2f}"


PAIRS: list[tuple[str, Wanted, str]] = [
    # question, what the answer holds (numbers or words), the twin without an answer
    ("路灯节能改造二期总投资多少万", lambda f: [total(f.lights)], "路灯项目一期总投资多少万"),
    ("路灯项目去年预算多少", lambda f: [declared(f.lights, 2024)], "路灯项目去年实际支出多少"),
    ("路灯项目2025预算 万元", lambda f: [f.budget(f.lights)], "路灯项目2035预算 万元"),
    ("路灯项目21年到23年申报总额", lambda f: [declared(f.lights, 2021, 2022, 2023)],
     "路灯项目前三年申报总额"),
    ("路灯项目２０２２年申报多少？", lambda f: [declared(f.lights, 2022)],
     "路灯项目２０２８年申报多少？"),
    ("路灯项目2023年以前申报了多少", lambda f: [declared(f.lights, 2021), declared(f.lights, 2022)],
     "路灯项目最后一年申报了多少"),
    ("路灯项目2022年至2024年平均每年申报多少", lambda f: ["3888833.33"],
     "路灯项目平均每月申报多少"),
    ("路灯项目预算超过200万吗", lambda f: [f.budget(f.lights), "不大于"], "路灯项目超支了吗"),
    ("路灯项目预算是16730800元，对吗", lambda f: [f.budget(f.lights), "不一致"],
     "路灯项目决算是16730800元，对吗"),
    ("路灯项目总金额多少亿", lambda f: [total(f.lights), "0.167308"], "路灯项目贷款多少亿"),
    ("路灯项目的质量指标", lambda f: ["98%", "99%"], "路灯项目的时效指标"),
    ("路灯项目数量指标有几个", lambda f: ["共4项"], "路灯项目成本指标有几个"),
    ("亮灯率", lambda f: ["99%"], "停电率"),
    ("路灯项目的亮灯率是不是99%", lambda f: ["一致"], "河道项目的亮灯率是不是99%"),
    ("路灯项目总金额是多少？谁负责？", lambda f: [total(f.lights), "林示例"],
     "路灯项目结算价是多少？谁施工？"),
    ("河道项目 24 年审核了多少", lambda f: [declared(f.rivers, 2024)], "河道项目 24 年拨付了多少"),
    ("河道项目2025年比2024年增加多少",
     lambda f: [declared(f.rivers, 2025) - declared(f.rivers, 2024)], "河道项目2030年比2024年增加多少"),
    ("河道项目2026年比2025年少了多少万元",
     lambda f: [declared(f.rivers, 2025) - declared(f.rivers, 2026)], "河道项目支出比预算少了多少万元"),
    ("河道项目2025年比2024年增长百分之几", lambda f: [growth(f.rivers, 2025)],
     "河道项目2022年比2021年增长百分之几"),
    ("河道项目2024、2025年占总金额的比例", lambda f: ["54.64"], "河道项目占全市GDP的比例"),
    ("河道项目哪一年的资金最多", lambda f: [declared(f.rivers, 2023)], "政务云哪一年的资金最多"),
    ("河道项目的联系电话", lambda f: ["0099-5550132"], "档案项目的联系电话"),
    ("监测数据有效率95%以上的项目", lambda f: f.names([f.rivers]), "监测数据有效率99%以上的项目"),
    ("不动产档案项目的代建单位", lambda f: ["云川市工程代建中心"], "路灯项目的代建单位"),
    ("档案项目什么时候开始，什么时候结束，总共多少钱", lambda f: [2023, 2026, total(f.archives)],
     "档案项目什么时候验收"),
    ("档案项目每页加工成本", lambda f: ["1.85"], "档案项目每页扫描时间"),
    ("图书馆2024年和2025年测算金额差多少",
     lambda f: [abs(sum(costs(f.library, 2024)) - sum(costs(f.library, 2025)))],
     "图书馆2022年和2023年测算金额差多少"),
    ("图书馆网络安全服务2024年超过20万元的服务有几项", lambda f: ["共2项"],
     "图书馆网络安全服务2024年超过2000万元的服务有几项"),
    ("图书馆2025年最贵的两项服务合计多少", lambda f: [sum(sorted(costs(f.library, 2025))[-2:])],
     "图书馆2019年最贵的两项服务合计多少"),
    ("图书馆最便宜的服务", lambda f: [min(costs(f.library, 2024) + costs(f.library, 2025))],
     "图书馆最便宜的图书"),
    ("热线平均接通时长", lambda f: ["20秒"], "热线平均通话时长"),
    ("热线有多少个绩效指标", lambda f: ["共8项"], "热线2023年的绩效指标"),
    ("热线话务接通率", lambda f: ["94%"], "热线2024年话务接通率"),
    ("云服务商考核得分要多少", lambda f: ["90分"], "云服务商是哪家公司"),
    ("政务云2025年预算折合多少亿元", lambda f: [f.budget(f.cloud), "0.126"], "政务云2024年预算多少亿元"),
    ("2025年预算总额", lambda f: [sum(budgets(f))], "2029年预算总额"),
    ("除热线外所有项目2025年预算合计", lambda f: [sum(budgets(f)) - f.budget(f.hotline)],
     "除热线外所有项目2019年预算合计"),
    ("2025年预算前三名", lambda f: sorted(budgets(f))[-3:], "2025年支出前三名"),
    ("预算第二高的项目", lambda f: f.names([f.hotline]), "预算第二十高的项目"),
    ("总金额最高和最低的项目分别是哪个", lambda f: f.names([f.lights, f.library]),
     "面积最大和最小的项目分别是哪个"),
    ("2025年预算最高的比最低的多多少", lambda f: [max(budgets(f)) - min(budgets(f))],
     "2025年支出最高的比最低的多多少"),
    ("预算比路灯项目多的有哪些",
     lambda f: f.names([x for x in f.labels if f.budget(x) > f.budget(f.lights)]),
     "预算比地铁项目多的有哪些"),
    ("2023年以前开始的项目", lambda f: starting(f, lambda y: y < 2023), "2019年以前开始的项目"),
    ("2023年以来启动的项目", lambda f: starting(f, lambda y: y >= 2023), "2025年以来启动的项目"),
    ("林示例和陈样本负责的项目总金额合计", lambda f: [total(f.lights) + total(f.rivers) + total(f.archives)],
     "王虚构负责的项目总金额合计"),
    ("谁负责的项目最多", lambda f: ["林示例"], "谁审批的项目最多"),
    ("重点项目预算占全部预算的比例", lambda f: [f"{f.budget(f.archives) / sum(budgets(f)) * 100:.2f}"],
     "科研项目预算占全部预算的比例"),
    ("不是市政府投资项目的有哪些", lambda f: f.names([f.library, f.cloud, f.hotline]),
     "不是云川市的项目有哪些"),
    ("预算1260万元的是哪个项目", lambda f: f.names([f.cloud]), "预算1270万元的是哪个项目"),
    ("What is the total amount of the street light project and who is the contact?",
     lambda f: [total(f.lights), "林示例"], "What did the hotline really spend in 2024?"),
]  # fmt: skip


def test_there_are_a_hundred_questions() -> None:
    assert len({q for question, _, twin in PAIRS for q in (question, twin)}) == 100


@pytest.mark.parametrize(("question", "wanted"), [(q, w) for q, w, _ in PAIRS])
def test_a_question_is_answered_with_what_the_forms_say(question: str, wanted: Wanted) -> None:
    said = answer(question, SHELF)[0]
    text = said.answer + " ".join(f"{v.label}{v.value}{v.unit}" for v in said.values)
    numbers = numbers_in(text)
    assert said.status == "answered"
    assert said.citations
    for item in wanted(FACTS):
        assert str(item) in text or Decimal(str(item)) in numbers


@pytest.mark.parametrize("question", [twin for _, _, twin in PAIRS])
def test_its_twin_is_not_answered(question: str) -> None:
    said = answer(question, SHELF)[0]
    assert said.status in ("not_found", "not_stated", "ambiguous", "out_of_scope"), said.answer
    assert not said.values

"""The guard over two hundred real answers: one number of each changed is caught, and none of
the clean ones is blocked."""

from __future__ import annotations

import random
import re

import pytest

from assistant.ask.answer.guard import unsupported
from assistant.ask.answering import answer
from schemas.answers import Answer
from tests.test_ask_samples import PAIRS, SHELF

_FIELDS = (
    "项目总金额", "当年金额", "2025年预算", "二级项目编码", "开始年度", "结束年度", "申报联系人",
    "绩效指标", "满意度指标", "数量指标", "质量指标", "2024年申报金额", "2025年审核金额",
    "总金额和2025年预算", "预算是多少万元", "2024年比2025年多多少", "2025年占总金额的比例",
    "总体绩效目标", "项目概述", "设立依据", "上一年预算安排", "有几个绩效指标", "历年申报金额",
    "2023年到2025年申报合计", "社会投入资金", "主管部门", "存续状态", "年度绩效目标", "申报单位",
    "用款单位", "时效指标", "项目类别", "2022年到2025年申报金额",
)  # fmt: skip
_NAMES = (
    "路灯项目",
    "河道水质项目",
    "不动产档案项目",
    "图书馆网络安全项目",
    "政务云项目",
    "便民热线",
)
_NUMBER = re.compile(r"\d[\d.]*")


def _answers() -> list[Answer]:
    questions = [q for q, _, _ in PAIRS] + [f"{n}的{f}" for f in _FIELDS for n in _NAMES]
    said = (answer(q, SHELF)[0] for q in questions)
    return [a for a in said if a.status == "answered" and _NUMBER.search(a.answer)]


ANSWERS = _answers()


def _changed(clean: Answer, rng: random.Random) -> Answer:
    """The answer with one digit of one of its numbers changed."""
    found = rng.choice(list(_NUMBER.finditer(clean.answer)))
    at = rng.choice([i for i in range(*found.span()) if clean.answer[i].isdigit()])
    digit = rng.choice([d for d in "123456789" if d != clean.answer[at]])
    return clean.model_copy(update={"answer": clean.answer[:at] + digit + clean.answer[at + 1 :]})


def test_there_are_two_hundred_answers() -> None:
    assert len(ANSWERS) >= 200


@pytest.mark.parametrize("number", range(200))
def test_a_changed_number_is_caught_and_the_clean_answer_is_not(number: int) -> None:
    clean = ANSWERS[number % len(ANSWERS)]
    changed = _changed(clean, random.Random(number))
    assert unsupported(clean) == []
    assert unsupported(changed), changed.answer

"""Which values pass a condition: the bound itself, what a target promises, units that differ."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.ask.answer.facts import Fact, parse_target
from assistant.ask.answer.filters import holds, yes
from assistant.text.amounts import to_yuan
from schemas.queries import Filter, Target, TargetKind, Test
from tests.library import cell, make_record

RECORD = make_record("甲乙平台")
INDICATOR = Target(kind=TargetKind.INDICATOR)
MONEY = Target(kind=TargetKind.FIELD, names=["total_amount"])


def passes(test: Test, wanted: str, printed: str) -> bool:
    """Whether an indicator whose target is ``printed`` passes ``test`` against ``wanted``."""
    number = parse_target(printed).number
    fact = Fact(RECORD, "指标", cell(printed, 1), printed, number=number)
    return holds(Filter(test=test, value=wanted, target=INDICATOR), fact)


@pytest.mark.parametrize(
    ("test", "wanted", "printed", "passed"),
    [
        (">=", "300", "299根", False),
        (">=", "300", "300根", True),
        (">=", "300", "≥300根", True),
        (">=", "98%", "≤98%", False),  # it promises no such thing
        (">=", "98%", "<99%", False),
        (">=", "95%", "95套", False),
        (">=", "95%", "95%", True),
        ("<=", "95%", "94套", False),
        (">", "90%", "90%", False),
        (">", "90%", "≥90%", False),
        (">", "90%", ">90%", True),
        (">", "90%", "≥91%", True),
        ("<=", "5%", "≤5%", True),
        ("<", "5%", "≤5%", False),
        ("=", "12", "12次", True),
        ("<=", "120分钟", "≤2小时", True),
        ("<=", "119分钟", "≤2小时", False),
        ("<=", "1440分钟", "≤1天", True),
        ("<=", "1439分钟", "≤1天", False),
        ("<=", "120分钟", "≤2次", False),
    ],
)
def test_an_indicator_passes_by_what_it_promises(
    test: Test, wanted: str, printed: str, passed: bool
) -> None:
    assert passes(test, wanted, printed) is passed


@pytest.mark.parametrize(
    ("test", "passed"), [("<", False), ("<=", True), ("=", True), (">=", True), (">", False)]
)
def test_an_amount_that_is_the_bound_itself(test: Test, passed: bool) -> None:
    fact = Fact(RECORD, "金额", cell("800", 1), "800", "万元", number=to_yuan("800", "万元"))
    assert fact.number == Decimal(8_000_000)
    assert holds(Filter(test=test, value="8000000", target=MONEY), fact) is passed


@pytest.mark.parametrize(
    ("printed", "means"),
    [("是", True), ("债券项目", True), ("否", False), ("非债券项目", False), ("不是", False)],
)
def test_a_choice_says_yes_or_no(printed: str, means: bool) -> None:
    assert yes(printed) is means

"""Amounts, targets and folding: what is printed and what it means."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.text.amounts import money_in, parse_amount, parse_target, to_yuan
from assistant.text.folding import comparable


@pytest.mark.parametrize(
    ("unit", "yuan"),
    [
        (None, 1),
        ("元", 1),
        ("千元", 1_000),
        ("万元", 10_000),
        ("百万元", 1_000_000),
        ("亿元", 100_000_000),
    ],
)
def test_units_of_money(unit: str | None, yuan: int) -> None:
    assert to_yuan("1", unit) == yuan
    assert [m.yuan for m in money_in(f"共1{unit or '元'}")] == [yuan]


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("21,874,200.00", "21874200.00"),
        ("２１，８７４元", "21874"),
        ("+5", "5"),
        ("-5.10", "-5.10"),
        ("2187,4200", None),
        ("1,23", None),
        ("1.2.3", None),
        ("约5", None),
    ],
)
def test_an_amount_is_read_whole_or_not_at_all(printed: str, amount: str | None) -> None:
    assert parse_amount(printed) == amount


@pytest.mark.parametrize(
    ("sign", "printed"),
    [
        (">=", "≥ >= => 大于等于 不低于 不少于 不小于 至少 达到"),
        ("<=", "≤ <= =< 小于等于 不超过 不高于 不多于 不大于 至多"),
        (">", "> ＞ 大于 超过 高于 多于"),
        ("<", "< ＜ 小于 低于 少于"),
        ("=", "= ＝ 等于"),
    ],
)
def test_the_signs_and_words_of_a_target(sign: str, printed: str) -> None:
    for word in printed.split():
        target = parse_target(f"{word}1,200.5%")
        assert (target.comparator, target.number, target.unit) == (sign, Decimal("1200.5"), "%"), (
            word
        )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１２％", "12%"),
        ("〔2023〕", "[2023]"),
        ("【2023】", "[2023]"),
        ("1∕2", "1/2"),
        ("－5", "-5"),
        ("﹣5", "-5"),
        ("甲 乙\n丙", "甲乙丙"),
        ("甲\u00ad乙", "甲乙"),
        ("⼀级", "一级"),
        ("主管部⻔", "主管部门"),
    ],
)
def test_what_prints_one_thing_compares_alike(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)

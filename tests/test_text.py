"""How printed text is understood, said once: years, numerals, comparators, numbers of cells."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from assistant.readers.rules.labels import is_total
from assistant.text.amounts import parse_target
from assistant.text.comparators import COMPARATOR
from assistant.text.numerals import numeral
from assistant.text.years import year_of
from schemas.readings import Value
from schemas.records import decimal_of


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2025", 2025),
        ("2025年", 2025),
        ("2025年度", 2025),
        ("2025度", 2025),  # printed where 年 got lost
        ("1999年", 1999),
        ("2125年", None),
        ("2025年至2026年", None),
        ("", None),
    ],
)
def test_years(text: str, year: int | None) -> None:
    assert year_of(text) == year


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("两千三百", 2300),
        ("12", 12),
        ("三万", None),
        ("1.5", None),
        ("²", None),
        ("", None),
    ],
)
def test_numerals(text: str, number: int | None) -> None:
    assert numeral(text) == number


@pytest.mark.parametrize(
    "text", ["≥", ">=", "≈", "大于等于", "等于", "不低于", "低于", "不超过", "超过", "至少", "至多"]
)
def test_what_stands_before_a_number_compares(text: str) -> None:
    assert re.fullmatch(COMPARATOR, text)


@pytest.mark.parametrize("text", ["", "达到", "不", "95", "定性"])
def test_what_does_not_compare(text: str) -> None:
    assert not re.fullmatch(COMPARATOR, text)


@pytest.mark.parametrize(
    ("text", "comparator", "number"),
    [
        ("大于等于95%", ">=", "95"),
        ("> =95%", ">=", "95"),
        ("95%以上", None, "95"),
        ("达到95%", ">=", "95"),
        ("不超过3天", "<=", "3"),
        ("少于3天", "<", "3"),
        ("等于1,200个", "=", "1200"),
    ],
)
def test_targets(text: str, comparator: str | None, number: str) -> None:
    target = parse_target(text)
    assert (target.comparator, target.number) == (comparator, Decimal(number))


@pytest.mark.parametrize(
    ("value", "number"),
    [("5.00", "5.00"), (5, "5"), ("-1", "-1"), (None, None), ("五元", None), ("NaN", None)],
)
def test_numbers_of_cells(value: Value, number: str | None) -> None:
    assert decimal_of(value) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("合计", True),
        ("小计:", True),
        ("总合计", True),
        ("合计(万元)", True),
        ("合计数", False),
        ("", False),
    ],
)
def test_what_heads_a_row_of_totals(text: str, total: bool) -> None:
    assert is_total(text) is total

"""How a question is cut: which reading of a stretch wins, what a side of a year or an amount
takes in, and what is left over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.ask.query.catalog import Catalog
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.spans import Span, cover, parse
from tests.library import small_booklet

CATALOG = Catalog(small_booklet(), {"booklet": "2025年绩效.pdf"})


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (Sort.CONDITION, Sort.ROW),
        (Sort.PROJECT, Sort.FIELD),
        (Sort.CATEGORY, Sort.FIELD),
        (Sort.ROW, Sort.VALUE),
        (Sort.FIELD, Sort.OPERATION),
        (Sort.OPERATION, Sort.WEAK),
        (Sort.WEAK, Sort.STOP),
    ],
)
def test_of_two_readings_of_one_stretch_the_more_telling_wins(winner: Sort, loser: Sort) -> None:
    word = "至少百分之"
    spans = [Span(0, len(word), sort, word) for sort in (loser, winner)]
    (chosen,) = cover(len(word), spans)
    assert chosen.sort is winner


def test_one_long_word_wins_over_its_parts() -> None:
    spans = [Span(0, 2, Sort.FIELD, "预算"), Span(2, 4, Sort.FIELD, "金额")]
    whole = Span(0, 4, Sort.FIELD, "预算金额")
    assert cover(4, [*spans, whole]) == [whole]


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("2025年底前", [2023, 2024, 2025]),
        ("2025年以前", [2023, 2024]),
        ("2024年以来", [2024, 2025, 2026]),
        ("2024年以后", [2025, 2026]),
        ("2024到2026年", [2024, 2025, 2026]),
    ],
)
def test_which_years_a_side_of_a_year_takes_in(said: str, years: list[int]) -> None:
    assert parse(f"{said}开始的项目", CATALOG).years == years


@pytest.mark.parametrize(
    ("said", "test", "value"),
    [
        ("300万元以上", ">=", 3_000_000),
        ("300万元以下", "<=", 3_000_000),
        ("超过300万元", ">", 3_000_000),
        ("不足300万元", "<", 3_000_000),
        ("不超过3亿元", "<=", 300_000_000),
        ("不少于5千元", ">=", 5_000),
    ],
)
def test_whether_an_amount_itself_passes(said: str, test: str, value: int) -> None:
    (span,) = parse(f"总金额{said}的项目", CATALOG).of(Sort.CONDITION)
    assert span.condition == (test, Decimal(value), "元")


@pytest.mark.parametrize(
    ("question", "residue"),
    [
        ("除服务的预算", ["除"]),
        ("无服务的预算", ["无"]),
        ("服务商的预算", ["服务商"]),
        ("灯杆项目的预算", []),
    ],
)
def test_what_nothing_explains_is_left_over(question: str, residue: list[str]) -> None:
    assert parse(question, CATALOG).residue == residue

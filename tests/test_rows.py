"""Which rows of a table a question's words find: how much of them a row must hold, and which
rows are answered together."""

from __future__ import annotations

import pytest

from assistant.ask.query.catalog import Catalog
from assistant.ask.query.rows import fit_rows
from tests.library import make_record

NAME, LIGHTING = "甲乙平台", "城区主干道路照明设施完好程度评定"


def found(words: str, *rows: str) -> list[str]:
    """The ``rows`` of one project that ``words`` find, best first."""
    catalog = Catalog([make_record(NAME, indicators=dict.fromkeys(rows, "1"))])
    return [fit.row.name for fit in fit_rows(words.split(), catalog, [NAME])]


@pytest.mark.parametrize(
    ("words", "row", "fits"),
    [
        ("灯杆数量", "灯杆数量", True),
        ("灯杆安装", "智慧灯杆安装", True),
        ("灯杆安装数量", "灯杆数量", False),  # two thirds of the words
        ("桥梁设施 通行率", "桥梁设施运行率", False),  # a short word is held wholly
        ("桥梁设施 通行比率", "桥梁设施运行比率", True),  # of a long one the half is enough
        # two characters of six are not, whatever the rest holds
        (f"{LIGHTING} 夜间巡查频次", f"{LIGHTING}频次", False),
    ],
)
def test_a_row_holds_nearly_all_of_the_words(words: str, row: str, fits: bool) -> None:
    assert found(words, row) == [row] * fits


@pytest.mark.parametrize(
    ("words", "rows", "answered"),
    [
        ("灯杆数量", ("灯杆数量", "灯杆数量明细"), 1),
        ("路灯灯杆数量", ("路灯灯杆数量", "路灯灯杆数量率"), 2),
        ("路灯数量", ("路灯数量甲", "路灯数量乙", "路灯数量丙", "路灯数量丁", "路灯数量戊"), 4),
    ],
)
def test_rows_that_fit_about_as_well_are_answered_together(
    words: str, rows: tuple[str, ...], answered: int
) -> None:
    assert found(words, *rows) == list(rows[:answered])

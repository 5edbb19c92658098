"""What it costs to take runs of a page text as one cell, and where a cut is a guess."""

from __future__ import annotations

from math import inf

import pytest

from assistant.pages.page_text import pages_of_text
from assistant.readers.rules.text.alignment import LONGEST_CELL, Cut, Grammar, cut
from assistant.readers.rules.text.costs import Table
from assistant.readers.rules.text.runs import Atom, atoms_of
from tests.test_text_rules import COSTS, LONG, PROJECT, TARGET, indicators, read, values


def runs(text: str) -> list[Atom]:
    return atoms_of(pages_of_text(text), [1], "")


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("甲乙、 丁", 0.2),
        ("Wi-Fi cover", 0.4),
        ("甲 （乙）", 1.0),
        ("甲乙丙 丁", 3.0),
        ("甲乙丙 5个", 5.0),
        ("甲乙丙 ≥95%", 5.0),
        ("甲\n乙", 0.0),
        ("甲\n\n乙", 2.0),
        ("甲\n011-乙", 2.0),
    ],
)
def test_what_a_gap_inside_a_cell_costs(text: str, cost: float) -> None:
    atoms = runs(text)
    assert Table(atoms).flow(0, len(atoms), 0) == pytest.approx(cost)


@pytest.mark.parametrize(("width", "cost"), [(2.0, 0.0), (2.3, 0.0), (2.5, 3.0), (9.0, 3.0)])
def test_a_column_that_had_room_breaks_no_line(width: float, cost: float) -> None:
    assert Table(runs("甲\n乙"), {0: width}).flow(0, 2, 0) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("length", "cells"), [(LONGEST_CELL, [(0, LONGEST_CELL)]), (LONGEST_CELL + 1, [])]
)
def test_a_cell_has_so_many_runs_at_most(length: int, cells: list[tuple[int, int]]) -> None:
    def whole(start: int, end: int, _: int) -> float:
        return 0.0 if (start, end) == (0, length) else inf

    grammar = Grammar(1, whole, lambda start: length, [0.0], [[0.0]], [0.0])
    found: list[Cut] = cut(length, grammar)
    assert LONGEST_CELL == 24
    assert [(c.start, c.end) for c in found] == cells


@pytest.mark.parametrize(
    ("body", "cells", "guesses"),
    [
        ("设备\n采购\n100%", ["设备", "采购", "100%"], 3),
        ("群众满\n意度\n持续改进", ["群众满", "意度", "持续改进"], 3),
        ("群众满意度 / 1次/年", ["群众满意度", "/", "1次/年"], 0),
        ("系统\n运行稳定 ≥95% ≥95%", ["系统运行稳定", "≥95%", "≥95%"], 0),
        ("群众\n满意度 ≤3 天\n\n≥95%", ["群众满意度", "≤3 天", "≥95%"], 0),
    ],
)
def test_a_cut_that_another_reading_comes_near_is_a_guess(
    body: str, cells: list[str], guesses: int
) -> None:
    (row,) = indicators(f"产出指标\n\n时效指标\n{body}")
    assert values(row) == ["产出指标", "时效指标", *cells]
    assert sum(bool(reading.doubts) for reading in row.values()) == guesses


def _item(number: int, category: str) -> str:
    return (
        f"{number} 2025 {category} 011-示例费（印\n刷费）\n\n甲地示例活\n动服务\n\n"
        "年 200 1 200.00\n依据示例通\n知执行\n\n"
    )


@pytest.mark.parametrize(("before", "category"), [(2, "示例"), (3, "示例 服务")])
def test_what_a_column_says_three_times_it_says_again(before: int, category: str) -> None:
    head = COSTS.split("1 2025")[0].replace("合计 500 500.00\n", "")
    items = [_item(n, "0101-示例") for n in range(1, before + 1)]
    text = head + "".join([*items, _item(before + 1, "示例 服务")]) + "项目绩效信息\n"
    assert read(PROJECT + text).tables["cost_items"][-1]["detail_category"].value == category


@pytest.mark.parametrize(("odd", "doubted"), [(0, 0), (1, 1), (2, 4)])
def test_two_odd_rows_of_four_put_all_in_doubt(odd: int, doubted: int) -> None:
    names = [f"{n}的数量（续" if at < odd else f"{n}的数量" for at, n in enumerate("乙丙丁")]
    body = "产出指标 数量指标 甲的数量 1个 1个\n" + "\n".join(f"{n} 2个 2个" for n in names)
    rows = indicators(body)
    assert len(rows) == 4
    assert sum(any(r.doubts for r in row.values()) for row in rows) == doubted


@pytest.mark.parametrize(
    ("choice", "doubts"),
    [
        ("阶段性", ()),
        ("延续到下一个年度的项目类", ()),
        ("延续到下一个年度的项目类型", ("not_a_choice",)),
    ],
)
def test_a_choice_is_short(choice: str, doubts: tuple[str, ...]) -> None:
    text = PROJECT.replace("项目概述\n\n", f"存续状态 {choice}\n\n项目概述\n\n")
    assert read(text).fields["lifecycle"].doubts == doubts


_BESIDE = f"{{}} {LONG}\n完成。\n"  # a text that begins on its label's line


@pytest.mark.parametrize(
    ("labels", "all_in_doubt"),
    [
        (("项目概述",), False),
        (("项目概述", "总体目标"), False),
        (("项目概述", "总体目标", "设立依据"), True),
    ],
)
def test_four_weak_signs_of_mixed_lines_put_every_field_in_doubt(
    labels: tuple[str, ...], all_in_doubt: bool
) -> None:
    body = "".join(_BESIDE.format(label) for label in labels)
    fields = read(f"{TARGET.partition('总体目标')[0]}{body}年度目标\n好\n").fields
    assert "layout_text" in fields["annual_goal"].doubts
    assert ("layout_text" in fields["name"].doubts) is all_in_doubt


@pytest.mark.parametrize(
    ("first", "kept"), [("数量指标", True), ("示例局绩效表", True), ("示例市示例局汇编", False)]
)
def test_a_short_line_that_pages_begin_with_is_a_cell(first: str, kept: bool) -> None:
    pages = pages_of_text("\f".join(f"{first}\n{n}的数量 1个" for n in "甲乙丙"))
    assert (first in [a.text for a in atoms_of(pages, [1, 2, 3], "")]) is kept

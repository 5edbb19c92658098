from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.pages.grid import build_grid, line_text, lines_of, split_rulings, walls_of
from schemas.geometry import Box, Ruling, Word
from tests.drawn import COLUMN, LEFT, ROW, TOP, page_of, words_at


def texts(rows: list[list[str | None]]) -> list[str]:
    page = page_of(rows)
    return [c.joined for c in build_grid(page.words, page.rulings).cells]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ([["甲", "乙"]], ["甲", "乙"]),
        ([["甲", "乙"], ["丙@2"]], ["甲", "乙", "丙"]),
        ([["甲", "乙"], [None, "丙"]], ["甲", "乙", "丙"]),
        ([["甲@2", "乙"], ["丙", "丁", None]], ["甲", "乙", "丙", "丁"]),
        ([["", "乙"]], ["", "乙"]),
        ([["绩\n效", "乙"]], ["绩效", "乙"]),
        ([["a b", "Wi-Fi\ncover"]], ["a b", "Wi-Fi cover"]),
    ],
)
def test_cells(rows: list[list[str | None]], cells: list[str]) -> None:
    assert texts(rows) == cells


@pytest.mark.parametrize(
    ("pieces", "walls"),
    [
        ([(10, 0, 50), (11, 0, 50)], 1),  # drawn twice
        ([(10, 0, 50), (14, 0, 50)], 2),
        ([(10, 0, 20), (10, 23, 50)], 1),  # slightly broken
        ([(10, 0, 50), (12, 0, 50)], 1),
        ([(10, 0, 50), (12.1, 0, 50)], 2),
    ],
)
def test_walls(pieces: list[tuple[float, float, float]], walls: int) -> None:
    found = walls_of(pieces)
    assert len(found) == walls
    assert all(w.spans == ((0, 50),) for w in found)


@pytest.mark.parametrize(
    ("gap", "spans"), [(3.5, ((0, 50),)), (3.6, ((0, 20), (23.6, 50))), (8, ((0, 20), (28, 50)))]
)
def test_a_wider_gap_in_a_line_is_an_opening(gap: float, spans: tuple[object, ...]) -> None:
    (wall,) = walls_of([(10, 0, 20), (10, 20 + gap, 50)])
    assert wall.spans == spans


def test_a_lost_border_is_said() -> None:
    page = page_of([["甲", "乙"], ["丙", "丁"]])
    gone = Ruling(LEFT + COLUMN, TOP + ROW, LEFT + COLUMN, TOP + 2 * ROW)
    across = Ruling(LEFT, TOP + ROW, LEFT + COLUMN, TOP + ROW)
    rulings = [r for r in page.rulings if r not in (gone, across)]
    assert [c.lost for c in build_grid(page.words, rulings).cells if "丙" in c.text] == [True]


def test_a_cell_that_the_page_cuts_is_open_below() -> None:
    page = page_of([["甲", "乙"]])
    bottom = Ruling(LEFT, TOP + ROW, LEFT + 2 * COLUMN, TOP + ROW)
    cells = build_grid(page.words, [r for r in page.rulings if r != bottom]).cells
    assert [(c.text, c.open_bottom, c.lost) for c in cells] == [
        ("甲", True, False),
        ("乙", True, False),
    ]


def test_a_table_without_outer_borders_has_its_outer_cells() -> None:
    page = page_of([["甲", "乙"], ["丙", "丁"]])
    sides = {LEFT, LEFT + 2 * COLUMN}
    inner = [r for r in page.rulings if r.is_horizontal or r.x0 not in sides]
    assert [c.text for c in build_grid(page.words, inner).cells] == ["甲", "乙", "丙", "丁"]


def test_an_underline_divides_nothing() -> None:
    page = page_of([["甲", "乙"]])
    under = Ruling(LEFT + 6, TOP + 12, LEFT + COLUMN - 20, TOP + 12)
    assert len(build_grid(page.words, [*page.rulings, under]).cells) == 2


def test_the_space_between_two_tables_is_no_cell() -> None:
    one = page_of([["甲"]])
    moved = [Ruling(r.x0 + 200, r.y0, r.x1 + 200, r.y1) for r in one.rulings]
    assert len(build_grid(one.words, [*one.rulings, *moved]).cells) == 2


def test_words_outside_stay_outside() -> None:
    page = page_of([["甲"]], heading=["标题", "单位：元"])
    assert [w.text for w in build_grid(page.words, page.rulings).outside] == ["标题", "单位：元"]


def test_neighbours() -> None:
    page = page_of([["甲", "乙"], ["丙@2"]])
    grid = build_grid(page.words, page.rulings)
    first = grid.cells[0]
    assert (grid.right_of(first) or first).text == "乙"
    assert (grid.below(first) or first).text == "丙"


def test_a_line_keeps_its_space() -> None:
    assert line_text(words_at("1、 政务 外网", 0, 0)) == "1、 政务 外网"
    assert len(lines_of(words_at("上\n下", 0, 0))) == 2


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10_000))
def test_every_word_is_in_exactly_one_cell(rows: int, columns: int, seed: int) -> None:
    page = page_of([[f"{r}-{c}" for c in range(columns)] for r in range(rows)])
    rng = random.Random(seed)
    shaken = [
        Ruling(*(v + rng.uniform(-0.4, 0.4) for v in r)) for r in page.rulings for _ in (1, 2)
    ]
    rng.shuffle(shaken)
    grid = build_grid(page.words, shaken)
    assert sorted(c.text for c in grid.cells) == sorted(w.text for w in page.words)
    assert not any(c.lost for c in grid.cells)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.floats(-10, 600, allow_nan=False)] * 4).map(lambda t: Ruling(*t)),
        max_size=25,
    )
)
def test_any_lines_give_some_grid(lines: list[Ruling]) -> None:
    word = Word("字", Box(100, 100, 108, 108))
    grid = build_grid([word], lines)
    assert sum(len(c.words) for c in grid.cells) + len(grid.outside) == 1
    assert split_rulings(lines)

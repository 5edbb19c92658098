"""The image work below OCR; a scan as a whole is read in test_pages."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from assistant.pages.scan.engine import _parted, _Read, full_width, read_image
from assistant.pages.scan.lines import text_lines, without_borders, without_specks
from assistant.pages.scan.rulings import Image, erased, find_skew, find_walls, turned
from assistant.pages.scan.skew import as_scanned, quarter_box, quarter_ruling, skew_of, upright
from schemas.geometry import Box, Page, PageSource, Ruling, Word
from schemas.readings import Evidence


def sheet(slope: float = 0.0, noise: int = 0) -> Image:
    """A grey page of 1000 x 700 pixels with a table of 3 x 4 cells, turned by ``slope``."""
    page = np.full((1000, 700), 235, np.uint8)
    for y in (200, 300, 400, 500):
        cv2.line(page, (100, y), (600, y), 40, 2)
    for x in (100, 200, 350, 480, 600):
        cv2.line(page, (x, 200), (x, 500), 40, 2)
    cv2.putText(page, "HHH", (215, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 3)
    spots = np.random.default_rng(3).integers(0, 600, (noise, 2))
    for x, y in spots:
        page[y, x] = 90
    return turned(page, -slope)


@pytest.mark.parametrize("slope", [0.0, 0.008, -0.012, 0.02])
def test_skew_is_found(slope: float) -> None:
    assert find_skew(sheet(slope, noise=300)) == pytest.approx(slope, abs=1e-3)


@pytest.mark.parametrize("slope", [0.0, 0.01])
def test_lines_are_found_and_strokes_are_not(slope: float) -> None:
    page = sheet(slope, noise=300)
    across, down = find_walls(turned(page, find_skew(page)), 200)
    assert [round(w.at / 50) * 50 for w in across] == [200, 300, 400, 500]
    assert [round(w.at / 10) * 10 for w in down] == [100, 200, 350, 480, 600]


def test_erased_leaves_the_print() -> None:
    page = sheet()
    clean = erased(page, *find_walls(page, 200))
    assert clean[195:206, 90:610].min() > 150
    assert clean[230:262, 215:290].min() < 60


def ink(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (60, 200)) -> Image:
    page = np.zeros(size, np.uint8)
    for x0, y0, x1, y1 in boxes:
        page[y0:y1, x0:x1] = 255
    return page


@pytest.mark.parametrize(
    ("boxes", "lines"),
    [
        ([(10, 5, 80, 23)], [(10, 5, 80, 23)]),
        ([(10, 5, 80, 23), (10, 30, 40, 48)], [(10, 5, 80, 23), (10, 30, 40, 48)]),
        ([(10, 8, 28, 10), (8, 22, 30, 24)], [(8, 8, 30, 24)]),  # 二 is one glyph
        ([(10, 5, 80, 23), (150, 20, 153, 23)], [(10, 5, 80, 23)]),  # dirt far from the print
        ([(50, 40, 53, 43)], []),
    ],
)
def test_printed_lines(
    boxes: list[tuple[int, int, int, int]], lines: list[tuple[int, int, int, int]]
) -> None:
    assert text_lines(ink(*boxes), 18) == lines


def test_dirt_is_smaller_than_a_decimal_point() -> None:
    point, dirt = (90, 20, 93, 23), (120, 20, 124, 22)
    assert (without_specks(ink((10, 5, 80, 23), point, dirt)) == ink((10, 5, 80, 23), point)).all()


@pytest.mark.parametrize(
    ("words", "legible"),
    [
        ([("项目", 0.7)], True),
        ([("项目", 0.69)], False),
        ([("项目", 0.99), ("名称", 0.6), ("示例", 0.8)], True),
        ([("项", 0.99), ("目", 0.99)], False),  # glyph by glyph
        ([], True),
    ],
)
def test_a_page_whose_words_are_unsure_lies_another_way(
    words: list[tuple[str, float]], legible: bool
) -> None:
    read = object.__new__(_Read)
    read.lines = [[Word(text, Box(0, 0, 9, 9), sure) for text, sure in words]]
    assert read.is_legible is legible


def test_a_row_without_vertical_lines_is_parted_at_its_gaps() -> None:
    piece = ink((10, 20, 60, 32), (66, 20, 90, 32), (120, 20, 180, 32))
    assert _parted(piece, (10, 20, 180, 32), 12) == [(10, 20, 90, 32), (120, 20, 180, 32)]


def test_the_rest_of_a_border_is_cleared_and_a_glyph_is_not() -> None:
    border, one, two = (1, 0, 3, 60), (10, 20, 13, 34), (30, 3, 48, 5)
    assert (without_borders(ink(border, one, two), 18) == ink(one, two)).all()


@pytest.mark.parametrize(
    ("read", "advance", "text"),
    [
        ("示例(二期)项目", 0.0, "示例（二期）项目"),
        ("(T/CIIA 007-2020)", 0.0, "(T/CIIA 007-2020)"),
        ("21,874,200.00", 0.0, "21,874,200.00"),
        (">70%", 1.0, "＞70%"),
        (">70%", 0.5, ">70%"),
        ("·重大宣传·", 0.0, "重大宣传"),
    ],
)
def test_width_of_punctuation(read: str, advance: float, text: str) -> None:
    assert full_width(read, advance) == text


def test_a_skewed_page_is_read_upright_and_cited_as_it_lies() -> None:
    angle = 0.02
    line = Ruling(100, 100, 100 + 400 * math.cos(angle), 100 + 400 * math.sin(angle))
    word = Word("甲", Box(300, 120, 320, 130))
    page = Page(1, 600, 800, PageSource.SCAN, (word,), (line,), "甲")
    assert skew_of(page) == pytest.approx(angle)
    straight = upright(page)
    assert straight.rulings[0].y0 == pytest.approx(straight.rulings[0].y1)
    place = as_scanned(Evidence(page=1, bbox=tuple(straight.words[0].box)), page, skew_of(page))
    assert place.bbox == pytest.approx(tuple(word.box), abs=0.01)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_page_on_its_side_is_read_upright_and_cited_as_it_lies(turn: int) -> None:
    lines = (Ruling(100, 102, 500, 98), Ruling(102, 100, 98, 300))
    stood = Page(1, 600, 800, PageSource.SCAN, (Word("甲", Box(300, 120, 320, 130)),), lines, "甲")
    size = (800, 600) if turn % 2 else (600, 800)
    lies = replace(
        stood,
        width=size[0],
        height=size[1],
        words=(Word("甲", quarter_box(stood.words[0].box, 600, 800, -turn)),),
        rulings=tuple(quarter_ruling(r, 600, 800, -turn) for r in lines),
        turn=turn,
    )
    straight = upright(lies)
    assert (straight.width, straight.height) == (600, 800)
    assert straight.words[0].box == pytest.approx(upright(stood).words[0].box)
    assert straight.rulings[1].y0 < straight.rulings[1].y1
    place = as_scanned(Evidence(page=1, bbox=tuple(straight.words[0].box)), lies, skew_of(lies))
    assert place.bbox == pytest.approx(tuple(lies.words[0].box), abs=0.01)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_turned_image_is_turned_back(turn: int) -> None:
    page = np.full((500, 700), 235, np.uint8)
    for line in range(6):
        at = (40, 60 + 70 * line)
        cv2.putText(page, f"Project budget 2025 No {line}", at, cv2.FONT_HERSHEY_DUPLEX, 1.1, 20, 2)
    lies = np.ascontiguousarray(np.rot90(page, turn))
    read = read_image(lies.tobytes(), lies.shape[1], lies.shape[0], 100, 1)
    assert (read.turn, round(read.width / 0.72)) == (turn, lies.shape[1])
    first = quarter_box(read.words[0].box, read.width, read.height, turn)
    assert read.words[0].text.startswith("Proj")
    assert (first.x0, first.y1) == pytest.approx((40 * 0.72, 60 * 0.72), abs=12)

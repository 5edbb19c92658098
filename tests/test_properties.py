"""What holds for every grid and every amount."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.pages.grid import Grid, build_grid
from assistant.text.amounts import UNITS, parse_amount, to_yuan
from assistant.text.folding import comparable
from schemas.geometry import Box, Ruling, Word
from tests.drawn import page_of

Rulings = tuple[Ruling, ...]

# amounts

decimals = st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False, places=2)
WIDE = str.maketrans("0123456789.,-+", "０１２３４５６７８９．，－＋")


@given(decimals, st.sampled_from(["{}", "{:,}", "{}元", "{:,}元"]), st.booleans())
def test_a_printed_amount_is_read_exactly(amount: Decimal, form: str, wide: bool) -> None:
    printed = form.format(amount)
    read = parse_amount(printed.translate(WIDE) if wide else printed)
    assert read == str(amount)


@given(st.text(st.sampled_from("0123456789,.-+ 元万约至"), max_size=14))
def test_no_amount_is_guessed(printed: str) -> None:
    read = parse_amount(printed)
    kept = comparable(printed).removesuffix("元").removeprefix("+").replace(",", "")
    assert read in (None, kept)  # every digit as printed, none left out or put in


@given(decimals, st.integers(0, 9), st.integers(1, 14))
def test_a_separator_out_of_place_is_no_amount(amount: Decimal, digit: int, at: int) -> None:
    printed = f"{abs(amount):,}{digit}"
    whole = printed.split(".")[0]
    at = min(at, len(whole) - 1)
    moved = f"{whole[:at]},{whole[at:]}"
    assert parse_amount(moved) in (None, moved.replace(",", ""))
    assert (parse_amount(moved) is None) == (moved != f"{int(moved.replace(',', '')):,}")


@given(decimals, st.sampled_from(sorted(UNITS)))
def test_yuan_are_exact(amount: Decimal, unit: str) -> None:
    assert to_yuan(str(amount), unit) / UNITS[unit] == amount


# grids: a table of random cells, some merged over columns, with a word in each


@st.composite
def tables(draw: st.DrawFn) -> list[list[str | None]]:
    columns = draw(st.integers(1, 4))
    rows: list[list[str | None]] = []
    for r in range(draw(st.integers(1, 5))):
        row: list[str | None] = []
        left = columns
        while left:
            span = draw(st.integers(1, left))
            row.append(f"字{r}{left}@{span}")
            left -= span
        rows.append(row)
    return rows


def cells_of(grid: Grid) -> list[str]:
    return [cell.folded for cell in grid.cells]


def jittered(rulings: Rulings, random: Random) -> list[Ruling]:
    """Each end of each line up to 0.3 points from where it was."""

    def shift() -> float:
        return random.uniform(-0.3, 0.3)

    out = []
    for x0, y0, x1, y1 in rulings:
        if y0 == y1:
            y = y0 + shift()
            out.append(Ruling(x0 + shift(), y, x1 + shift(), y))
        else:
            x = x0 + shift()
            out.append(Ruling(x, y0 + shift(), x, y1 + shift()))
    return out


def broken(rulings: Rulings, random: Random) -> list[Ruling]:
    """Each line in two pieces with a small gap between them."""
    out = []
    for x0, y0, x1, y1 in rulings:
        at, gap = random.uniform(0.2, 0.8), random.uniform(0, 2)
        x, y = x0 + at * (x1 - x0), y0 + at * (y1 - y0)
        if y0 == y1:
            out += [Ruling(x0, y, x, y), Ruling(x + gap, y, x1, y)]
        else:
            out += [Ruling(x, y0, x, y), Ruling(x, y + gap, x, y1)]
    return out


def doubled(rulings: Rulings, _: Random) -> list[Ruling]:
    return [*rulings, *(Ruling(r.x0 + 0.5, r.y0 + 0.5, r.x1 + 0.5, r.y1 + 0.5) for r in rulings)]


def shuffled(rulings: Rulings, random: Random) -> list[Ruling]:
    return random.sample(rulings, len(rulings))


@pytest.mark.parametrize("change", [jittered, doubled, broken, shuffled])
@given(rows=tables(), seed=st.integers(0, 999))
def test_a_table_drawn_otherwise_has_the_same_cells(
    change: Callable[[Rulings, Random], list[Ruling]], rows: list[list[str | None]], seed: int
) -> None:
    page = page_of(rows)
    printed = [(cell or "").partition("@")[0] for row in rows for cell in row]
    assert cells_of(build_grid(page.words, page.rulings)) == printed
    assert cells_of(build_grid(page.words, change(page.rulings, Random(seed)))) == printed


@given(tables())
def test_the_cells_of_a_table_tile_it(rows: list[list[str | None]]) -> None:
    page = page_of(rows)
    boxes = [c.box for c in build_grid(page.words, page.rulings).cells]
    area = sum(b.width * b.height for b in boxes)
    whole = Box(min(b.x0 for b in boxes), min(b.y0 for b in boxes),
                max(b.x1 for b in boxes), max(b.y1 for b in boxes))  # fmt: skip
    assert area == pytest.approx(whole.width * whole.height)


lengths = st.floats(0, 600, allow_nan=False)
lines = st.builds(lambda a, b, at, down: Ruling(at, a, at, b) if down else Ruling(a, at, b, at),
                  lengths, lengths, lengths, st.booleans())  # fmt: skip
words = st.builds(lambda x, y, w: Word("字", Box(x, y, x + w, y + 8)), lengths, lengths,
                  st.floats(1, 60))  # fmt: skip


@given(st.lists(lines, max_size=25), st.lists(words, max_size=15))
def test_every_word_is_in_one_cell_or_outside(drawn: list[Ruling], printed: list[Word]) -> None:
    grid = build_grid(printed, drawn)
    held = [id(word) for cell in grid.cells for word in cell.words]
    assert sorted([*held, *map(id, grid.outside)]) == sorted(map(id, printed))
    for cell in grid.cells:
        for word in cell.words:
            x, y = word.box.centre
            assert cell.box.x0 - 1e-6 <= x <= cell.box.x1 + 1e-6
            assert cell.box.y0 - 1e-6 <= y <= cell.box.y1 + 1e-6

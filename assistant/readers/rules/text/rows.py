"""Rows of indicators in a page text, and the signs that they are not what they seem. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from assistant.readers.rules.text.costs import is_measure
from assistant.readers.rules.text.runs import Atom, Gap, joined, runs_of_lines, split_at
from assistant.text.folding import comparable
from schemas.forms import INDICATOR_LEVEL1, INDICATOR_LEVEL2

CELLS = ("level3", "period_value", "annual_value")
SIDE, LEVEL1, LEVEL2, LEVEL3, VALUES = range(5)  # SIDE: the table's title beside it


@cache
def category_names(level: int) -> frozenset[str]:
    """What the categories of ``level`` are called, in comparable form."""
    names = INDICATOR_LEVEL1 if level == LEVEL1 else INDICATOR_LEVEL2
    return frozenset(comparable(n + end) for n in names for end in ("", "指标"))


def bare(text: str) -> str:
    """A category without the weight in brackets behind it."""
    return text.split("(")[0]


@dataclass(frozen=True, slots=True)
class Found:
    """A row: the runs of its cells and whether each cut is a guess."""

    cells: dict[str, tuple[Atom, ...]]
    guesses: frozenset[str]


def doubted(row: Found, names: set[str]) -> Found:
    """``row`` with its cells ``names`` marked as guesses."""
    return Found(row.cells, row.guesses | (names & row.cells.keys()))


_NOTHING = frozenset("/-—无")
_DATE = re.compile(r"20\d{2}年\d{1,2}月")
_REST = re.compile(r"(?![无有是否优良好高低大小多少升降增减])[\u4e00-\u9fff]")  # of a wrapped value
_SHORTEST_PART = 4  # characters
_NO_NAME = re.compile(r"[\d<>=≤≥].*|定[性量]|正向|反向")


def with_doubts(rows: Sequence[Found], atoms: Sequence[Atom], has_level1: bool) -> list[Found]:
    """``rows``, read from ``atoms``, with their unlikely cells doubted; all of them, where many
    are unlikely or the lines of neighbouring cells are mixed."""
    unlikely = [_unlikely(row) for row in rows]
    mixed = sum(map(bool, unlikely)) > max(1, len(rows) / 8) or _is_mixed(rows, atoms, has_level1)
    return [
        doubted(row, set(row.cells) if mixed else doubtful)
        for row, doubtful in zip(rows, unlikely, strict=True)
    ]


def _is_mixed(rows: Sequence[Found], atoms: Sequence[Atom], has_level1: bool) -> bool:
    """Whether an extractor went down the table line by line: then a category that goes over
    several rows stands in the middle of them, the first of them above it, or a category stands
    alone on a line and whole rows above and below, where others begin their row's line, or the
    rest of a wrapped one does not follow it."""
    if has_level1 and rows and not rows[0].cells["level1"]:
        return True
    lines = runs_of_lines(atoms)
    if any(_breaks_a_category(line, after) for line, after in pairwise(lines)):
        return True
    named = [_is_category(line[0].text) for line in lines]
    beside = any(n and len(line) > 2 for n, line in zip(named, lines, strict=True))
    return beside and any(
        named[at]
        and len(line) == 1
        and line[0].gap is Gap.LINE
        and _is_row(above)
        and _is_row(below)
        for at, (above, line, below) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 1)
    )


def _breaks_a_category(line: Sequence[Atom], after: Sequence[Atom]) -> bool:
    """Whether a line is the first part of a category, of which the next line is no part."""
    text, following = joined(line), joined(after)
    rests = [name[len(text) :] for name in _categories() if name.startswith(text)]
    known = text in category_names(LEVEL1) | category_names(LEVEL2)
    if len(text) < _SHORTEST_PART or known or not rests:
        return False
    return not any(following.startswith(rest) or rest.startswith(following) for rest in rests)


def numbers_stand_aside(atoms: Sequence[Atom]) -> bool:
    """Whether numbers begin the lines of most rows, but not all lines: what is between may belong
    to the row above or to that below."""
    lines = runs_of_lines(atoms)
    rows = sum(line[0].text.isdecimal() and len(line) > 2 for line in lines)
    return len(lines) / 2 < rows < len(lines)


def _is_category(text: str) -> bool:
    return text in _categories()


def _is_row(line: Sequence[Atom]) -> bool:
    return len(line) > 2 and is_measure(line[-1].text)


def unglued(atoms: Sequence[Atom]) -> list[Atom]:
    """The runs, with a category cut from the indicator that an extractor glued to it, as it does
    with cells whose texts nearly touch."""
    out: list[Atom] = []
    for atom in atoms:
        names = [n for n in _categories() if atom.text.startswith(n)]
        at = max(map(len, names), default=0)
        if at and len(atom.text) > at + 2 and "\u4e00" <= atom.text[at] <= "\u9fff":
            out += split_at(atom, at)
        else:
            out.append(atom)
    return out


def is_glued(left: Sequence[Atom], right: Sequence[Atom]) -> bool:
    """Whether two cells were one run."""
    touches = left and left[-1].page is right[0].page and left[-1].box.x1 == right[0].box.x0
    return bool(touches) and left[-1].box.y0 == right[0].box.y0


def _unlikely(row: Found) -> set[str]:
    """The cells of a row of which one looks like two cells or a part of one: it holds more lines
    than one and a whole target among them, or an indicator is called as no one would call it.
    Then those beside it are wrong, too."""
    cells = ((name, row.cells.get(name, ())) for name in CELLS)
    if any(_holds_a_target(atoms, first=name != "level3") for name, atoms in cells):
        return set(CELLS)
    texts = [joined(row.cells.get(name, ())) for name in CELLS]
    if any(text.count("(") != text.count(")") or _REST.fullmatch(text) for text in texts):
        return set(row.cells)  # its rest is printed elsewhere
    name = level3_of(row)
    known = name in category_names(LEVEL1) | category_names(LEVEL2)
    part = not known and any(
        name.startswith(n) or (len(name) > 3 and n.startswith(name)) for n in _categories()
    )
    return set(CELLS) if part or is_measure(name) or _NO_NAME.fullmatch(name) else set()


@cache
def _categories() -> frozenset[str]:
    return frozenset(
        n for n in category_names(LEVEL1) | category_names(LEVEL2) if n.endswith("指标")
    )


def _holds_a_target(atoms: Sequence[Atom], *, first: bool) -> bool:
    texts = [joined(line) for line in runs_of_lines(atoms)]
    if any(_DATE.match(text) for text in texts[1:]):
        return True
    return len(texts) > 1 and any(
        is_measure(text) or text in _NOTHING for text in (texts if first else texts[1:])
    )


def level3_of(row: Found) -> str:
    """The comparable name of a row's indicator."""
    return joined(row.cells["level3"])

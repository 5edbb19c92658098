"""Runs of text without places → labels and their values. Pure; knows no words.

An extractor that keeps no columns prints the cells of a form one after the other, a long cell on
several lines. The runs are cut into cells, and the cells take roles, in one search for the
cheapest reading from the first run to the last (dynamic programming).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from assistant.structure.shape import label_cost, value_cost

Span = tuple[int, int]  # runs ``start`` to ``end``
_CELL = 24  # runs at most in a value, and in a label
_LABEL = 4
_STRANGE = -2.5  # odds below which nothing is a label
_MOST = 12.0  # a cell whose runs cost more to join is none
# Costs, in natural logarithms of odds like those of cells.
_NO_VALUE = 2.2
_ALONE = 2.6
_INLINE = 0.5
_HEADING = 1.2
# The cost of joining two runs in one cell.
_SPACE = 2.2
_WRAP = 1.1
_LESS = 0.8  # less likely where the first line is narrow, or narrower than the second
_NARROW = 8.0  # ems
_BRACKET = 10  # characters: a unit or a year in brackets
_REST = 0.4  # the last characters of a word
_BLANK = 2.6
_LINE = 18.0  # ems: a line as wide may be one of a text
_FULL = 0.88  # of the widest line of a text


class Gap(StrEnum):
    """What stands before a run."""

    SPACE = "space"
    LINE = "line"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text in comparable form, its width in ems and what stands before it."""

    text: str
    width: float
    gap: Gap


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label and its value, None where it has none; without a label a text that nothing names."""

    label: Span | None
    value: Span | None


def read_sequence(runs: Sequence[Run], odds: Callable[[str], float]) -> list[Labelled]:
    """The labels and values of a form in printed order; ``odds`` tell one from the other."""
    search = _Search(runs, odds)
    n = len(runs)
    costs = [0.0] + [inf] * n
    back: list[tuple[int, Labelled]] = [(0, Labelled(None, None))] * (n + 1)
    for start in range(n):
        for end, cost, part in search.parts(start):
            if costs[start] + cost < costs[end]:
                costs[end] = costs[start] + cost
                back[end] = (start, part)
    out: list[Labelled] = []
    at = n
    while at:
        at, part = back[at]
        out.insert(0, part)
    return out


class _Search:
    def __init__(self, runs: Sequence[Run], odds: Callable[[str], float]) -> None:
        self.runs, self.odds = runs, odds
        self.sums = [0.0, 0.0]  # of the costs of joining, up to each run
        for k in range(1, len(runs)):
            self.sums.append(self.sums[-1] + self._join(k))

    def parts(self, start: int) -> Iterator[tuple[int, float, Labelled]]:
        """What may begin with run ``start``: the run after it, its cost, and what it is."""
        n = len(self.runs)
        for end in range(start + 1, min(start + _LABEL, n) + 1):
            odds = self.odds(self._text(start, end))
            cost = label_cost(odds) + self._joined(start, end)
            yield end, cost + _HEADING, Labelled((start, end), None)
            if odds < _STRANGE:
                continue
            for stop in range(end + 1, min(end + _CELL, n) + 1):
                inner = self._joined(end, stop)
                if inner > _MOST:
                    break
                value = value_cost(self.odds(self._text(end, stop)))
                yield stop, cost + inner + value, Labelled((start, end), (end, stop))
        for end in range(start + 1, min(start + _CELL, n) + 1):
            inner = self._joined(start, end)
            if inner > _MOST:
                break
            named = ":" in self._text(start, end)[2:15]
            yield end, inner + (_INLINE if named else _ALONE), Labelled(None, (start, end))

    def _text(self, start: int, end: int) -> str:
        return "".join(run.text for run in self.runs[start:end])

    def _joined(self, start: int, end: int) -> float:
        return self.sums[end] - self.sums[start + 1]

    def _join(self, k: int) -> float:
        """The cost of one cell holding the runs before and at ``k``."""
        above, below = self.runs[k - 1], self.runs[k]
        if below.gap is not Gap.LINE:
            return _SPACE if below.gap is Gap.SPACE else _BLANK
        if above.text[-1] in "、,(《“" or below.text[0] in ")、,。;%》”:":
            return 0.1
        if below.text[0] == "(" and below.text[-1] in "):" and len(below.text) < _BRACKET:
            return 0.1
        if above.width >= _LINE:
            if above.width >= _FULL * max(r.width for r in self.runs[max(0, k - 4) : k + 4]):
                return 0.1
            return 0.9 if above.text[-1] in "。;:" else 1.6
        rest = len(below.text) <= 3 and below.width < above.width
        if rest and _is_han(above.text[-2:] + below.text):
            return _REST
        narrow = above.width < _NARROW or below.width > above.width + 1
        return _WRAP + (_LESS if narrow else 0.0)


def _is_han(text: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in text)

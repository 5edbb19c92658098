"""What it costs to take runs as one cell of a column. Pure.

Costs are surprises: about 0 for what extractors print all the time, 3 for what
one seldom sees, 8 for what should not be.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from math import inf

from assistant.readers.rules.text.runs import Atom, Gap, fits_a_wrap, joined, lead, line_widths
from assistant.text.amounts import parse_amount
from assistant.text.comparators import COMPARATOR

GUESS = 1.0  # a cell whose margin is below this is a guess
_SOFT_SPACE = re.compile(r"[、,;:；：，]$|^\(?\d{1,2}[.．、)]$")
_OPENS_BADLY = ",、。;:)》”％%"
_CLOSES_BADLY = ",、(《“"
_MEASURE = re.compile(
    rf"(?:{COMPARATOR}).*|"
    r"[-+]?\d[\d,.]*(?:%|‰|[^\d\s()]{0,3}(?:\([^()]{1,3}\))?)"
)
_MARKER = re.compile(r"\(?\d{1,2}[.、)]")
_LATIN = re.compile(r"\(?[A-Za-z]")
_LATIN_END = re.compile(r"[A-Za-z][,;:)]?$")
_CODED = re.compile(r"\d{2,7}-[\u4e00-\u9fff]")  # 011-宣传费: a classified item begins a cell


_START = {Gap.SPACE: 0.0, Gap.LINE: 0.5, Gap.BLANK: 0.0, Gap.PAGE: 0.0}
_BREAK = {Gap.LINE: 0.0, Gap.BLANK: 2.0, Gap.PAGE: 4.0}
_MISFIT = 3.0  # a break where no column would have wrapped
_TOO_DEAR = 9.0
_LONGEST_NUMBER = 24
_DIGITS = "+-0123456789"


class Table:
    """The runs of a table's body; ``widths`` are the columns' widths as far as they are known."""

    def __init__(self, atoms: Sequence[Atom], widths: Mapping[int, float] | None = None) -> None:
        self.atoms = atoms
        self.widths = widths or {}
        self._body = joined(atoms)
        self._offsets = [0, *accumulate(len(a.text) for a in atoms)]
        self._joins = [0.0, *accumulate(_join(a, b) for a, b in pairwise(atoms))]
        self._leads = [lead(a.printed) for a in atoms]
        self._flows: dict[tuple[int, int, int], float] = {}

    def reach(self, start: int) -> int:
        """How far a cell that begins at ``start`` can go."""
        return bisect_right(self._joins, self._joins[start] + _TOO_DEAR, start, len(self.atoms))

    def text(self, start: int, end: int) -> str:
        return self._body[self._offsets[start] : self._offsets[end]]

    def flow(self, start: int, end: int, column: int) -> float:
        """The cost of reading the runs on as the lines of one cell."""
        key = (start, end, column)
        if key not in self._flows:
            self._flows[key] = self._flow(*key)
        return self._flows[key]

    def _flow(self, start: int, end: int, column: int) -> float:
        cost = self._joins[end - 1] - self._joins[start]
        if cost > _TOO_DEAR:
            return inf
        lines = line_widths(self.atoms[start:end])
        width = max(self.widths.get(column, 0.0), *lines)
        breaks = [at for at in range(start + 1, end) if self.atoms[at].gap is not Gap.SPACE]
        for line, at in zip(lines, breaks, strict=False):
            marker = _MARKER.fullmatch(self.atoms[at - 1].text)
            if not marker and not fits_a_wrap(line, self._leads[at], width):
                cost += _MISFIT
        return cost + _START[self.atoms[start].gap] + _shape(self.text(start, end))


def _join(before: Atom, after: Atom) -> float:
    """The cost of two runs in one cell, their widths apart."""
    if after.gap is not Gap.SPACE:
        return _BREAK[after.gap] + (2.0 if _CODED.match(after.text) else 0.0)
    if _SOFT_SPACE.search(before.text):
        return 0.2
    if _LATIN_END.search(before.text) and _LATIN.match(after.text):
        return 0.4
    if after.text[0] == "(":
        return 1.0
    return 5.0 if is_measure(after.text) else 3.0


def _shape(text: str) -> float:
    """Brackets that stay open, and marks that begin or end no cell."""
    cost = 2.5 if text.count("(") != text.count(")") else 0.0
    cost += 2.5 if text.count("“") != text.count("”") else 0.0
    cost += 3.0 if text[0] in _OPENS_BADLY else 2.0 if text[0] == "(" else 0.0
    return cost + (3.0 if text[-1] in _CLOSES_BADLY else 0.0)


def is_measure(text: str) -> bool:
    """Whether a text is plainly a target: a number with its unit, or a comparator."""
    return bool(_MEASURE.fullmatch(text))


def is_number(text: str) -> bool:
    """Whether a text in comparable form is one number."""
    return len(text) < _LONGEST_NUMBER and text[0] in _DIGITS and parse_amount(text) is not None

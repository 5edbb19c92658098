"""The indicators of a page-text form: the body under the header → rows. Pure.

The body is read as a sequence of cells, row after row: level 1 and 2 only where
a category begins, then level 3 and the values. The names of the categories are
known; period and annual value are mostly alike, so the place between them is
where the text says the same again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import inf

from assistant.page_text import ems
from assistant.text import comparable
from assistant.text_rules_atoms import Atom, Gap, cell_text, evidence_for, joined, line_widths
from assistant.text_rules_cells import GUESS, Table, is_measure
from assistant.text_rules_lattice import Cut, Grammar, cut
from schemas.forms import INDICATOR_LEVEL1, INDICATOR_LEVEL2
from schemas.readings import Reading, Row

SIDE, LEVEL1, LEVEL2, LEVEL3, VALUES = range(5)  # SIDE: the table's title beside it
_SIDE = "绩效指标"
_SPLIT = LEVEL3 + 10  # where the widths of the value columns are kept
_FIRST = (0.0, 0.0, 1.0, 3.0, 8.0)
_LAST = (0.5, 1.0, 0.3, 6.0, 0.0)
_THEN = (
    (1.0, 0.0, 0.3, 0.5, 6.0),  # after SIDE
    (0.0, 1.0, 0.0, 2.0, 6.0),  # after LEVEL1
    (0.0, 0.3, 0.6, 0.0, 6.0),  # after LEVEL2
    (3.0, 6.0, 6.0, 8.0, 0.0),  # after LEVEL3
    (0.0, 0.0, 0.0, 0.0, 8.0),  # after VALUES
)


@cache
def _names(level: int) -> frozenset[str]:
    names = INDICATOR_LEVEL1 if level == LEVEL1 else INDICATOR_LEVEL2
    return frozenset(comparable(n + end) for n in names for end in ("", "指标"))


def _bare(text: str) -> str:
    """A category without the weight in brackets behind it."""
    return text.split("(")[0]


@dataclass(frozen=True)
class _Body:
    table: Table
    values: tuple[str, ...]  # the value columns in printed order, one or two

    @cached_property
    def grammar(self) -> Grammar:
        return Grammar(5, self.cell, _FIRST, _THEN, _LAST)

    def cell(self, start: int, end: int, state: int) -> float:
        text = self.table.text(start, end)
        if state == SIDE:
            return _side(self.table.atoms[start:end], text)
        if state in (LEVEL1, LEVEL2):
            return _category(self.table, start, end, state, text)
        if state == LEVEL3:
            return self._level3(start, end, text)
        return min((cost for cost, _ in self.splits(start, end)), default=inf)

    def _level3(self, start: int, end: int, text: str) -> float:
        if (cost := 0.3 + self.table.flow(start, end, LEVEL3)) == inf:
            return inf
        cost += self._holds_category(start, end)
        cost += 4.0 if is_measure(text) else 0.0
        cost += 1.5 if text in _names(LEVEL2) else 0.0
        cost += 4.0 if text in _names(LEVEL1) and text not in _names(LEVEL2) else 0.0
        return cost + (3.0 if len(text) < 2 else 0.0) + (3.0 if ems(text) > 60 else 0.0)

    def splits(self, start: int, end: int) -> list[tuple[float, int]]:
        """The costs of the ways to part the runs between the value columns."""
        if len(self.values) == 1:
            return [(self._value(start, end, 0), end)]
        ways = [
            (self._value(start, end, side) + 5.0, end - (end - start) * side) for side in (0, 1)
        ]
        for mid in range(start + 1, min(end, self.table.reach(start) + 1)):
            if (cost := self._value(start, mid, 0) + self._value(mid, end, 1)) < inf:
                left, right = self.table.text(start, mid), self.table.text(mid, end)
                ways.append((cost + _difference(left, right), mid))
        return sorted(ways)

    def _value(self, start: int, end: int, side: int) -> float:
        if (cost := self.table.flow(start, end, _SPLIT + side)) == inf:
            return inf
        text = self.table.text(start, end)
        cost += self._holds_category(start, end)
        cost += 3.0 if text in _names(LEVEL1) or text in _names(LEVEL2) else 0.0
        return cost + (0.0 if is_measure(text) else 0.6)

    def _holds_category(self, start: int, end: int) -> float:
        """Speaks against a cell of which a part is the name of a category."""
        first_end, first_start = self.categories[start]
        return 3.0 if (first_end, -first_start) < (end, -start) else 0.0

    @cached_property
    def categories(self) -> list[tuple[int, int]]:
        """For each run the end and the start of the first category name from there on."""
        names = _names(LEVEL1) | _names(LEVEL2)
        n = len(self.table.atoms)
        out = [(n + 1, n + 1)]
        for start in reversed(range(n)):
            ends = range(start + 1, min(start + 4, n) + 1)
            texts = ((end, self.table.text(start, end)) for end in ends)
            here = [(e, start) for e, text in texts if text in names and text.endswith("指标")]
            out.append(min([*here, out[-1]], key=lambda c: (c[0], -c[1])))
        return out[::-1]


def _side(atoms: Sequence[Atom], text: str) -> float:
    if text == _SIDE:
        return 0.0
    part = len(atoms) == len(text) and (_SIDE.startswith(text) or _SIDE.endswith(text))
    return 0.5 if part and all(len(a.text) == 1 for a in atoms) else inf


def _category(table: Table, start: int, end: int, state: int, text: str) -> float:
    if any(a.gap is Gap.SPACE and len(a.text) > 1 for a in table.atoms[start + 1 : end]):
        return inf
    if _bare(text) in _names(state):
        return 0.8 if state == LEVEL2 and _bare(text) in _names(LEVEL1) else 0.0
    if state == LEVEL1 and _bare(text) in _names(LEVEL2) and "满意度" in text:
        return 1.5  # 服务对象满意度 on a level of its own
    if text.endswith("指标") and len(text) <= 10:
        return (5.0 if state == LEVEL1 else 3.0) + table.flow(start, end, state)
    return inf


def _difference(left: str, right: str) -> float:
    """How much it says against a split that the two values differ; a long text that comes twice
    speaks for the split."""
    if left == right:
        return -min(4.0, 0.3 * len(left))
    return 1.0 if is_measure(left) and is_measure(right) else 2.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A row: the runs of its cells and whether each cut is a guess."""

    cells: dict[str, tuple[Atom, ...]]
    guesses: frozenset[str]


def read_indicators(atoms: Sequence[Atom], columns: Sequence[str | None]) -> list[Row]:
    """The rows under a header with ``columns``; a row printed on both sides of a page break
    counts once."""
    values = tuple(c for c in columns if c in ("period_value", "annual_value"))
    if not values or len(columns) != len(set(columns)) or not atoms:
        return []
    body = _Body(Table(atoms), values)
    cuts = cut(len(atoms), body.grammar)
    body = _Body(Table(atoms, _widths(body, cuts)), values)
    cuts = cut(len(atoms), body.grammar)
    rows = _without_repeats(_rows(body, cuts))
    strange = None in columns
    return [_reading(row, strange) for row in rows]


def _widths(body: _Body, cuts: Sequence[Cut]) -> dict[int, float]:
    """How wide each column is at least, by the cells that are sure."""
    widths: dict[int, float] = {}
    for c in cuts:
        if c.margin < GUESS:
            continue
        spans = [(c.state, c.start, c.end)]
        if c.state == VALUES:
            mid = body.splits(c.start, c.end)[0][1]
            spans = [(_SPLIT, c.start, mid), (_SPLIT + 1, mid, c.end)]
        for column, start, end in spans:
            widths[column] = max(widths.get(column, 0.0), *line_widths(body.table.atoms[start:end]))
    return widths


def _rows(body: _Body, cuts: Sequence[Cut]) -> list[_Found]:
    level1: tuple[Atom, ...] = ()
    level2: tuple[Atom, ...] = ()
    guessed: dict[str, bool] = {}
    rows: list[_Found] = []
    named = False  # whether the cell before is a category
    for c, following in zip(cuts, [*cuts[1:], None], strict=False):
        runs = tuple(body.table.atoms[c.start : c.end])
        sure = c.margin >= GUESS
        if c.state == LEVEL1:
            level1, level2, guessed = runs, (), {"level1": not sure}
        elif c.state == LEVEL2:
            level2 = runs
            guessed["level2"] = not sure
        elif c.state == LEVEL3:
            values = following if following and following.state == VALUES else None
            names = {k for k, guess in guessed.items() if guess}
            if not sure:  # what begins the cell may be the category before it
                names |= {"level3"} if named else {"level1", "level2", "level3"}
            cells, guesses = _value_cells(body, values)
            rows.append(
                _Found(
                    {"level1": level1, "level2": level2, "level3": runs} | cells,
                    frozenset(names | guesses),
                )
            )
        named = c.state in (LEVEL1, LEVEL2)
    return rows


def _value_cells(body: _Body, values: Cut | None) -> tuple[dict[str, tuple[Atom, ...]], set[str]]:
    if values is None:
        return dict.fromkeys(body.values, ()), set(body.values)
    ways = body.splits(values.start, values.end)
    mid = ways[0][1]
    sure = values.margin >= GUESS and (len(ways) == 1 or ways[1][0] - ways[0][0] >= GUESS)
    atoms = body.table.atoms
    parts = (tuple(atoms[values.start : mid]), tuple(atoms[mid : values.end]))
    cells = dict(zip(body.values, parts, strict=False))
    return cells, set() if sure else set(body.values)


def _same(a: _Found, b: _Found) -> bool:
    return all(joined(a.cells[name]) == joined(b.cells[name]) for name in a.cells)


def _without_repeats(rows: Sequence[_Found]) -> list[_Found]:
    """Leaves out a row that a page break made the extractor print again."""
    out: list[_Found] = []
    for row in rows:
        if out and _same(out[-1], row) and _page(out[-1]) != _page(row):
            continue
        out.append(row)
    return out


def _page(row: _Found) -> int:
    return row.cells["level3"][0].page.number


def _reading(row: _Found, strange: bool) -> Row:
    place = evidence_for(row.cells["level3"])
    out: Row = {}
    for name, atoms in row.cells.items():
        doubts = ("split_guessed",) if name in row.guesses or strange else ()
        if not atoms and name in ("level1", "level2"):
            doubts = ("category_missing",)
        if atoms:
            out[name] = Reading(value=cell_text(atoms), evidence=evidence_for(atoms), doubts=doubts)
        else:
            out[name] = Reading(value=None, evidence=place, doubts=doubts)
    return out

"""The indicators of a page-text form: the body under the header → rows. Pure.

The body is read as a sequence of cells, row after row: level 1 and 2 only where
a category begins, then level 3 and the values. The names of the categories are
known; period and annual value are mostly alike, so the place between them is
where the text says the same again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations_with_replacement, pairwise
from math import inf

from assistant.pages.page_text import ems
from assistant.readers.rules.text.alignment import Cut, Grammar, cut
from assistant.readers.rules.text.costs import GUESS, Table, is_measure
from assistant.readers.rules.text.labels import NUMBER, PART, WEIGHT
from assistant.readers.rules.text.rows import (
    CELLS,
    LEVEL1,
    LEVEL2,
    LEVEL3,
    SIDE,
    VALUES,
    Found,
    bare,
    category_names,
    doubted,
    is_glued,
    level3_of,
    numbers_stand_aside,
    unglued,
    with_doubts,
)
from assistant.readers.rules.text.runs import (
    Atom,
    Gap,
    cell_text,
    evidence_for,
    joined,
    line_widths,
)
from schemas.readings import Doubt, Reading, Row

_SIDE = "绩效指标"
_SPLIT = LEVEL3 + 10  # where the widths of the value columns are kept
_ONE_EMPTY = 3.5  # one of two value cells is empty
_STRANGE = (None, WEIGHT)
_WEIGHT = re.compile(r"\d{1,3}(?:\.\d{1,2})?[分%]?")
_FIRST = (0.0, 0.0, 1.0, 3.0, 8.0)
_LAST = (0.5, 1.0, 0.3, 4.0, 0.0)
_THEN = (
    (1.0, 0.0, 0.3, 0.5, 6.0),  # after SIDE
    (0.0, 1.0, 0.0, 2.0, 6.0),  # after LEVEL1
    (0.0, 0.3, 0.6, 0.0, 6.0),  # after LEVEL2
    (3.0, 4.0, 4.0, 6.0, 0.0),  # after LEVEL3
    (0.0, 0.0, 0.0, 0.0, 8.0),  # after VALUES
)


@dataclass(frozen=True)
class _Body:
    table: Table
    values: tuple[str | None, ...]  # the columns after level 3 in printed order

    @cached_property
    def grammar(self) -> Grammar:
        return Grammar(5, self.cell, self.reach, _FIRST, _THEN, _LAST)

    def reach(self, start: int) -> int:
        """How far the cells after level 3 can go together."""
        end = start
        for _ in self.values:
            end = self.table.reach(min(end, len(self.table.atoms) - 1))
        return end

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
        cost += _as_level3(text)
        cost += (
            4.0 if text in category_names(LEVEL1) and text not in category_names(LEVEL2) else 0.0
        )
        return cost + (3.0 if len(text) < 2 else 0.0) + (3.0 if ems(text) > 60 else 0.0)

    def splits(self, start: int, end: int) -> list[tuple[float, tuple[int, ...]]]:
        """The ways to part the runs between the columns after level 3, the cheapest first:
        costs, and where the parts begin and end."""
        ways = []
        for inner in combinations_with_replacement(range(start, end + 1), len(self.values) - 1):
            bounds = (start, *inner, end)
            if (cost := self._parted(bounds)) < inf:
                ways.append((cost, bounds))
        return sorted(ways)

    def _parted(self, bounds: tuple[int, ...]) -> float:
        cost, texts = 0.0, {}
        for side, (start, end) in enumerate(pairwise(bounds)):
            name = self.values[side]
            texts[name] = self.table.text(start, end)
            if start < end:
                cost += self._value(start, end, side)
            else:
                cost += _ONE_EMPTY / 2 if name in _STRANGE else _ONE_EMPTY
                cost += 0.01 * (len(self.values) - side)  # if a guess, then the first is filled
        if texts.get("period_value") and texts.get("annual_value"):
            cost += _difference(texts["period_value"], texts["annual_value"])
        return cost

    def _value(self, start: int, end: int, side: int) -> float:
        if (cost := self.table.flow(start, end, _SPLIT + side)) == inf:
            return inf
        text = self.table.text(start, end)
        cost += self._holds_category(start, end)
        if self.values[side] == WEIGHT:
            return cost + (0.0 if _WEIGHT.fullmatch(text) else 6.0)
        if text in category_names(LEVEL1) or text in category_names(LEVEL2):
            cost += 7.0 if text.endswith("指标") else 5.0
        return cost + (0.0 if is_measure(text) else 0.6)

    def _holds_category(self, start: int, end: int) -> float:
        """Speaks against a cell of which a part is the name of a category."""
        first_end, first_start = self.categories[start]
        return 5.0 if (first_end, -first_start) < (end, -start) else 0.0

    @cached_property
    def categories(self) -> list[tuple[int, int]]:
        """For each run the end and the start of the first category name from there on."""
        names = category_names(LEVEL1) | category_names(LEVEL2)
        n = len(self.table.atoms)
        out = [(n + 1, n + 1)]
        for start in reversed(range(n)):
            ends = range(start + 1, min(start + 4, n) + 1)
            texts = ((end, self.table.text(start, end)) for end in ends)
            here = [(e, start) for e, text in texts if text in names and text.endswith("指标")]
            out.append(min([*here, out[-1]], key=lambda c: (c[0], -c[1])))
        return out[::-1]


def _as_level3(text: str) -> float:
    """How much it says against an indicator that it is called as a category is."""
    if text not in category_names(LEVEL2):
        return 0.0
    return 5.0 if text.endswith("指标") else 1.5 if "满意度" in text else 4.0


def _side(atoms: Sequence[Atom], text: str) -> float:
    if text == _SIDE:
        return 0.0
    part = len(atoms) == len(text) and (_SIDE.startswith(text) or _SIDE.endswith(text))
    return 0.5 if part and all(len(a.text) == 1 for a in atoms) else inf


def _category(table: Table, start: int, end: int, state: int, text: str) -> float:
    if any(a.gap is Gap.SPACE and len(a.text) > 1 for a in table.atoms[start + 1 : end]):
        return inf
    if bare(text) in category_names(state):
        return 0.8 if state == LEVEL2 and bare(text) in category_names(LEVEL1) else 0.0
    if state == LEVEL1 and bare(text) in category_names(LEVEL2) and "满意度" in text:
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


def read_indicators(atoms: Sequence[Atom], columns: Sequence[str | None]) -> list[Row]:
    """The rows under a header with ``columns``; a row printed on both sides of a page break
    counts once."""
    if not atoms or "level3" not in columns:
        return []
    atoms = unglued(atoms)
    mixed = columns[0] == NUMBER and numbers_stand_aside(atoms)
    if columns[0] == NUMBER:
        atoms, columns = _without_numbers(atoms), columns[1:]
    # A sign, a number and a unit follow each other in every extractor's order: one cell.
    after = tuple(c for c in columns[columns.index("level3") + 1 :] if c != PART)
    twin = "level3" in after
    if twin:  # two blocks side by side: a row holds its indicator twice, each with one value
        after = after[: after.index("level2") if "level2" in after else after.index("level3")]
    body = _Body(Table(atoms), after)
    cuts = cut(len(atoms), body.grammar)
    body = _Body(Table(atoms, _widths(body, cuts)), after)
    rows = _rows(body, cut(len(atoms), body.grammar))
    if twin:
        rows = _paired(rows, [c for c in columns if c in ("period_value", "annual_value")])
    before = columns[: columns.index("level3")]
    rows = with_doubts(_without_repeats(rows), atoms, "level1" in before)
    if PART in columns:  # sign, number and unit apart: what is read may be one of them
        rows = [doubted(row, set(CELLS)) for row in rows]
    return [_reading(row, mixed or None in columns) for row in rows]


def _without_numbers(atoms: Sequence[Atom]) -> list[Atom]:
    """The runs without the numbers of the rows, 1, 2, 3 …; a row begins after each of them."""
    out: list[Atom] = []
    wanted = 1
    for at, atom in enumerate(atoms):
        again = at + 1 < len(atoms) and atoms[at + 1].text == atom.text
        if atom.text == str(wanted) and not again:
            wanted += 1
            continue
        begins = bool(at) and atoms[at - 1].text == str(wanted - 1)
        out.append(replace(atom, gap=max(atom.gap, Gap.BLANK)) if begins else atom)
    return out


def _paired(rows: Sequence[Found], names: Sequence[str | None]) -> list[Found]:
    """Rows of two blocks side by side → one row with both values."""
    left, right = str(names[0]), str(names[-1])
    out: list[Found] = []
    for row in rows:
        before = out[-1] if out else None
        if before and right not in before.cells and level3_of(before) == level3_of(row):
            cells = before.cells | {right: row.cells[left]}
            unlike = is_measure(joined(cells[left])) != is_measure(joined(cells[right]))
            guesses = row.guesses - {left} | ({right} if left in row.guesses or unlike else set())
            out[-1] = Found(cells, before.guesses | guesses)
        else:
            out.append(row)
    return [_alone(row, right) if right not in row.cells else row for row in out]


def _alone(row: Found, right: str) -> Found:
    """A row without its twin: which block it stands in is unknown."""
    return Found(row.cells | {right: ()}, frozenset({*row.cells, right}))


def _widths(body: _Body, cuts: Sequence[Cut]) -> dict[int, float]:
    """How wide each column is at least, by the cells that are sure."""
    widths: dict[int, float] = {}
    for c in cuts:
        if c.margin < GUESS:
            continue
        spans = [(c.state, c.start, c.end)]
        if c.state == VALUES:
            parts = pairwise(body.splits(c.start, c.end)[0][1])
            spans = [(_SPLIT + side, *part) for side, part in enumerate(parts)]
        for column, start, end in spans:
            lines = line_widths(body.table.atoms[start:end])
            widths[column] = max([widths.get(column, 0.0), *lines])
    return widths


def _rows(body: _Body, cuts: Sequence[Cut]) -> list[Found]:
    level1: tuple[Atom, ...] = ()
    level2: tuple[Atom, ...] = ()
    guessed: dict[str, bool] = {}
    rows: list[Found] = []
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
            if is_glued(level2, runs) or is_glued(level1, runs):
                guessed["level2"] = True  # and so in the rows that follow
                sure = False
            names = {k for k, guess in guessed.items() if guess}
            if not sure:  # what begins the cell may be the category before it
                names |= {"level3"} if named else {"level1", "level2", "level3"}
            cells, guesses = _value_cells(body, values)
            rows.append(
                Found(
                    {"level1": level1, "level2": level2, "level3": runs} | cells,
                    frozenset(names | guesses),
                )
            )
        named = c.state in (LEVEL1, LEVEL2)
    return rows


def _value_cells(body: _Body, values: Cut | None) -> tuple[dict[str, tuple[Atom, ...]], set[str]]:
    names = {name for name in body.values if name and name not in _STRANGE}
    if values is None:
        return dict.fromkeys(names, ()), names
    ways = body.splits(values.start, values.end)
    sure = values.margin >= GUESS and (len(ways) == 1 or ways[1][0] - ways[0][0] >= GUESS)
    parts = [tuple(body.table.atoms[start:end]) for start, end in pairwise(ways[0][1])]
    cells = {n: part for n, part in zip(body.values, parts, strict=True) if n in names}
    return cells, set() if sure else names


def _same(a: Found, b: Found) -> bool:
    return all(joined(a.cells[name]) == joined(b.cells[name]) for name in a.cells)


def _without_repeats(rows: Sequence[Found]) -> list[Found]:
    """Leaves out a row that a page break made the extractor print again."""
    out: list[Found] = []
    for row in rows:
        if out and _same(out[-1], row) and _page(out[-1]) != _page(row):
            continue
        out.append(row)
    return out


def _page(row: Found) -> int:
    return row.cells["level3"][0].page.number


def _reading(row: Found, strange: bool) -> Row:
    place = evidence_for(row.cells["level3"])
    out: Row = {}
    for name, atoms in row.cells.items():
        doubts = (Doubt.SPLIT_GUESSED,) if name in row.guesses or strange else ()
        if not atoms and name in ("level1", "level2"):
            doubts = (Doubt.CATEGORY_MISSING,)
        if atoms:
            out[name] = Reading(value=cell_text(atoms), evidence=evidence_for(atoms), doubts=doubts)
        else:
            out[name] = Reading(value=None, evidence=place, doubts=doubts)
    return out

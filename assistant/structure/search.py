"""The search over whole readings of a table: which cells are labels, values, heads. Pure.

A region of the lattice is cut into the strips that no cell crosses. Strips are read one by one,
as a row of labels and values, as a side head before a region of its own, as regions side by
side; or several together, as a table under its heads. Every reading has a cost, the surprise at
its cells in their roles (:mod:`assistant.structure.shape`) and at its form; the cheapest sum over
the whole region is taken (dynamic programming over strips, in the manner of a two-dimensional
chart parser).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import inf

from assistant.structure.blocks import Alone, Block, Column, Pair, Path, Table
from assistant.structure.heads import under_column_heads
from assistant.structure.lattice import Cell, Lattice
from assistant.structure.plans import (
    Heads,
    Plan,
    Sums,
    as_lead,
    joined,
    pairs_of,
    under_headings,
)
from assistant.structure.shape import YEAR_HEAD, label_cost, value_cost

Region = tuple[int, int, int, int]  # lattice rows r0 to r1, columns c0 to c1

INLINE = re.compile(r"[^:\d。,;]{2,14}:.+")
# The costs of forms, in the unit of the costs of cells (natural logarithm).
_PARENT = 2.2  # a label whose right neighbour is a label too
_NO_VALUE = 2.0  # a label at the end of a row
_EMPTY = 0.8  # a label before one that has its value in its own cell
_NAMED = 1.0  # what names itself as a value
_NO_LABEL = 2.5  # a value that nothing heads
_AGAIN = 1.6  # a second value of one label
_FIGURE = 2.0  # more, where a figure follows a text, which rather is its label
_SIDE = 0.3  # a side head
_STRANGE = -1.0  # odds below which a side head looks like a value
_SPLIT = 0.6  # regions side by side
_STACK = 0.8  # a label over its value
_YEAR = 2.0  # a year that labels a value beside it; as the head of a column it is common
_TABLE = 0.8
_TWO = 1.5  # heads of rows in a table of two columns: a row of label and value looks the same
_INNER = 0.2  # more, where it stands in no column of merged cells and not in the first
_MERGED = 0.25  # a body cell over several columns, each
_TAIL = 3.0  # and over several last ones
_FINER = 2.5  # a body cell narrower than its column's head
_DIVIDED = 0.5  # in the first column, where a category and its division may share a head
_ALIGNED = 0.12  # the reward of a row that lines up with its heads, each column
_TEXT = 2.0  # a text over the whole width that nothing names


def read_lattice(lattice: Lattice, odds: Callable[[str], float]) -> list[Block]:
    """The blocks of a lattice in printed order; ``odds`` tell labels from values by their text."""
    search = _Search(lattice, odds)
    whole = (0, lattice.rows, 0, lattice.columns)
    return list(under_column_heads(list(search.best(whole).build(()))))


def _is_figure(text: str) -> bool:
    return any(char.isdigit() for char in text)


class _Search:
    def __init__(self, lattice: Lattice, odds: Callable[[str], float]) -> None:
        self.at = lattice.at
        self.odds = {id(c): odds(c.text) for c in lattice.cells}
        self.label = {i: label_cost(o) for i, o in self.odds.items()}
        self.value = {i: value_cost(o) for i, o in self.odds.items()}
        self.memo: dict[Region, Plan] = {}
        self.held: dict[Region, list[Cell]] = {}

    # regions

    def best(self, region: Region) -> Plan:
        """The cheapest reading of a region."""
        if (plan := self.memo.get(region)) is None:
            plan = self.memo[region] = self._best(region)
        return plan

    def _best(self, region: Region) -> Plan:
        strips = self._strips(region)
        rows = [self._row(strip) for strip in strips]
        ends: list[list[tuple[int, Plan]]] = [[] for _ in range(len(strips) + 1)]
        for i in range(len(strips)):
            ends[i + 1].append((i, self._in_line(strips[i - 1 : i + 1], rows[i])))
            if stack := self._stack(strips[i : i + 2]):
                ends[i + 2].append((i, stack))
            for j, table in self._tables(strips, i, rows):
                ends[j].append((i, table))
        costs, back = [0.0], [(0, rows[0])] if rows else []
        for j in range(1, len(strips) + 1):
            cost, i, plan = min(
                ((costs[i] + plan.cost, i, plan) for i, plan in ends[j]), key=lambda o: o[0]
            )
            costs.append(cost)
            back.append((i, plan))
        chosen: list[Plan] = []
        j = len(strips)
        while j:
            j, plan = back[j]
            chosen.append(plan)
        chosen.reverse()
        return Plan(costs[-1], lambda path: under_headings(chosen, path))

    def _cells(self, region: Region) -> list[Cell]:
        if (known := self.held.get(region)) is None:
            known = self.held[region] = self._held(region)
        return known

    def _held(self, region: Region) -> list[Cell]:
        r0, r1, c0, c1 = region
        seen: dict[int, Cell] = {}
        for r in range(r0, r1):
            for cell in self.at[r][c0:c1]:
                if cell is not None:
                    seen[id(cell)] = cell
        return list(seen.values())

    def _strips(self, region: Region) -> list[Region]:
        r0, r1, c0, c1 = region
        out: list[Region] = []
        top = r0
        for r in range(r0 + 1, r1 + 1):
            whole = r == r1 or all(
                a is not b or a is None
                for a, b in zip(self.at[r - 1][c0:c1], self.at[r][c0:c1], strict=True)
            )
            if whole:
                if any(c is not None for c in self.at[top][c0:c1]):
                    out.append((top, r, c0, c1))
                top = r
        return out

    def _in_line(self, strips: Sequence[Region], row: Plan) -> Plan:
        """A row that keeps to the columns of the one above has the reward that a table's has."""
        if len(strips) < 2:
            return row
        above, own = (sorted((c.c0, c.c1) for c in self._cells(strip)) for strip in strips)
        if above != own or len(own) < 4:
            return row
        return Plan(row.cost - _ALIGNED * len(own), row.build, row.margin)

    # strips by themselves

    def _row(self, strip: Region) -> Plan:
        r0, r1, *_ = strip
        cells = self._cells(strip)
        if len(cells) == 1:
            return self._single(cells[0])
        if all(c.r0 == r0 and c.r1 == r1 for c in cells):
            return self._pairs(cells)
        plans = [*self._side(strip, cells), self._apart(cells)]
        head = self.at[r0][strip[2]]
        over_all = len(plans) > 1 and head is not None and self.odds[id(head)] > _STRANGE
        if not over_all:  # what heads all of it is read as its head
            plans += self._beside(strip)
        plans.sort(key=lambda p: p.cost)
        return plans[0]

    def _single(self, cell: Cell) -> Plan:
        if not cell.text:
            return Plan(0.1, lambda path: iter((Alone(path, cell, False),)))
        if INLINE.fullmatch(cell.text):
            return Plan(0.5, lambda path: iter((Alone(path, cell, False),)))
        heading, text = self.label[id(cell)] + 0.3, self.value[id(cell)] + _TEXT
        is_heading = heading < text
        return Plan(min(heading, text), lambda path: iter((Alone(path, cell, is_heading),)))

    def _apart(self, cells: Sequence[Cell]) -> Plan:
        """Nothing is understood: each cell by itself."""
        cost = sum(_NO_LABEL + 1.0 for c in cells if c.text) + 1.0
        return Plan(cost, lambda path: (Alone(path, c, False) for c in cells), 0.0)

    def _side(self, strip: Region, cells: Sequence[Cell]) -> Iterator[Plan]:
        """A head on the left over the whole height, and a region of its own beside it."""
        r0, r1, c0, c1 = strip
        head = self.at[r0][c0]
        if head is None or head.r0 != r0 or head.r1 != r1 or head.c1 >= c1:
            return
        rest = (r0, r1, head.c1, c1)
        inner = self._cells(rest)
        cost = self.label[id(head)] + _SIDE
        if all(c.c0 == head.c1 and c.c1 == c1 for c in inner):  # its values, one above the other
            values = tuple(sorted(inner, key=lambda c: c.r0))
            total = cost + sum(self.value[id(c)] + 0.1 for c in values)
            yield Plan(total, lambda path: iter((Pair(path, head, values, 2.0),)))
        plan = self.best(rest)
        yield Plan(cost + plan.cost, lambda path: plan.build((*path, head)))

    def _beside(self, strip: Region) -> Iterator[Plan]:
        """Regions side by side, cut where no cell crosses."""
        r0, r1, c0, c1 = strip
        for x in range(c0 + 1, c1):
            if any(self.at[r][x - 1] is self.at[r][x] is not None for r in range(r0, r1)):
                continue
            left, right = self.best((r0, r1, c0, x)), self.best((r0, r1, x, c1))

            def build(path: Path, left: Plan = left, right: Plan = right) -> Iterator[Block]:
                yield from joined(list(left.build(path)), list(right.build(path)))

            yield Plan(left.cost + right.cost + _SPLIT, build)

    def _pairs(self, cells: Sequence[Cell]) -> Plan:
        """Labels and values from left to right: the cheapest sequence of roles (Viterbi)."""
        cells = sorted(cells, key=lambda c: c.c0)
        # Per role of the last cell: cost, roles.
        ways: dict[str, tuple[float, str]] = {"": (0.0, "")}
        for before, cell in pairwise((None, *cells)):
            assert cell is not None
            following: dict[str, tuple[float, str]] = {}
            for last, (cost, roles) in ways.items():
                for role, more in self._roles(cell, last, before):
                    if cost + more < following.get(role, (inf, ""))[0]:
                        following[role] = (cost + more, roles + role)
            ways = following
        done = sorted(
            (cost + (_NO_VALUE if last == "L" else 0.0), r) for last, (cost, r) in ways.items()
        )
        cost, roles = done[0]
        margin = done[1][0] - cost if len(done) > 1 else 9.0
        if sum(bool(c.text) for c in cells) == 0:
            cost = 0.1
        return Plan(cost, lambda path: pairs_of(cells, roles, path, margin), margin)

    def _roles(self, cell: Cell, last: str, before: Cell | None) -> Iterator[tuple[str, float]]:
        key = id(cell)
        year = _YEAR if YEAR_HEAD.fullmatch(cell.text) else 0.0
        yield "L", self.label[key] + year + (_PARENT if last == "L" else 0.0)
        if last == "L":
            named = INLINE.fullmatch(cell.text) and self.odds[id(before)] > 0
            yield "V", self.value[key] + (_NAMED if named else 0.0)
        elif last == "V":
            named = before is not None and _is_figure(cell.text) and not _is_figure(before.text)
            again = _AGAIN + (_FIGURE if named else 0.0)
            yield "V", self.value[key] + (again if cell.text else 0.3)
        else:
            yield "V", self.value[key] + (_NO_LABEL if cell.text else 0.5)
        if INLINE.fullmatch(cell.text):
            yield "I", 0.6 + (_EMPTY if last == "L" else 0.0)

    # several strips

    def _stack(self, strips: Sequence[Region]) -> Plan | None:
        """A heading over the whole width and its text below."""
        if len(strips) < 2:
            return None
        above, below = self._cells(strips[0]), self._cells(strips[1])
        if len(above) != 1 or len(below) != 1 or not above[0].text:
            return None
        label, value = above[0], below[0]
        cost = self.label[id(label)] + self.value[id(value)] + _STACK
        return Plan(cost, lambda path: iter((Pair(path, label, (value,), 2.0),)))

    def _tables(
        self, strips: Sequence[Region], start: int, rows: Sequence[Plan]
    ) -> Iterator[tuple[int, Plan]]:
        """The tables that begin with strip ``start``, each with the strip after its last."""
        for heads in self._heads(strips[start : start + 2]):
            yield from self._bodies(strips, start, heads, rows)

    def _heads(self, strips: Sequence[Region]) -> Iterator[Heads]:
        """What the first strip, or the first two, are as heads of columns."""
        first = strips[0]
        cells = self._cells(first)
        if len(cells) < 2 or first[1] - first[0] > 3:
            return
        cost = self._head_cost(cells, first)
        if cost > 1.1 * len(cells) + 1.0:
            return
        rows = list(range(first[0], first[1]))
        if one := self._columns(first, rows):
            yield Heads(one, cost, 1, self._texts(first))
        if len(strips) > 1 and strips[1][1] - strips[1][0] == 1:
            below = self._cells(strips[1])
            more = self._head_cost(below, strips[1])
            divides = len(below) > len(cells) and more <= 0.9 * len(below) + 1.0
            two = self._columns(first, [*rows, strips[1][0]]) if divides else None
            if two:
                yield Heads(two, cost + more, 2, self._texts(strips[1]))

    def _head_cost(self, cells: Sequence[Cell], strip: Region) -> float:
        empty = [c for c in cells if not c.text]
        corner = sum(0.3 if c.c0 == strip[2] else 2.0 for c in empty)
        return corner + sum(self.label[id(c)] for c in cells if c.text)

    def _texts(self, strip: Region) -> tuple[str, ...]:
        return tuple(c.text for c in self._cells(strip))

    def _columns(self, strip: Region, rows: Sequence[int]) -> tuple[Column, ...] | None:
        """The columns that the heads of ``rows`` make: as many as the last row has cells."""
        _, _, c0, c1 = strip
        out: list[Column] = []
        c = c0
        while c < c1:
            leaf = self.at[rows[-1]][c]
            if leaf is None:
                return None
            heads = dict.fromkeys(self.at[r][c] for r in rows)
            out.append(Column(tuple(h for h in heads if h is not None), leaf.c0, leaf.c1))
            c = leaf.c1
        return tuple(out) if len(out) > 1 else None

    def _bodies(
        self, strips: Sequence[Region], start: int, heads: Heads, rows: Sequence[Plan]
    ) -> Iterator[tuple[int, Plan]]:
        first = start + heads.depth
        body: list[int] = []  # lattice rows
        sums = [Sums() for _ in heads.columns]
        form = 0.0
        other = sum(plan.cost for plan in rows[start:first])
        for at in range(first, len(strips)):
            other += rows[at].cost
            if self._texts(strips[at]) == heads.texts:  # the heads again, after a page break
                yield at + 1, self._table(heads, body, sums, form, other)
                continue
            read = self._body(strips[at], heads.columns)
            if read is None:
                return
            cost, new = read
            body = [*body, *range(strips[at][0], strips[at][1])]
            form += cost
            sums = [a.plus(b) for a, b in zip(sums, new, strict=True)]
            yield at + 1, self._table(heads, body, sums, form, other)

    def _table(
        self,
        heads: Heads,
        body: Sequence[int],
        sums: Sequence[Sums],
        form: float,
        other: float,
    ) -> Plan:
        """The cheapest number of leading columns; the last of them may be labels of the rows."""
        most = len(heads.columns)
        ways = [
            sum(s.name for s in sums[: max(k - 1, 0)])
            + sum(min(s.name, s.label) for s in sums[max(k - 1, 0) : k])
            + sum(s.value for s in sums[k:])
            + 0.2 * k
            for k in range(most)
        ]
        if most == 2:
            ways[1] += _TWO
        k = min(range(most), key=lambda n: ways[n])
        cost = _TABLE + heads.cost + form + ways[k]
        margin = other - cost

        def build(path: Path) -> Iterator[Block]:
            columns = self._divided(heads.columns, body)
            lead = sum(c.c0 < heads.columns[k].c0 for c in columns)
            rows = [tuple(self.at[r][c.c0] for c in columns) for r in body]
            # A row that a page break cut is one.
            own = tuple(row for above, row in pairwise(((), *rows)) if row != above)
            yield Table(path, columns, own, lead, margin)

        return Plan(cost, build, margin)

    def _divided(self, columns: Sequence[Column], body: Sequence[int]) -> tuple[Column, ...]:
        """The columns, where cells of the body divide one each division by itself: a category and
        what it is divided into have one head."""
        out: list[Column] = []
        for column in columns:
            cells = [c for r in body for c in self.at[r][column.c0 : column.c1] if c and c.text]
            starts = {c.c0 for c in cells if column.c0 < c.c0 < column.c1}
            edges = [column.c0, *sorted(starts), column.c1]
            for a, b in pairwise(edges):
                out.append(Column(column.heads, a, b, shares=b < column.c1))
        return tuple(out)

    def _body(self, strip: Region, columns: Sequence[Column]) -> tuple[float, list[Sums]] | None:
        """The cost of the form of a strip's rows under ``columns``, and what the cells of each
        column cost."""
        cells = self._cells(strip)
        if len(cells) == 1 and (cells[0].text or len(columns) > 1):
            return None
        form = 0.0
        costs = [Sums() for _ in columns]
        for cell in cells:
            covered = [n for n, col in enumerate(columns) if col.c0 < cell.c1 and col.c1 > cell.c0]
            if not covered:
                continue
            if len(covered) == len(columns):
                return None
            first, last = columns[covered[0]], columns[covered[-1]]
            if cell.c0 > first.c0 or cell.c1 < last.c1:
                form += _FINER if covered[0] else _DIVIDED
            if len(covered) > 1 and cell.text:
                tail = covered[-1] == len(columns) - 1
                form += _TAIL if tail else _MERGED * (len(covered) - 1)
            part = self._sums(cell, first=covered[0] == 0).times(1 / len(covered))
            for n in covered:
                costs[n] = costs[n].plus(part)
        for r in range(strip[0], strip[1]):
            row = [self.at[r][col.c0] for col in columns]
            exact = all(
                c is not None and c.c0 == col.c0 and c.c1 == col.c1
                for c, col in zip(row, columns, strict=True)
            )
            if exact and sum(bool(c and c.text) for c in row) > 1:
                form -= _ALIGNED * len(columns)
        return form, costs

    def _sums(self, cell: Cell, *, first: bool) -> Sums:
        if not cell.text:
            return Sums(0.3, 0.5, 0.1)
        key = id(cell)
        name = as_lead(self.odds[key]) + (0.0 if first or not cell.is_one_row else _INNER)
        return Sums(name, self.label[key] + 0.25, self.value[key])

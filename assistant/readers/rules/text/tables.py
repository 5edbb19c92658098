"""The funding plan and the cost items of a page-text form: body → rows and total. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import inf

from assistant.readers.rules.labels import is_total
from assistant.readers.rules.text.alignment import Cut, Grammar, cut
from assistant.readers.rules.text.costs import GUESS, Table, is_measure, is_number
from assistant.readers.rules.text.runs import Atom, Gap, cell_text, evidence_for, line_widths
from assistant.readers.rules.values import parse
from assistant.text.amounts import parse_amount
from assistant.text.folding import comparable
from assistant.text.years import year_of
from schemas.forms import FieldSpec, Kind, TableSpec
from schemas.readings import Doubt, Doubts, Reading, Row

_MEASURES = re.compile(
    "[年月日天次个项套台人批份场期块条件处户篇辆张家元]|季度|公里|平方米|人次|人年|人月|万元"
)
_WRONG_KIND = 8.0
_EMPTY = {Kind.NUMBER: 3.0, Kind.YEAR: 4.0, Kind.AMOUNT: 3.0}


class _Body:
    """A body under its columns; ``usual`` are the texts that a column holds again and again."""

    def __init__(
        self,
        table: Table,
        columns: tuple[FieldSpec | None, ...],
        usual: frozenset[tuple[int, str]] = frozenset(),
    ) -> None:
        self.table = table
        self.columns = columns
        self.usual = usual
        self.empty = [_empty(c) for c in columns]

    def grammar(self) -> Grammar:
        empty, n = self.empty, len(self.columns)
        then = [[sum(empty[a + 1 : b]) for b in range(n)] for a in range(n)]
        for a in range(n):  # to the next row, whose first cells may be empty
            for b in range(a + 1):
                then[a][b] = sum(empty[a + 1 :]) + sum(empty[:b])
        first = [sum(empty[:b]) for b in range(n)]
        last = [sum(empty[a + 1 :]) for a in range(n)]
        return Grammar(n, self.cell, self.table.reach, first, then, last)

    def cell(self, start: int, end: int, state: int) -> float:
        column, text = self.columns[state], self.table.text(start, end)
        if (cost := self.table.flow(start, end, state)) == inf:
            return inf
        gap = self.table.atoms[start].gap
        if state == 0:
            cost += 3.0 if gap is Gap.SPACE else 0.0  # a row begins a line
        elif gap is Gap.LINE and self.single_text(start, end, column, text):
            cost += 1.0  # one line of text below another is mostly the same cell
        if column is not None and (fits := _FITS.get(_kind(column))):
            return cost + (end - start - 1) + (0.0 if fits(text) else _WRONG_KIND)
        cost += 2.0 if is_number(text) else 0.3
        if column is not None and column.name == "unit":
            cost += max(0, len(text) - 4) - (1.0 if _MEASURES.fullmatch(text) else 0.0)
        if column is not None and column.name == "standard_value" and not is_measure(text):
            cost += min(1.5, 0.15 * len(text))
        return cost - (0.7 if (state, text) in self.usual else 0.0)

    def single_text(self, start: int, end: int, column: FieldSpec | None, text: str) -> bool:
        if any(a.gap for a in self.table.atoms[start + 1 : end]):
            return False
        if column is not None and column.name == "unit":
            return not _MEASURES.fullmatch(text)
        return column is None or _kind(column) not in _FITS


def _empty(column: FieldSpec | None) -> float:
    if column is None:
        return 1.5
    return 6.0 if column.name == "seq" else _EMPTY.get(column.kind, 1.2)


def _kind(column: FieldSpec) -> str:
    return "seq" if column.name == "seq" else column.kind.value


_FITS: dict[str, Callable[[str], bool]] = {
    "seq": lambda text: text.isdecimal() and len(text) < 4,
    "year": lambda text: year_of(text) is not None,
    "amount": is_number,
    "number": is_number,
}


def read_table(
    atoms: Sequence[Atom], table: TableSpec, columns: Sequence[str | None]
) -> tuple[list[Row], Row | None]:
    """The rows of a funding plan or of cost items, and its total where one is printed."""
    specs = tuple(table.column(name) if name else None for name in columns)
    body, total = _take_total(atoms)
    rows = _doubt_disordered(_read_rows(body, specs), specs)
    return rows, _read_total(total, specs, rows) if total else None


_NUMBER_IN_TEXT = re.compile(r"(?:^|(?<=[ \u4e00-\u9fff]))\d[\d,.]*(?=[ \u4e00-\u9fff]|$)")


def _doubt_disordered(rows: list[Row], specs: Sequence[FieldSpec | None]) -> list[Row]:
    """Where the numbers of the rows are not 1, 2, 3 …, or a text holds the number of another
    cell, the lines of the cells are mixed or the rows are cut wrong."""
    numbers = [row["seq"].value for row in rows if "seq" in row]
    ordered = all(comparable(str(n)) == str(at) for at, n in enumerate(numbers, 1))
    texts = {c.name for c in specs if c and c.kind is Kind.TEXT} - {"standard_value", "basis"}
    held = (str(row[n].value) for row in rows for n in texts & row.keys() if row[n].value)
    if ordered and not any(_NUMBER_IN_TEXT.search(text) for text in held):
        return rows
    return [{name: _doubted(reading) for name, reading in row.items()} for row in rows]


def _doubted(reading: Reading) -> Reading:
    return reading.model_copy(
        update={"doubts": tuple(dict.fromkeys((*reading.doubts, Doubt.SPLIT_GUESSED)))}
    )


def _take_total(atoms: Sequence[Atom]) -> tuple[list[Atom], list[Atom]]:
    """The runs without those of the total, and those."""
    at = next((i for i, a in enumerate(atoms) if is_total(a.text)), None)
    if at is None:
        return list(atoms), []
    end = at + 1
    while end < len(atoms) and is_number(atoms[end].text):
        if _begins_row(atoms, end):
            break
        end += 1
    return [*atoms[:at], *atoms[end:]], list(atoms[at:end])


def _begins_row(atoms: Sequence[Atom], at: int) -> bool:
    """Whether a sequence number and a year follow."""
    if atoms[at].gap is Gap.SPACE or not _FITS["seq"](atoms[at].text):
        return False
    return at + 1 < len(atoms) and year_of(atoms[at + 1].text) is not None


def _read_rows(atoms: Sequence[Atom], specs: tuple[FieldSpec | None, ...]) -> list[Row]:
    """Reads the rows twice: the first reading shows what the columns are like."""
    body = _Body(Table(atoms), specs)
    cuts = cut(len(atoms), body.grammar())
    body = _Body(Table(atoms, _widths(body, cuts)), specs, _usual(body, cuts))
    return [_row(body, cells) for cells in _by_row(cut(len(atoms), body.grammar()))]


def _by_row(cuts: Sequence[Cut]) -> list[list[Cut]]:
    rows: list[list[Cut]] = []
    for c in cuts:
        if not rows or c.state <= rows[-1][-1].state:
            rows.append([])
        rows[-1].append(c)
    return rows


def _usual(body: _Body, cuts: Sequence[Cut]) -> frozenset[tuple[int, str]]:
    """What a column surely holds in three rows or more."""
    sure = (c for c in cuts if c.margin >= GUESS)
    count = Counter((c.state, body.table.text(c.start, c.end)) for c in sure)
    return frozenset(key for key, n in count.items() if n > 2)


def _widths(body: _Body, cuts: Sequence[Cut]) -> dict[int, float]:
    widths: dict[int, float] = {}
    for c in cuts:
        if c.margin >= GUESS:
            lines = line_widths(body.table.atoms[c.start : c.end])
            widths[c.state] = max(widths.get(c.state, 0.0), *lines)
    return widths


def _row(body: _Body, cells: Sequence[Cut]) -> Row:
    atoms = body.table.atoms
    strange = None in body.columns
    place = evidence_for(atoms[cells[0].start : cells[0].end])
    found = {c.state: c for c in cells}
    row: Row = {}
    for state, column in enumerate(body.columns):
        if column is None:
            continue
        if (c := found.get(state)) is None:
            guess = _kind(column) in _FITS or strange or _beside_guess(cells, state)
            row[column.name] = Reading(
                value=None, evidence=place, doubts=(Doubt.SPLIT_GUESSED,) if guess else ()
            )
            continue
        guess = c.margin < GUESS or strange
        row[column.name] = _reading(atoms[c.start : c.end], column, guess)
    return row


def _beside_guess(cells: Sequence[Cut], state: int) -> bool:
    """Whether a cell next to an empty one is a guess: its text may be the empty cell's."""
    before = [c for c in cells if c.state < state][-1:]
    after = [c for c in cells if c.state > state][:1]
    return any(c.margin < GUESS for c in (*before, *after))


def _reading(atoms: Sequence[Atom], column: FieldSpec, guess: bool) -> Reading:
    value, doubts = parse(column.kind, cell_text(atoms))
    if _kind(column) in _FITS and len(atoms) > 1:
        doubts = (*doubts, Doubt.NOT_A_WHOLE_WORD)
    if isinstance(value, str) and column.kind is Kind.NUMBER and not is_number(comparable(value)):
        doubts = (*doubts, Doubt.NOT_A_NUMBER)
    doubts = (*doubts, Doubt.SPLIT_GUESSED) if guess else doubts
    return Reading(value=value, evidence=evidence_for(atoms), doubts=doubts)


def _read_total(
    atoms: Sequence[Atom], specs: tuple[FieldSpec | None, ...], rows: Sequence[Row]
) -> Row:
    """Numbers of the total → columns: in order, each under a column that it is the sum of."""
    columns = [c for c in specs if c and c.kind in (Kind.AMOUNT, Kind.NUMBER) and c.name != "seq"]
    money = [c for c in columns if c.kind is Kind.AMOUNT]
    numbers = list(atoms[1:])
    summing = _by_sums(numbers, columns, rows)
    doubts: Doubts = () if summing else (Doubt.SPLIT_GUESSED,)
    if not summing and len(numbers) == len(money):
        doubts = () if len(money) == len(columns) else doubts
        summing = list(zip(money, numbers, strict=True))
    row: Row = {}
    for column, atom in summing or zip(money[-len(numbers) :], numbers, strict=False):
        row[column.name] = Reading(
            value=parse_amount(atom.text), evidence=evidence_for([atom]), doubts=doubts
        )
    return row


def _by_sums(
    numbers: Sequence[Atom], columns: Sequence[FieldSpec], rows: Sequence[Row]
) -> list[tuple[FieldSpec, Atom]]:
    """The numbers in order under the columns that they are the sums of; empty if one is of none."""
    out: list[tuple[FieldSpec, Atom]] = []
    left = list(columns)
    for atom in numbers:
        amount = Decimal(parse_amount(atom.text) or 0)
        at = next((i for i, c in enumerate(left) if _sum(rows, c.name) == amount), None)
        if at is None:
            return []
        out.append((left[at], atom))
        left = left[at + 1 :]
    return out


def _sum(rows: Sequence[Row], name: str) -> Decimal | None:
    values = [parse_amount(str(row[name].value)) for row in rows if name in row]
    numbers = [Decimal(v) for v in values if v is not None]
    return sum(numbers, Decimal(0)) if numbers else None

"""The form's own sums as a third witness. Pure.

A law of the form (:mod:`schemas.forms`) says that some cells of a record must agree: rows add
up to their printed total, the project's amount is the plan's total, price times workload is the
amount. A law that holds confirms what one reader alone said; one that fails sends cells to a
person even if both readers said the same, since both can misread a digit alike, and a form can
be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assistant.reconcile.printed import agreements
from assistant.text.amounts import UNITS
from schemas.forms.spec import (
    EqualsTotal,
    LawSpec,
    NotOver,
    Parts,
    Product,
    Rate,
    StandsIn,
    SumsByYear,
    Totals,
)
from schemas.readings import Doubt
from schemas.records import Cell, Record, RecordRow, State, amount_of, text_of

MISMATCH = Doubt.SUM_MISMATCH  # the doubt of a cell whose law fails


@dataclass(frozen=True, slots=True)
class Law:
    """Cells that must agree, whether they do, and which of them that proves; ``column`` and
    ``row`` are set where the law speaks of one."""

    spec: LawSpec
    cells: tuple[Cell, ...]
    holds: bool
    proves: tuple[Cell, ...] = ()
    column: str = ""
    row: RecordRow | None = None


class Money:
    """The cells of a record as money, each in the unit that its own label or the form names."""

    def __init__(self, record: Record) -> None:
        self._unit = text_of(record.fields.get(record.spec.roles.amount_unit)) or "元"

    def yuan(self, cell: Cell | None) -> Decimal | None:
        number = amount_of(cell)
        return None if cell is None or number is None else number * self._scale(cell)

    def _scale(self, cell: Cell) -> Decimal:
        return UNITS.get(cell.unit or self._unit, Decimal(1))

    def side_by_side(self, *cells: Cell) -> tuple[list[Decimal], str]:
        """The numbers of cells that hold one: as printed where they are of one unit, else in
        yuan, with the unit to name then."""
        if len({self._scale(cell) for cell in cells}) == 1:
            return [n for cell in cells if (n := amount_of(cell)) is not None], ""
        return [n for cell in cells if (n := self.yuan(cell)) is not None], "元"


def laws_of(record: Record) -> Iterator[Law]:
    """The laws of a record. A law exists where all its cells do; money is compared in yuan."""
    money = Money(record)
    for spec in record.spec.laws:
        match spec:
            case Totals():
                yield from _totals(spec, record, money)
            case EqualsTotal():
                yield from _equals_total(spec, record, money)
            case StandsIn():
                yield from _stands_in(spec, record, money)
            case SumsByYear():
                yield from _sums_by_year(spec, record, money)
            case Product():
                yield from _products(spec, record, money)
            case Rate() | NotOver() | Parts():
                for one in agreements(spec, record):
                    yield Law(one.spec, one.cells, one.holds, one.proves)


def _totals(spec: Totals, record: Record, money: Money) -> Iterator[Law]:
    rows = record.tables.get(spec.table, [])
    totals = record.totals.get(spec.table, {})
    for column in (c.name for c in record.spec.table(spec.table).columns if c.name in totals):
        printed = money.yuan(totals[column])
        numbers = [n for row in rows if (n := money.yuan(row.get(column))) is not None]
        if printed is not None and len(numbers) == len(rows) > 0:
            cells = (*(row[column] for row in rows), totals[column])
            yield Law(spec, cells, sum(numbers) == printed, proves=cells, column=column)


def _equals_total(spec: EqualsTotal, record: Record, money: Money) -> Iterator[Law]:
    """Neither is taken for granted: only where the figures are equal, and not nought, do they
    bear each other out."""
    amount = record.fields.get(spec.field)
    total = record.totals.get(spec.table, {}).get(spec.column)
    one, two = money.yuan(amount), money.yuan(total)
    if amount and total and one is not None and two is not None:
        yield Law(spec, (amount, total), one == two, proves=(amount, total) if one else ())


def _stands_in(spec: StandsIn, record: Record, money: Money) -> Iterator[Law]:
    """As far as it can be told without knowing the row."""
    cell = record.fields.get(spec.field)
    wanted = money.yuan(cell)
    rows = record.tables.get(spec.table, [])
    column = [row[spec.column] for row in rows if spec.column in row]
    if cell is None or not wanted or not column:
        return
    same = [other for other in column if money.yuan(other) == wanted]
    if not same:
        yield Law(spec, (cell, *column), holds=False)
    else:  # of two equal rows, neither is known to be the one
        yield Law(spec, (cell, *(same if len(same) == 1 else ())), True, proves=(cell,))


def _sums_by_year(spec: SumsByYear, record: Record, money: Money) -> Iterator[Law]:
    """If every part has a year."""
    (parts, part_year, part), (wholes, whole_year, whole) = spec.parts, spec.whole
    items = record.tables.get(parts, [])
    if any(part_year not in i or money.yuan(i.get(part)) is None for i in items):
        return
    for row in record.tables.get(wholes, []):
        year, declared = row.get(whole_year), money.yuan(row.get(whole))
        cells = [i[part] for i in items if year and i[part_year].value == year.value]
        if cells and declared is not None:
            spent = sum((money.yuan(c) or Decimal(0) for c in cells), Decimal(0))
            yield Law(spec, (*cells, row[whole]), spent == declared)


def _products(spec: Product, record: Record, money: Money) -> Iterator[Law]:
    for row in record.tables.get(spec.table, []):
        price, amount = money.yuan(row.get(spec.price)), money.yuan(row.get(spec.amount))
        number = amount_of(row.get(spec.number))
        if price is not None and number is not None and amount is not None:
            cells = (row[spec.price], row[spec.number], row[spec.amount])
            yield Law(spec, cells, price * number == amount, row=row)


def weigh(record: Record) -> None:
    """Confirms the cells of the laws that hold, and sends to a person what can be the culprit
    of those that fail."""
    found = list(laws_of(record))
    for law in found:
        if law.holds:
            for cell in law.proves:
                _confirm(cell)
    borne_out = {id(cell) for law in found if law.holds for cell in law.cells}
    for law in found:
        if not law.holds:
            for cell in _suspects(law, borne_out):
                _doubt(cell)


def _suspects(failed: Law, borne_out: set[int]) -> list[Cell]:
    """A wrong cell makes every law fail that it is part of; so the cells that another law bears
    out are clear, if that leaves anyone."""
    return [cell for cell in failed.cells if id(cell) not in borne_out] or list(failed.cells)


def _confirm(cell: Cell) -> None:
    """A lone reading that the form's own sums bear out needs nobody. A disputed cell stays
    disputed: the sum says that one reader is right, and a person sees which."""
    if cell.state is not State.SINGLE:
        return
    doubts = {d for r in cell.readings.values() for d in r.doubts}
    if doubts <= {Doubt.OCR}:
        cell.state = State.CONFIRMED_BY_SUM
        cell.needs_review = False


def _doubt(cell: Cell) -> None:
    """The state stays what the readers make of the cell; the reason stands with its readings."""
    if any(MISMATCH in r.doubts for r in cell.readings.values()):
        return
    cell.needs_review = True
    cell.readings = {
        name: r.model_copy(update={"doubts": (*r.doubts, MISMATCH)})
        for name, r in cell.readings.items()
    }

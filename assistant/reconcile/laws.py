"""The form's own sums as a third witness. Pure.

A law says that some cells of a record must agree: rows add up to their printed
total, the project's amount is the plan's total, the current year's amount
stands in the plan, items add up to their year, price times workload is the
amount. A law that holds confirms what one reader alone said; one that fails
sends cells to a person even if both readers said the same, since both can
misread a digit alike, and a form can be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.text.amounts import UNITS
from schemas.forms import FORMS, TableSpec
from schemas.readings import Doubt, Value
from schemas.records import Cell, Record, State

MISMATCH = Doubt.SUM_MISMATCH  # the doubt of a cell whose law fails


@dataclass(frozen=True, slots=True)
class Law:
    """Cells that must agree, whether they do, and which of them that proves."""

    cells: tuple[Cell, ...]
    holds: bool
    proves: tuple[Cell, ...] = ()


def decimal_of(value: Value) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


class _Laws:
    """The laws of one record. A law exists where all its cells do; money is compared in yuan."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.plan = record.tables.get("annual_funding", [])
        self.items = record.tables.get("cost_items", [])
        unit = record.fields.get("amount_unit")
        self.unit = str(unit.value) if unit else "元"

    def all(self) -> Iterator[Law]:
        for table in FORMS[self.record.form_type].tables:
            yield from self._totals(table)
        yield from self._project_amount()
        yield from self._current_year()
        yield from self._items_of_a_year()
        yield from self._products()

    def _yuan(self, cell: Cell | None) -> Decimal | None:
        number = decimal_of(cell.value) if cell else None
        if cell is None or number is None:
            return None
        return number * UNITS.get(cell.unit or self.unit, Decimal(1))

    def _totals(self, table: TableSpec) -> Iterator[Law]:
        rows = self.record.tables.get(table.name, [])
        for name, total in self.record.totals.get(table.name, {}).items():
            printed = self._yuan(total)
            numbers = [n for row in rows if (n := self._yuan(row.get(name))) is not None]
            if printed is not None and len(numbers) == len(rows) > 0:
                cells = (*(row[name] for row in rows), total)
                yield Law(cells, sum(numbers) == printed, proves=cells)

    def _project_amount(self) -> Iterator[Law]:
        """项目金额 is the plan's total. Neither is taken for granted: only where the figures are
        equal do they bear each other out."""
        amount = self.record.fields.get("total_amount")
        total = self.record.totals.get("annual_funding", {}).get("declared")
        one, two = self._yuan(amount), self._yuan(total)
        if amount and total and one is not None and two is not None:
            yield Law((amount, total), one == two, proves=(amount, total) if one else ())

    def _current_year(self) -> Iterator[Law]:
        """当年金额 stands in the plan, as far as it can be told without knowing the year."""
        current = self.record.fields.get("current_year_amount")
        wanted = self._yuan(current)
        declared = [row["declared"] for row in self.plan if "declared" in row]
        if current is None or not wanted or not declared:
            return
        same = [cell for cell in declared if self._yuan(cell) == wanted]
        if not same:
            yield Law((current, *declared), holds=False)
        else:  # of two equal rows, neither is known to be the one
            yield Law((current, *(same if len(same) == 1 else ())), True, proves=(current,))

    def _items_of_a_year(self) -> Iterator[Law]:
        """What the items of a year cost together stands in the plan, if every item has a year."""
        if any("year" not in i or self._yuan(i.get("amount")) is None for i in self.items):
            return
        for row in self.plan:
            year, declared = row.get("year"), self._yuan(row.get("declared"))
            amounts = [i["amount"] for i in self.items if year and i["year"].value == year.value]
            if amounts and declared is not None:
                spent = sum((self._yuan(a) or Decimal(0) for a in amounts), Decimal(0))
                yield Law((*amounts, row["declared"]), spent == declared)

    def _products(self) -> Iterator[Law]:
        """Unit price times workload is the row's amount."""
        for row in self.items:
            price, amount = self._yuan(row.get("unit_price")), self._yuan(row.get("amount"))
            load = decimal_of(row["workload"].value) if "workload" in row else None
            if price is not None and load is not None and amount is not None:
                cells = (row["unit_price"], row["workload"], row["amount"])
                yield Law(cells, price * load == amount)


def weigh(record: Record) -> None:
    """Confirms the cells of the laws that hold, and sends to a person what can be the culprit
    of those that fail."""
    found = list(_Laws(record).all())
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

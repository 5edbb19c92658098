"""A funding plan that runs across: a column a year, a row for each amount. Pure.

The heads are years, and a total at most; the rows are headed by the labels of the amounts.
Anything else is left to be read as a matrix.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.readers.rules.grid.cells import read
from assistant.readers.rules.grid.rows import with_doubts
from assistant.readers.rules.labels import all_columns, is_total
from assistant.structure.blocks import Column, Table
from assistant.structure.lattice import Cell
from assistant.text.years import year_of
from schemas.forms import FormType, Kind, Plan
from schemas.readings import Doubt, Reading, Row


def read_across(table: Table, form_type: FormType) -> tuple[Plan, list[Row], Row | None] | None:
    """The rows of the plan, one a year, and its total; None where ``table`` is no such plan."""
    for spec, labels in all_columns(form_type):
        if not isinstance(spec, Plan):
            continue
        corner = labels.find(table.columns[0].text)
        if corner is None or corner.field.name != spec.year or table.leading > 1:
            return None
        years = {n: year for n, c in enumerate(table.columns) if (year := year_of(c.text))}
        totals = [n for n, c in enumerate(table.columns) if is_total(c.text)]
        amounts = {}
        for row in table.rows:
            label = labels.find(row[0].text) if row[0] is not None else None
            if label is None or label.field.name not in (spec.declared, spec.approved):
                return None
            amounts[label.field.name] = row
        if len(years) < 2 or len(years) + len(totals) + 1 != len(table.columns):
            return None
        rows = [
            {spec.year: _year(table.columns[n], year), **_column(amounts, table.columns[n], n)}
            for n, year in years.items()
        ]
        total = _column(amounts, table.columns[totals[0]], totals[0]) if totals else None
        return spec, rows, total
    return None


def read_down(table: Table, form_type: FormType) -> tuple[Plan, list[Row], Row | None] | None:
    """The rows of a plan by its content: years head the rows, and one column is their sum, or the
    only one. None where ``table`` is no such plan; its other columns are none of the plan's."""
    spec = next((s for s, _ in all_columns(form_type) if isinstance(s, Plan)), None)
    heads = [row[0] for row in table.rows]
    years = [row for row in table.rows if row[0] is not None and year_of(row[0].text)]
    sums = [row for row in table.rows if row[0] is not None and is_total(row[0].text)]
    if spec is None or table.leading != 1 or len(years) < 2 or len(years) + len(sums) < len(heads):
        return None
    totals = [n for n, c in enumerate(table.columns) if n and is_total(c.text)]
    columns = totals if len(table.columns) > 2 else [1]
    if len(columns) != 1:
        return None
    rows = [
        {spec.year: read(Kind.YEAR, row[0]), spec.declared: read(Kind.AMOUNT, amount)}
        for row in years
        if row[0] is not None and (amount := row[columns[0]]) is not None
    ]
    total = next((row[columns[0]] for row in sums), None)
    return spec, rows, {spec.declared: read(Kind.AMOUNT, total)} if total is not None else None


def _year(column: Column, year: int) -> Reading:
    return read(Kind.YEAR, column.heads[-1]).model_copy(update={"value": year})


def _column(
    amounts: Mapping[str, tuple[Cell | None, ...]], column: Column, n: int
) -> dict[str, Reading]:
    """The amounts under one year. A cell that does not stand under its year alone is doubted."""
    found: dict[str, Reading] = {}
    for name, row in amounts.items():
        cell = row[n]
        if cell is None:
            continue
        reading = read(Kind.AMOUNT, cell)
        if (cell.c0, cell.c1) != (column.c0, column.c1):
            reading = with_doubts(reading, (Doubt.UNREADABLE, Doubt.BORDER_LOST))
            reading = reading.model_copy(update={"value": None})
        found[name] = reading
    return found

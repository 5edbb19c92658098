"""A funding plan that runs across: a column a year, a row for each amount. Pure.

The head is the label of the year column with nothing but years to its right, and a total at
most; below it stand the labels of the amounts. Anything else is left unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.pages.grid import SNAP, Grid, GridCell
from assistant.readers.rules.grid.tables import Sheet
from assistant.readers.rules.labels import Labels, column_labels, is_total
from assistant.readers.rules.values import read_cell
from schemas.forms import FormType, Kind, Plan
from schemas.readings import Doubt, Reading, Row


def read_transposed(sheets: Sequence[Sheet], form_type: FormType) -> tuple[list[Row], Row | None]:
    """The rows of the plan, one a year, and its total; none where no such table is drawn."""
    for table, labels in column_labels(form_type):
        if isinstance(table, Plan) and (read := _first_read(sheets, table, labels)):
            return read
    return [], None


def _first_read(
    sheets: Sequence[Sheet], plan: Plan, labels: Labels
) -> tuple[list[Row], Row | None] | None:
    heads = ((s, c) for s in sheets for c in s.grid.cells if _names(labels, c) == plan.year)
    return next((read for sheet, head in heads if (read := _read(sheet, head, plan, labels))), None)


def _names(labels: Labels, cell: GridCell) -> str | None:
    label = labels.find(cell.folded) if cell.words else None
    return label.field.name if label else None


def _read(
    sheet: Sheet, head: GridCell, plan: Plan, labels: Labels
) -> tuple[list[Row], Row | None] | None:
    across = list(_right_of(sheet.grid, head))
    years = [(c, read_cell(Kind.YEAR, [(sheet.page, c)])) for c in across if not is_total(c.folded)]
    if len(years) < 2 or not all(isinstance(year.value, int) for _, year in years):
        return None
    amounts = list(_below(sheet.grid, head, plan, labels))
    if not amounts:
        return None
    rows = [{plan.year: year, **_column(sheet, cell, amounts)} for cell, year in years]
    total = next((_column(sheet, cell, amounts) for cell in across if is_total(cell.folded)), None)
    return rows, total


def _right_of(grid: Grid, cell: GridCell) -> Iterator[GridCell]:
    right = grid.right_of(cell)
    while right is not None and right.words:
        yield right
        right = grid.right_of(right)


def _below(
    grid: Grid, head: GridCell, plan: Plan, labels: Labels
) -> Iterator[tuple[str, GridCell]]:
    """The amounts' labels under the head, from its row down."""
    below = grid.below(head)
    while below is not None and (name := _names(labels, below)) in (plan.declared, plan.approved):
        yield str(name), below
        below = grid.below(below)


def _column(
    sheet: Sheet, head: GridCell, amounts: Sequence[tuple[str, GridCell]]
) -> dict[str, Reading]:
    """The amounts under one year. A cell that does not stand under its year alone is doubted."""
    found: dict[str, Reading] = {}
    for name, label in amounts:
        cell = sheet.grid.at(head.box.centre[0], label.box.centre[1])
        if cell is None:
            continue
        reading = read_cell(Kind.AMOUNT, [(sheet.page, cell)])
        if abs(cell.box.x0 - head.box.x0) > SNAP or abs(cell.box.x1 - head.box.x1) > SNAP:
            doubts = (Doubt.UNREADABLE, Doubt.BORDER_LOST)
            reading = Reading(value=None, evidence=reading.evidence, doubts=doubts)
        found[name] = reading
    return found

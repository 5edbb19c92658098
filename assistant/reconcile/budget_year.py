"""Which year a form's 当年 (current year) is. Pure.

A 二级项目 form does not print its budget year. It follows from the form where
the current-year amount equals one row of the funding plan, and from the
booklet, whose forms are all of one budget, where that is not unique.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from schemas.records import Cell, Record


def _amount(cell: Cell | None) -> Decimal | None:
    try:
        return Decimal(str(cell.value)) if cell and cell.value is not None else None
    except InvalidOperation:
        return None


def _candidates(record: Record) -> set[int]:
    """The years that the form itself allows."""
    printed = record.fields.get("budget_year")
    if printed and isinstance(printed.value, int):
        return {printed.value}
    current = _amount(record.fields.get("current_year_amount"))
    if not current:
        return set()
    return {
        row["year"].value
        for row in record.tables.get("annual_funding", [])
        if "year" in row
        and isinstance(row["year"].value, int)
        and current in (_amount(row.get("declared")), _amount(row.get("approved")))
    }


def budget_year_of(record: Record, booklet: Sequence[Record]) -> int | None:
    """The budget year of ``record``: its own if it can be only one, else the booklet's most
    frequent one; None where neither says."""
    own = _candidates(record)
    if len(own) == 1:
        return own.pop()
    votes = Counter(y for r in booklet if len(c := _candidates(r)) == 1 for y in c)
    if not votes:
        return None
    year = votes.most_common(1)[0][0]
    return year if not own or year in own else None

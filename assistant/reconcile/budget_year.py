"""Which year a form's 当年 (current year) is. Pure.

Some forms print their budget year. Of the others it follows from the form where the
current-year amount equals one row of the funding plan, from the booklet, whose forms are all of
one budget, where that is not unique, and last from the document's name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Set

from schemas.records import Record, RecordKey, amount_of, text_of


def candidates(record: Record) -> frozenset[int]:
    """The years that the form itself allows."""
    roles, plan = record.spec.roles, record.spec.plan
    if roles.budget_year:
        year = text_of(record.fields.get(roles.budget_year))
        return frozenset([int(year)] if year.isdigit() else [])
    current = amount_of(record.fields.get(roles.year_amount))
    if current is None or plan is None:
        return frozenset()
    return frozenset(
        int(year)
        for row in record.tables.get(plan.name, [])
        if (year := text_of(row.get(plan.year))).isdigit()
        and current in (amount_of(row.get(plan.declared)), amount_of(row.get(plan.approved)))
    )


def budget_years(
    allowed: Mapping[RecordKey, Set[int]], names: Mapping[str, str] = {}
) -> dict[RecordKey, int | None]:
    """The budget year of each record by its :func:`candidates`: its own if it can be only one,
    else its booklet's most frequent one, else the one that the name of its document gives;
    None where nothing says. ``names`` are the documents' by their ids."""
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for (document, _), years in allowed.items():
        if len(years) == 1:
            votes[document].update(years)
    return {key: _year(own, votes[key[0]], names.get(key[0], "")) for key, own in allowed.items()}


def _year(own: Set[int], votes: Counter[int], name: str) -> int | None:
    if len(own) == 1:
        return next(iter(own))
    common = votes.most_common(1)
    if common and (not own or common[0][0] in own):
        return common[0][0]
    named = {int(y) for y in re.findall(r"20\d\d", name)}
    fitting = named & own if own else named
    return next(iter(fitting)) if len(fitting) == 1 else None

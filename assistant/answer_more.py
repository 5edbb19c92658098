"""Which computation a query asks for beyond the plain one of its operation. Pure."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer_bench import Bench, Result
from assistant.answer_counts import group_averages, rank_by_count
from assistant.answer_growth import growth
from assistant.answer_relations import against_average, claimed, footing, times, two_kinds
from schemas.queries import Operation, Query


def particular(query: Query) -> Callable[[Bench], Result] | None:
    """The computation that a query's flags name; None for that of its operation."""
    if query.operation in (Operation.MAX, Operation.MIN):
        return growth if query.growth else rank_by_count if query.by_count else None
    if query.operation is Operation.COMPARE:
        kinds = not query.projects and any(len(f.also) == 1 for f in query.filters)
        return two_kinds if kinds else times if query.times else claimed if query.claim else None
    if query.operation is Operation.LIST:
        return footing if query.footing else against_average if query.than_average else None
    return group_averages if query.operation is Operation.GROUP and query.average else None

"""Which computation a query asks for beyond the plain one of its operation. Pure."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer_bench import Bench, Result, and_notes, projects_of
from assistant.answer_counts import group_averages, rank_by_count
from assistant.answer_growth import growth
from assistant.answer_relations import against_average, claimed, footing, times, two_kinds
from assistant.answer_totals import aggregate
from assistant.answer_wording import absence
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
    if query.operation is Operation.SUM:
        return _sum_of_years if query.projects and len(query.years) > 1 else None
    return group_averages if query.operation is Operation.GROUP and query.average else None


def _sum_of_years(bench: Bench) -> Result:
    """A sum over years of which a named project's form may lack some: those are told."""
    result = aggregate(bench)
    if result.status != "answered":
        return result
    target = bench.query.targets[0]
    absent = [a for p in projects_of(bench, target) for a in p.absent if a.reason == "no_year"]
    return and_notes(result, dict.fromkeys(absence(a, bench.query.language) for a in absent))

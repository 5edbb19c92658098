"""Which computation a query asks for beyond the plain one of its operation. Pure."""

from __future__ import annotations

from collections.abc import Callable

from assistant.ask.answer.bench import Bench, Result, and_notes, left_out, projects_of
from assistant.ask.answer.counts import group_averages, rank_by_count, rank_by_share
from assistant.ask.answer.growth import growth
from assistant.ask.answer.relations import against_average, claimed, footing, times, two_kinds
from assistant.ask.answer.totals import aggregate, ratio
from assistant.ask.answer.wording import absence
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
    if query.operation is Operation.RATIO:
        mixed = not query.projects and query.whole and query.whole != query.targets[0]
        return rank_by_share if query.order else _of_the_same if mixed else None
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


def _of_the_same(bench: Bench) -> Result:
    """A share of two different amounts, over the projects that state both."""
    query = bench.query
    sides = (projects_of(bench, t) for t in (query.targets[0], query.whole or query.targets[0]))
    stated = [{p.name for p in side if p.facts} for side in sides]
    both = [n for n in bench.catalog.projects if n in stated[0] & stated[1]]
    if query.whole_filters or not both:
        return ratio(bench)
    own = query.model_copy(update={"projects": both, "whole_of_all": False, "filters": []})
    left = sorted((stated[0] | stated[1]) - set(both))
    notes = [left_out(left, query.whole)] if left and query.whole else []
    return and_notes(ratio(Bench(own, bench.catalog, bench.document)), notes)

"""In what manner a query is to be computed: by growth, by count, as a multiple. Pure."""

from __future__ import annotations

import re

from assistant.ask.query import words
from assistant.ask.query.draft import Draft
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.relations import AMOUNTS, asks_projects
from assistant.ask.query.targets import budget, is_amount
from schemas.queries import Operation, Query, Target, TargetKind

_RANKED = (Operation.MAX, Operation.MIN)
_FALLING = re.compile("减|降")
_RATE = re.compile("最快|最慢|增幅|降幅|增速|率")
_AVERAGE = re.compile(
    r"(?P<above>高于|超过|大于|多于|在)(?P<a>平均[数值线]?|均值|平均水平)(?:以上|之上)?"
    r"|(?P<below>低于|小于|少于|不到|在)(?P<b>平均[数值线]?|均值|平均水平)(?:以下|之下)?"
)


def arrange(draft: Draft) -> None:
    """Settles, before targets are checked, what a question's manner says of them."""
    text = draft.parsed.text
    if words.FOOTS.search(text) and words.DIFFERS.search(text) and asks_projects(draft):
        draft.operation, draft.compared = Operation.LIST, True
        draft.targets = [Target(kind=TargetKind.PROJECT)]
        draft.open = [s for s in draft.open if s.sort not in AMOUNTS]
        _explained(draft, "不", "不等于", "出入", "起来")
    elif draft.operation in _RANKED and words.GROWN.search(text):
        draft.compared = True  # the two years are what is ranked by
        _explained(draft, "比", "得", "较")
        amounts = [t for t in draft.targets if is_amount(t)]
        draft.targets = amounts or [budget()]
        if len(draft.projects) == 1 and draft.targets[0].kind is TargetKind.BUDGET:
            declared = Target(kind=TargetKind.FUNDING, names=["declared"], label="申报金额")
            draft.targets = [declared]
        draft.group_by = ""
    elif draft.operation in _RANKED and words.MOST_ROWS.search(text):
        _rows_counted(draft)
    elif words.TIMES.search(text) and _two_sides(draft):
        draft.operation = Operation.COMPARE
        _explained(draft, "倍", "几倍", "多少倍", "倍数")
        draft.targets = draft.targets or [budget()]
    elif draft.operation is Operation.AVERAGE and (m := _AVERAGE.search(text)):
        _against_average(draft, m)


def _against_average(draft: Draft, m: re.Match[str]) -> None:
    asked = words.ASKS_PROJECT.search(draft.parsed.text) or "的项目" in draft.parsed.text
    if asked and not draft.projects:
        draft.operation, draft.compared = Operation.LIST, True
        _explained(draft, *(m[0] + "的", m[0][:2], m[0][1:], "高", "高于", "低于", "数", "水平"))
        draft.targets = [t for t in draft.targets if is_amount(t)] or [budget()]


def _rows_counted(draft: Draft) -> None:
    items = draft.parsed.of(Sort.ITEMS) or "明细" in draft.parsed.text
    own = [t for t in draft.targets if t.kind in (TargetKind.INDICATOR, TargetKind.COST)]
    kind = TargetKind.COST if items and not own else TargetKind.INDICATOR
    label = "明细" if kind is TargetKind.COST else "绩效指标"
    draft.targets = own or [Target(kind=kind, label=label)]
    _explained(draft, "数", "量", "项")


def _two_sides(draft: Draft) -> bool:
    return len(draft.projects) == 2 or (len(draft.projects) == 1 and len(_years(draft)) == 2)


def _years(draft: Draft) -> set[int]:
    return {y for s in draft.parsed.of(Sort.YEAR) for y in s.years}


def _explained(draft: Draft, *found: str) -> None:
    draft.parsed.residue[:] = [r for r in draft.parsed.residue if r not in found]


def flag(query: Query, draft: Draft) -> Query:
    """The finished query with the flags of its manner."""
    text = draft.parsed.text
    if query.operation in _RANKED and (m := words.GROWN.search(text)):
        query.growth = "rate" if _RATE.search(m[0]) else "amount"
        query.falling = bool(_FALLING.search(m[0]))
        query.years = _two_years(query, draft)
    elif query.operation in _RANKED and words.MOST_ROWS.search(text):
        query.by_count = True
    if query.operation is Operation.RATIO and not query.projects:
        ends = [o for o in _RANKED if draft.parsed.has(o)]
        query.order = ("max" if ends[0] is Operation.MAX else "min") if ends else ""
    if query.operation is Operation.COMPARE:
        query.times = bool(words.TIMES.search(text))
        if m := words.CLAIM.search(text):
            query.claim = "more" if m["more"] else "less"
    if query.operation is Operation.LIST and draft.compared and words.FOOTS.search(text):
        query.footing = True
    elif query.operation is Operation.LIST and draft.compared and (m := _AVERAGE.search(text)):
        query.than_average = True
        query.order = "min" if m["below"] or "以下" in m[0] else "max"
    if query.operation is Operation.GROUP and "平均" in text:
        query.average = True
    return query


def _two_years(query: Query, draft: Draft) -> list[int]:
    """The two years of a change: 2025年增长最多 is against the year before."""
    years = query.years
    if len(years) == 1:
        return [years[0] - 1, years[0]]
    this = draft.catalog.common_year
    if not years and this and len(query.projects) != 1:
        return [this - 1, this]
    return [years[0], years[-1]] if years else []

"""The conditions of a question placed in its draft. Pure."""

from __future__ import annotations

from dataclasses import replace

from assistant.ask.query import words
from assistant.ask.query.draft import AGGREGATES, Draft
from assistant.ask.query.filters import choice_filter, filters_of, limit_of, type_before
from assistant.ask.query.spans import Span
from schemas.queries import Filter, Operation


def place_conditions(draft: Draft) -> None:
    """The question's conditions; those of a share's denominator on their own."""
    parsed, catalog = draft.parsed, draft.catalog
    if draft.operation is not Operation.RATIO:
        draft.filters, used = filters_of(parsed, catalog)
        draft.open = [s for s in parsed.spans if s not in used]
        if draft.operation in AGGREGATES - {Operation.GROUP}:
            draft.filters += _choices(draft, draft.open)
        return
    at = parsed.text.find("占")
    sides = ([s for s in parsed.spans if s.start < at or at < 0],
             [s for s in parsed.spans if s.start > at >= 0])  # fmt: skip
    found: list[list[Filter]] = []
    for spans in sides:
        made, used = filters_of(replace(parsed, spans=spans), catalog)
        open_spans = [s for s in spans if s not in used]
        draft.open += open_spans
        found.append(made + _choices(draft, open_spans))
    draft.filters, draft.whole_filters = found
    if draft.projects:  # 河道水质在市政府投资项目中的占比
        draft.whole_filters, draft.filters = found[0] + found[1], []


def place_offer(draft: Draft) -> None:
    """是不是424万元: the number that a yes-or-no question about one value offers."""
    offered = [s for s in draft.open if s.condition and s.condition[0] == "="]
    lookup = draft.operation is Operation.LOOKUP and len(draft.projects) == 1
    if not lookup or not words.YES_NO.search(draft.parsed.text):
        return
    conditions = [f for f in draft.filters if f.target]
    if len(offered) == 1 and not conditions:
        draft.expected = limit_of(offered[0])
        draft.open.remove(offered[0])
    elif len(conditions) == 1 and not offered:
        draft.filters.remove(conditions[0])
        draft.expected, draft.expected_test = conditions[0].value, conditions[0].test


def _choices(draft: Draft, spans: list[Span]) -> list[Filter]:
    """Kinds of projects among ``spans``, which are then no longer open."""
    made: list[Filter] = []
    for span in list(spans):
        if choice := choice_filter(span, draft.parsed):
            kind = type_before(span, draft.parsed)
            made += [choice, kind] if kind else [choice]
            draft.open.remove(span)
    return made

"""Conditions on what a form says in two places, or on whether it has rows at all. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from assistant.ask.answer.facts import Fact, column_of
from assistant.ask.query.catalog import Catalog
from assistant.text.comparators import HOLDS
from schemas.queries import Filter, Query, TargetKind
from schemas.records import Record

_Proof = Callable[[Record], list[Fact] | None]


def of_rows(condition: Filter, query: Query, catalog: Catalog) -> _Proof:
    """没有时效指标的项目: whether the form has rows of the target; "-" is a row that says nothing,
    and a form that holds no rows of the kind at all, perhaps unread, passes neither way."""
    assert condition.target is not None
    column = column_of(condition.target, query, catalog)

    def test(record: Record) -> list[Fact] | None:
        if not record.tables.get("indicators"):
            return None
        facts = column(record).facts
        if condition.test == "filled":
            return list(facts) or None
        unread = any(a.reason != "no_row" for a in column(record).absent)
        return None if facts or unread else []

    return test


def of_two_amounts(condition: Filter, query: Query, catalog: Catalog) -> _Proof:
    """审核金额小于申报金额的项目: one amount against another of the same form, year by year where
    both are stated by year."""
    assert condition.target is not None
    assert condition.than_target is not None
    mine, theirs = (column_of(t, query, catalog) for t in (condition.target, condition.than_target))
    by_year = condition.target.kind is condition.than_target.kind is TargetKind.FUNDING
    sign = HOLDS[condition.test]

    def test(record: Record) -> list[Fact] | None:
        first = [f for f in mine(record).facts if f.number is not None]
        second = [f for f in theirs(record).facts if f.number is not None]
        if not by_year and not len(first) == len(second) == 1:
            return None
        pairs = [(a, b) for a in first for b in second if not by_year or a.year == b.year]
        found = [(a, b) for a, b in pairs if sign(a.number or Decimal(0), b.number or Decimal(0))]
        if by_year and condition.test == "=" and len(found) < len(pairs):
            return None  # 一致 is meant of all years
        return [f for pair in found for f in pair] or None

    return test

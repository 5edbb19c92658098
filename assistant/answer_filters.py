"""Which records pass a query's conditions, with the cells that show it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.amounts import parse_target
from assistant.answer_facts import Fact, facts_of, make_fact
from assistant.passages import squeeze
from assistant.query_catalog import Catalog, text_of
from assistant.text import comparable
from schemas.forms import FORMS
from schemas.queries import Filter, Query, TargetKind
from schemas.records import Cell, Record

_LOWER_BOUNDS = {">=", ">", "=", None}


def passing(query: Query, catalog: Catalog) -> list[tuple[Record, list[Fact]]]:
    """The records that pass every condition, each with the facts that the conditions rest on."""
    if query.projects:
        pool: Sequence[Record] = [r for p in query.projects for r in catalog.projects.get(p, ())]
    else:
        pool = catalog.records
    found: list[tuple[Record, list[Fact]]] = []
    for record in pool:
        proofs = [_proofs(f, record, query, catalog) for f in query.filters]
        if all(p is not None for p in proofs):
            found.append((record, [fact for p in proofs if p for fact in p]))
    return found


def _proofs(condition: Filter, record: Record, query: Query, catalog: Catalog) -> list[Fact] | None:
    """The facts by which a record passes a condition; None if it does not."""
    if condition.target is not None:
        return _numeric(condition, record, query, catalog)
    for name in condition.fields:
        cell = record.fields.get(name)
        if cell is not None and _passes(condition, cell):
            return [_proof(record, name, cell)]
    return None


def _proof(record: Record, name: str, cell: Cell) -> Fact:
    spec = FORMS[record.form_type].field(name)
    made = make_fact(record, spec.label.split("（")[0], cell, spec.kind)
    return made if isinstance(made, Fact) else Fact(record, made.label, cell, text_of(cell))


def _passes(condition: Filter, cell: Cell) -> bool:
    value, wanted = squeeze(text_of(cell)), squeeze(condition.value)
    if condition.test == "empty":
        return value.strip("-/") == ""
    if condition.test == "ne":
        return value != "" and value != wanted
    if condition.test == "contains":
        return wanted in value
    if wanted in ("是", "否"):
        return value != "" and yes(value) == (wanted == "是")
    return value == wanted


def yes(value: str) -> bool:
    """Whether a yes-or-no cell says yes: 是, 债券项目; not 否, 非债券项目."""
    return not value.startswith(("否", "非", "不"))


def _numeric(
    condition: Filter, record: Record, query: Query, catalog: Catalog
) -> list[Fact] | None:
    if condition.target is None:
        return None
    facts = facts_of(condition.target, record, query, catalog).facts
    kept = [f for f in facts if f.number is not None and holds(condition, f)]
    return kept or None


def holds(condition: Filter, fact: Fact) -> bool:
    """A target ≥ 95 % passes "at least 95 %": what counts is what it promises."""
    limit, number = Decimal(condition.value.rstrip("%")), fact.number
    if number is None or (condition.value.endswith("%") and not _is_percentage(fact.value)):
        return False
    if condition.target and condition.target.kind is TargetKind.INDICATOR:
        sign = parse_target(fact.value).comparator
        at_least = condition.test in (">", ">=")
        if at_least and sign not in _LOWER_BOUNDS:
            return False
        strict = condition.test == ">" and sign == ">" and number == limit
        if strict:
            return True
    return {
        ">": number > limit,
        ">=": number >= limit,
        "<": number < limit,
        "<=": number <= limit,
    }.get(condition.test, number == limit)


def _is_percentage(value: str) -> bool:
    return "%" in comparable(value)

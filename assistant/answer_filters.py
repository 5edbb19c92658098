"""Which records pass a query's conditions, with the cells that show it. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal

from assistant.amounts import parse_target
from assistant.answer_between import of_rows, of_two_amounts
from assistant.answer_facts import Fact, column_of, make_fact
from assistant.passages import squeeze
from assistant.query_catalog import Catalog, text_of
from assistant.query_words import MINUTES
from assistant.text import comparable
from schemas.forms import FORMS
from schemas.queries import Filter, Query, Target, TargetKind
from schemas.records import Cell, Record

_SIGNS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_Proof = Callable[[Record], list[Fact] | None]
_LOWER_BOUNDS = {">=", ">", "=", None}


def passing(query: Query, catalog: Catalog) -> list[tuple[Record, list[Fact]]]:
    """The records that pass every condition, each with the facts that the conditions rest on."""
    if query.projects:
        pool: Sequence[Record] = [r for p in query.projects for r in catalog.projects.get(p, ())]
    else:
        pool = catalog.records
    tests = [_test_of(f, query, catalog) for f in query.filters]
    found: list[tuple[Record, list[Fact]]] = []
    for record in pool:
        proofs: list[Fact] = []
        for test in tests:
            own = test(record)
            if own is None:
                break
            proofs += own
        else:
            found.append((record, proofs))
    return found


def _test_of(condition: Filter, query: Query, catalog: Catalog) -> _Proof:
    """A condition as a test of a record; what it found is kept with the catalogue."""
    key = (condition.model_dump_json(), tuple(query.years), bool(query.targets))
    kept = catalog.columns.setdefault(key, {})
    worked = _worked_out(condition, query, catalog)

    def test(record: Record) -> list[Fact] | None:
        at = id(record)
        if at not in kept:
            kept[at] = worked(record)
        proofs: list[Fact] | None = kept[at]
        return proofs

    return test


def _worked_out(condition: Filter, query: Query, catalog: Catalog) -> _Proof:
    target = condition.target
    if target is None:
        return lambda record: _proofs(condition, record)
    if condition.test in ("empty", "filled"):
        return of_rows(condition, query, catalog)
    if condition.than_target:
        return of_two_amounts(condition, query, catalog)
    if condition.than_year or condition.than_project:
        return _relative(condition, target, query, catalog)
    of_year = query.model_copy(update={"years": [condition.year]}) if condition.year else query
    column = column_of(target, of_year, catalog)

    def numeric(record: Record) -> list[Fact] | None:
        facts = column(record).facts
        return [f for f in facts if f.number is not None and holds(condition, f)] or None

    return numeric


def _proofs(condition: Filter, record: Record) -> list[Fact] | None:
    """The facts by which a record passes a condition on its fields; None if it does not."""
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
    if condition.test == "filled":
        return value.strip("-/") != ""
    if condition.test == "ne":
        return value != "" and value != wanted
    if condition.test == "lacks":
        return value != "" and wanted not in value
    if condition.test in _SIGNS:
        return value.isdigit() and _SIGNS[condition.test](Decimal(value), Decimal(wanted))
    if condition.test == "contains":
        return any(w in value for w in (wanted, *map(squeeze, condition.also)))
    if wanted in ("是", "否"):
        return value != "" and yes(value) == (wanted == "是")
    return value in (wanted, *map(squeeze, condition.also))


def yes(value: str) -> bool:
    """Whether a yes-or-no cell says yes: 是, 债券项目; not 否, 非债券项目."""
    return not value.startswith(("否", "非", "不"))


def _relative(condition: Filter, target: Target, query: Query, catalog: Catalog) -> _Proof:
    """A value against another year's, or another project's: both are shown."""
    others = catalog.projects.get(condition.than_project, [])
    years = ([condition.year], [condition.than_year]) if condition.year else (None, None)
    mine, theirs = (
        column_of(target, query.model_copy(update={"years": y}) if y else query, catalog)
        for y in years
    )
    fixed = [f for r in others for f in theirs(r).facts]

    def test(record: Record) -> list[Fact] | None:
        if record in others:
            return None
        one, other = mine(record).facts, fixed if others else theirs(record).facts
        if len(one) != 1 or len(other) != 1:
            return None
        first, second = one[0].number, other[0].number
        if first is None or second is None or not _SIGNS[condition.test](first, second):
            return None
        return [one[0], other[0]]

    return test


def holds(condition: Filter, fact: Fact) -> bool:
    """A target ≥ 95 % passes "at least 95 %": what counts is what it promises."""
    limit, number = Decimal(condition.value.rstrip("%分钟")), fact.number
    if condition.value.endswith("分钟"):
        number = _minutes(fact)
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
    return bool(_SIGNS.get(condition.test, operator.eq)(number, limit))


def _minutes(fact: Fact) -> Decimal | None:
    unit = parse_target(fact.value).unit
    return None if fact.number is None or unit not in MINUTES else fact.number * MINUTES[unit]


def _is_percentage(value: str) -> bool:
    return "%" in comparable(value)

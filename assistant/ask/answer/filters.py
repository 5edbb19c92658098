"""Which records pass a query's conditions, with the cells that show it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache

from assistant.ask.answer.between import of_rows, of_two_amounts
from assistant.ask.answer.facts import Fact, column_of, field_fact, parse_target
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.words import MINUTES
from assistant.text.bigrams import squeeze
from assistant.text.comparators import HOLDS
from assistant.text.folding import comparable
from schemas.queries import Filter, Query, Target, TargetKind
from schemas.records import Record, text_of

_ORDERED = {">", ">=", "<", "<="}
_Proof = Callable[[Record], list[Fact] | None]
_LOWER_BOUNDS = {">=", ">", "=", None}


def passing(query: Query, catalog: Catalog) -> list[tuple[Record, list[Fact]]]:
    """The records that pass every condition, each with the facts that the conditions rest on."""
    if query.projects:
        pool: Sequence[Record] = [r for p in query.projects for r in catalog.projects.get(p, ())]
    else:
        pool = catalog.records
    none: list[Fact] = []
    found = [(record, none) for record in pool]
    for condition in query.filters:
        test = _test_of(condition, query, catalog)
        found = [
            (record, [*before, *own] if before else own)
            for record, before in found
            if (own := test(record)) is not None
        ]
    return found


def _test_of(condition: Filter, query: Query, catalog: Catalog) -> _Proof:
    """A condition as a test of a record; what it found is kept with the catalogue."""
    kinds = tuple(t.kind for t in query.targets)
    key = (condition.model_dump_json(), tuple(query.years), bool(query.projects), kinds)
    kept: dict[int, list[Fact] | None] = catalog.columns.setdefault(key, {})
    worked = _worked_out(condition, query, catalog)

    def test(record: Record) -> list[Fact] | None:
        at = id(record)
        if at in kept:
            return kept[at]
        found = kept[at] = worked(record)
        return found

    return test


def _worked_out(condition: Filter, query: Query, catalog: Catalog) -> _Proof:
    target = condition.target
    if target is None:
        return _on_fields(condition, catalog)
    if condition.than_target is not None:
        return of_two_amounts(condition, query, catalog)
    if condition.test in ("empty", "filled"):
        return of_rows(condition, query, catalog)
    if condition.than_year or condition.than_project:
        return _relative(condition, target, query, catalog)
    of_year = query.model_copy(update={"years": [condition.year]}) if condition.year else query
    column, held = column_of(target, of_year, catalog), holder(condition)

    def numeric(record: Record) -> list[Fact] | None:
        return [f for f in column(record).facts if f.number is not None and held(f)] or None

    return numeric


def _on_fields(condition: Filter, catalog: Catalog) -> _Proof:
    """A condition on the text of fields: the fact by which a record passes, None if it does
    not. Few texts are many a record's, so that each is looked at once."""
    verdicts: dict[str, bool] = {}
    entry, names = catalog.entry, condition.fields

    unlike = condition.test in ("ne", "lacks")

    def test(record: Record) -> list[Fact] | None:
        own = entry(record)
        shown: list[Fact] | None = None
        for name in names:
            made = field_fact(own, name)
            if made is None or made.cell is None:
                continue
            text = made.value if isinstance(made, Fact) else text_of(made.cell)
            passes = verdicts.get(text)
            if passes is None:
                passes = verdicts[text] = _passes(condition, text)
            if unlike and not passes and squeeze(text):
                return None  # not one of the fields may say what is left out
            if passes and shown is None:
                shown = [
                    made if isinstance(made, Fact) else Fact(record, made.label, made.cell, text)
                ]
                if not unlike:
                    return shown
        return shown

    return test


def _passes(condition: Filter, text: str) -> bool:
    value, wanted = squeeze(text), squeeze(condition.value)
    if condition.test == "empty":
        return value.strip("-/") == ""
    if condition.test == "filled":
        return value.strip("-/") != ""
    if condition.test == "ne":
        return value != "" and value != wanted
    if condition.test == "lacks":
        return value != "" and wanted not in value
    if condition.test in _ORDERED:
        return value.isdigit() and HOLDS[condition.test](Decimal(value), Decimal(wanted))
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
        if any(record is other for other in others):
            return None
        one, other = mine(record).facts, fixed if others else theirs(record).facts
        if len(one) != 1 or len(other) != 1:
            return None
        first, second = one[0].number, other[0].number
        if first is None or second is None or not HOLDS[condition.test](first, second):
            return None
        return [one[0], other[0]]

    return test


def holder(condition: Filter) -> Callable[[Fact], bool]:
    """A condition on a number as a test of a fact. A target ≥ 95 % passes "at least 95 %": what
    counts is what it promises."""
    limit = Decimal(condition.value.rstrip("%分钟"))
    timed, percent = condition.value.endswith("分钟"), condition.value.endswith("%")
    compare = HOLDS[condition.test if condition.test in _ORDERED else "="]
    promised = condition.target is not None and condition.target.kind is TargetKind.INDICATOR

    def held(fact: Fact) -> bool:
        number = _minutes(fact) if timed else fact.number
        if number is None or (percent and not _is_percentage(fact.value)):
            return False
        if promised:
            sign = parse_target(fact.value).comparator
            if condition.test in (">", ">=") and sign not in _LOWER_BOUNDS:
                return False
            if condition.test == ">" and sign == ">" and number == limit:
                return True
        return bool(compare(number, limit))

    return held


def holds(condition: Filter, fact: Fact) -> bool:
    return holder(condition)(fact)


def _minutes(fact: Fact) -> Decimal | None:
    unit = parse_target(fact.value).unit
    return None if fact.number is None or unit not in MINUTES else fact.number * MINUTES[unit]


@lru_cache(maxsize=1 << 14)
def _is_percentage(value: str) -> bool:
    return "%" in comparable(value)

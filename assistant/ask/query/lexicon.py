"""Every fixed word of questions and the sort of thing it names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache

from assistant.ask.query import words
from assistant.text.bigrams import squeeze
from assistant.text.stops import STOPS
from schemas.forms import FORMS, INDICATOR_LEVEL1, INDICATOR_LEVEL2, FieldSpec
from schemas.queries import Operation


class Sort(StrEnum):
    YEAR = "year"
    CONDITION = "condition"
    PROJECT = "project"
    VALUE = "value"
    ROW = "row"
    CATEGORY = "category"
    FIELD = "field"
    COLUMN = "column"
    MONEY = "money"
    DECLARED = "declared"
    APPROVED = "approved"
    PLANNED = "planned"
    TOTAL = "total"
    ITEMS = "items"
    PERIOD = "period"
    OPERATION = "operation"
    WEAK = "weak"
    STOP = "stop"


_TABLE_COLUMNS = ("unit_price", "workload", "amount", "unit", "detail_category", "scope", "basis")
_BRACKETED = re.compile(r"[(（].*?[)）]|\{year\}年度?|=.*$")


@cache
def lexicon() -> dict[str, tuple[Sort, tuple[str, ...]]]:
    """Every fixed word → what it is. Earlier entries win."""
    found: dict[str, tuple[Sort, tuple[str, ...]]] = {}

    def put(sort: Sort, entries: Iterable[str], *names: str) -> None:
        for word in entries:
            found.setdefault(squeeze(word), (sort, names))

    put(Sort.DECLARED, words.DECLARED)
    put(Sort.APPROVED, words.APPROVED)
    put(Sort.PLANNED, words.PLANNED)
    put(Sort.TOTAL, words.TOTAL)
    put(Sort.PERIOD, words.PERIOD)
    put(Sort.COLUMN, words.INDICATORS, "indicators.level3")
    put(Sort.CATEGORY, (f"{name}指标" for name in (*INDICATOR_LEVEL1, *INDICATOR_LEVEL2)))
    for fields, entries in words.FIELD_WORDS.items():
        put(Sort.FIELD, entries, *fields.split("/"))
    put(Sort.MONEY, words.MONEY)
    for word, names in _field_words().items():
        sort = Sort.WEAK if word in words.WEAK else Sort.FIELD
        if sort is Sort.FIELD:
            put(sort, [word], *names)
    for word, names in _column_words().items():
        put(Sort.COLUMN, [word], *names)
    put(Sort.ITEMS, words.ITEMS)
    for operation, entries in words.OPERATIONS.items():
        put(Sort.OPERATION, entries, operation.value)
    put(Sort.WEAK, ["单位"], "applicant_unit", "spending_unit")
    for word, names in _field_words().items():
        if word in words.WEAK:
            put(Sort.WEAK, [word], *names)
    put(Sort.STOP, STOPS)
    put(Sort.STOP, words.LIGHT)
    put(Sort.OPERATION, words.EQUALS, Operation.COMPARE.value)
    return found


def _field_words() -> dict[str, tuple[str, ...]]:
    """Labels and the words that staff use → the fields of any form that they name."""
    found: dict[str, dict[str, None]] = {}
    printed = {squeeze(item.label) for spec in FORMS.values() for item in spec.fields}
    for spec in FORMS.values():
        for item in spec.fields:
            own = {squeeze(item.label), *map(squeeze, item.ask)}
            for word in _names_of(item):
                # 实施单位 is a field of its own on one form: no other form's 用款单位 answers.
                if word in own or word not in printed:
                    found.setdefault(word, {})[item.name] = None
    return {word: tuple(names) for word, names in found.items()}


def _column_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for spec in FORMS.values():
        for table in spec.tables:
            for column in table.columns:
                wanted = column.name in _TABLE_COLUMNS or table.name != "cost_items"
                for word in _names_of(column) if wanted else ():
                    if len(word) > 2 or word in ("单价",):
                        found.setdefault(word, {})[f"{table.name}.{column.name}"] = None
    return {word: tuple(names) for word, names in found.items()}


def _names_of(item: FieldSpec) -> set[str]:
    labels = {squeeze(_BRACKETED.sub("", label)) for label in item.labels}
    return {w for w in labels | {squeeze(a) for a in item.ask} if len(w) >= 2}

"""A target and a record → the cells that hold it, or why there is none. Pure.

The values of a target are worked out once, record by record, and kept with the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.ask.answer.cells import (
    Absent,
    Fact,
    Found,
    Reason,
    current_fact,
    field_fact,
    funding_facts,
    indicator_facts,
    make_fact,
    parse_target,
)
from assistant.ask.query.catalog import Catalog, Row
from assistant.ask.query.entry import Entry
from assistant.text.bigrams import squeeze
from schemas.forms import FORMS, Kind
from schemas.queries import Query, Target, TargetKind
from schemas.records import Record, text_of

__all__ = [
    "Absent", "Fact", "Found", "Reason", "column_key", "column_of", "facts_of", "field_fact",
    "make_fact", "parse_target", "read_amounts",
]  # fmt: skip
_BY_YEAR = {TargetKind.BUDGET, TargetKind.FUNDING, TargetKind.COST}
_Items = Sequence[Fact | Absent]
_NONE: list[Absent] = []  # shared, as all that is found
_Reader = Callable[[Record], _Items]


def facts_of(target: Target, record: Record, query: Query, catalog: Catalog) -> Found:
    """The values of ``target`` in one record, for the years that the query names."""
    return column_of(target, query, catalog)(record)


def column_key(target: Target, query: Query) -> tuple[object, ...]:
    """What the values of a target depend on besides the record."""
    by_year = any(t.kind in _BY_YEAR for t in query.targets)
    return target.model_dump_json(), tuple(query.years), by_year, bool(query.projects)


def column_of(target: Target, query: Query, catalog: Catalog) -> Callable[[Record], Found]:
    """The values of ``target`` record by record: worked out once and kept with the catalogue.
    What is returned is shared; it must not be changed."""
    kept: dict[int, Found] = catalog.columns.setdefault(column_key(target, query), {})
    read = _READERS[target.kind](target, query, catalog)

    def column(record: Record) -> Found:
        at = id(record)  # records live as long as the catalogue
        if at in kept:
            return kept[at]
        items = read(record)
        if len(items) == 1:  # as nearly always
            only = items[0]
            found = Found([], [only]) if isinstance(only, Absent) else Found([only], _NONE)
        else:
            facts = [i for i in items if isinstance(i, Fact)]
            found = Found(facts, [i for i in items if isinstance(i, Absent)])
        kept[at] = found
        return found

    return column


def read_amounts(entry: Entry, year: int | None) -> list[Fact | Absent | None]:
    """What a form says in its cells for amounts, years and choices and in its rows, all read at
    once while its cells are at hand; ``year`` is its budget year. Returns its own amounts."""
    for name in _PREPARED[entry.record.form_type]:
        field_fact(entry, name)
    for given in {given for given, _ in entry.funding if given.isdigit()}:
        for column in ("declared", "approved"):
            funding_facts(entry, column, given)
    for row in entry.indicators:
        indicator_facts(entry, row)
    own = [field_fact(entry, name) for name in _AMOUNTS[entry.record.form_type]]
    return [current_fact(entry, year), *own]


_AMOUNTS = {t: [f.name for f in s.fields if f.kind is Kind.AMOUNT] for t, s in FORMS.items()}
_PREPARED = {
    t: [f.name for f in s.fields if f.kind in (Kind.AMOUNT, Kind.YEAR, Kind.CHOICE)]
    for t, s in FORMS.items()
}


# One reader for each kind of target: what it needs besides the record is worked out once.


def _field(target: Target, query: Query, catalog: Catalog) -> _Reader:
    refused, entry, dated = _of_another_year(query, catalog), catalog.entry, _asks_year(query)

    def read(record: Record) -> _Items:
        own = entry(record)
        for name in target.names:
            made = field_fact(own, name)
            if made is None:
                continue
            asked_itself = name in ("start_year", "end_year") and query.projects  # 是2023年开始的吗
            if dated and not asked_itself:
                also = -1 if name == "previous_year_amount" else 0
                if no := refused(made.label, record, also):
                    return [no]
            return [made]
        return [Absent(record, "no_label", target.label)]

    return read


def _project(target: Target, query: Query, catalog: Catalog) -> _Reader:
    def read(record: Record) -> _Items:
        cell = record.fields.get("name")
        return [Fact(record, "项目", cell, record.name)] if cell else []

    return read


def _budget(target: Target, query: Query, catalog: Catalog) -> _Reader:
    """The money of a year: the form's current amount if that is its year, else the row of the
    funding plan."""
    years_of = catalog.year_of

    def read(record: Record) -> _Items:
        entry, own_year = catalog.entry(record), years_of.get(id(record))
        if not query.years:
            made = current_fact(entry, own_year)
            return [made or Absent(record, "no_label", "当年金额")]
        found: list[Fact | Absent] = []
        for year in query.years:
            current = current_fact(entry, year) if year == own_year else None
            if current is not None:
                found.append(current)
            elif rows := funding_facts(entry, "declared", str(year)):
                found += rows
            else:
                unsaid = (
                    own_year is None and _states_current(record) and not _years(record, catalog)
                )
                instead = "表上没有写明预算年度" if unsaid else _years_given(record, catalog)
                found.append(Absent(record, "no_year", f"{year}年预算", None, instead))
        return found

    return read


def _states_current(record: Record) -> bool:
    return any(name in record.fields for name in ("current_year_amount", "budget_amount"))


def _years(record: Record, catalog: Catalog) -> list[int]:
    return sorted({int(y) for y, _ in catalog.entry(record).funding if y.isdigit()})


def _years_given(record: Record, catalog: Catalog) -> str:
    own_year = catalog.year_of.get(id(record))
    years = sorted({*_years(record, catalog), *([own_year] if own_year else [])})
    return f"表中有{'、'.join(f'{y}年' for y in years)}的金额" if years else ""


def _funding(target: Target, query: Query, catalog: Catalog) -> _Reader:
    column = target.names[0] if target.names else "declared"
    if column not in ("declared", "approved"):
        column = "declared"

    asked = [(year, str(year)) for year in query.years]

    def read(record: Record) -> _Items:
        entry = catalog.entry(record)
        found: list[Fact | Absent] = []
        for year, text in asked or [(y, str(y)) for y in _years(record, catalog)]:
            rows = funding_facts(entry, column, text)
            found += rows
            if not rows:
                instead = _years_given(record, catalog)
                label = f"{year}年{target.label}"
                found.append(Absent(record, "no_year", label, None, instead))
        dated = any(isinstance(made, Fact) for made in found) or bool(_years(record, catalog))
        return found if dated else [Absent(record, "no_label", "分年度资金计划")]

    return read


def _cost(target: Target, query: Query, catalog: Catalog) -> _Reader:
    items, column = set(target.items), target.names[0] if target.names else "amount"

    def read(record: Record) -> _Items:
        rows = [r for r in catalog.rows_by_record(record) if r.table == "cost_items"]
        if not rows:
            return [Absent(record, "no_label", "项目资金构成")]
        wanted = [r for r in rows if not items or r.name in items]
        if not wanted:
            return [Absent(record, "no_row", target.label)]
        in_year = [r for r in wanted if not query.years or _row_year(r) in query.years]
        if not in_year:
            years = sorted({y for r in wanted if (y := _row_year(r))})
            instead = f"该明细有{'、'.join(f'{y}年' for y in years)}的金额"
            return [Absent(record, "no_year", target.label, None, instead)]
        return [_cost_fact(record, row, column, number) for number, row in enumerate(in_year)]

    return read


def _cost_fact(record: Record, row: Row, column: str, number: int) -> Fact | Absent:
    spec = FORMS[record.form_type].table("cost_items").column(column)
    year = _row_year(row)
    name = {"amount": "测算金额"}.get(column, spec.label.split("/")[0])
    label = f"{f'{year}年' if year else ''}{row.name}{name}"
    cell = row.cells.get(column)
    if cell is None:
        return Absent(record, "no_label", label)
    made = make_fact(record, label, cell, spec.kind, year=year, item=row.name)
    return replace(made, row=number) if isinstance(made, Fact) else made


def _row_year(row: Row) -> int | None:
    text = text_of(row.cells.get("year"))
    return int(text) if text.isdigit() else None


def _indicator(target: Target, query: Query, catalog: Catalog) -> _Reader:
    refused, chosen_of = _of_another_year(query, catalog), _chooser(target)
    dated = _asks_year(query)

    def read(record: Record) -> _Items:
        entry = catalog.entry(record)
        rows = entry.indicators
        if not rows:
            return [Absent(record, "no_label", "绩效指标")]
        if dated and (no := refused(target.label or "绩效指标", record, 0)):
            return [no]
        chosen = chosen_of(rows)
        if not chosen:
            return [Absent(record, "no_row", target.label)]
        if len(chosen) == 1:
            return indicator_facts(entry, chosen[0])
        return [f for row in chosen for f in indicator_facts(entry, row)]

    return read


_READERS: dict[TargetKind, Callable[[Target, Query, Catalog], _Reader]] = {
    TargetKind.FIELD: _field,
    TargetKind.BUDGET: _budget,
    TargetKind.FUNDING: _funding,
    TargetKind.COST: _cost,
    TargetKind.INDICATOR: _indicator,
    TargetKind.PROJECT: _project,
}


def _asks_year(query: Query) -> bool:
    """Whether the years that are asked about are not those of the money itself."""
    return bool(query.years) and not any(t.kind in _BY_YEAR for t in query.targets)


def _of_another_year(query: Query, catalog: Catalog) -> Callable[[str, Record, int], Absent | None]:
    """What a form says once it says of its own budget year (or the ``also``-th after it): None,
    or why the years that are asked about are others (see :func:`_asks_year`)."""
    years = set(query.years)

    def refused(label: str, record: Record, also: int) -> Absent | None:
        own = catalog.year_of.get(id(record))
        if own and {own, own + also} & years:
            return None
        asked = "、".join(f"{y}年" for y in query.years)
        instead = f"该表填报的是{own}年的内容" if own else "该表没有写明是哪一年的内容"
        return Absent(record, "no_year", f"{asked}的{label}", None, instead)

    return refused


def _chooser(target: Target) -> Callable[[list[Row]], list[Row]]:
    """Rows by their printed names, or by words of the category, narrowed to those whose name
    says them too: of the rows under 满意度指标 those that are a 满意度. 成本指标 is a category
    only, 成本 may be a part of a name."""
    keys = {squeeze(i) for i in target.items}
    asked = squeeze(target.words)
    words = asked.removesuffix("指标")

    def chosen(rows: list[Row]) -> list[Row]:
        if keys:
            return [r for r in rows if r.key in keys]
        if not words:
            return rows
        category = [r for r in rows if _in_category(r, words)]
        pool = category or (rows if words == asked else [])
        if words == asked or "满意" in words:
            return [r for r in pool if words in r.key] or category
        return category

    return chosen


def _in_category(row: Row, words: str) -> bool:
    levels = (squeeze(text_of(row.cells.get(c))) for c in ("level2", "level1"))
    return any(words in level for level in levels)

"""A target and a record → the cells that hold it, or why there is none. Pure.

Money is kept as printed and, beside it, as ``Decimal`` yuan by the form's own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from assistant import amounts
from assistant.amounts import UNITS
from assistant.passages import squeeze
from assistant.query_catalog import Catalog, Row, text_of
from schemas.forms import FORMS, FormType, Kind
from schemas.queries import Query, Target, TargetKind
from schemas.records import Cell, Record, RecordRow, State

Reason = Literal["no_label", "empty", "no_year", "no_row", "unread"]
_BY_YEAR = {TargetKind.BUDGET, TargetKind.FUNDING, TargetKind.COST}
_UNREAD = (State.MISSING, State.UNREADABLE, State.UNGROUNDED)
parse_target = lru_cache(maxsize=1 << 14)(amounts.parse_target)


@dataclass(slots=True, eq=False)
class Fact:
    """One value with its place. ``number`` is yuan for money, else the number printed. Shared
    and not to be changed (a frozen dataclass takes six times as long to make)."""

    record: Record
    label: str
    cell: Cell
    value: str
    unit: str = ""
    number: Decimal | None = None
    money: bool = False
    year: int | None = None
    item: str = ""
    row: int = -1  # of its table, from 0

    @property
    def project(self) -> str:
        return self.record.name

    @property
    def disputed(self) -> bool:
        return self.cell.state is State.DISPUTED

    @property
    def page(self) -> int | None:
        return self.cell.evidence.page if self.cell.evidence else None

    @property
    def key(self) -> tuple[object, ...]:
        """Two facts with one key say the same of the same cell."""
        return id(self.cell), self.label, self.year, self.item, self.row


@dataclass(slots=True, eq=False)
class Absent:
    """Why a record does not give the value; ``instead`` says what it gives."""

    record: Record
    reason: Reason
    label: str
    cell: Cell | None = None
    instead: str = ""


@dataclass(slots=True)
class Found:
    facts: list[Fact] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)


_Items = Sequence[Fact | Absent]
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
        found = kept.get(id(record))  # records live as long as the catalogue
        if found is None:
            found = kept[id(record)] = _found(read(record))
        return found

    return column


def _found(items: _Items) -> Found:
    if len(items) == 1:
        only = items[0]
        return Found([only], []) if isinstance(only, Fact) else Found([], [only])
    return Found(
        [i for i in items if isinstance(i, Fact)], [i for i in items if isinstance(i, Absent)]
    )


def unit_of(record: Record) -> str:
    """The unit that a form's amounts are printed in; yuan where it says nothing."""
    cell = record.fields.get("amount_unit")
    if cell is None:
        return "元"
    unit = text_of(cell)
    return unit if unit in UNITS else "元"


def make_fact(
    record: Record, label: str, cell: Cell, kind: Kind, *, year: int | None = None, item: str = ""
) -> Fact | Absent:
    """A cell as a fact; an empty or unread cell as its absence."""
    text = text_of(cell)
    if cell.state in _UNREAD:
        return Absent(record, "unread", label, cell)
    if text.strip(" -—/") == "":
        return Absent(record, "empty", label, cell)
    if kind is not Kind.AMOUNT:
        number = Decimal(text) if kind in (Kind.YEAR, Kind.NUMBER) and _plain(text) else None
        return Fact(record, label, cell, text, "", number, False, year, item)
    if not _plain(text):
        return Fact(record, label, cell, text, "", None, False, year, item)
    unit = cell.unit or unit_of(record)
    yuan = Decimal(text) if unit == "元" else Decimal(text) * UNITS[unit]
    return Fact(record, label, cell, text, unit, yuan, True, year, item)


def _plain(text: str) -> bool:
    return text.isdecimal() or text.removeprefix("-").replace(".", "", 1).isdecimal()


def label_and_kind(form_type: FormType, name: str) -> tuple[str, Kind] | None:
    """A field's printed label without its brackets, and its kind."""
    return _specs(form_type).get(name)


@cache
def _specs(form_type: FormType) -> dict[str, tuple[str, Kind]]:
    return {f.name: (f.label.split("（")[0], f.kind) for f in FORMS[form_type].fields}


# One reader for each kind of target: what it needs besides the record is worked out once.


def _field(target: Target, query: Query, catalog: Catalog) -> _Reader:
    refused = _of_another_year(query, catalog)

    def read(record: Record) -> _Items:
        for name in target.names:
            cell, spec = record.fields.get(name), label_and_kind(record.form_type, name)
            if cell is None or spec is None:
                continue
            label, kind = spec
            if "{" in label:
                label = label.replace("{year}", text_of(record.fields.get("budget_year")))
            asked_itself = name in ("start_year", "end_year") and query.projects  # 是2023年开始的吗
            if not asked_itself:
                also = -1 if name == "previous_year_amount" else 0
                if no := refused(label, record, also):
                    return [no]
            return [make_fact(record, label, cell, kind)]
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
        current, own_year = _current(record), years_of.get(id(record))
        if not query.years:
            return [_current_fact(record, current, own_year)]
        found: list[Fact | Absent] = []
        for year in query.years:
            if year == own_year and current is not None:
                found.append(_current_fact(record, current, own_year))
            elif rows := catalog.funding(record, year):
                found += [_funding_fact(record, row, "declared", year) for row in rows]
            else:
                unsaid = own_year is None and current is not None and not _years(record, catalog)
                instead = "表上没有写明预算年度" if unsaid else _years_given(record, catalog)
                found.append(Absent(record, "no_year", f"{year}年预算", None, instead))
        return found

    return read


def _current(record: Record) -> tuple[str, Cell] | None:
    for name, label in (("current_year_amount", "当年金额"), ("budget_amount", "预算金额")):
        cell = record.fields.get(name)
        if cell is not None:
            return label, cell
    return None


def _current_fact(
    record: Record, current: tuple[str, Cell] | None, year: int | None
) -> Fact | Absent:
    if current is None:
        return Absent(record, "no_label", "当年金额")
    label, cell = current
    return make_fact(record, f"{year}年{label}" if year else label, cell, Kind.AMOUNT, year=year)


def _years(record: Record, catalog: Catalog) -> list[int]:
    return sorted({int(y) for y, _ in catalog.entry(record).funding if y.isdigit()})


def _years_given(record: Record, catalog: Catalog) -> str:
    own_year = catalog.year_of.get(id(record))
    years = sorted({*_years(record, catalog), *([own_year] if own_year else [])})
    return f"表中有{'、'.join(f'{y}年' for y in years)}的金额" if years else ""


def _funding_fact(record: Record, row: RecordRow, column: str, year: int) -> Fact | Absent:
    name = "申报金额" if column == "declared" else "审核金额"
    cell = row.get(column)
    if cell is None:
        return Absent(record, "no_label", f"{year}年{name}")
    return make_fact(record, f"{year}年{name}", cell, Kind.AMOUNT, year=year)


def _funding(target: Target, query: Query, catalog: Catalog) -> _Reader:
    column = target.names[0] if target.names else "declared"
    if column not in ("declared", "approved"):
        column = "declared"

    def read(record: Record) -> _Items:
        if not any(y.isdigit() for y, _ in catalog.entry(record).funding):
            return [Absent(record, "no_label", "分年度资金计划")]
        found: list[Fact | Absent] = []
        for year in query.years or _years(record, catalog):
            rows = catalog.funding(record, year)
            found += [_funding_fact(record, row, column, year) for row in rows]
            if not rows:
                instead = _years_given(record, catalog)
                label = f"{year}年{target.label}"
                found.append(Absent(record, "no_year", label, None, instead))
        return found

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

    def read(record: Record) -> _Items:
        rows = [r for r in catalog.rows_by_record(record) if r.table == "indicators"]
        if not rows:
            return [Absent(record, "no_label", "绩效指标")]
        if no := refused(target.label or "绩效指标", record, 0):
            return [no]
        chosen = chosen_of(rows)
        if not chosen:
            return [Absent(record, "no_row", target.label)]
        return [f for at, row in enumerate(chosen) for f in _indicator_facts(record, row, at)]

    return read


_READERS: dict[TargetKind, Callable[[Target, Query, Catalog], _Reader]] = {
    TargetKind.FIELD: _field,
    TargetKind.BUDGET: _budget,
    TargetKind.FUNDING: _funding,
    TargetKind.COST: _cost,
    TargetKind.INDICATOR: _indicator,
    TargetKind.PROJECT: _project,
}


def _of_another_year(query: Query, catalog: Catalog) -> Callable[[str, Record, int], Absent | None]:
    """What a form says once it says of its own budget year (or the ``also``-th after it): None,
    or why the years that are asked about are others."""
    years = set(query.years)
    if not years or any(t.kind in _BY_YEAR for t in query.targets):
        return lambda label, record, also: None  # the year is that of the money

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


def _indicator_facts(record: Record, row: Row, at: int) -> Iterator[Fact | Absent]:
    """The annual target; the target for the period too where it says something else."""
    period, annual = row.cells.get("period_value"), row.cells.get("annual_value")
    named = [
        (c, n) for c, n in ((annual, "年度指标值"), (period, "实施周期指标值")) if c is not None
    ]
    same = period is not None and annual is not None and text_of(period) == text_of(annual)
    if same and not (period and annual and State.DISPUTED in (period.state, annual.state)):
        named = named[:1]
    for cell, column in named:
        label = row.name if len(named) == 1 else f"{row.name}（{column}）"
        made = make_fact(record, label, cell, Kind.TEXT, item=row.name)
        if isinstance(made, Fact):
            made.number, made.row = parse_target(made.value).number, at
        yield made

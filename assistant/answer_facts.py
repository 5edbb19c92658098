"""A target and a record → the cells that hold it, or why there is none. Pure.

Money is kept as printed and, beside it, as ``Decimal`` yuan by the form's own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Literal

from assistant.amounts import UNITS, parse_target
from assistant.passages import squeeze
from assistant.query_catalog import Catalog, Row, key_of, rows_of, text_of
from schemas.forms import FORMS, FormType, Kind
from schemas.queries import Query, Target, TargetKind
from schemas.records import Cell, Record, RecordRow, State

Reason = Literal["no_label", "empty", "no_year", "no_row", "unread"]
_BY_YEAR = {TargetKind.BUDGET, TargetKind.FUNDING, TargetKind.COST}
_UNREAD = {State.MISSING, State.UNREADABLE, State.UNGROUNDED}


@dataclass(frozen=True, slots=True)
class Fact:
    """One value with its place. ``number`` is yuan for money, else the number printed."""

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


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a record does not give the value; ``instead`` says what it gives."""

    record: Record
    reason: Reason
    label: str
    cell: Cell | None = None
    instead: str = ""


@dataclass
class Found:
    facts: list[Fact] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)

    def add(self, item: Fact | Absent) -> None:
        (self.facts if isinstance(item, Fact) else self.absent).append(item)  # type: ignore[arg-type]


def facts_of(target: Target, record: Record, query: Query, catalog: Catalog) -> Found:
    """The values of ``target`` in one record, for the years that the query names."""
    return column_of(target, query, catalog)(record)


def column_key(target: Target, query: Query) -> tuple[object, ...]:
    """What the values of a target depend on besides the record."""
    by_year = any(t.kind in _BY_YEAR for t in query.targets)
    return target.model_dump_json(), tuple(query.years), by_year


def column_of(target: Target, query: Query, catalog: Catalog) -> Callable[[Record], Found]:
    """The values of ``target`` record by record: worked out once and kept with the catalogue.
    What is returned is shared; it must not be changed."""
    kept = catalog.columns.setdefault(column_key(target, query), {})
    read = {
        TargetKind.FIELD: _field,
        TargetKind.BUDGET: _budget,
        TargetKind.FUNDING: _funding,
        TargetKind.COST: _cost,
        TargetKind.INDICATOR: _indicator,
        TargetKind.PROJECT: _project,
    }[target.kind]

    def column(record: Record) -> Found:
        key = id(record)  # records live as long as the catalogue
        found: Found | None = kept.get(key)
        if found is None:
            found = kept[key] = Found()
            for item in read(target, record, query, catalog):
                found.add(item)
        return found

    return column


def unit_of(record: Record) -> str:
    """The unit that a form's amounts are printed in; yuan where it says nothing."""
    unit = text_of(record.fields.get("amount_unit"))
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
        return Fact(record, label, cell, text, number=number, year=year, item=item)
    unit = cell.unit or unit_of(record)
    if not _plain(text):
        return Fact(record, label, cell, text, year=year, item=item)
    return Fact(record, label, cell, text, unit, Decimal(text) * UNITS[unit], True, year, item)


def _plain(text: str) -> bool:
    return text.isdecimal() or text.removeprefix("-").replace(".", "", 1).isdecimal()


def _spec(record: Record, name: str) -> tuple[str, Kind] | None:
    return _specs(record.form_type).get(name)


@cache
def _specs(form_type: FormType) -> dict[str, tuple[str, Kind]]:
    return {f.name: (f.label.split("（")[0], f.kind) for f in FORMS[form_type].fields}


def _field(
    target: Target, record: Record, query: Query, catalog: Catalog
) -> Iterable[Fact | Absent]:
    for name in target.names:
        cell, spec = record.fields.get(name), _spec(record, name)
        if cell is None or spec is None:
            continue
        label = spec[0].replace("{year}", text_of(record.fields.get("budget_year")))
        also = -1 if name == "previous_year_amount" else 0
        asked_itself = name in ("start_year", "end_year") and query.projects  # 是2023年开始的吗
        if asked_itself:
            return [make_fact(record, label, cell, spec[1])]
        if refused := _of_another_year(label, record, query, catalog, also):
            return [refused]
        return [make_fact(record, label, cell, spec[1])]
    return [Absent(record, "no_label", target.label)]


def _project(
    target: Target, record: Record, query: Query, catalog: Catalog
) -> Iterable[Fact | Absent]:
    cell = record.fields.get("name")
    return [Fact(record, "项目", cell, record.name)] if cell else []


def _budget(
    target: Target, record: Record, query: Query, catalog: Catalog
) -> Iterable[Fact | Absent]:
    """The money of a year: the form's current amount if that is its year, else the row of the
    funding plan."""
    current = _current(record)
    own_year = catalog.budget_years.get(key_of(record))
    if not query.years:
        return [_current_fact(record, current, own_year)]
    found: list[Fact | Absent] = []
    for year in query.years:
        if year == own_year and current is not None:
            found.append(_current_fact(record, current, own_year))
            continue
        rows = _rows_of_year(record, year)
        if rows:
            found += [_funding_fact(record, row, "declared", year) for row in rows]
        elif own_year is None and current is not None and not _years(record):
            found.append(Absent(record, "no_year", f"{year}年预算", None, "表上没有写明预算年度"))
        else:
            found.append(
                Absent(record, "no_year", f"{year}年预算", None, _years_given(record, own_year))
            )
    return found


def _current(record: Record) -> tuple[str, Cell] | None:
    for name in ("current_year_amount", "budget_amount"):
        if name in record.fields:
            return name, record.fields[name]
    return None


def _current_fact(
    record: Record, current: tuple[str, Cell] | None, year: int | None
) -> Fact | Absent:
    if current is None:
        return Absent(record, "no_label", "当年金额")
    name, cell = current
    label = "当年金额" if name == "current_year_amount" else "预算金额"
    return make_fact(record, f"{year}年{label}" if year else label, cell, Kind.AMOUNT, year=year)


def _years(record: Record) -> list[int]:
    years = (text_of(r.get("year")) for r in record.tables.get("annual_funding", ()))
    return sorted({int(y) for y in years if y.isdigit()})


def _years_given(record: Record, own_year: int | None) -> str:
    years = sorted({*_years(record), *([own_year] if own_year else [])})
    return f"表中有{'、'.join(f'{y}年' for y in years)}的金额" if years else ""


def _rows_of_year(record: Record, year: int) -> list[RecordRow]:
    rows = record.tables.get("annual_funding", ())
    return [r for r in rows if text_of(r.get("year")) == str(year)]


def _funding_fact(record: Record, row: RecordRow, column: str, year: int) -> Fact | Absent:
    name = {"declared": "申报金额", "approved": "审核金额"}[column]
    cell = row.get(column)
    if cell is None:
        return Absent(record, "no_label", f"{year}年{name}")
    return make_fact(record, f"{year}年{name}", cell, Kind.AMOUNT, year=year)


def _funding(
    target: Target, record: Record, query: Query, catalog: Catalog
) -> Iterable[Fact | Absent]:
    column = target.names[0] if target.names else "declared"
    if column not in ("declared", "approved"):
        column = "declared"
    years = query.years or _years(record)
    if not _years(record):
        return [Absent(record, "no_label", "分年度资金计划")]
    found: list[Fact | Absent] = []
    for year in years:
        rows = _rows_of_year(record, year)
        found += [_funding_fact(record, row, column, year) for row in rows]
        if not rows:
            own = catalog.budget_years.get(key_of(record))
            instead = _years_given(record, own)
            found.append(Absent(record, "no_year", f"{year}年{target.label}", None, instead))
    return found


def _cost(
    target: Target, record: Record, query: Query, catalog: Catalog
) -> Iterable[Fact | Absent]:
    rows = [r for r in rows_of(record) if r.table == "cost_items"]
    if not rows:
        return [Absent(record, "no_label", "项目资金构成")]
    wanted = [r for r in rows if not target.items or r.name in target.items]
    if not wanted:
        return [Absent(record, "no_row", target.label)]
    in_year = [r for r in wanted if not query.years or _row_year(r) in query.years]
    if not in_year:
        years = sorted({y for r in wanted if (y := _row_year(r))})
        instead = f"该明细有{'、'.join(f'{y}年' for y in years)}的金额"
        return [Absent(record, "no_year", target.label, None, instead)]
    column = target.names[0] if target.names else "amount"
    spec = FORMS[record.form_type].table("cost_items").column(column)
    found: list[Fact | Absent] = []
    for number, row in enumerate(in_year):
        year = _row_year(row)
        name = {"amount": "测算金额"}.get(column, spec.label.split("/")[0])
        label = f"{f'{year}年' if year else ''}{row.name}{name}"
        cell = row.cells.get(column)
        made = Absent(record, "no_label", label) if cell is None else (
            make_fact(record, label, cell, spec.kind, year=year, item=row.name)
        )  # fmt: skip
        found.append(replace(made, row=number) if isinstance(made, Fact) else made)
    return found


def _row_year(row: Row) -> int | None:
    text = text_of(row.cells.get("year"))
    return int(text) if text.isdigit() else None


def _indicator(
    target: Target, record: Record, query: Query, catalog: Catalog
) -> Iterable[Fact | Absent]:
    rows = [r for r in rows_of(record) if r.table == "indicators"]
    if not rows:
        return [Absent(record, "no_label", "绩效指标")]
    if refused := _of_another_year(target.label or "绩效指标", record, query, catalog):
        return [refused]
    chosen = indicator_rows(target, rows)
    if not chosen:
        return [Absent(record, "no_row", target.label)]
    found: list[Fact | Absent] = []
    for number, row in enumerate(chosen):
        found += _indicator_facts(record, row, number)
    return found


def _of_another_year(
    label: str, record: Record, query: Query, catalog: Catalog, also: int = 0
) -> Absent | None:
    """What a form says once it says of its own budget year (or the ``also``-th after it)."""
    own = catalog.budget_years.get(key_of(record))
    if any(t.kind in _BY_YEAR for t in query.targets):
        return None  # the year is that of the money
    if not query.years or (own and {own, own + also} & set(query.years)):
        return None
    asked = "、".join(f"{y}年" for y in query.years)
    instead = f"该表填报的是{own}年的内容" if own else "该表没有写明是哪一年的内容"
    return Absent(record, "no_year", f"{asked}的{label}", None, instead)


def indicator_rows(target: Target, rows: list[Row]) -> list[Row]:
    """Rows by their printed names, or by words of the category, narrowed to those whose name
    says them too: of the rows under 满意度指标 those that are a 满意度. 成本指标 is a category
    only, 成本 may be a part of a name."""
    if target.items:
        keys = {squeeze(i) for i in target.items}
        return [r for r in rows if r.key in keys]
    asked = squeeze(target.words)
    words = asked.removesuffix("指标")
    if not words:
        return rows
    category = [r for r in rows if _in_category(r, words)]
    pool = category or (rows if words == asked else [])
    if words == asked or "满意" in words:
        return [r for r in pool if words in r.key] or category
    return category


def _in_category(row: Row, words: str) -> bool:
    levels = (squeeze(text_of(row.cells.get(c))) for c in ("level2", "level1"))
    return any(words in level for level in levels)


def _indicator_facts(record: Record, row: Row, at: int) -> Iterable[Fact | Absent]:
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
            number = parse_target(made.value).number
            made = Fact(record, label, cell, made.value, number=number, item=row.name, row=at)
        yield made

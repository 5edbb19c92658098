"""The spans of a question → what is to be found. Pure."""

from __future__ import annotations

from assistant.ask.query.catalog import Catalog, Row
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.spans import Parsed, Span
from assistant.ask.query.words import EACH_YEAR
from schemas.forms import FORMS, FieldSpec, Kind
from schemas.queries import Target, TargetKind

_ROWS = 100
BUDGET_FIELDS = ("current_year_amount", "budget_amount")
_TABLE_KIND = {
    "annual_funding": TargetKind.FUNDING,
    "cost_items": TargetKind.COST,
    "indicators": TargetKind.INDICATOR,
}
_FUNDING = (
    (Sort.DECLARED, "declared", "申报金额"),
    (Sort.APPROVED, "approved", "审核金额"),
)
_MONEY = (Sort.MONEY, Sort.PLANNED, Sort.TOTAL)


def field_spec(name: str) -> FieldSpec | None:
    """The first form's account of a field."""
    for spec in FORMS.values():
        for item in spec.fields:
            if item.name == name:
                return item
    return None


def budget(label: str = "预算") -> Target:
    return Target(kind=TargetKind.BUDGET, names=list(BUDGET_FIELDS), label=label)


def field_target(names: tuple[str, ...] | list[str]) -> Target:
    """A target for fields of which any may answer."""
    if names and names[0] in BUDGET_FIELDS:
        return budget("当年金额")
    spec = field_spec(names[0]) if names else None
    label = spec.label.split("（")[0].removeprefix("其中：") if spec else ""
    return Target(kind=TargetKind.FIELD, names=list(names), label=label)


def is_amount(target: Target) -> bool:
    if target.kind in (TargetKind.BUDGET, TargetKind.FUNDING):
        return True
    if target.kind is TargetKind.COST:
        return bool(set(target.names) & {"amount", "unit_price"})
    spec = field_spec(target.names[0]) if target.names else None
    return bool(spec and spec.kind is Kind.AMOUNT) and target.kind is TargetKind.FIELD


def is_long_text(target: Target) -> bool:
    spec = field_spec(target.names[0]) if target.names else None
    return bool(spec and spec.kind is Kind.LONG_TEXT) and target.kind is TargetKind.FIELD


def row_target(rows: list[Row], parsed: Parsed, catalog: Catalog) -> Target:
    """The rows' own column of interest: an indicator's targets, a cost item's amount."""
    items = list(dict.fromkeys(r.name for r in rows[:_ROWS]))
    if len(rows) > _ROWS:  # rows of one name in very many forms
        keys = dict.fromkeys(r.key for r in rows)
        items = [name for key in keys for name in catalog.row_items.get(key, ())]
    if rows[0].table == "indicators":
        return Target(
            kind=TargetKind.INDICATOR, names=_columns(parsed, "indicators"), items=items,
            label="、".join(items[:3]),
        )  # fmt: skip
    names = _columns(parsed, "cost_items") or ["amount"]
    return Target(kind=TargetKind.COST, names=names, items=items, label="、".join(items[:3]))


def _columns(parsed: Parsed, table: str) -> list[str]:
    found = [
        n.split(".")[1] for s in parsed.of(Sort.COLUMN) for n in s.names if n.startswith(table)
    ]
    return list(dict.fromkeys(found))


def targets_of(
    spans: list[Span], parsed: Parsed, catalog: Catalog, projects: list[str]
) -> list[Target]:
    """What ``spans`` ask for, most telling words first; empty if they name nothing."""
    sorts = {s.sort for s in spans}
    if rows := _exact_rows(spans, catalog, projects):
        return [row_target(rows, parsed, catalog)]
    if Sort.CATEGORY in sorts:
        word = next(s.word for s in spans if s.sort is Sort.CATEGORY)
        return [
            Target(
                kind=TargetKind.INDICATOR, names=_columns(parsed, "indicators"),
                words=word, label=word,
            )
        ]  # fmt: skip
    if columns := _column_targets(spans, catalog, projects):
        return columns
    fields = [field_target(s.names) for s in spans if s.sort is Sort.FIELD]
    if _last_year(spans, parsed):
        fields = [field_target(["previous_year_amount"]), budget()]
    elif any(s.word == "去年预算" for s in spans) and catalog.common_year:
        parsed.spans.append(_year_before(parsed, catalog.common_year))
        fields.append(budget())  # the form may state last year's money in two places
    if Sort.PERIOD in sorts:
        fields += [field_target(["start_year"]), field_target(["end_year"])]
    if fields:
        return _unique(fields + _beside(fields, spans, parsed))
    return _money_targets(spans, parsed, catalog, projects) or _weak_targets(spans)


_PLAN = frozenset([Sort.DECLARED, Sort.APPROVED])
_AGO = frozenset(["去年", "上年", "上一年"])


def _last_year(spans: list[Span], parsed: Parsed) -> bool:
    """上一年安排了多少预算: a form may state it in a field of its own, and in its plan."""
    years = [s.word for s in parsed.of(Sort.YEAR)]
    sorts = {s.sort for s in spans}
    plain = Sort.MONEY in sorts and not sorts & (_PLAN | {Sort.FIELD, Sort.TOTAL})
    return plain and len(years) == 1 and years[0] in _AGO and "比" not in parsed.text


def _beside(fields: list[Target], spans: list[Span], parsed: Parsed) -> list[Target]:
    """Amounts of years that are asked beside a field: 总金额和2025年预算."""
    sorts = {s.sort for s in spans}
    funding = [_funding(column, label) for sort, column, label in _FUNDING if sort in sorts]
    if funding:
        return funding
    if Sort.TOTAL in sorts:
        return [budget() if parsed.years else field_target(["total_amount"])]
    if not any(is_amount(f) for f in fields):
        asked = any(s.word in _HOW_MUCH for s in spans if s.sort is Sort.MONEY)
        return [budget()] if asked else []
    said = [s.word for s in spans if s.sort is Sort.MONEY]
    said += ["合计" for s in spans if "sum" in s.names and s.sort is Sort.OPERATION]
    if said and not parsed.years and EACH_YEAR.search(parsed.text):
        return [_funding("declared", "申报金额")]
    return [budget()] if parsed.years and any(w not in VAGUE for w in said) else []


def _funding(column: str, label: str) -> Target:
    return Target(kind=TargetKind.FUNDING, names=[column], label=label)


def _year_before(parsed: Parsed, year: int) -> Span:
    end = len(parsed.text)
    return Span(end, end, Sort.YEAR, "", years=(year - 1,))


def is_numeric(target: Target, *, added: bool) -> bool:
    """Whether values of the target can be ranked, or added up: years can only be ranked."""
    if target.kind is TargetKind.PROJECT:
        return False
    if target.kind is not TargetKind.FIELD:
        return True
    spec = field_spec(target.names[0]) if target.names else None
    kinds = {Kind.AMOUNT, Kind.NUMBER} if added else {Kind.AMOUNT, Kind.NUMBER, Kind.YEAR}
    return bool(spec and spec.kind in kinds)


def _unique(targets: list[Target]) -> list[Target]:
    return list({t.model_dump_json(): t for t in targets}.values())


def _exact_rows(spans: list[Span], catalog: Catalog, projects: list[str]) -> list[Row]:
    found = [r for s in spans if s.sort is Sort.ROW for r in catalog.row_names[s.word]]
    if not projects:
        return found
    inside = [r for r in found if r.record.name in set(_stored_names(projects, catalog))]
    return inside or found


def _stored_names(projects: list[str], catalog: Catalog) -> list[str]:
    return [r.name for p in projects for r in catalog.projects.get(p, ())]


def has_costs(catalog: Catalog, projects: list[str]) -> bool:
    """Whether the projects (all if empty) have a composition of funds."""
    records = [r for p in projects for r in catalog.projects.get(p, ())]
    return any(r.tables.get("cost_items") for r in records) if records else catalog.has_costs


def _column_targets(spans: list[Span], catalog: Catalog, projects: list[str]) -> list[Target]:
    columns = [s for s in spans if s.sort is Sort.COLUMN]
    found: list[Target] = []
    for span in columns:
        table, column = span.names[0].split(".")
        if table == "indicators":
            continue
        found.append(Target(kind=_TABLE_KIND[table], names=[column], label=span.word))
    if found and found[0].kind is TargetKind.COST and not has_costs(catalog, projects):
        return []
    if not found and columns and not any(s.sort in _MONEY for s in spans):
        names = [n.split(".")[1] for s in columns for n in s.names if n.startswith("indicators.")]
        if not any(s.sort is Sort.FIELD for s in spans):
            return [Target(kind=TargetKind.INDICATOR, names=names, label="绩效指标")]
    return found


def _money_targets(
    spans: list[Span], parsed: Parsed, catalog: Catalog, projects: list[str]
) -> list[Target]:
    sorts = {s.sort for s in spans}
    if Sort.ITEMS in sorts and has_costs(catalog, projects) and len(projects) == 1:
        return [Target(kind=TargetKind.COST, names=["amount"], label="测算金额")]
    if named := [_funding(column, label) for sort, column, label in _FUNDING if sort in sorts]:
        return named
    if Sort.TOTAL in sorts:
        return [budget()] if parsed.years else [field_target(["total_amount"])]
    if Sort.PLANNED in sorts and Sort.MONEY not in sorts:
        return [_funding("declared", "申报金额")]
    if Sort.MONEY in sorts or Sort.PLANNED in sorts:
        if not parsed.years and EACH_YEAR.search(parsed.text):
            return [_funding("declared", "申报金额")]
        vague = all(s.word in VAGUE for s in spans if s.sort is Sort.MONEY)
        if vague and projects and not parsed.years:
            return [budget("当年金额"), field_target(["total_amount"])]
        return [budget()]
    return []


# Which amount these mean is open where no year stands with them: both are told.
VAGUE = frozenset(
    ["多少钱", "花多少钱", "要多少钱", "用多少钱", "花费", "费用", "钱", "金额", "多少资金", "资金"]
)
# Beside another field these still ask for an amount of their own.
_HOW_MUCH = frozenset(["预算", "预算金额", "预算资金", "预算数", "多少钱", "要多少钱", "花多少钱"])
NOT_TARGETS = frozenset(["项目", "项目名称", "名称", "哪个项目", "金额", "资金"])


def _weak_targets(spans: list[Span]) -> list[Target]:
    weak = [s for s in spans if s.sort is Sort.WEAK and s.word not in NOT_TARGETS]
    return _unique([field_target(s.names) for s in weak[:2]])

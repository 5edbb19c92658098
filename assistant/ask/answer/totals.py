"""Sums, averages, shares and groups of amounts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.ask.answer.bench import (
    SHOWN,
    Bench,
    Result,
    and_notes,
    left_out,
    nothing,
    numeric,
    projects_of,
    values_of,
)
from assistant.ask.answer.facts import Fact
from assistant.ask.answer.wording import money, plain, two_places
from assistant.ask.query.targets import is_amount
from assistant.text.amounts import parse_target
from schemas.answers import AnswerValue
from schemas.queries import Operation, Target, TargetKind

MIXED = "这些指标的单位不同，不能放在一起计算或排序，请写出指标的名称。"


def mixed(facts: Sequence[Fact], target: Target) -> bool:
    """Hours and percentages are not added up."""
    return target.kind is TargetKind.INDICATOR and len({_unit(f.value) for f in facts}) > 1


def _unit(value: str) -> str:
    unit = parse_target(value).unit
    return "%" if unit.startswith("%") else unit


def sum_of(facts: Sequence[Fact]) -> Decimal:
    return sum((f.number for f in facts if f.number is not None), Decimal(0))


def numbers_of(bench: Bench) -> tuple[list[Fact], list[str]] | Result:
    """The numbers of the first target, fit to be added up or ranked, with notes on what is left
    out; or the answer that there are none."""
    target = bench.query.targets[0]
    facts, notes, absent = numeric(bench, target)
    if not facts:
        return nothing(absent, bench)
    if mixed(facts, target):
        return Result(status="not_found", text=MIXED)
    return facts, notes


def aggregate(bench: Bench) -> Result:
    """The sum or the average of a target's values."""
    query, target, found = bench.query, bench.query.targets[0], numbers_of(bench)
    if isinstance(found, Result):
        return found
    facts, notes = found
    total = sum_of(facts)
    projects = len({bench.catalog.identity[id(f.record)] for f in facts})
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[:SHOWN]])
    if len(facts) > SHOWN:
        result.shown.append(f"……共{len(facts)}个数值")
    number, word = total, "合计"
    if query.operation is Operation.AVERAGE:
        number, word = Decimal(two_places(total / len(facts))), "平均"
    is_money = facts[0].money
    unit = "" if target.kind is not TargetKind.INDICATOR else _unit(facts[0].value)
    said = money(number, query.unit) if is_money else f"{plain(number)}{unit}"
    what = what_of(facts, target)
    who = f"{projects}个项目" if projects > 1 else facts[0].project
    added = money(total) if is_money else plain(total)
    result.shown.append(f"{who}的{what}合计：{added}（{len(facts)}个数值相加）")
    if word == "平均":
        result.shown.append(f"{who}的{what}平均：{plain(total)} ÷ {len(facts)} = {said}")
    elif query.unit:
        result.shown.append(f"{who}的{what}合计：{said}")
    result.text = f"{who}的{what}{word}{said}。"
    if query.language == "en":
        verb = "Total" if word == "合计" else "Average"
        result.text = f"{verb} of {len(facts)} values: {plain(number)} yuan."
    result.values = [
        AnswerValue(label=f"{what}{word}", value=f"{number:f}", unit="元" if is_money else "")
    ]
    result.parts = values_of(facts) if len(facts) > 1 else []
    if query.named:
        names = list(dict.fromkeys(f.project for f in facts))
        listed = f"共{len(names)}个项目：{'；'.join(names[:SHOWN])}。"
        result.text += listed
        result.shown.append(listed)
        result.values += [AnswerValue(label="项目", value=n) for n in names]
    return and_notes(result, notes)


def what_of(facts: Sequence[Fact], target: Target) -> str:
    labels = dict.fromkeys(f.label for f in facts)
    if len(labels) == 1:
        return next(iter(labels))
    years = sorted({f.year for f in facts if f.year})
    prefix = "、".join(f"{y}年" for y in years) if len(years) <= 6 else ""
    return f"{prefix}{target.label or '金额'}"


def ratio(bench: Bench) -> Result:
    """A value, or a sum, as a share of another."""
    query = bench.query
    parts, notes, absent = numeric(bench, query.targets[0])
    whole_query = query.model_copy(
        update={"projects": [], "filters": query.whole_filters}
        if query.whole_of_all or query.whole_filters
        else {}
    )
    whole_target = query.whole or query.targets[0]
    wholes, more, _ = numeric(Bench(whole_query, bench.catalog, bench.document), whole_target)
    part, whole = sum_of(parts), sum_of(wholes)
    if not parts or not wholes:
        return nothing(absent, bench) if not parts else Result(
            status="not_found", text=f"表上没有可作分母的{whole_target.label}。"
        )  # fmt: skip
    if whole == 0:
        return Result(status="not_found", text=f"{whole_target.label}为0，不能计算占比。")
    share = two_places(part / whole * 100)
    facts = list({f.key: f for f in (*parts, *wholes)}.values())
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[:SHOWN]])
    formula = f"{plain(part)} ÷ {plain(whole)} = {share}%"
    of_all = "全部项目" if query.whole_of_all and not query.whole_filters else ""
    what = f"{what_of(parts, query.targets[0])}占{of_all}{what_of(wholes, whole_target)}的"
    who = parts[0].project if len({f.project for f in parts}) == 1 else "这些项目"
    told = f"{who}{what}{share}%（{formula}）"
    result.shown.append(told)
    result.text = f"{told}。"
    result.values = [AnswerValue(label="占比", value=share, unit="%")]
    return and_notes(result, [*notes, *more])


def group(bench: Bench) -> Result:
    """Projects counted, or amounts summed, for each value of a field or each year."""
    query = bench.query
    target = query.targets[0]
    if query.group_by == "year" and target.kind is not TargetKind.PROJECT:
        return _by_year(bench, target)
    names = query.group_by.split("/") if query.group_by not in ("", "year") else ["start_year"]
    counted = not is_amount(target)
    groups: _Groups = {}
    by = Target(kind=TargetKind.FIELD, names=names, label="该栏的内容")
    missing: list[str] = []
    keyed = projects_of(replace(bench, query=query.model_copy(update={"years": []})), by)
    valued = keyed if counted else projects_of(bench, target)
    for project, values in zip(keyed, valued, strict=True):
        if not project.facts:
            missing.append(project.name)
            continue
        key = project.facts[0]
        own = [key] if counted else [f for f in values.facts if f.number is not None]
        groups.setdefault(key.value, []).extend((project.name, f) for f in own)
    if not any(groups.values()):
        return Result(status="not_found", text="表上没有可用来分组的内容。")
    notes = [left_out(missing, by)] if missing else []
    return and_notes(_grouped(groups, bench, counted), notes)


def _grouped(groups: _Groups, bench: Bench, counted: bool) -> Result:
    result = Result()
    parts: list[str] = []
    for key in sorted(groups) if not bench.query.order else _first(groups, bench, counted):
        facts = [f for _, f in groups[key]]
        result.facts += facts
        result.shown += [bench.line(f) for f in facts[: SHOWN - len(result.shown)]]
        if counted:
            said, value, unit = f"{len(facts)}个", str(len(facts)), "个"
        else:
            total = sum_of(facts)
            said, value, unit = money(total, bench.query.unit), f"{total:f}", "元"
        parts.append(f"{key}：{said}")
        result.values.append(AnswerValue(label=key, value=value, unit=unit))
    result.shown += parts
    result.text = "；".join(parts) + "。"
    if bench.query.order:
        sizes = (f"{k}：{plain(v)}" for k, v in sorted(_sizes(groups, counted).items()))
        result.shown += ["各组：" + "；".join(sizes)]
        result.text = f"{'最多' if bench.query.order == 'max' else '最少'}的是{result.text}"
    return result


_Groups = dict[str, list[tuple[str, Fact]]]


def _sizes(groups: _Groups, counted: bool) -> dict[str, Decimal]:
    """The count or the sum of each group."""
    return {k: Decimal(len(g)) if counted else sum_of([f for _, f in g]) for k, g in groups.items()}


def _first(groups: _Groups, bench: Bench, counted: bool) -> list[str]:
    """The largest or smallest groups; equal ones together."""
    sizes = _sizes(groups, counted)
    wanted = (max if bench.query.order == "max" else min)(sizes.values())
    return sorted(k for k, size in sizes.items() if size == wanted)


def _by_year(bench: Bench, target: Target) -> Result:
    if target.kind is TargetKind.BUDGET:
        target = Target(kind=TargetKind.FUNDING, names=["declared"], label="申报金额")
    facts, notes, absent = numeric(bench, target)
    groups: _Groups = {}
    for fact in (f for f in facts if f.year):
        groups.setdefault(f"{fact.year}年", []).append((fact.project, fact))
    if not groups:
        return nothing(absent, bench) if absent else Result(
            status="not_found", text=f"表上的{target.label or '该项金额'}没有分年度的数值。"
        )  # fmt: skip
    return and_notes(_grouped(groups, bench, False), notes)

"""Sums, averages, rankings, differences, shares and groups of amounts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.amounts import parse_target
from assistant.answer_bench import (
    SHOWN,
    Bench,
    Result,
    and_notes,
    join,
    nothing,
    numeric,
    projects_of,
    value_of,
)
from assistant.answer_facts import Absent, Fact
from assistant.answer_lists import lookup
from assistant.answer_wording import money, plain, two_places
from assistant.passages import squeeze
from assistant.query_targets import is_amount
from schemas.answers import AnswerValue
from schemas.queries import Operation, Target, TargetKind

_MIXED = "这些指标的单位不同，不能放在一起计算或排序，请写出指标的名称。"


def _mixed(facts: Sequence[Fact], target: Target) -> bool:
    """Hours and percentages are not added up."""
    return target.kind is TargetKind.INDICATOR and len({_unit(f.value) for f in facts}) > 1


def _unit(value: str) -> str:
    unit = parse_target(value).unit
    return "%" if unit.startswith("%") else unit


def aggregate(bench: Bench) -> Result:
    """The sum or the average of a target's values."""
    query, target = bench.query, bench.query.targets[0]
    facts, notes, absent = numeric(bench, target)
    if not facts:
        return nothing(absent, bench)
    if _mixed(facts, target):
        return Result(status="not_found", text=_MIXED)
    total = sum((f.number for f in facts if f.number is not None), Decimal(0))
    projects = len({squeeze(f.project) for f in facts})
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[:SHOWN]])
    if len(facts) > SHOWN:
        result.shown.append(f"……共{len(facts)}个数值")
    number, word = total, "合计"
    if query.operation is Operation.AVERAGE:
        number, word = Decimal(two_places(total / len(facts))), "平均"
    is_money = facts[0].money
    said = money(number, query.unit) if is_money else plain(number)
    what = _what(facts, target)
    formula = f"合计：{money(total) if is_money else plain(total)}（{len(facts)}个数值相加）"
    result.shown.append(formula)
    if word == "平均":
        result.shown.append(f"平均：{plain(total)} ÷ {len(facts)} = {said}")
    elif query.unit:
        result.shown.append(f"合计：{said}")
    result.text = f"{projects}个项目的{what}{word}{said}。" if projects > 1 else (
        f"{facts[0].project}的{what}{word}{said}。"
    )  # fmt: skip
    result.shown.append(f"{projects}个项目，{what}")
    if query.language == "en":
        verb = "Total" if word == "合计" else "Average"
        result.text = f"{verb} of {len(facts)} values: {plain(number)} yuan."
    result.values = [
        AnswerValue(label=f"{what}{word}", value=f"{number:f}", unit="元" if is_money else "")
    ]
    return and_notes(result, notes)


def _what(facts: Sequence[Fact], target: Target) -> str:
    labels = dict.fromkeys(f.label for f in facts)
    if len(labels) == 1:
        return next(iter(labels))
    years = sorted({f.year for f in facts if f.year})
    prefix = "、".join(f"{y}年" for y in years) if len(years) <= 6 else ""
    return f"{prefix}{target.label or '金额'}"


def rank(bench: Bench) -> Result:
    """The highest or lowest values; ties stand together."""
    query, target = bench.query, bench.query.targets[0]
    facts, notes, absent = numeric(bench, target)
    if not facts:
        return nothing(absent, bench)
    if _mixed(facts, target):
        return Result(status="not_found", text=_MIXED)
    ordered = sorted(
        facts, key=lambda f: f.number or Decimal(0), reverse=query.operation is Operation.MAX
    )
    limit = ordered[min(query.limit, len(ordered)) - 1].number
    best = [f for i, f in enumerate(ordered) if i < query.limit or f.number == limit]
    result = Result(facts=best)
    result.shown = [f"{i}. {bench.line(f)}" for i, f in enumerate(ordered[:SHOWN], 1)]
    if len(best) > 1:
        lines = join([f"{i}. {bench.sentence(f)}" for i, f in enumerate(best, 1)], query.language)
    else:
        lines = join([bench.sentence(best[0])], query.language)
    highest = query.operation is Operation.MAX
    if query.language == "en":
        result.text = f"{'Highest' if highest else 'Lowest'}: {lines}"
    elif len(best) > 1 and query.limit > 1:
        result.text = f"{'从高到低' if highest else '从低到高'}：{lines}"
    else:
        result.text = f"{'最高' if highest else '最低'}的是{lines}"
    result.values = [value_of(f) for f in best]
    return and_notes(result, notes)


def compare(bench: Bench) -> Result:
    """The difference of two values: of two projects, two years or two columns."""
    sides: list[tuple[Target, list[Fact]]] = []
    absent: list[Absent] = []
    several = len(bench.query.targets) > 1
    for target in bench.query.targets:
        found = projects_of(bench, target)
        facts = [f for p in found for f in p.facts if f.number is not None]
        absent += [a for p in found for a in p.absent]
        sides += [(target, facts)] if several and facts else [(target, [f]) for f in facts]
    if len(sides) < 2 and absent:
        return nothing(absent, bench)
    units = {f.money for _, facts in sides for f in facts}
    if len(sides) != 2 or len(units) > 1:
        return lookup(bench)
    if max(len(facts) for _, facts in sides) > 1:
        summable = len(bench.query.projects) == 1 and units == {True}
        return _sums_compared(sides, bench) if summable else lookup(bench)
    first, second = sides[0][1][0], sides[1][1][0]
    if len(bench.query.projects) == 1 and (first.year or 0) > (second.year or 0):
        first, second = second, first
    return _difference(first, second, bench)


def _sums_compared(sides: list[tuple[Target, list[Fact]]], bench: Bench) -> Result:
    """Whether 各年资金 add up to 总金额: one side is a sum."""
    sums = [sum((f.number or Decimal(0) for f in facts), Decimal(0)) for _, facts in sides]
    names = [_what(facts, target) for target, facts in sides]
    gap = abs(sums[0] - sums[1])
    verdict = "两者相等" if gap == 0 else f"两者不相等，相差{money(gap, bench.query.unit)}"
    facts = [f for _, side in sides for f in side]
    told = "；".join(f"{n}：{money(s)}" for n, s in zip(names, sums, strict=True))
    result = Result(facts=facts, shown=[bench.line(f) for f in facts])
    result.shown += [told, verdict]
    result.text = f"{facts[0].project}的{told}。{verdict}。"
    result.values = [
        AnswerValue(label=n, value=f"{s:f}", unit="元") for n, s in zip(names, sums, strict=True)
    ]
    return result


def _difference(first: Fact, second: Fact, bench: Bench) -> Result:
    a, b = first.number or Decimal(0), second.number or Decimal(0)
    high, low = (first, second) if a >= b else (second, first)
    gap = abs(a - b)
    is_money = first.money and second.money
    said = money(gap, bench.query.unit) if is_money else plain(gap)
    lines = "；".join(bench.sentence(f) for f in (first, second))
    same_project = squeeze(first.project) == squeeze(second.project)
    if gap == 0:
        verdict = "两者相同，相差0"
    elif same_project:
        verdict = f"{high.label}比{low.label}高{said}"
    else:
        verdict = f"{high.project}更高，高{said}"
    if same_project and first.year and second.year and gap:
        verdict = f"{second.year}年比{first.year}年{'增加' if b > a else '减少'}{said}"
        if a:
            rate = two_places(abs(b - a) / a * 100)
            verdict += f"，{'增长' if b > a else '下降'}{rate}%"
    result = Result(facts=[first, second], shown=[bench.line(first), bench.line(second)])
    result.shown.append(f"相差：{plain(max(a, b))} - {plain(min(a, b))} = {said}")
    result.shown.append(verdict)
    result.text = f"{lines}。{verdict}。"
    result.values = [value_of(first), value_of(second)]
    result.values.append(AnswerValue(label="相差", value=f"{gap:f}", unit="元" if is_money else ""))
    return result


def ratio(bench: Bench) -> Result:
    """A value, or a sum, as a share of another."""
    query = bench.query
    parts, notes, absent = numeric(bench, query.targets[0])
    whole_query = query.model_copy(
        update={"projects": [], "filters": []} if query.whole_of_all else {}
    )
    whole_target = query.whole or query.targets[0]
    wholes, more, _ = numeric(Bench(whole_query, bench.catalog, bench.document), whole_target)
    part = sum((f.number for f in parts if f.number is not None), Decimal(0))
    whole = sum((f.number for f in wholes if f.number is not None), Decimal(0))
    if not parts or not wholes:
        return nothing(absent, bench) if not parts else Result(
            status="not_found", text=f"表上没有可作分母的{whole_target.label}。"
        )  # fmt: skip
    if whole == 0:
        return Result(status="not_found", text=f"{whole_target.label}为0，不能计算占比。")
    share = two_places(part / whole * 100)
    facts = [*parts, *(f for f in wholes if f not in parts)]
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[:SHOWN]])
    formula = f"{plain(part)} ÷ {plain(whole)} = {share}%"
    result.shown.append(formula)
    what = f"{_what(parts, query.targets[0])}占{_what(wholes, whole_target)}的"
    result.shown.append(what)
    who = parts[0].project if len({f.project for f in parts}) == 1 else "这些项目"
    result.text = f"{who}{what}{share}%（{formula}）。"
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
    groups: dict[str, list[tuple[str, Fact]]] = {}
    by = Target(kind=TargetKind.FIELD, names=names)
    notes: list[str] = []
    values = {} if counted else {p.name: p for p in projects_of(bench, target)}
    for project in projects_of(bench, by):
        if not project.facts:
            notes.append(f"{project.name}没有填写该栏，未计入。")
            continue
        key = project.facts[0]
        own = [key] if counted else [f for f in values[project.name].facts if f.number is not None]
        groups.setdefault(key.value, []).extend((project.name, f) for f in own)
    if not any(groups.values()):
        return Result(status="not_found", text="表上没有可用来分组的内容。")
    return and_notes(_grouped(groups, bench, counted), notes)


def _grouped(groups: dict[str, list[tuple[str, Fact]]], bench: Bench, counted: bool) -> Result:
    result = Result()
    parts: list[str] = []
    for key in sorted(groups):
        facts = [f for _, f in groups[key]]
        result.facts += facts
        result.shown += [bench.line(f) for f in facts]
        if counted:
            said, value, unit = f"{len(facts)}个", str(len(facts)), "个"
        else:
            total = sum((f.number for f in facts if f.number is not None), Decimal(0))
            said, value, unit = money(total, bench.query.unit), f"{total:f}", "元"
        parts.append(f"{key}：{said}")
        result.values.append(AnswerValue(label=key, value=value, unit=unit))
    result.shown += parts
    result.text = "；".join(parts) + "。"
    return result


def _by_year(bench: Bench, target: Target) -> Result:
    if target.kind is TargetKind.BUDGET:
        target = Target(kind=TargetKind.FUNDING, names=["declared"], label="申报金额")
    facts, notes, absent = numeric(bench, target)
    groups: dict[str, list[tuple[str, Fact]]] = {}
    for fact in facts:
        groups.setdefault(f"{fact.year}年", []).append((fact.project, fact))
    if not groups:
        return nothing(absent, bench)
    return and_notes(_grouped(groups, bench, False), notes)

"""Projects ranked by how many rows they have, and groups by their averages. Pure."""

from __future__ import annotations

from decimal import Decimal

from assistant.answer_bench import SHOWN, Bench, Result, and_notes, left_out, nothing, projects_of
from assistant.answer_facts import Fact
from assistant.answer_totals import sum_of
from assistant.answer_wording import money, plain, two_places
from assistant.query_catalog import key_of
from schemas.answers import AnswerValue
from schemas.queries import Operation, Target, TargetKind


def rank_by_count(bench: Bench) -> Result:
    """哪个项目的指标最多: the projects with the most rows, all that tie."""
    query, target = bench.query, bench.query.targets[0]
    facts = {p.name: p.facts for p in projects_of(bench, target) if p.facts}
    if not facts:
        return nothing([a for p in projects_of(bench, target) for a in p.absent], bench)
    sizes = {name: len({(key_of(f.record), f.row) for f in own}) for name, own in facts.items()}
    highest = query.operation is Operation.MAX
    order = sorted(sizes, key=lambda n: -sizes[n] if highest else sizes[n])
    limit = sizes[order[min(max(query.limit, 1), len(order)) - 1]]
    chosen = [n for n in order if (sizes[n] >= limit if highest else sizes[n] <= limit)]
    unit = "项" if target.kind is TargetKind.COST else "个"
    what = target.label or "绩效指标"
    lines = [f"{name}的{what}：{sizes[name]}{unit}" for name in chosen]
    result = Result(facts=[f for n in chosen for f in facts[n]])
    result.shown = [f"{n}的{what}：{sizes[n]}{unit}" for n in order[:SHOWN]]
    result.text = f"{'最多' if highest else '最少'}的是{'；'.join(lines)}。"
    result.values = [AnswerValue(label="项目", value=n) for n in chosen]
    result.values += [
        AnswerValue(label=f"{n} · {what}数量", value=str(sizes[n]), unit=unit) for n in chosen
    ]
    return result


def group_averages(bench: Bench) -> Result:
    """各类别的平均预算: the average of each group."""
    query, target = bench.query, bench.query.targets[0]
    names = query.group_by.split("/")
    by = Target(kind=TargetKind.FIELD, names=names, label="该栏的内容")
    groups: dict[str, list[Fact]] = {}
    missing: list[str] = []
    keys = projects_of(_without_years(bench), by)
    for key, values in zip(keys, projects_of(bench, target), strict=True):
        own = [f for f in values.facts if f.number is not None]
        if not key.facts or not own:
            missing.append(values.name)
            continue
        groups.setdefault(key.facts[0].value, []).extend(own)
    if not groups:
        return Result(status="not_found", text="表上没有可用来分组的内容。")
    result = Result(facts=[f for own in groups.values() for f in own])
    result.shown = [bench.line(f) for f in result.facts[:SHOWN]]
    parts: list[str] = []
    for name in sorted(groups):
        total, count = sum_of(groups[name]), len(groups[name])
        mean = Decimal(two_places(total / count))
        parts.append(f"{name}：平均{money(mean, query.unit)}（{plain(total)} ÷ {count}）")
        result.values.append(AnswerValue(label=f"{name} · 平均", value=f"{mean:f}", unit="元"))
    result.shown += parts
    result.text = "；".join(parts) + "。"
    return and_notes(result, [left_out(missing, target)] if missing else [])


def _without_years(bench: Bench) -> Bench:
    return Bench(bench.query.model_copy(update={"years": []}), bench.catalog, bench.document)

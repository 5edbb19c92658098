"""Projects ranked by how many rows they have, and groups by their averages. Pure."""

from __future__ import annotations

from decimal import Decimal

from assistant.ask.answer.bench import (
    SHOWN,
    Bench,
    Result,
    and_notes,
    left_out,
    nothing,
    projects_of,
)
from assistant.ask.answer.facts import Fact
from assistant.ask.answer.totals import sum_of
from assistant.ask.answer.wording import money, plain, two_places
from schemas.answers import AnswerValue
from schemas.queries import Operation, Target, TargetKind


def rank_by_count(bench: Bench) -> Result:
    """哪个项目的指标最多: the projects with the most rows, all that tie."""
    query, target = bench.query, bench.query.targets[0]
    facts = {p.name: p.facts for p in projects_of(bench, target) if p.facts}
    if not facts:
        return nothing([a for p in projects_of(bench, target) for a in p.absent], bench)
    sizes = {name: len({(f.record.key, f.row) for f in own}) for name, own in facts.items()}
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


def rank_by_share(bench: Bench) -> Result:
    """哪个项目的当年金额占总金额的比例最高: each project's own share, the first of them."""
    query = bench.query
    part, whole = query.targets[0], query.whole or query.targets[0]
    shares: list[tuple[Decimal, Fact, Fact]] = []
    missing: list[str] = []
    for mine, all_of_it in zip(projects_of(bench, part), projects_of(bench, whole), strict=True):
        own = [f for f in mine.facts if f.number is not None]
        wholes = [f for f in all_of_it.facts if f.number]
        if len(own) == len(wholes) == 1:
            share = (own[0].number or Decimal(0)) / (wholes[0].number or Decimal(1)) * 100
            shares.append((share, own[0], wholes[0]))
        else:
            missing.append(mine.name)
    if not shares or part == whole:
        return Result(status="not_found", text="表上没有可以算出各项目占比的两个数值。")
    order = sorted(shares, key=lambda s: s[0], reverse=query.order == "max")
    last = order[min(max(query.limit, 1), len(order)) - 1][0]
    chosen = [s for s in order if (s[0] >= last if query.order == "max" else s[0] <= last)]
    result = Result(facts=[f for _, one, other in chosen for f in (one, other)])
    result.shown = [_share(s) for s in order[:SHOWN]]
    first = "最高" if query.order == "max" else "最低"
    result.text = f"占比{first}的是{'；'.join(_share(s) for s in chosen)}。"
    for share, fact, _ in chosen:
        result.values.append(AnswerValue(label="项目", value=fact.project))
        said = two_places(share)
        result.values.append(AnswerValue(label=f"{fact.project} · 占比", value=said, unit="%"))
    return and_notes(result, [left_out(missing, whole)] if missing else [])


def _share(share: tuple[Decimal, Fact, Fact]) -> str:
    value, part, whole = share
    formula = f"{plain(part.number or Decimal(0))} ÷ {plain(whole.number or Decimal(0))}"
    told = f"{part.label}占{whole.label}的{two_places(value)}%"
    return f"{part.project}：{told}（{formula}，第{part.page}页）"

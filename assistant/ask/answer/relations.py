"""Comparisons beyond the difference of two values: how many times, whether a claim holds, sums
of two kinds of projects, sums that must foot, values above the average. Pure."""

from __future__ import annotations

from decimal import Decimal

from assistant.ask.answer.bench import (
    SHOWN,
    Bench,
    Result,
    and_notes,
    left_out,
    nothing,
    numeric,
    value_of,
)
from assistant.ask.answer.facts import Fact, facts_of, make_fact
from assistant.ask.answer.filters import passing
from assistant.ask.answer.rank import compare
from assistant.ask.answer.totals import sum_of, what_of
from assistant.ask.answer.wording import money, plain, two_places
from schemas.answers import AnswerValue
from schemas.forms import Kind
from schemas.queries import Query, Target, TargetKind
from schemas.records import Record


def claimed(bench: Bench) -> Result:
    """便民热线的预算比档案项目少吗: the difference, and whether it is so."""
    result = compare(bench)
    if result.status != "answered" or len(result.facts) != 2:
        return result
    first, second = _as_asked(result.facts, bench.query)
    more = first > second if bench.query.claim == "more" else first < second
    result.text = ("是。" if more else "否。") + result.text
    return result


def times(bench: Bench) -> Result:
    """政务云的预算是热线的几倍: the difference and the quotient."""
    result = compare(bench)
    if result.status != "answered" or len(result.facts) != 2:
        return result
    first, second = _as_asked(result.facts, bench.query)
    if not second:
        return and_notes(result, ["除数为0，不能计算倍数。"])
    quotient = two_places(first / second)
    told = f"{plain(first)} ÷ {plain(second)} = {quotient}"
    result.shown.append(told)
    result.values.append(AnswerValue(label="倍数", value=quotient, unit="倍"))
    return and_notes(result, [f"前者是后者的{quotient}倍（{told}）。"])


def _as_asked(facts: list[Fact], query: Query) -> tuple[Decimal, Decimal]:
    """The two numbers in the order of the question: of two years the later one comes first."""
    first, second = (f.number or Decimal(0) for f in facts)
    later_first = len(query.projects) == 1 and len(query.years) == 2
    return (second, first) if later_first else (first, second)


def two_kinds(bench: Bench) -> Result:
    """部门职能类比市政府投资类预算多多少: the sums over two values of one field."""
    query, target = bench.query, bench.query.targets[0]
    (condition,) = (f for f in query.filters if f.also)
    sums: list[tuple[str, Decimal]] = []
    result, notes = Result(), []
    for value in (condition.value, *condition.also):
        one = condition.model_copy(update={"value": value, "also": []})
        rest = [f for f in query.filters if f is not condition]
        own = query.model_copy(update={"filters": [one, *rest]})
        facts, more, absent = numeric(Bench(own, bench.catalog, bench.document), target)
        if not facts:
            return nothing(absent, bench)
        sums.append((f"{value}的{what_of(facts, target)}合计", sum_of(facts)))
        result.facts += facts
        result.shown += [bench.line(f) for f in facts[:SHOWN]]
        notes += more
    (first, a), (second, b) = sums
    gap = abs(a - b)
    told = [f"{name}：{money(total, query.unit)}" for name, total in sums]
    verdict = (
        "两者相等" if gap == 0
        else f"{first if a > b else second}比{second if a > b else first}多{money(gap, query.unit)}"
    )  # fmt: skip
    result.shown += [*told, f"{plain(max(a, b))} - {plain(min(a, b))} = {plain(gap)}", verdict]
    result.text = f"{'；'.join(told)}。{verdict}。"
    result.values = [AnswerValue(label=n, value=f"{v:f}", unit="元") for n, v in sums]
    result.values.append(AnswerValue(label="相差", value=f"{gap:f}", unit="元"))
    return and_notes(result, notes)


_DECLARED = Target(kind=TargetKind.FUNDING, names=["declared"], label="申报金额")
_TOTAL = Target(kind=TargetKind.FIELD, names=["total_amount"], label="项目金额")


def footing(bench: Bench) -> Result:
    """哪些项目的分年度合计和项目金额对不上: the total, the sum of the years and the sum that the
    form prints, of every project where they are not all the same."""
    result = Result()
    lines: list[str] = []
    equal, missing = 0, []
    for record, _ in passing(bench.query, bench.catalog):
        sides = _sides(record, bench)
        if len({_sum(facts) for _, facts in sides}) < 2:
            equal += len(sides) > 1
            missing += [record.name] if len(sides) < 2 else []
            continue
        told = "，".join(f"{name}{money(_sum(facts))}" for name, facts in sides)
        pages = sorted({f.page for _, facts in sides for f in facts if f.page})
        where = "、".join(f"第{p}页" for p in pages)
        lines.append(f"{record.name}（{told}，{where}）")
        result.facts += [f for _, facts in sides for f in facts]
        result.values.append(AnswerValue(label="项目", value=record.name))
    others = f"另有{equal}个项目的各年申报金额合计与项目金额相等。" if equal else ""
    if not lines:
        text = f"没有找到分年度合计与项目金额不相等的项目。{others}"
        return Result(status="not_found", text=text)
    listed = [f"{i}. {line}" for i, line in enumerate(lines, 1)]
    result.shown = [*listed, f"共{len(lines)}个项目", others]
    result.text = f"共{len(lines)}个项目：{'；'.join(listed[:SHOWN])}。{others}"
    return and_notes(result, [left_out(missing, _DECLARED)] if missing else [])


def _sum(facts: list[Fact]) -> Decimal:
    return sum_of(facts)


def _sides(record: Record, bench: Bench) -> list[tuple[str, list[Fact]]]:
    plain_query = bench.query.model_copy(update={"years": [], "filters": []})
    total = facts_of(_TOTAL, record, plain_query, bench.catalog).facts
    years = facts_of(_DECLARED, record, plain_query, bench.catalog).facts
    cell = record.totals.get("annual_funding", {}).get("declared")
    said = make_fact(record, "申报金额合计", cell, Kind.AMOUNT) if cell else None
    printed = [said] if isinstance(said, Fact) else []
    sides = [("项目金额", total), ("各年申报金额相加", years), ("表上的申报金额合计", printed)]
    return [(name, facts) for name, facts in sides if facts and _all_money(facts)]


def _all_money(facts: list[Fact]) -> bool:
    return all(f.money and f.number is not None for f in facts)


def against_average(bench: Bench) -> Result:
    """预算高于平均数的项目: those above (or below) the average of all that were asked about."""
    query, target = bench.query, bench.query.targets[0]
    facts, notes, absent = numeric(bench, target)
    if not facts:
        return nothing(absent, bench)
    mean = Decimal(two_places(sum_of(facts) / len(facts)))
    below = query.order == "min"
    number = {id(f): f.number or Decimal(0) for f in facts}
    chosen = [f for f in facts if (number[id(f)] < mean if below else number[id(f)] > mean)]
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[:SHOWN]])
    average = f"{len(facts)}个项目的{what_of(facts, target)}平均{money(mean, query.unit)}"
    listed = [f"{i}. {bench.sentence(f)}" for i, f in enumerate(chosen, 1)]
    result.shown += [f"{average}（{plain(sum_of(facts))} ÷ {len(facts)}）", *listed]
    result.shown.append(f"共{len(chosen)}个项目")
    result.text = f"{average}；{'低于' if below else '高于'}平均的共{len(chosen)}个项目："
    result.text += "；".join(listed[:SHOWN]) + "。"
    result.values = [value_of(f) for f in chosen]
    result.values.append(AnswerValue(label="平均", value=f"{mean:f}", unit="元"))
    return and_notes(result, notes)

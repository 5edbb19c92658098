"""Rankings and differences of amounts and of indicators' targets. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.ask.answer.bench import (
    SHOWN,
    Bench,
    Result,
    and_notes,
    join,
    nothing,
    projects_of,
    value_of,
    values_of,
)
from assistant.ask.answer.facts import Absent, Fact
from assistant.ask.answer.lists import lookup
from assistant.ask.answer.totals import numbers_of, sum_of, what_of
from assistant.ask.answer.wording import money, plain, two_places
from schemas.answers import AnswerValue
from schemas.queries import Operation, Target

_NOT_TWO = "要比较的不是两个数值，请写明是哪两个项目、年度或金额。"


def rank(bench: Bench) -> Result:
    """The highest or lowest values, or one place of the order; ties stand together."""
    query, found = bench.query, numbers_of(bench)
    if isinstance(found, Result):
        return found
    facts, notes = found
    highest = query.operation is Operation.MAX
    ordered = sorted(facts, key=_number, reverse=highest)
    order = _places(ordered[:SHOWN], 1, SHOWN)
    result = Result(shown=[f"{i}. {bench.line(f)}" for i, f in order])
    if query.ends or (query.gap and query.limit == 2):
        return and_notes(_ends(ordered, bench, result), notes)
    if query.gap:
        return Result(status="not_found", text=_NOT_TWO)
    places = _places(ordered, query.nth, query.limit)
    if not places:
        text = f"只有{len(ordered)}个数值，没有第{query.nth}名。"
        return Result(status="not_found", text=text)
    result.facts = [f for _, f in places]
    result.text = _ranked(places, bench, highest)
    result.shown += [f"第{i}名" for i, _ in places]
    result.values = values_of(result.facts)
    if query.total and {f.money for f in result.facts} == {True}:
        added = f"合计{money(sum_of(result.facts), query.unit)}。"
        result.values.append(
            AnswerValue(label="合计", value=f"{sum_of(result.facts):f}", unit="元")
        )
        notes = [added, *notes]
    return and_notes(result, notes)


def _number(fact: Fact) -> Decimal:
    return fact.number or Decimal(0)


def _places(ordered: Sequence[Fact], nth: int, limit: int) -> list[tuple[int, Fact]]:
    """The facts from the ``nth`` to the ``limit``-th place with their places; equal values
    share one."""
    ranked: list[tuple[int, Fact]] = []
    for number, fact in enumerate(ordered, 1):
        same = ranked and _number(ranked[-1][1]) == _number(fact)
        if not same and number > max(nth, limit):
            break
        ranked.append((ranked[-1][0] if same else number, fact))
    if nth > len(ranked):
        return []
    first, last = ranked[nth - 1][0], ranked[min(limit, len(ranked)) - 1][0]
    return [(place, f) for place, f in ranked if first <= place <= last]


def _ranked(places: Sequence[tuple[int, Fact]], bench: Bench, highest: bool) -> str:
    query = bench.query
    if len(places) > 1:
        lines = join([f"{i}. {bench.sentence(f)}" for i, f in places], query.language)
    else:
        lines = join([bench.sentence(places[0][1])], query.language)
    if query.language == "en":
        return f"{'Highest' if highest else 'Lowest'}: {lines}"
    if query.nth > 1:
        return f"{'从高到低' if highest else '从低到高'}排第{places[0][0]}的是{lines}"
    if len(places) > 1 and query.limit > 1:
        return f"{'从高到低' if highest else '从低到高'}：{lines}"
    return f"{'最高' if highest else '最低'}的是{lines}"


def _ends(ordered: Sequence[Fact], bench: Bench, result: Result) -> Result:
    """最高和最低分别是; with a gap asked, the difference of the two."""
    last = ordered[-1] if bench.query.ends else ordered[min(1, len(ordered) - 1)]
    if bench.query.gap:
        made = _difference(ordered[0], last, bench)
        made.shown = result.shown + made.shown
        return made
    top = [f for f in ordered if _number(f) == _number(ordered[0])]
    bottom = [f for f in ordered if _number(f) == _number(last)]
    names = ("最高", "最低") if bench.query.operation is Operation.MAX else ("最低", "最高")
    said = (
        f"{name}的是{'、'.join(bench.sentence(f) for f in facts)}"
        for name, facts in zip(names, (top, bottom), strict=True)
    )
    result.text = "；".join(said) + "。"
    result.facts = [*top, *bottom]
    result.values = values_of(result.facts)
    return result


def compare(bench: Bench) -> Result:
    """The difference of two sides: two projects, two years, two columns or two rows. A side of
    several amounts is their sum."""
    found: list[tuple[Target, Fact]] = []
    absent: list[Absent] = []
    for target in bench.query.targets:
        for project in projects_of(bench, target):
            found += [(target, f) for f in project.facts if f.number is not None]
            absent += project.absent
    sides = _sides(found, bench)
    if len(sides) < 2:
        return nothing(absent, bench) if absent else Result(status="not_found", text=_NOT_TWO)
    several = max((len(facts) for _, facts in sides), default=0) > 1
    amounts = {f.money for _, f in found}
    if len(sides) != 2 or len(amounts) > 1 or (several and amounts != {True}):
        said = lookup(bench)
        many = not bench.query.projects and len(found) > 2
        return Result(status="not_found", text=_NOT_TWO) if many else said
    if several:
        return _sums_compared(sides, bench)
    first, second = sides[0][1][0], sides[1][1][0]
    if len(bench.query.projects) == 1 and (first.year or 0) > (second.year or 0):
        first, second = second, first
    return _difference(first, second, bench)


def _sides(found: Sequence[tuple[Target, Fact]], bench: Bench) -> list[tuple[Target, list[Fact]]]:
    """The facts by what tells them apart: the target, else the project, the year or the row."""
    query = bench.query
    if len(query.targets) > 1:
        names = [t.model_dump_json() for t, _ in found]
    elif len(query.projects) > 1:
        names = [f.project for _, f in found]
    elif len(query.years) > 1:
        names = [str(f.year) for _, f in found]
    else:
        names = [str(i) for i in range(len(found))]
    sides: dict[str, tuple[Target, list[Fact]]] = {}
    for name, (target, fact) in zip(names, found, strict=True):
        sides.setdefault(name, (target, []))[1].append(fact)
    return list(sides.values())


def _sums_compared(sides: list[tuple[Target, list[Fact]]], bench: Bench) -> Result:
    """Whether 各年资金 add up to 总金额: a side is a sum."""
    sums = [sum_of(facts) for _, facts in sides]
    several = len(bench.query.projects) != 1
    names = [
        f"{facts[0].project if len(bench.query.projects) > 1 else ''}{what_of(facts, target)}"
        + ("合计" if len(facts) > 1 else "")
        for target, facts in sides
    ]
    gap = abs(sums[0] - sums[1])
    verdict = "两者相等" if gap == 0 else f"两者不相等，相差{money(gap, bench.query.unit)}"
    facts = [f for _, side in sides for f in side]
    told = "；".join(f"{n}：{money(s)}" for n, s in zip(names, sums, strict=True))
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[: 2 * SHOWN]])
    who = "" if several else f"{facts[0].project}的"
    result.shown += [*(f"{who}{line}" for line in told.split("；")), verdict]
    result.text = f"{who}{told}。{verdict}。"
    result.values = [
        AnswerValue(label=n, value=f"{s:f}", unit="元") for n, s in zip(names, sums, strict=True)
    ]
    result.values.append(AnswerValue(label="相差", value=f"{gap:f}", unit="元"))
    return result


def _difference(first: Fact, second: Fact, bench: Bench) -> Result:
    a, b = _number(first), _number(second)
    high, low = (first, second) if a >= b else (second, first)
    gap = abs(a - b)
    is_money = first.money and second.money
    said = money(gap, bench.query.unit) if is_money else plain(gap)
    lines = "；".join(bench.sentence(f) for f in (first, second))
    if gap == 0:
        verdict = "两者相同，相差0"
    elif first.project == second.project:
        verdict = f"{high.label}比{low.label}高{said}"
    else:
        verdict = f"{high.project}比{low.project}高{said}"
    result = Result(facts=[first, second], shown=[bench.line(first), bench.line(second)])
    result.shown.append(f"{plain(max(a, b))} - {plain(min(a, b))} = {plain(gap)}")
    result.shown.append(verdict)
    result.values = [value_of(first), value_of(second)]
    result.values.append(AnswerValue(label="相差", value=f"{gap:f}", unit="元" if is_money else ""))
    if bench.query.rate and a:
        share = two_places((b - a) / a * 100)
        rate = f"{second.label}比{first.label}{'增长' if b >= a else '下降'}{share.strip('-')}%"
        result.shown.append(f"({plain(b)} - {plain(a)}) ÷ {plain(a)} = {share}%")
        result.shown.append(rate)
        result.values.append(AnswerValue(label="增长率", value=share, unit="%"))
        verdict = f"{verdict}；{rate}"
    result.text = f"{lines}。{verdict}。"
    return result

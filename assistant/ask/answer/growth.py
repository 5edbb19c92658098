"""How an amount changes between two years, project by project or year by year. Pure.

A rate is (later - earlier) ÷ earlier; where the earlier amount is 0 there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from assistant.ask.answer.bench import (
    SHOWN,
    Bench,
    Result,
    and_notes,
    left_out,
    nothing,
    projects_of,
)
from assistant.ask.answer.facts import Absent, Fact
from assistant.ask.answer.wording import money, plain, two_places
from schemas.answers import AnswerValue
from schemas.queries import Operation, Query

_NO_CHANGE = {False: "所查的金额都没有增长。", True: "所查的金额都没有减少。"}


@dataclass(frozen=True, slots=True)
class _Change:
    earlier: Fact
    later: Fact

    @property
    def amount(self) -> Decimal:
        return (self.later.number or Decimal(0)) - (self.earlier.number or Decimal(0))

    @property
    def rate(self) -> Decimal | None:
        base = self.earlier.number
        return self.amount / base * 100 if base else None


def growth(bench: Bench) -> Result:
    """哪个项目2025年比2024年增长最多, 河道项目哪一年增长最多: the largest change with how it comes
    about; those that tie stand together."""
    query = bench.query
    changes, missing, absent = _changes(bench)
    told = [c for c in changes if query.growth == "amount" or c.rate is not None]
    if not told:
        return nothing(absent, bench)
    wanted = [c for c in told if (c.amount < 0 if query.falling else c.amount > 0)]
    if not wanted:
        lines = [f"{_line(c, query)}" for c in told]
        made = Result(status="not_found", text=_NO_CHANGE[query.falling], shown=lines)
        return made
    highest = query.operation is Operation.MAX
    ordered = sorted(wanted, key=lambda c: _size(c, query), reverse=highest)
    last = _size(ordered[min(query.limit, len(ordered)) - 1], query)
    kept = [_size(c, query) >= last if highest else _size(c, query) <= last for c in ordered]
    chosen = [c for c, fits in zip(ordered, kept, strict=True) if fits]
    result = Result(facts=[f for c in chosen for f in (c.earlier, c.later)])
    result.shown = [line for c in told[:SHOWN] for line in _shown(c, bench)]
    word = "下降" if query.falling else "增长"
    lines = [_line(c, query) for c in chosen]
    end = "最快" if query.growth == "rate" else "最多"
    end = {"最快": "最慢", "最多": "最少"}[end] if query.operation is Operation.MIN else end
    result.text = f"{word}{end}的是{'；'.join(lines)}。"
    for change in chosen:
        result.values += _values(change)
    left = [left_out(missing, query.targets[0])] if missing else []
    return and_notes(result, left)


def _size(change: _Change, query: Query) -> Decimal:
    size = change.amount if query.growth == "amount" else change.rate
    return abs(size or Decimal(0))


def _changes(bench: Bench) -> tuple[list[_Change], list[str], list[Absent]]:
    """Each project's change between the first and the last year asked; of a single project
    without two years, its change from each year to the next."""
    found: list[_Change] = []
    missing: list[str] = []
    absent: list[Absent] = []
    years = bench.query.years
    for project in projects_of(bench, bench.query.targets[0]):
        absent += project.absent
        by_year = {f.year: f for f in project.facts if f.year and f.number is not None}
        order = sorted(y for y in by_year if y)
        pairs = [(years[0], years[-1])] if len(years) > 1 else list(pairwise(order))
        own = [_Change(by_year[a], by_year[b]) for a, b in pairs if a in by_year and b in by_year]
        found += own
        if not own:
            missing.append(project.name)
    return found, missing, absent


def _line(change: _Change, query: Query) -> str:
    first, second = change.earlier, change.later
    word = "减少" if change.amount < 0 else "增加"
    rate = f"，{'下降' if change.amount < 0 else '增长'}{_rate(change)}%" if change.rate else ""
    pages = "、".join(dict.fromkeys(f"第{f.page}页" for f in (first, second) if f.page))
    return (
        f"{second.project}：{first.label}{money(first.number or Decimal(0))}，"
        f"{second.label}{money(second.number or Decimal(0))}，"
        f"{word}{money(abs(change.amount), query.unit)}{rate}（{pages}）"
    )


def _rate(change: _Change) -> str:
    return two_places(abs(change.rate or Decimal(0)))


def _shown(change: _Change, bench: Bench) -> list[str]:
    a, b = change.earlier.number or Decimal(0), change.later.number or Decimal(0)
    lines = [bench.line(change.earlier), bench.line(change.later), _line(change, bench.query)]
    lines.append(f"{plain(b)} - {plain(a)} = {plain(change.amount)}")
    return lines


def _values(change: _Change) -> list[AnswerValue]:
    name = change.later.project
    years = f"{change.earlier.year}年到{change.later.year}年"
    made = [AnswerValue(label="项目", value=name)]
    made.append(AnswerValue(label=f"{name} · {years}变化", value=f"{change.amount:f}", unit="元"))
    if change.rate is not None:
        rate = two_places(change.rate)
        made.append(AnswerValue(label=f"{name} · {years}增长率", value=rate, unit="%"))
    return made

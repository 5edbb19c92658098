"""What a follow-up question takes over from the turn before. Pure.

它, 第二个 and 前者 stand for projects that the answer before named, 这些项目 for all of them;
what a follow-up names anew replaces what the turn before had.
"""

from __future__ import annotations

import re

from assistant.ask.query import words
from assistant.ask.query.draft import Draft, own_targets
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.residue import telling
from assistant.ask.query.spans import Span
from schemas.queries import Operation, Query, Target, TargetKind, Turn

_MOST = 60  # projects that 这些项目 can stand for one by one
_ENDS = "？?。.!！ "
_SHORT = re.compile(
    r"^(?:比|较)(?:上一?年|去年|前一年|20\d\d)|^(?:那|那么)?(?:第[一二三四五六七八九十\d]+个|前者|后者|最后一个)"
    r"|^(?:一共|总共|共)?有?(?:几|多少)个(?:项目)?$|^(?:由?谁负责|联系人是谁|折合|换算|以上)|^占(?:比|总|全部|多少|百分)"
)
_NTH = re.compile(
    r"第([一二三四五六七八九十]|\d+)个(?:项目)?(?!年)|(最后一个)(?:项目)?|(前者)|(后者)"
)
_ONE = re.compile(r"它(?!们)|该项目|这个项目|那个项目|此项目|\b(?:it|its|that project)\b")
_THEM = re.compile(
    r"其中|这些|它们|上述|以上(?:项目|这些)|这[几两三四五六]个|里面|\b(?:they|their|them|these)\b"
)
_YEAR_AGO = re.compile(r"(比|较|与|和|跟)(?:上一年|上年|去年|前一年)")


def goes_on(question: str) -> bool:
    """Whether a question says of itself that it follows another."""
    said = question.strip().rstrip(_ENDS)
    return bool(words.FOLLOW_UP.search(said) or _SHORT.search(said))


def resolved(question: str, turn: Turn) -> str:
    """``question`` with the project that 第二个, 后者 or 它 stands for written out, and the year
    that 比上年 counts from."""
    before = turn.query
    if before is None:
        return question
    named = turn.named or before.projects
    if (m := _NTH.search(question)) and len(named) > 1 and (name := _nth(m, named)):
        question = question[: m.start()] + name + question[m.end() :]
    elif len(before.projects) != 1 and len(named) == 1 and (m := _ONE.search(question)):
        own = "的" if m[0] == "its" else ""
        question = question[: m.start()] + named[0] + own + question[m.end() :]
    if len(before.years) == 1 and not re.search(r"20\d\d", question):
        year = before.years[0]
        question = _YEAR_AGO.sub(rf"{year}年比{year - 1}年", question, count=1)
    return question


def _nth(m: re.Match[str], named: list[str]) -> str:
    if m[1]:
        number = words.number_of(m[1])
        return named[number - 1] if 0 < number <= len(named) else ""
    if m[2]:
        return named[-1]
    return named[0 if m[3] else 1] if len(named) == 2 else ""


def inherit(draft: Draft, turn: Turn) -> None:
    """A follow-up keeps what it does not name anew."""
    parsed, before = draft.parsed, turn.query
    if before is None:
        return
    named_anew = bool(draft.projects or draft.ambiguous or words.ALL_PROJECTS.search(parsed.text))
    them = bool(_THEM.search(parsed.text))
    if not named_anew and (them or not draft.filters):
        draft.narrowed = them and bool(draft.filters)
        draft.projects = _projects(turn, before, them)
        draft.filters = [*before.filters, *draft.filters]
    draft.targets = own_targets(draft)
    by_year = (TargetKind.BUDGET, TargetKind.FUNDING, TargetKind.COST)
    if draft.targets and all(t.kind in by_year for t in [*draft.targets, *before.targets]):
        _keep_years(draft, before)  # 审核金额呢 is asked of the same year
    if draft.targets or telling(parsed.residue):
        return
    if draft.operation is Operation.COUNT or draft.narrowed:  # 有几个, 哪些是2022年开始的
        draft.operation = Operation.COUNT if draft.operation is Operation.COUNT else Operation.LIST
        draft.targets = [Target(kind=TargetKind.PROJECT)]
        return
    draft.targets = list(before.targets)
    _keep_years(draft, before)
    if draft.operation is Operation.LOOKUP:
        draft.operation = before.operation
        draft.group_by = before.group_by
        draft.before = before


def _keep_years(draft: Draft, before: Query) -> None:
    parsed, end = draft.parsed, len(draft.parsed.text)
    if not parsed.of(Sort.YEAR) and before.years:
        parsed.spans.append(Span(end, end, Sort.YEAR, "", years=tuple(before.years)))


def _projects(turn: Turn, before: Query, them: bool) -> list[str]:
    """The projects of the turn before; of a ranking, and where several are meant and one was
    asked about, those that were named last."""
    ranked = before.operation in (Operation.MAX, Operation.MIN) and before.limit > 1
    several = 1 < len(turn.named) <= _MOST
    if several and ((ranked and not before.projects) or (them and len(before.projects) == 1)):
        return list(turn.named)
    return list(before.projects)

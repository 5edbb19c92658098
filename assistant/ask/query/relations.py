"""Conditions that set one thing of a form against another of the same form. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.ask.query import words
from assistant.ask.query.draft import Draft
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.spans import Span
from assistant.ask.query.targets import is_amount, row_target, targets_of
from schemas.queries import Filter, Operation, Target, TargetKind, Test

AMOUNTS = (
    Sort.FIELD, Sort.MONEY, Sort.DECLARED, Sort.APPROVED, Sort.PLANNED, Sort.TOTAL,
)  # fmt: skip
_BETWEEN: tuple[tuple[str, Test], ...] = (
    ("不超过|不高于|不大于|不多于|小于等于", "<="),
    ("不低于|不少于|不小于|大于等于", ">="),
    ("小于|低于|少于|不足|不到", "<"),
    ("大于|高于|超过|多于|超出", ">"),
    ("不等于|不同于", "ne"),
    ("等于", "="),
)
_DIFFER = (
    r"(?:不一致|不相同|不同|不相等|不等|不相符|不符|不吻合|对不上|有出入|有差异|有差别|不一样)"
)
_SAME = r"(?:一致|相同|相等|一样|相符|吻合|对得上)"
_ASKED = re.compile(r"的(?:二级)?项目|哪些|哪几个|有几个|多少个")


def asks_projects(draft: Draft) -> bool:
    text = draft.parsed.text
    named = draft.projects or draft.parsed.mentions
    return not named and bool(words.ASKS_PROJECT.search(text) or _ASKED.search(text))


def relate(draft: Draft) -> None:
    """Adds such a condition to the draft and uses up its words."""
    if asks_projects(draft):
        _two_amounts(draft)
        _rows(draft)


def _two_amounts(draft: Draft) -> None:
    """审核金额小于申报金额, 当年金额比上一年预算多, 申报金额和审核金额不一致."""
    spans = [_of_last_year(s, draft) for s in draft.parsed.spans if s.sort in AMOUNTS]
    for first, second in pairwise(spans):
        test, end = _test(draft.parsed.text, first, second)
        one, other = _amount(first, draft), _amount(second, draft)
        if not test or one is None or other is None or one == other:
            continue
        draft.filters = [f for f in draft.filters if f.target not in (one, other)]
        draft.filters.append(Filter(test=test, target=one, than_target=other, label=one.label))
        inside = draft.parsed.text[first.start : end]
        draft.parsed.residue[:] = [r for r in draft.parsed.residue if r not in inside]
        draft.open = [s for s in draft.open if not first.start <= s.start < end]
        hidden = [s for s in draft.parsed.of(Sort.YEAR) if first.start <= s.start < end]
        draft.parsed.spans = [s for s in draft.parsed.spans if s not in hidden]
        _listed(draft)
        return


def _of_last_year(span: Span, draft: Draft) -> Span:
    """上一年预算 beside another amount: the field that states it."""
    ago = (s for s in draft.parsed.of(Sort.YEAR) if s.word in ("上一年", "上年", "去年"))
    year = next((s for s in ago if s.end == span.start and span.sort is Sort.MONEY), None)
    if year is None:
        return span
    return Span(year.start, span.end, Sort.FIELD, span.word, ("previous_year_amount",))


def _listed(draft: Draft) -> None:
    counted = draft.operation is Operation.COUNT
    draft.operation = Operation.COUNT if counted else Operation.LIST
    draft.targets, draft.compared, draft.group_by = [Target(kind=TargetKind.PROJECT)], True, ""


def _test(text: str, first: Span, second: Span) -> tuple[Test | None, int]:
    """The sign between two amounts, and where its words end."""
    between = text[first.end : second.start].removeprefix("都").removeprefix("却")
    for pattern, sign in _BETWEEN:
        if re.fullmatch(rf"(?:{pattern})(?:其|它的|了)?", between):
            return sign, second.end
    after = text[second.end :]
    if re.fullmatch(r"比(?:其|它的)?", between) and (
        m := re.match("(更|还)?([多高大少低小])", after)
    ):
        return (">" if m[2] in "多高大" else "<"), second.end + m.end()
    if re.fullmatch(r"[和与跟同及]|以及", between):
        if m := re.match(f"(?:之间)?(?:的)?(?:数值|金额)?{_DIFFER}", after):
            return "ne", second.end + m.end()
        if m := re.match(f"(?:的)?(?:完全)?{_SAME}", after):
            return "=", second.end + m.end()
    return None, 0


def _amount(span: Span, draft: Draft) -> Target | None:
    found = targets_of([span], draft.parsed, draft.catalog, [])
    return found[0] if found and is_amount(found[0]) else None


_WITHOUT = re.compile(r"(没有(?:设置?|设定|填写?|列出|安排)?|未(?:设置?|设定|列出)|没设|缺少|无)$")
_WITH = re.compile(r"(?<!没)(?<!有没)(有|设有|设置了|设了|要求了?)$")


def _rows(draft: Draft) -> None:
    """没有时效指标的项目, 有经济效益指标但没有生态效益指标的项目."""
    parsed = draft.parsed
    spans = parsed.of(Sort.CATEGORY, Sort.ROW)
    signs = [(s, _WITHOUT.search(parsed.text[: s.start])) for s in spans]
    if "有没有" in parsed.text or not any(m for _, m in signs):
        return
    for span, without in signs:
        have = _WITH.search(parsed.text[: span.start])
        if not (without or have):
            continue
        target = _target(span, draft)
        test: Test = "empty" if without else "filled"
        draft.filters.append(Filter(test=test, target=target, label=target.label))
        said = (without or have)[0] if (without or have) else ""  # type: ignore[index]
        parsed.residue[:] = [r for r in parsed.residue if r not in said]
        draft.open = [s for s in draft.open if s is not span]
    parsed.residue[:] = [r for r in parsed.residue if r not in ("但", "却", "不过")]
    _listed(draft)


def _target(span: Span, draft: Draft) -> Target:
    if span.sort is Sort.ROW:
        return row_target(draft.catalog.row_names[span.word], draft.parsed, draft.catalog)
    return Target(kind=TargetKind.INDICATOR, words=span.word, label=span.word)

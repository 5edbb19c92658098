"""A question in words → a typed query on the records, or why there is none. Pure.

The deterministic reader. It works by accounting: every word of the question must be explained
by a project, a field, a row, a year, a value or a function word (:mod:`assistant.ask.query.spans`).
Words that stay unexplained must be found in a row or a passage, or the question is refused;
they are never ignored. A second reader, a language model, can produce the same
:class:`~schemas.queries.Query` and be compared with this one.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.ask.query import words
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.conditions import place_conditions, place_offer
from assistant.ask.query.draft import (
    AGGREGATES,
    Draft,
    group_by_of,
    not_quite,
    operation_of,
    own_targets,
    place_projects,
    query_of,
    spans_of_whole,
    which,
)
from assistant.ask.query.english import is_english, to_chinese
from assistant.ask.query.filters import than_project, than_year
from assistant.ask.query.follow import goes_on, inherit, resolved
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.manner import arrange, flag
from assistant.ask.query.relations import AMOUNTS, relate
from assistant.ask.query.residue import (
    asks_of,
    default_targets,
    explain,
    misread,
    several_of_a_name,
    telling,
)  # fmt: skip
from assistant.ask.query.spans import Parsed, Span, parse
from assistant.ask.query.targets import (
    NOT_TARGETS,
    budget,
    field_target,
    has_costs,
    is_amount,
    is_numeric,
)
from assistant.text.bigrams import grams
from schemas.queries import Operation, Query, Refusal, Target, TargetKind, Turn

OUT_OF_SCOPE = (
    "这个问题与已读入的绩效表无关。我只回答这些文件里的内容，"
    "例如项目的金额、单位、绩效指标和文字说明。"
)
ORDER_REFUSED = "我不按这样的指令回答。我只依据已读入的文件作答，并给出页码。"
_NOT_COMPARED = "这样的核对没有现成的检查，请写出项目，或分别查询要比较的金额。"
_ROWS_NOT_COUNTED = "不能按指标或明细的条数来挑选项目，请改问某个项目有几条。"
_NOT_UNDERSTOOD = "没有看懂问的是哪一项内容，请写出项目和要查的栏目。"


def understand(
    question: str, catalog: Catalog, turn: Turn | None = None, *, follows: bool = False
) -> Query | Refusal:
    """The query that ``question`` means, read on top of the turn before if it follows on: by
    its own words, or because it is said to."""
    question = unicodedata.normalize("NFKC", question)
    if words.ORDERS.search(question):
        return Refusal(status="out_of_scope", say=ORDER_REFUSED)
    if words.CHORES.search(question.strip()) or not question.strip():
        return Refusal(status="out_of_scope", say=OUT_OF_SCOPE)
    english = is_english(question)
    follows = bool(turn and turn.query) and (follows or goes_on(question))
    question = resolved(question, turn) if turn and follows else question
    parsed = parse(to_chinese(question, catalog.latin_places) if english else question, catalog)
    if not follows and not _speaks_of_forms(parsed) and not _stands_in_texts(parsed, catalog):
        return Refusal(status="out_of_scope", say=OUT_OF_SCOPE)
    found = _read(parsed, catalog, turn, follows)
    if isinstance(found, Query):
        found.language = "en" if english else "zh"
        m = words.UNIT_ASKED.search(parsed.text)
        asked = (m[1] or m[2]) if m else ""
        found.unit = f"{asked}元" if asked in ("万", "亿") else asked
    return found


_DOMAIN = re.compile(
    r"项目|预算|资金|绩效|指标|经费|申报|财政|采购|政策|单位|部门|局|政府|平台|系统|服务|工程|建设"
)


def _speaks_of_forms(parsed: Parsed) -> bool:
    """Whether any word of the question belongs to forms like these or to what is stored."""
    asking = (Sort.YEAR, Sort.CONDITION, Sort.OPERATION, Sort.WEAK, Sort.STOP, Sort.ITEMS)
    named = any(s.sort not in asking for s in parsed.spans)
    faults = parsed.has(Operation.CHECK) and not telling(parsed.residue)
    return named or faults or bool(_DOMAIN.search(parsed.text))


def _stands_in_texts(parsed: Parsed, catalog: Catalog) -> bool:
    """Whether a word that no label explains stands in the forms all the same: 粤治慧是什么."""
    for word in parsed.residue:
        own = grams(word)
        known = sum(g in catalog.gram_counts for g in own)
        if len(own) > 1 and known * 5 >= len(own) * 3:
            return True
    return False


def _read(parsed: Parsed, catalog: Catalog, turn: Turn | None, follows: bool) -> Query | Refusal:
    if words.ROWS_LIMIT.search(parsed.text):
        return Refusal(status="not_found", say=_ROWS_NOT_COUNTED)
    draft = Draft(parsed, catalog, operation_of(parsed))
    place_projects(draft)
    several_of_a_name(draft)
    if not has_costs(catalog, draft.projects):
        parsed.residue += [s.word for s in parsed.of(Sort.ITEMS)]
    place_conditions(draft)
    draft.filters += draft.left_out
    draft.open = [s for s in draft.open if not _verb(s, parsed)]
    place_offer(draft)
    draft.group_by = group_by_of(draft)
    if follows and turn:
        inherit(draft, turn)
    draft.targets = draft.targets or own_targets(draft)
    relate(draft)
    arrange(draft)
    if not draft.compared:
        _relative(draft)
    parsed.residue += _left_over(draft)
    found = _finish(draft, turn.query if turn else None)
    if isinstance(found, Query) and (other := misread(found, parsed)):
        return other
    return flag(found, draft) if isinstance(found, Query) else found


_DONE = re.compile(r"了?的?(?:二级)?(?:项目|[几多哪](?:少个|个|些)?项目)")


def _verb(span: Span, parsed: Parsed) -> bool:
    """某局申报的项目: who applied, not an amount."""
    verb = span.sort is Sort.DECLARED and len(span.word.removesuffix("了")) == 2
    return verb and bool(_DONE.match(parsed.text, span.end))


_MONEY = {Sort.MONEY, Sort.PLANNED, Sort.TOTAL}
_USED: dict[TargetKind, set[Sort]] = {
    TargetKind.INDICATOR: {Sort.ROW, Sort.CATEGORY, Sort.COLUMN},
    TargetKind.COST: {Sort.ROW, Sort.ITEMS, Sort.COLUMN, Sort.DECLARED, *_MONEY},
    TargetKind.FUNDING: {Sort.DECLARED, Sort.APPROVED, Sort.COLUMN, *_MONEY},
    TargetKind.BUDGET: {*_MONEY, Sort.FIELD, Sort.WEAK},
    TargetKind.FIELD: {Sort.PERIOD, *_MONEY},
    TargetKind.PROJECT: set(),
}
_MATTER = {
    Sort.FIELD, Sort.WEAK, Sort.COLUMN, Sort.ROW, Sort.CATEGORY, Sort.DECLARED, Sort.APPROVED,
    Sort.PERIOD, Sort.CONDITION, *_MONEY,
}  # fmt: skip


def _left_over(draft: Draft) -> list[str]:
    """Words that name something and that neither the targets nor the conditions use.

    资金来源 is not 资金: what the target leaves unsaid must be explained like any other word.
    """
    if not draft.targets and draft.operation is not Operation.LIST:
        return _of_doing(draft) + [s.word for s in draft.open if s.sort is Sort.CONDITION]
    whole = spans_of_whole(draft) if draft.operation is Operation.RATIO else []
    return _of_doing(draft) + [
        s.word
        for s in draft.open
        if s.sort in _MATTER
        and s not in whole
        and s.word not in NOT_TARGETS
        and not any(_uses(t, s) for t in draft.targets)
    ]


_BUILDER = re.compile("(建设|采购|承建|承办)单位")


def _of_doing(draft: Draft) -> list[str]:
    """What was done with money or a unit: 使用了多少资金, 建设单位, 新增项目; a share by number."""
    rows = any(t.kind in (TargetKind.INDICATOR, TargetKind.COST) for t in draft.targets)
    amounts = any(is_amount(t) for t in draft.targets)
    counted = draft.operation in AGGREGATES and not rows
    found = [s.word for s in _verbs(draft) if s.word in words.DONE and (amounts or counted)]
    units = [s.start for s in draft.open if s.sort is Sort.WEAK and s.word == "单位"]
    found += [s.word for s in _verbs(draft) if s.end in units]
    found += [m[0] for m in _BUILDER.finditer(draft.parsed.text) if m.end(1) in units]
    if amounts and (m := words.USED_UP.search(draft.parsed.text)):
        found.append(m[0])
    if draft.operation is Operation.RATIO:
        places = (words.TOP, words.NTH)  # 前两位的占比: places are not computed with
        found += [m[0] for p in places if (m := p.search(draft.parsed.text))]
        found += re.findall("总数|数量|个数|几个", draft.parsed.text)
    return found


def _uses(target: Target, span: Span) -> bool:
    if span.sort in (Sort.FIELD, Sort.WEAK):
        return bool(set(target.names) & set(span.names))
    return span.sort in _USED[target.kind]


def _finish(draft: Draft, before: Query | None) -> Query | Refusal:
    parsed = draft.parsed
    residue = telling(parsed.residue)
    if not residue and not draft.targets and draft.operation is Operation.LOOKUP:
        residue = parsed.residue  # nothing else says what is asked
    if draft.operation is Operation.CHECK:
        about = {t.kind for t in draft.targets} - {TargetKind.FIELD, TargetKind.INDICATOR}
        if not residue and about:
            return Refusal(status="not_found", say=_NOT_COMPARED)
        if not residue:
            return _check(draft)
        residue += _check(draft).text
        draft.operation = Operation.LOOKUP
    if draft.compared:
        residue = telling(parsed.residue)
    if doubtful := [n for n in parsed.doubtful if n in draft.projects]:
        return not_quite(doubtful[0])
    if residue := residue + _comparison(draft):
        return explain(draft, residue)
    if draft.ambiguous:
        return which(draft.ambiguous)
    targets = _targets(draft)
    if _at_odds(draft, targets):
        return Refusal(status="not_found", say=_NOT_UNDERSTOOD)
    added = draft.operation in (Operation.SUM, Operation.AVERAGE, Operation.RATIO)
    computed = added or draft.operation in (Operation.MAX, Operation.MIN)
    if not targets or (computed and not is_numeric(targets[0], added=added)):
        return Refusal(status="not_found", say=_NOT_UNDERSTOOD)
    if draft.operation is Operation.LOOKUP and not draft.projects:
        return _without_project(draft, targets, before)
    return query_of(draft, targets)


def _at_odds(draft: Draft, targets: list[Target]) -> bool:
    """谁 asked of an amount, or the highest of the one amount that a project has."""
    if words.WHICH_YEAR.search(draft.parsed.text) and draft.operation in _RANKED:
        return any(t.kind is TargetKind.BUDGET for t in targets) and not draft.group_by
    amounts = bool(targets) and all(is_amount(t) for t in targets)
    asks = asks_of(draft.parsed.text)
    who = asks in ("name", "time", "place") or "文号" in draft.parsed.text
    who = who and draft.operation is Operation.LOOKUP
    ranked = draft.operation in (Operation.MAX, Operation.MIN) and len(draft.projects) == 1
    single = all(t.kind in (TargetKind.BUDGET, TargetKind.FIELD) for t in targets)
    return amounts and (who or (ranked and single))


def _comparison(draft: Draft) -> list[str]:
    """2026年比2025年多的项目: a comparison that would be left out of a list."""
    parsed = draft.parsed
    ends = parsed.has(Operation.MAX) and parsed.has(Operation.MIN)
    if draft.compared or ends or "比" not in parsed.text:
        return []
    listing = draft.operation in (Operation.LIST, Operation.COUNT, Operation.SUM)
    one = draft.operation is not Operation.COMPARE and _AGAINST.search(draft.parsed.text)
    return ["比"] if one or (listing and len(draft.parsed.years) > 1) else []


_AGAINST = re.compile(r"(?<![占对相分同环])比(?![例重较对率值])")


def _relative(draft: Draft) -> None:
    """A condition against another year or project, where projects are asked for."""
    text = draft.parsed.text
    asked = words.ASKS_PROJECT.search(text) or _WHICH.search(text)
    if not asked or not _AGAINST.search(text) or draft.operation in _RANKED:
        return
    target = next(iter(draft.targets), None) or budget()
    if made := than_year(draft.parsed, target):
        draft.targets = [Target(kind=TargetKind.PROJECT)]
        draft.parsed.spans = [s for s in draft.parsed.spans if s.sort is not Sort.YEAR]
        draft.open = [s for s in draft.open if s.sort not in AMOUNTS]
    elif len(draft.projects) == 1:
        made = than_project(draft.parsed, target, draft.projects[0])
        if made:
            draft.projects, draft.targets = [], [target]
    if made:
        counted = draft.operation is Operation.COUNT
        draft.operation = Operation.COUNT if counted else Operation.LIST
        draft.filters.append(made)
        draft.compared = True


_WHICH = re.compile(r"有?哪些|哪几个|的项目(有?几个|有?多少个?)?$|有几个")
_RANKED = (Operation.MAX, Operation.MIN, Operation.AVERAGE, Operation.RATIO, Operation.GROUP)


def _targets(draft: Draft) -> list[Target]:
    """The targets, with the operation brought into line with what is named."""
    targets, parsed = draft.targets, draft.parsed
    if draft.operation is Operation.LOOKUP and draft.filters and not draft.projects:
        draft.operation = Operation.LIST
    if draft.narrowed:
        return targets or default_targets(draft)
    if draft.projects and draft.operation is Operation.LIST and (targets or not draft.filters):
        draft.operation = Operation.LOOKUP
    if draft.projects and not targets and draft.filters:
        # 河道水质平台是延续项目吗: the value names the field that is asked about.
        targets = [field_target(f.fields) for f in draft.filters if f.fields]
    if draft.projects and draft.operation in (Operation.LOOKUP, Operation.COMPARE):
        costs = [t for t in targets if t.kind is TargetKind.COST]
        draft.filters = [f for f in draft.filters if f.target in costs]
    if draft.operation in _RANKED and words.WHICH_YEAR.search(parsed.text) and not draft.group_by:
        own = [t for t in targets if t.kind is TargetKind.BUDGET]
        if own and draft.projects and not query_of(draft, []).years:
            targets = [Target(kind=TargetKind.FUNDING, names=["declared"], label="申报金额")]
    asks_about = words.ABOUT.search(parsed.text) or not _verbs(draft)
    if not targets and draft.projects and draft.operation is Operation.LOOKUP and asks_about:
        about = (["overview"], ["total_amount"], ["current_year_amount", "budget_amount"])
        targets = default_targets(draft) or [field_target(names) for names in about]
    return targets or default_targets(draft)


def _verbs(draft: Draft) -> list[Span]:
    """Verbs among the function words: 完成得怎么样 does not ask what a project is."""
    return [s for s in draft.parsed.of(Sort.STOP) if s.word in words.LIGHT]


def _check(draft: Draft) -> Query:
    """What is asked about faults: the words for the kind, the fields that are named."""
    query = query_of(draft, [])
    check = Operation.CHECK.value
    query.text = [s.word for s in draft.parsed.of(Sort.OPERATION) if check in s.names]
    query.fields = [n for t in draft.targets for n in t.names if t.kind is TargetKind.FIELD]
    if "指标" in draft.parsed.text:
        query.fields.append("indicators")
    return query


def _without_project(draft: Draft, targets: list[Target], before: Query | None) -> Query | Refusal:
    """A lookup that names no project: the only one, the last one, or each row's own."""
    names = list(draft.catalog.projects)
    by_row = all(t.items or t.words for t in targets)
    if len(names) == 1:
        draft.projects = names
    elif before and before.projects and not by_row:
        draft.projects = list(before.projects)
    elif not by_row:
        say = "没有说明是哪个项目，请写出项目名称，例如：" + "；".join(names[:6])
        return Refusal(status="ambiguous", say=say, choices=names[:6])
    return query_of(draft, targets)

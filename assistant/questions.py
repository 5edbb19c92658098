"""A question in words → a typed query on the records, or why there is none. Pure.

The deterministic reader. It works by accounting: every word of the question must be explained
by a project, a field, a row, a year, a value or a function word (:mod:`assistant.query_spans`).
Words that stay unexplained must be found in a row or a passage, or the question is refused;
they are never ignored. A second reader, a language model, can produce the same
:class:`~schemas.queries.Query` and be compared with this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant import query_words as words
from assistant.passages import grams
from assistant.query_catalog import COMMON, Catalog
from assistant.query_english import is_english, to_chinese
from assistant.query_filters import choice_filter, filters_of, residue_filter
from assistant.query_projects import Mention
from assistant.query_rows import fit_rows
from assistant.query_spans import Parsed, Sort, Span, parse
from assistant.query_targets import (
    budget,
    field_spec,
    field_target,
    has_costs,
    is_amount,
    is_long_text,
    row_target,
    targets_of,
)
from schemas.queries import Asks, Filter, Operation, Query, Refusal, Target, TargetKind, Turn

OUT_OF_SCOPE = (
    "这个问题与已读入的绩效表无关。我只回答这些文件里的内容，"
    "例如项目的金额、单位、绩效指标和文字说明。"
)
ORDER_REFUSED = "我不按这样的指令回答。我只依据已读入的文件作答，并给出页码。"
_AGGREGATES = {
    Operation.LIST, Operation.COUNT, Operation.SUM, Operation.AVERAGE, Operation.MAX,
    Operation.MIN, Operation.GROUP,
}  # fmt: skip
_ASKS_PROJECT = re.compile(r"(哪|什么|那)(个|些|几个)?(二级)?项目|项目(有|是)哪")
_COUNTED = re.compile(r"(?:几|多少)([个次条套项家人台种类部件场名支篇天年月]?)([^\W\d_]{0,6})")
_JOINED = re.compile(r"[和与跟及、比或还,]|以及")


@dataclass
class _Draft:
    """What is known of the query while it is being built."""

    parsed: Parsed
    catalog: Catalog
    operation: Operation
    projects: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    open: list[Span] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    group_by: str = ""


def understand(question: str, catalog: Catalog, turn: Turn | None = None) -> Query | Refusal:
    """The query that ``question`` means, read on top of the turn before if it follows on."""
    if words.ORDERS.search(question):
        return Refusal(status="out_of_scope", say=ORDER_REFUSED)
    if words.CHORES.search(question.strip()) or not question.strip():
        return Refusal(status="out_of_scope", say=OUT_OF_SCOPE)
    english = is_english(question)
    text = to_chinese(question) if english else question
    before = turn.query if turn else None
    follows = bool(before and words.FOLLOW_UP.search(question.strip().rstrip("？?。.!！")))
    parsed = parse(text, catalog)
    if not follows and not _speaks_of_forms(parsed) and not _stands_in_texts(parsed, catalog):
        return Refusal(status="out_of_scope", say=OUT_OF_SCOPE)
    found = _read(parsed, catalog, before, follows)
    if isinstance(found, Query):
        found.language = "en" if english else "zh"
        found.unit = unit_asked(parsed.text)
    return found


def unit_asked(text: str) -> str:
    m = words.UNIT_ASKED.search(text)
    return m[1] if m else ""


_DOMAIN = re.compile(
    r"项目|预算|资金|绩效|指标|经费|申报|财政|采购|政策|单位|部门|局|政府|平台|系统|服务|工程|建设"
)


def _speaks_of_forms(parsed: Parsed) -> bool:
    """Whether any word of the question belongs to forms like these or to what is stored."""
    telling = (
        Sort.PROJECT, Sort.VALUE, Sort.ROW, Sort.CATEGORY, Sort.FIELD, Sort.COLUMN, Sort.MONEY,
        Sort.DECLARED, Sort.APPROVED, Sort.PLANNED, Sort.TOTAL, Sort.PERIOD,
    )  # fmt: skip
    return bool(parsed.of(*telling)) or bool(_DOMAIN.search(parsed.text))


def _stands_in_texts(parsed: Parsed, catalog: Catalog) -> bool:
    """Whether a word that no label explains stands in the forms all the same: 粤治慧是什么."""
    return any(
        len(own := grams(word)) > 1 and all(g in catalog.gram_counts for g in own)
        for word in parsed.residue
    )


def _read(parsed: Parsed, catalog: Catalog, before: Query | None, follows: bool) -> Query | Refusal:
    draft = _Draft(parsed, catalog, _operation(parsed))
    _place_projects(draft)
    if not has_costs(catalog, draft.projects):
        parsed.residue += [s.word for s in parsed.of(Sort.ITEMS)]
    draft.filters, used = filters_of(parsed, catalog)
    draft.open = [s for s in parsed.spans if s not in used]
    if draft.operation in _AGGREGATES:
        for span in list(draft.open):
            if (made := choice_filter(span, parsed.text)) and draft.operation != Operation.GROUP:
                draft.filters.append(made)
                draft.open.remove(span)
    if draft.operation is Operation.GROUP:
        draft.group_by = _group_by(draft)
    if follows and before:
        _inherit(draft, before)
    draft.targets = draft.targets or _split_targets(draft)
    return _finish(draft, before)


def _operation(parsed: Parsed) -> Operation:
    """The operation that the question's words name, the most particular first."""
    text = parsed.text
    if words.COUNT_ROWS.search(text) or words.COUNT_ITEMS.search(text):
        return Operation.COUNT
    if parsed.has(Operation.CHECK) and not _explains(text):
        return Operation.CHECK
    if parsed.has(Operation.RATIO) or re.search("占.*(多少|几)", text):
        return Operation.RATIO
    if words.GROUPING.search(text) or re.search(r"(各|每)(个?年度?|类别?|单位|部门|处室)(有|的|分别)?.*(多少|几|合计|统计)", text):  # fmt: skip  # noqa: E501
        return Operation.GROUP
    for operation in (Operation.AVERAGE, Operation.MAX, Operation.MIN):
        if parsed.has(operation):
            return operation
    if parsed.has(Operation.COMPARE):
        return Operation.COMPARE
    if words.TOP.search(text):
        return Operation.MAX
    counts = parsed.has(Operation.COUNT)
    for operation in (Operation.SUM, Operation.LIST):
        if parsed.has(operation) and not counts:
            return operation
    if counts:
        return Operation.COUNT
    if words.ALL_PROJECTS.search(text) or _ASKS_PROJECT.search(text):
        return Operation.LIST
    return Operation.LOOKUP


def _explains(text: str) -> bool:
    """解决什么问题 asks for a text, not for faults in the form."""
    return bool(
        re.search(r"(解决|针对|面对|应对|存在|反映|处理|为什么)[^,，]{0,8}(问题|矛盾)", text)
    ) and not (re.search(r"指标|填写|填报|表格|数据有", text))


def _place_projects(draft: _Draft) -> None:
    """Settles which of the mentions are the projects asked about."""
    mentions = draft.parsed.mentions
    if not mentions:
        return
    kept = [mentions[0]]
    for mention in mentions[1:]:
        first, last = sorted((kept[0], mention), key=lambda m: m.start)
        if _JOINED.search(draft.parsed.text[first.spans[-1][1] : last.start]):
            kept.append(mention)
        else:
            _give_back(draft, mention)
    for mention in sorted(kept, key=lambda m: m.start):
        if len(mention.names) == 1:
            draft.projects.append(mention.names[0])
        else:
            _many_names(draft, mention)


def _give_back(draft: _Draft, mention: Mention) -> None:
    """The words of a mention that names no project asked about must be explained otherwise."""
    for start, end in mention.spans:
        draft.parsed.residue.append(draft.parsed.text[start:end])
    draft.parsed.spans = [
        s for s in draft.parsed.spans if s.sort is not Sort.PROJECT or s.names != mention.names
    ]


def _many_names(draft: _Draft, mention: Mention) -> None:
    _give_back(draft, mention)
    if draft.operation not in _AGGREGATES:
        draft.ambiguous = list(mention.names)


def _inherit(draft: _Draft, before: Query) -> None:
    """A follow-up keeps what it does not name anew."""
    parsed = draft.parsed
    named_anew = bool(draft.projects or draft.ambiguous or words.ALL_PROJECTS.search(parsed.text))
    if not named_anew and not draft.filters:
        draft.projects = list(before.projects)
        draft.filters = list(before.filters)
    own = _split_targets(draft)
    if own or parsed.residue:
        draft.targets = own
        return
    draft.targets = list(before.targets)
    if not parsed.of(Sort.YEAR):
        years = tuple(before.years)
        if years:
            parsed.spans.append(
                Span(len(parsed.text), len(parsed.text), Sort.YEAR, "", years=years)
            )
    if draft.operation is Operation.LOOKUP:
        draft.operation = before.operation


def _split_targets(draft: _Draft) -> list[Target]:
    spans = draft.open
    if draft.operation is Operation.RATIO:
        at = draft.parsed.text.find("占")
        if at > 0:
            spans = [s for s in spans if s.end <= at]
    return targets_of(spans, draft.parsed, draft.catalog, draft.projects)


def _finish(draft: _Draft, before: Query | None) -> Query | Refusal:
    parsed = draft.parsed
    if draft.operation is Operation.CHECK and not [r for r in parsed.residue if _telling(r)]:
        return _check(draft)
    residue = [r for r in parsed.residue if _telling(r)]
    if not residue and not draft.targets and draft.operation is Operation.LOOKUP:
        residue = parsed.residue  # nothing else says what is asked
    if residue:
        return _with_residue(draft, residue)
    if draft.ambiguous:
        return _which(draft.ambiguous)
    targets = draft.targets
    if draft.operation is Operation.LOOKUP and draft.filters and not draft.projects:
        draft.operation = Operation.LIST
    if draft.projects and draft.operation is Operation.LIST and targets:
        draft.operation = Operation.LOOKUP
    if draft.projects and not targets and draft.filters:
        # 云网安全平台是延续项目吗: the value names the field that is asked about.
        targets = [field_target(f.fields) for f in draft.filters if f.fields]
    if draft.projects and draft.operation in (Operation.LOOKUP, Operation.COMPARE):
        draft.filters = [f for f in draft.filters if f.target and f.target == targets[0]]
    targets = targets or _default_targets(draft)
    if not targets:
        return Refusal(status="not_found", say="没有看懂问的是哪一项内容，请写出项目和要查的栏目。")
    if draft.operation is Operation.LOOKUP and not draft.projects:
        return _without_project(draft, targets, before)
    return _query(draft, targets)


def _check(draft: _Draft) -> Query:
    """What is asked about faults: the words for the kind, the fields that are named."""
    query = _query(draft, [])
    check = Operation.CHECK.value
    query.text = [s.word for s in draft.parsed.of(Sort.OPERATION) if check in s.names]
    query.fields = [n for t in draft.targets for n in t.names if t.kind is TargetKind.FIELD]
    if "指标" in draft.parsed.text:
        query.fields.append("indicators")
    return query


_NEGATION = re.compile(r"[不没无未非除]")


def _telling(word: str) -> bool:
    """A single character is a slip of the parser, but for a digit and a "not"."""
    return len(word) > 1 or word.isdigit() or bool(_NEGATION.search(word))


def _which(names: list[str]) -> Refusal:
    which = "这个说法可以指几个项目，请问是哪一个：" if len(names) > 1 else "请问是指这个项目吗："
    return Refusal(
        status="ambiguous",
        say=which + "；".join(names[:6]) + "？",
        choices=names[:6],
    )


def _default_targets(draft: _Draft) -> list[Target]:
    """What is meant where only projects, conditions or an operation are named."""
    if draft.operation in (Operation.LIST, Operation.COUNT, Operation.GROUP):
        return [Target(kind=TargetKind.PROJECT)]
    if draft.operation is Operation.RATIO or draft.parsed.of(Sort.YEAR):
        return [budget()]
    if draft.projects and draft.operation is Operation.LOOKUP:
        names = (["overview"], ["total_amount"], ["current_year_amount", "budget_amount"])
        return [field_target(n) for n in names]
    return []


def _without_project(draft: _Draft, targets: list[Target], before: Query | None) -> Query | Refusal:
    """A lookup that names no project: the only one, the last one, or each row's own."""
    if len(draft.catalog.projects) == 1:
        draft.projects = list(draft.catalog.projects)
    elif before and before.projects:
        draft.projects = list(before.projects)
    elif not all(t.kind is TargetKind.INDICATOR or t.items for t in targets):
        say = "没有说明是哪个项目，请写出项目名称，例如：" + "；".join(
            [*draft.catalog.projects][:6]
        )
        return Refusal(status="ambiguous", say=say, choices=[*draft.catalog.projects][:6])
    return _query(draft, targets)


def _with_residue(draft: _Draft, residue: list[str]) -> Query | Refusal:
    """Words that no label explains: a condition on names or units, a row, or a passage."""
    parsed, catalog = draft.parsed, draft.catalog
    if draft.operation in _AGGREGATES and not draft.projects:
        made = [residue_filter(word, catalog) for word in residue]
        if all(made) and (draft.targets or draft.operation in (Operation.LIST, Operation.COUNT)):
            draft.filters += [f for f in made if f]
            return _query(draft, draft.targets or _default_targets(draft))
    if not draft.projects and (named := _names_with(residue, catalog)):
        return _which(named)
    counted = _COUNTED.search(parsed.text)
    classifier = (counted[1] + counted[2]).lstrip("万亿")[:1] if counted else ""
    required = [*residue, *_own_words(draft)]
    fits = fit_rows(required, catalog, draft.projects, classifier)
    if all(w in COMMON for w in residue):
        fits = []
    by_row = draft.operation in (Operation.LOOKUP, Operation.LIST, Operation.COUNT)
    rows = [row_target([f.row for f in fits], parsed)] if fits and by_row else []
    if rows and not words.ENUMERATES.search(parsed.text):
        draft.operation = Operation.LOOKUP
        return _query(draft, rows)
    known = [w for w in residue if any(g in catalog.gram_counts for g in grams(w))]
    if draft.ambiguous and len(known) == len(residue):
        return _which(draft.ambiguous)
    if _latin(residue) and draft.projects:
        return _which(draft.projects)
    query = _query(draft, rows)  # the rows answer where no text does
    query.operation = Operation.PASSAGE
    query.text = required
    query.asks = _asks(parsed.text)
    query.extra = [s.word for s in parsed.of(Sort.STOP) if s.word in words.LIGHT]
    if query.asks != "reason":
        query.fields = [n for t in draft.targets if is_long_text(t) for n in t.names]
    if draft.operation in _AGGREGATES or _ASKS_PROJECT.search(parsed.text):
        query.group_by = "name"  # every project whose text says it
    query.counted = _counted_noun(counted[2]) if counted else ""
    return query


def _latin(residue: list[str]) -> bool:
    """Words of an English question that the word list does not know."""
    return all(re.fullmatch("[a-z'-]{2,}", w) for w in residue)


def _names_with(residue: list[str], catalog: Catalog) -> list[str]:
    """The projects that share a word too common to name one: 安全项目."""
    common = [w for w in residue if w in COMMON]
    if not common or len(common) < len(residue):
        return []
    return [n for n, key in catalog.name_keys.items() if all(w in key for w in common)][:6]


def _counted_noun(text: str) -> str:
    """系统 of 几个系统的新建."""
    return re.split("的|和|与|是|要|需|，", text)[0][:4]


def _own_words(draft: _Draft) -> list[str]:
    """The question's own words for the thing asked, which a passage must hold as well."""
    sorts = (
        Sort.FIELD, Sort.COLUMN, Sort.MONEY, Sort.DECLARED, Sort.APPROVED, Sort.PLANNED,
        Sort.TOTAL, Sort.ROW, Sort.CATEGORY, Sort.VALUE, Sort.CONDITION,
    )  # fmt: skip
    spans = [s for s in draft.open if s.sort in sorts]
    long_texts = {n for t in draft.targets if is_long_text(t) for n in t.names}
    kept = [s for s in spans if not long_texts & set(s.names)]
    return [s.word for s in kept if s.word not in ("多少钱", "花多少钱", "要多少钱", "指标值")]


def _asks(text: str) -> Asks:
    kinds: tuple[tuple[re.Pattern[str], Asks], ...] = (
        (words.ASKS_NAME, "name"),
        (words.ASKS_WHEN, "time"),
        (words.ASKS_NUMBER, "number"),
        (re.compile("为什么|为何|原因"), "reason"),
        (words.ENUMERATES, "list"),
    )
    for pattern, kind in kinds:
        if pattern.search(text):
            return kind
    return ""


def _query(draft: _Draft, targets: list[Target]) -> Query:
    parsed = draft.parsed
    query = Query(
        operation=draft.operation,
        projects=draft.projects,
        targets=targets,
        years=_years(draft),
        filters=draft.filters,
        limit=_limit(parsed.text),
    )
    if draft.operation is Operation.RATIO:
        query.whole, query.whole_of_all = _whole(draft, targets)
    query.group_by = draft.group_by
    if draft.operation is Operation.SUM and len(draft.projects) == 1:
        _sum_of_one(query)
    return query


def _sum_of_one(query: Query) -> None:
    """一共多少钱 of one project without a year is its total amount."""
    target = query.targets[0] if query.targets else None
    if target and target.kind is TargetKind.BUDGET and len(query.years) <= 1:
        query.operation = Operation.LOOKUP
        if not query.years:
            query.targets = [field_target(["total_amount"])]
    elif target and target.kind is TargetKind.FIELD:
        query.operation = Operation.LOOKUP


def _years(draft: _Draft) -> list[int]:
    used = {f.value for f in draft.filters if f.fields in (["start_year"], ["end_year"])}
    return [y for y in draft.parsed.years if str(y) not in used]


def _limit(text: str) -> int:
    m = words.TOP.search(text)
    if not m:
        return 1
    number = m[1] or m[2]
    return words.CHINESE_NUMBERS.get(number) or (int(number) if number.isdigit() else 1)


def _whole(draft: _Draft, targets: list[Target]) -> tuple[Target | None, bool]:
    """The denominator of a share: what stands after 占, or the same over all projects."""
    text = draft.parsed.text
    at = text.find("占")
    right = [s for s in draft.open if s.start > at >= 0]
    found = targets_of(right, draft.parsed, draft.catalog, draft.projects)
    of_all = bool(re.search("所有|全部|总预算|整个|总体|各项目", text[at:])) or not (
        draft.projects and found
    )
    whole = found[0] if found and is_amount(found[0]) else targets[0]
    if of_all and whole.kind is TargetKind.BUDGET:
        whole = targets[0]
    return whole, of_all


def _group_by(draft: _Draft) -> str:
    m = words.GROUPING.search(draft.parsed.text)
    by = (m["by"] or m["each"]) if m else draft.parsed.text
    for span in sorted(
        parse(by, draft.catalog, projects=False).of(Sort.FIELD, Sort.WEAK), key=lambda s: s.start
    ):
        if span.names and field_spec(span.names[0]) and span.names[0] != "name":
            draft.open = [s for s in draft.open if s.names != span.names]
            return "/".join(span.names)
    if "年" in by:
        return "year"
    for word, name in (("单位", "applicant_unit"), ("部门", "fund_department"), ("类", "category")):
        if word in by:
            return name
    return ""

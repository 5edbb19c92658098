"""A query while it is being built: the operation, the projects, what goes into the result. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.ask.query import words
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.projects import Mention
from assistant.ask.query.spans import Parsed, Span, parse
from assistant.ask.query.targets import budget, field_spec, field_target, is_amount, targets_of
from schemas.queries import Filter, Operation, Query, Refusal, Target, TargetKind, Test
from schemas.records import text_of

AGGREGATES = {
    Operation.LIST, Operation.COUNT, Operation.SUM, Operation.AVERAGE, Operation.MAX,
    Operation.MIN, Operation.GROUP,
}  # fmt: skip
_BY_WORD = (
    Operation.AVERAGE, Operation.MAX, Operation.MIN, Operation.COMPARE, Operation.COUNT,
    Operation.SUM, Operation.LIST,
)  # fmt: skip
ALL = 9999  # the limit of a ranking of everything
_JOINED = re.compile(r"[和与跟及、比或还,]|以及|减去?|除以")
# 关于补齐基础设施短板，图书馆项目怎么写: before a mere comma 设施 is what is asked about.
_FAINT = 0.25  # of the clearest mention's share
_TOPIC = re.compile("关于|对于|针对|有关")
_GROUPS = re.compile(r"(各|每)(个?年度?|类别?|单位|部门|处室)(有|的|分别)?.*(多少|几|合计|统计|是)")
_UNIT = "applicant_unit/spending_unit"
_BEST = re.compile(
    r"哪个?(?P<unit>一?个?(?:申报|用款)?(?:单位|部门))|(?P<who>谁|哪个联系人)|(?P<year>哪一?个?年)"
)
_AMOUNTS = (Sort.FIELD, Sort.MONEY, Sort.DECLARED, Sort.APPROVED, Sort.PLANNED)
_EACH_YEAR = re.compile(r"分别|各是|各有|各为")


@dataclass
class Draft:
    """What is known of the query so far. ``open`` are the spans no condition has used."""

    parsed: Parsed
    catalog: Catalog
    operation: Operation
    projects: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    open: list[Span] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)  # the words that name several projects
    group_by: str = ""
    left_out: list[Filter] = field(default_factory=list)  # projects that are not to count
    expected: str = ""
    expected_test: Test = "="
    compared: bool = False  # a condition against another year or project is among the filters
    whole_filters: list[Filter] = field(default_factory=list)  # of a share's denominator
    narrowed: bool = False  # a follow-up sets conditions on the projects of the turn before
    before: Query | None = None  # the query whose operation a follow-up keeps


def operation_of(parsed: Parsed) -> Operation:
    """The operation that the question's words name, the most particular first."""
    text = parsed.text
    if words.COUNT_ROWS.search(text) or words.COUNT_ITEMS.search(text):
        return Operation.COUNT
    if words.EQUAL.search(text) and parsed.mentions and len(_amounts(parsed)) > 1:
        return Operation.COMPARE
    if parsed.has(Operation.CHECK) and not _explains(text):
        return Operation.CHECK
    return _of_shares_and_groups(parsed) or _of_words(parsed)


def _of_shares_and_groups(parsed: Parsed) -> Operation | None:
    text = parsed.text
    grown = parsed.has(Operation.COMPARE) and "比" in text and "占" not in text
    if grown and words.RATE.search(text):
        return Operation.COMPARE
    if parsed.has(Operation.RATIO) or re.search("占.*(多少|几)", text):
        return Operation.RATIO
    if parsed.has(Operation.AVERAGE):
        by = (m := words.GROUPING.search(text)) and m["by"]
        return Operation.GROUP if by or _each(parsed) else Operation.AVERAGE
    if parsed.has(Operation.COMPARE) and parsed.mentions and words.EACH_YEAR.search(text):
        return Operation.COMPARE
    if words.GROUPING.search(text) or _GROUPS.search(text) or _each(parsed) or best_group(parsed):
        return Operation.GROUP
    if parsed.has(Operation.SUM) and _EACH_YEAR.search(text) and len(parsed.years) > 1:
        return Operation.GROUP
    return None


def _of_words(parsed: Parsed) -> Operation:
    text = parsed.text
    ranked = words.TOP.search(text) or words.SORTED.search(text) or words.NTH.search(text)
    if ranked and not (parsed.has(Operation.MAX) or parsed.has(Operation.MIN)):
        return Operation.MIN if words.ASCENDING.search(text) else Operation.MAX
    if any(_sums(clause, parsed) for clause in re.finditer("[^，,]+", text)):
        return Operation.SUM
    for operation in _BY_WORD:
        if parsed.has(operation):
            return operation
    many = len(parsed.mentions) != 1 and not _EACH_YEAR.search(text)
    if parsed.of(Sort.TOTAL) and many and (not parsed.mentions or words.IN_ALL.search(text)):
        return Operation.SUM
    in_all = words.IN_ALL.search(text) and not _EACH_YEAR.search(text)
    if (in_all and len(parsed.years) > 1) or _to_come(parsed):
        return Operation.SUM
    everything = words.ALL_PROJECTS.search(text)
    listed = everything or words.ASKS_PROJECT.search(text)
    return Operation.LIST if listed else Operation.LOOKUP


def _to_come(parsed: Parsed) -> bool:
    """2023年以后还要花多少钱: several years, or all projects, in one amount."""
    several = len(parsed.years) > 1 or not parsed.mentions
    asked = words.STILL.search(parsed.text) and parsed.of(Sort.MONEY, Sort.PLANNED)
    return bool(asked and several and parsed.years and not _EACH_YEAR.search(parsed.text))


def _sums(clause: re.Match[str], parsed: Parsed) -> bool:
    """有几个，预算合计多少: a clause of its own that sums, after one that counts."""
    if clause.start() == 0 or not parsed.has(Operation.COUNT):
        return False
    inside = [s for s in parsed.spans if clause.start() <= s.start < clause.end()]
    named = {n for s in inside if s.sort is Sort.OPERATION for n in s.names}
    amounts = any(s.sort in _AMOUNTS for s in inside)
    return amounts and Operation.SUM.value in named and Operation.COUNT.value not in named


def _amounts(parsed: Parsed) -> set[str]:
    """The amounts that a question names: 总金额 and 各年资金 are two."""
    return {s.sort.value + "/".join(s.names) for s in parsed.of(*_AMOUNTS)}


def _each(parsed: Parsed) -> Span | None:
    """The field of 各联系人, 每个单位."""
    labels = parsed.of(Sort.FIELD, Sort.WEAK)
    ahead = ("各", "各个", "每", "每个", "每位")
    # 平均每个项目总金额: nothing is told apart by an amount.
    kinds = (s for s in labels if s.names[0] != "name" and not is_amount(field_target(s.names)))
    found = (s for s in kinds if parsed.text[: s.start].endswith(ahead))
    return next(found, None)


def best_group(parsed: Parsed) -> str:
    """The field, or "year", whose values are ranked: 哪个单位的预算最多; "" if none are."""
    if not (parsed.has(Operation.MAX) or parsed.has(Operation.MIN)):
        return ""
    m = _BEST.search(parsed.text)
    ranks = (Operation.MAX.value, Operation.MIN.value)
    at = min(s.start for s in parsed.of(Sort.OPERATION) if set(ranks) & set(s.names))
    if not m or m.start() > at or (m["year"] and parsed.mentions):
        return ""  # 预算最多的项目的联系人是谁 ranks projects
    return "year" if m["year"] else "contact_name" if m["who"] else _UNIT


def _explains(text: str) -> bool:
    """解决什么问题 asks for a text, not for faults in the form."""
    about_text = re.search(
        r"(解决|针对|面对|应对|存在|反映|处理|为什么)[^,，]{0,8}(问题|矛盾)", text
    )
    return bool(about_text) and not re.search(r"指标|填写|填报|表格|数据有", text)


def place_projects(draft: Draft) -> None:
    """Settles which of the mentions are the projects asked about."""
    mentions = draft.parsed.mentions
    if not mentions:
        return
    text = draft.parsed.text
    if words.ASKS_PROJECT.search(text) and words.SAYS.search(text):
        for mention in mentions:  # 哪些项目提到了档案: a word to be found, not a project
            _give_back(draft, mention)
        return
    kept = [mentions[0]]
    for mention in mentions[1:]:
        first, last = sorted((kept[0], mention), key=lambda m: m.start)
        between = draft.parsed.text[first.spans[-1][1] : last.start]
        faint = mention.share < _FAINT * kept[0].share or (first is mention and _TOPIC.match(text))
        times = bool(words.TIMES.search(text)) and "是" in between
        if faint and not times and not _JOINED.search(between.strip(",")):
            _give_back(draft, mention)
        elif times or _JOINED.search(between):
            kept.append(mention)
        else:
            _give_back(draft, mention)
    for mention in sorted(kept, key=lambda m: m.start):
        if len(mention.names) == 1 and _left_out(draft, mention, kept):
            continue
        if len(mention.names) == 1:
            draft.projects.append(mention.names[0])
            continue
        _give_back(draft, mention)
        rows = words.COUNT_ROWS.search(text) or words.COUNT_ITEMS.search(text)
        if draft.operation not in AGGREGATES or rows:
            draft.ambiguous = list(mention.names)
            draft.unsettled = [draft.parsed.text[a:b] for a, b in mention.spans]


_LEFT_OUT = re.compile(r"(除了?|除去|不含|不包括|不算|剔除|扣除)$")


def _left_out(draft: Draft, mention: Mention, kept: list[Mention]) -> bool:
    """除热线外: a project that is asked to be left out; all of a list after 除 are."""
    text = draft.parsed.text
    ahead = _LEFT_OUT.search(text[: min(m.start for m in kept)])
    behind = text[mention.spans[-1][1] :].startswith("除外")
    if not ahead and not behind:
        return False
    said = (ahead[0] if ahead else "") + "除外"
    draft.parsed.residue[:] = [r for r in draft.parsed.residue if r not in said]
    name = mention.names[0]
    draft.left_out.append(Filter(fields=["name"], test="ne", value=name, label="项目名称"))
    return True


def _give_back(draft: Draft, mention: Mention) -> None:
    """The words of a mention that names no project asked about must be explained otherwise."""
    parsed = draft.parsed
    parsed.residue += [parsed.text[start:end] for start, end in mention.spans]
    parsed.spans = [
        s for s in parsed.spans if s.sort is not Sort.PROJECT or s.names != mention.names
    ]


def which(names: list[str]) -> Refusal:
    """Asks back which project is meant."""
    said = "这个说法可以指几个项目，请问是哪一个：" if len(names) > 1 else "请问是指这个项目吗："
    return Refusal(status="ambiguous", say=f"{said}{'；'.join(names[:6])}？", choices=names[:6])


def not_quite(name: str) -> Refusal:
    """No project has the name as it was written; one has nearly that."""
    say = f"没有找到这个名称的项目。名称相近的是：{name}。如果指的是它，请写出它的名称再问。"
    return Refusal(status="not_found", say=say, choices=[name])


def group_by_of(draft: Draft) -> str:
    """What to group by: a field, "year", or nothing; its span is used up."""
    if draft.operation is not Operation.GROUP:
        return ""
    if best := best_group(draft.parsed):
        labels = (Sort.FIELD, Sort.WEAK)
        draft.open = [s for s in draft.open if s.sort not in labels or not _names_group(s, best)]
        return best
    if span := _each(draft.parsed):
        draft.open = [s for s in draft.open if s != span]
        return _UNIT if span.word == "单位" else "/".join(span.names)
    m = words.GROUPING.search(draft.parsed.text)
    by = (m["by"] or m["each"]) if m else draft.parsed.text
    named = parse(by, draft.catalog, projects=False).of(Sort.FIELD, Sort.WEAK)
    for span in named if m else ():
        if span.names and field_spec(span.names[0]) and span.names[0] != "name":
            draft.open = [s for s in draft.open if s.names != span.names]
            return "/".join(span.names)
    if "年" in by or draft.parsed.years:
        return "year"
    for word, name in (("单位", _UNIT), ("部门", "fund_department"), ("类", "category")):
        if word in by:
            return name
    return ""


def _names_group(span: Span, group_by: str) -> bool:
    by = set(group_by.split("/"))
    return bool(by & set(span.names)) or (group_by == _UNIT and span.word in ("单位", "部门"))


def query_of(draft: Draft, targets: list[Target]) -> Query:
    """The finished query for ``targets``."""
    query = Query(
        operation=draft.operation,
        projects=draft.projects,
        targets=targets,
        years=_years(draft),
        filters=draft.filters,
        group_by=draft.group_by,
        limit=_limit(draft.parsed.text),
    )
    _arrange(query, draft)
    if draft.operation is Operation.RATIO and draft.before:
        kept = draft.before
        query.whole, query.whole_of_all = kept.whole, kept.whole_of_all
        query.whole_filters = kept.whole_filters
    elif draft.operation is Operation.RATIO and targets:
        query.whole, query.whole_of_all = _whole(draft, targets)
        query.whole_filters = draft.whole_filters
    if draft.operation is Operation.SUM and len(draft.projects) == 1 and targets:
        _sum_of_one(query)
    elif draft.operation is Operation.SUM and targets and words.IN_ALL.search(draft.parsed.text):
        _money_of_all(query, draft)
    return query


def _arrange(query: Query, draft: Draft) -> None:
    """Places of a ranking, both its ends, the gap between them; a rate; the names of a sum."""
    parsed = draft.parsed
    ranked = query.operation in (Operation.MAX, Operation.MIN)
    if ranked and (m := words.NTH.search(parsed.text)):
        number = next(g for g in (m["n"], m["n2"], m["n3"]) if g)
        query.nth = query.limit = words.number_of(number)
    query.ends = ranked and parsed.has(Operation.MAX) and parsed.has(Operation.MIN)
    query.total = ranked and parsed.has(Operation.SUM) and query.limit > 1
    query.gap = ranked and parsed.has(Operation.COMPARE)
    if query.operation is Operation.COMPARE and "同比" in parsed.text and len(query.years) == 1:
        query.years = [query.years[0] - 1, query.years[0]]
    query.rate = query.operation is Operation.COMPARE and bool(words.RATE.search(parsed.text))
    if query.operation is Operation.GROUP and best_group(parsed):
        query.order = "max" if parsed.has(Operation.MAX) else "min"
    asked = parsed.has(Operation.LIST) or parsed.has(Operation.COUNT)
    query.expected, query.expected_test = draft.expected, draft.expected_test
    query.named = query.operation is Operation.SUM and not query.projects and asked


def _sum_of_one(query: Query) -> None:
    """一共多少钱 of one project without a year is its total amount."""
    target = query.targets[0]
    if target.kind is TargetKind.BUDGET and len(query.years) <= 1:
        query.operation = Operation.LOOKUP
        if not query.years:
            query.targets = [field_target(["total_amount"])]
    elif target.kind is TargetKind.FIELD:
        query.operation = Operation.LOOKUP


def _money_of_all(query: Query, draft: Draft) -> None:
    """它们一共多少钱: the total amounts, or, as some forms have none, the year's money."""
    catalog, target = draft.catalog, query.targets[0]
    records = [r for p in query.projects for r in catalog.projects.get(p, ())]
    if target.names == ["total_amount"] and any("total_amount" not in r.fields for r in records):
        query.targets = [budget("当年金额")]


def _years(draft: Draft) -> list[int]:
    """The years that no condition has used; those of the turn before have no words here."""
    spans = [s for s in draft.parsed.of(Sort.YEAR) if not s.word or s in draft.open]
    funded = _funded(draft) if any(s.condition for s in spans) else set()
    kept = [[y for y in s.years if y in funded] if s.condition else [] for s in spans]
    return sorted({y for s, own in zip(spans, kept, strict=True) for y in own or s.years})


def _funded(draft: Draft) -> set[int]:
    """The years that the projects' forms have money for: 2099 only ends some."""
    catalog = draft.catalog
    records = [r for p in draft.projects for r in catalog.projects.get(p, ())] or catalog.records
    years = (text_of(r.get("year")) for x in records for r in x.tables.get("annual_funding", ()))
    own = {catalog.budget_years.get(r.key) for r in records}
    return {int(y) for y in set(years) if y.isdigit()} | {y for y in own if y}


def _limit(text: str) -> int:
    m = words.TOP.search(text)
    if not m:
        return ALL if words.SORTED.search(text) else 1
    number = m[1] or m[2]
    return words.number_of(number)


def spans_of_whole(draft: Draft) -> list[Span]:
    """The spans of a share's denominator: what stands after 占."""
    at = draft.parsed.text.find("占")
    return [s for s in draft.open if s.start > at >= 0]


def own_targets(draft: Draft) -> list[Target]:
    """What the open spans ask for; of a share, those before its denominator."""
    whole = spans_of_whole(draft) if draft.operation is Operation.RATIO else []
    spans = [s for s in draft.open if s not in whole]
    return targets_of(spans, draft.parsed, draft.catalog, draft.projects)


def _whole(draft: Draft, targets: list[Target]) -> tuple[Target | None, bool]:
    """The denominator of a share: what stands after 占, or the same over all projects."""
    text = draft.parsed.text
    found = targets_of(spans_of_whole(draft), draft.parsed, draft.catalog, draft.projects)
    tail = text[max(text.find("占"), 0) :]
    of_all = bool(re.search("所有|全部|总预算|整个|总体|各项目", tail)) or not (
        draft.projects and found
    )
    whole = found[0] if found and is_amount(found[0]) else targets[0]
    in_budgets = targets[0].kind is TargetKind.BUDGET and re.search("总预算|预算总|总资金", tail)
    if of_all and (whole.kind is TargetKind.BUDGET or in_budgets):
        whole = targets[0]
    return whole, of_all

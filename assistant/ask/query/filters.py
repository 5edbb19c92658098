"""The spans of a question → conditions on the projects. Pure."""

from __future__ import annotations

import re

from assistant.ask.query import words
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.spans import Parsed, Span
from assistant.ask.query.targets import field_spec, field_target, is_amount, targets_of
from assistant.ask.query.words import MINUTES
from assistant.text.bigrams import squeeze
from schemas.forms import Kind
from schemas.queries import Filter, Target, TargetKind, Test

UNIT_FIELDS = (
    "applicant_unit", "spending_unit", "implementing_unit", "fund_department",
    "provincial_department",
)  # fmt: skip
_STARTS = r"(?:开始|启动|起始|起(?!止)|立项)"
_ENDS = r"(?:结束|到期|截止|终止|完工)"
_NOT = re.compile(r"(不是|并非|非|不属于|除了?|不含|不包括|不算)$")


def filters_of(parsed: Parsed, catalog: Catalog) -> tuple[list[Filter], set[Span]]:
    """The conditions that the spans state, and the spans that they use up."""
    found: list[Filter] = []
    used: set[Span] = set()
    for reader in (_empty, _values, _years, _conditions, _name_has):
        filters, spans = reader(parsed, catalog, used)
        found += filters
        used |= spans
    return found, used


_Found = tuple[list[Filter], set[Span]]


def _values(parsed: Parsed, catalog: Catalog, used: set[Span]) -> _Found:
    """A stored value, narrowed to the field that is named right before it."""
    filters: list[Filter] = []
    spans: set[Span] = set()
    for span in parsed.of(Sort.VALUE):
        label = _label_before(span, parsed)
        names = list(span.names)
        if label and set(label.names) & set(names):
            names = [n for n in label.names if n in names]
            spans.add(label)
        values = {v for f, v in catalog.values[span.word] if f in names}
        whole = any(squeeze(v) == span.word for v in values)
        negated = _negated(span, parsed)
        tests: tuple[Test, Test] = ("ne", "lacks") if negated else ("eq", "contains")
        test = tests[0] if whole else tests[1]
        spec = field_spec(names[0])
        if whole and all(n.startswith("is_") for n in names):
            filters.append(_yes_or_no(span, names, negated))
            spans.add(span)
            continue
        filters.append(
            Filter(
                fields=names,
                test=test,
                value=next(v for v in values if squeeze(v) == span.word) if whole else span.word,
                label=spec.label if spec and len(names) == 1 else "",
            )
        )
        spans.add(span)
    return _either(filters), spans


def _yes_or_no(span: Span, names: list[str], negated: bool) -> Filter:
    """非债券项目 on one form is 否 on another: both are the same answer to the same field."""
    spec = field_spec(names[0])
    no = span.word.startswith(("否", "非", "不")) != negated
    label = spec.label if spec and len(names) == 1 else ""
    return Filter(fields=names, test="eq", value="否" if no else "是", label=label)


def _either(filters: list[Filter]) -> list[Filter]:
    """Two values of one field can only be alternatives: 张某和李某负责的项目."""
    kept: list[Filter] = []
    for made in filters:
        same = (k for k in kept if k.fields == made.fields and k.test == made.test)
        first = next(same, None) if made.test in ("eq", "contains") else None
        if first is None:
            kept.append(made)
        elif made.value not in (first.value, *first.also):
            first.also.append(made.value)
    return kept


_BUT_FOR = re.compile(r"(?:的?项目)?(?:以外|之外|除外)")


def _negated(span: Span, parsed: Parsed) -> bool:
    """不是延续项目, 延续项目以外; the "not" is then accounted for."""
    m = _NOT.search(parsed.text[: span.start]) or _BUT_FOR.match(parsed.text, span.end)
    if m and (found := [r for r in parsed.residue if r in m[0]]):
        parsed.residue.remove(found[0])
    return bool(m)


def _label_before(span: Span, parsed: Parsed) -> Span | None:
    """A field's label with nothing but 是, 为 or a colon between it and the value."""
    for other in parsed.of(Sort.FIELD, Sort.WEAK):
        between = parsed.text[other.end : span.start]
        if other.end <= span.start and re.fullmatch(r"[是为:：等于叫属]*(?:不是|非)?", between):
            return other
    return None


def _years(parsed: Parsed, catalog: Catalog, used: set[Span]) -> _Found:
    """2021年开始的项目, 结束年度为2026年: a year beside a word for the beginning or the end."""
    filters: list[Filter] = []
    spans: set[Span] = set()
    if parsed.mentions:
        return filters, spans
    for span in parsed.of(Sort.YEAR):
        after = parsed.text[span.end : span.end + 4]
        before = parsed.text[max(span.start - 8, 0) : span.start]
        for words_of_it, name in ((_STARTS, "start_year"), (_ENDS, "end_year")):
            behind = re.match(rf"(?:才|就|前)?{words_of_it}", after)
            side = span.condition
            ahead = re.search(rf"{words_of_it}(?:年度|年份|时间)?(?:于|在|是|为|等于)?$", before)
            if not (behind or ahead) or (side is None and len(span.years) != 1):
                continue
            spans |= {span, *_near(span, name, parsed)}
            spec = field_spec(name)
            made = Filter(fields=[name], test="eq", label=spec.label if spec else "")
            made.test, made.value = (side[0], str(side[1])) if side else ("eq", str(span.years[0]))
            if side is None and _negated(span, parsed):
                made.test = "ne"  # 不是2021年开始的
            filters.append(made)
            break
    return filters, spans


def _near(span: Span, name: str, parsed: Parsed) -> set[Span]:
    labels = parsed.of(Sort.WEAK, Sort.FIELD)
    return {s for s in labels if name in s.names and abs(s.start - span.start) <= 10}


_A_YEAR = re.compile(r"[^\d，,]*(?:19|20)\d\d年")


def _conditions(parsed: Parsed, catalog: Catalog, used: set[Span]) -> _Found:
    """超过2000万元, 不低于95%: a number against an amount or an indicator's target."""
    spans = parsed.of(Sort.CONDITION)
    # 超过2023年申报金额: a year is no amount to compare with.
    spans = [s for s in spans if not _A_YEAR.match(parsed.text, s.start)]
    if parsed.mentions:
        spans = [s for s in spans if s.condition and s.condition[0] != "="]
    if not spans:
        return [], set()
    open_spans = [s for s in parsed.spans if s not in used and s not in spans]
    year, own = _own_words(spans[0], open_spans)
    target = _compared(spans[0], own or open_spans, parsed, catalog)
    if target is None:
        return [], set()
    filters = [
        Filter(test=s.condition[0], value=limit_of(s), label=target.label, target=target, year=year)
        for s in spans
        if s.condition
    ]
    rows = {s for s in open_spans if s.sort in (Sort.ROW, Sort.CATEGORY) or _goal(s, spans[0])}
    return filters, {*spans, *own, *(rows if target.kind is TargetKind.INDICATOR else set())}


def _goal(span: Span, condition: Span) -> bool:
    """满意度目标在95%以上: the indicator's target, not the text of the goals."""
    goals = {"annual_goal", "overall_goal"}
    beside = span.sort in (Sort.FIELD, Sort.WEAK) and 0 <= condition.start - span.end <= 2
    return beside and goals.issuperset(span.names)


_AMOUNT_SORTS = (Sort.FIELD, Sort.MONEY, Sort.TOTAL, Sort.DECLARED, Sort.APPROVED, Sort.PLANNED)


def _own_words(condition: Span, open_spans: list[Span]) -> tuple[int | None, list[Span]]:
    """The amount (and its year) that stands right before a condition, where another amount is
    what is asked for: 总金额超过500万元的项目2026年申报合计."""
    amounts = [s for s in open_spans if s.sort in _AMOUNT_SORTS]
    label = next((s for s in amounts if 0 <= condition.start - s.end <= 1), None)
    if label is None or len([s for s in amounts if s is not label]) == 0:
        return None, []
    years = [s for s in open_spans if s.sort is Sort.YEAR]
    year = next((s for s in years if 0 <= label.start - s.end <= 1 and len(s.years) == 1), None)
    if year is None or len(years) == 1:
        return None, [label]
    return year.years[0], [label, year]


def limit_of(span: Span) -> str:
    """The number of a condition; a percentage keeps its sign and a time is in minutes, so
    that only such are compared."""
    if span.condition is None:
        return ""
    _, number, unit = span.condition
    if unit in MINUTES:
        return f"{number * MINUTES[unit]:f}分钟"
    return f"{number}{'%' if unit == '%' else ''}"


def _compared(
    span: Span, open_spans: list[Span], parsed: Parsed, catalog: Catalog
) -> Target | None:
    projects = list(parsed.mentions[0].names) if len(parsed.mentions) == 1 else []
    targets = targets_of(open_spans, parsed, catalog, projects)
    unit = span.condition[2] if span.condition else ""
    indicators = [t for t in targets if t.kind is TargetKind.INDICATOR]
    if unit not in ("元", ""):
        if indicators:
            return indicators[0]
        return Target(kind=TargetKind.INDICATOR, words="".join(parsed.residue), label="指标")
    amounts = [t for t in targets if is_amount(t)]
    return amounts[0] if amounts else None


_MORE = "多高大贵长"
_THAN_YEAR = re.compile(
    rf"((?:19|20)\d{{2}})年?度?[^比，,]*比((?:19|20)\d{{2}})年?度?(?:的)?(?:[^，,比]{{0,6}}?)"
    rf"(?:(?P<more>[{_MORE}]|增加了?|增长了?|上升)|(?P<less>[少低小短]|减少了?|下降了?|降低了?))(?:的|了的)?(?!多少)"
)


def than_year(parsed: Parsed, target: Target) -> Filter | None:
    """2026年计划比2025年多的项目: a condition between two years of one project."""
    m = _THAN_YEAR.search(parsed.text)
    if m is None or not is_amount(target) or target.kind is TargetKind.COST:
        return None
    parsed.residue[:] = [r for r in parsed.residue if r not in m[0]]
    test: Test = ">" if m["more"] else "<"
    first, second = int(m[1]), int(m[2])
    return Filter(
        test=test, target=target, year=first, than_year=second, label=f"{first}年{target.label}"
    )


_THAN = re.compile(rf"(?:(?P<more>[{_MORE}])|(?P<less>[少低小短]))(?:的|[，,]|$)")


def than_project(parsed: Parsed, target: Target, name: str) -> Filter | None:
    """预算比路灯项目多的有哪些: a condition against one project's value."""
    after = parsed.text.rfind("比")
    m = _THAN.search(parsed.text, max(after, 0))
    if after < 0 or m is None or not (is_amount(target) or target.kind is TargetKind.INDICATOR):
        return None
    parsed.residue[:] = [r for r in parsed.residue if r not in m[0] and r != "比"]
    test: Test = ">" if m["more"] else "<"
    return Filter(test=test, target=target, than_project=name, label=target.label)


_LACKS = re.compile(r"(没有?填写?过?的?|没有?写|未填写?|没有|没|无|缺少?)$")
_HAS = re.compile(r"(?<!没)(填写?了|写了|有)$")


def _empty(parsed: Parsed, catalog: Catalog, used: set[Span]) -> _Found:
    """没有填申报联系电话的项目, 有年度绩效目标但没有联系电话的项目: fields that are empty."""
    labels = [s for s in parsed.of(Sort.FIELD, Sort.WEAK) if s.names and s.names[0] != "name"]
    if not labels or parsed.mentions or "有没有" in parsed.text:
        return [], set()
    filters: list[Filter] = []
    spans: set[Span] = set()
    signs = [(s, _LACKS.search(parsed.text[: s.start])) for s in labels]
    if any(m for _, m in signs):
        for label, without in signs:
            filled = _HAS.search(parsed.text[: label.start])
            if m := without or filled:
                filters.append(_filled(label, "empty" if without else "filled"))
                spans |= {label, *_inside(m, parsed)}
    elif m := words.EMPTY.search(parsed.text):
        filters.append(_filled(labels[0], "empty"))
        spans = {labels[0], *_inside(m, parsed)}
    if spans:
        parsed.residue[:] = [r for r in parsed.residue if r not in ("但", "却")]
    return filters, spans


def _filled(label: Span, test: Test) -> Filter:
    target = field_target(label.names)
    return Filter(fields=target.names, test=test, label=target.label)


def _inside(m: re.Match[str], parsed: Parsed) -> set[Span]:
    """The spans that a phrase covers; its words are off the residue."""
    parsed.residue[:] = [r for r in parsed.residue if r not in m[0]]
    return {s for s in parsed.spans if s.start >= m.start() and s.end <= m.end()}


_PARTS: dict[str, tuple[str, str]] = {
    "名": ("name", "项目名称"), "编": ("code", "二级项目编码"), "代": ("code", "二级项目编码"),
}  # fmt: skip


def _name_has(parsed: Parsed, catalog: Catalog, used: set[Span]) -> _Found:
    """名称里带“平台”的项目, 编码里有2022的项目: a part of the name or of the code."""
    m = words.NAME_HAS.search(parsed.text)
    if not m:
        return [], set()
    word = re.sub(r"(的?项目.*|有哪些.*|字样.*)$", "", m[2])
    covered = {s for s in parsed.spans if s.start < m.end() and s.end > m.start()}
    covered |= {s for s in parsed.spans if s.end == m.start() and s.word == "项目"}
    parsed.residue[:] = [r for r in parsed.residue if r not in m[0]]
    name, label = _PARTS[m[1][0]]
    return [Filter(fields=[name], test="contains", value=word, label=label)], covered


def choice_filter(span: Span, parsed: Parsed) -> Filter | None:
    """重点项目, 新增项目: a choice that a question names as a kind of project."""
    if span.sort not in (Sort.FIELD, Sort.WEAK):
        return None
    spec = field_spec(span.names[0])
    if spec is None or spec.kind is not Kind.CHOICE:
        return None
    if not span.names[0].startswith("is_"):
        if span.word in {squeeze(label) for label in spec.labels} or len(span.word) < 3:
            return None
        value = span.word.removesuffix("项目")
        return Filter(fields=list(span.names), test="contains", value=value, label=spec.label)
    negated = _negated(span, parsed)
    return Filter(
        fields=list(span.names), test="eq", value="否" if negated else "是", label=spec.label
    )


def type_before(span: Span, parsed: Parsed) -> Filter | None:
    """新增 of 新增重点项目: the type of the projects, not a verb; its word is then used up."""
    before = (s for s in parsed.of(Sort.STOP) if s.word == "新增")
    verb = next((s for s in before if parsed.text[s.end : span.start] in ("", "的")), None)
    spec = field_spec("application_type")
    if verb is None or spec is None:
        return None
    parsed.spans.remove(verb)
    return Filter(fields=[spec.name], test="contains", value=verb.word, label=spec.label)


def residue_filter(word: str, catalog: Catalog) -> Filter | None:
    """A place or a part of a unit's or project's name that all of ``word`` stands in."""
    bare = re.sub(r"(项目|市本级)$", "", word)
    if len(bare) < 2:
        return None
    place = bare.rstrip("省市县区") in catalog.places
    fields = ["name", *UNIT_FIELDS]
    choices = (
        [(fields, "项目名称或单位")] if place else [(fields[:1], "项目名称"), (fields[1:], "单位")]
    )
    for names, label in choices:
        for record in catalog.records:
            texts = (record.fields.get(f) for f in names)
            if any(c and c.value is not None and bare in squeeze(str(c.value)) for c in texts):
                return Filter(fields=names, test="contains", value=bare, label=label)
    return None

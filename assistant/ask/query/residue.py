"""Words of a question that no label explains. Pure.

They are a condition on names and units, the name of a row in other words, or the matter of a
passage; where they are none of these the question is not answered.
"""

from __future__ import annotations

import re

from assistant.ask.query import words
from assistant.ask.query.catalog import COMMON, Catalog, Row
from assistant.ask.query.draft import AGGREGATES, Draft, query_of, spans_of_whole, which
from assistant.ask.query.filters import UNIT_FIELDS, residue_filter
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.rows import fit_rows, uncovered
from assistant.ask.query.spans import Parsed, free_places
from assistant.ask.query.targets import budget, is_amount, is_long_text, row_target, targets_of
from assistant.ask.query.typos import swaps
from assistant.text.amounts import parse_target
from assistant.text.bigrams import grams, squeeze
from schemas.queries import Asks, Operation, Query, Refusal, Target, TargetKind
from schemas.records import text_of

_COUNTED = re.compile(rf"(?:几|多少)([{words.CLASSIFIERS}]?)([^\W\d_]{{0,6}})")
# Single characters that may stay unexplained: particles, and verbs that add nothing.
_SO_MANY = re.compile(r"(?<=哪)[两二三四五六七八九十][个种项类大][^\W\d_]{2}")
_SLIPS = frozenset("得着过呀哦投花样定共填写达拿把跟来些那哪此等个项是有为")
_MATTER = (
    Sort.FIELD, Sort.MONEY, Sort.DECLARED, Sort.APPROVED, Sort.PLANNED, Sort.TOTAL, Sort.ROW,
    Sort.CATEGORY, Sort.VALUE, Sort.CONDITION,
)  # fmt: skip
_ONLY_ASKING = frozenset(["多少钱", "花多少钱", "要多少钱", "用多少钱", "指标值", "多少资金"])


_RANKED = (Operation.MAX, Operation.MIN, Operation.AVERAGE, Operation.RATIO)
_NEGATION = re.compile(r"[不没无未非除]|^[率费税罚比]$")


def telling(words_left: list[str]) -> list[str]:
    """Those of the words that nothing explains which must be explained.

    Beside longer words a single character is a slip of the parser, but for a digit and a
    "not"; alone it may be what tells one thing from another.
    """
    long = [w for w in words_left if len(w) > 1 or w.isdigit() or _NEGATION.search(w)]
    return long or [w for w in words_left if w not in _SLIPS]


def default_targets(draft: Draft) -> list[Target]:
    """What is meant where only projects, conditions or an operation are named."""
    listing = (Operation.LIST, Operation.COUNT, Operation.GROUP)
    if draft.operation in listing:
        years = query_of(draft, []).years
        return [budget() if years and not draft.group_by else Target(kind=TargetKind.PROJECT)]
    at = draft.parsed.text.find("占")
    if draft.operation is Operation.RATIO and all(s.start > at for s in draft.parsed.of(Sort.YEAR)):
        whole = targets_of(spans_of_whole(draft), draft.parsed, draft.catalog, draft.projects)
        if whole and is_amount(whole[0]):
            return whole[:1]  # 图书馆项目占全部总金额的比例: like is divided by like
    if draft.operation is Operation.RATIO or draft.parsed.of(Sort.YEAR):
        return [budget()]
    return []


def several_of_a_name(draft: Draft) -> None:
    """共享单车治理项目有几个: all whose names have the words, not the one that is most like."""
    parsed = draft.parsed
    named = parsed.of(Sort.PROJECT)
    listing = draft.operation in (Operation.COUNT, Operation.LIST)
    part = len(named) == 1 == len(parsed.mentions) and parsed.mentions[0].share < 1
    if (
        not listing
        or not part
        or any(s.sort in (*_MATTER, Sort.COLUMN, Sort.WEAK, Sort.PERIOD) for s in parsed.spans)
    ):
        return
    if words.COUNT_ROWS.search(parsed.text) or words.COUNT_ITEMS.search(parsed.text):
        return
    if made := residue_filter(named[0].word, draft.catalog):
        draft.projects, draft.ambiguous, parsed.mentions = [], [], []
        draft.left_out.append(made)


_BUT_FOR = re.compile("以外|之外|除外")
_EACH_OF = re.compile("(?:各|分别)有?(?:几|多少)[个项]?")
_FROM_TO = re.compile(
    r"((?:19|20)\d\d)年?[到至-]((?:19|20)\d\d)年?[^，,]{0,8}(?:增长|增加|减少|下降|变化)了?多少"
)


def misread(query: Query, parsed: Parsed) -> Refusal | None:
    """A refusal where the query would say the contrary of the question, or less: 星渡市以外 as
    星渡市, 重点项目和债券项目各有几个 as those that are both. Of 从2021到2025增长了多少 the years
    between are not compared."""
    if (m := _FROM_TO.search(parsed.text)) and query.operation is Operation.COMPARE:
        query.years = [int(m[1]), int(m[2])]
    if query.operation is Operation.PASSAGE:
        return None
    out = any(f.test in ("ne", "lacks") or f.value == "否" for f in query.filters)
    if _BUT_FOR.search(parsed.text) and not out:
        say = "没有看懂要除去的是哪些项目，请换一种说法，例如“不是延续项目的有哪些”。"
        return Refusal(status="not_found", say=say)
    counted = query.operation is Operation.COUNT and len(query.filters) > 1
    if counted and _EACH_OF.search(parsed.text):
        return Refusal(status="not_found", say="请把各类项目的个数分开来问，一次问一类。")
    return None


def explain(draft: Draft, residue: list[str]) -> Query | Refusal:
    """A query in which ``residue`` has a meaning, or a question back."""
    catalog, text = draft.catalog, draft.parsed.text
    if query := _as_condition(draft, residue):
        return query
    if not draft.projects and (named := _names_with(residue, catalog)):
        return which(named)
    if draft.ambiguous and set(residue) <= set(draft.unsettled):
        return which(draft.ambiguous)
    residue = [_without_classifier(w, text) for w in residue]
    if (m := _SO_MANY.search(text)) and m[0][0] in residue:
        residue = [m[0][:3] if w == m[0][0] else w for w in residue]  # 四个部 of 哪四个部分
    counted = _COUNTED.search(text)
    rows = _as_rows(draft, residue, counted)
    if rows and not words.ENUMERATES.search(text):
        draft.operation = Operation.LOOKUP
        return query_of(draft, rows)
    known = [w for w in residue if any(g in catalog.gram_counts for g in grams(w))]
    if draft.ambiguous and len(known) == len(residue):
        return which(draft.ambiguous)
    vague = all(m.share < _HALF for m in draft.parsed.mentions)
    if draft.projects and vague and all(re.fullmatch("[a-z'-]{2,}", w) for w in residue):
        return which(draft.projects)  # English words that the word list does not know
    if unknown := [w for w in residue if _BODY.search(w) and not _stands(w, catalog)]:
        said = f"已读入的表里没有“{'”、“'.join(unknown)}”。"
        return Refusal(
            status="not_found", say=f"{said}表上的单位有：{'、'.join(_units(catalog)[:6])}。"
        )
    if draft.operation in AGGREGATES and all(w.isdigit() for w in residue):
        # 至少有10个指标的项目: no text that holds a 10 is meant.
        said = f"没有看懂“{'”、“'.join(residue)}”在这里是什么的数量。"
        return Refusal(status="not_found", say=f"{said}请写出要比较的金额或指标。")
    if draft.operation in _RANKED:
        # No sentence of a text answers 最便宜的图书.
        words_left = "、".join(f"“{w}”" for w in residue)
        return Refusal(status="not_found", say=f"表上没有可以按{words_left}来排列的内容。")
    return _as_passage(draft, residue, rows, counted)


# What ends like a body's name is found whole or not at all: 水利局 is not 水环境 and a 局.
_HOW_OFTEN = re.compile(r"(次数|时长|频率|频次|费用)(?:要求|目标)?(?:是|为|有)?(?:多少|几|什么)?$")
_MANY = 2000
_HALF = 0.5  # the share of a name from which it is sure which project is meant
_PART = 4  # characters of a word from which a part of it may be found on its own
_MEASURE = re.compile(r"[^\W\d_]{2}率$|[^\W\d_](?:度|次数|数量|时间|时长|费用|金额|比例)$")
_BODY = re.compile(
    r"^[^\W\d_]{2,}(?:局|厅|委|办|院|公司|集团|中心|学校|医院|大学|银行|协会|街道|镇)$"
)


def _stands(word: str, catalog: Catalog) -> bool:
    """Whether a unit, a project, a row or a text has the word, the last two as far as every
    two of its characters stand there."""
    key = squeeze(word)
    named = any(key in name for name in (*catalog.values, *catalog.name_keys.values()))
    return named or all(g in catalog.gram_counts for g in grams(key))


def _units(catalog: Catalog) -> list[str]:
    cells = (r.fields.get(f) for r in catalog.records[:_MANY] for f in UNIT_FIELDS)
    return [u for u in dict.fromkeys(text_of(c) for c in cells) if len(u) > 1]


def _without_classifier(word: str, text: str) -> str:
    """灯杆 of 多少根灯杆."""
    counted = re.search(rf"(?:几|多少)[{words.CLASSIFIERS}]{re.escape(word[1:])}", text)
    return word[1:] if len(word) > 2 and counted and word[0] in words.CLASSIFIERS else word


def _as_condition(draft: Draft, residue: list[str]) -> Query | None:
    """惠州的项目, 一网项目: words of names and units, where projects are counted or summed."""
    if draft.operation not in AGGREGATES or draft.projects:
        return None
    text = draft.parsed.text
    if any(p.search(text) for p in (words.SAYS, words.COUNT_ROWS, words.COUNT_ITEMS)):
        return None  # rows are counted of one project, projects by a condition
    made = [residue_filter(word, draft.catalog) for word in residue]
    listing = draft.operation in (Operation.LIST, Operation.COUNT)
    if not all(made) or not (draft.targets or listing):
        return None
    draft.filters += [f for f in made if f]
    return query_of(draft, draft.targets or default_targets(draft))


def _as_rows(draft: Draft, residue: list[str], counted: re.Match[str] | None) -> list[Target]:
    """The rows that the words fit, as one target."""
    by_row = (Operation.LOOKUP, Operation.LIST, Operation.COUNT)
    name = asks_of(draft.parsed.text) == "name"  # rows state numbers
    common = all(w in COMMON for w in residue) and not (counted and counted[1] and draft.projects)
    if name or draft.operation not in by_row or common:
        return []
    classifier = (counted[1] + counted[2]).lstrip("万亿")[:1] if counted else ""
    if _asks_cost(draft):
        # 扫描服务安排了多少钱: the amount is the row's own, its name does not say so.
        fits = fit_rows(residue, draft.catalog, draft.projects, table="cost_items")
        fits = [f for f in fits if not _another(f.row, draft)]
        return [row_target([f.row for f in fits], draft.parsed, draft.catalog)] if fits else []
    required = [*residue, *_own_words(draft)]
    fits = fit_rows(required, draft.catalog, draft.projects, classifier)
    noun = _counted_noun(counted[2])[:2] if counted and counted[1] else ""
    fits = [f for f in fits if len(noun) < 2 or noun in f.row.words]
    fits = [f for f in fits if not (counted and counted[1] and _counts_else(f.row, noun))]
    fits = [f for f in fits if not _another(f.row, draft) and _says_all(f.row, residue)]
    documents = words.documents_named(draft.parsed.text)  # 网络安全法 is not 网络安全服务
    fits = [f for f in fits if all(d in f.row.words for d in documents)]
    return [row_target([f.row for f in fits], draft.parsed, draft.catalog)] if fits else []


def _says_all(row: Row, residue: list[str]) -> bool:
    """夜间影像更新次数 is not the row 影像更新次数: no two characters on end may be left over."""
    held = set(grams(row.words))
    return not any(uncovered(w, held) > 1 for w in residue if len(w) > _PART)


def _counts_else(row: Row, noun: str) -> bool:
    """千瓦时 is no answer to 几个机房: a unit of measurement other than what is counted."""
    for column in ("annual_value", "period_value"):
        value = parse_target(text_of(row.cells.get(column)))
        unit = value.unit.lstrip("余万亿多")
        measured = value.number is not None and unit and unit[0] not in words.CLASSIFIERS
        if measured and not (noun and unit.startswith(noun[0])):
            return True
    return False


def _another(row: Row, draft: Draft) -> bool:
    """下云数 is not the row 上云数."""
    free = free_places(draft.parsed)
    return any(not s.alike for s in swaps(draft.parsed.text, row.key, free))


def _asks_cost(draft: Draft) -> bool:
    """Whether an amount, a price or a workload is asked, which only cost items have by name."""
    money = {Sort.MONEY, Sort.PLANNED, Sort.TOTAL}
    columns = [n for s in draft.parsed.of(Sort.COLUMN) for n in s.names]
    return any(s.sort in money for s in draft.open) or any(
        n.startswith("cost_items") for n in columns
    )


def _as_passage(
    draft: Draft, residue: list[str], rows: list[Target], counted: re.Match[str] | None
) -> Query:
    """A search in the texts; ``rows`` answer where no text does."""
    parsed = draft.parsed
    query = query_of(draft, rows)
    query.operation = Operation.PASSAGE
    measures = [m[0] for w in residue if len(w) > _PART and (m := _MEASURE.search(w))]
    measures += [m[1]] if (m := _HOW_OFTEN.search(parsed.text)) else []
    measures += [m[0] for m in words.DETAILS.finditer(parsed.text)]
    documents = words.documents_named(parsed.text)
    said = [*residue, *_own_words(draft), *_changes(draft), *measures]
    query.text = [w for w in said if not any(w in d or d in w for d in documents)] + documents
    query.asks = asks_of(parsed.text)
    query.extra = [s.word for s in parsed.of(Sort.STOP) if s.word in words.LIGHT]
    query.counted = _counted_noun(counted[2]) if counted else ""
    query.group_by = ""
    if query.asks != "reason":
        query.fields = [n for t in draft.targets if is_long_text(t) for n in t.names]
    if draft.operation in AGGREGATES or words.ASKS_PROJECT.search(parsed.text):
        query.group_by = "name"  # every project whose text says it
        query.asks = "" if query.asks == "list" else query.asks
    return query


def _changes(draft: Draft) -> list[str]:
    """增长 of 增长比例: what a text must say as well, as it is not computed."""
    if draft.operation is not Operation.COMPARE:
        return []
    said = (m[0] for m in re.finditer("增长|增加|减少|下降|上升|降低", draft.parsed.text))
    return [w for w in dict.fromkeys(said) if not any(w in r for r in draft.parsed.residue)]


def _names_with(residue: list[str], catalog: Catalog) -> list[str]:
    """The projects that share a word too common to name one: 安全项目."""
    common = [w for w in residue if w in COMMON]
    if not common or len(common) < len(residue):
        return []
    return [n for n, key in catalog.name_keys.items() if all(w in key for w in common)][:6]


def _counted_noun(text: str) -> str:
    """系统 of 几个系统的新建."""
    return re.split("的|和|与|是|要|需|，", text)[0][:4]


def _own_words(draft: Draft) -> list[str]:
    """The question's own words for the thing asked, which a passage must hold as well."""
    long_texts = {n for t in draft.targets if is_long_text(t) for n in t.names}
    spans = [s for s in draft.open if s.sort in _MATTER and not long_texts & set(s.names)]
    own = [s.word for s in spans if s.word not in _ONLY_ASKING]
    return [w for w in own if w not in draft.parsed.residue]


def asks_of(text: str) -> Asks:
    """The kind of thing that a question asks for."""
    kinds: tuple[tuple[re.Pattern[str], Asks], ...] = (
        (words.ASKS_NAME, "name"),
        (words.ASKS_WHEN, "time"),
        (words.ASKS_WHERE, "place"),
        (words.ASKS_NUMBER, "number"),
        (re.compile("为什么|为何|原因"), "reason"),
        (words.ENUMERATES, "list"),
    )
    return next((kind for pattern, kind in kinds if pattern.search(text)), "")

"""A question cut into words that the planner knows. Pure.

Every stretch that could be a year, a condition, a project, a value, a row's name, a field's
label or a function word is a candidate; the set that covers the question best is chosen by
dynamic programming. What stays uncovered is the residue, which no answer may ignore.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.ask.query import words
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.lexicon import Sort, lexicon
from assistant.ask.query.phrases import of_booklets
from assistant.ask.query.projects import Mention, find_mentions, names_kept_whole
from assistant.ask.query.typos import follows_alike, swaps
from assistant.text.amounts import UNITS
from schemas.queries import Operation, Test


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    sort: Sort
    word: str
    names: tuple[str, ...] = ()  # fields, columns ("table.column"), values, operations
    years: tuple[int, ...] = ()
    condition: tuple[Test, Decimal, str] | None = None  # or, of a year, before and after it


@dataclass
class Parsed:
    """The question in squeezed form, its spans in order, and what no span explains."""

    text: str
    spans: list[Span]
    mentions: list[Mention] = field(default_factory=list)
    residue: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)  # names with another word in one's place

    def of(self, *sorts: Sort) -> list[Span]:
        return [s for s in self.spans if s.sort in sorts]

    def has(self, operation: Operation) -> bool:
        return any(operation.value in s.names for s in self.of(Sort.OPERATION))

    @property
    def years(self) -> list[int]:
        return sorted({y for s in self.of(Sort.YEAR) for y in s.years})


_MAX_WORD = 16


def _fixed(text: str) -> Iterator[Span]:
    """Fixed words; a 的 inside a label is stepped over: 部门的审核意见."""
    known = lexicon()
    for start in range(len(text)):
        word, end = "", start
        while end < len(text) and len(word) < _MAX_WORD:
            char = text[end]
            end += 1
            if char == "的" and word:
                continue
            word += char
            if word in known:
                sort, names = known[word]
                if end - start == len(word) or sort in (Sort.FIELD, Sort.COLUMN):
                    yield Span(start, end, sort, word, names)
    for m in words.TOP.finditer(text):
        if m[2]:
            yield Span(m.end() - len(m[2]) - 1, m.end(), Sort.STOP, m[2])
    for m in words.NTH.finditer(text):
        yield Span(m.start(), m.end(), Sort.OPERATION, m[0])
    for m in words.FIRST_FEW.finditer(text):
        yield Span(m.start(), m.end(), Sort.OPERATION, m[0])
    for m in re.finditer("的", text):
        yield Span(m.start(), m.end(), Sort.STOP, "的")


def _bounds(text: str, known: set[int]) -> Iterator[Span]:
    """2023年以前, 2026年底前, 2024年以来: a side of a year."""
    for m in words.YEAR_BOUND.finditer(text):
        test: Test = "<=" if m[2] else ">=" if m[3] else "<" if m[4] else ">"
        year = int(m[1])
        passing = {
            "<=": [y for y in known if y <= year],
            "<": [y for y in known if y < year],
            ">=": [y for y in known if y >= year],
            ">": [y for y in known if y > year],
        }[test]
        # Where the store has no such year, one that it does not have is asked for.
        years = tuple(sorted(passing)) or (year - 1 if test in ("<", "<=") else year + 1,)
        condition = (test, Decimal(year), "年")
        yield Span(m.start(), m.end(), Sort.YEAR, m[0], years=years, condition=condition)


def _years(text: str, this_year: int | None) -> Iterator[Span]:
    for m in words.YEAR_RANGE.finditer(text):
        first, last = int(m[1]), int(m[2])
        years = tuple(range(first, last + 1)) if last - first <= 30 else ()
        counted = not m[3] or words.number_of(m[3]) == len(years)  # 2025到2027三年
        end = m.end() if counted else m.start(3)
        if years:
            yield Span(m.start(), end, Sort.YEAR, text[m.start() : end], years=years)
    for m in words.YEAR.finditer(text):
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        if before.isdigit() or (m[0].isdigit() and after.isdigit()):
            continue
        yield Span(m.start(), m.end(), Sort.YEAR, m[0], years=(int(m[1]),))
    if this_year is not None:
        for word, offset in words.RELATIVE_YEARS.items():
            for m in re.finditer(word, text):
                yield Span(m.start(), m.end(), Sort.YEAR, word, years=(this_year + offset,))


_SIGNS: tuple[tuple[str, Test], ...] = (
    (words.BELOW, "<="),
    (words.ABOVE, ">="),
    (words.LESS, "<"),
    (words.MORE, ">"),
)


def _scaled(number: str, unit: str | None) -> tuple[Decimal, str]:
    """A number with its unit: money in yuan, a percentage as printed."""
    value = Decimal(number.replace(",", ""))
    money = unit if unit in UNITS else f"{unit}元" if unit in ("万", "亿") else None
    return (value * UNITS[money], "元") if money else (value, unit or "")


def _conditions(text: str) -> Iterator[Span]:
    for m in words.BETWEEN.finditer(text):
        unit = m[2] or m[4]
        for number, test in ((m[1], ">="), (m[3], "<=")):
            value, kind = _scaled(number, unit)
            span_test: Test = ">=" if test == ">=" else "<="
            at = m.start() if test == ">=" else m.end()
            middle = m.start(3)
            start, end = (at, middle) if test == ">=" else (middle, at)
            yield Span(start, end, Sort.CONDITION, m[0], condition=(span_test, value, kind))
    for m in words.CONDITION.finditer(text):
        sign = next(test for pattern, test in _SIGNS if re.fullmatch(pattern, m[1]))
        value, kind = _scaled(m[2], m[3])
        yield Span(m.start(), m.end(), Sort.CONDITION, m[0], condition=(sign, value, kind))
    for m in words.EQUAL_NUMBER.finditer(text):
        value, kind = _scaled(m[1], m[2] or m[3])
        yield Span(m.start(), m.end(), Sort.CONDITION, m[0], condition=("=", value, kind))
    for m in words.ZERO.finditer(text):
        zero: Test = "="
        yield Span(m.start(), m.end(), Sort.CONDITION, m[0], condition=(zero, Decimal(0), "元"))
    for m in words.CONDITION_AFTER.finditer(text):
        value, kind = _scaled(m[1], m[2])
        test2: Test = ">=" if m[3] == "以上" else "<="
        yield Span(m.start(), m.end(), Sort.CONDITION, m[0], condition=(test2, value, kind))


def _stored(text: str, catalog: Catalog) -> Iterator[Span]:
    """Values, row names and indicator categories that stand in the question."""
    # A parent project is often called what the project is called, but for the ending.
    hidden = set() if "一级" in text else {"parent_name"}
    longest = min(catalog.longest_value, 48)
    for start in range(len(text)):
        for end in range(start + 2, min(start + longest, len(text)) + 1):
            word = text[start:end]
            if word in catalog.values:
                fields = tuple(sorted({f for f, _ in catalog.values[word]} - hidden))
                if fields:
                    yield Span(start, end, Sort.VALUE, word, fields)
            kind = f"{word[:-1]}项目" if word.endswith("类") else ""  # 市政府投资类
            if kind in catalog.values and word not in catalog.values:
                fields = tuple(sorted({f for f, _ in catalog.values[kind]} - hidden))
                if fields == ("category",):
                    yield Span(start, end, Sort.VALUE, kind, fields)
            if word in catalog.row_names:
                yield Span(start, end, Sort.ROW, word)
            if word in catalog.categories:
                yield Span(start, end, Sort.CATEGORY, word)


_FACTOR = {Sort.STOP: 0.6, Sort.WEAK: 0.8, Sort.OPERATION: 0.95, Sort.ROW: 1.1}
# Where two readings cover the same text, the later sort yields.
_EXTRA = {Sort.CONDITION: 3.0, Sort.PROJECT: 1.0, Sort.CATEGORY: 0.5}


def _weight(span: Span) -> float:
    length = span.end - span.start
    if span.sort in (Sort.FIELD, Sort.COLUMN):
        length = len(span.word)  # without a 的 inside it
    if span.sort is Sort.STOP:
        return length * _FACTOR[Sort.STOP]
    extra = 3.0 if span.word[:1].isdigit() and span.years else _EXTRA.get(span.sort, 0.0)
    return float(length**1.5) * _FACTOR.get(span.sort, 1.0) + extra


def cover(length: int, spans: Iterable[Span]) -> list[Span]:
    """The spans that together weigh most without overlapping, in order."""
    ending: dict[int, list[Span]] = {}
    for span in spans:
        ending.setdefault(span.end, []).append(span)
    best: list[float] = [0.0]
    last: list[Span | None] = [None]
    for end in range(1, length + 1):
        score, choice = best[end - 1], None
        for span in ending.get(end, ()):
            total = best[span.start] + _weight(span)
            if total > score:
                score, choice = total, span
        best.append(score)
        last.append(choice)
    chosen: list[Span] = []
    at = length
    while at > 0:
        choice = last[at]
        if choice:
            chosen.append(choice)
            at = choice.start
        else:
            at -= 1
    return chosen[::-1]


def parse(question: str, catalog: Catalog, *, projects: bool = True) -> Parsed:
    """Cuts a question (Chinese words) into spans. Without ``projects`` no name is looked for."""
    question, whole = names_kept_whole(question, catalog)
    question = of_booklets(question, len(catalog.document_names))
    text = words.prepared(question, catalog.known_years)
    for place, key in whole.items():
        text = text.replace(place, key)
    spans = [
        *_bounds(text, catalog.known_years),
        *_years(text, catalog.common_year),
        *_conditions(text),
        *_fixed(text),
        *_stored(text, catalog),
    ]
    first = cover(len(text), spans)
    fixed = {Sort.YEAR, Sort.CONDITION, Sort.VALUE, Sort.ROW}
    blocked = {
        i
        for s in first
        if s.sort in fixed and (s.end - s.start >= 5 or s.sort in (Sort.YEAR, Sort.CONDITION))
        for i in range(s.start, s.end)
    }
    mentions = _named(text, catalog, blocked) if projects else []
    for mention in mentions:
        for start, end in mention.spans:
            spans.append(Span(start, end, Sort.PROJECT, text[start:end], mention.names))
    spans += _all_of_them(text, len(catalog.projects), len(mentions))
    chosen = cover(len(text), spans)
    used = {s.names for s in chosen if s.sort is Sort.PROJECT}
    kept = [m for m in mentions if m.names in used]
    residue, swallowed = _residue(text, chosen)
    residue += _phases(text, chosen)
    chosen = [s for s in chosen if s not in swallowed]
    parsed = Parsed(text, chosen, kept, residue)
    for mention in kept:
        _slips(mention, parsed, catalog)
    return parsed


# Function words that may also tell one thing from another: 上云, 内网.
_DIRECTIONS = frozenset("上下内中前后里对分总次数量")


_PURE = frozenset("的了是在有要和与及从到为被由将把给用以按请查其各每")


def free_places(parsed: Parsed) -> set[int]:
    """The places of the text that nothing explains, or only a function word of one character
    that may as well be a part of a word: 上, 内, 会 of 会诊."""
    covered = {i: s for s in parsed.spans for i in range(s.start, s.end)}
    open_places = set(range(len(parsed.text))) - covered.keys()
    single = {i for i, s in covered.items() if s.sort is Sort.STOP and s.end - s.start == 1}
    beside = {i for i in single if open_places & {i - 1, i + 1} and covered[i].word not in _PURE}
    return open_places | beside | {i for i in single if covered[i].word in _DIRECTIONS}


def _slips(mention: Mention, parsed: Parsed, catalog: Catalog) -> None:
    """A character in place of another of the same sound is a slip of the pen; any other makes
    it doubtful whether this project is meant."""
    if len(mention.names) > 1 or mention.share == 1.0:
        return
    name = mention.names[0]
    first, last = mention.start, min(mention.spans[-1][1] + 1, len(parsed.text))
    found = swaps(parsed.text, catalog.name_keys[name], free_places(parsed), (first, last))
    for swap in found:
        inside = first < swap.start and swap.start + len(swap.said) <= mention.spans[-1][1]
        if not swap.alike:
            parsed.doubtful += [name] if inside else []
            continue
        _drop(swap.said, parsed)
    for _, end in mention.spans:
        if end in free_places(parsed) and follows_alike(parsed.text, catalog.name_keys[name], end):
            _drop(parsed.text[end], parsed)


def _drop(said: str, parsed: Parsed) -> None:
    """Takes what was misspelt off the residue."""
    left = [r for r in parsed.residue if r.startswith(said)]
    if left:
        parsed.residue.remove(left[0])
        parsed.residue += [left[0].removeprefix(said)] if left[0] != said else []


_SO_MANY = re.compile(
    r"(?<!前)(?<!后)(?<!哪)(?:这|那|全部|所有|以上|上述)?(?P<n>[两二三四五六七八九十]|\d+)个(?:二级)?项目"
)


def _all_of_them(text: str, stored: int, named: int) -> Iterator[Span]:
    """六个项目 where six are stored, 四个项目 behind four names: a number that adds nothing."""
    for m in _SO_MANY.finditer(text):
        behind_most = re.search("最[高低大小多少贵]的?$", text[: m.start()])
        if words.number_of(m["n"]) in {stored, named} - {0, 1} and not behind_most:
            yield Span(m.start(), m.end(), Sort.OPERATION, m[0])


def _named(text: str, catalog: Catalog, blocked: set[int]) -> list[Mention]:
    """Exact names may take characters that a stored value or row would; parts may not."""
    whole = [m for m in find_mentions(text, catalog) if m.share == 1.0]
    return whole or find_mentions(text, catalog, blocked)


_PHASE = re.compile(
    r"(?:最后|最近|前|后|近|头)[一二两三四五六七八九十\d]+个?年|首年|第?[一二三四五六七八九十\d]+(?:期|批|标段|阶段|分册|号线)"
)
_NAMING = {Sort.PROJECT, Sort.ROW, Sort.VALUE, Sort.CONDITION}


def _phases(text: str, spans: list[Span]) -> list[str]:
    """一期, 第三批: numbers that tell one project from the next, where no name holds them."""
    named = [s for s in spans if s.sort in _NAMING]
    return [
        m[0]
        for m in _PHASE.finditer(text)
        if not any(s.start <= m.start() and m.end() <= s.end for s in named)
    ]


_CONTENT = re.compile(r"[^\W_]+")
# Function words that are as often the first or the last character of a word: 更新, 事项.
_OPENERS = frozenset("更分中应可上下对现内用能数表来")
_CLOSERS = frozenset("项约数值表次家款种类能行心用量应")


def _residue(text: str, spans: list[Span]) -> tuple[list[str], set[Span]]:
    """What no span covers, with the characters that were taken for function words, and the
    short words that turn out to be a part of a longer one: 服务 of 服务商."""
    open_text = list(text)
    for span in spans:
        open_text[span.start : span.end] = " " * (span.end - span.start)
    singles = [s for s in spans if s.sort is Sort.STOP and s.end - s.start == 1]
    for span in singles[::-1]:
        if span.word in _OPENERS and "".join(open_text[span.end : span.end + 1]).strip():
            open_text[span.start] = span.word
    for span in singles:
        if span.word in _CLOSERS and "".join(open_text[: span.start][-1:]).strip():
            open_text[span.start] = span.word
    swallowed: set[Span] = set()
    for m in re.finditer(r"(?<![^\W_])[^\W\d_](?![^\W_])", "".join(open_text)):
        if m[0] not in _NEGATIONS and (span2 := _neighbour(m.start(), spans)):
            open_text[span2.start : span2.end] = text[span2.start : span2.end]
            swallowed.add(span2)
    return _CONTENT.findall("".join(open_text)), swallowed


_NEGATIONS = frozenset("不没无未非除")


def _neighbour(at: int, spans: list[Span]) -> Span | None:
    """The two-character word right before, or after, a character that stands alone."""
    short = [
        s
        for s in spans
        if (s.sort in (Sort.ITEMS, Sort.WEAK) or s.word in words.LIGHT) and s.end - s.start == 2
    ]
    before = next((s for s in short if s.end == at), None)
    return before or next((s for s in short if s.start == at + 1), None)

"""Pages → forms: which pages a form covers, and why the others hold none. Pure.

A form opens at a title of its family, where labels, an indicator's head or a drawn table follow;
it goes on over the pages after it that carry table text and no title of their own. Without a
title, a form opens where a page holds many labels, or is a table of labels and values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import median

from assistant.pages.grid import draws_columns
from assistant.segmentation.parts import part, printed_lines
from assistant.segmentation.projects import parted
from assistant.segmentation.shapes import is_sheet_of_pairs
from assistant.text.folding import comparable
from schemas.forms import (
    FORMS,
    INDICATOR_LEVEL1,
    INDICATOR_LEVEL2,
    SECTION_TITLES,
    FormSpec,
    FormType,
    iter_labels,
    label_pattern,
)
from schemas.forms.spec import wordings_of
from schemas.geometry import Box, Page, PageSource, Word
from schemas.readings import FormSpan, PageNote, Segmentation, form_id_of

_TITLE_LINES = 6  # a title stands among the first lines, below a running head at most
_TITLE_LENGTH = 60
_OF_A_SENTENCE = ",，;；。"
_LABELS_TO_OPEN = 3
_TO_THE_NAME = 10  # lines from a title to the label of the project's name, at most
_TO_THE_TABLE = 90.0  # points from a title to the first line of its table, at most
_ANNEX = re.compile(r"附[件表]?\d*(?:[-—.]\d+)*:?|表\d+(?:[-—.]\d+)*:?")
_LABELS_WITHOUT_TITLE = 6
_WORDS_TO_JUDGE = 12
_LEGIBLE = 0.7  # median confidence of a page's words; upright scans have 0.99
_LEVEL1 = ("产出指标", "效益指标", "满意度指标", "成本指标", "绩效指标")
_LEVELS = re.compile("[一二三]级指标|指标名称|指标值")
_OTHER_TABLE = re.compile(r"[^,，;；。:]{2,38}表(?:[\d一二三四五六七八九十()年度.\-—]*)")
_ENTRY = re.compile(r"(\.{4,}|…{2,}|·{4,})")
_LISTED = re.compile(r"[^\d]\d{1,3}$")
_FEW_LINES = 6  # a page with so few after a form may be the rest of it
_SIGNED = re.compile(r"[\u4e00-\u9fff()]{2,10}:\S|[≥≤=<>]{1,2}\d")  # 填报人：某某, ≥95%
_ENTRIES = 3  # lines of a table of contents make one

_OPEN: FormType = "open"
_FAMILIES = tuple(spec for spec in FORMS.values() if spec.title_words)
_NAMES = tuple(dict.fromkeys(lb for s in FORMS.values() for lb in s.field("name").labels))


def _lines(page: Page) -> list[str]:
    return [folded for line in page.text.splitlines() if (folded := comparable(line))]


def _is_label(line: str, spec: FormSpec) -> bool:
    return line.startswith(_label_starts(spec.form_type))


@cache
def _label_starts(form_type: FormType) -> tuple[str, ...]:
    labels = (comparable(label) for label, _ in iter_labels(FORMS[form_type]))
    return tuple(label.split("{year}")[-1] for label in labels)


@dataclass(frozen=True, slots=True)
class _Titled:
    """A line that is the title of a family, and how much of it says so."""

    spec: FormSpec
    weight: int


def _family(line: str) -> _Titled | None:
    """The family whose title words say most of ``line`` (comparable form), if it is a title."""
    if len(line) > _TITLE_LENGTH or any(mark in line for mark in (*_OF_A_SENTENCE, "续表")):
        return None
    found = [
        _Titled(spec, weight)
        for spec in _FAMILIES
        for pattern, weight in _title_patterns(spec.form_type)
        if pattern.search(line) and (spec.bare_title or line not in spec.title_words)
    ]
    best = max(found, key=lambda t: t.weight, default=None)
    return None if best is None or _is_label(line, best.spec) else best


@cache
def _title_patterns(form_type: FormType) -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple(
        (re.compile(re.escape(word).replace("…", "[^,，;；。]{0,16}?")), len(word.replace("…", "")))
        for word in FORMS[form_type].title_words
    )


def _is_contents(page: Page) -> bool:
    """Whether the page lists titles with their pages."""
    lines = _lines(page)
    leaders = sum(bool(_ENTRY.search(line)) for line in lines)
    listed = sum(bool(_LISTED.search(line)) and _family(line) is not None for line in lines)
    return lines[:1] == ["目录"] or leaders >= _ENTRIES or listed > 1


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _labels(page: Page, spec: FormSpec) -> set[str]:
    """The fields of ``spec`` whose label is printed on the page, wherever it wraps."""
    text = _folded(page.text)
    for pattern, _ in _title_patterns(spec.form_type):
        text = pattern.sub("", text)  # a title also holds words of labels
    plain, dated = _printed_labels(spec.form_type)
    found = {name for label, name in plain if label in text}
    return found | {name for pattern, name in dated if pattern.search(text)}


@lru_cache(maxsize=4)
def _folded(text: str) -> str:
    """The comparable text of the page in hand, which several tests look at."""
    return comparable(text)


@cache
def _printed_labels(
    form_type: FormType,
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[re.Pattern[str], str], ...]]:
    """The labels without a year, and the patterns of those with one, each with its field."""
    spec = FORMS[form_type]
    own = [f for f in spec.fields if f.name not in (spec.roles.title, spec.roles.budget_year)]
    labels = [(comparable(label), f.name) for f in own for label in wordings_of(f)]
    plain = tuple((label, name) for label, name in labels if "{year}" not in label)
    dated = tuple((label_pattern(lb), name) for lb, name in labels if "{year}" in lb)
    return plain, dated


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a form begins on a page; ``top`` is None at the page's own top."""

    spec: FormSpec
    title: str
    top: float | None = None


def _starts(page: Page, *, after_form: bool) -> list[_Start]:
    """Every form that begins on the page, from its top down; a table of no known family begins
    none where it may be the rest of the form before (``after_form``)."""
    first = list(_first_start(page))
    if found := [*first, *_starts_below(page, first)]:
        return found
    labels = {spec.form_type: _labels(page, spec) for spec in _FAMILIES}
    named = [spec for spec in _FAMILIES if spec.roles.name in labels[spec.form_type]]
    best = max(named, key=lambda spec: len(labels[spec.form_type]), default=None)
    if best is not None and len(labels[best.form_type]) >= _LABELS_WITHOUT_TITLE:
        return [_Start(best, _any_title(page))]
    if page.source is PageSource.TEXT or _is_contents(page) or (after_form and _goes_on(page)):
        return []
    if is_sheet_of_pairs(page):
        return [_Start(FORMS[_OPEN], _any_title(page))]
    return []


def _first_start(page: Page) -> Iterator[_Start]:
    """The form that the page's first lines open."""
    lines = [line for line in page.text.splitlines() if line.strip()][:_TITLE_LINES]
    titled = [(line, t) for line in lines if (t := _family(comparable(line)))]
    if not titled or (_is_contents(page) and not draws_columns(page.rulings)):
        return
    line, found = max(titled, key=lambda o: (o[1].weight, -len(o[0])))
    if _follows(page, found.spec):
        yield _Start(found.spec, _squeezed(line))


def _follows(page: Page, spec: FormSpec) -> bool:
    """Whether what a title announces is there: labels, or a drawn table with one or with the
    heads of indicators."""
    labels = len(_labels(page, spec))
    if labels >= _LABELS_TO_OPEN:
        return True
    if page.source is PageSource.TEXT:
        return len({w.text for w in page.words if _LEVELS.fullmatch(comparable(w.text))}) > 1
    levels = len(set(_LEVELS.findall(_folded(page.text))))
    return draws_columns(page.rulings) and (labels > 0 or levels > 1)


def _any_title(page: Page) -> str:
    """The last line above the page's first ruling that may be a title; of a page without rulings,
    its first line if that may be one."""
    lines = [(text, words) for text, words in printed_lines(page) if words]
    if page.rulings:
        top = min(r.y0 for r in page.rulings)
        lines = [(t, w) for t, w in lines if w[0].box.centre[1] < top][::-1]
    else:
        lines = lines[:2]
    found = [t for t, words in lines if len(words) == 1 and _OTHER_TABLE.fullmatch(comparable(t))]
    return _squeezed(found[0]) if found else ""


def _starts_below(page: Page, first: Sequence[_Start]) -> Iterator[_Start]:
    """The forms that begin further down the page than with its first lines."""
    if page.turn:
        return
    lines = [(comparable(text), text, words) for text, words in printed_lines(page) if words]
    seen = not first  # whether the form before has its name by now
    for at, (line, text, words) in enumerate(lines):
        place = words[0].box
        found = _family(line) if seen and at > 0 else None
        if found is not None and not _in_table(page, place):
            following = [folded for folded, *_ in lines[at + 1 : at + 1 + _TO_THE_NAME]]
            named = any(follow.startswith(_NAMES) for follow in following)
            top = _top_of(lines[at - 1][2], lines[at - 1][0], place)
            rest = part(page, top)
            drawn = draws_columns(rest.rulings) and _table_near(rest, place)
            if drawn and _follows(rest, found.spec):
                named = True
            if named and (drawn or len(_labels(rest, found.spec)) >= _LABELS_TO_OPEN):
                yield _Start(found.spec, _squeezed(text), top)
                seen = False
                continue
        seen = seen or line.startswith(_NAMES) or (bool(page.rulings) and _in_table(page, place))


def _table_near(page: Page, title: Box) -> bool:
    below = [r.y0 for r in page.rulings if r.is_horizontal and r.y0 > title.y1]
    return bool(below) and min(below) - title.y1 < _TO_THE_TABLE


def _in_table(page: Page, place: Box) -> bool:
    """Whether a vertical line runs beside ``place``: then it is a cell, no title."""
    y = place.centre[1]
    return any(not r.is_horizontal and r.y0 < y < r.y1 for r in page.rulings)


def _top_of(words: Sequence[Word], line: str, title: Box) -> float:
    """Where a form begins: at its title, or at the number of the annex just above it."""
    return (words[0].box if _ANNEX.fullmatch(line) else title).y0 - 1


def _goes_on(page: Page) -> bool:
    """Whether a page without a title still belongs to the form before it."""
    if sum(not r.is_horizontal for r in page.rulings) >= 2:
        return not _heads_another(page)
    text = _folded(page.text)
    named = sum(word in text for word in (*_LEVEL1, *SECTION_TITLES, "合计"))
    cells = sum(len(line) <= 12 for line in _lines(page))
    if (named > 0 and cells * 2 >= len(_lines(page))) or _form_words(page) >= 2:
        return True
    few = len(_lines(page)) <= _FEW_LINES and not any(mark in text for mark in "，,。;；")
    return few and any(_SIGNED.match(line) for line in _lines(page))


def _is_rest(starts: Sequence[_Start], before: Page, page: Page) -> bool:
    """Whether a table without a title goes on from the page before, whose heads it repeats."""
    if not starts or starts[0].title or starts[0].top is not None:
        return False
    heads = _first_row(page)
    return len(heads) > 2 and heads <= {w.text for w in before.words}


def _first_row(page: Page) -> set[str]:
    """The words between the first two lines across the page."""
    across = sorted({round(r.y0) for r in page.rulings if r.is_horizontal})
    if len(across) < 2:
        return set()
    top, bottom = across[:2]
    return {w.text for w in page.words if top < w.box.centre[1] < bottom}


def _heads_another(page: Page) -> bool:
    """Whether a title above the page's first table says that it is another table."""
    top = min(r.y0 for r in page.rulings)
    above = (t for t, words in printed_lines(page) if words and words[0].box.centre[1] < top)
    return any(_OTHER_TABLE.fullmatch(comparable(text)) for text in above)


@cache
def _vocabulary() -> frozenset[str]:
    levels = (n + end for n in (*INDICATOR_LEVEL1, *INDICATOR_LEVEL2) for end in ("", "指标"))
    labels = (label for spec in FORMS.values() for label, _ in iter_labels(spec))
    return frozenset(map(comparable, (*levels, *labels, *SECTION_TITLES, "合计", "一级指标")))


def _form_words(page: Page) -> int:
    """How many of a form's own words stand on the page as runs of their own."""
    return len({word for run in page.text.split() if (word := comparable(run)) in _vocabulary()})


def _is_illegible(page: Page) -> bool:
    """Whether OCR made little of the page, as of one that lies on its side or its head: most
    words are unsure, or single glyphs."""
    if page.source is not PageSource.SCAN or len(page.words) < _WORDS_TO_JUDGE:
        return False
    unsure = median(w.confidence for w in page.words) < _LEGIBLE
    return unsure or median(len(w.text) for w in page.words) <= 1


def _reason(page: Page) -> str:
    if _is_illegible(page):
        return "认不出文字：页面可能横放或倒置，请转正后重新上传"
    lines = _lines(page)
    if not lines:
        return "空白页"
    entries = sum(bool(_ENTRY.search(line)) for line in lines)
    if lines[0].startswith("目录") or entries >= _ENTRIES:
        return "目录"
    if draws_columns(page.rulings):
        return "有表格，但不是绩效表"
    if any(_family(line) for line in lines):
        return "提到绩效表，但没有读出表来"
    if page.number == 1 and len(lines) <= 12:
        return "封面"
    return "文字说明，没有表格"


def find_forms(pages: Sequence[Page]) -> Segmentation:
    """Every page in a form or one note.

    >>> find_forms([]).forms
    []
    """
    forms: list[FormSpan] = []
    others: list[PageNote] = []
    open_form = False
    last: Page | None = None
    for page in pages:
        legible = not _is_illegible(page)
        starts = _starts(page, after_form=open_form) if legible else []
        if open_form and last and _is_rest(starts, last, page):
            starts = []
        last = page
        before = part(page, 0.0, starts[0].top) if starts and starts[0].top else page
        if open_form and legible and (before is not page or not starts) and _goes_on(before):
            forms[-1].pages.append(page.number)
            forms[-1].bottom = starts[0].top if starts else None
        elif not starts:
            others.append(PageNote(page=page.number, reason=_reason(page)))
        open_form = bool(starts) or (open_form and forms[-1].pages[-1] == page.number)
        forms += _spans(page, starts)
    by_number = {page.number: page for page in pages}
    return Segmentation(forms=list(parted(forms, by_number)), others=others)


def _spans(page: Page, starts: Sequence[_Start]) -> list[FormSpan]:
    """The forms that begin on ``page``, each up to the next one."""
    return [
        FormSpan(
            form_id=form_id_of(page.number, nth),
            pages=[page.number],
            form_type=start.spec.form_type,
            title=start.title,
            top=start.top,
            bottom=following.top if following else None,
        )
        for nth, (start, following) in enumerate(zip(starts, [*starts[1:], None], strict=False), 1)
    ]

"""Pages → forms: which pages a form covers, and why the others hold none. Pure.

A form opens on a page whose first lines hold a title of its family and whose
body holds at least two labels of its family; it goes on over the pages after
it that carry table text and no title, up to the next title or a page that is
plainly something else. A title further down a page opens a form there, if it
stands outside every table and the form's first labels follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from statistics import median

from assistant.segmentation.parts import part, printed_lines
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
from schemas.geometry import Box, Page, PageSource, Word
from schemas.readings import FormSpan, PageNote, Segmentation, form_id_of

_TITLE_LINES = 6  # a title stands among the first lines, below a running head at most
_TITLE_LENGTH = 60
_OF_A_SENTENCE = ",，;；。"
_LABELS_TO_OPEN = 3
_TO_THE_NAME = 10  # lines from a title to the label of the project's name, at most
_ANNEX = re.compile(r"附[件表]?\d*(?:[-—.]\d+)*:?|表\d+(?:[-—.]\d+)*:?")
_LABELS_WITHOUT_TITLE = 6
_WORDS_TO_JUDGE = 12
_LEGIBLE = 0.7  # median confidence of a page's words; upright scans have 0.99
_LEVEL1 = ("产出指标", "效益指标", "满意度指标", "成本指标", "绩效指标")
_CONTENTS_ENTRY = re.compile(r"(\.{4,}|…{2,}|·{4,}).*$|[^\d]\d{1,3}$")

# The narrower families first: a performance target table also prints the words 二级项目.
_FAMILIES = tuple(FORMS.values())[::-1]
_NAMES = tuple(dict.fromkeys(lb for s in FORMS.values() for lb in s.field(s.roles.name).labels))


def _lines(page: Page) -> list[str]:
    return [folded for line in page.text.splitlines() if (folded := comparable(line))]


def _is_label(line: str, spec: FormSpec) -> bool:
    return line.startswith(_label_starts(spec.form_type))


@cache
def _label_starts(form_type: FormType) -> tuple[str, ...]:
    labels = (comparable(label) for label, _ in iter_labels(FORMS[form_type]))
    return tuple(label.split("{year}")[-1] for label in labels)


def _title(page: Page, spec: FormSpec) -> str | None:
    lines = [line for line in page.text.splitlines() if line.strip()][:_TITLE_LINES]
    return next((_squeezed(line) for line in lines if _is_title(comparable(line), spec)), None)


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _is_title(line: str, spec: FormSpec) -> bool:
    if len(line) > _TITLE_LENGTH or not any([word in line for word in spec.title_words]):
        return False
    if _CONTENTS_ENTRY.search(line) or _is_label(line, spec):
        return False
    if any(mark in line for mark in _OF_A_SENTENCE):
        return False
    return spec.bare_title or line not in spec.title_words


def _labels(page: Page, spec: FormSpec) -> set[str]:
    """The fields of ``spec`` whose label is printed on the page, wherever it wraps."""
    text = _folded(page.text)
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
    labels = [(comparable(label), f.name) for label, f in iter_labels(FORMS[form_type])]
    plain = tuple((label, name) for label, name in labels if "{year}" not in label)
    dated = tuple((label_pattern(lb), name) for lb, name in labels if "{year}" in lb)
    return plain, dated


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a form begins on a page; ``top`` is None at the page's own top."""

    spec: FormSpec
    title: str
    top: float | None = None


def _starts(page: Page) -> list[_Start]:
    """Every form that begins on the page, from its top down."""
    titled = (_Start(spec, t) for spec in _FAMILIES if (t := _title(page, spec)))
    first = [s for s in titled if len(_labels(page, s.spec)) >= _LABELS_TO_OPEN][:1]
    if found := [*first, *_starts_below(page, first)]:
        return found
    for spec in _FAMILIES[::-1]:
        labels = _labels(page, spec)
        if spec.roles.name in labels and len(labels) >= _LABELS_WITHOUT_TITLE:
            return [_Start(spec, "")]
    return []


def _starts_below(page: Page, first: Sequence[_Start]) -> Iterator[_Start]:
    """The forms that begin further down the page than with its first lines."""
    names = sum(_folded(page.text).count(name) for name in _NAMES)
    if names <= len(first) or page.turn:
        return
    lines = [(comparable(text), text, words) for text, words in printed_lines(page) if words]
    seen = not first  # whether the form before has its name by now
    for at, (line, text, words) in enumerate(lines):
        place = words[0].box
        for spec in [s for s in _FAMILIES if seen and at > 0 and _is_title(line, s)]:
            following = [folded for folded, *_ in lines[at + 1 : at + 1 + _TO_THE_NAME]]
            named = any(follow.startswith(_NAMES) for follow in following)
            if named and not _in_table(page, place):
                top = _top_of(lines[at - 1][2], lines[at - 1][0], place)
                if len(_labels(part(page, top), spec)) >= _LABELS_TO_OPEN:
                    yield _Start(spec, _squeezed(text), top)
                    seen = False
                    break
        seen = seen or line.startswith(_NAMES)


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
        return True
    text = _folded(page.text)
    named = sum(word in text for word in (*_LEVEL1, *SECTION_TITLES, "合计"))
    cells = sum(len(line) <= 12 for line in _lines(page))
    return (named > 0 and cells * 2 >= len(_lines(page))) or _form_words(page) >= 2


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
    entries = sum(bool(re.search(r"(\.{4,}|…{2,}|·{4,})", line)) for line in lines)
    if lines[0].startswith("目录") or entries >= 3:
        return "目录"
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
    for page in pages:
        legible = not _is_illegible(page)
        starts = _starts(page) if legible else []
        before = part(page, 0.0, starts[0].top) if starts and starts[0].top else page
        if open_form and legible and (before is not page or not starts) and _goes_on(before):
            forms[-1].pages.append(page.number)
            forms[-1].bottom = starts[0].top if starts else None
        elif not starts:
            others.append(PageNote(page=page.number, reason=_reason(page)))
        open_form = bool(starts) or (open_form and forms[-1].pages[-1] == page.number)
        forms += _spans(page, starts)
    return Segmentation(forms=forms, others=others)


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

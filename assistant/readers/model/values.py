"""A chosen fragment → a reading: value by kind, place, and whether it stands there. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.pages.grounding import evidence_of, locate
from assistant.readers.model.fragments import Fragment
from assistant.text.amounts import parse_amount
from assistant.text.folding import comparable
from assistant.text.years import year_of
from schemas.forms import Kind
from schemas.geometry import Page, PageSource
from schemas.readings import Doubt, Doubts, Reading, Value

_YES, _NO = "☑☒✓✔√■●◉▣", "□☐○◯◻"
_OPTION_BEFORE = re.compile(rf"([^{_YES}{_NO}]+)([{_YES}{_NO}])")
_OPTION_BEHIND = re.compile(rf"([{_YES}{_NO}])([^{_YES}{_NO}]+)")
_SURE = 0.85  # what OCR is less sure of is doubtful

Pages = Mapping[int, Page]


def value_of(kind: Kind, printed: str) -> tuple[Value, Doubts]:
    """What a printed text says as a value of ``kind``, and the reasons to doubt it."""
    folded = comparable(printed)
    if kind is Kind.YEAR:
        year = year_of(folded)
        return (year, ()) if year else (printed, (Doubt.NOT_A_YEAR,))
    if kind is Kind.AMOUNT:
        amount = parse_amount(re.sub(r"\s+", "", printed))
        if amount is not None:
            return amount, ()
        return printed, (Doubt.NOT_AN_AMOUNT,) if re.search(r"\d", folded) else ()
    if kind in (Kind.CODE, Kind.NUMBER):
        return re.sub(r"\s+", "", printed), ()
    if any(mark in printed for mark in _YES + _NO):
        return _ticked(printed.strip())
    return printed, ()


def _ticked(printed: str) -> tuple[Value, Doubts]:
    """The ticked option: "☑是 □否" and "是□ 否■" have their boxes on different sides."""
    if printed[0] in _YES + _NO:
        options = [(m[2], m[1]) for m in _OPTION_BEHIND.finditer(printed)]
    else:
        options = [(m[1], m[2]) for m in _OPTION_BEFORE.finditer(printed)]
    ticked = [text.strip(" 、，,；;（）()") for text, mark in options if mark in _YES]
    return (ticked[0], ()) if len(ticked) == 1 else (printed, (Doubt.OPTIONS,))


def reading_of(kind: Kind, chosen: Sequence[Fragment], pages: Pages) -> Reading:
    """The reading of a cell whose content is ``chosen``, in this order."""
    separator = "\n" if kind is Kind.LONG_TEXT else ""
    printed = separator.join(f.text for f in chosen)
    value, doubts = value_of(kind, printed)
    first = chosen[0]
    if not all(_stands(f, pages[f.page]) for f in chosen):
        doubts = (*doubts, Doubt.UNGROUNDED)
    if any(_unsure(f, pages[f.page]) for f in chosen):
        doubts = (*doubts, Doubt.OCR)
    return Reading(
        value=value,
        evidence=evidence_of(pages[first.page], first.box, printed),
        doubts=doubts,
    )


def _stands(fragment: Fragment, page: Page) -> bool:
    """Whether the fragment is found on its page; OCR prints the lines of a cell apart."""
    if locate(fragment.text, page, near=fragment.box):
        return True
    return all(locate(word.text, page, near=word.box) for word in fragment.words)


def _unsure(fragment: Fragment, page: Page) -> bool:
    return page.source is PageSource.SCAN and min(w.confidence for w in fragment.words) < _SURE


def empty_beside(label: Fragment, pages: Pages) -> Reading:
    """The reading of a cell that the model says is empty, with its label as the place."""
    return Reading(value=None, evidence=evidence_of(pages[label.page], label.box, ""))

"""The last check of an answer: nothing is said that does not stand on a cited page. Pure.

Every number of the text must stand in a citation's quote or in the computation shown, in the
same kind of unit (760万元 is 7600000元), and every quoted phrase must stand there word for word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from assistant.amounts import UNITS
from assistant.text import comparable
from schemas.answers import Answer

_NUMBER = re.compile(
    r"(?<![\d.])(第)?(-?\d[\d,]*(?:\.\d+)?)\s*(百万元|千元|万元|亿元|元|%|页|年|×10,000 yuan|yuan)?"
)
_PAGE_EN = re.compile(r"p\. ?\d+")
_QUOTED = re.compile(r"“([^“”]+)”")


@dataclass(frozen=True, slots=True)
class _Token:
    value: Decimal
    kind: str  # money, percent, page, year or plain
    text: str


def unsupported(answer: Answer) -> list[str]:
    """The numbers and quoted phrases of the answer that nothing shown supports."""
    pages = {c.page for c in answer.citations}
    shown = answer.computation.splitlines()
    quotes = [c.quote for c in answer.citations]
    by_kind: dict[str, set[Decimal]] = {}
    tokens = _tokens(answer.answer)
    for support in (shown, quotes):  # a total over thousands of cells stands in the computation
        for token in (t for piece in support for t in _tokens(piece)):
            by_kind.setdefault(token.kind, set()).add(token.value)
        tokens = [t for t in tokens if not _stands(t, by_kind, pages)]
        if not tokens:
            break
    missing = [t.text for t in tokens]
    missing += [f"“{p}”" for p in _phrases_missing(answer.answer, [*shown, *quotes])]
    for page in _PAGE_EN.findall(answer.answer):
        if int(page[2:].strip()) not in pages:
            missing.append(page)
    return missing


def _phrases_missing(answer: str, support: list[str]) -> list[str]:
    phrases = _QUOTED.findall(answer)
    text = "\n".join(comparable(piece) for piece in support) if phrases else ""
    return [p for p in phrases if comparable(p).strip("…") not in text]


def _stands(token: _Token, held: dict[str, set[Decimal]], pages: set[int]) -> bool:
    if token.kind == "page":
        return token.value in pages
    if token.value in held.get(token.kind, ()):
        return True
    if token.kind == "plain":
        return any(token.value in values for kind, values in held.items() if kind != "page")
    # A printed cell carries no unit of its own.
    return token.value in held.get("plain", ())


def _tokens(text: str) -> list[_Token]:
    folded = _PAGE_EN.sub("", unicodedata.normalize("NFKC", text))
    return [
        _token(m[1], m[2], m[3] or "", m[0]) for m in _NUMBER.finditer(folded) if m[2].strip("-,")
    ]


def _token(ordinal: str | None, number: str, unit: str, text: str) -> _Token:
    value = Decimal(number.replace(",", "").rstrip("."))
    if unit in UNITS:
        return _Token(value * UNITS[unit], "money", text)
    if unit == "yuan":
        return _Token(value, "money", text)
    if unit == "×10,000 yuan":
        return _Token(value * 10_000, "money", text)
    if unit == "页" and ordinal:
        return _Token(value, "page", text)
    kind = {"%": "percent", "年": "year"}.get(unit, "plain")
    return _Token(value, kind, text)

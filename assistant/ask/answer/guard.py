"""The last check of an answer: nothing is said that does not stand on a cited page. Pure.

Every number of the text must stand in a citation's quote or in the computation shown, in the
same kind of unit (760万元 is 7600000元), and every quoted phrase must stand there word for word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from assistant.text.amounts import UNITS
from assistant.text.folding import comparable
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
    pages: set[int] = set()
    tokens, shown = _tokens(answer.answer), answer.computation.splitlines()
    by_kind: dict[str, set[Decimal]] = {}
    paged, phrases = _PAGE_EN.findall(answer.answer), _QUOTED.findall(answer.answer)
    if paged or any(t.kind == "page" for t in tokens):
        pages = {c.page for c in answer.citations}
    # A total over thousands of cells stands in the computation: their quotes are not read then.
    tokens = _left(tokens, shown, by_kind, pages)
    quotes = [c.quote for c in answer.citations] if tokens or phrases else []
    missing = [t.text for t in _left(tokens, quotes, by_kind, pages)]
    missing += [f"“{p}”" for p in _phrases_missing(phrases, [*shown, *quotes])]
    missing += _out_of_place(answer.answer, shown) if not missing else []
    return missing + [page for page in paged if int(page[2:].strip()) not in pages]


def _left(
    tokens: list[_Token], support: list[str], held: dict[str, set[Decimal]], pages: set[int]
) -> list[_Token]:
    """The tokens that stand neither in ``support`` nor in what was ``held`` before."""
    for token in (t for piece in support for t in _tokens(piece)) if tokens else ():
        held.setdefault(token.kind, set()).add(token.value)
    return [t for t in tokens if not _stands(t, held, pages)]


_CLAUSE = re.compile(
    r"[；\n]|。|(?<=个项目)：|(?<=\d项)：|; |(?<=projects): |(?<=[a-z)])\.(?=[^a-z\d])"
)
_ENOUGH = 0.5  # the share of a clause's words that a line must hold to be about the same thing
_AS_GOOD = 0.04


def _out_of_place(answer: str, shown: list[str]) -> list[str]:
    """The numbers of a clause that the line of the computation on the same thing does not hold:
    99 % stands on the page, but it is another indicator's."""
    lines = [(_words(line), _counted(line)) for line in shown]
    missing: list[str] = []
    for clause in _CLAUSE.split(answer):
        wanted = _counted(clause)
        if not wanted or "写道" in clause:
            continue
        words = _words(clause)
        shares = [len(words & own) / max(len(words), 1) for own, _ in lines]
        best = max(shares, default=0.0)
        near = [held for s, (_, held) in zip(shares, lines, strict=True) if s >= best - _AS_GOOD]
        if best >= _ENOUGH and not any(wanted <= held for held in near):
            missing.append(clause)
    return missing


def _words(text: str) -> frozenset[str]:
    plain = re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", comparable(text))
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


def _counted(text: str) -> Counter[str]:
    """The numbers of a text; money, which may stand there in two units, counts once."""
    tokens = _tokens(text)
    money = {f"{t.value.normalize()}" for t in tokens if t.kind == "money"}
    rest = Counter(
        f"{'第' if t.kind == 'page' else ''}{t.value.normalize()}"
        for t in tokens
        if t.kind != "money"
    )
    return Counter({v: max(rest[v], int(v in money)) for v in {*money, *rest}})


def _phrases_missing(phrases: list[str], support: list[str]) -> list[str]:
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

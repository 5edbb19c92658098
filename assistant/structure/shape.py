"""The shape of a text: is it rather a label or a value? Pure, and knows no form.

What speaks for a label are a colon, a unit in brackets, a short run of Chinese with the ending
that names of things have; for a value numbers, signs, sentences, ticks, names of offices.
:func:`odds` is a sum of such evidence, as a logarithm of odds; known wordings add to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import exp, log1p

KNOWN = 4.0  # a wording that is known to be a label
CATEGORY = 0.3  # a known word that heads rows: neither a label nor quite a value
_UNIT = re.compile(
    r"\((?:金额)?(?:单位)?:?(?:人民币)?(?:元|千元|万元|百万元|亿元|%|分|\d{1,3}分?)\)"
)
_AMOUNT = re.compile(r"[-+]?\d[\d,.]*(?:元|万元|%|分)?")
_DATE = re.compile(r"(?:19|20)\d\d[-./年]\d{1,2}.*")
_MEASURE = re.compile(
    r"(?:[<>=≤≥≈~±]+|不?[低少高大小多超]于?过?|大于等于|小于等于).*\d.*|(?!(?:19|20)\d\d年)\d[\d,.]*\D{0,4}"
)
_TICK = re.compile("[☑☒✓✔√■●◉▣□☐○◯◻]")
_SENTENCE = re.compile("[。;,!?]")
# Years, months and quarters: rather values, but heads of columns as well.
YEAR_HEAD = re.compile(r"(?:19|20)\d\d年?度?|\d{1,2}月[底末份]?|第?[一二三四]季度")
_DIGITS_OF_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
_LATIN = re.compile(r"[A-Za-z]{3,}")
_NUMBERED = re.compile(
    r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2}|\([一二三四五六七八九十\d]{1,2}\))[.、)]?(?=[\u4e00-\u9fff])"
)
_OFFICE = re.compile(
    "(?:局|委员会|委|厅|院|校|学|园|中心|办公室|公司|队|站|所|馆|镇|乡|街道|村|处|科|股|部|会|系统|社区)$"
)
_NOTHING = {"-", "--", "—", "——", "/", "\\", "无", "……", "…", "*"}


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of words beforehand: ``labels`` are wordings of labels, ``categories`` words
    that head rows of a table, ``endings`` the last two characters of labels, in comparable form."""

    labels: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    _odds: dict[str, float] = field(default_factory=dict)

    def odds(self, text: str) -> float:
        """How much more like a label than like a value ``text`` (comparable form) is."""
        if (found := self._odds.get(text)) is None:
            if len(self._odds) > 50_000:
                self._odds.clear()
            found = self._odds[text] = _odds(text, self)
        return found


NO_WORDS = Words()


def bare(text: str) -> str:
    """A label without what qualifies it: number, star, colon, brackets.

    >>> bare("一、项目资金(万元):")
    '项目资金'
    """
    text = text.lstrip("*★●").rstrip(":*")
    text = re.sub(r"\([^()]*\)$", "", text).rstrip(":")
    return _NUMBERED.sub("", text)


def _odds(text: str, words: Words) -> float:
    if not text:
        return -6.0
    plain = bare(text)
    if _DIGITS_OF_YEAR.match(plain) and _DIGITS_OF_YEAR.sub("", plain, count=1) in words.labels:
        return KNOWN
    if text in words.categories or plain in words.categories:
        return CATEGORY
    if text in words.labels or plain in words.labels or plain.removeprefix("其中:") in words.labels:
        return KNOWN
    if text in _NOTHING or _TICK.search(text):
        return -3.0
    if YEAR_HEAD.fullmatch(text):
        return -0.5
    if _AMOUNT.fullmatch(text) or _DATE.fullmatch(text) or _MEASURE.fullmatch(text):
        return -4.0
    return _sum(text, plain, words)


def _sum(text: str, plain: str, words: Words) -> float:
    score = 3.0 if text.endswith(":") else 0.0
    score += 2.0 if _UNIT.search(text) else 0.0
    score += 1.5 if text.startswith("其中") else 0.0
    size = len(plain)
    score += 0.6 if size <= 8 else -0.4 if size <= 14 else -2.0 if size <= 24 else -4.0
    score -= 2.5 if _SENTENCE.search(plain) else 0.0
    score -= 0.6 if "、" in plain else 0.0
    score -= 1.5 if re.search(r"\d", re.sub(YEAR_HEAD, "", plain)) else 0.0
    score -= 1.0 if _LATIN.search(plain) else 0.0
    score -= 1.0 if size < 2 else 0.0
    if plain[-2:] in words.endings:
        return score + 1.0
    return score - (1.6 if _OFFICE.search(plain) and size > 3 else 0.4)


def label_cost(odds: float) -> float:
    """The surprise at a label with these odds."""
    return log1p(exp(-odds))


def value_cost(odds: float) -> float:
    return log1p(exp(odds))

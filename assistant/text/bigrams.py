"""Text as it is searched: squeezed, and as character bigrams. Pure.

Bigrams need no dictionary and find two-character words, which most Chinese words are.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.text.folding import comparable
from assistant.text.years import YEAR

# Marks that staff leave out or type differently when they name a thing.
_LEFT_OUT = re.compile("[\"'“”‘’「」『』《》<>〈〉\\[\\]()（）{}·•—–\\-_|\\s]")
_YEAR_AND_NUMBER = re.compile(rf"({YEAR})(\d{{1,4}})")  # of 〔2018〕45号, squeezed


@lru_cache(maxsize=1 << 16)
def squeeze(text: str) -> str:
    """Comparable text in lower case without quotation marks, brackets and dashes."""
    return _LEFT_OUT.sub("", comparable(text)).lower()


def words_of(table: str) -> frozenset[str]:
    """The words of a table written as running text."""
    return frozenset(table.split())


def grams(text: str) -> list[str]:
    """Character bigrams of Chinese, whole words of digits and Latin letters."""
    out: list[str] = []
    for run in re.findall(r"[a-z0-9.]+|[^\W\da-z_]+", squeeze(text)):
        if run[0].isascii():
            out.append(run)
            if m := _YEAR_AND_NUMBER.fullmatch(run):
                out.extend(m.groups())
        else:
            out.extend(run[i : i + 2] for i in range(len(run) - 1))
            if len(run) == 1:
                out.append(run)
    return out

"""Signs and words that compare: ≥, 不低于, at least. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal

Comparator = Literal["<", "<=", "=", ">=", ">"]

HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq,
    "ne": operator.ne,
}  # fmt: skip

# The first that a text holds is meant: 大于等于 before 大于.
_SAID: tuple[tuple[str, Comparator], ...] = (
    (r"≥|>=|=>|>\s*=|大于等于|不低于|不少于|不小于|至少|达到", ">="),
    (r"≤|<=|=<|<\s*=|小于等于|不超过|不高于|不多于|不大于|至多", "<="),
    (r">|大于|超过|高于|多于", ">"),
    (r"<|小于|低于|少于", "<"),
    (r"=|等于", "="),
)
# A comparator as it stands before a number or in a column of its own.
COMPARATOR = r"[<>=≤≥≈~±]+|不?[低少高大小多]于(?:等于)?|等于|不?超过|至少|至多"


def comparator_in(text: str) -> tuple[Comparator | None, str]:
    """The comparator that ``text`` (comparable form) holds, and the text without it.

    >>> comparator_in("不低于95%"), comparator_in("95%")
    (('>=', '95%'), (None, '95%'))
    """
    for pattern, sign in _SAID:
        if m := re.search(pattern, text):
            return sign, text[: m.start()] + text[m.end() :]
    return None, text

"""Printed text → amounts and targets. Pure; money is ``Decimal`` in yuan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.text.comparators import Comparator, comparator_in
from assistant.text.folding import comparable

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
UNITS: dict[str, Decimal] = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}


def parse_amount(text: str) -> str | None:
    """A printed amount as a decimal string with exactly the printed decimals, or None.

    Thousands separators must stand where they belong, or the text is no amount:
    "21,874,200.00" → "21874200.00", "2187,4200" → None.
    """
    folded = comparable(text).replace("，", ",").removesuffix("元")
    if not _NUMBER.fullmatch(folded):
        return None
    return folded.replace(",", "").removeprefix("+")


def to_yuan(amount: str, unit: str | None) -> Decimal:
    """A decimal string in the form's unit as yuan. A unit nobody knows raises ValueError."""
    try:
        return Decimal(amount) * UNITS[comparable(unit) if unit else "元"]
    except KeyError:
        raise ValueError(f"unknown unit of money: {unit}") from None


@dataclass(frozen=True, slots=True)
class MoneyMention:
    """An amount of money in running text; ``start``/``end`` index into that text."""

    yuan: Decimal
    start: int
    end: int


_MONEY = re.compile(rf"({_NUMBER.pattern})\s*(百万元|千元|万元|亿元|万|亿|元)")


def money_in(text: str) -> list[MoneyMention]:
    """Every amount of money that ``text`` names with its unit ("760万元" → 7,600,000 yuan)."""
    return [
        MoneyMention(
            Decimal(m[1].replace(",", "")) * UNITS[m[2] if m[2].endswith("元") else m[2] + "元"],
            m.start(),
            m.end(),
        )
        for m in _MONEY.finditer(text)
    ]


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator's printed target: "≥95%" → (">=", 95, "%"). A target in words has no number."""

    comparator: Comparator | None
    number: Decimal | None
    unit: str


def parse_target(text: str) -> Target:
    """Reads comparator, number and unit of an indicator's target, as printed."""
    comparator, folded = comparator_in(comparable(text))
    number = _NUMBER.search(folded)
    if number is None:
        return Target(comparator, None, folded)
    unit = folded[number.end() :].strip()
    return Target(comparator, Decimal(number[0].replace(",", "")), unit)

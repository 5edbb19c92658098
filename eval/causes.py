"""Why a value is wrong: told from the value, the label and the form's other labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Set
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from assistant.text.folding import comparable
from schemas.forms import Kind

Cause = Literal[
    "", "other field's value", "unit", "digit lost", "text cut", "invented", "missed", "other"
]
_NUMERIC = frozenset({Kind.AMOUNT, Kind.NUMBER, Kind.CODE, Kind.YEAR})
_UNITS = frozenset(Decimal(10) ** n for n in (-8, -4, 4, 8))  # 万 and 亿


def cause_of(kind: Kind, target: Any, value: Any, others: Set[str], *, grounded: bool) -> Cause:
    """The cause of a wrong ``value`` where the label says ``target``.

    ``others`` are the form's other labelled values in comparable form; ``grounded`` says
    whether the value stands on the page at all.

    >>> cause_of(Kind.AMOUNT, "760.00", "7600000", frozenset(), grounded=True)
    'unit'
    >>> cause_of(Kind.CODE, "4413002", "441302", frozenset(), grounded=True)
    'digit lost'
    """
    said, printed = comparable(str(value)), comparable(str(target))
    if len(said) > 1 and said in others:
        return "other field's value"
    if kind is Kind.UNIT or (kind in _NUMERIC and _ratio(target, value) in _UNITS):
        return "unit"
    if kind in _NUMERIC and _is_part(_digits(said), _digits(printed)):
        return "digit lost"
    if kind not in _NUMERIC and said and said in printed:
        return "text cut"
    return "other" if grounded else "invented"


def _ratio(target: Any, value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) / Decimal(str(target))
    except (InvalidOperation, ZeroDivisionError):
        return None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_part(short: str, long: str) -> bool:
    """Whether ``short`` is ``long`` with some digits left out."""
    rest = iter(long)
    return 0 < len(short) < len(long) and all(digit in rest for digit in short)

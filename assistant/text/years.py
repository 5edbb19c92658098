"""Years in printed text. Pure."""

from __future__ import annotations

import re

from schemas.forms.spec import YEAR

__all__ = ["A_YEAR", "YEAR", "year_of"]

A_YEAR = re.compile(YEAR)
_STATED = re.compile(rf"({YEAR})(?:年?度?|[-./年]\d{{1,2}}(?:[-./月]\d{{1,2}}日?|月)?)")


def year_of(text: str) -> int | None:
    """The year that ``text`` (comparable form) is or a date in it, if it is that and nothing else.

    >>> year_of("2025年度"), year_of("2025-04-01"), year_of("2025年至今")
    (2025, 2025, None)
    """
    stated = _STATED.fullmatch(text)
    return int(stated[1]) if stated else None

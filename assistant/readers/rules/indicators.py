"""The indicators of a form, when all its rows are read: halves put together, gaps doubted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from schemas.readings import Doubt, Row

_PERIOD, _ANNUAL = "period_value", "annual_value"
_KEY = ("level1", "level2", "level3")


def settled(rows: Sequence[Row]) -> list[Row]:
    """The rows of all the form's tables of indicators as one."""
    out: list[Row] = []
    for row in _joined(rows):
        out.append(_with_doubts(row, out[-1] if out else None))
    return out


def _joined(rows: Sequence[Row]) -> list[Row]:
    """Where one table holds the period's targets and another the year's, an indicator is a row of
    each; what stands once in each is one."""
    count = Counter((_key(row), _ANNUAL in row) for row in rows if _is_half(row))
    annual = {_key(row): row for row in rows if _is_half(row) and _ANNUAL in row}
    out: list[Row] = []
    for row in rows:
        key = _key(row)
        paired = _is_half(row) and count[key, True] == count[key, False] == 1
        if paired and _PERIOD in row:
            out.append(row | {_ANNUAL: annual[key][_ANNUAL]})
        elif not paired:
            out.append(row)
    return out


def _is_half(row: Row) -> bool:
    return (_PERIOD in row) != (_ANNUAL in row)


def _key(row: Row) -> tuple[object, ...]:
    return tuple(row[name].value if name in row else None for name in _KEY)


def _with_doubts(row: Row, before: Row | None) -> Row:
    """An empty category below a printed one may mean the same again."""
    out = dict(row)
    for name in ("level1", "level2"):
        if before and name in row and row[name].value is None and name in before:
            above = before[name]
            if above.value is not None or Doubt.CATEGORY_MISSING in above.doubts:
                doubts = tuple(dict.fromkeys((*row[name].doubts, Doubt.CATEGORY_MISSING)))
                out[name] = row[name].model_copy(update={"doubts": doubts})
    return out

"""The indicator table: nested categories, one or two value columns. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from samples.cells import Cell, Row
from samples.forms import Family, Form, Indicator
from samples.style import Style
from samples.wording import Wording
from schemas.forms.tables import INDICATORS

# Shares of the table's width right of the vertical cell, as in the real forms: one value
# column may be so narrow that its text wraps while the other's does not.
EXTRA = "extra"  # 权重: printed by some cities, no value of the record
_NAMES = ("level1", "level2", "level3", "period_value", "annual_value", EXTRA)
_WIDTHS = {
    Family.INVESTMENT: (9, 11, 39, 12, 20, 8),
    Family.FUNCTION: (14, 10, 41, 18, 17, 8),
    Family.TARGET: (10, 12, 21, 23, 21, 9),
}
_SIDE_BY_SIDE = (9, 11, 26, 18, 18)


def columns(style: Style) -> tuple[str, ...]:
    if style.side_by_side:
        return ("level1", "level2", "level3", "period_value", "level2", "level3", "annual_value")
    names = ("level1", "level2", "level3", *style.values)
    if style.extra:
        at = 3 if style.extra == "middle" else len(names)
        return (*names[:at], EXTRA, *names[at:])
    return names


def indicator_rows(
    form: Form, style: Style, words: Wording, *, left: float, vertical: str
) -> Iterator[Row]:
    """Header and rows; ``vertical`` is the text of the cell that spans them all, if any."""
    names = columns(style)
    edges = _edges(names, left, _SIDE_BY_SIDE if style.side_by_side else _WIDTHS[form.family])
    heads = {n: "权重" if n == EXTRA else words.column(INDICATORS, n) for n in names}
    if style.side_by_side:
        heads["period_value"] = heads["annual_value"] = "指标值"
        yield _side_by_side_head(words, edges, left, vertical, len(form.indicators))
    span = [Cell(0, left, vertical, "category", rows=len(form.indicators) + 1)] if left else []
    if style.side_by_side:
        span = []
    cells = [Cell(edges[i], edges[i + 1], heads[name], "header") for i, name in enumerate(names)]
    yield Row((*span, *cells), "indicators", header=True)
    yield from _body(form.indicators, names, edges)


def _edges(names: Sequence[str], left: float, widths: Sequence[int]) -> list[float]:
    shares = [widths[_NAMES.index(n)] for n in names]
    return [left + (1 - left) * sum(shares[:i]) / sum(shares) for i in range(len(shares) + 1)]


def _side_by_side_head(
    words: Wording, edges: Sequence[float], left: float, vertical: str, count: int
) -> Row:
    """The row that names the two blocks, above the header."""
    span = (Cell(0, left, vertical, "category", rows=count + 2),) if left else ()
    year = f"{words.form.budget_year}年度目标"
    return Row(
        (
            *span,
            Cell(edges[0], edges[1], "", "header"),
            Cell(edges[1], edges[4], "实施周期目标", "header"),
            Cell(edges[4], edges[7], year, "header"),
        ),
        "indicators",
    )


def _run(rows: Sequence[Indicator], at: int, key: Callable[[Indicator], object]) -> int:
    """How many rows from ``at`` share a category; 0 if the run began above."""
    if at and key(rows[at - 1]) == key(rows[at]):
        return 0
    end = at
    while end < len(rows) and key(rows[end]) == key(rows[at]):
        end += 1
    return end - at


def _weight(row: Indicator, at: int) -> str:
    return "" if row.level3 is None else f"{5 + at % 3 * 5}%"


def _body(rows: Sequence[Indicator], names: Sequence[str], edges: Sequence[float]) -> Iterator[Row]:
    number = -1
    for at, row in enumerate(rows):
        number += row.level3 is not None
        runs = {
            "level1": _run(rows, at, lambda r: r.level1),
            "level2": _run(rows, at, lambda r: r.category),
        }
        cells = []
        for i, name in enumerate(names):
            count = runs.get(name, 1)
            if count:
                ref = f"indicators.{number}.{name}"
                own = row.level3 is not None and name not in runs and name != EXTRA
                refs = (ref,) if own else ()
                role = "category" if name in runs else "value"
                text = _weight(row, at) if name == EXTRA else getattr(row, name) or ""
                cells.append(
                    Cell(edges[i], edges[i + 1], text, role, refs, count)  # type: ignore[arg-type]
                )
        yield Row(tuple(cells), "indicators")

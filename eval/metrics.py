"""Scores → figures: tallies, calibration, the risk-coverage curve. Pure.

Calibration (Brier 1950): a value's forecast is how often its state was right on the *other*
forms, so that no form vouches for itself. Risk-coverage (El-Yaniv & Wiener 2010): values are
sent to a person in the order of least trust, who puts them right; what error remains?
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from eval.extraction import CellScore

SHARES = tuple(n / 100 for n in range(0, 101, 2))
_RESAMPLES = 400
_SEED = 7
_Z95 = 1.96
# The order in which values go to a person. What no reader saw has no place in a queue: nobody
# is sent to it, so it comes last.
_TRUST = (
    "missing",
    "unreadable",
    "ungrounded",
    "disputed",
    "single",
    "confirmed_by_sum",
    "agreed",
    "reviewed",
    "",
)


@dataclass
class Tally:
    """Counts of outcomes; ``flagged`` and ``silent`` count among all cells and the errors."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0
    flagged: int = 0
    silent: int = 0

    @property
    def cells(self) -> int:
        return self.right + self.wrong + self.missed + self.invented

    @property
    def share(self) -> float | None:
        return self.right / self.cells if self.cells else None


def tally(cells: Iterable[CellScore]) -> Tally:
    out = Tally()
    for cell in cells:
        setattr(out, cell.outcome, getattr(out, cell.outcome) + 1)
        out.flagged += cell.flagged
        out.silent += cell.is_silent_error
    return out


def by(cells: Iterable[CellScore], key: Callable[[CellScore], str]) -> dict[str, Tally]:
    """A tally for each value of ``key``, in order of first appearance."""
    groups: dict[str, list[CellScore]] = defaultdict(list)
    for cell in cells:
        groups[key(cell)].append(cell)
    return {name: tally(group) for name, group in groups.items()}


@dataclass(frozen=True)
class StateRate:
    """How often a state was right (``share``, 95 % interval after Wilson), and the mean
    ``forecast`` that the other forms made of it."""

    state: str
    cells: int
    right: int
    forecast: float
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.right / self.cells


def _label(cell: CellScore) -> str:
    """A cell's state, told apart by whether its reader doubts it."""
    if not cell.state:
        return "not seen"
    return f"{cell.state}, doubted" if cell.needs_review else cell.state


def calibration(cells: Sequence[CellScore]) -> tuple[list[StateRate], float | None]:
    """The rate of each state, and the Brier score of forecasts made from the other forms
    (with one right and one wrong added, after Laplace); None where there is no other form."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for cell in cells:
        count = counts[_label(cell), cell.form_id]
        count[0] += 1
        count[1] += cell.outcome == "right"
    rates: list[StateRate] = []
    squares = 0.0
    for state in dict.fromkeys(_label(c) for c in cells):
        own = [c for (s, _), c in counts.items() if s == state]
        total, right = sum(n for n, _ in own), sum(r for _, r in own)
        forecasts = 0.0
        for n, r in own:
            forecast = (right - r + 1) / (total - n + 2)
            forecasts += n * forecast
            squares += r * (1 - forecast) ** 2 + (n - r) * forecast**2
        low, high = wilson(right, total)
        rates.append(StateRate(state, total, right, forecasts / total, low, high))
    forms = {c.form_id for c in cells}
    return rates, squares / len(cells) if len(forms) > 1 else None


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    share, z2 = right / total, _Z95**2
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z95 * sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class RiskPoint:
    """With ``review`` of the values sent to a person, ``risk`` of all values stay wrong;
    ``low`` and ``high`` are the 95 % bootstrap interval over forms."""

    review: float
    risk: float
    low: float
    high: float


def _rank(cell: CellScore) -> tuple[bool, int]:
    return not cell.needs_review, _TRUST.index(cell.state) if cell.state in _TRUST else 0


Group = tuple[int, int]  # values of equal trust, and how many of them are wrong


def _groups(cells: Iterable[CellScore], ranks: Sequence[tuple[bool, int]]) -> list[Group]:
    counts = dict.fromkeys(ranks, (0, 0))
    for cell in cells:
        n, wrong = counts[_rank(cell)]
        counts[_rank(cell)] = n + 1, wrong + (cell.outcome != "right")
    return list(counts.values())


def remaining(groups: Sequence[Group], review: float) -> float:
    """Share of all values that stay wrong after ``review`` of them went to a person, group by
    group; within a group in random order, so that this is the expectation."""
    total = sum(n for n, _ in groups)
    left, wrong = review * total, 0.0
    for n, errors in groups:
        seen = min(left, n)
        left -= seen
        wrong += errors * (1 - seen / n) if n else 0.0
    return wrong / total if total else 0.0


def risk_curve(
    cells: Sequence[CellScore], shares: Sequence[float] = SHARES, resamples: int = _RESAMPLES
) -> list[RiskPoint]:
    """The curve at ``shares``, with its interval from forms drawn with replacement (seeded)."""
    if not cells:
        return []
    ranks = sorted({_rank(c) for c in cells})
    by_form: dict[str, list[CellScore]] = defaultdict(list)
    for cell in cells:
        by_form[cell.form_id].append(cell)
    forms = [_groups(own, ranks) for own in by_form.values()]
    whole = _sum(forms)
    draw = random.Random(_SEED)
    drawn = [_sum(draw.choices(forms, k=len(forms))) for _ in range(resamples)]
    return [_point(whole, drawn, share) for share in shares]


def _sum(forms: Sequence[Sequence[Group]]) -> list[Group]:
    return [(sum(n for n, _ in g), sum(w for _, w in g)) for g in zip(*forms, strict=True)]


def _point(whole: Sequence[Group], drawn: Sequence[Sequence[Group]], share: float) -> RiskPoint:
    risk = remaining(whole, share)
    risks = sorted(remaining(groups, share) for groups in drawn) or [risk]
    low, high = risks[int(0.025 * len(risks))], risks[int(0.975 * (len(risks) - 1))]
    return RiskPoint(share, risk, low, high)


def mean(values: Iterable[float | bool | None]) -> float | None:
    """The mean of what was scored; None where nothing was."""
    known = [float(v) for v in values if v is not None]
    return sum(known) / len(known) if known else None

"""Figures worked out by hand: tallies, calibration, the risk-coverage curve."""

from __future__ import annotations

import pytest

from eval.extraction import CellScore, Outcome
from eval.metrics import Tally, by, calibration, risk_curve, tally, wilson
from schemas.forms import Kind


def cells(
    count: int, outcome: Outcome = "right", state: str = "agreed", form: str = "p01"
) -> list[CellScore]:
    score = CellScore(
        form_id=form,
        family="甲类",
        path=f"{state}[1].{outcome}",
        kind=Kind.TEXT,
        outcome=outcome,
        target="a",
        value="b",
        state=state,
        needs_review=state == "disputed",
        labelled=True,
        page_right=None,
        box_right=None,
    )
    return [score] * count


def test_a_tally_counts_outcomes_flags_and_silent_errors() -> None:
    given = cells(5) + cells(2, "wrong") + cells(1, "missed", "disputed") + cells(1, "invented")
    assert tally(given) == Tally(right=5, wrong=2, missed=1, invented=1, flagged=1, silent=3)


def test_fields_are_told_apart_without_their_rows() -> None:
    found = by(cells(2) + cells(1, "wrong"), lambda c: c.field_name)
    assert {name: t.cells for name, t in found.items()} == {"agreed.right": 2, "agreed.wrong": 1}


def test_a_form_does_not_vouch_for_itself() -> None:
    """p01's forecast is (1 + 1) / (2 + 2), made from p02; p02's is (2 + 1) / (2 + 2)."""
    given = cells(2) + cells(1, form="p02") + cells(1, "wrong", form="p02")
    [rate], brier = calibration(given)
    assert (rate.state, rate.cells, rate.right, rate.forecast) == ("agreed", 4, 3, 0.625)
    assert brier == pytest.approx((2 * 0.5**2 + 0.25**2 + 0.75**2) / 4)


def test_what_was_not_scored_has_no_brier_score() -> None:
    assert calibration([]) == ([], None)
    assert calibration(cells(3))[1] is None  # one form alone has no other to forecast it
    assert risk_curve([]) == []


def test_the_interval_of_a_share() -> None:
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)


@pytest.mark.parametrize(
    ("review", "risk"), [(0, 0.2), (0.1, 0.15), (0.2, 0.1), (0.6, 0.05), (1, 0)]
)
def test_the_least_trusted_values_go_to_a_person_first(review: float, risk: float) -> None:
    """Ten values: two disputed, one of them wrong; eight agreed, one of them wrong."""
    given = cells(7) + cells(1, "wrong") + cells(1, "right", "disputed")
    given += cells(1, "wrong", "disputed")
    [point] = risk_curve(given, [review])
    assert point.risk == pytest.approx(risk)


def test_nobody_is_sent_to_what_no_reader_saw() -> None:
    given = cells(1, "missed", state="") + cells(9)
    assert [p.risk for p in risk_curve(given, [0, 0.9, 1])] == pytest.approx([0.1, 0.1, 0])


def test_the_bootstrap_is_seeded_and_draws_whole_forms() -> None:
    given = cells(10) + cells(10, "wrong", form="p02")
    [point] = risk_curve(given, [0.0])
    assert (point.low, point.risk, point.high) == (0.0, 0.5, 1.0)
    assert risk_curve(given) == risk_curve(given)

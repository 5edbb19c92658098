"""Which year a form asks money for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from assistant.reconcile.budget_year import budget_years, candidates
from tests.library import make_record

PLAN = {2024: "3.00", 2025: "2.00", 2026: "2.00"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"current_year_amount": "3.00"}, {2024}),
        ({"current_year_amount": "3"}, {2024}),
        ({"current_year_amount": "2.00"}, {2025, 2026}),
        ({"current_year_amount": "9.00"}, set()),
        ({"current_year_amount": None}, set()),
        ({}, set()),
        ({"form_type": "performance_target", "budget_year": 2025}, {2025}),
        ({"form_type": "performance_target", "budget_year": None}, set()),
        ({"form_type": "performance_target", "current_year_amount": "3.00"}, set()),
    ],
)
def test_years_that_a_form_allows(fields: dict[str, Any], expected: set[int]) -> None:
    assert candidates(make_record("甲", years=PLAN, **fields)) == expected


def test_an_amount_of_nought_is_of_the_years_that_get_nothing() -> None:
    years = {2024: "3.00", 2025: "0.00"}
    assert candidates(make_record("甲", years=years, current_year_amount="0.00")) == {2025}


@pytest.mark.parametrize(
    ("own", "others", "name", "year"),
    [
        ({2025}, [{2024}, {2024}], "2026年.pdf", 2025),
        ({2025, 2026}, [{2025}], "2026年.pdf", 2025),
        (set(), [{2025}, {2025}, {2024}], "", 2025),
        ({2025, 2026}, [{2024}], "2026年.pdf", 2026),
        ({2025, 2026}, [{2024}], "", None),
        (set(), [], "2025年项目.pdf", 2025),
        (set(), [{2024, 2025}], "2024-2025.pdf", None),
        (set(), [], "项目.pdf", None),
    ],
)
def test_the_form_says_then_its_booklet_then_the_name(
    own: set[int], others: Sequence[set[int]], name: str, year: int | None
) -> None:
    allowed = {("d", "p01"): own} | {("d", f"p{i}"): o for i, o in enumerate(others, 11)}
    assert budget_years(allowed, {"d": name})["d", "p01"] == year


def test_booklets_do_not_vote_for_each_other() -> None:
    allowed: dict[tuple[str, str], set[int]] = {("d", "p01"): {2025}, ("e", "p01"): set()}
    assert budget_years(allowed) == {("d", "p01"): 2025, ("e", "p01"): None}

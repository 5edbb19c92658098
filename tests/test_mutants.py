"""The list of mutants is of today's code; ``make mutation`` tries them."""

from __future__ import annotations

import pytest

from tests.mutation.run import ROOT, Mutant, mutants


@pytest.mark.parametrize("mutant", mutants(), ids=lambda m: f"{m.file}: {m.text}")
def test_a_mutant_changes_one_place_and_has_tests(mutant: Mutant) -> None:
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert source.count(mutant.text) == 1
    assert mutant.changed != mutant.text
    assert all((ROOT / test).is_file() for test in mutant.tests)

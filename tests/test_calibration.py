"""What the review screen says of a state was measured."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.web.calibration import measured
from schemas.records import State


def test_states_are_pooled_over_the_reconciled_readings(tmp_path: Path) -> None:
    for name, counts in (("a", [9, 10]), ("b", [5, 5])):
        readers = {"reconciled": {"by_state": {"agreed": counts}}, "llm": {"by_state": {}}}
        (tmp_path / f"{name}.json").write_text(json.dumps({"documents": {"d.pdf": readers}}))
    assert measured(tmp_path) == {State.AGREED: (14, 15)}


def test_the_committed_baselines_know_the_states() -> None:
    right, values = measured()[State.AGREED]
    assert 0 < right <= values

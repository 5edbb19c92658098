"""How often a value of a state was right on the evaluation sets: measured, not claimed.

Read from the committed baselines (``jixiao eval … --update-baseline`` writes
them), over the reconciled readings of all their documents.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from schemas.records import State

_BASELINES = Path(__file__).resolve().parents[2] / "eval" / "baselines"


@cache
def measured(folder: Path = _BASELINES) -> dict[State, tuple[int, int]]:
    """Right values and values of each state; a state that never occurred has no entry."""
    pooled: dict[State, tuple[int, int]] = {}
    for path in sorted(folder.glob("*.json")):
        documents = json.loads(path.read_text("utf-8"))["documents"]
        for readers in documents.values():
            by_state = readers.get("reconciled", {}).get("by_state", {})
            for name, (right, values) in by_state.items():
                before = pooled.get(State(name), (0, 0))
                pooled[State(name)] = (before[0] + right, before[1] + values)
    return pooled

"""A model that is down is left alone for a while, so that not every form waits for it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import ModelNonsense, ModelUnavailable
from assistant.ingest import steps
from assistant.ingest.steps import Steps
from tests.stub_readers import NoModel, stub_readers

DOWN = ModelUnavailable("The model is down.")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(steps, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


@pytest.fixture
def failing(tmp_path: Path) -> Steps:
    store: Any = SimpleNamespace(set_stage=lambda *_: None)
    originals: Any = None
    index: Any = None
    return Steps(store, originals, stub_readers(tmp_path / "log"), index)


@pytest.mark.parametrize("after", [0.0, 29.9])
def test_after_a_failure_the_model_is_not_asked(
    failing: Steps, clock: SimpleNamespace, after: float
) -> None:
    assert failing.worth_retrying(DOWN)
    failing.failed("d", "p01", "llm", DOWN)
    clock.now += after
    assert not failing.worth_retrying(DOWN)
    with pytest.raises(ModelUnavailable, match="is down"):
        failing.model()


@pytest.mark.parametrize(("error", "after"), [(DOWN, 30.0), (ModelNonsense("odd."), 0.0)])
def test_after_half_a_minute_or_an_odd_answer_it_is(
    failing: Steps, clock: SimpleNamespace, error: Exception, after: float
) -> None:
    failing.failed("d", "p01", "llm", error)
    clock.now += after
    assert failing.worth_retrying(DOWN)
    assert isinstance(failing.model(), NoModel)

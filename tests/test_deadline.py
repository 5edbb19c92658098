"""How long a second opinion is waited for, and how long it is left alone after that."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import ModelUnavailable
from assistant.model import deadline, prompts
from schemas.answers import Answer

PROMPT = prompts.load("ask_words").render(labels=[], words="")
SECONDS = 10.0


class Clock:
    """A clock that goes on only while a thread that never ends is waited for."""

    def __init__(self) -> None:
        self.now, self.waits = 1000.0, []

    def monotonic(self) -> float:
        return self.now

    def Thread(self, **_: Any) -> Clock:
        return self

    def start(self) -> None:
        pass

    def join(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(deadline, "time", made)
    monkeypatch.setattr(deadline, "threading", SimpleNamespace(Thread=made.Thread))
    return made


def test_a_model_is_given_half_as_much_again_for_its_start(clock: Clock) -> None:
    model = deadline.Bounded(lambda: None, SECONDS)  # type: ignore[arg-type, return-value]
    with pytest.raises(ModelUnavailable, match="in time"):
        model.ask(PROMPT, Answer)
    assert clock.waits == [15.0]


@pytest.mark.parametrize(("after", "asked"), [(0.0, 1), (59.9, 1), (60.0, 2)])
def test_a_model_that_was_late_rests_for_a_minute(clock: Clock, after: float, asked: int) -> None:
    model = deadline.Bounded(lambda: None, SECONDS)  # type: ignore[arg-type, return-value]
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            model.ask(PROMPT, Answer)
        clock.now += after
    assert len(clock.waits) == asked

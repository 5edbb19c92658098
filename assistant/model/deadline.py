"""A model that answers in time or not at all, so that asking never waits long for a second
opinion."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel

from assistant.errors import JixiaoError, ModelUnavailable
from schemas.readings import Usage

if TYPE_CHECKING:
    from assistant.model.prompts import Prompt

T = TypeVar("T", bound=BaseModel)

_REST = 60.0  # seconds without asking again after a call that was not answered in time
_START = 1.5  # of the seconds for a call, for one that has to start the model first


class Timed(Protocol):
    """A model that can be told how long it may take; :class:`assistant.model.client.Llm` is one."""

    def ask(
        self,
        prompt: Prompt,
        response_model: type[T],
        max_tokens: int = 512,
        *,
        seconds: float | None = None,
    ) -> tuple[T, Usage]: ...


class Bounded:
    """Asks the model that ``open_model`` gives, in a thread of its own that may be left behind:
    a server that is starting or is busy with a document cannot be interrupted."""

    def __init__(self, open_model: Callable[[], Timed], seconds: float) -> None:
        """``seconds`` is what the model may take for a call; a little more is waited, so that
        one that is still starting is not given up."""
        self._open, self._seconds = open_model, seconds
        self._rest_until = 0.0
        self._thread: threading.Thread | None = None

    def ask(
        self, prompt: Prompt, response_model: type[T], max_tokens: int = 512
    ) -> tuple[T, Usage]:
        """Raises :class:`ModelUnavailable` where no answer comes within the seconds, and at once
        for a minute after that; else what the model raises."""
        started = time.monotonic()
        if started < self._rest_until:
            raise ModelUnavailable("model.late")
        done: list[tuple[T, Usage] | JixiaoError] = []

        def work() -> None:
            try:
                model = self._open()
                done.append(model.ask(prompt, response_model, max_tokens, seconds=self._seconds))
            except JixiaoError as error:
                done.append(error)

        self._thread = threading.Thread(target=work, daemon=True, name="second reader")
        self._thread.start()
        self._thread.join(self._seconds * _START)
        failed = not done or isinstance(done[0], ModelUnavailable)
        if failed and time.monotonic() - started >= self._seconds:
            self._rest_until = time.monotonic() + _REST  # it is at work on that question still
        if not done:
            raise ModelUnavailable("model.late")
        (said,) = done
        if isinstance(said, JixiaoError):
            raise said
        return said

    def close(self) -> None:
        """Waits until the model has done with what was asked last: a server must not be taken
        from under a request."""
        if self._thread is not None:
            self._thread.join(self._seconds * _START)

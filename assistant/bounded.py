"""A model that answers in time or not at all, so that asking never waits long for a second
opinion."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from assistant.errors import JixiaoError, ModelUnavailable
from schemas.readings import Usage

if TYPE_CHECKING:
    from assistant.query_llm import Asked
    from assistant.templates import Prompt

T = TypeVar("T", bound=BaseModel)

_REST = 60.0  # seconds without asking again after a call that was not answered in time
_LATE = "The language model did not answer the question in time; the rules' reading stands."


class Bounded:
    """Asks the model that ``open_model`` gives, in a thread of its own that may be left behind:
    a server that is starting or is busy with a document cannot be interrupted."""

    def __init__(self, open_model: Callable[[], Asked], seconds: float) -> None:
        self._open, self._seconds = open_model, seconds
        self._rest_until = 0.0

    def ask(
        self, prompt: Prompt, response_model: type[T], max_tokens: int = 512
    ) -> tuple[T, Usage]:
        """Raises :class:`ModelUnavailable` where no answer comes within the seconds, and at once
        for a minute after that; else what the model raises."""
        if time.monotonic() < self._rest_until:
            raise ModelUnavailable(_LATE)
        done: list[tuple[T, Usage] | JixiaoError] = []

        def work() -> None:
            try:
                done.append(self._open().ask(prompt, response_model, max_tokens))
            except JixiaoError as error:
                done.append(error)

        thread = threading.Thread(target=work, daemon=True, name="second reader")
        thread.start()
        thread.join(self._seconds)
        if not done:
            self._rest_until = time.monotonic() + _REST
            raise ModelUnavailable(_LATE)
        (said,) = done
        if isinstance(said, JixiaoError):
            raise said
        return said

"""Waiting for a state or a process, never for ever and never for a time."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

PATIENCE = 120.0  # seconds; on a quiet machine nothing here takes five


def until(reached: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Returns as soon as ``reached`` says so; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"not reached within {seconds} seconds"
        time.sleep(0.01)


@contextmanager
def started(command: Sequence[object], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive its test."""
    with subprocess.Popen([str(part) for part in command], text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()

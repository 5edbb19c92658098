"""What the tests share: the real booklet where it is at hand, a network that ends here."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

# The same examples everywhere, this month and next; --hypothesis-profile=default looks further.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
_SECONDS = 300  # the slowest test takes thirty


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the real booklet; tests on it skip where it is absent."""
    if not (CORPUS / "huizhou.pdf").exists():
        pytest.skip("the real booklet is not here")
    return CORPUS


@pytest.fixture(autouse=True)
def _never_for_ever() -> Iterator[None]:
    """A test that hangs fails by itself, and the next one runs."""

    def late(*_: object) -> None:
        pytest.fail(f"not done after {_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses every connection that would leave the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else ""
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                raise ConnectionRefusedError(f"tests may not connect to {host}")
        return connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)

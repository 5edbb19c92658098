"""Recorded responses of a model: cassettes in vcrpy's format, replayed without patching.

A request is known by method, path and the SHA-256 of its body; the body itself
(a page's text) and the authorization header are never stored. The headers
``x-jixiao-prompt`` and ``x-jixiao-about`` say which prompt and which question
an interaction belongs to, so that a stale one can be named.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from assistant.errors import ModelUnavailable, StoreError

PROMPT_HEADER = "x-jixiao-prompt"
ABOUT_HEADER = "x-jixiao-about"
_KEPT_HEADERS = (PROMPT_HEADER, ABOUT_HEADER)
_KEPT_RESPONSE_HEADERS = ("content-type",)
MAX_BYTES = 1_000_000

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One recorded answer, and what it answers."""

    key: Key
    prompt: str  # name@digest of the template
    about: str
    cassette: Path
    status: int
    body: bytes


def body_hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def load(path: Path) -> list[Interaction]:
    """Raises :class:`StoreError` for a file that is not a cassette."""
    from vcr.serialize import deserialize  # type: ignore[import-untyped]
    from vcr.serializers import jsonserializer  # type: ignore[import-untyped]

    try:
        requests, responses, *_ = deserialize(path.read_text(encoding="utf-8"), jsonserializer)
    except (OSError, ValueError, KeyError, TypeError, UnicodeError) as error:
        raise StoreError("model.bad_recording", path=path, reason=error) from error
    return [
        _interaction(path, request, response)
        for request, response in zip(requests, responses, strict=True)
    ]


def _interaction(path: Path, request: Any, response: dict[str, Any]) -> Interaction:
    body = request.body or b""
    return Interaction(
        key=(request.method, request.path, body.decode()),
        prompt=request.headers.get(PROMPT_HEADER, ""),
        about=request.headers.get(ABOUT_HEADER, ""),
        cassette=path,
        status=int(response["status"]["code"]),
        body=response["body"]["string"],
    )


def cassettes(folders: Iterable[Path]) -> list[Path]:
    """Every cassette in the folders (or the files themselves), sorted."""
    found: list[Path] = []
    for folder in folders:
        found += sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]
    return found


class Replay(httpx2.BaseTransport):
    """Answers from recordings; what has none goes on to ``inner``, or fails if there is none.

    Safe in several threads: the recordings are read once, before the first call.
    """

    def __init__(self, paths: Sequence[Path], inner: httpx2.BaseTransport | None = None) -> None:
        self._known = {i.key: i for path in cassettes(paths) for i in load(path)}
        self._inner = inner
        self._lock = threading.Lock()
        self.played: set[Key] = set()

    @property
    def interactions(self) -> list[Interaction]:
        return list(self._known.values())

    @property
    def unused(self) -> list[Interaction]:
        return [i for key, i in self._known.items() if key not in self.played]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        key = (request.method, request.url.path, body_hash(request.read()))
        if found := self._known.get(key):
            with self._lock:
                self.played.add(key)
            headers = {"content-type": "application/json"}
            return httpx2.Response(found.status, headers=headers, content=found.body)
        if self._inner is None:
            raise ModelUnavailable(
                "model.unrecorded",
                about=request.headers.get(ABOUT_HEADER, ""),
                prompt=request.headers.get(PROMPT_HEADER, key[2][:12]),
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()


def _shorn(request: Any) -> Any:
    """The request as it is stored: no host, no body, no header but what it is about."""
    from vcr.request import Request  # type: ignore[import-untyped]

    path = urlsplit(request.uri).path
    headers = {k.lower(): v for k, v in request.headers.items() if k.lower() in _KEPT_HEADERS}
    body = request.body or b""
    # vcrpy passes stored requests through here again when it loads a cassette.
    is_hash = len(body) == 64 and not body.startswith(b"{")
    return Request(
        request.method, f"http://model{path}", body if is_hash else body_hash(body), headers
    )


def _trimmed(response: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in response["headers"].items() if k.lower() in _KEPT_RESPONSE_HEADERS}
    return {**response, "headers": kept}


def prune(path: Path, keep: Collection[Key]) -> None:
    """Drops from the cassette ``path`` what is not in ``keep``: the stale answers."""
    from vcr.serialize import deserialize, serialize
    from vcr.serializers import jsonserializer

    requests, responses, *_ = deserialize(path.read_text(encoding="utf-8"), jsonserializer)
    kept = [
        (request, response)
        for request, response in zip(requests, responses, strict=True)
        if _interaction(path, request, response).key in keep
    ]
    if len(kept) < len(requests):
        cassette = {"requests": [q for q, _ in kept], "responses": [a for _, a in kept]}
        path.write_text(serialize(cassette, jsonserializer), encoding="utf-8")


@contextmanager
def recording(path: Path) -> Iterator[None]:
    """Records every call to a model inside the block into the cassette ``path``.

    What the cassette already answers is not asked again, so an interrupted
    recording goes on where it stopped. Recording patches the HTTP client of
    the whole process: only ``eval.record`` and tests use it.
    """
    import vcr  # type: ignore[import-untyped]

    recorder = vcr.VCR(
        serializer="json",
        record_mode=vcr.mode.NEW_EPISODES,
        match_on=("method", "path", "body"),
        before_record_request=_shorn,
        before_record_response=_trimmed,
        decode_compressed_response=True,
    )
    with recorder.use_cassette(str(path), allow_playback_repeats=True, drop_unused_requests=prune):
        yield

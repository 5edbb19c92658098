"""What is done to a document, one step after the other; each may be repeated freely.

``rules`` reads the pages, the rules' readings and their records; ``llm`` adds
the model's reading of one form; ``settle`` reconciles that form and indexes its
texts. :mod:`assistant.ingest.queue` decides when, and survives a kill.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.errors import DocumentError, JixiaoError, ModelUnavailable
from assistant.readers.registry import Readers
from assistant.reconcile.merge import reconcile
from assistant.search.passages import Passage, passages_of
from assistant.store.files import Originals
from assistant.store.store import Store
from schemas.readings import FormReading
from schemas.records import Record

if TYPE_CHECKING:
    from assistant.model.client import Llm

# After a model was found to be down, the other forms do not wait for it in turn.
_REST_SECONDS = 30.0


class PassageIndex(Protocol):
    """The part of :class:`assistant.search.index.Index` that ingestion needs."""

    def add(self, passages: Sequence[Passage]) -> None: ...


class Steps:
    """The steps. Safe in several threads and processes: each works on its own form."""

    def __init__(
        self,
        store: Store,
        originals: Originals,
        readers: Readers,
        index: Callable[[], PassageIndex],
        *,
        llm: bool,
    ) -> None:
        self._store, self._originals, self._readers = store, originals, readers
        self._index, self._with_llm = index, llm
        self._llm: Llm | None = None
        self._lock = threading.Lock()
        self._down_until, self._down_because = 0.0, ""

    def rules(self, document_id: str) -> None:
        """Pages, rules' readings and records, in one save. Free if this version did it."""
        store, readers = self._store, self._readers
        known = store.stored(document_id)
        if known.rules == "done" and known.rules_version == readers.rules_version:
            return
        path = self._originals.path(document_id, known.kind)
        store.set_rules(document_id, "reading")
        try:
            pages = readers.read_document(path).pages
        except DocumentError as error:
            raise DocumentError(str(error).replace(path.name, known.name)) from error
        segmentation = readers.find_forms(pages)
        readings = readers.rules(pages, segmentation)
        records = [
            reconcile(document_id, _by_reader(r, self._llm_reading(document_id, r.form_id)))
            for r in readings
        ]
        store.save_rules(
            document_id,
            pages,
            segmentation,
            readings,
            records,
            version=readers.rules_version,
            llm_version=readers.llm_version,
            with_llm=self._with_llm,
        )

    def index(self, document_id: str) -> None:
        """Indexes the texts of a document's records."""
        self._add_to_index(self._store.records(document_id))
        self._store.set_indexed(document_id, "done")

    def llm(self, document_id: str, form_id: str) -> None:
        """The model's reading of a form, unless this version of it is there.

        Raises :class:`ModelError`.
        """
        if not self._with_llm or self._llm_reading(document_id, form_id) is not None:
            return
        span = self._store.span(document_id, form_id)
        self._store.set_llm(document_id, form_id, "reading")
        pages = self._store.pages(document_id, span.pages)
        reading = self._readers.llm(pages, span, self.model())
        self._store.save_reading(document_id, reading, self._readers.llm_version)

    def settle(self, document_id: str, form_id: str) -> None:
        """Reconciles a form from the readings there are and indexes its texts."""
        llm = self._llm_reading(document_id, form_id)
        if llm is None:
            return
        version = self._store.stored(document_id).rules_version
        rules = self._store.reading(document_id, form_id, "rules", version)
        self._store.save_record(reconcile(document_id, _by_reader(rules, llm)))
        self._add_to_index([self._store.record(document_id, form_id)])
        self._store.set_llm(document_id, form_id, "done")

    def decided(self, before: Record, after: Record) -> None:
        """Indexes a record's texts again if a decision changed them."""
        if passages_of(before) != passages_of(after):
            self._add_to_index([after])

    def failed(self, document_id: str, form_id: str, error: BaseException) -> None:
        """Notes why a document or a form could not be read, for its status."""
        message = _sentence(error)
        if form_id:
            if isinstance(error, ModelUnavailable):
                self._down_until, self._down_because = time.monotonic() + _REST_SECONDS, message
            self._store.set_llm(document_id, form_id, "failed", message)
        elif self._store.stored(document_id).rules == "done":
            self._store.set_indexed(document_id, "failed", message)
        else:
            self._store.set_rules(document_id, "failed", message)

    def worth_retrying(self, error: BaseException) -> bool:
        """Whether the same call may work in a moment."""
        return isinstance(error, ModelUnavailable) and time.monotonic() >= self._down_until

    def close(self) -> None:
        if self._llm is not None:
            self._llm.close()

    def model(self) -> Llm:
        """The model, opened when it is first needed. Raises :class:`ModelUnavailable`."""
        if time.monotonic() < self._down_until:
            raise ModelUnavailable(self._down_because)
        with self._lock:
            self._llm = self._llm or self._readers.open_llm()
        if self._llm is None:
            raise ModelUnavailable("No language model is set; set OPENAI_BASE_URL or JIXIAO_LLM.")
        return self._llm

    def _llm_reading(self, document_id: str, form_id: str) -> FormReading | None:
        return self._store.reading(document_id, form_id, "llm", self._readers.llm_version)

    def _add_to_index(self, records: Sequence[Record]) -> None:
        if passages := [p for record in records for p in passages_of(record)]:
            self._index().add(passages)


def _by_reader(*readings: FormReading | None) -> dict[str, FormReading]:
    return {r.reader: r for r in readings if r is not None}


def _sentence(error: BaseException) -> str:
    """What a person is told; a fault of ours is named, so that it can be reported."""
    if isinstance(error, JixiaoError):
        return str(error)
    return f"Reading stopped at a fault of the program ({type(error).__name__}: {error})."

"""What is done to a document, one step after the other; each may be repeated freely.

``document`` takes it in: its pages, its forms, the first reader's readings and their records.
``read`` adds what another reader says of one form; ``settle`` reconciles that form and indexes its
texts. :mod:`assistant.ingest.queue` decides when, and survives a kill.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.errors import DocumentError, JixiaoError, ModelUnavailable
from assistant.readers import Reader
from assistant.readers.registry import Readers
from assistant.reconcile.layouts import named
from assistant.reconcile.merge import reconcile
from assistant.search.passages import Passage, passages_of
from assistant.store.files import Originals
from assistant.store.stages import Asked
from assistant.store.store import Store, StoredDocument
from schemas.geometry import Page
from schemas.messages import Message
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
    ) -> None:
        self._store, self._originals, self._readers = store, originals, readers
        self._index = index
        self._model: Llm | None = None
        self._opening, self._settling = threading.Lock(), threading.Lock()
        self._down_until, self._down_because = 0.0, Message("")

    def document(self, document_id: str) -> None:
        """Pages, forms, the first reader's readings and records. Free if these versions did it."""
        store, readers = self._store, self._readers
        known, version = store.stored(document_id), readers.document_version()
        if known.read == "done" and known.read_version == version:
            return
        pages = self._pages(known)
        segmentation = readers.find_forms(pages)
        by_number = {page.number: page for page in pages}
        readings = [readers.reading(readers.first, by_number, s) for s in segmentation.forms]
        records = [
            self._record(document_id, {r.reader: r, **self._known(document_id, r.form_id)})
            for r in readings
        ]
        asked = [asked_of(readers, reader) for reader in readers.readers]
        store.save_forms(document_id, segmentation, readings, records, version=version, asked=asked)

    def index(self, document_id: str) -> None:
        """Indexes the texts of a document's records."""
        self._add_to_index(self._store.records(document_id))
        self._store.set_indexed(document_id, "done")

    def read(self, document_id: str, form_id: str, name: str) -> None:
        """A reader's reading of a form, unless this version of it is there.

        Raises :class:`ModelError`.
        """
        reader = self._readers.named(name)
        version = self._readers.version_of(reader)
        self._store.set_stage(document_id, form_id, name, "reading", version=version)
        if self._store.reading(document_id, form_id, name, version) is not None:
            return
        span = self._store.span(document_id, form_id)
        pages = {page.number: page for page in self._store.pages(document_id, span.read_pages)}
        model = self.model() if reader.needs_model else None
        reading = self._readers.reading(reader, pages, span, model)
        self._store.save_reading(document_id, reading, version)

    def settle(self, document_id: str, form_id: str, name: str) -> None:
        """Reconciles a form from the readings there are and indexes its texts."""
        if self._settle(document_id, form_id, name):
            self._add_to_index([self._store.record(document_id, form_id)])
            self._store.set_stage(document_id, form_id, name, "done")

    def renamed(self, document_id: str, form_id: str) -> None:
        """Makes the record of a form anew after a decision on its layout; nothing is read again."""
        if self._settle(document_id, form_id, self._readers.first.name):
            self._add_to_index([self._store.record(document_id, form_id)])

    def _settle(self, document_id: str, form_id: str, name: str) -> bool:
        """Whether the reader of that name has read the form, which is reconciled then."""
        with self._settling:  # two readers of a form may end at once; none must be left out
            found = self._store.readings(document_id, form_id)
            if name not in found:
                return False
            readings = {r.name: found[r.name] for r in self._readers.readers if r.name in found}
            self._store.save_record(self._record(document_id, readings))
        return True

    def _record(self, document_id: str, readings: Mapping[str, FormReading]) -> Record:
        names = self._store.layouts.names()
        return reconcile(document_id, {who: named(r, names) for who, r in readings.items()})

    def decided(self, before: Record, after: Record) -> None:
        """Indexes a record's texts again if a decision changed them."""
        if passages_of(before) != passages_of(after):
            self._add_to_index([after])

    def failed(self, document_id: str, form_id: str, name: str, error: BaseException) -> None:
        """Notes why a document or a form could not be read, for its status."""
        if isinstance(error, ModelUnavailable) and form_id:
            self._down_until = time.monotonic() + _REST_SECONDS
            self._down_because = error.message
        message = _message(error).dumped()
        if form_id:
            self._store.set_stage(document_id, form_id, name, "failed", message)
        elif self._store.stored(document_id).read == "done":
            self._store.set_indexed(document_id, "failed", message)
        else:
            self._store.set_read(document_id, "failed", message)

    def worth_retrying(self, error: BaseException) -> bool:
        """Whether the same call may work in a moment."""
        return isinstance(error, ModelUnavailable) and time.monotonic() >= self._down_until

    def close(self) -> None:
        if self._model is not None:
            self._model.close()

    def model(self) -> Llm:
        """The model, opened when it is first needed. Raises :class:`ModelUnavailable`."""
        if time.monotonic() < self._down_until:
            raise ModelUnavailable(self._down_because.code, **self._down_because.values)
        with self._opening:
            self._model = self._model or self._readers.open_model()
        if self._model is None:
            raise ModelUnavailable("model.unset")
        return self._model

    def _pages(self, known: StoredDocument) -> Sequence[Page]:
        """The stored pages; read of the file only where it never was by this version."""
        version = self._readers.pages_version()
        self._store.set_read(known.id, "reading")
        if known.pages_version == version:
            return self._store.pages(known.id)
        path = self._originals.path(known.id, known.kind)
        try:
            pages = self._readers.read_document(path).pages
        except DocumentError as error:
            values = {**error.message.values, "name": known.name, "path": known.name}
            raise DocumentError(error.message.code, **values) from error
        self._store.save_pages(known.id, pages, version)
        return pages

    def _known(self, document_id: str, form_id: str) -> dict[str, FormReading]:
        """What the readers after the first said of a form, under their versions of today."""
        found = {
            reader.name: self._store.reading(
                document_id, form_id, reader.name, self._readers.version_of(reader)
            )
            for reader in self._readers.others
        }
        return {name: reading for name, reading in found.items() if reading is not None}

    def _add_to_index(self, records: Sequence[Record]) -> None:
        if passages := [p for record in records for p in passages_of(record)]:
            self._index().add(passages)


def asked_of(readers: Readers, reader: Reader) -> Asked:
    return Asked(reader.name, readers.version_of(reader), reader.needs_model)


def _message(error: BaseException) -> Message:
    """What a person is told; a fault of ours is named, so that it can be reported."""
    if isinstance(error, JixiaoError):
        return error.message
    return Message("store.fault", {"kind": type(error).__name__, "reason": str(error)})

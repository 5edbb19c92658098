"""One file → forms, without a store: what ``jixiao extract`` and ``jixiao check FILE`` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from assistant.errors import ModelError, ModelUnavailable
from assistant.readers import Model, Reader
from assistant.readers.registry import RECONCILED, Readers
from assistant.reconcile.merge import reconcile, record_of_reading
from schemas.geometry import Document
from schemas.readings import FormReading, Segmentation
from schemas.records import Record


@dataclass(frozen=True)
class Extract:
    """A document's records by one reader or all; ``warnings`` say what is missing and why."""

    document: Document
    segmentation: Segmentation
    records: list[Record]
    warnings: list[str] = field(default_factory=list)


def extract(path: Path, reader: str, readers: Readers) -> Extract:
    """Reads ``path`` by the reader of that name. ``reconciled`` are all of them, and where the
    model fails those that need none, with a warning; else that raises :class:`ModelError`."""
    document = readers.read_document(path)
    segmentation = readers.find_forms(document.pages)
    open_model = cache(lambda: _opened(readers))
    if reader != RECONCILED:
        alone = _readings(readers, readers.named(reader), document, segmentation, open_model)
        records = [record_of_reading(document.id, reading) for reading in alone]
        return Extract(document, segmentation, records)
    by_form: dict[str, dict[str, FormReading]] = {s.form_id: {} for s in segmentation.forms}
    warnings: list[str] = []
    for one in readers.readers:
        try:
            for reading in _readings(readers, one, document, segmentation, open_model):
                by_form[reading.form_id][one.name] = reading
        except ModelError as error:
            read = sum(one.name in readings for readings in by_form.values())
            partly = ModelError(
                "model.partly", why=str(error), reader=one.en, read=read, forms=len(by_form)
            )
            warnings.append(str(partly))
    records = [reconcile(document.id, readings) for readings in by_form.values()]
    return Extract(document, segmentation, records, warnings)


def _readings(
    readers: Readers,
    reader: Reader,
    document: Document,
    segmentation: Segmentation,
    open_model: Callable[[], Model],
) -> Iterator[FormReading]:
    pages = {page.number: page for page in document.pages}
    model = open_model() if reader.needs_model else None
    for span in segmentation.forms:
        yield readers.reading(reader, pages, span, model)


def _opened(readers: Readers) -> Model:
    model = readers.open_model()
    if model is None:
        raise ModelUnavailable("model.off")
    return model

"""One file → forms, without a store: what ``jixiao extract`` and ``jixiao check FILE`` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assistant.errors import ModelError, ModelUnavailable
from assistant.readers.registry import Readers
from assistant.reconcile.merge import reconcile, record_of_reading
from schemas.geometry import Document, Page
from schemas.readings import FormReading, FormSpan, Segmentation
from schemas.records import Record

ReaderChoice = Literal["rules", "llm", "reconciled"]


@dataclass(frozen=True)
class Extract:
    """A document's records by one reader or both; ``warnings`` say what is missing and why."""

    document: Document
    segmentation: Segmentation
    records: list[Record]
    warnings: list[str] = field(default_factory=list)


def extract(path: Path, reader: ReaderChoice, readers: Readers) -> Extract:
    """Reads ``path``. ``reconciled`` falls back to the rules alone where the model fails, with a
    warning; ``llm`` raises :class:`ModelError`."""
    document = readers.read_document(path)
    segmentation = readers.find_forms(document.pages)
    if reader == "rules":
        rules = readers.rules(document.pages, segmentation)
        records = [record_of_reading(document.id, reading) for reading in rules]
        return Extract(document, segmentation, records)
    if reader == "llm":
        model, _ = _by_model(document.pages, segmentation, readers, needed=True)
        records = [record_of_reading(document.id, reading) for reading in model.values()]
        return Extract(document, segmentation, records)
    rules = readers.rules(document.pages, segmentation)
    model, warnings = _by_model(document.pages, segmentation, readers, needed=False)
    by_form = {r.form_id: {"rules": r} for r in rules}
    for form_id, reading in model.items():
        by_form[form_id]["llm"] = reading
    records = [reconcile(document.id, readings) for readings in by_form.values()]
    return Extract(document, segmentation, records, warnings)


def _by_model(
    pages: Sequence[Page], segmentation: Segmentation, readers: Readers, *, needed: bool
) -> tuple[dict[str, FormReading], list[str]]:
    """The model's readings by form, and why some are missing."""
    by_number = {page.number: page for page in pages}
    found: dict[str, FormReading] = {}
    warnings: list[str] = []
    try:
        llm = readers.open_llm()
        if llm is None:
            raise ModelUnavailable("The language model is off (JIXIAO_LLM).")
        for span in segmentation.forms:
            found[span.form_id] = readers.llm(_pages_of(span, by_number), span, llm)
    except ModelError as error:
        if needed:
            raise
        read = f"{len(found)} of {len(segmentation.forms)} forms"
        warnings = [f"{error} The model read {read}; the others are the rules' alone."]
    return found, warnings


def _pages_of(span: FormSpan, by_number: dict[int, Page]) -> list[Page]:
    return [by_number[number] for number in span.pages]

"""The readers that there are, and how this program reads a document; tests bind others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from assistant import readers
from assistant.readers import Model, Reader
from assistant.sources import ROOT, version

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.model.client import Llm
    from assistant.settings import Settings
    from schemas.geometry import Document, Page
    from schemas.readings import FormReading, FormSpan, Segmentation


RECONCILED = "reconciled"  # what all readers together make of a form; stands beside their names


@cache
def installed() -> tuple[Reader, ...]:
    """The readers that there are: every package beside this module, in their order."""
    packages = (m.name for m in iter_modules(readers.__path__) if m.ispkg)
    found = (import_module(f"{readers.__name__}.{name}").READER for name in packages)
    return tuple(sorted(found, key=lambda reader: (reader.rank, reader.name)))


def reader_label(name: str, lang: str) -> str:
    """What people call a reader; one that is no longer there by its name."""
    found = next((r for r in installed() if r.name == name), None)
    if found is None:
        return name
    return found.en if lang == "en" else found.zh


@dataclass(frozen=True)
class Readers:
    """How a document is read: its file → pages → forms, and each form by each reader.

    ``open_model`` gives None where no model is set. The versions tell what was read apart, so
    that what was read once is not read again; they are made when they are asked for.
    """

    read_document: Callable[[Path], Document]
    pages_version: Callable[[], str]
    find_forms: Callable[[Sequence[Page]], Segmentation]
    forms_version: Callable[[], str]
    readers: tuple[Reader, ...]
    version_of: Callable[[Reader], str]
    open_model: Callable[[], Llm | None]

    @property
    def first(self) -> Reader:
        """The reader that reads a document as it is taken in; it needs no model."""
        return self.readers[0]

    @property
    def others(self) -> tuple[Reader, ...]:
        return self.readers[1:]

    def named(self, name: str) -> Reader:
        return next(reader for reader in self.readers if reader.name == name)

    def document_version(self) -> str:
        """The version of all that is made of a document as it is taken in."""
        first = self.version_of(self.first)
        return _hashed(self.pages_version(), self.forms_version(), self.first.name, first)

    def reading(
        self, reader: Reader, pages: Mapping[int, Page], span: FormSpan, model: Model | None = None
    ) -> FormReading:
        """What ``reader`` says of the form at ``span``; ``pages`` by their number. Raises
        :class:`assistant.errors.ModelError`."""
        found = reader.read([pages[number] for number in span.read_pages], span, model)
        return found.model_copy(update={"reader": reader.name, "form_id": span.form_id})


def recordings(settings: Settings) -> list[Path]:
    """Where recorded responses lie: those that come with the samples, those the settings name."""
    places = (ROOT / "samples" / "recordings", settings.recordings)
    return [place for place in places if place is not None and place.exists()]


def default_readers(settings: Settings) -> Readers:
    """The readers of this program. Their libraries are imported at the first use."""

    def read_document(path: Path) -> Document:
        from assistant.pages import document

        return document.read_document(path)

    def find_forms(pages: Sequence[Page]) -> Segmentation:
        from assistant.segmentation import forms

        return forms.find_forms(pages)

    def open_model() -> Llm | None:
        from assistant.model import client

        return client.open_model(settings, recordings(settings))

    def version_of(reader: Reader) -> str:
        model = f"{settings.llm_mode}/{settings.model or ''}" if reader.needs_model else ""
        return _hashed(model, version(reader.read.__module__))

    return Readers(
        read_document=read_document,
        pages_version=lambda: version("assistant.pages.document"),
        find_forms=find_forms,
        forms_version=lambda: version("assistant.segmentation.forms"),
        readers=installed(),
        version_of=version_of,
        open_model=open_model,
    )


def _hashed(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]

"""The two readers and their versions, bound to the settings; tests bind others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from assistant import readers
from assistant.readers import Reader
from assistant.settings import Settings
from assistant.sources import ROOT, version
from schemas.geometry import Document, Page
from schemas.readings import FormReading, FormSpan, Segmentation

if TYPE_CHECKING:
    from assistant.model.client import Llm


_PAGES, _FORMS = "assistant.pages.document", "assistant.segmentation.forms"


@dataclass(frozen=True)
class Readers:
    """How a document is read. ``open_llm`` gives None where no model is set; the versions
    tell readings apart, so that what was read once is not read again."""

    read_document: Callable[[Path], Document]
    find_forms: Callable[[Sequence[Page]], Segmentation]
    rules: Callable[[Sequence[Page], Segmentation], list[FormReading]]
    rules_version: str
    open_llm: Callable[[], Llm | None]
    llm: Callable[[Sequence[Page], FormSpan, Llm], FormReading]
    llm_version: str


@cache
def installed() -> tuple[Reader, ...]:
    """The readers that there are: every package beside this module, in their order."""
    packages = (m.name for m in iter_modules(readers.__path__) if m.ispkg)
    found = (import_module(f"{readers.__name__}.{name}").READER for name in packages)
    return tuple(sorted(found, key=lambda reader: (reader.rank, reader.name)))


def recordings(settings: Settings) -> list[Path]:
    """Where recorded responses lie: those that come with the samples, those the settings name."""
    places = (ROOT / "samples" / "recordings", settings.recordings)
    return [place for place in places if place is not None and place.exists()]


def default_readers(settings: Settings) -> Readers:
    """The readers of this program. Their libraries are imported at the first use."""

    def read_document(path: Path) -> Document:
        from assistant.pages import document as pages

        return pages.read_document(path)

    def find_forms(pages: Sequence[Page]) -> Segmentation:
        from assistant.segmentation import forms

        return forms.find_forms(pages)

    def rules(pages: Sequence[Page], segmentation: Segmentation) -> list[FormReading]:
        from assistant.readers.rules import reader as rules_reader

        return rules_reader.read(pages, segmentation)

    def open_llm() -> Llm | None:
        from assistant.model import client

        return client.open_model(settings, recordings(settings))

    def read_form(pages: Sequence[Page], span: FormSpan, llm: Llm) -> FormReading:
        from assistant.readers.model import reader as llm_reader

        return llm_reader.read_form(pages, span, llm)

    model = f"{settings.llm_mode}/{settings.model or ''}"
    return Readers(
        read_document=read_document,
        find_forms=find_forms,
        rules=rules,
        rules_version=_hashed(*map(version, (_PAGES, _FORMS, "assistant.readers.rules"))),
        open_llm=open_llm,
        llm=read_form,
        llm_version=_hashed(model, version("assistant.readers.model")),
    )


def _hashed(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]

"""Readers that need neither PyMuPDF nor a model: every line of a text file is a page and a
form, written ``name amount``. What they read is noted in a log, one line a call."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.readers import Model, Reader
from assistant.readers.registry import Readers
from assistant.search.passages import Passage
from assistant.service import Assistant
from assistant.settings import Settings
from schemas.geometry import Box, Document, Page, PageSource, Word
from schemas.readings import (
    Evidence,
    FormReading,
    FormSpan,
    PageNote,
    Reading,
    Segmentation,
    Usage,
    form_id_of,
)

BOX = Box(10, 10, 60, 20)


def read_document(path: Path) -> Document:
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines:
        raise DocumentError("document.empty", name=path.name)
    pages = tuple(
        Page(i, 595, 842, PageSource.TEXT, (Word(line, BOX),), (), line)
        for i, line in enumerate(lines, 1)
    )
    return Document(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, pages)


def find_forms(pages: Sequence[Page]) -> Segmentation:
    forms = [
        FormSpan(
            form_id=form_id_of(p.number),
            pages=[p.number],
            form_type="secondary_project",
            title="",
        )
        for p in pages
        if " " in p.text
    ]
    others = [PageNote(page=p.number, reason="封面") for p in pages if " " not in p.text]
    return Segmentation(forms=forms, others=others)


def reading(page: Page, reader: str) -> FormReading:
    name, amount = page.text.split(" ")
    place = Evidence(page=page.number, bbox=tuple(BOX), quote=page.text)
    return FormReading(
        reader=reader,
        form_id=form_id_of(page.number),
        pages=[page.number],
        form_type="secondary_project",
        fields={
            "name": Reading(value=name, evidence=place),
            "total_amount": Reading(value=amount, evidence=place),
            "overview": Reading(value=f"{name}的概述，这一句由测试写成。", evidence=place),
        },
        usage=Usage(model="stub", calls=1, prompt_tokens=7, completion_tokens=3, seconds=0.5)
        if reader == "llm"
        else None,
    )


class NoModel:
    def close(self) -> None:
        pass


def stub_readers(
    log: Path,
    *,
    seconds: float = 0.0,
    fail: Callable[[str], Exception | None] | None = None,
    **versions: str,
) -> Readers:
    """``seconds`` is what a form costs the model; ``fail`` may give an error for a form;
    ``versions`` are those of ``pages``, ``forms`` and the readers, "1" where not given."""

    def note(line: str) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def noted_document(path: Path) -> Document:
        note("pages")
        return read_document(path)

    def noted_forms(pages: Sequence[Page]) -> Segmentation:
        note("forms")
        return find_forms(pages)

    def rules(pages: Sequence[Page], _span: FormSpan, _model: Model | None) -> FormReading:
        return reading(pages[0], "rules")

    def llm(pages: Sequence[Page], span: FormSpan, _model: Model | None) -> FormReading:
        note(f"begin {span.form_id}")
        time.sleep(seconds)
        if fail and (error := fail(span.form_id)):
            raise error
        note(f"end {span.form_id}")
        return reading(pages[0], "llm")

    return Readers(
        read_document=noted_document,
        pages_version=lambda: versions.get("pages", "1"),
        find_forms=noted_forms,
        forms_version=lambda: versions.get("forms", "1"),
        readers=(
            Reader("rules", "规则", "rules", rules),
            Reader("llm", "模型", "model", llm, needs_model=True),
        ),
        version_of=lambda reader: versions.get(reader.name, "1"),
        open_model=lambda: NoModel(),  # type: ignore[arg-type, return-value]
    )


class Passages:
    """An index that only remembers what it was given."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []

    def add(self, passages: Sequence[Passage]) -> None:
        self.passages += passages


def open_stub(home: Path, log: Path, **behaviour: Any) -> Assistant:
    """An assistant that reads with the stubs and notes it in ``log``."""
    settings = Settings(home=home, llm="embedded")  # one form at a time
    return Assistant(settings, stub_readers(log, **behaviour), Passages)


def main() -> None:
    """``python -m tests.stub_readers HOME LOG SECONDS FILE…``: ingests, to be killed."""
    home, log, seconds, *files = sys.argv[1:]
    with open_stub(Path(home), Path(log), seconds=float(seconds)) as assistant:
        assistant.ingest([Path(file) for file in files])


if __name__ == "__main__":
    main()

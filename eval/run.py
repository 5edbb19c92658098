"""Runs a dataset through the product: documents and questions in, a log out.

Without ``live`` no model is ever called: its responses come from recordings, and a form that
has none is not read, which is not the same as read wrongly.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelUnavailable
from assistant.readers.registry import Readers, default_readers
from assistant.readers.registry import recordings as known_recordings
from assistant.settings import Settings
from assistant.sources import ROOT
from eval.dataset import Dataset
from eval.log import READERS, DocumentLog, Log
from schemas.answers import Answer
from schemas.findings import Finding
from schemas.geometry import Document, Page
from schemas.readings import FormReading, FormSpan

if TYPE_CHECKING:
    from assistant.model.client import Llm
    from assistant.service import Assistant

# Where no model listens: should anything ask one during a replay, it fails at once.
_NOBODY = "http://127.0.0.1:9/v1"


def recordings_for(dataset: Dataset, settings: Settings) -> list[Path]:
    """The folders that may hold responses for the dataset's documents and questions."""
    names = {dataset.name, *(d.stem for d in dataset.documents)}
    own = [dataset.folder / "recordings", *(ROOT / "eval" / "recordings" / n for n in names)]
    return known_recordings(settings) + sorted({p for p in own if p.is_dir()})


def _model_name(settings: Settings) -> str:
    from assistant.model import weights

    if settings.model is None:
        return weights.NAME
    return Path(settings.model).stem if settings.llm_mode == "embedded" else settings.model


def open_model(settings: Settings, recordings: Sequence[Path], *, live: bool) -> Llm | None:
    """The model that reads: from recordings alone, unless ``live``."""
    from assistant.model import client
    from assistant.model.recordings import Replay

    if live:
        return client.open_model(settings, recordings)
    return client.open_recorded(Replay(recordings), _model_name(settings))


def _read_by_model(
    document: Document, spans: Sequence[FormSpan], model: Llm | None
) -> tuple[list[FormReading], dict[str, str]]:
    """The model's readings, and by form why there is none."""
    from assistant.readers.model import reader as llm_reader

    if model is None:
        return [], {s.form_id: "The language model is off (JIXIAO_LLM)." for s in spans}
    readings: list[FormReading] = []
    unread: dict[str, str] = {}
    for span in spans:
        try:
            readings.append(llm_reader.read_form(document.pages, span, model))
        except ModelUnavailable as error:
            unread[span.form_id] = str(error)
    return readings, unread


def read_document(path: Path, model: Llm | None, *, with_model: bool) -> DocumentLog:
    """Both readers' readings of a document."""
    from assistant.pages import document as pages
    from assistant.readers.rules import reader as rules_reader
    from assistant.segmentation.forms import find_forms

    started = time.perf_counter()
    document = pages.read_document(path)
    segmentation = find_forms(document.pages)
    rules = rules_reader.read(document.pages, segmentation)
    seconds = time.perf_counter() - started
    llm, unread = _read_by_model(document, segmentation.forms, model) if with_model else ([], {})
    return DocumentLog(
        document=path.name,
        rules=rules,
        llm=llm,
        unread=unread,
        pages=len(document.pages),
        seconds=round(seconds, 3),
    )


def _logged_readers(log: DocumentLog, settings: Settings, model: Llm | None) -> Readers:
    """Readers that say again what the log holds, so that no form is read twice."""
    found = default_readers(settings)
    kept = {"rules": log.rules, "llm": log.llm}
    readers = (replace(found.named(name), read=_again(kept[name])) for name in kept)
    return replace(found, readers=tuple(readers), open_model=lambda: model)


def _again(
    readings: Sequence[FormReading],
) -> Callable[[Sequence[Page], FormSpan, object], FormReading]:
    by_form = {reading.form_id: reading for reading in readings}
    return lambda _pages, span, _model: by_form[span.form_id]


def ask_all(
    path: Path,
    log: DocumentLog,
    questions: Sequence[Mapping[str, Any]],
    settings: Settings,
    model: Llm | None,
    *,
    live: bool = False,
) -> tuple[dict[str, Answer], list[Finding]]:
    """Answers to every question and all findings, from a store that holds this document alone,
    with the records that the log's readings make."""
    from assistant.service import Assistant

    with tempfile.TemporaryDirectory() as home:
        changes: dict[str, Any] = {"home": Path(home), "database_url": None, "chroma_url": None}
        if not live:
            changes |= {"llm": "endpoint", "base_url": _NOBODY, "api_key": None}
        own = settings.model_copy(update=changes)
        complete = bool(log.llm) and not log.unread
        with Assistant(own, readers=_logged_readers(log, own, model)) as assistant:
            assistant.ingest([path], llm=complete)
            return _answers(assistant, questions), assistant.findings()


def _answers(assistant: Assistant, questions: Sequence[Mapping[str, Any]]) -> dict[str, Answer]:
    conversations: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    for target in questions:
        before = conversations.get(target.get("follows", ""), "")
        answer = assistant.ask(target["question"], conversation=before)
        conversations[target["id"]] = answer.conversation
        answers[target["id"]] = answer.model_copy(update={"conversation": ""})
    return answers


def run(
    dataset: Dataset,
    settings: Settings,
    *,
    readers: Sequence[str] = READERS,
    documents: Sequence[str] = (),
    live: bool = False,
    recorded: bool = True,
    ask: bool = True,
) -> Log:
    """Reads every document of ``dataset`` (or the named ones), then asks the questions of the
    first PDF. ``recorded`` False asks a live model even what a recording answers."""
    with_model = bool(set(readers) & {"llm", "reconciled"})
    recordings = recordings_for(dataset, settings) if recorded else []
    model = open_model(settings, recordings, live=live) if with_model else None
    log = Log(dataset=dataset.name, model=_model_name(settings) if with_model else "")
    chosen = [d for d in dataset.documents if not documents or d.name in documents]
    try:
        log.documents = [read_document(path, model, with_model=with_model) for path in chosen]
        first = next((d for d in chosen if d.suffix == ".pdf"), None)
        if ask and first and (dataset.questions or dataset.findings):
            log.asked_of = first.name
            own = log.documents[chosen.index(first)]
            log.answers, log.findings = ask_all(
                first, own, dataset.questions, settings, model, live=live
            )
    finally:
        if model is not None:
            model.close()
    return log

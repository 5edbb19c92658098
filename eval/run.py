"""Runs a dataset through the product and scores what comes out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.contract import form_json, record_of_reading
from assistant.errors import ModelError
from assistant.reconcile import reconcile
from assistant.settings import Settings
from eval.answers import AnswerScore, score_answer
from eval.checks import FindingScore, score_findings
from eval.dataset import Dataset
from eval.extraction import (
    FLAGGED_ALONE,
    FLAGGED_STATES,
    ExtractionScore,
    score_extraction,
)
from schemas.readings import FormReading, Usage

READERS = ("rules", "llm", "reconciled")


@dataclass
class DocumentReport:
    """One document's scores by reader; ``unscored`` says why a reader has none."""

    document: str
    extraction: dict[str, ExtractionScore] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    unscored: dict[str, str] = field(default_factory=dict)


@dataclass
class Report:
    """A dataset's scores."""

    dataset: str
    documents: list[DocumentReport] = field(default_factory=list)
    answers: list[AnswerScore] = field(default_factory=list)
    findings: FindingScore | None = None


def _forms(readings: Iterable[FormReading]) -> list[dict[str, Any]]:
    return [form_json(record_of_reading("", r)) for r in readings]


def read_document_forms(
    path: Path, settings: Settings, readers: Sequence[str], recordings: Sequence[Path]
) -> tuple[dict[str, list[FormReading]], dict[str, str]]:
    """Both readers' readings of a document, and why one of them has none."""
    from assistant import pages, rule_reader
    from assistant.segments import find_forms

    document = pages.read_document(path)
    segmentation = find_forms(document.pages)
    readings = {"rules": rule_reader.read(document.pages, segmentation)}
    unscored: dict[str, str] = {}
    if set(readers) & {"llm", "reconciled"}:
        from assistant import llm, llm_reader

        try:
            model = llm.open_model(settings, recordings)
            if model is None:
                raise ModelError("the language model is off")
            readings["llm"] = [
                llm_reader.read_form(document.pages, span, model) for span in segmentation.forms
            ]
        except ModelError as error:
            unscored = {"llm": str(error), "reconciled": str(error)}
    return readings, unscored


def evaluate_document(
    path: Path,
    dataset: Dataset,
    settings: Settings,
    readers: Sequence[str],
    recordings: Sequence[Path],
) -> DocumentReport:
    """Scores of one document under each of ``readers``."""
    readings, unscored = read_document_forms(path, settings, readers, recordings)
    report = DocumentReport(path.name, unscored={r: w for r, w in unscored.items() if r in readers})
    forms: dict[str, list[dict[str, Any]]] = {name: _forms(r) for name, r in readings.items()}
    if "llm" in readings:
        model = {r.form_id: r for r in readings["llm"]}
        forms["reconciled"] = [
            form_json(reconcile("", r, model.get(r.form_id))) for r in readings["rules"]
        ]
        for reading in readings["llm"]:
            report.usage = report.usage.plus(reading.usage or Usage())
    for reader in readers:
        if reader in forms:
            states = FLAGGED_STATES if reader == "reconciled" else FLAGGED_ALONE
            report.extraction[reader] = score_extraction(dataset.forms, forms[reader], states)
    return report


def evaluate_answers(
    path: Path, dataset: Dataset, settings: Settings
) -> tuple[list[AnswerScore], FindingScore]:
    """Asks every question of the dataset in a store of its own that holds this document alone."""
    from assistant.pipeline import Assistant

    with tempfile.TemporaryDirectory() as home:
        own = settings.model_copy(
            update={"home": Path(home), "database_url": None, "chroma_url": None}
        )
        with Assistant(own) as assistant:
            assistant.ingest([path], llm=False)
            conversations: dict[str, str] = {}
            scores = []
            for target in dataset.questions:
                before = conversations.get(target.get("follows", ""), "")
                answer = assistant.ask(target["question"], conversation=before)
                conversations[target["id"]] = answer.conversation
                scores.append(score_answer(target, answer))
            return scores, score_findings(dataset.findings, assistant.findings())


def evaluate(
    dataset: Dataset,
    settings: Settings,
    *,
    readers: Sequence[str] = READERS,
    documents: Sequence[str] = (),
    recordings: Sequence[Path] = (),
    ask: bool = True,
) -> Report:
    """Scores every document of ``dataset`` (or the named ones), then answers and findings on the
    first PDF."""
    report = Report(dataset.folder.name)
    chosen = [d for d in dataset.documents if not documents or d.name in documents]
    for path in chosen:
        report.documents.append(evaluate_document(path, dataset, settings, readers, recordings))
    first = next((d for d in chosen if d.suffix == ".pdf"), None)
    if ask and first and dataset.questions:
        report.answers, report.findings = evaluate_answers(first, dataset, settings)
    return report

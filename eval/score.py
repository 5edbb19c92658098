"""A log and the labels → scores. Pure: the same log can be scored again at any time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.export.form_json import form_json
from assistant.reconcile.merge import reconcile, record_of_reading
from eval.answers import AnswerScore, score_answer
from eval.checks import FindingScore, score_findings
from eval.dataset import Dataset
from eval.extraction import (
    FLAGGED_ALONE,
    FLAGGED_STATES,
    ExtractionScore,
    score_extraction,
)
from eval.log import READERS, DocumentLog, Log
from schemas.readings import FormReading, Usage

_BEST = ("reconciled", "rules", "llm")


@dataclass
class DocumentScore:
    """One document's scores by reader. ``unscored`` says by form why the model's reading and
    the reconciled record have no score, which is not a score of zero."""

    document: str
    extraction: dict[str, ExtractionScore] = field(default_factory=dict)
    unscored: dict[str, str] = field(default_factory=dict)
    usage: dict[str, Usage] = field(default_factory=dict)  # by form
    pages: int = 0
    seconds: float = 0.0

    def forms(self, reader: str) -> str:
        """Forms found of those labelled, and how many were not scored."""
        score = self.extraction[reader]
        unscored = f", {len(self.unscored)} not scored" if self._is_partial(reader) else ""
        return f"{score.forms_found}/{score.forms_labelled}{unscored}"

    def best(self) -> str | None:
        """The account that a user gets, of those that cover every form."""
        whole = (r for r in _BEST if r in self.extraction and not self._is_partial(r))
        return next(whole, None)

    def _is_partial(self, reader: str) -> bool:
        return reader != "rules" and bool(self.unscored)

    @property
    def used(self) -> Usage:
        total = Usage()
        for usage in self.usage.values():
            total = total.plus(usage)
        return total


@dataclass
class Report:
    """A dataset's scores."""

    dataset: str
    model: str = ""
    documents: list[DocumentScore] = field(default_factory=list)
    answers: list[AnswerScore] = field(default_factory=list)
    findings: FindingScore | None = None


def _forms(readings: Iterable[FormReading]) -> list[dict[str, Any]]:
    return [form_json(record_of_reading("", r)) for r in readings]


def _reconciled(log: DocumentLog) -> list[dict[str, Any]]:
    by_form: dict[str, dict[str, FormReading]] = {}
    for reading in (*log.rules, *log.llm):
        by_form.setdefault(reading.form_id, {})[reading.reader] = reading
    return [form_json(reconcile("", readings)) for readings in by_form.values()]


def score_document(log: DocumentLog, dataset: Dataset, readers: Sequence[str]) -> DocumentScore:
    """Scores of one document under each of ``readers``."""
    score = DocumentScore(log.document, pages=log.pages, seconds=log.seconds)
    boxes = not log.document.endswith(".txt")  # whose pages are drawn in a way of their own
    read = {k: f for k, f in dataset.forms.items() if k not in log.unread}
    if "rules" in readers:
        score.extraction["rules"] = score_extraction(
            dataset.forms, _forms(log.rules), FLAGGED_ALONE, boxes=boxes
        )
    if set(readers) & {"llm", "reconciled"}:
        score.unscored = dict(log.unread)
        score.usage = {r.form_id: r.usage for r in log.llm if r.usage}
    if log.llm and "llm" in readers:
        score.extraction["llm"] = score_extraction(
            read, _forms(log.llm), FLAGGED_ALONE, boxes=boxes
        )
    if log.llm and "reconciled" in readers:
        score.extraction["reconciled"] = score_extraction(
            read, _reconciled(log), FLAGGED_STATES, boxes=boxes
        )
    return score


def score_log(log: Log, dataset: Dataset, readers: Sequence[str] = READERS) -> Report:
    """Scores everything that the log holds."""
    report = Report(log.dataset, log.model)
    report.documents = [score_document(d, dataset, readers) for d in log.documents]
    report.answers = [
        score_answer(target, log.answers[target["id"]])
        for target in dataset.questions
        if target["id"] in log.answers
    ]
    if log.asked_of:
        report.findings = score_findings(dataset.findings, log.findings)
    return report

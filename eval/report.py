"""A report as Markdown and as JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from eval.extraction import ExtractionScore, errors, share_right
from eval.run import DocumentReport, Report
from schemas.forms import Kind


def metrics(score: ExtractionScore) -> dict[str, Any]:
    """The figures of one document under one reader; None where there was nothing to score."""
    cells, fields = score.cells, score.fields()
    short = [c for c in fields if c.kind is not Kind.LONG_TEXT]
    pages = [c.page_right for c in cells if c.page_right is not None]
    boxes = [c.box_right for c in cells if c.box_right is not None]
    return {
        "forms_found": score.forms_found,
        "forms_labelled": score.forms_labelled,
        "fields_right": share_right(fields),
        "fields_right_without_long_texts": share_right(short),
        "cells_right": share_right(cells),
        "rows_f1": score.rows_f1,
        "flagged": sum(c.flagged for c in cells) / len(cells) if cells else None,
        "silent_errors": sum(c.is_silent_error for c in cells),
        "pages_right": sum(pages) / len(pages) if pages else None,
        "boxes_right": sum(boxes) / len(boxes) if boxes else None,
        "by_state": {
            state: {"cells": n, "right": right}
            for state, (n, right) in sorted(_by_state(score).items())
        },
    }


def _by_state(score: ExtractionScore) -> dict[str, tuple[int, int]]:
    count = Counter(c.state for c in score.cells)
    right = Counter(c.state for c in score.cells if c.outcome == "right")
    return {state: (n, right[state]) for state, n in count.items()}


def as_json(report: Report) -> dict[str, Any]:
    """Everything that was scored, for another program."""
    outcomes = Counter(a.outcome for a in report.answers)
    return {
        "dataset": report.dataset,
        "documents": [
            {
                "document": d.document,
                "extraction": {r: metrics(s) for r, s in d.extraction.items()},
                "unscored": d.unscored,
                "usage": d.usage.model_dump(),
                "errors": {
                    r: [
                        {
                            "form_id": e.form_id,
                            "path": e.path,
                            "outcome": e.outcome,
                            "target": e.target,
                            "value": e.value,
                            "state": e.state,
                            "silent": e.is_silent_error,
                        }
                        for e in errors(s)
                    ]
                    for r, s in d.extraction.items()
                },
            }
            for d in report.documents
        ],
        "answers": {
            "asked": len(report.answers),
            "outcomes": dict(outcomes),
            "citation_precision": _mean([a.citation_precision for a in report.answers]),
            "pages_recalled": _mean([a.pages_recalled for a in report.answers]),
            "problems": {a.id: a.problems for a in report.answers if a.problems},
        },
        "findings": {
            "recall": report.findings.recall if report.findings else None,
            "missed": [dict(m) for m in report.findings.missed] if report.findings else [],
            "extra": [f.model_dump() for f in report.findings.extra] if report.findings else [],
        },
    }


def _mean(values: list[Any]) -> float | None:
    known = [float(v) for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _document_lines(document: DocumentReport) -> Iterator[str]:
    for reader, score in document.extraction.items():
        m = metrics(score)
        yield (
            f"| {document.document} | {reader} | {m['forms_found']}/{m['forms_labelled']} "
            f"| {_percent(m['fields_right'])} | {_percent(m['fields_right_without_long_texts'])} "
            f"| {m['rows_f1']:.3f} | {_percent(m['flagged'])} | {m['silent_errors']} "
            f"| {_percent(m['pages_right'])} | {_percent(m['boxes_right'])} |"
        )
    for reader, why in document.unscored.items():
        yield f"| {document.document} | {reader} | not scored: {why} | | | | | | | |"


def as_markdown(report: Report, *, show_errors: int = 0) -> str:
    """The tables that a person reads."""
    lines = [
        f"## {report.dataset}",
        "",
        "| document | reader | forms | fields right | without long texts | rows F1 | flagged "
        "| silent errors | pages right | boxes right |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for document in report.documents:
        lines += _document_lines(document)
    for document in report.documents:
        if document.usage.calls:
            u = document.usage
            lines += [
                "",
                f"{document.document}: {u.calls} calls to {u.model}, {u.prompt_tokens} + "
                f"{u.completion_tokens} tokens, {u.seconds:.0f} s.",
            ]
        for reader, score in document.extraction.items() if show_errors else ():
            wrong = list(errors(score))
            lines += ["", f"{document.document}, {reader}: {len(wrong)} not right", ""]
            lines += [
                f"- {e.form_id} {e.path}: {e.outcome}{' SILENT' if e.is_silent_error else ''} "
                f"`{str(e.target)[:60]}` read as `{str(e.value)[:60]}` ({e.state})"
                for e in wrong[:show_errors]
            ]
    lines += _answer_lines(report)
    return "\n".join(lines)


def _answer_lines(report: Report) -> list[str]:
    lines: list[str] = []
    if report.answers:
        outcomes = Counter(a.outcome for a in report.answers)
        precision = _mean([a.citation_precision for a in report.answers])
        lines += [
            "",
            f"Answers: {outcomes['right']} of {len(report.answers)} right, "
            f"{outcomes['refused']} refused, {outcomes['confidently_wrong']} confidently wrong; "
            f"citation precision {_percent(precision)}.",
        ]
        lines += [
            f"- {a.id} ({a.kind}) {a.outcome}: {'; '.join(a.problems)}"
            for a in report.answers
            if a.problems
        ]
    if report.findings:
        f = report.findings
        lines += ["", f"Findings: recall {_percent(f.recall)}, {len(f.extra)} beside the labels."]
        lines += [f"- missed {m['form_id']} {m['rule']} {m['target']}" for m in f.missed]
    return lines

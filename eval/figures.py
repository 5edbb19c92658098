"""The figures of a report, as plain data for Markdown, JSON and HTML alike. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from eval.answers import AnswerScore
from eval.extraction import CellScore, ExtractionScore, errors, share_right
from eval.metrics import by, calibration, mean, risk_curve, tally
from eval.score import DocumentScore, Report
from schemas.forms import Kind


def extraction(score: ExtractionScore) -> dict[str, Any]:
    """One document under one reader; None where there was nothing to score."""
    cells, fields = score.cells, score.fields()
    counts, values = tally(cells), len(cells)
    rates, brier = calibration(cells)
    return {
        "forms_found": score.forms_found,
        "forms_labelled": score.forms_labelled,
        "values": values,
        "fields_right": share_right(fields),
        "fields_right_without_long_texts": share_right(
            [c for c in fields if c.kind is not Kind.LONG_TEXT]
        ),
        "values_right": counts.share,  # an invented one counts against it
        "rows_precision": score.rows_precision,
        "rows_recall": score.rows_recall,
        "rows_f1": score.rows_f1,
        "flagged": counts.flagged / values if values else None,
        "flagged_errors": values - counts.right - counts.silent,
        "silent_errors": counts.silent,
        "pages_right": mean(c.page_right for c in cells),
        "boxes_right": mean(c.box_right for c in cells),
        "outcomes": asdict(counts),
        "by_state": [asdict(r) | {"share": r.share} for r in rates],
        "brier": brier,
        "by_family": {k: asdict(t) for k, t in by(cells, lambda c: c.family).items()},
        "by_field": {k: asdict(t) for k, t in by(cells, lambda c: c.field_name).items()},
        "causes": dict(Counter(c.cause for c in errors(score)).most_common()),
        "risk_coverage": [asdict(p) for p in risk_curve(cells)],
    }


def error(cell: CellScore) -> dict[str, Any]:
    """One value that is not right."""
    return {
        "form_id": cell.form_id,
        "path": cell.path,
        "outcome": cell.outcome,
        "cause": cell.cause,
        "target": cell.target,
        "value": cell.value,
        "state": cell.state,
        "silent": cell.is_silent_error,
        "page": cell.page,
        "bbox": cell.box,
    }


def usage(document: DocumentScore) -> dict[str, Any]:
    """What the model took, in all and a form."""
    used, forms = document.used, len(document.usage)
    return {
        "model": used.model,
        "forms": forms,
        **used.model_dump(mode="json", exclude={"model"}),
        "tokens_a_form": (used.prompt_tokens + used.completion_tokens) / forms if forms else None,
        "seconds_a_form": used.seconds / forms if forms else None,
        "rules_seconds_a_page": document.seconds / document.pages if document.pages else None,
        "by_form": {k: u.model_dump(mode="json") for k, u in document.usage.items()},
    }


def answers(scores: Sequence[AnswerScore]) -> dict[str, Any]:
    """Answers in all and by kind of question. A refusal is right where there is no answer."""
    kinds = dict.fromkeys(a.kind for a in scores)
    refusals = [a for a in scores if a.status != "answered"]
    return {
        "asked": len(scores),
        **_outcomes(scores),
        "refusals": {
            "given": len(refusals),
            "right": sum(a.outcome == "right" for a in refusals),
            "due": sum(a.wanted != "answered" for a in scores),
        },
        "citation_precision": mean(a.citation_precision for a in scores),
        "citation_recall": mean(a.citation_recall for a in scores),
        "by_kind": {k: _outcomes([a for a in scores if a.kind == k]) for k in kinds},
        "not_right": [
            {"id": a.id, "kind": a.kind, "outcome": a.outcome, "problems": list(a.problems)}
            for a in scores
            if a.outcome != "right"
        ],
    }


def _outcomes(scores: Sequence[AnswerScore]) -> dict[str, int]:
    count = Counter(a.outcome for a in scores)
    return {
        "right": count["right"],
        "refused": count["refused"],
        "confidently_wrong": count["confidently_wrong"],
    }


def as_json(report: Report) -> dict[str, Any]:
    """Everything that was scored, for another program."""
    return {
        "dataset": report.dataset,
        "model": report.model,
        "documents": [
            {
                "document": d.document,
                "extraction": {r: extraction(s) for r, s in d.extraction.items()},
                "unscored": d.unscored,
                "usage": usage(d),
                "errors": {r: [error(e) for e in errors(s)] for r, s in d.extraction.items()},
            }
            for d in report.documents
        ],
        "answers": answers(report.answers),
        "findings": {
            "recall": report.findings.recall if report.findings else None,
            "missed": [dict(m) for m in report.findings.missed] if report.findings else [],
            "extra": [f.model_dump(mode="json") for f in report.findings.extra]
            if report.findings
            else [],
        },
    }

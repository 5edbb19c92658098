"""A report as Markdown, for a terminal and a pull request. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import mean, stdev
from typing import Any

from eval import figures
from eval.baseline import Change, Comparison
from eval.extraction import CellScore, ExtractionScore, errors
from eval.score import DocumentScore, Report

Run = tuple[str, Report]  # a model's name and what it scored
_COMPARED = ("fields_right", "values_right", "rows_f1", "flagged", "silent_errors")


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def as_markdown(
    report: Report, *, show_errors: int = 0, comparison: Comparison | None = None
) -> str:
    """The tables that a person reads."""
    parts = [f"## {report.dataset}"]
    if comparison is not None:
        parts.append(comparison_lines(comparison))
    parts.append(_extraction_table(report.documents))
    for document in report.documents:
        parts += _document_parts(document, show_errors)
    parts += _answer_parts(report)
    return "\n\n".join(part for part in parts if part)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"


def _extraction_table(documents: Sequence[DocumentScore]) -> str:
    head = (
        "document", "reader", "forms", "fields right", "without long texts", "rows P", "rows R",
        "rows F1", "flagged", "silent errors", "pages right", "boxes right", "Brier",
    )  # fmt: skip
    rows = [
        (d.document, reader, d.forms(reader), *_figures_of(score))
        for d in documents
        for reader, score in d.extraction.items()
    ]
    return _table(head, rows)


def _figures_of(score: ExtractionScore) -> tuple[str, ...]:
    m = figures.extraction(score)
    return (
        percent(m["fields_right"]),
        percent(m["fields_right_without_long_texts"]),
        f"{m['rows_precision']:.3f}",
        f"{m['rows_recall']:.3f}",
        f"{m['rows_f1']:.3f}",
        percent(m["flagged"]),
        str(m["silent_errors"]),
        percent(m["pages_right"]),
        percent(m["boxes_right"]),
        "–" if m["brier"] is None else f"{m['brier']:.4f}",
    )


def _document_parts(document: DocumentScore, show_errors: int) -> Iterator[str]:
    if document.unscored:
        why = dict.fromkeys(document.unscored.values())
        listed = ", ".join(document.unscored)
        yield f"{document.document}, llm and reconciled: {listed} not scored. {next(iter(why))}"
    used = document.used
    if used.calls:
        forms = len(document.usage)
        yield (
            f"{document.document}: {used.calls} calls to {used.model}, {used.prompt_tokens} + "
            f"{used.completion_tokens} tokens and {used.seconds:.0f} s for {forms} forms, "
            f"{used.seconds / forms:.0f} s a form."
        )
    for reader, score in document.extraction.items():
        wrong = errors(score)
        if not wrong:
            continue
        causes = figures.extraction(score)["causes"]
        counted = ", ".join(f"{cause} {n}" for cause, n in causes.items())
        yield f"{document.document}, {reader}: {len(wrong)} not right ({counted})"
        if show_errors:
            yield "\n".join(_error_line(e) for e in wrong[:show_errors])


def _error_line(e: CellScore) -> str:
    silent = " SILENT" if e.is_silent_error else ""
    return (
        f"- {e.form_id} {e.path}: {e.outcome} ({e.cause}){silent} `{str(e.target)[:60]}` "
        f"read as `{str(e.value)[:60]}` ({e.state or 'not seen'})"
    )


def _answer_parts(report: Report) -> Iterator[str]:
    if report.answers:
        a = figures.answers(report.answers)
        r = a["refusals"]
        yield (
            f"Answers: {a['right']} of {a['asked']} right, {a['refused']} refused, "
            f"{a['confidently_wrong']} confidently wrong; citation precision "
            f"{percent(a['citation_precision'])}, recall {percent(a['citation_recall'])}; "
            f"{r['given']} refusals, {r['right']} of them right, {r['due']} due."
        )
        head = ("kind of question", "right", "refused", "confidently wrong")
        yield _table(head, [(kind, *counts.values()) for kind, counts in a["by_kind"].items()])
        problems = (x for x in report.answers if x.problems)
        yield "\n".join(
            f"- {x.id} ({x.kind}) {x.outcome}: {'; '.join(x.problems)}" for x in problems
        )
    if report.findings:
        f = report.findings
        yield f"Findings: recall {percent(f.recall)}, {len(f.extra)} beside the labels."
        yield "\n".join(f"- missed {m['form_id']} {m['rule']} {m['target']}" for m in f.missed)


def comparison_lines(comparison: Comparison) -> str:
    """Better and worse against the baseline."""
    verdict = "passes" if comparison.passed else "FAILS"
    lines = [
        f"Against the baseline: {verdict}; {len(comparison.worse)} worse, "
        f"{len(comparison.better)} better.",
        "",
        *_changes("worse", comparison.worse),
        *_changes("better", comparison.better),
        *(f"- note: {note}" for note in comparison.notes),
    ]
    return "\n".join(lines).rstrip()


def _changes(word: str, changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        yield f"- {word}{' (refused)' if change.fatal else ''}: {change.where}: {change.what}"


def side_by_side(runs: Sequence[Run]) -> str:
    """Models beside each other; where one ran several times, its mean ± standard deviation."""
    models = list(dict.fromkeys(model for model, _ in runs))
    rows = []
    for document, reader, figure in _compared(runs):
        row: list[str] = [document, reader, figure.replace("_", " ")]
        for model in models:
            row.append(
                _spread([_figure(r, document, reader, figure) for m, r in runs if m == model])
            )
        rows.append(row)
    return _table(("document", "reader", "figure", *models), rows)


def _compared(runs: Sequence[Run]) -> list[tuple[str, str, str]]:
    places = dict.fromkeys(
        (d.document, reader) for _, r in runs for d in r.documents for reader in d.extraction
    )
    return [(d, r, f) for d, r in places for f in _COMPARED]


def _figure(report: Report, document: str, reader: str, figure: str) -> float | None:
    for d in report.documents:
        if d.document == document and reader in d.extraction:
            value: Any = figures.extraction(d.extraction[reader])[figure]
            return None if value is None else float(value)
    return None


def _spread(values: Sequence[float | None]) -> str:
    known = [v for v in values if v is not None]
    if not known:
        return "not scored"
    spread = f" ± {stdev(known):.3f}" if len(known) > 1 else ""
    return f"{mean(known):.3f}{spread}"

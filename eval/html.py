"""A report as one HTML file that loads nothing: figures, plots, and every error with its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from eval import figures, plots
from eval.baseline import Comparison
from eval.crops import cropper
from eval.dataset import Dataset
from eval.extraction import CellScore, errors
from eval.metrics import by, calibration, risk_curve
from eval.report import percent
from eval.score import DocumentScore, Report

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_MOST_CROPS = 60  # a document and reader; the rest is listed without its picture


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["percent"] = percent
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def as_html(scored: Sequence[tuple[Dataset, Report, Comparison | None]]) -> str:
    """The page for one or several datasets; everything printed in a form is escaped."""
    sections = [_section(dataset, report, comparison) for dataset, report, comparison in scored]
    return str(_template().render(sections=sections))


def _section(dataset: Dataset, report: Report, comparison: Comparison | None) -> dict[str, Any]:
    return {
        "name": report.dataset,
        "model": report.model,
        "documents": [_document(d, dataset) for d in report.documents],
        "answers": figures.answers(report.answers),
        "wrong_answers": [a for a in report.answers if a.outcome != "right"],
        "findings": report.findings,
        "comparison": comparison,
        "headline": _headline(report),
    }


def _headline(report: Report) -> list[tuple[str, str, str]]:
    """(figure, what it is, its tone) of each document's whole account, and of the answers."""
    out: list[tuple[str, str, str]] = []
    for document in report.documents:
        reader = document.best()
        if reader is not None:
            m = figures.extraction(document.extraction[reader])
            name = f"{document.document}, {reader}"
            out.append((percent(m["values_right"]), f"values right 正确 · {name}", ""))
            tone = "bad" if m["silent_errors"] else "good"
            out.append((str(m["silent_errors"]), f"silent errors 未提示的错误 · {name}", tone))
            out.append((percent(m["flagged"]), f"sent to a person 送复核 · {name}", ""))
    if report.answers:
        a = figures.answers(report.answers)
        tone = "bad" if a["confidently_wrong"] else "good"
        out.append((f"{a['right']}/{a['asked']}", "answers right 回答正确", ""))
        out.append((str(a["confidently_wrong"]), "confidently wrong 自信答错", tone))
    return out


def _document(document: DocumentScore, dataset: Dataset) -> dict[str, Any]:
    crop = cropper(dataset.path(document.document))
    curves = {reader: risk_curve(score.cells) for reader, score in document.extraction.items()}
    return {
        "name": document.document,
        "unscored": document.unscored,
        "usage": figures.usage(document),
        "curve": plots.risk_coverage(curves),
        "readers": [
            {
                "name": reader,
                "forms": document.forms(reader),
                "colour": plots.COLOURS[reader],
                "figures": figures.extraction(score),
                "reliability": plots.reliability(calibration(score.cells)[0]),
                "families": by(score.cells, lambda c: c.family),
                "fields": _fields(score.cells),
                "causes": Counter(c.cause for c in errors(score)).most_common(),
                "errors": _errors(document, reader, crop),
            }
            for reader, score in document.extraction.items()
        ],
    }


def _fields(cells: Sequence[CellScore]) -> list[tuple[str, Any]]:
    """Fields by name, those with most errors first."""
    found = by(cells, lambda c: c.field_name)
    return sorted(found.items(), key=lambda item: item[1].right - item[1].cells)


def _errors(
    document: DocumentScore, reader: str, crop: Callable[[int, Any], str]
) -> list[dict[str, Any]]:
    """Each error with its picture and what every reader says there."""
    said = {
        name: {(c.form_id, c.path): c for c in score.cells}
        for name, score in document.extraction.items()
    }
    out = []
    for number, cell in enumerate(errors(document.extraction[reader])):
        beside = {n: cells.get((cell.form_id, cell.path)) for n, cells in said.items()}
        readings = {n: c for n, c in beside.items() if c is not None}
        place = next((c for c in (cell, *readings.values()) if c.box), cell)
        with_picture = place.page is not None and number < _MOST_CROPS
        picture = crop(place.page or 1, place.box) if with_picture else ""
        out.append({"cell": cell, "crop": picture, "readings": readings})
    return out

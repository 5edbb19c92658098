"""The committed figures that a change is held against. Pure but for reading and writing.

A baseline is small and says no word of a document: counts, the curve at a few shares, and one
line for each value that is not right, so that its diff tells a reviewer what changed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from eval.extraction import CellScore, ExtractionScore, errors
from eval.metrics import risk_curve, tally
from eval.score import Report

FOLDER = Path(__file__).resolve().parent / "baselines"
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
_DIGITS = 5
_TOLERANCE = 2 * 10**-_DIGITS  # of rounding, and nothing more
_SILENT = "silent"


@dataclass(frozen=True)
class Change:
    """What differs from the baseline; ``fatal`` is what CI refuses."""

    where: str
    what: str
    fatal: bool = False


@dataclass
class Comparison:
    """``notes`` say what could not be compared, and why."""

    better: list[Change] = field(default_factory=list)
    worse: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not any(change.fatal for change in self.worse)


def _error_line(cell: CellScore) -> str:
    return f"{cell.outcome} ({cell.cause}), {_SILENT if cell.is_silent_error else 'flagged'}"


def _curve(score: ExtractionScore, forms: Mapping[str, Any] | list[str]) -> dict[str, float]:
    cells = [c for c in score.cells if c.form_id in forms]
    points = risk_curve(cells, SHARES, resamples=0)
    return {f"{p.review:.0%}": round(p.risk, _DIGITS) for p in points}


def _by_state(score: ExtractionScore) -> dict[str, list[int]]:
    """Right values and values of each state, which the review screen shows."""
    values = Counter(c.state for c in score.cells if c.state)
    right = Counter(c.state for c in score.cells if c.outcome == "right")
    return {state: [right[state], values[state]] for state in sorted(values)}


def _reader_baseline(score: ExtractionScore) -> dict[str, Any]:
    counts = tally(score.cells)
    return {
        "forms": " ".join(score.forms),
        "values": counts.cells,
        "right": counts.right,
        "flagged": counts.flagged,
        "silent_errors": counts.silent,
        "rows_f1": round(score.rows_f1, _DIGITS),
        "by_state": _by_state(score),
        "risk_at_review": _curve(score, list(score.forms)),
        "not_right": {f"{c.form_id} {c.path}": _error_line(c) for c in errors(score)},
    }


def make(report: Report) -> dict[str, Any]:
    """The baseline that this report would set."""
    out: dict[str, Any] = {
        "dataset": report.dataset,
        "documents": {
            d.document: {reader: _reader_baseline(s) for reader, s in d.extraction.items()}
            for d in report.documents
        },
    }
    if report.answers:
        not_right = {a.id: a.outcome for a in report.answers if a.outcome != "right"}
        out["answers"] = {"asked": len(report.answers), "not_right": not_right}
    if report.findings:
        missed = [f"{m['form_id']} {m['rule']} {m['target']}" for m in report.findings.missed]
        out["findings"] = {"labelled": report.findings.labelled, "missed": missed}
    return out


def path_of(dataset: str) -> Path:
    return FOLDER / f"{dataset}.json"


def save(baseline: Mapping[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(baseline, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> dict[str, Any]:
    """Raises :class:`UsageError` for what is no baseline."""
    try:
        baseline = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UsageError("eval.no_baseline", path=path) from None
    if not isinstance(baseline, dict) or "documents" not in baseline:
        raise UsageError("eval.bad_baseline", path=path)
    return baseline


def merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """``new`` with what it did not score kept from ``old``: a run over one document or one
    reader updates no more than that."""
    documents = {k: dict(v) for k, v in old.get("documents", {}).items()}
    for name, readers in new["documents"].items():
        documents[name] = {**documents.get(name, {}), **readers}
    return {**old, **new, "documents": documents}


def compare(baseline: Mapping[str, Any], report: Report) -> Comparison:
    """What became better and worse, value by value. Fatal are a new silent error, an answer
    that became wrong, and a curve that is worse at the same share of review."""
    out = Comparison()
    for document in report.documents:
        before = baseline["documents"].get(document.document, {})
        for reader, score in document.extraction.items():
            where = f"{document.document}, {reader}"
            if reader in before:
                _compare_reader(out, where, before[reader], score)
            else:
                out.notes.append(f"{where}: not in the baseline.")
        lost = [r for r in before if document.unscored and r not in document.extraction]
        out.notes += [f"{document.document}, {r}: no longer scored." for r in lost]
    _compare_answers(out, baseline.get("answers"), report)
    _compare_findings(out, baseline.get("findings"), report)
    return out


def _compare_reader(
    out: Comparison, where: str, before: Mapping[str, Any], score: ExtractionScore
) -> None:
    known = before["forms"].split()
    lost = [f for f in known if f not in score.forms]
    if lost:
        out.notes.append(f"{where}: {', '.join(lost)} no longer scored, so the curve is not.")
    wrong = {f"{c.form_id} {c.path}": c for c in errors(score)}
    for key, cell in wrong.items():
        if cell.form_id in known and (change := _worse(where, before["not_right"].get(key), cell)):
            out.worse.append(change)
    for key, line in before["not_right"].items():
        if key.split()[0] in score.forms and (now := _better(line, wrong.get(key))):
            out.better.append(Change(where, f"{key}: was {line}, {now}"))
    if set(known) == set(score.forms):
        _compare_flagged(out, where, before["flagged"], tally(score.cells).flagged)
    if not lost:
        out.worse += _worse_curve(where, before["risk_at_review"], _curve(score, known))


def _compare_flagged(out: Comparison, where: str, before: int, now: int) -> None:
    """More work for a person is worse, but nothing that is refused."""
    if now != before:
        change = Change(where, f"{now} values go to a person, {before} before")
        (out.worse if now > before else out.better).append(change)


def _worse(where: str, was: str | None, cell: CellScore) -> Change | None:
    """A new error, or one that is silent now."""
    became_silent = cell.is_silent_error and (was is None or _SILENT not in was)
    if was is not None and not became_silent:
        return None
    page = f", page {cell.page}" if cell.page else ""
    what = (
        f"{cell.form_id} {cell.path}: {_error_line(cell)}; the form says `{_short(cell.target)}`, "
        f"read as `{_short(cell.value)}` ({cell.state or 'not seen'}{page})"
    )
    return Change(where, what, fatal=became_silent)


def _better(was: str, cell: CellScore | None) -> str:
    if cell is None:
        return "is right now"
    return "is flagged now" if _SILENT in was and not cell.is_silent_error else ""


def _worse_curve(
    where: str, before: Mapping[str, float], now: Mapping[str, float]
) -> Iterator[Change]:
    worse = [
        f"{now[share]:.3%} with {share} sent to a person (before {risk:.3%})"
        for share, risk in before.items()
        if share in now and now[share] > risk + _TOLERANCE
    ]
    if worse:
        yield Change(where, f"values that stay wrong: {', '.join(worse)}", fatal=True)


def _compare_answers(out: Comparison, before: Mapping[str, Any] | None, report: Report) -> None:
    if before is None or not report.answers:
        return
    was_not_right = before["not_right"]
    for score in report.answers:
        was = was_not_right.get(score.id, "right")
        if score.outcome == was:
            continue
        what = f"{score.id} {score.question}: {score.outcome}, was {was}"
        if score.outcome == "right" or was == "confidently_wrong":
            out.better.append(Change("answers", what))
        else:
            why = "; ".join(score.problems)
            out.worse.append(
                Change("answers", f"{what} ({why}); said `{_short(score.said)}`", True)
            )


def _compare_findings(out: Comparison, before: Mapping[str, Any] | None, report: Report) -> None:
    if before is None or report.findings is None:
        return
    missed = [f"{m['form_id']} {m['rule']} {m['target']}" for m in report.findings.missed]
    out.worse += [Change("findings", f"{m} missed") for m in missed if m not in before["missed"]]
    out.better += [Change("findings", f"{m} found") for m in before["missed"] if m not in missed]


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"

"""Scores extraction: predicted forms against labels, both in the JSON of ``jixiao extract``.

Forms are matched by their first page, rows of a table by optimal assignment.
A wrong value counts as flagged where its state asks for a person, else it is
a silent error, the measure that must be zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from assistant.reconcile import match_rows, same_value
from schemas.forms import FORMS, FormType, Kind, TableSpec

Outcome = Literal["right", "wrong", "missed", "invented"]
FLAGGED_STATES = frozenset({"disputed", "single", "unreadable", "missing", "ungrounded"})
# Of one reader's account alone every value is "single"; what that reader itself doubts is
# flagged then.
FLAGGED_ALONE = FLAGGED_STATES - {"single"}
_ROW_META = {"page", "state", "needs_review", "cells", "boxes"}


@dataclass(frozen=True)
class CellScore:
    """One labelled value: ``path`` in its form, what was printed, what was read."""

    form_id: str
    path: str
    kind: Kind
    outcome: Outcome
    target: Any
    value: Any
    state: str
    needs_review: bool
    page_right: bool | None
    box_right: bool | None
    flagged_states: Set[str] = field(repr=False, default=FLAGGED_STATES)

    @property
    def flagged(self) -> bool:
        return self.needs_review or self.state in self.flagged_states

    @property
    def is_silent_error(self) -> bool:
        return self.outcome != "right" and not self.flagged


@dataclass
class ExtractionScore:
    """Scores of one document under one reader."""

    cells: list[CellScore] = field(default_factory=list)
    rows_right: int = 0
    rows_predicted: int = 0
    rows_labelled: int = 0
    forms_found: int = 0
    forms_labelled: int = 0

    def fields(self) -> list[CellScore]:
        return [c for c in self.cells if "[" not in c.path and ".total." not in c.path]

    @property
    def rows_f1(self) -> float:
        """2 × right / (predicted + labelled); 1 where there are no rows at all."""
        both = self.rows_predicted + self.rows_labelled
        return 2 * self.rows_right / both if both else 1.0


def share_right(cells: Iterable[CellScore]) -> float | None:
    """Right ones among the labelled values; None where there is none."""
    labelled = [c for c in cells if c.outcome != "invented"]
    return sum(c.outcome == "right" for c in labelled) / len(labelled) if labelled else None


def _box_right(target: Mapping[str, Any], cell: Mapping[str, Any]) -> bool | None:
    """Whether the centre of the read box lies in the labelled cell, where the label has one."""
    wanted, box = target.get("bbox"), (cell.get("evidence") or {}).get("bbox")
    if not wanted or not box:
        return None
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return bool(wanted[0] <= x <= wanted[2] and wanted[1] <= y <= wanted[3])


def _score(
    form_id: str, path: str, kind: Kind, target: Mapping[str, Any] | None, cell: Mapping[str, Any]
) -> CellScore:
    value, wanted = cell.get("value"), target.get("value") if target else None
    outcome: Outcome
    if target is None:
        outcome = "invented"
    elif not cell:
        outcome = "missed"
    else:
        outcome = "right" if same_value(kind, value, wanted) else "wrong"
    pages = (cell.get("page"), target.get("page")) if cell and target else (None, None)
    return CellScore(
        form_id=form_id,
        path=path,
        kind=kind,
        outcome=outcome,
        target=wanted,
        value=value,
        state=str(cell.get("state", "")),
        needs_review=bool(cell.get("needs_review")),
        page_right=pages[0] == pages[1] if None not in pages else None,
        box_right=_box_right(target, cell) if target else None,
    )


def _row_values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in _ROW_META}


def _row_cell(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    """A cell of a predicted row, whether or not the row carries its cells one by one."""
    if column not in row:
        return {}
    cell = row.get("cells", {}).get(column, {})
    return {"state": row.get("state"), "needs_review": row.get("needs_review"), **cell} | {
        "value": row[column],
        "page": row.get("page"),
    }


def _target_cell(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    box = row.get("boxes", {}).get(column)
    return {"value": row[column], "page": row.get("page"), "bbox": box}


def _same_row(spec: TableSpec, a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return all(same_value(c.kind, a.get(c.name), b.get(c.name)) for c in spec.columns)


def _row_likeness(spec: TableSpec, a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """Share of columns alike; a row's number helps to tell equal rows apart, and no more."""
    shared = [c for c in spec.columns if c.name in a or c.name in b]
    alike = sum(same_value(c.kind, a.get(c.name), b.get(c.name)) for c in shared)
    return 0.5 + 0.5 * alike / len(shared) if alike else 0.0


def _score_rows(
    score: ExtractionScore,
    form_id: str,
    spec: TableSpec,
    targets: list[dict[str, Any]],
    rows: list[dict[str, Any]],
) -> None:
    score.rows_labelled += len(targets)
    score.rows_predicted += len(rows)
    pairs = dict(match_rows(targets, rows, lambda a, b: _row_likeness(spec, a, b)))
    for i, target in enumerate(targets):
        row = rows[pairs[i]] if i in pairs else {}
        score.rows_right += bool(row) and _same_row(spec, target, row)
        for column in spec.columns:
            if column.name in target:
                wanted = _target_cell(target, column.name)
                score.cells.append(
                    _score(
                        form_id,
                        f"{spec.name}[{i + 1}].{column.name}",
                        column.kind,
                        wanted,
                        _row_cell(row, column.name),
                    )
                )
    for j in sorted(set(range(len(rows))) - set(pairs.values())):
        name = spec.key[-1]
        score.cells.append(
            _score(
                form_id,
                f"{spec.name}[+{j + 1}].{name}",
                spec.column(name).kind,
                None,
                _row_cell(rows[j], name) or {"value": None},
            )
        )


def _score_form(score: ExtractionScore, target: Mapping[str, Any], form: Mapping[str, Any]) -> None:
    spec = FORMS[FormType(target["form_type"])]
    form_id = target["form_id"]
    wanted, cells = target["fields"], form.get("fields", {})
    for name in [*wanted, *(n for n in cells if n not in wanted)]:
        kind = spec.field(name).kind if name in {f.name for f in spec.fields} else Kind.TEXT
        score.cells.append(_score(form_id, name, kind, wanted.get(name), cells.get(name, {})))
    for table in spec.tables:
        _score_rows(score, form_id, table, target.get(table.name) or [], form.get(table.name) or [])
        total, read = target.get(f"{table.name}_total"), form.get(f"{table.name}_total") or {}
        for column in _row_values(total or {}):
            score.cells.append(
                _score(
                    form_id,
                    f"{table.name}.total.{column}",
                    table.column(column).kind,
                    _target_cell(total or {}, column),
                    _row_cell(read, column),
                )
            )


def score_extraction(
    targets: Mapping[str, Mapping[str, Any]],
    forms: Iterable[Mapping[str, Any]],
    flagged_states: Set[str] = FLAGGED_STATES,
) -> ExtractionScore:
    """Scores ``forms`` (as ``jixiao extract`` prints them) against the labels, both by form id."""
    predicted = {f["form_id"]: f for f in forms}
    score = ExtractionScore(forms_labelled=len(targets))
    for form_id, target in targets.items():
        score.forms_found += form_id in predicted
        _score_form(score, target, predicted.get(form_id, {}))
    score.cells = [replace(c, flagged_states=flagged_states) for c in score.cells]
    return score


def errors(score: ExtractionScore) -> Iterator[CellScore]:
    """What is not right, silent errors first."""
    wrong = [c for c in score.cells if c.outcome != "right"]
    yield from sorted(wrong, key=lambda c: (not c.is_silent_error, c.form_id))

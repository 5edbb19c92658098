"""Scores extraction: predicted forms against labels, both in the JSON of ``jixiao extract``.

Forms are matched by their first page, rows of a table by optimal assignment. Every labelled
cell gets one of four outcomes: ``right``, ``wrong``, ``missed`` (the reader gives no value),
``invented`` (the reader gives a value where the form has none). What is not right counts as
flagged where its state asks for a person, else it is a silent error, the measure that must be
zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from assistant.reconcile.merge import match_rows, same_value
from assistant.text.folding import comparable
from eval.causes import Cause, cause_of
from schemas.forms import FORMS, Kind, TableSpec

Outcome = Literal["right", "wrong", "missed", "invented"]
FLAGGED_STATES = frozenset({"disputed", "single", "unreadable", "missing", "ungrounded"})
# Of one reader's account alone every value is "single"; what that reader itself doubts is
# flagged then.
FLAGGED_ALONE = FLAGGED_STATES - {"single"}
_ROW_META = {"page", "state", "needs_review", "cells", "boxes"}
_BRACKETS = re.compile(r"\[[^\]]*\]")
_FAMILY = re.compile(r"[（(]([^（()）]+)[)）]")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class CellScore:
    """One value: ``path`` in its form, what is printed (``target``), what was read (``value``).

    ``labelled`` is False for a cell that the labels do not have; ``page_right`` and
    ``box_right`` are None where the label or the reading names no place.
    """

    form_id: str
    family: str
    path: str
    kind: Kind
    outcome: Outcome
    target: Any
    value: Any
    state: str
    needs_review: bool
    labelled: bool
    page_right: bool | None
    box_right: bool | None
    page: int | None = None
    box: Box | None = None
    grounded: bool = True
    cause: Cause = ""
    flagged_states: Set[str] = field(repr=False, default=FLAGGED_STATES)

    @property
    def field_name(self) -> str:
        """The path without its row: ``indicators.annual_value``."""
        return _BRACKETS.sub("", self.path)

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
    forms: tuple[str, ...] = ()  # the forms that were scored

    def fields(self) -> list[CellScore]:
        return [c for c in self.cells if "[" not in c.path and ".total." not in c.path]

    @property
    def rows_precision(self) -> float:
        return self.rows_right / self.rows_predicted if self.rows_predicted else 1.0

    @property
    def rows_recall(self) -> float:
        return self.rows_right / self.rows_labelled if self.rows_labelled else 1.0

    @property
    def rows_f1(self) -> float:
        """2 × right / (predicted + labelled); 1 where there are no rows at all."""
        both = self.rows_predicted + self.rows_labelled
        return 2 * self.rows_right / both if both else 1.0


def share_right(cells: Iterable[CellScore]) -> float | None:
    """Right ones among the labelled values; None where there is none."""
    labelled = [c for c in cells if c.labelled]
    return sum(c.outcome == "right" for c in labelled) / len(labelled) if labelled else None


def errors(score: ExtractionScore) -> list[CellScore]:
    """What is not right, silent errors first."""
    wrong = [c for c in score.cells if c.outcome != "right"]
    return sorted(wrong, key=lambda c: (not c.is_silent_error, c.form_id))


def family_of(form: Mapping[str, Any]) -> str:
    """The kind of project that the title names in brackets, else the kind of form."""
    title = str((form["fields"].get("title") or {}).get("value") or "")
    named = _FAMILY.search(title)
    return named[1] if named else FORMS[form["form_type"]].title_words[0]


def score_extraction(
    targets: Mapping[str, Mapping[str, Any]],
    forms: Iterable[Mapping[str, Any]],
    flagged_states: Set[str] = FLAGGED_STATES,
    *,
    boxes: bool = True,
) -> ExtractionScore:
    """Scores ``forms`` (as ``jixiao extract`` prints them) against the labels, both by form id.

    ``boxes`` False leaves out the boxes, where the labels' are of another rendering.
    """
    predicted = {f["form_id"]: f for f in forms}
    score = ExtractionScore(forms_labelled=len(targets), forms=tuple(targets))
    for form_id, target in targets.items():
        score.forms_found += form_id in predicted
        form = _FormScorer(target, predicted.get(form_id, {}))
        score.cells += form.cells()
        right, read, labelled = form.rows
        score.rows_right += right
        score.rows_predicted += read
        score.rows_labelled += labelled
    score.cells = [
        replace(c, flagged_states=flagged_states, box_right=c.box_right if boxes else None)
        for c in score.cells
    ]
    return score


class _FormScorer:
    """One form's cells and rows; ``rows`` counts (right, predicted, labelled)."""

    def __init__(self, target: Mapping[str, Any], form: Mapping[str, Any]) -> None:
        self._target, self._form = target, form
        self._spec = FORMS[target["form_type"]]
        self._family = family_of(target)
        self._cells: list[CellScore] = []
        self.rows = (0, 0, 0)

    def cells(self) -> list[CellScore]:
        wanted, read = self._target["fields"], self._form.get("fields", {})
        kinds = {f.name: f.kind for f in self._spec.fields}
        for name in [*wanted, *(n for n in read if n not in wanted)]:
            self._add(name, kinds.get(name, Kind.TEXT), wanted.get(name), read.get(name, {}))
        for table in self._spec.tables:
            self._add_rows(table, self._target.get(table.name) or [], _list(self._form, table))
            self._add_total(table)
        return self._with_causes()

    def _add(
        self, path: str, kind: Kind, target: Mapping[str, Any] | None, cell: Mapping[str, Any]
    ) -> None:
        value, wanted = cell.get("value"), target.get("value") if target else None
        page, box = _place(target, cell)
        self._cells.append(
            CellScore(
                form_id=self._target["form_id"],
                family=self._family,
                path=path,
                kind=kind,
                outcome=_outcome(kind, target, cell),
                target=wanted,
                value=value,
                state=str(cell.get("state") or ""),
                needs_review=bool(cell.get("needs_review")),
                labelled=target is not None,
                page_right=_page_right(target, cell),
                box_right=_box_right(target, cell),
                page=page,
                box=box,
                grounded=cell.get("state") != "ungrounded",
            )
        )

    def _add_rows(
        self, spec: TableSpec, targets: list[dict[str, Any]], rows: list[dict[str, Any]]
    ) -> None:
        pairs = dict(match_rows(targets, rows, lambda a, b: _row_likeness(spec, a, b)))
        right = sum(_same_row(spec, targets[i], rows[j]) for i, j in pairs.items())
        counts = (right, len(rows), len(targets))
        self.rows = tuple(map(sum, zip(self.rows, counts, strict=True)))  # type: ignore[assignment]
        for i, target in enumerate(targets):
            row = rows[pairs[i]] if i in pairs else {}
            for column in (c for c in spec.columns if c.name in target):
                path = f"{spec.name}[{i + 1}].{column.name}"
                wanted = _target_cell(target, column.name)
                self._add(path, column.kind, wanted, _row_cell(row, column.name))
        name = spec.key[-1]
        for j in sorted(set(range(len(rows))) - set(pairs.values())):
            cell = _row_cell(rows[j], name) or {"value": None}
            self._add(f"{spec.name}[+{j + 1}].{name}", spec.column(name).kind, None, cell)

    def _add_total(self, spec: TableSpec) -> None:
        total = self._target.get(f"{spec.name}_total") or {}
        read = self._form.get(f"{spec.name}_total") or {}
        for column in (c for c in total if c not in _ROW_META):
            path, kind = f"{spec.name}.total.{column}", spec.column(column).kind
            self._add(path, kind, _target_cell(total, column), _row_cell(read, column))

    def _with_causes(self) -> list[CellScore]:
        known = {c.path: comparable(str(c.target)) for c in self._cells if c.target is not None}
        return [replace(c, cause=_cause(c, known)) for c in self._cells]


def _list(form: Mapping[str, Any], table: TableSpec) -> list[dict[str, Any]]:
    return form.get(table.name) or []


def _outcome(kind: Kind, target: Mapping[str, Any] | None, cell: Mapping[str, Any]) -> Outcome:
    if target is None:
        return "invented"
    if not cell:
        return "missed"
    value, wanted = cell.get("value"), target.get("value")
    if same_value(kind, value, wanted):
        return "right"
    if value is None:
        return "missed"
    return "wrong" if wanted is not None else "invented"


def _cause(cell: CellScore, known: Mapping[str, str]) -> Cause:
    if cell.outcome == "right":
        return ""
    if cell.outcome == "missed":
        return "missed"
    own = known.get(cell.path)
    others = {v for v in known.values() if v != own}
    if cell.outcome == "invented":
        said = comparable(str(cell.value))
        return "other field's value" if len(said) > 1 and said in others else "invented"
    return cause_of(cell.kind, cell.target, cell.value, others, grounded=cell.grounded)


def _place(
    target: Mapping[str, Any] | None, cell: Mapping[str, Any]
) -> tuple[int | None, Box | None]:
    """Where to look: the place that was read, else the labelled one."""
    evidence = cell.get("evidence") or {}
    if evidence.get("page"):
        return evidence["page"], _box(evidence.get("bbox"))
    label = target or {}
    return label.get("page") or cell.get("page"), _box(label.get("bbox"))


def _box(values: Sequence[float] | None) -> Box | None:
    return (values[0], values[1], values[2], values[3]) if values else None


def _page_right(target: Mapping[str, Any] | None, cell: Mapping[str, Any]) -> bool | None:
    pages = (cell.get("page"), (target or {}).get("page"))
    return pages[0] == pages[1] if cell and None not in pages else None


def _box_right(target: Mapping[str, Any] | None, cell: Mapping[str, Any]) -> bool | None:
    """Whether the centre of the read box lies in the labelled cell, where the label has one on
    the same page."""
    evidence = cell.get("evidence") or {}
    wanted, box = (target or {}).get("bbox"), evidence.get("bbox")
    if not wanted or not box or evidence.get("page") != (target or {}).get("page"):
        return None
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return bool(wanted[0] <= x <= wanted[2] and wanted[1] <= y <= wanted[3])


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

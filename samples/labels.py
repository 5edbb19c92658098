"""A form's content and the places of its cells → its label (the format of the gold labels).

Beyond that format a label says which ``layout`` it was drawn in, and ``bbox`` (fields) and
``boxes`` (rows, by column) say where the cell stands, in PDF points from the top left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from samples.forms import Fields, Form
from samples.typeset import Sheet
from schemas.geometry import Box
from schemas.readings import form_id_of

Place = tuple[int, Box]  # page, cell


def places(sheets: Sequence[Sheet]) -> dict[str, Place]:
    """Where each value stands; the first place of what a page break prints twice."""
    found: dict[str, Place] = {}
    for sheet in sheets:
        for placed in sheet.placed:
            for ref in placed.cell.refs:
                found.setdefault(ref, (sheet.number, placed.box))
    return found


def label(form: Form, sheets: Sequence[Sheet]) -> dict[str, Any]:
    """The label of ``form``, which stands on ``sheets``."""
    at = places(sheets)
    return {
        "form_id": form_id_of(sheets[0].number),
        "pages": [s.number for s in sheets],
        "form_type": form.family.form_type,
        "layout": sheets[0].style.layout,
        "fields": {
            name: {"value": value, "page": at[name][0], "bbox": _rounded(at[name][1])}
            for name, value in form.fields.items()
            if name in at
        },
        "annual_funding": _rows("annual_funding", form.annual_funding, at),
        "annual_funding_total": _total("annual_funding", form.annual_funding_total, at),
        "cost_items": _rows("cost_items", form.cost_items, at),
        "cost_items_total": _total("cost_items", form.cost_items_total, at),
        "indicators": _rows("indicators", _indicators(form, at), at),
    }


def _indicators(form: Form, at: Mapping[str, Place]) -> list[Fields]:
    """Levels and the values whose column is printed."""
    return [
        {"level1": row.level1, "level2": row.level2, "level3": row.level3}
        | {
            name: getattr(row, name)
            for name in ("period_value", "annual_value")
            if f"indicators.{i}.{name}" in at
        }
        for i, (_, row) in enumerate(form.listed())
    ]


def _rows(table: str, rows: Sequence[Fields], at: Mapping[str, Place]) -> list[dict[str, Any]]:
    return [{**row, **_where(f"{table}.{i}.", at)} for i, row in enumerate(rows)]


def _total(table: str, total: Fields | None, at: Mapping[str, Place]) -> dict[str, Any] | None:
    return None if total is None else {**total, **_where(f"{table}.total.", at)}


def _where(prefix: str, at: Mapping[str, Place]) -> dict[str, Any]:
    own = {ref.removeprefix(prefix): place for ref, place in at.items() if ref.startswith(prefix)}
    return {
        "page": min(page for page, _ in own.values()),
        "boxes": {name: _rounded(box) for name, (_, box) in own.items()},
    }


def _rounded(box: Box) -> list[float]:
    return [round(v, 2) for v in box]

"""Records and readings ↔ the JSON that others read (the format of the gold labels). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.forms import FORMS, TABLES, Kind
from schemas.geometry import Document
from schemas.readings import Evidence, Segmentation
from schemas.records import Cell, Record, State, tables_of

_FLAGGED = {State.DISPUTED, State.SINGLE, State.UNREADABLE, State.MISSING, State.UNGROUNDED}


def _place(evidence: Evidence | None) -> dict[str, Any]:
    return evidence.model_dump(mode="json") if evidence else {}


def _cell(cell: Cell) -> dict[str, Any]:
    out: dict[str, Any] = {
        "value": cell.value,
        "label": cell.label,
        "page": cell.evidence.page if cell.evidence else None,
        "state": cell.state.value,
        "needs_review": cell.needs_review,
        "evidence": _place(cell.evidence),
    }
    if cell.unit:
        out["unit"] = cell.unit
    if cell.state is State.DISPUTED:
        out["readings"] = {k: r.model_dump(mode="json") for k, r in cell.readings.items()}
    return out


def _row(row: Mapping[str, Cell], kinds: Mapping[str, Kind], key: str) -> dict[str, Any]:
    """A row as the labels have it: plain values, with the worst state of its cells beside.

    Its page is that of the column ``key``, which names the row: a category that spans rows may
    stand on the page before.
    """
    worst = next((c.state for c in row.values() if c.state in _FLAGGED), None)
    named = row.get(key)
    cited = named.evidence if named and named.evidence else None
    pages = [cited.page] if cited else [c.evidence.page for c in row.values() if c.evidence]
    out: dict[str, Any] = {
        name: _row_value(cell.value, kinds.get(name, Kind.TEXT), name) for name, cell in row.items()
    }
    out["page"] = min(pages) if pages else None
    out["state"] = (worst or next(iter(row.values())).state).value
    out["needs_review"] = any(c.needs_review for c in row.values())
    out["cells"] = {name: _cell(cell) for name, cell in row.items()}
    return out


def _row_value(value: object, kind: Kind, name: str) -> object:
    if name == "seq" and isinstance(value, str) and value.isdigit():
        return int(value)
    return value


def form_json(record: Record) -> dict[str, Any]:
    """One form of ``jixiao extract``."""
    out: dict[str, Any] = {
        "form_id": record.form_id,
        "pages": record.pages,
        "form_type": record.form_type,
        "approval": record.approval,
        "fields": {name: _cell(cell) for name, cell in record.fields.items()},
    }
    for table in tables_of(record):
        kinds = {c.name: c.kind for c in table.columns}
        out[table.name] = [
            _row(row, kinds, table.key[-1]) for row in record.tables.get(table.name, [])
        ]
        if table.has_total:
            total = record.totals.get(table.name)
            out[f"{table.name}_total"] = _row(total, kinds, table.key[-1]) if total else None
    out["tables"] = {t: _open_table(rows) for t, rows in record.open_tables.items()}
    out["unread"] = [{"page": e.page, "bbox": e.bbox, "text": e.quote} for e in record.unread]
    out["coverage"], out["layout"] = record.coverage, record.layout
    for table in TABLES.values():
        if table.has_total:
            out.setdefault(table.name, [])
            out.setdefault(f"{table.name}_total", None)
    return out


def _open_table(rows: Sequence[Mapping[str, Cell]]) -> dict[str, Any]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return {
        "columns": columns,
        "rows": [[row[c].value if c in row else None for c in columns] for row in rows],
        "cells": [{name: _cell(cell) for name, cell in row.items()} for row in rows],
    }


_NOT_CELLS = {"page", "boxes"}


def record_of_labels(document_id: str, form: Mapping[str, Any]) -> Record:
    """A labelled form (the format of the gold files) as a record whose cells are all agreed;
    a place is the page alone."""

    def cell(value: Any, page: int | None) -> Cell:
        quote = "" if value is None else str(value)
        evidence = Evidence(page=page, quote=quote) if page else None
        return Cell(value=value, state=State.AGREED, evidence=evidence)

    def row(labels: Mapping[str, Any]) -> dict[str, Cell]:
        page = labels.get("page")
        return {k: cell(_label_value(v), page) for k, v in labels.items() if k not in _NOT_CELLS}

    form_type = form["form_type"]
    tables = [t.name for t in FORMS[form_type].tables]
    return Record(
        document_id=document_id,
        form_id=form["form_id"],
        pages=form["pages"],
        form_type=form_type,
        fields={n: cell(c["value"], c.get("page")) for n, c in form["fields"].items()},
        tables={t: [row(r) for r in form.get(t) or []] for t in tables},
        totals={t: row(form[f"{t}_total"]) for t in tables if form.get(f"{t}_total")},
    )


def _label_value(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def document_json(
    document: Document, segmentation: Segmentation, records: Sequence[Record]
) -> dict[str, Any]:
    """What ``jixiao extract`` prints of a document."""
    return {
        "document": {"id": document.id, "name": document.name, "pages": len(document.pages)},
        "forms": [form_json(record) for record in records],
        "others": [note.model_dump() for note in segmentation.others],
    }


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)

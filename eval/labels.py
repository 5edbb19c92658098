"""Approved records → labels: a reviewer's work becomes tomorrow's test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.export.form_json import form_json
from schemas.records import Record

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings


def label_of(record: Record) -> dict[str, Any]:
    """A record in the format of the gold files: what the form says and where, nothing else."""
    form = form_json(record)
    label: dict[str, Any] = {
        "form_id": record.form_id,
        "pages": record.pages,
        "form_type": record.form_type,
        "fields": {name: _cell(cell) for name, cell in form["fields"].items()},
    }
    for table in record.spec.tables:
        columns = [c.name for c in table.columns]
        label[table.name] = [_row(row, columns) for row in form[table.name]]
        if table.has_total:
            total = form[f"{table.name}_total"]
            label[f"{table.name}_total"] = _row(total, columns) if total else None
    return label


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    box = (cell.get("evidence") or {}).get("bbox")
    place = {"bbox": box} if box else {}
    return {"value": cell["value"], "page": cell["page"], **place}


def _row(row: Mapping[str, Any], columns: list[str]) -> dict[str, Any]:
    return {c: row[c] for c in columns if c in row} | {"page": row["page"]}


def write_labels(
    assistant: Assistant, settings: Settings, folder: Path, names: tuple[str, ...]
) -> list[Path]:
    """Writes the labels of one document's approved records to ``folder/gold`` and the document
    beside them. ``names`` chooses it where several have approved records.

    Raises :class:`UsageError` where there is nothing to write, or where the choice is open.
    """
    approved = [r for r in assistant.records() if r.approval == "approved"]
    by_name = {assistant.document_name(r.document_id): r.document_id for r in approved}
    chosen = {n: i for n, i in by_name.items() if not names or n in names}
    if not chosen:
        raise UsageError("eval.nothing_approved")
    if len(chosen) > 1:
        raise UsageError("eval.several_approved", documents=", ".join(sorted(chosen)))
    name, document_id = next(iter(chosen.items()))
    gold = folder / "gold"
    gold.mkdir(parents=True, exist_ok=True)
    written = [_write(gold, r) for r in approved if r.document_id == document_id]
    shutil.copyfile(_original(settings, document_id), folder / Path(name).name)
    return written


def _write(gold: Path, record: Record) -> Path:
    path = gold / f"{record.form_id}.json"
    text = json.dumps(label_of(record), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _original(settings: Settings, document_id: str) -> Path:
    kept = (settings.home.expanduser() / "documents" / document_id).glob("original*")
    path = next(iter(sorted(kept)), None)
    if path is None:
        raise UsageError("document.gone", document=document_id[:12])
    return path

"""Libraries for the tests of asking: records built from labels or from a few facts."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from assistant.passages import Hit
from schemas.findings import Finding
from schemas.forms import FormType
from schemas.readings import Evidence
from schemas.records import Cell, Record, State


class Shelf:
    """A Library over records in memory; it finds no passages beyond the records' own."""

    def __init__(
        self,
        records: Sequence[Record],
        findings: Sequence[Finding] = (),
        names: dict[str, str] | None = None,
    ) -> None:
        self._records, self._findings, self._names = list(records), list(findings), names or {}
        self.revision = "1"

    def records(self) -> list[Record]:
        return self._records

    def document_name(self, document_id: str) -> str:
        return self._names.get(document_id, f"{document_id}.pdf")

    def findings(self) -> list[Finding]:
        return self._findings

    def search(
        self, query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]:
        return []


def cell(value: Any, page: int = 1, state: State = State.AGREED) -> Cell:
    quote = "" if value is None else str(value)
    return Cell(value=value, state=state, evidence=Evidence(page=page, quote=quote))


def record_of_label(document: str, label: dict[str, Any]) -> Record:
    """A record that says exactly what a gold label says (format: ``FORMAT.md``)."""

    def row(raw: dict[str, Any]) -> dict[str, Cell]:
        kept = {k: v for k, v in raw.items() if k not in ("page", "boxes", "pages")}
        return {k: cell(str(v) if k == "seq" else v, raw["page"]) for k, v in kept.items()}

    tables = {t: [row(r) for r in label.get(t) or []] for t in _TABLES if label.get(t)}
    totals = {
        t: {k: c for k, c in row(label[f"{t}_total"]).items() if c.value is not None}
        for t in _TABLES
        if label.get(f"{t}_total")
    }
    return Record(
        document_id=document,
        form_id=label["form_id"],
        pages=label["pages"],
        form_type=FormType(label["form_type"]),
        fields={k: cell(f["value"], f["page"]) for k, f in label["fields"].items()},
        tables=tables,
        totals=totals,
    )


_TABLES = ("annual_funding", "cost_items", "indicators")


def labelled_records(folder: Path, document: str) -> list[Record]:
    labels = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("p*.json"))]
    return [record_of_label(document, label) for label in labels]

"""What every check of a form uses. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from assistant.text.folding import comparable
from schemas.findings import Finding
from schemas.records import Cell, Record, text_of

Severity = Literal["error", "warning", "note"]
_EMPTY_MARKS = {"", "-", "—", "/", "无"}


def finding(
    record: Record,
    rule: str,
    target: str,
    what: str,
    cells: Iterable[Cell | None],
    severity: Severity = "warning",
) -> Finding:
    citations = [c.evidence for c in cells if c is not None and c.evidence is not None]
    return Finding(
        form_id=record.form_id,
        document_id=record.document_id,
        pages=sorted({c.page for c in citations}) or record.pages[:1],
        rule=rule,
        target=target,
        what=what,
        severity=severity,
        citations=citations,
    )


def is_empty(cell: Cell | None) -> bool:
    return comparable(text_of(cell)) in _EMPTY_MARKS


def label_of(record: Record, field: str) -> str:
    return record.spec.field(field).label

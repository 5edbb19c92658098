"""What every check of a form uses. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from assistant.messages.catalogue import told
from assistant.text.folding import comparable
from schemas.findings import Finding
from schemas.forms import FieldSpec
from schemas.messages import Both, Message
from schemas.records import Cell, Record, text_of

Severity = Literal["error", "warning", "note"]
_EMPTY_MARKS = {"", "-", "—", "/", "无"}


def finding(
    record: Record,
    rule: str,
    target: str,
    said: Message,
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
        what=told("zh", said),
        said=said,
        severity=severity,
        citations=citations,
    )


def is_empty(cell: Cell | None) -> bool:
    return comparable(text_of(cell)) in _EMPTY_MARKS


def fault(name: str, **values: object) -> Message:
    """What is wrong, by its name in the catalogue; values other than names of fields as text."""
    known = {k: v if isinstance(v, dict) else str(v) for k, v in values.items()}
    return Message(f"finding.{name}", known)


def label_of(record: Record, field: str) -> Both:
    """What the forms call a field."""
    return named(record.spec.field(field))


def named(spec: FieldSpec) -> Both:
    return {"zh": spec.label, "en": spec.english}

"""How far the reading of each document has come, told from the store alone."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.messages.catalogue import told
from assistant.store.schema import DocumentRow, ReadingRow, RecordRow
from schemas.documents import DocumentStatus
from schemas.messages import loaded
from schemas.readings import PageNote, Usage

_NOTES = TypeAdapter(list[PageNote])


class _Form(NamedTuple):
    llm: str
    message: str
    usage: Usage | None


def statuses(session: Session, document_id: str | None = None) -> list[DocumentStatus]:
    """Every document (or the one named) with its progress, the newest first."""
    query = select(DocumentRow).order_by(DocumentRow.added_at.desc(), DocumentRow.id)
    if document_id is not None:
        query = query.where(DocumentRow.id == document_id)
    forms = _forms(session, document_id)
    return [_status(row, forms.get(row.id, [])) for row in session.scalars(query)]


def _forms(session: Session, document_id: str | None) -> dict[str, list[_Form]]:
    used = (
        (ReadingRow.document_id == RecordRow.document_id)
        & (ReadingRow.form_id == RecordRow.form_id)
        & (ReadingRow.version == RecordRow.llm_version)
        & (ReadingRow.reader == "llm")
    )
    query = (
        select(RecordRow.document_id, RecordRow.llm, RecordRow.message, ReadingRow.usage)
        .outerjoin(ReadingRow, used)
        .order_by(RecordRow.position)
    )
    if document_id is not None:
        query = query.where(RecordRow.document_id == document_id)
    out: dict[str, list[_Form]] = {}
    for owner, llm, message, usage in session.execute(query):
        form = _Form(llm, message, Usage.model_validate_json(usage) if usage else None)
        out.setdefault(owner, []).append(form)
    return out


def _status(row: DocumentRow, forms: list[_Form]) -> DocumentStatus:
    stages = Counter(form.llm for form in forms)
    usage = Usage()
    for form in forms:
        usage = usage.plus(form.usage) if form.usage else usage
    said = next((loaded(m) for m in (row.message, *(f.message for f in forms)) if m), None)
    return DocumentStatus.model_validate(
        {
            "document_id": row.id,
            "name": row.name,
            "page_count": row.page_count,
            "forms": len(forms),
            "others": _NOTES.validate_json(row.others),
            "rules": row.rules,
            "indexed": row.indexed,
            "llm": _llm_stage(row, stages),
            "llm_forms_done": stages["done"],
            "usage": usage,
            "seconds_left": _seconds_left(forms, stages) if row.rules == "done" else None,
            "message": told("en", said) if said else "",
            "said": said,
        }
    )


def _llm_stage(row: DocumentRow, stages: Counter[str]) -> str:
    """The stage of a document's reading by the model, of those of its forms."""
    if not stages:
        done = "done" if row.rules == "done" else "waiting"
        return done if row.with_llm else "off"
    if stages["reading"] or (stages["waiting"] and stages["done"]):
        return "reading"
    return next(s for s in ("waiting", "failed", "off", "done") if stages[s])


def _seconds_left(forms: list[_Form], stages: Counter[str]) -> float | None:
    """What is left if the forms to come take as long as those read so far; 0 when none is."""
    left = stages["waiting"] + stages["reading"]
    took = [form.usage.seconds for form in forms if form.usage and form.usage.seconds > 0]
    if left == 0:
        return 0.0
    return round(left * sum(took) / len(took), 1) if took else None

"""How far the reading of each document has come, told from the store alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.messages.catalogue import told
from assistant.store.schema import DocumentRow, ReadingRow, RecordRow, StageRow
from assistant.store.stages import OF_FORM, OF_READING
from schemas.documents import DocumentStatus, ReaderProgress
from schemas.messages import loaded
from schemas.readings import PageNote, Usage

_NOTES = TypeAdapter(list[PageNote])


class _Form(NamedTuple):
    """A form, and how far one reader has come with it; ``reader`` is empty where none is asked."""

    form_id: str
    reader: str
    stage: str
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
    form = (RecordRow.document_id, RecordRow.form_id)
    stage = (StageRow.reader, StageRow.stage, StageRow.message, ReadingRow.usage)
    query = (
        select(*form, *stage)
        .outerjoin(StageRow, OF_FORM)
        .outerjoin(ReadingRow, OF_READING)
        .order_by(RecordRow.position, StageRow.reader)
    )
    if document_id is not None:
        query = query.where(RecordRow.document_id == document_id)
    out: dict[str, list[_Form]] = {}
    for owner, form_id, reader, at, message, usage in session.execute(query):
        used = Usage.model_validate_json(usage) if usage else None
        out.setdefault(owner, []).append(
            _Form(form_id, reader or "", at or "", message or "", used)
        )
    return out


def _status(row: DocumentRow, forms: list[_Form]) -> DocumentStatus:
    count = len({form.form_id for form in forms})
    by_reader: dict[str, list[_Form]] = {}
    usage = Usage()
    for form in forms:
        usage = usage.plus(form.usage) if form.usage else usage
        if form.reader:
            by_reader.setdefault(form.reader, []).append(form)
    said = next((loaded(m) for m in (row.message, *(f.message for f in forms)) if m), None)
    return DocumentStatus.model_validate(
        {
            "document_id": row.id,
            "name": row.name,
            "page_count": row.page_count,
            "forms": count,
            "others": _NOTES.validate_json(row.others),
            "rules": row.read,
            "indexed": row.indexed,
            "readers": {name: _progress(own, count) for name, own in by_reader.items()},
            "usage": usage,
            "seconds_left": _seconds_left(by_reader.values()) if row.read == "done" else None,
            "message": told("en", said) if said else "",
            "said": said,
        }
    )


def _progress(forms: list[_Form], count: int) -> ReaderProgress:
    """How far a reader has come with a document, of the stages of its forms."""
    stages = Counter(form.stage for form in forms)
    stages["off"] += count - len(forms)
    done = stages["done"]
    if stages["reading"] or (stages["waiting"] and done):
        return ReaderProgress(stage="reading", forms_done=done)
    stage = next(s for s in ("waiting", "failed", "off", "done") if stages[s])
    return ReaderProgress.model_validate({"stage": stage, "forms_done": done})


def _seconds_left(readers: Iterable[list[_Form]]) -> float | None:
    """What is left if the forms to come take a reader as long as those it has read; 0 when none
    is, None where that is not known yet."""
    estimates: list[float] = []
    unknown = False
    for forms in readers:
        left = sum(form.stage in ("waiting", "reading") for form in forms)
        took = [form.usage.seconds for form in forms if form.usage and form.usage.seconds > 0]
        if left and took:
            estimates.append(left * sum(took) / len(took))
        unknown |= left > 0 and not took
    return None if unknown and not estimates else round(sum(estimates), 1)

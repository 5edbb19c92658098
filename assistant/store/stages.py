"""How far each reader has come with each form, and what waits; each function runs in the caller's
transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from assistant.store.schema import DocumentRow, ReadingRow, RecordRow, StageRow

_UNFINISHED = ("waiting", "reading")

# What a form's stage stands beside.
OF_FORM = and_(RecordRow.document_id == StageRow.document_id, RecordRow.form_id == StageRow.form_id)
OF_READING = and_(
    ReadingRow.document_id == StageRow.document_id,
    ReadingRow.form_id == StageRow.form_id,
    ReadingRow.reader == StageRow.reader,
    ReadingRow.version == StageRow.version,
)


class Job(NamedTuple):
    """Something that waits: a document to be taken in or to be indexed, or a form to be read by
    a reader. ``request`` tells a new request for the same thing from an old one."""

    kind: Literal["document", "index", "read"]
    document_id: str
    form_id: str
    reader: str
    request: int


class Asked(NamedTuple):
    """A reader that is to read forms, under the version that it has now."""

    reader: str
    version: str
    needs_model: bool = False


def begin(session: Session, document: DocumentRow, form_id: str, asked: Asked) -> None:
    """Puts a form in line for a reader: unless this version has read it, and off the line if
    the reader needs a model and the document was added without."""
    key = (document.id, form_id, asked.reader)
    before = session.get(StageRow, key)
    known = session.get(ReadingRow, (*key, asked.version)) is not None
    wanted = "waiting" if document.with_model or not asked.needs_model else "off"
    session.merge(
        StageRow(
            document_id=document.id, form_id=form_id, reader=asked.reader,
            stage="done" if known else wanted, version=asked.version,
            request=before.request + 1 if before else 1, message="", tried_at=None,
        )
    )  # fmt: skip


def begin_again(session: Session, asked: Asked, tried_before: datetime) -> None:
    """Puts forms back in line that a reader failed at, last before ``tried_before``."""
    failed = and_(StageRow.stage == "failed", StageRow.tried_at <= tried_before)
    _put_back(session, asked, failed)


def begin_document(session: Session, document: DocumentRow, asked: Asked) -> None:
    """Puts the forms of a document in line that a reader failed at or was not to read, that
    another version of it read, and that it was never asked to read."""
    document.with_model |= asked.needs_model
    never = (
        select(RecordRow.form_id)
        .outerjoin(StageRow, and_(OF_FORM, StageRow.reader == asked.reader))
        .where(RecordRow.document_id == document.id, StageRow.form_id.is_(None))
    )
    for form_id in session.scalars(never).all():
        begin(session, document, form_id, asked)
    session.flush()
    stale = and_(StageRow.stage == "done", StageRow.version != asked.version)
    chosen = or_(StageRow.stage.in_(("failed", "off")), stale)
    _put_back(session, asked, and_(StageRow.document_id == document.id, chosen))


def _put_back(session: Session, asked: Asked, chosen: ColumnElement[bool]) -> None:
    query = update(StageRow).where(StageRow.reader == asked.reader, chosen)
    values = {"stage": "waiting", "version": asked.version, "message": ""}
    session.execute(query.values(request=StageRow.request + 1, **values))


def jobs(session: Session) -> list[Job]:
    """What waits, or was in hand when a process ended."""
    key = (DocumentRow.id, DocumentRow.request)
    unread = select(*key).where(DocumentRow.read.in_(_UNFINISHED))
    unindexed = select(*key).where(DocumentRow.read == "done", DocumentRow.indexed.in_(_UNFINISHED))
    forms = (
        select(StageRow.document_id, StageRow.form_id, StageRow.reader, StageRow.request)
        .join(DocumentRow, DocumentRow.id == StageRow.document_id)
        .join(RecordRow, OF_FORM)
        .where(DocumentRow.read.not_in(_UNFINISHED), StageRow.stage.in_(_UNFINISHED))
        .order_by(DocumentRow.added_at, RecordRow.position)
    )
    return [
        *(Job("document", d, "", "", n) for d, n in session.execute(unread)),
        *(Job("index", d, "", "", n) for d, n in session.execute(unindexed)),
        *(Job("read", d, f, r, n) for d, f, r, n in session.execute(forms)),
    ]

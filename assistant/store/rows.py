"""Rows of the store ↔ what the product works with; each runs in the caller's transaction."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.errors import NotFound
from assistant.review import replay
from assistant.store.facts import cell_rows
from assistant.store.schema import (
    CellRow,
    DecisionRow,
    DocumentRow,
    PageRow,
    ReadingRow,
    RecordRow,
    RevisionRow,
    SheetRow,
    StageRow,
)
from assistant.store.sheets import record_of, sheet_of
from schemas.geometry import Page
from schemas.readings import FormReading
from schemas.records import Record
from schemas.review import Decision

_PAGE = TypeAdapter(Page)


def pack(page: Page) -> bytes:
    return zlib.compress(_PAGE.dump_json(page), 6)


def unpack(data: bytes) -> Page:
    return _PAGE.validate_json(zlib.decompress(data))


def reading_row(document_id: str, reading: FormReading, version: str) -> ReadingRow:
    return ReadingRow(
        document_id=document_id, form_id=reading.form_id, reader=reading.reader, version=version,
        reading=reading.model_dump_json(), added_at=datetime.now(UTC),
        usage=reading.usage.model_dump_json() if reading.usage else "",
    )  # fmt: skip


def record_row(session: Session, document_id: str, form_id: str) -> RecordRow:
    row = session.get(RecordRow, (document_id, form_id))
    if row is None:
        raise NotFound(f"There is no form {form_id} in document {document_id[:12]}.")
    return row


def reviewed(row: RecordRow, decisions: Sequence[Decision]) -> Record:
    return replay.apply(Record.model_validate_json(row.record), decisions)


def decisions(session: Session, document_id: str, form_id: str) -> list[Decision]:
    rows = session.scalars(
        select(DecisionRow)
        .where(DecisionRow.document_id == document_id, DecisionRow.form_id == form_id)
        .order_by(DecisionRow.id)
    )
    return [Decision.model_validate_json(row.decision) for row in rows]


def decisions_by_form(
    session: Session, document_id: str | None
) -> dict[tuple[str, str], list[Decision]]:
    query = select(DecisionRow).order_by(DecisionRow.id)
    if document_id is not None:
        query = query.where(DecisionRow.document_id == document_id)
    out: dict[tuple[str, str], list[Decision]] = {}
    for row in session.scalars(query):
        decision = Decision.model_validate_json(row.decision)
        out.setdefault((row.document_id, row.form_id), []).append(decision)
    return out


def save_record(session: Session, record: Record) -> Record:
    """Saves a reconciled record and its cells as they stand after review, which it returns."""
    row = record_row(session, record.document_id, record.form_id)
    row.record = record.model_dump_json()
    current = replay.apply(record, decisions(session, record.document_id, record.form_id))
    row.approval = current.approval
    session.execute(
        delete(CellRow).where(
            CellRow.document_id == record.document_id, CellRow.form_id == record.form_id
        )
    )
    session.add_all(cell_rows(current))
    session.merge(_sheet_row(current, _revision(session)))
    return current


def _revision(session: Session) -> int:
    return session.scalar(select(RevisionRow.number)) or 0


def _sheet_row(record: Record, changed: int) -> SheetRow:
    return SheetRow(
        document_id=record.document_id, form_id=record.form_id, changed=changed,
        sheet=sheet_of(record),
    )  # fmt: skip


Known = dict[tuple[str, str], tuple[int, Record]]  # sheets by form, with when they changed


def sheets(session: Session, known: Known) -> Known:
    """The records as answering reads them, in the order of documents and pages; those that are
    ``known`` and have not changed are the same objects."""
    place = (SheetRow.document_id, SheetRow.form_id)
    order = session.execute(
        select(*place, SheetRow.changed)
        .join(RecordRow, (RecordRow.document_id == place[0]) & (RecordRow.form_id == place[1]))
        .join(DocumentRow, DocumentRow.id == SheetRow.document_id)
        .order_by(DocumentRow.added_at, DocumentRow.id, RecordRow.position)
    ).all()
    now = {(document, form): changed for document, form, changed in order}
    stale = {key for key, changed in now.items() if key not in known or known[key][0] != changed}
    read = _read_sheets(session, stale, whole=not known)
    return {key: (now[key], read[key]) if key in stale else known[key] for key in now}


def _read_sheets(
    session: Session, keys: set[tuple[str, str]], *, whole: bool
) -> dict[tuple[str, str], Record]:
    if not keys:
        return {}
    query = select(SheetRow.document_id, SheetRow.form_id, SheetRow.sheet)
    if not whole:
        query = query.where(SheetRow.document_id.in_({document for document, _ in keys}))
    found = session.execute(query)
    return {(d, f): record_of(sheet) for d, f, sheet in found if (d, f) in keys}


def forms_without_sheet(session: Session) -> list[RecordRow]:
    """Forms of a store that an older version wrote."""
    query = (
        select(RecordRow.document_id, RecordRow.form_id)
        .outerjoin(
            SheetRow,
            (SheetRow.document_id == RecordRow.document_id)
            & (SheetRow.form_id == RecordRow.form_id),
        )
        .where(SheetRow.form_id.is_(None))
    )
    rows = (session.get_one(RecordRow, tuple(key)) for key in session.execute(query).all())
    return [row for row in rows if row.record]


def add_sheets(session: Session) -> None:
    """Makes the sheets of forms that an older version of the store has none of."""
    for row in forms_without_sheet(session):
        record = reviewed(row, decisions(session, row.document_id, row.form_id))
        session.merge(_sheet_row(record, _revision(session)))


def replace_pages(session: Session, document_id: str, pages: Sequence[Page]) -> None:
    session.execute(delete(PageRow).where(PageRow.document_id == document_id))
    session.add_all(
        PageRow(document_id=document_id, number=page.number, data=pack(page)) for page in pages
    )


def drop_vanished(session: Session, document_id: str, kept: set[str]) -> None:
    for table in (RecordRow, StageRow, CellRow, SheetRow):
        session.execute(
            delete(table).where(table.document_id == document_id, table.form_id.not_in(kept))
        )

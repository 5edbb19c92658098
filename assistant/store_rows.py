"""Rows of the store ↔ what the product works with; each runs in the caller's transaction."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant import review
from assistant.cells import cell_rows
from assistant.errors import NotFound
from assistant.tables import CellRow, DecisionRow, PageRow, ReadingRow, RecordRow
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


def llm_reading(session: Session, document_id: str, form_id: str, version: str) -> bool:
    return session.get(ReadingRow, (document_id, form_id, "llm", version)) is not None


def record_row(session: Session, document_id: str, form_id: str) -> RecordRow:
    row = session.get(RecordRow, (document_id, form_id))
    if row is None:
        raise NotFound(f"There is no form {form_id} in document {document_id[:12]}.")
    return row


def reviewed(row: RecordRow, decisions: Sequence[Decision]) -> Record:
    return review.apply(Record.model_validate_json(row.record), decisions)


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
    current = review.apply(record, decisions(session, record.document_id, record.form_id))
    row.approval = current.approval
    session.execute(
        delete(CellRow).where(
            CellRow.document_id == record.document_id, CellRow.form_id == record.form_id
        )
    )
    session.add_all(cell_rows(current))
    return current


def replace_pages(session: Session, document_id: str, pages: Sequence[Page]) -> None:
    session.execute(delete(PageRow).where(PageRow.document_id == document_id))
    session.add_all(
        PageRow(document_id=document_id, number=page.number, data=pack(page)) for page in pages
    )


def drop_vanished(session: Session, document_id: str, kept: set[str]) -> None:
    for table in (RecordRow, CellRow):
        session.execute(
            delete(table).where(table.document_id == document_id, table.form_id.not_in(kept))
        )

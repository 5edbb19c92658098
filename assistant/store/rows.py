"""Rows of the store ↔ what the product works with; each runs in the caller's transaction."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from assistant.errors import NotFound
from assistant.review import replay
from assistant.store.facts import VERSION, facts_of
from assistant.store.schema import (
    DecisionRow,
    DocumentRow,
    FactRow,
    FindingRow,
    PageRow,
    ReadingRow,
    RecordRow,
    RevisionRow,
    StageRow,
)
from schemas.findings import Finding
from schemas.geometry import Page
from schemas.readings import FormReading
from schemas.records import Record
from schemas.review import Decision

_PAGE = TypeAdapter(Page)
_FACTS = FactRow.__table__


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
        raise NotFound("record.unknown", form=form_id, document=document_id[:12])
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


def save_record(session: Session, record: Record) -> Record:
    """Saves a reconciled record and the facts of it as it stands after review, which it returns."""
    row = record_row(session, record.document_id, record.form_id)
    row.record = record.model_dump_json()
    made = decisions(session, record.document_id, record.form_id)
    current = replay.apply(record, made)
    write_facts(session, row, current)
    return current


def write_facts(session: Session, row: RecordRow, current: Record) -> None:
    """Writes those facts of a record that are not there yet as they now stand."""
    key = (FactRow.document_id == row.document_id, FactRow.form_id == row.form_id)
    wanted = {fact["position"]: fact for fact in facts_of(current)}
    known = {f["position"]: dict(f) for f in session.execute(select(_FACTS).where(*key)).mappings()}
    gone = [n for n in known if known[n] != wanted.get(n)]
    if gone:
        session.execute(delete(FactRow).where(*key, FactRow.position.in_(gone)))
    if new := [fact for n, fact in wanted.items() if known.get(n) != fact]:
        session.execute(insert(FactRow), new)
    row.name, row.approval = current.name, current.approval
    row.open = replay.count_open(current)
    row.changed, row.facts = _revision(session), VERSION
    changed = update(DocumentRow).where(DocumentRow.id == row.document_id)
    session.execute(changed.values(changed=row.changed))


def _revision(session: Session) -> int:
    return session.scalar(select(RevisionRow.number)) or 0


def without_facts(session: Session, most: int) -> list[RecordRow]:
    """Forms whose facts an older version made, or none: at most ``most``."""
    query = select(RecordRow).where(RecordRow.facts != VERSION, RecordRow.record != "")
    return list(session.scalars(query.limit(most)))


def replace_pages(session: Session, document_id: str, pages: Sequence[Page]) -> None:
    session.execute(delete(PageRow).where(PageRow.document_id == document_id))
    session.add_all(
        PageRow(document_id=document_id, number=page.number, data=pack(page)) for page in pages
    )


def drop_vanished(session: Session, document_id: str, kept: set[str]) -> None:
    for table in (RecordRow, StageRow, FactRow):
        session.execute(
            delete(table).where(table.document_id == document_id, table.form_id.not_in(kept))
        )


def save_findings(
    session: Session, document_id: str, found: Sequence[Finding], revision: int
) -> None:
    document = session.get(DocumentRow, document_id)
    if document is None:
        return
    session.execute(delete(FindingRow).where(FindingRow.document_id == document_id))
    session.add_all(
        FindingRow(
            document_id=document_id, position=position, form_id=finding.form_id,
            rule=finding.rule, severity=finding.severity, finding=finding.model_dump_json(),
            said=finding.said.dumped(),
        )
        for position, finding in enumerate(found)
    )  # fmt: skip
    document.checked = revision

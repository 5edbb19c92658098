"""The store: documents, readings, records, cells, decisions and conversations, in SQLite by
default and in PostgreSQL by ``DATABASE_URL``.

Everything is keyed by content, so that saving again is free. Every failure of
the database is raised as :class:`StoreError` in one sentence, and what was not
saved whole was not saved at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from assistant.errors import NotFound
from assistant.pages.collection import uncollected
from assistant.review import replay
from assistant.store import progress, rows
from assistant.store.conversations import Conversations
from assistant.store.database import Database
from assistant.store.schema import (
    DecisionRow,
    DocumentRow,
    PageRow,
    ReadingRow,
    RecordRow,
    RevisionRow,
)
from schemas.documents import DocumentStatus
from schemas.geometry import Page
from schemas.readings import FormReading, FormSpan, PageNote, Segmentation
from schemas.records import Record
from schemas.review import Decision

_NOTES = TypeAdapter(list[PageNote])


class Job(NamedTuple):
    """Something that waits: a document to be read by the rules or to be indexed, or a form to
    be read by the model. ``request`` tells a new request for the same thing from an old one."""

    kind: Literal["rules", "index", "llm"]
    document_id: str
    form_id: str
    request: int


class StoredDocument(NamedTuple):
    """What is known of a document's file and of the version of the rules that read it."""

    id: str
    name: str
    kind: str
    page_count: int
    rules: str
    rules_version: str


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """All reads and writes. Threads may share it; so may processes."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.conversations = Conversations(self._database)
        self._sheets: rows.Known = {}
        self._sheets_lock = threading.Lock()

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self._database.session(write=False) as session:
            yield session

    @contextmanager
    def _write(self, *, records: bool = False) -> Iterator[Session]:
        """``records`` says that records change, for those who keep what they derive of them."""
        with self._database.session(write=True) as session:
            if records:
                session.execute(update(RevisionRow).values(number=RevisionRow.number + 1))
            yield session

    def revision(self) -> int:
        """A number that grows whenever a record, a decision or a document changes."""
        with self._read() as session:
            return session.scalar(select(RevisionRow.number)) or 0

    # Documents

    def add_document(self, document_id: str, name: str, kind: str, *, with_llm: bool) -> None:
        """Adds a document, or asks for the reading of a known one again."""
        with self._write() as session:
            row = session.get(DocumentRow, document_id)
            if row is None:
                session.add(
                    DocumentRow(
                        id=document_id, name=name, kind=kind, page_count=0, others="[]",
                        added_at=_now(), rules="waiting",
                        indexed="waiting", rules_version="", with_llm=with_llm,
                        request=1, message="",
                    )
                )  # fmt: skip
                return
            row.rules, row.indexed, row.message = "waiting", "waiting", ""
            row.with_llm = with_llm
            row.request += 1
            if not row.page_count:
                row.name, row.kind = name, kind

    def stored(self, document_id: str) -> StoredDocument:
        """Raises :class:`NotFound`."""
        with self._read() as session:
            row = session.get(DocumentRow, document_id)
            if row is None:
                raise NotFound(f"There is no document {document_id[:12]}.")
            return StoredDocument(
                row.id, row.name, row.kind, row.page_count, row.rules, row.rules_version
            )

    def is_read(self, document_id: str, version: str) -> bool:
        """Whether this version of the rules has read the document, or is about to."""
        with self._read() as session:
            row = session.get(DocumentRow, document_id)
            if row is None:
                return False
            if "failed" in (row.rules, row.indexed):
                return False
            return row.rules != "done" or row.rules_version == version

    def remove_document(self, document_id: str) -> None:
        """Removes a document and all that was read of it; decisions on it stay."""
        with self._write(records=True) as session:
            session.execute(delete(DocumentRow).where(DocumentRow.id == document_id))

    def set_rules(self, document_id: str, stage: str, message: str = "") -> None:
        self._set_document(document_id, rules=stage, message=message)

    def set_indexed(self, document_id: str, stage: str, message: str = "") -> None:
        self._set_document(document_id, indexed=stage, message=message)

    def _set_document(self, document_id: str, **values: str) -> None:
        query = update(DocumentRow).where(DocumentRow.id == document_id)
        with self._write() as session:
            session.execute(query.values(**values))

    def statuses(self) -> list[DocumentStatus]:
        """Every document with its progress, the newest first."""
        with self._read() as session:
            return progress.statuses(session)

    def status(self, document_id: str) -> DocumentStatus:
        """Raises :class:`NotFound`."""
        with self._read() as session:
            for status in progress.statuses(session, document_id):
                return status
        raise NotFound(f"There is no document {document_id[:12]}.")

    # Pages and readings

    def save_rules(
        self,
        document_id: str,
        pages: Sequence[Page],
        segmentation: Segmentation,
        readings: Sequence[FormReading],
        records: Sequence[Record],
        *,
        version: str,
        llm_version: str,
        with_llm: bool,
    ) -> None:
        """Saves what the rules made of a document, all or nothing.

        The model is to read the forms that ``llm_version`` has not read yet, if there is a
        model (``with_llm``) and the document was added with it.
        """
        by_form = {r.form_id: r for r in records}
        with self._write(records=True) as session:
            document = session.get_one(DocumentRow, document_id)
            document.page_count, document.rules, document.message = len(pages), "done", ""
            document.rules_version, document.indexed = version, "waiting"
            document.others = _NOTES.dump_json(segmentation.others).decode()
            rows.replace_pages(session, document_id, pages)
            for reading in readings:
                session.merge(rows.reading_row(document_id, reading, version))
            rows.drop_vanished(session, document_id, set(by_form))
            for position, span in enumerate(segmentation.forms):
                known = rows.llm_reading(session, document_id, span.form_id, llm_version)
                wanted = "waiting" if with_llm and document.with_llm else "off"
                stage = "done" if known else wanted
                row = session.get(RecordRow, (document_id, span.form_id))
                request = row.request + 1 if row else 1
                session.merge(
                    RecordRow(
                        document_id=document_id, form_id=span.form_id, position=position,
                        span=span.model_dump_json(), record="", approval="unreviewed",
                        llm=stage, llm_version=llm_version, request=request, message="",
                        tried_at=None,
                    )
                )  # fmt: skip
                session.flush()
                if span.form_id in by_form:
                    rows.save_record(session, by_form[span.form_id])

    def pages(self, document_id: str, numbers: Iterable[int]) -> tuple[Page, ...]:
        with self._read() as session:
            found = session.scalars(
                select(PageRow)
                .where(PageRow.document_id == document_id, PageRow.number.in_(list(numbers)))
                .order_by(PageRow.number)
            )
            return tuple(rows.unpack(row.data) for row in found)

    def span(self, document_id: str, form_id: str) -> FormSpan:
        with self._read() as session:
            return FormSpan.model_validate_json(rows.record_row(session, document_id, form_id).span)

    def reading(
        self, document_id: str, form_id: str, reader: str, version: str
    ) -> FormReading | None:
        with self._read() as session:
            row = session.get(ReadingRow, (document_id, form_id, reader, version))
            return FormReading.model_validate_json(row.reading) if row else None

    def save_reading(self, document_id: str, reading: FormReading, version: str) -> None:
        with self._write() as session:
            session.merge(rows.reading_row(document_id, reading, version))

    # Records

    def save_record(self, record: Record) -> None:
        with self._write(records=True) as session:
            rows.save_record(session, record)

    def set_llm(self, document_id: str, form_id: str, stage: str, message: str = "") -> None:
        with self._write() as session:
            row = session.get(RecordRow, (document_id, form_id))
            if row is not None:
                row.llm, row.message, row.tried_at = stage, message, _now()

    def ask_llm(
        self,
        version: str,
        *,
        document_id: str | None = None,
        stages: Sequence[str] = ("failed",),
        tried_before: datetime | None = None,
    ) -> None:
        """Puts forms back in line for the model: those whose reading is in one of ``stages``
        and was last tried before ``tried_before``; of a document that is named also those
        that another version of the reader read."""
        chosen: ColumnElement[bool] = RecordRow.llm.in_(stages)
        query = update(RecordRow)
        if document_id is not None:
            stale = and_(RecordRow.llm == "done", RecordRow.llm_version != version)
            query = query.where(RecordRow.document_id == document_id)
            chosen = or_(chosen, stale)
        if tried_before is not None:
            query = query.where(RecordRow.tried_at <= tried_before)
        values = {"llm": "waiting", "llm_version": version, "message": ""}
        with self._write() as session:
            if document_id is not None:
                session.get_one(DocumentRow, document_id).with_llm = True
            session.execute(query.where(chosen).values(request=RecordRow.request + 1, **values))

    def records(self, document_id: str | None = None) -> list[Record]:
        """Records with their decisions applied, in the order of documents and pages."""
        with self._read() as session:
            query = (
                select(RecordRow)
                .join(DocumentRow, DocumentRow.id == RecordRow.document_id)
                .where(RecordRow.record != "")
                .order_by(DocumentRow.added_at, DocumentRow.id, RecordRow.position)
            )
            if document_id is not None:
                query = query.where(RecordRow.document_id == document_id)
            found = session.scalars(query).all()
            made = rows.decisions_by_form(session, document_id)
            return [
                rows.reviewed(row, made.get((row.document_id, row.form_id), [])) for row in found
            ]

    def sheets(self) -> list[Record]:
        """The records as answering reads them (:mod:`assistant.store.sheets`), in the order of
        documents and pages. One that has not changed since it was last asked for is the same
        object."""
        with self._sheets_lock, uncollected():
            with self._read() as session:
                old = bool(rows.forms_without_sheet(session))
            if old:
                with self._write() as session:
                    rows.add_sheets(session)
            with self._read() as session:
                self._sheets = rows.sheets(session, self._sheets)
            return [record for _, record in self._sheets.values()]

    def document_names(self) -> dict[str, str]:
        with self._read() as session:
            found = session.execute(select(DocumentRow.id, DocumentRow.name)).all()
            return {document_id: name for document_id, name in found}

    def has_record(self, document_id: str, form_id: str) -> bool:
        with self._read() as session:
            return session.get(RecordRow, (document_id, form_id)) is not None

    def record(self, document_id: str, form_id: str) -> Record:
        """Raises :class:`NotFound`."""
        with self._read() as session:
            row = rows.record_row(session, document_id, form_id)
            return rows.reviewed(row, rows.decisions(session, document_id, form_id))

    # Decisions

    def decide(self, decision: Decision) -> Record:
        """Checks a decision against the record as it stands and keeps it, in one transaction."""
        with self._write(records=True) as session:
            row = rows.record_row(session, decision.document_id, decision.form_id)
            made = rows.decisions(session, decision.document_id, decision.form_id)
            ready = replay.prepared(rows.reviewed(row, made), decision)
            session.add(
                DecisionRow(
                    document_id=ready.document_id,
                    form_id=ready.form_id,
                    decision=ready.model_dump_json(),
                )
            )
            session.flush()
            record = Record.model_validate_json(row.record)
            return rows.save_record(session, record)

    def decisions(self, document_id: str, form_id: str) -> list[Decision]:
        with self._read() as session:
            return rows.decisions(session, document_id, form_id)

    def lost_decisions(self, document_id: str, form_id: str) -> list[Decision]:
        """Decisions that no longer fit what is read there now."""
        with self._read() as session:
            row = rows.record_row(session, document_id, form_id)
            made = rows.decisions(session, document_id, form_id)
            return list(replay.reviewed(Record.model_validate_json(row.record), made).lost)

    # Work to do

    def jobs(self) -> list[Job]:
        """What waits, or was in hand when a process ended."""
        unfinished = ("waiting", "reading")
        key = (DocumentRow.id, DocumentRow.request)
        with self._read() as session:
            unread = session.execute(select(*key).where(DocumentRow.rules.in_(unfinished))).all()
            unindexed = session.execute(
                select(*key).where(DocumentRow.rules == "done", DocumentRow.indexed.in_(unfinished))
            ).all()
            forms = session.execute(
                select(RecordRow.document_id, RecordRow.form_id, RecordRow.request)
                .join(DocumentRow, DocumentRow.id == RecordRow.document_id)
                .where(DocumentRow.rules.not_in(unfinished), RecordRow.llm.in_(unfinished))
                .order_by(DocumentRow.added_at, RecordRow.position)
            ).all()
        return [
            *(Job("rules", d, "", r) for d, r in unread),
            *(Job("index", d, "", r) for d, r in unindexed),
            *(Job("llm", d, f, r) for d, f, r in forms),
        ]

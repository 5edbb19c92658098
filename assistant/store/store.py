"""The store: documents, readings, records, facts, decisions and conversations, in SQLite by
default and in PostgreSQL by ``DATABASE_URL``.

Everything is keyed by content, so that saving again is free. Every failure of the database is
raised as :class:`StoreError`, and what was not saved whole was not saved at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from assistant.errors import NotFound
from assistant.review import replay
from assistant.store import lists, progress, rows, stages
from assistant.store.conversations import Conversations
from assistant.store.database import Database
from assistant.store.layouts import Layouts
from assistant.store.lists import FormKey, Opened, ProjectLine, QueueItem, Which
from assistant.store.schema import (
    DecisionRow,
    DocumentRow,
    PageRow,
    ReadingRow,
    RecordRow,
    RevisionRow,
    StageRow,
)
from assistant.store.stages import Asked, Job
from schemas.documents import DocumentStatus
from schemas.findings import Finding
from schemas.geometry import Page
from schemas.readings import FormReading, FormSpan, PageNote, Segmentation
from schemas.records import Record
from schemas.review import Decision

_NOTES = TypeAdapter(list[PageNote])
_AT_A_TIME = 50  # forms of an older store


class StoredDocument(NamedTuple):
    """What is known of a document's file, and what versions have read it."""

    id: str
    name: str
    kind: str
    page_count: int
    read: str
    read_version: str
    pages_version: str


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """All reads and writes. Threads may share it; so may processes."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.conversations = Conversations(self._database)
        self.layouts = Layouts(self._database)
        self._make_facts()

    def close(self) -> None:
        self._database.close()

    def statements(self, work: Callable[[], object]) -> int:
        """How many SQL statements ``work`` runs on this store."""
        return self._database.statements(work)

    def _make_facts(self) -> None:
        """Makes the facts of forms that an older version of the store has none of, some at a
        time, so that a kill costs little."""
        while True:
            with self._read() as session:
                if not rows.without_facts(session, 1):
                    return
            with self._write(records=True) as session:
                for row in rows.without_facts(session, _AT_A_TIME):
                    made = rows.decisions(session, row.document_id, row.form_id)
                    rows.write_facts(session, row, rows.reviewed(row, made))

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

    def add_document(self, document_id: str, name: str, kind: str, *, with_model: bool) -> None:
        """Adds a document, or asks for the reading of a known one again."""
        with self._write() as session:
            row = session.get(DocumentRow, document_id)
            if row is None:
                session.add(
                    DocumentRow(
                        id=document_id, name=name, kind=kind, page_count=0, others="[]",
                        added_at=_now(), read="waiting", read_version="", pages_version="",
                        indexed="waiting", with_model=with_model, request=1, message="",
                        changed=0, checked=-1,
                    )
                )  # fmt: skip
                return
            row.read, row.indexed, row.message = "waiting", "waiting", ""
            row.with_model = with_model
            row.request += 1
            if not row.page_count:
                row.name, row.kind = name, kind

    def stored(self, document_id: str) -> StoredDocument:
        """Raises :class:`NotFound`."""
        with self._read() as session:
            row = session.get(DocumentRow, document_id)
            if row is None:
                raise NotFound("document.unknown", document=document_id[:12])
            return StoredDocument(
                row.id, row.name, row.kind, row.page_count,
                row.read, row.read_version, row.pages_version,
            )  # fmt: skip

    def is_read(self, document_id: str, version: str) -> bool:
        """Whether this version has read the document, or is about to."""
        with self._read() as session:
            row = session.get(DocumentRow, document_id)
            if row is None:
                return False
            if "failed" in (row.read, row.indexed):
                return False
            return row.read != "done" or row.read_version == version

    def remove_document(self, document_id: str) -> None:
        """Removes a document and all that was read of it; decisions on it stay."""
        with self._write(records=True) as session:
            session.execute(delete(DocumentRow).where(DocumentRow.id == document_id))

    def set_read(self, document_id: str, stage: str, message: str = "") -> None:
        self._set_document(document_id, read=stage, message=message)

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
        raise NotFound("document.unknown", document=document_id[:12])

    # Pages and readings

    def save_pages(self, document_id: str, pages: Sequence[Page], version: str) -> None:
        """Saves the pages that ``version`` read of a document's file, for those there were."""
        with self._write() as session:
            session.get_one(DocumentRow, document_id).pages_version = version
            rows.replace_pages(session, document_id, pages)

    def pages(self, document_id: str, numbers: Iterable[int] | None = None) -> tuple[Page, ...]:
        """The pages of a document in order: those of ``numbers``, or all."""
        query = select(PageRow).where(PageRow.document_id == document_id).order_by(PageRow.number)
        if numbers is not None:
            query = query.where(PageRow.number.in_(list(numbers)))
        with self._read() as session:
            return tuple(rows.unpack(row.data) for row in session.scalars(query))

    def save_forms(
        self,
        document_id: str,
        segmentation: Segmentation,
        readings: Sequence[FormReading],
        records: Sequence[Record],
        *,
        version: str,
        asked: Sequence[Asked],
    ) -> None:
        """Saves what was made of a document as it was taken in, all or nothing.

        The readers ``asked`` are to read the forms that their versions have not read yet; those
        that need a model, if the document was added with one.
        """
        by_form = {r.form_id: r for r in records}
        with self._write(records=True) as session:
            document = session.get_one(DocumentRow, document_id)
            of_document = PageRow.document_id == document_id
            document.page_count = session.scalar(select(func.count()).where(of_document)) or 0
            document.read, document.read_version, document.message = "done", version, ""
            document.indexed = "waiting"
            document.others = _NOTES.dump_json(segmentation.others).decode()
            versions = {one.reader: one.version for one in asked}
            for reading in readings:
                session.merge(rows.reading_row(document_id, reading, versions[reading.reader]))
            rows.drop_vanished(session, document_id, set(by_form))
            for position, span in enumerate(segmentation.forms):
                session.merge(
                    RecordRow(
                        document_id=document_id, form_id=span.form_id, position=position,
                        span=span.model_dump_json(), record="", approval="unreviewed",
                        name="", open=0, changed=0, facts=0,
                    )
                )  # fmt: skip
                session.flush()
                for one in asked:
                    stages.begin(session, document, span.form_id, one)
                if span.form_id in by_form:
                    rows.save_record(session, by_form[span.form_id])

    def span(self, document_id: str, form_id: str) -> FormSpan:
        with self._read() as session:
            return FormSpan.model_validate_json(rows.record_row(session, document_id, form_id).span)

    def reading(
        self, document_id: str, form_id: str, reader: str, version: str
    ) -> FormReading | None:
        with self._read() as session:
            row = session.get(ReadingRow, (document_id, form_id, reader, version))
            return FormReading.model_validate_json(row.reading) if row else None

    def readings(self, document_id: str, form_id: str) -> dict[str, FormReading]:
        """What each reader says of a form, by its name, under the version last asked for."""
        query = (
            select(ReadingRow)
            .join(StageRow, stages.OF_READING)
            .where(StageRow.document_id == document_id, StageRow.form_id == form_id)
        )
        with self._read() as session:
            found = session.scalars(query)
            return {row.reader: FormReading.model_validate_json(row.reading) for row in found}

    def save_reading(self, document_id: str, reading: FormReading, version: str) -> None:
        with self._write() as session:
            session.merge(rows.reading_row(document_id, reading, version))

    def save_record(self, record: Record) -> None:
        with self._write(records=True) as session:
            rows.save_record(session, record)

    def set_stage(
        self, document_id: str, form_id: str, reader: str, stage: str, message: str = "",
        *, version: str | None = None,
    ) -> None:  # fmt: skip
        """How far ``reader`` has come with a form, and under which version if another than was
        asked for."""
        with self._write() as session:
            row = session.get(StageRow, (document_id, form_id, reader))
            if row is not None:
                row.stage, row.message, row.tried_at = stage, message, _now()
                row.version = version or row.version

    def ask(self, asked: Asked, document_id: str) -> None:
        """Puts the forms of a document in line for a reader, but those that this version has
        read."""
        with self._write() as session:
            document = session.get_one(DocumentRow, document_id)
            stages.begin_document(session, document, asked)

    def ask_again(self, asked: Asked, tried_before: datetime) -> None:
        """Puts forms back in line that a reader failed at, last before ``tried_before``."""
        with self._write() as session:
            stages.begin_again(session, asked, tried_before)

    def records(
        self, document_id: str | None = None, *, approved_only: bool = False
    ) -> list[Record]:
        """Records as they stand after review, in the order of documents and pages. What each
        reader said is there for the cells that wait for a person (:meth:`record` has all)."""
        with self._read() as session:
            return [r for _, r in lists.records(session, document_id, approved_only=approved_only)]

    def changed_records(
        self, known: Mapping[FormKey, tuple[int, Record]]
    ) -> dict[FormKey, tuple[int, Record]]:
        """All records, with the revisions at which they changed; those ``known`` of the same
        revision are the same objects."""
        with self._read() as session:
            return lists.changed_records(session, known)

    def projects(
        self, *, document_id: str = "", text: str = "", which: Which = "any", most: int
    ) -> tuple[list[ProjectLine], int]:
        """The forms that the filters leave, at most ``most`` of them, and how many there are."""
        with self._read() as session:
            return lists.projects(session, document_id, text, which, most)

    def lines(self, keys: Collection[FormKey]) -> dict[FormKey, ProjectLine]:
        """The forms ``keys`` as a list shows them."""
        with self._read() as session:
            return lists.lines(session, keys)

    def queue(self) -> list[QueueItem]:
        """Every cell that waits for a person, in the order of documents and pages."""
        with self._read() as session:
            return lists.queue(session)

    def document_names(self) -> dict[str, str]:
        """The names of the documents by their ids, the newest first."""
        with self._read() as session:
            newest = select(DocumentRow.id, DocumentRow.name).order_by(
                DocumentRow.added_at.desc(), DocumentRow.id
            )
            found = session.execute(newest).all()
            return {document_id: name for document_id, name in found}

    def has_record(self, document_id: str, form_id: str) -> bool:
        with self._read() as session:
            return session.get(RecordRow, (document_id, form_id)) is not None

    def record(self, document_id: str, form_id: str) -> Record:
        """The record with all that the readers said of it. Raises :class:`NotFound`."""
        return self.opened(document_id, form_id).record

    def decisions(self, document_id: str, form_id: str) -> list[Decision]:
        """Every decision on a form, oldest first, whether it is still there or not."""
        with self._read() as session:
            return rows.decisions(session, document_id, form_id)

    def opened(self, document_id: str, form_id: str) -> Opened:
        """A record with the decisions on it. Raises :class:`NotFound`."""
        with self._read() as session:
            row = rows.record_row(session, document_id, form_id)
            made = rows.decisions(session, document_id, form_id)
        now = replay.reviewed(Record.model_validate_json(row.record), made)
        return Opened(now.record, made, list(now.lost))

    # Decisions

    def decide(self, decision: Decision) -> tuple[Record, Opened]:
        """Checks a decision against the record as it stands and keeps it, in one transaction.
        Returns the record before and after."""
        with self._write(records=True) as session:
            row = rows.record_row(session, decision.document_id, decision.form_id)
            made = rows.decisions(session, decision.document_id, decision.form_id)
            read = Record.model_validate_json(row.record)
            before = replay.apply(read, made)
            ready = replay.prepared(before, decision)
            session.add(
                DecisionRow(
                    document_id=ready.document_id,
                    form_id=ready.form_id,
                    decision=ready.model_dump_json(),
                )
            )
            now = replay.reviewed(read, [*made, ready])
            rows.write_facts(session, row, now.record)
            return before, Opened(now.record, [*made, ready], list(now.lost))

    # Findings

    def unchecked(self, document_id: str | None = None) -> dict[str, int]:
        """The documents whose records changed since their findings were worked out, each with
        the revision at which they did."""
        with self._read() as session:
            return lists.unchecked(session, document_id)

    def save_findings(self, document_id: str, found: Sequence[Finding], revision: int) -> None:
        """Keeps the findings of a document as of ``revision``; none are kept for a document
        that has gone."""
        with self._write() as session:
            rows.save_findings(session, document_id, found, revision)

    def findings(self, document_id: str | None = None) -> list[Finding]:
        """The findings that are kept, in the order of documents and pages."""
        with self._read() as session:
            return lists.findings(session, document_id)

    # Work to do

    def jobs(self) -> list[Job]:
        """What waits, or was in hand when a process ended."""
        with self._read() as session:
            return stages.jobs(session)

"""The tables of the store. A change here needs a revision in ``assistant/migrations``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# SQLite numbers rows by itself only where the key is called INTEGER.
_Serial = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text}  # noqa: RUF012


def _document() -> Mapped[str]:
    """Half of the key of what belongs to a document, and goes with it."""
    return mapped_column(
        String(64), ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
    )


class DocumentRow(Base):
    """A file by its content. ``read`` and ``indexed`` are stages of :mod:`schemas.documents`;
    ``request`` counts how often its reading was asked for, ``with_model`` says whether also by
    readers that need a model. ``changed`` is the store's revision at which a record of it last
    changed, ``checked`` the one its findings were worked out for."""

    __tablename__ = "documents"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))  # the suffix of the kept file
    page_count: Mapped[int]
    others: Mapped[str]  # JSON list of PageNote
    added_at: Mapped[datetime]
    read: Mapped[str] = mapped_column(String(16), index=True)
    read_version: Mapped[str] = mapped_column(String(64))
    pages_version: Mapped[str] = mapped_column(String(64))
    indexed: Mapped[str] = mapped_column(String(16))
    with_model: Mapped[bool]
    request: Mapped[int]
    message: Mapped[str]
    changed: Mapped[int] = mapped_column(BigInteger)
    checked: Mapped[int] = mapped_column(BigInteger)


class PageRow(Base):
    """A page as it was read (compressed JSON), so that the file is read and a scan recognised
    once for each version of the pages."""

    __tablename__ = "pages"
    document_id: Mapped[str] = _document()
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ReadingRow(Base):
    """What one version of one reader said of one form."""

    __tablename__ = "readings"
    document_id: Mapped[str] = _document()
    form_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reader: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    reading: Mapped[str]
    usage: Mapped[str]
    added_at: Mapped[datetime]


class StageRow(Base):
    """How far a reader has come with a form: a stage of :mod:`schemas.documents`, and by which
    version it was read or is to be; ``request`` counts how often that was asked for."""

    __tablename__ = "stages"
    document_id: Mapped[str] = _document()
    form_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reader: Mapped[str] = mapped_column(String(16), primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), index=True)
    version: Mapped[str] = mapped_column(String(64))
    request: Mapped[int]
    message: Mapped[str]
    tried_at: Mapped[datetime | None]


class RecordRow(Base):
    """A form: where it stands, and its reconciled record before any decision.

    ``open`` counts the cells that wait for a person; ``changed`` is the store's revision at
    which its facts were written, ``facts`` the version of how they were made, 0 before."""

    __tablename__ = "records"
    document_id: Mapped[str] = _document()
    form_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int]
    name: Mapped[str]  # of the project, as it stands
    span: Mapped[str]
    record: Mapped[str]
    approval: Mapped[str] = mapped_column(String(16))
    open: Mapped[int]
    changed: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[int]


class FactRow(Base):
    """One cell of a record as it stands after review (:mod:`assistant.store.facts`).

    ``number`` is the value in ten-thousandths (of a yuan, for amounts): exact, no float.
    ``unit`` is that of the number; ``own_unit`` the one that an amount's own label names.
    ``printed`` is the label as the form has it. ``readings`` holds what each reader said, as JSON,
    where a person is to choose.
    """

    __tablename__ = "facts"
    document_id: Mapped[str] = _document()
    form_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    project: Mapped[str]
    path: Mapped[str]
    table_name: Mapped[str]
    row_number: Mapped[int]
    row_key: Mapped[str]
    column_name: Mapped[str]
    label: Mapped[str]
    printed: Mapped[str]
    category: Mapped[str]
    year: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str | None]
    number: Mapped[int | None] = mapped_column(BigInteger)
    unit: Mapped[str]
    comparator: Mapped[str] = mapped_column(String(2))
    page: Mapped[int | None]
    x0: Mapped[float | None] = mapped_column(Float)
    y0: Mapped[float | None] = mapped_column(Float)
    x1: Mapped[float | None] = mapped_column(Float)
    y1: Mapped[float | None] = mapped_column(Float)
    quote: Mapped[str]
    own_unit: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(24))
    needs_review: Mapped[bool]
    approval: Mapped[str] = mapped_column(String(16))
    readings: Mapped[str]

    __table_args__ = (
        Index("facts_by_column", "column_name", "table_name"),
        Index("facts_open", "needs_review", "document_id", "form_id"),
    )


class FindingRow(Base):
    """A fault that a form holds, worked out when findings are looked at (``checked``)."""

    __tablename__ = "findings"
    document_id: Mapped[str] = _document()
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    form_id: Mapped[str] = mapped_column(String(32))
    rule: Mapped[str] = mapped_column(String(48))
    severity: Mapped[str] = mapped_column(String(16))
    finding: Mapped[str]
    said: Mapped[str]  # code and values, to be told in either language


class DecisionRow(Base):
    """A review decision. Only ever added; it outlives readings and even its document."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(_Serial, primary_key=True, autoincrement=True)
    document_id: Mapped[str] = mapped_column(String(64), index=True)
    form_id: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str]


class LayoutDecisionRow(Base):
    """What a person decided of a layout. Only ever added; it outlives its forms."""

    __tablename__ = "layout_decisions"
    id: Mapped[int] = mapped_column(_Serial, primary_key=True, autoincrement=True)
    layout: Mapped[str] = mapped_column(String(16))
    decision: Mapped[str]


class RevisionRow(Base):
    """One row: a number that grows whenever a record, a decision or a document changes."""

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class TurnRow(Base):
    """One question of a conversation with its answer and what a follow-up inherits."""

    __tablename__ = "turns"
    id: Mapped[int] = mapped_column(_Serial, primary_key=True, autoincrement=True)
    conversation: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
    question: Mapped[str]
    answer: Mapped[str]
    turn: Mapped[str]


class FeedbackRow(Base):
    """What a person thought of an answer. Only ever added; of one person the newest counts.

    ``turn_id`` is the turn it is about, ``turn`` its number in the conversation, from 1.
    """

    __tablename__ = "feedback"
    id: Mapped[int] = mapped_column(_Serial, primary_key=True, autoincrement=True)
    turn_id: Mapped[int] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    conversation: Mapped[str] = mapped_column(String(64))
    turn: Mapped[int]
    question: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str]

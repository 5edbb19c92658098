"""Long texts → passages. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text.sentences import chunks
from schemas.forms import Kind
from schemas.readings import Evidence
from schemas.records import Cell, Record

_WORTH_FINDING = 8  # shorter ones ("-", "审核通过") are found as fields


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a long text with the cell it stands in."""

    document_id: str
    form_id: str
    project: str
    field: str
    number: int
    text: str
    evidence: Evidence | None = None

    @property
    def id(self) -> str:
        key = f"{self.document_id}/{self.form_id}/{self.field}/{self.number}"
        return hashlib.sha256(f"{key}/{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how well it fits, from 0 to about 1; ``lexical`` is the share of the
    query's words, weighted by rarity, that stand in it."""

    passage: Passage
    score: float
    lexical: float


def long_texts(record: Record) -> Iterator[tuple[str, str, Cell]]:
    """Field, label and cell of every long text that is filled in."""
    for field in record.spec.fields:
        cell = record.fields.get(field.name)
        if field.kind is Kind.LONG_TEXT and cell and isinstance(cell.value, str):
            yield field.name, field.label, cell


def passages_of(record: Record) -> list[Passage]:
    """A record's long texts as passages."""
    return [
        Passage(record.document_id, record.form_id, record.name, name, number, piece, cell.evidence)
        for name, _, cell in long_texts(record)
        for number, piece in enumerate(chunks(str(cell.value)))
        if len(piece) >= _WORTH_FINDING
    ]

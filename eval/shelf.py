"""A library of records in memory, for whoever asks without a store."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence

from assistant.search.passages import Hit
from schemas.findings import Finding
from schemas.records import Record


class Shelf:
    """See :class:`assistant.ask.answering.Library`; it finds no passages beyond the records' own.
    ``names`` are the documents' by their ids."""

    def __init__(
        self,
        records: Sequence[Record],
        findings: Sequence[Finding] = (),
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._records, self._findings, self._names = list(records), list(findings), names or {}
        self.revision = uuid.uuid4().hex

    def records(self) -> list[Record]:
        return self._records

    def document_name(self, document_id: str) -> str:
        return self._names.get(document_id, f"{document_id}.pdf")

    def findings(self) -> list[Finding]:
        return self._findings

    def search(
        self, query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]:
        return []

"""What answering sees of the store; see :class:`assistant.ask.answering.Library`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.search.passages import passages_of
from assistant.store.store import Store
from schemas.findings import Finding
from schemas.records import Record

if TYPE_CHECKING:
    from assistant.search.index import Index
    from assistant.search.passages import Hit


class StoredLibrary:
    """The records of a store as they stand, all or the approved ones only, and their passages."""

    def __init__(
        self, store: Store, index: Callable[[], Index], approved_only: bool, name: str
    ) -> None:
        """``name`` tells this store from others; ``index`` is called when first needed."""
        self._store, self._index, self._approved_only = store, index, approved_only
        self._name = name

    @property
    def revision(self) -> str:
        """Changes whenever the records do, and differs from store to store."""
        return f"{self._name}#{self._store.revision()}#{self._approved_only}"

    @cached_property
    def _records(self) -> list[Record]:
        return [
            r for r in self._store.sheets() if not self._approved_only or r.approval == "approved"
        ]

    def records(self) -> list[Record]:
        return self._records

    @cached_property
    def _names(self) -> dict[str, str]:
        return self._store.document_names()

    def document_name(self, document_id: str) -> str:
        return self._names[document_id]

    def findings(self) -> list[Finding]:
        from assistant.findings.find import find

        return find(self._records, self._names)

    def search(
        self, query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]:
        """Passages of these records as they stand: what the index holds of an earlier reading
        or of a form that is gone is left out."""
        records = {(r.document_id, r.form_id): r for r in self._records}
        keys = [key for key in records if form_keys is None or key in form_keys]
        hits = self._index().search(query, form_keys=keys, k=k)
        places = {(hit.passage.document_id, hit.passage.form_id) for hit in hits}
        current = {p.id for key in places & set(keys) for p in passages_of(records[key])}
        return [hit for hit in hits if hit.passage.id in current]

"""What programs ask of the assistant: the endpoints of the HTTP API and the tools of the MCP
server. Each gives the JSON text that the command prints with ``--json``.

The docstrings are what a program's author, or a model, reads of a tool.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.errors import NotFound, UsageError
from assistant.export.form_json import as_json, form_json

if TYPE_CHECKING:
    from assistant.service import Assistant

_NAME = 64  # characters of a conversation's name


class Api:
    """The tools over one assistant. Every method raises :class:`JixiaoError`."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def tools(self) -> list[Callable[..., str]]:
        return [self.ask, self.list_documents, self.get_record, self.check]

    def ask(self, question: str, conversation: str = "", approved_only: bool = False) -> str:
        """Answers a question about the budget performance forms, with the pages the answer
        rests on, or says what is missing.

        Args:
            question: The question, in Chinese or English.
            conversation: The conversation that an earlier answer named, to follow up on it.
            approved_only: Whether to answer from approved records only.

        Returns:
            JSON with status, answer, values, citations, interpretation and approval.
        """
        if not question.strip():
            raise UsageError("usage.no_question")
        if len(conversation) > _NAME:
            raise UsageError("usage.long_name", limit=_NAME)
        answer = self._assistant.ask(
            question.strip(), conversation=conversation, approved_only=approved_only
        )
        return as_json(answer.model_dump(mode="json"))

    def list_documents(self) -> str:
        """Lists the documents with their ids, names, numbers of pages and forms, and how far
        both readers have come.

        Returns:
            JSON list of documents.
        """
        statuses = self._assistant.documents()
        return as_json([status.model_dump(mode="json") for status in statuses])

    def get_record(self, document: str, form_id: str) -> str:
        """Gives one form as a record: every value with its state, page and place.

        Args:
            document: The document's name, or the beginning of its id.
            form_id: The form's id, such as p03.

        Returns:
            JSON of the form.
        """
        record = self._assistant.opened(self._document(document), form_id).record
        name = self._assistant.document_name(record.document_id)
        about = {"document": name, "document_id": record.document_id}
        return as_json({**about, "approval": record.approval, **form_json(record)})

    def check(self, document: str = "") -> str:
        """Lists the faults that the forms themselves hold, such as sums that do not foot.

        Args:
            document: The document's name, or the beginning of its id; empty for all.

        Returns:
            JSON list of findings with rule, target, severity, pages and citations.
        """
        found = self._assistant.findings(self._document(document) if document else None)
        return as_json([finding.model_dump(mode="json") for finding in found])

    def _document(self, document: str) -> str:
        """The id of a document by its name or the beginning of its id."""
        known = self._assistant.documents()
        named = [s.document_id for s in known if s.name == document]
        begun = [s.document_id for s in known if document and s.document_id.startswith(document)]
        found = named or begun
        if not found:
            raise NotFound("document.unlisted", document=document)
        if len(found) > 1:
            raise NotFound("document.ambiguous", document=document)
        return found[0]

"""What a run produced: both readers' readings, the answers and the findings.

A log holds everything that is scored and nothing of the labels, so that a changed scorer, a
changed reconciliation or corrected labels are scored again without reading a page or calling
a model (the idea is inspect_ai's).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from assistant.errors import UsageError
from schemas.answers import Answer
from schemas.findings import Finding
from schemas.readings import FormReading

ReaderChoice = Literal["rules", "llm", "reconciled"]
READERS: tuple[ReaderChoice, ...] = ("rules", "llm", "reconciled")


class DocumentLog(BaseModel):
    """One document's readings. ``unread`` says by form why the model has not read it."""

    document: str
    rules: list[FormReading] = Field(default_factory=list)
    llm: list[FormReading] = Field(default_factory=list)
    unread: dict[str, str] = Field(default_factory=dict)
    pages: int = 0
    seconds: float = 0.0  # from the file to the rules' readings


class Log(BaseModel):
    """One run over a dataset. ``answers`` are by the id of their question."""

    dataset: str
    model: str = ""
    documents: list[DocumentLog] = Field(default_factory=list)
    asked_of: str = ""  # the document that the answers and findings are about
    answers: dict[str, Answer] = Field(default_factory=dict)
    findings: list[Finding] = Field(default_factory=list)

    def save(self, path: Path) -> None:
        path.write_text(self.model_dump_json(indent=1), encoding="utf-8")


def load_log(path: Path) -> Log:
    """Raises :class:`UsageError` for a file that is no log."""
    try:
        return Log.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError("eval.bad_log", path=path, reason=reason) from None

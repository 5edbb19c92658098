"""An answer and the pages it rests on."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from schemas.records import Approval

Status = Literal["answered", "not_stated", "not_found", "out_of_scope", "ambiguous"]


class AnswerValue(BaseModel):
    """One figure or text of an answer. ``value`` is as printed, or as computed."""

    label: str
    value: str
    unit: str = ""


class Citation(BaseModel):
    """The place on a page that proves a value. ``document`` is the document's name."""

    document: str
    document_id: str = ""
    form_id: str = ""
    page: int
    bbox: tuple[float, float, float, float] | None = None
    quote: str = ""


class Answer(BaseModel):
    """What the assistant says. Every number in ``answer`` stands in a citation's quote
    or comes out of the ``computation``, which is shown."""

    status: Status
    answer: str
    values: list[AnswerValue] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    interpretation: str = ""
    approval: Approval = "unreviewed"
    computation: str = ""
    parts: list[AnswerValue] = Field(default_factory=list)  # what a computed value is made of
    choices: list[str] = Field(default_factory=list)  # what to ask instead, if ambiguous
    conversation: str = ""

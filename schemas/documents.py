"""A document in the store, and how far its reading has come."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from schemas.messages import Message
from schemas.readings import PageNote, Usage

Stage = Literal["waiting", "reading", "done", "failed"]


class DocumentStatus(BaseModel):
    """What the documents page and the progress bar show.

    The rules' records are usable as soon as ``rules`` is done, their long texts are found
    when ``indexed`` is; ``llm`` is ``off`` where no model is set. ``seconds_left`` is an
    estimate from the forms read so far.
    """

    document_id: str
    name: str
    page_count: int
    forms: int = 0
    others: list[PageNote] = Field(default_factory=list)
    rules: Stage = "waiting"
    indexed: Stage = "waiting"
    llm: Literal["waiting", "reading", "done", "failed", "off"] = "waiting"
    llm_forms_done: int = 0
    usage: Usage = Field(default_factory=Usage)
    seconds_left: float | None = None
    message: str = ""  # the one sentence of an error, if there was one; in English
    said: Message | None = Field(None, exclude=True)  # that error, to be told in any language

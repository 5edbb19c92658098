"""A document in the store, and how far its reading has come."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, computed_field

from schemas.messages import Message
from schemas.readings import PageNote, Usage

Stage = Literal["waiting", "reading", "done", "failed"]
ReaderStage = Literal["waiting", "reading", "done", "failed", "off"]


class ReaderProgress(BaseModel):
    """How far a reader has come with the forms of a document; ``off``: it is not to read them."""

    stage: ReaderStage = "waiting"
    forms_done: int = 0


class DocumentStatus(BaseModel):
    """What the documents page and the progress bar show.

    ``rules`` is the stage of what is done as a document is taken in: its pages, its forms, and
    the first reader's account of them. Its records are usable as soon as that is done, their
    long texts are found when ``indexed`` is; ``readers`` are those that come after, by name.
    ``seconds_left`` is an estimate from the forms read so far.
    """

    document_id: str
    name: str
    page_count: int
    forms: int = 0
    others: list[PageNote] = Field(default_factory=list)
    rules: Stage = "waiting"
    indexed: Stage = "waiting"
    readers: dict[str, ReaderProgress] = Field(default_factory=dict)
    usage: Usage = Field(default_factory=Usage)
    seconds_left: float | None = None
    message: str = ""  # the one sentence of an error, if there was one; in English
    said: Message | None = Field(None, exclude=True)  # that error, to be told in any language

    @computed_field  # type: ignore[prop-decorator]
    @property
    def llm(self) -> ReaderStage:
        return self.readers.get("llm", ReaderProgress()).stage

    @computed_field  # type: ignore[prop-decorator]
    @property
    def llm_forms_done(self) -> int:
        return self.readers.get("llm", ReaderProgress()).forms_done

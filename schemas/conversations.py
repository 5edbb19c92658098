"""Conversations that were had, and what people thought of the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from schemas.answers import Answer, Status

Verdict = Literal["up", "down"]


class Conversation(BaseModel):
    """One conversation in a list: how it began and when it was last gone on with."""

    name: str
    question: str
    turns: int
    at: datetime


class Exchange(BaseModel):
    """One question with its answer. ``id`` is its own in the store; ``verdict`` and ``reason``
    are what was last thought of it."""

    id: int = 0
    question: str
    answer: Answer
    verdict: Verdict | None = None
    reason: str = ""


class Feedback(BaseModel):
    """What a person thought of an answer: a record of its own. ``turn`` is the number of the
    question in its conversation, from 1; ``history`` holds the questions before it."""

    id: int
    at: datetime
    who: str
    conversation: str
    turn: int
    question: str
    status: Status
    verdict: Verdict
    reason: str
    history: list[str]
    answer: Answer

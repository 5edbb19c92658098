"""Conversations: each question with its answer and what a follow-up inherits."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from assistant.database import Database
from assistant.tables import TurnRow
from schemas.answers import Answer


class Conversations:
    """Turns by the name of their conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_turn(self, name: str) -> str | None:
        """What a follow-up inherits, as JSON; None for a new conversation."""
        newest = (
            select(TurnRow.turn)
            .where(TurnRow.conversation == name)
            .order_by(TurnRow.id.desc())
            .limit(1)
        )
        with self._database.session(write=False) as session:
            return session.scalar(newest)

    def save(self, name: str, question: str, answer: Answer, turn: str) -> None:
        row = TurnRow(
            conversation=name,
            at=datetime.now(UTC),
            question=question,
            answer=answer.model_dump_json(),
            turn=turn,
        )
        with self._database.session(write=True) as session:
            session.add(row)

    def turns(self, name: str) -> list[tuple[str, Answer]]:
        """Questions and answers, oldest first."""
        query = select(TurnRow).where(TurnRow.conversation == name).order_by(TurnRow.id)
        with self._database.session(write=False) as session:
            return [
                (row.question, Answer.model_validate_json(row.answer))
                for row in session.scalars(query)
            ]

"""Conversations: each question with its answer, what a follow-up inherits, and what people
thought of the answer."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.errors import NotFound
from assistant.store.database import Database
from assistant.store.schema import FeedbackRow, TurnRow
from schemas.answers import Answer
from schemas.conversations import Conversation, Exchange, Feedback, Verdict


def _utc(at: datetime) -> datetime:
    """SQLite gives times back without their zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


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

    def save(self, name: str, question: str, answer: Answer, turn: str) -> int:
        """Keeps an exchange; its id is what :meth:`amend` and :meth:`rate` take."""
        row = TurnRow(
            conversation=name,
            at=datetime.now(UTC),
            question=question,
            answer=answer.model_dump_json(),
            turn=turn,
        )
        with self._database.session(write=True) as session:
            session.add(row)
            session.flush()
            return row.id

    def amend(self, turn: int, answer: Answer) -> None:
        """The same answer in better words takes the place of the one that was kept."""
        with self._database.session(write=True) as session:
            if row := session.get(TurnRow, turn):
                row.answer = answer.model_dump_json()

    def turns(self, name: str) -> list[Exchange]:
        """Questions and answers, oldest first, each with its newest verdict."""
        query = select(TurnRow).where(TurnRow.conversation == name).order_by(TurnRow.id)
        said = select(FeedbackRow).where(FeedbackRow.conversation == name).order_by(FeedbackRow.id)
        with self._database.session(write=False) as session:
            verdicts = {row.turn_id: row for row in session.scalars(said)}
            return [_exchange(row, verdicts.get(row.id)) for row in session.scalars(query)]

    def recent(self, limit: int = 100) -> list[Conversation]:
        """The conversations last gone on with, the newest first."""
        newest = func.max(TurnRow.id)
        groups = (
            select(
                func.min(TurnRow.id).label("first"), newest.label("last"), func.count().label("n")
            )
            .group_by(TurnRow.conversation)
            .order_by(newest.desc())
            .limit(limit)
            .subquery()
        )
        last = select(TurnRow.id, TurnRow.at).subquery()
        query = (
            select(TurnRow.conversation, TurnRow.question, groups.c.n, last.c.at)
            .join(groups, groups.c.first == TurnRow.id)
            .join(last, last.c.id == groups.c.last)
            .order_by(groups.c.last.desc())
        )
        with self._database.session(write=False) as session:
            return [
                Conversation(name=name, question=question, turns=n, at=_utc(at))
                for name, question, n, at in session.execute(query)
            ]

    def rate(self, turn: int, verdict: Verdict, *, who: str, reason: str = "") -> Feedback:
        """Adds a verdict on the turn with the id ``turn``. Raises :class:`NotFound`."""
        with self._database.session(write=True) as session:
            asked = session.get(TurnRow, turn)
            if asked is None:
                raise NotFound("decision.no_answer")
            history = _questions_before(session, asked)
            row = FeedbackRow(
                turn_id=turn,
                at=datetime.now(UTC),
                who=who,
                conversation=asked.conversation,
                turn=len(history) + 1,
                question=asked.question,
                status=Answer.model_validate_json(asked.answer).status,
                verdict=verdict,
                reason=reason,
            )
            session.add(row)
            session.flush()
            return _feedback(row, asked, history)

    def feedback(self) -> list[Feedback]:
        """The newest verdict of each person on each answer, oldest first."""
        newest = select(func.max(FeedbackRow.id)).group_by(FeedbackRow.turn_id, FeedbackRow.who)
        query = (
            select(FeedbackRow, TurnRow)
            .join(TurnRow, TurnRow.id == FeedbackRow.turn_id)
            .where(FeedbackRow.id.in_(newest))
            .order_by(FeedbackRow.id)
        )
        with self._database.session(write=False) as session:
            return [
                _feedback(row, asked, _questions_before(session, asked))
                for row, asked in session.execute(query).all()
            ]


def _questions_before(session: Session, asked: TurnRow) -> list[str]:
    return [
        *session.scalars(
            select(TurnRow.question)
            .where(TurnRow.conversation == asked.conversation, TurnRow.id < asked.id)
            .order_by(TurnRow.id)
        )
    ]


def _exchange(row: TurnRow, judged: FeedbackRow | None) -> Exchange:
    return Exchange.model_validate(
        {
            "id": row.id,
            "question": row.question,
            "answer": Answer.model_validate_json(row.answer),
            "verdict": judged.verdict if judged else None,
            "reason": judged.reason if judged else "",
        }
    )


def _feedback(row: FeedbackRow, asked: TurnRow, history: list[str]) -> Feedback:
    return Feedback.model_validate(
        {
            "id": row.id,
            "at": _utc(row.at),
            "who": row.who,
            "conversation": row.conversation,
            "turn": row.turn,
            "question": row.question,
            "status": row.status,
            "verdict": row.verdict,
            "reason": row.reason,
            "history": history,
            "answer": Answer.model_validate_json(asked.answer),
        }
    )

"""``jixiao feedback``: what people thought of answers, as questions for the evaluation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.review import open_assistant

if TYPE_CHECKING:
    from schemas.conversations import Feedback


@click.command()
@click.option("--json", "json_", is_flag=True, help="Print one question line (JSON) each.")
def feedback(json_: bool) -> None:
    """List the thumbs up and down that answers got, with their reasons."""
    from assistant.cli.output import clean

    with open_assistant() as assistant:
        found = assistant.feedback()
    for item in found:
        line = json.dumps(question_line(item), ensure_ascii=False) if json_ else _line(item)
        click.echo(line if json_ else clean(line))


def question_line(item: Feedback) -> dict[str, Any]:
    """A line of ``questions.jsonl``.

    An answer that was found good says what to expect: ``status``, ``values`` (numbers),
    ``contains`` (texts) and ``pages``; of one found bad only what was ``said`` is known.
    """
    from assistant.text.amounts import parse_amount

    values = [v.value for v in item.answer.values]
    said = {
        "status": item.status,
        "values": [plain for value in values if (plain := parse_amount(value))],
        "contains": [value for value in values if not parse_amount(value)],
        "pages": sorted({c.page for c in item.answer.citations}),
    }
    return {
        "id": f"feedback-{item.id}",
        "kind": "feedback",
        "question": item.question,
        "history": item.history,
        **(said if item.verdict == "up" else {}),
        "said": {**said, "answer": item.answer.answer},
        "verdict": item.verdict,
        "reason": item.reason,
        "who": item.who,
        "at": item.at.isoformat(timespec="seconds"),
        "conversation": item.conversation,
        "turn": item.turn,
    }


def _line(item: Feedback) -> str:
    reason = f"  ({item.reason})" if item.reason else ""
    return f"{item.at:%Y-%m-%d %H:%M}  {item.who}  {item.verdict}  {item.question}{reason}"

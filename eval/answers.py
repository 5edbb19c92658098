"""Scores answers: what ``jixiao ask --json`` says against ``questions.jsonl``.

The rules are those of the dataset's README: the status must agree, each value
must appear as a number (units and separators normalised), each name and
phrase must appear and none that must not, the cited pages must hold every
needed page. A wrong answer given as ``answered`` is confidently wrong, the
outcome that must not occur; a refusal where an answer was there is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from assistant.text.amounts import money_in
from assistant.text.folding import comparable
from schemas.answers import Answer

Outcome = Literal["right", "refused", "confidently_wrong"]
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


@dataclass(frozen=True)
class AnswerScore:
    """One question's score. Citation figures are None where the target names no page."""

    id: str
    kind: str
    outcome: Outcome
    problems: tuple[str, ...]
    citation_recall: float | None
    citation_precision: float | None
    status: str = ""
    wanted: str = ""  # the status that was right
    question: str = ""
    said: str = ""


def numbers_in(text: str) -> set[Decimal]:
    """Every number of ``text``, and every amount of money as yuan."""
    plain = {Decimal(n.replace(",", "")) for n in _NUMBER.findall(text)}
    return plain | {m.yuan for m in money_in(text)}


def _said(answer: Answer) -> str:
    values = " ".join(f"{v.label} {v.value}{v.unit}" for v in answer.values)
    return f"{answer.answer} {values}"


def _problems(target: Mapping[str, Any], answer: Answer) -> list[str]:
    if answer.status != target["status"]:
        return [f"status {answer.status}, not {target['status']}"]
    said = _said(answer)
    folded, numbers = comparable(said), numbers_in(said)
    problems = [f"no value {v}" for v in target.get("values", []) if Decimal(v) not in numbers]
    wanted = [*target.get("names", []), *target.get("contains", [])]
    problems += [f"does not say {w}" for w in wanted if comparable(w) not in folded]
    problems += [f"says {n}" for n in target.get("not_names", []) if comparable(n) in folded]
    any_of = target.get("any_of", [])
    if any_of and not any(comparable(a) in folded for a in any_of):
        problems.append(f"none of {any_of}")
    return problems


def score_answer(target: Mapping[str, Any], answer: Answer) -> AnswerScore:
    """Scores one answer against one line of ``questions.jsonl``."""
    problems = _problems(target, answer)
    needed, cited = set(target.get("pages", [])), {c.page for c in answer.citations}
    missing = needed - cited
    if missing and not problems:
        problems.append(f"does not cite page {sorted(missing)}")
    outcome: Outcome = "right"
    if problems:
        outcome = "confidently_wrong" if answer.status == "answered" else "refused"
    return AnswerScore(
        id=target["id"],
        kind=target["kind"],
        outcome=outcome,
        problems=tuple(problems),
        citation_recall=len(needed & cited) / len(needed) if needed else None,
        citation_precision=len(needed & cited) / len(cited) if needed and cited else None,
        status=answer.status,
        wanted=target["status"],
        question=target.get("question", ""),
        said=answer.answer,
    )

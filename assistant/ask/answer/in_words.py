"""A model's wording of what passages say, each sentence held to the passage it names.

The model may leave out and join; it may not add. What it says is checked by
:func:`stands`, which needs no model: a sentence that fails is left out, and the
quoted passages are shown below in any case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from assistant.ask.answer.guard import unsupported
from assistant.ask.query.llm import Asked
from assistant.errors import ModelError
from assistant.model import prompts
from assistant.text.folding import comparable
from schemas.answers import Answer
from schemas.queries import Operation, Query

_SHORT = 40  # characters: what is quoted needs no shorter word
_TOO_LONG = 1500
_SHORTER = 0.8
_MOST = 3  # sentences
_LONGEST = 120  # characters of one
_TOKENS = 260
_NEW = 0.15  # the share of a sentence's character pairs that may stand in no passage: its joints
_NOT = "不未无非没勿禁"
_NUMBER = re.compile(r"\d[\d.,]*[^\d.,，；;。]?")
_QUOTED = re.compile(r"[“《]([^”》]+)[”》]")
_CLAUSES = re.compile(r"[^\w.%]+")
_LATIN = re.compile(r"[a-z][a-z0-9.+-]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``source`` counts the passages from 1."""

    text: str
    source: int


def helps(answer: Answer, query: Query | None) -> bool:
    """Whether ``answer`` quotes passages that are long enough to be put in fewer words."""
    if query is None or query.operation is not Operation.PASSAGE or answer.status != "answered":
        return False
    return _SHORT < sum(len(c.quote) for c in answer.citations) < _TOO_LONG


def worded(question: str, answer: Answer, llm: Asked) -> Answer | None:
    """``answer``, which quotes passages, led by what the model says that they answer; None where
    that is nothing, or hardly shorter than the quotes."""
    quotes = [c.quote for c in answer.citations]
    sentences = word(question, quotes, llm)
    said = sum(len(s.text) for s in sentences)
    if not 0 < said < _SHORTER * sum(map(len, quotes)):
        return None
    lead = "".join(
        f"{s.text.rstrip('。；')}（第{answer.citations[s.source - 1].page}页）。" for s in sentences
    )
    made = answer.model_copy(update={"answer": f"{lead}\n{answer.answer}"})
    return None if unsupported(made) else made


def word(question: str, passages: Sequence[str], llm: Asked) -> list[Sentence]:
    """What the model says that ``passages`` answer, as far as they hold it; empty if the model
    fails or says nothing that stands there."""
    shown = prompts.fenced("\n".join(f"[{i}] {p}" for i, p in enumerate(passages, 1)))
    asked = prompts.fenced(question, "question")
    about = f"wording {hashlib.sha256(question.encode()).hexdigest()[:12]}"
    prompt = prompts.load("word_passages").render(about, question=asked, passages=shown)
    try:
        said: Any = llm.ask(prompt, _answer_of(len(passages)), _TOKENS)[0]
    except ModelError:
        return []
    made = [Sentence(s.text.strip(), s.source) for s in said.sentences[:_MOST]]
    return [s for s in made if s.text and stands(s.text, passages[s.source - 1])]


def _answer_of(count: int) -> type[BaseModel]:
    source: Any = Literal.__getitem__(tuple(range(1, count + 1)))
    forbid = ConfigDict(extra="forbid")
    sentence = create_model(
        "Sentence",
        __config__=forbid,
        source=(source, ...),
        text=(str, Field(max_length=_LONGEST)),
    )
    several: Any = list[sentence]  # type: ignore[valid-type]
    return create_model("Wording", __config__=forbid, sentences=(several, Field(max_length=_MOST)))


def stands(sentence: str, passage: str) -> bool:
    """Whether ``passage`` holds what ``sentence`` says: its numbers with what they are of, its
    names and quoted phrases, nearly all other words, and every "not" on the words it denies."""
    said, held = comparable(sentence).casefold(), comparable(passage).casefold()
    exact = (*_LATIN.findall(said), *_QUOTED.findall(said))
    if not all(phrase in held for phrase in exact) or not _counts_alike(said, held):
        return False
    clauses = [_pairs(clause) for clause in _CLAUSES.split(said)]
    new = [sum(pair not in held for pair in clause) for clause in clauses]
    if any(n and any(map(str.isdigit, "".join(c))) for n, c in zip(new, clauses, strict=True)):
        return False  # a figure and what it is of are not put together anew
    count = sum(map(len, clauses))
    return bool(count) and sum(new) <= _NEW * count and _denies_alike(said, held)


def _counts_alike(said: str, held: str) -> bool:
    """Every number stands there with what it counts: 15% is neither 15件 nor the end of 115%."""
    return all(
        re.search(rf"(?<![\d.]){re.escape(number)}", held) for number in _NUMBER.findall(said)
    )


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


def _denies_alike(said: str, held: str) -> bool:
    """超过 is not what 不超过 says, nor the other way round."""
    if any(said[i : i + 2] not in held for i, c in enumerate(said) if c in _NOT):
        return False
    denied = {held[i + 1 : i + 3] for i, c in enumerate(held) if c in _NOT}
    plain = {p for i, p in enumerate(_pairs(held)) if i == 0 or held[i - 1] not in _NOT}
    return not any(
        p in denied - plain and (i == 0 or said[i - 1] not in _NOT)
        for i, p in enumerate(_pairs(said))
    )

"""Who reads the questions how well: the rules alone, the model alone, both together; and what
the model says in its own words of the passages that answer.

``python -m eval.asking samples/booklet`` answers every question of a dataset from its recorded
responses, and prints what the second reader changed and how many passages were put in words.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.ask.answer.in_words import helps, worded
from assistant.ask.answering import Second, Turn, answer, execute
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.llm import Asked, read_question
from assistant.ask.second_opinion import query_of, read
from assistant.errors import JixiaoError, ModelError, UsageError
from assistant.findings.find import find
from assistant.reconcile.merge import reconcile
from assistant.settings import load_settings
from eval import run
from eval.answers import AnswerScore, score_answer
from eval.dataset import Dataset, load_dataset
from eval.shelf import Shelf
from schemas.answers import Answer


def shelf_of(dataset: Dataset) -> Shelf:
    """The records of a dataset's first PDF as the rules read them."""
    path = next((d for d in dataset.documents if d.suffix == ".pdf"), None)
    if path is None:
        raise UsageError("eval.no_pdf", folder=dataset.folder)
    log = run.read_document(path, None, with_model=False)
    records = [reconcile(path.stem, {"rules": reading}) for reading in log.rules]
    return Shelf(records, find(records))


def ask_all(
    questions: Sequence[Mapping[str, Any]], shelf: Shelf, second: Second | None = None
) -> dict[str, Answer]:
    """Every question's answer, follow-ups in the conversation that they follow."""
    return {key: made for key, (made, _) in _turns(questions, shelf, second).items()}


def _turns(
    questions: Sequence[Mapping[str, Any]], shelf: Shelf, second: Second | None = None
) -> dict[str, tuple[Answer, Turn]]:
    turns: dict[str, tuple[Answer, Turn]] = {}
    for target in questions:
        _, before = turns.get(target.get("follows", ""), (None, None))
        turns[target["id"]] = answer(target["question"], shelf, second, before)
    return turns


def in_words(
    questions: Sequence[Mapping[str, Any]], shelf: Shelf, model: Asked
) -> dict[str, Answer | None]:
    """Of each question that long passages answer, the answer led by the model's words; None
    where what it said does not stand there, or says no less."""
    turns, asked = _turns(questions, shelf), {q["id"]: q["question"] for q in questions}
    return {
        key: worded(asked[key], made, model)
        for key, (made, turn) in turns.items()
        if helps(made, turn.query)
    }


def alone(question: str, catalog: Catalog, shelf: Shelf, model: Asked) -> Answer:
    """What the model's own reading of a question gives; a refusal where it names no cell."""
    refusal = Answer(status="not_found", answer="")
    try:
        proposal = read_question(question, catalog, model)
    except ModelError:
        return refusal
    if proposal is None or proposal.operation is None:
        return Answer(status="out_of_scope", answer="")
    query = query_of(proposal, read(question, catalog), question)
    return execute(query, catalog, shelf) if query else refusal


def _count(scores: Sequence[AnswerScore]) -> str:
    counts = Counter(s.outcome for s in scores)
    return " | ".join(str(counts[o]) for o in ("right", "refused", "confidently_wrong"))


RULES, MODEL, BOTH = "rules alone", "model alone", "both, every question"


def accounts(
    questions: Sequence[Mapping[str, Any]], shelf: Shelf, model: Asked
) -> dict[str, dict[str, Answer]]:
    """Every question's answer, by who reads it."""
    catalog = Catalog(shelf.records(), {})
    return {
        RULES: ask_all(questions, shelf),
        MODEL: {q["id"]: alone(q["question"], catalog, shelf, model) for q in questions},
        "both, the model where the rules are unsure": ask_all(questions, shelf, Second(model)),
        BOTH: ask_all(questions, shelf, Second(model, always=True)),
    }


def compare(dataset: Dataset, model: Asked) -> None:
    """Prints the outcomes by reader, and each question that the second reader changed."""
    shelf, questions = shelf_of(dataset), dataset.questions
    answers = accounts(questions, shelf, model)
    print(f"{dataset.name}: {len(questions)} questions")
    print("reader | right | refused | confidently wrong")
    scores = {k: [score_answer(q, a[q["id"]]) for q in questions] for k, a in answers.items()}
    for name, scored in scores.items():
        print(f"{name} | {_count(scored)}")
    first, last = answers[RULES], answers[BOTH]
    for target, score in zip(questions, scores[BOTH], strict=True):
        was, now = first[target["id"]], last[target["id"]]
        if was != now:
            offered = f" offers {now.choices}" if now.choices != was.choices else ""
            print(f"{target['id']} {target['question']}: {was.status} -> {now.status}, "
                  f"{score.outcome}{offered}: {now.answer[:60]!r}")  # fmt: skip
    words = in_words(questions, shelf, model)
    led = {key: made for key, made in words.items() if made}
    print(f"{len(words)} answers quote long passages; {len(led)} of them the model puts in words")
    for key, made in led.items():
        print(f"{key} {made.answer.splitlines()[0]}")


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        for folder in sys.argv[1:] if arguments is None else arguments:
            dataset, settings = load_dataset(Path(folder)), load_settings()
            model = run.open_model(settings, run.recordings_for(dataset, settings), live=False)
            if model is not None:
                compare(dataset, model)
    except JixiaoError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Records the model's responses for a document: ``python -m eval.record samples``.

Says beforehand how long it will take, writes one cassette a form, and can be
stopped and started again: what is recorded is not asked again. A folder is a
dataset, of which the questions are recorded; ``samples`` does both.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from assistant.errors import JixiaoError, ModelNonsense, ModelUnavailable, UsageError
from assistant.model import client
from assistant.model.prompts import Prompt
from assistant.model.recordings import Replay, prune, recording
from assistant.pages import document as pages
from assistant.readers.model import reader as llm_reader
from assistant.segmentation.forms import find_forms
from assistant.settings import load_settings
from eval import asking
from eval.dataset import Dataset, load_dataset
from eval.shelf import Shelf
from schemas.geometry import Document
from schemas.readings import FormSpan, Usage

ROOT = Path(__file__).resolve().parents[1]
SECONDS_A_QUESTION = 12  # on two cores that do nothing else
SECONDS_A_READING = 2  # of a user's question
T = TypeVar("T", bound=BaseModel)


@dataclass
class Tally:
    """A model that only counts which questions have no recording yet."""

    recorded: client.Llm | None
    missing: list[str] = field(default_factory=list)
    asked: int = 0

    def ask(
        self, prompt: Prompt, response_model: type[T], max_tokens: int = 512
    ) -> tuple[T, Usage]:
        self.asked += 1
        if self.recorded is not None:
            try:
                return self.recorded.ask(prompt, response_model, max_tokens)
            except ModelUnavailable:
                pass
        self.missing.append(prompt.about)
        raise ModelNonsense("eval.not_recorded")


def missing(document: Document, span: FormSpan, cassette: Path) -> Tally:
    """Which of the form's questions the cassette does not answer."""
    recorded = client.open_recorded(Replay([cassette])) if cassette.exists() else None
    tally = Tally(recorded)
    llm_reader.read_form(document.pages, span, tally)
    return tally


def _model() -> client.Llm:
    model = client.open_model(load_settings())
    if model is None:
        raise UsageError("eval.no_model")
    return model


def record(path: Path, folder: Path) -> None:
    """Records every form of the document ``path`` into ``folder``, one cassette a form."""
    document = pages.read_document(path)
    spans = find_forms(document.pages).forms
    todo = {s.form_id: missing(document, s, folder / f"{s.form_id}.json") for s in spans}
    open_questions = sum(len(t.missing) for t in todo.values())
    minutes = open_questions * SECONDS_A_QUESTION / 60
    print(
        f"{path.name}: {open_questions} of {sum(t.asked for t in todo.values())} questions are "
        f"to be asked; about {minutes:.0f} minutes on two free cores.",
        flush=True,
    )
    model = _model()
    for span in spans:
        cassette = folder / f"{span.form_id}.json"
        if todo[span.form_id].missing:
            with recording(cassette):
                reading = llm_reader.read_form(document.pages, span, model)
            spent = reading.usage or Usage()
            print(f"  {span.form_id}: {spent.calls} calls, {spent.seconds:.0f} s", flush=True)
        replay = Replay([cassette])
        llm_reader.read_form(document.pages, span, client.open_recorded(replay))
        prune(cassette, replay.played)
    for cassette in sorted(folder.glob("*.json")):
        if cassette.stem not in todo:
            cassette.unlink()


def record_questions(folder: Path, cassette: Path) -> None:
    """Records both of the model's choices for each question of the dataset ``folder``, and its
    words for the passages that answer."""
    dataset = load_dataset(folder)
    shelf = asking.shelf_of(dataset)
    print(
        f"{dataset.name}: {len(dataset.questions)} questions; about "
        f"{len(dataset.questions) * SECONDS_A_READING / 60:.0f} minutes on two free cores.",
        flush=True,
    )
    model = _model()
    with recording(cassette):
        _ask(dataset, shelf, model)
    replay = Replay([cassette])
    _ask(dataset, shelf, client.open_recorded(replay))
    prune(cassette, replay.played)


def _ask(dataset: Dataset, shelf: Shelf, model: client.Llm) -> None:
    """Every call that the questions of a dataset can make."""
    asking.accounts(dataset.questions, shelf, model)
    asking.in_words(dataset.questions, shelf, model)


def targets(arguments: Sequence[str]) -> list[tuple[Path, Path]]:
    """``samples``, any document or dataset, whose recordings go to ``eval/recordings/<name>``;
    of a dataset (a folder) the questions."""
    if not arguments:
        raise UsageError("eval.no_target")
    samples, own = ROOT / "samples", ROOT / "eval" / "recordings"
    found: list[tuple[Path, Path]] = []
    for name in arguments:
        path = Path(name)
        if name == "samples":
            booklet = samples / "booklet"
            found += [(booklet / "booklet.pdf", samples / "recordings" / "booklet")]
            path = booklet
        is_folder = path.is_dir()
        place = own / path.resolve().name / "questions.json" if is_folder else own / path.stem
        found.append((path, place))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        for path, place in targets(sys.argv[1:] if arguments is None else arguments):
            if path.is_dir():
                record_questions(path, place)
            else:
                record(path, place)
    except JixiaoError as error:
        print(f"Error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped; the same command goes on from here.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

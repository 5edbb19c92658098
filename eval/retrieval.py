"""How well the page that answers is found: ``python -m eval.retrieval``.

Beside each other in one run: BM25 over character bigrams, the dense model, equal-weight rank
fusion of both, and the product's own retrieval in its one configuration. All rank the same
passages with the same vectors; BM25 has each with its project's name and its label in front,
since it knows no other way to a project. Pages count, not passages.

Nearly all the time goes into embedding; the index stays in ``--home``, so that a second run is
faster. Milliseconds are of this machine at this hour: compare them within a run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.ask.answer.passages import retrieve
from assistant.ask.query.catalog import Catalog
from assistant.search.bm25 import Bm25, best
from assistant.search.index import Index
from assistant.search.passages import Hit, Passage
from assistant.settings import load_settings
from eval.retrieval_sets import (
    Corpus,
    Place,
    Question,
    lookups,
    place_of,
    read_labels,
    with_paraphrased,
)
from schemas.forms import FORMS

Ranking = list[Place]
Method = Callable[[str], Ranking]
_ROOT = Path(__file__).resolve().parents[1]
_DEPTH = 200  # passages that a method may rank
_K = 60  # of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009)


@dataclass
class Figures:
    """Of one method on one kind of question."""

    questions: int = 0
    first: int = 0
    within_five: int = 0
    reciprocal: float = 0.0

    def count(self, ranking: Ranking, right: Collection[Place]) -> None:
        at = next((n for n, place in enumerate(ranking, 1) if place in right), None)
        self.questions += 1
        if at is not None:
            self.first += at == 1
            self.within_five += at <= 5
            self.reciprocal += 1 / at

    def __str__(self) -> str:
        n = self.questions
        share = f"{self.first / n:6.1%} | {self.within_five / n:6.1%}"
        return f"{n:4d} | {share} | {self.reciprocal / n:.3f}"


class Baselines:
    """BM25 over passages with name and label in front, dense retrieval, and their fusion."""

    def __init__(self, corpus: Corpus, index: Index) -> None:
        self._index = index
        self._places = {p.id: place_of(p) for p in corpus.passages}
        self._bm25 = Bm25()
        for passage in corpus.passages:
            self._bm25.add(passage.id, _titled(passage, corpus))

    def bm25(self, question: str) -> Ranking:
        return self._pages(self._by_words(question))

    def dense(self, question: str) -> Ranking:
        return self._pages(self._by_vectors(question))

    def fusion(self, question: str) -> Ranking:
        scores: dict[str, float] = defaultdict(float)
        for ranked in (self._by_words(question), self._by_vectors(question)):
            for at, key in enumerate(ranked, 1):
                scores[key] += 1 / (_K + at)
        return self._pages(best(scores, _DEPTH))

    def _by_words(self, question: str) -> Sequence[str]:
        return best({k: s for k, (s, _) in self._bm25.scores(question).items()}, _DEPTH)

    def _by_vectors(self, question: str) -> Sequence[str]:
        return [hit.passage.id for hit in self._index.near(question, _DEPTH)]

    def _pages(self, keys: Sequence[str]) -> Ranking:
        return list(dict.fromkeys(self._places[k] for k in keys))


def _titled(passage: Passage, corpus: Corpus) -> str:
    form = corpus.form_types[passage.document_id, passage.form_id]
    return f"{passage.project}：{FORMS[form].field(passage.field).label}：{passage.text}"


def own_method(corpus: Corpus, index: Index) -> Method:
    """The product's retrieval."""
    catalog = Catalog(corpus.records)

    def search(
        query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]:
        return index.search(query, form_keys=form_keys, k=k)

    def ranked(question: str) -> Ranking:
        hits = retrieve(question, catalog, search, k=20)
        return list(dict.fromkeys(place_of(h.passage) for h in hits))

    return ranked


def measure(
    method: Method, questions: Sequence[Question], misses: bool = False
) -> tuple[dict[str, Figures], float]:
    """Figures by kind of question, and the median milliseconds a question."""
    figures: dict[str, Figures] = defaultdict(Figures)
    times: list[float] = []
    for question in questions:
        start = time.perf_counter()
        ranking = method(question.text)
        times.append(time.perf_counter() - start)
        figures[question.kind].count(ranking, question.pages)
        if misses and question.pages.isdisjoint(ranking[:1]):
            print(f"  missed: {question.kind}: {question.text} {sorted(question.pages)}")
    return figures, statistics.median(times) * 1000


def compare(
    corpus: Corpus, questions: Sequence[Question], home: Path, misses: bool = False
) -> None:
    """Prints the table. The index, and with it the vectors, stays in ``home``."""
    index = Index(load_settings(home=home, chroma_url=None))
    index.add(corpus.passages)
    baselines = Baselines(corpus, index)
    methods = {
        "BM25, bigrams": baselines.bm25,
        "dense": baselines.dense,
        "rank fusion": baselines.fusion,
        "ours": own_method(corpus, index),
    }
    print("method        | kind                |    n |  first | in five| MRR   | p50 ms")
    for name, method in methods.items():
        figures, median = measure(method, questions, misses and name == "ours")
        for kind, one in figures.items():
            print(f"{name:13} | {kind:19} | {one} | {median:.0f}")


def narratives(folder: Path, corpus: Corpus) -> list[Question]:
    """The questions of a labelled folder that its texts answer."""
    lines = (folder / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [q for q in map(json.loads, lines) if q["kind"] == "narrative" and q.get("pages")]
    document = corpus.records[0].document_id
    return [
        Question(q["question"], "narrative", frozenset((document, p) for p in q["pages"]))
        for q in asked
    ]


def generated(forms: int, seed: int, folder: Path) -> Path:
    """Labels of invented forms in all layouts, as the sample generator writes them."""
    options = ["--forms", str(forms), "--seed", str(seed), "--layouts", "all"]
    command = [sys.executable, "-m", "samples.generate", *options, "--out", str(folder)]
    subprocess.run(command, cwd=_ROOT, check=True)
    return folder


def main(argv: Sequence[str]) -> None:
    """Measures on generated forms, and on labelled folders if any are named."""
    parser = argparse.ArgumentParser(prog="eval.retrieval", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="with gold/ and questions.jsonl")
    parser.add_argument("--forms", type=int, default=200)
    parser.add_argument("--lookups", type=int, default=480)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--home", type=Path, default=Path(tempfile.gettempdir()) / "jixiao-retrieval"
    )
    parser.add_argument("--misses", action="store_true", help="name what ours does not put first")
    args = parser.parse_args(argv)
    for folder in args.folders:
        corpus = Corpus(read_labels(folder))
        asked = narratives(folder, corpus)
        print(f"{folder}: {len(corpus.records)} forms, {len(corpus.passages)} passages")
        compare(corpus, asked, args.home / folder.resolve().name, args.misses)
    home = args.home / f"{args.forms}-{args.seed}"
    records = read_labels(generated(args.forms, args.seed, home / "forms"))
    records, paraphrased = with_paraphrased(records, args.seed)
    corpus = Corpus(records)
    print(f"{len(records)} forms, {len(corpus.passages)} passages")
    asked = [*lookups(corpus, args.seed, args.lookups), *paraphrased]
    compare(corpus, asked, home, args.misses)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Questions to measure retrieval with, and the records that answer them. Deterministic by seed.

Lookups name a project (in full, shortened or with a slip of the pen) and ask what a passage of
it says, by words of the passage or by its label; or they ask which project's texts hold words.
The forms are labels in the format of
``FORMAT.md``, as ``samples.generate`` writes them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from assistant.export.form_json import record_of_labels
from assistant.search.passages import Passage, passages_of
from assistant.text.bigrams import squeeze
from eval.retrieval_synonyms import Paraphrase, paraphrases
from schemas.forms import FormType
from schemas.records import Record

Kind = Literal["lookup", "synonym", "synonym, held out", "colloquial", "narrative"]
Place = tuple[str, int]  # document, page
PARAPHRASED = "paraphrased"  # the document of the paraphrases' forms
NAMINGS = ("full", "short", "slip", "none")

_BY_WORDS = (
    "关于{words}，{name}是怎么写的？",
    "{name}里怎么说{words}？",
    "{name}对{words}有什么安排？",
    "{name}的材料里有没有提到{words}？",
)
_WHICH = ("哪个项目提到了{words}？", "哪些项目的材料写了{words}？")
_BY_LABEL = ("{name}的{label}是什么？", "{name}的{label}怎么写的？")
_LABELS = {
    "basis": ("设立依据", "立项依据"),
    "overview": ("项目概述", "项目内容"),
    "overall_goal": ("总体目标", "总体绩效目标"),
    "annual_goal": ("年度目标", "年度绩效目标"),
}
_SUFFIX = re.compile(
    r"((服务采购|建设)?项目|平台|工程|服务)?([（(].*?[)）])?((服务采购|建设)?项目|平台)?$"
)
_PREFIX = re.compile(r"^“[^”]*”—")
_MARKS = re.compile(r"\d+[个名次小第]?|[^\u4e00-\u9fff]+|[的和与并对为及]")
_WORDS = range(4, 13)  # characters of what is asked about
_SLIPS = "地的得在再做作像象己已戴带座坐账帐园圆"


@dataclass(frozen=True, slots=True)
class Question:
    """``pages`` are the places of the passages that answer; ``naming`` how it names a project."""

    text: str
    kind: Kind
    pages: frozenset[Place]
    naming: str = ""


@dataclass(frozen=True)
class Corpus:
    records: Sequence[Record]

    @cached_property
    def passages(self) -> list[Passage]:
        return [p for r in self.records for p in passages_of(r)]

    @cached_property
    def form_types(self) -> dict[tuple[str, str], FormType]:
        return {(r.document_id, r.form_id): r.form_type for r in self.records}

    @cached_property
    def names(self) -> list[str]:
        return sorted({squeeze(r.name) for r in self.records})


def place_of(passage: Passage) -> Place:
    return passage.document_id, passage.evidence.page if passage.evidence else 0


def read_labels(folder: Path) -> list[Record]:
    """The records of a labelled folder, or of all that lie in it."""
    folders = [folder] if (folder / "gold").is_dir() else sorted(folder.iterdir())
    return [
        record_of_labels(f.name, json.loads(p.read_text("utf-8")))
        for f in folders
        for p in sorted((f / "gold").glob("*.json"))
    ]


def with_paraphrased(records: Sequence[Record], seed: int) -> tuple[list[Record], list[Question]]:
    """``records`` and a form for each paraphrase, its sentence within an overview of theirs."""
    rng = random.Random(f"paraphrases/{seed}")
    texts = [str(c.value) for r in records if (c := r.fields.get("overview")) and c.value]
    clauses = sorted({c for t in texts for c in re.split(r"[；。\n]", t) if 12 <= len(c) <= 40})
    made = [_paraphrased(n, p, rng.sample(clauses, 2)) for n, p in enumerate(paraphrases(), 1)]
    asked: list[Question] = []
    for paraphrase, record in zip(paraphrases(), made, strict=True):
        page = frozenset({(record.document_id, record.pages[0])})
        kind: Kind = "synonym, held out" if paraphrase.held_out else "synonym"
        asked.append(Question(paraphrase.question, kind, page))
        asked.append(Question(paraphrase.colloquial, "colloquial", page))
    return [*records, *made], asked


def _paraphrased(number: int, paraphrase: Paraphrase, clauses: Sequence[str]) -> Record:
    """The sentence stands among clauses that other forms hold as well."""
    before, after = clauses
    overview = f"{before}；{paraphrase.sentence}；{after}。"
    label = {
        "form_id": f"p{number:02d}",
        "pages": [number],
        "form_type": "secondary_project",
        "fields": {
            "name": {"value": paraphrase.project, "page": number},
            "overview": {"value": overview, "page": number},
        },
    }
    return record_of_labels(PARAPHRASED, label)


def lookups(corpus: Corpus, seed: int, count: int) -> list[Question]:
    """``count`` lookups; the ways of naming take turns, and every fourth asks by a label."""
    rng = random.Random(f"lookups/{seed}")
    pool = [p for p in corpus.passages if p.field in _LABELS]
    generated = [p for p in pool if p.document_id != PARAPHRASED]
    found: dict[str, Question] = {}
    for number in range(count * 20):
        if len(found) == count:
            break
        naming = NAMINGS[len(found) % len(NAMINGS)]
        if naming == "none":
            made = _search(rng, rng.choice(pool), corpus)
        else:
            made = _lookup(rng, rng.choice(generated), corpus, naming, number % 4 == 3)
        if made:
            found.setdefault(made.text, made)
    return list(found.values())


def _search(rng: random.Random, passage: Passage, corpus: Corpus) -> Question | None:
    words = _words_of(rng, passage)
    right = [p for p in corpus.passages if squeeze(words) in squeeze(p.text)]
    text = rng.choice(_WHICH).format(words=words)
    return Question(text, "lookup", frozenset(map(place_of, right)), "none") if words else None


def _lookup(
    rng: random.Random, passage: Passage, corpus: Corpus, naming: str, by_label: bool
) -> Question | None:
    name = _named(rng, passage.project, corpus.names, naming)
    words = _words_of(rng, passage)
    if not name or not (words or by_label):
        return None
    own = [p for p in corpus.passages if squeeze(p.project) == squeeze(passage.project)]
    if by_label:
        label = rng.choice(_LABELS[passage.field])
        text = rng.choice(_BY_LABEL).format(name=name, label=label)
        right = [p for p in own if p.field == passage.field]
    else:
        text = rng.choice(_BY_WORDS).format(name=name, words=words)
        right = [p for p in own if squeeze(words) in squeeze(p.text)]
    return Question(text, "lookup", frozenset(map(place_of, right)), naming)


def _words_of(rng: random.Random, passage: Passage) -> str:
    """Words of a passage, between two marks, that do not stand in its project's name."""
    name = squeeze(passage.project)
    runs = (w.removeprefix(name[:3]) for w in _MARKS.split(passage.text))
    fit = [w for w in runs if len(w) in _WORDS and not _shares(w, name)]
    return rng.choice(fit) if fit else ""


def _shares(words: str, name: str) -> bool:
    return any(words[i : i + 4] in name for i in range(len(words) - 3))


def _named(rng: random.Random, name: str, names: Sequence[str], naming: str) -> str:
    """``name`` as staff may write it, or nothing where that would fit another project as well."""
    if naming == "full":
        return name
    if naming == "short":
        short = _shortened(name)
        fits = [n for n in names if _is_within(squeeze(short), n)]
        return short if fits == [squeeze(name)] and short != name else ""
    slip = _slip(rng, _PREFIX.sub("", name))
    own = _distance(squeeze(slip), squeeze(_PREFIX.sub("", name)))
    others = (_distance(squeeze(slip), n) for n in names if n != squeeze(name))
    return slip if own < min(others, default=99) else ""


def _shortened(name: str) -> str:
    bare = _SUFFIX.sub("", _PREFIX.sub("", name))
    return re.sub(r"^(\w\w)市", r"\1", bare)


def _slip(rng: random.Random, name: str) -> str:
    """One character of the middle left out, doubled, replaced, or exchanged with the next."""
    at = rng.randrange(3, max(len(_shortened(name)), 5))
    changed = {
        "out": name[:at] + name[at + 1 :],
        "double": name[:at] + name[at] + name[at:],
        "other": name[:at] + rng.choice(_SLIPS) + name[at + 1 :],
        "exchange": name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
    }
    return changed[rng.choice(sorted(changed))]


def _is_within(short: str, name: str) -> bool:
    """Whether the characters of ``short`` stand in ``name`` in order."""
    rest = iter(name)
    return all(char in rest for char in short)


def _distance(one: str, other: str) -> int:
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(one, other))

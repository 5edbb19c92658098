"""Long texts → passages, and the exact-word half of retrieval. Pure.

Words are character bigrams, which need no dictionary and find two-character words, which most
Chinese words are. BM25 is Robertson and Zaragoza's (2009), with k1 = 1.2 and b = 0.75.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.text import comparable
from schemas.forms import FORMS, Kind
from schemas.readings import Evidence
from schemas.records import Cell, Record

# Characters up to which sentences share a passage. A vector of one sentence finds what that
# sentence says in other words; one of a paragraph among ten alike ones does not.
CHUNK = 16
_WORTH_FINDING = 8  # shorter ones ("-", "审核通过") are found as fields
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+$")
# Marks that staff leave out or type differently when they name a thing.
_LEFT_OUT = re.compile("[\"'“”‘’「」『』《》<>〈〉\\[\\]()（）{}·•—–\\-_|\\s]")
_YEAR_AND_NUMBER = re.compile(r"((?:19|20)\d\d)(\d{1,4})")  # of 〔2018〕45号, squeezed


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a long text with the cell it stands in."""

    document_id: str
    form_id: str
    project: str
    field: str
    number: int
    text: str
    evidence: Evidence | None = None

    @property
    def id(self) -> str:
        key = f"{self.document_id}/{self.form_id}/{self.field}/{self.number}"
        return hashlib.sha256(f"{key}/{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how well it fits, from 0 to about 1; ``lexical`` is the share of the
    query's words, weighted by rarity, that stand in it."""

    passage: Passage
    score: float
    lexical: float


@lru_cache(maxsize=1 << 16)
def squeeze(text: str) -> str:
    """Comparable text in lower case without quotation marks, brackets and dashes."""
    return _LEFT_OUT.sub("", comparable(text)).lower()


def words_of(table: str) -> frozenset[str]:
    """The words of a table written as running text."""
    return frozenset(table.split())


def sentences(text: str) -> list[str]:
    """The sentences and list items of ``text``, verbatim, in order."""
    return [s.strip() for s in _SENTENCE.findall(text) if s.strip(" \n。；")]


def chunks(text: str, size: int = CHUNK) -> list[str]:
    """``text`` cut between sentences into pieces of about ``size`` characters."""
    out: list[str] = []
    for sentence in _SENTENCE.findall(text):
        if out and len(out[-1]) + len(sentence) <= size:
            out[-1] += sentence
        else:
            out.append(sentence)
    return [piece.strip() for piece in out if piece.strip()]


def long_texts(record: Record) -> Iterator[tuple[str, str, Cell]]:
    """Field, label and cell of every long text that is filled in."""
    for field in FORMS[record.form_type].fields:
        cell = record.fields.get(field.name)
        if field.kind is Kind.LONG_TEXT and cell and isinstance(cell.value, str):
            yield field.name, field.label, cell


def passages_of(record: Record) -> list[Passage]:
    """A record's long texts as passages."""
    return [
        Passage(record.document_id, record.form_id, record.name, name, number, piece, cell.evidence)
        for name, _, cell in long_texts(record)
        for number, piece in enumerate(chunks(str(cell.value)))
        if len(piece) >= _WORTH_FINDING
    ]


def grams(text: str) -> list[str]:
    """Character bigrams of Chinese, whole words of digits and Latin letters."""
    out: list[str] = []
    for run in re.findall(r"[a-z0-9.]+|[^\W\da-z_]+", squeeze(text)):
        if run[0].isascii():
            out.append(run)
            if m := _YEAR_AND_NUMBER.fullmatch(run):
                out.extend(m.groups())
        else:
            out.extend(run[i : i + 2] for i in range(len(run) - 1))
            if len(run) == 1:
                out.append(run)
    return out


class Bm25:
    """An inverted index over keyed texts."""

    def __init__(self, k1: float = 1.2, b: float = 0.75) -> None:
        self._k1, self._b = k1, b
        self._postings: dict[str, dict[str, int]] = defaultdict(dict)
        self._lengths: dict[str, int] = {}
        self._total = 0

    def add(self, key: str, text: str) -> None:
        self.remove([key])
        counts = Counter(grams(text))
        for gram, count in counts.items():
            self._postings[gram][key] = count
        self._lengths[key] = sum(counts.values())
        self._total += self._lengths[key]

    def remove(self, keys: Iterable[str]) -> None:
        gone = {key for key in keys if key in self._lengths}
        if not gone:
            return
        for postings in self._postings.values():
            for key in gone & postings.keys():
                del postings[key]
        self._total -= sum(self._lengths.pop(key) for key in gone)

    def weight(self, gram: str) -> float:
        """How rare a gram is; highest for one that no text holds."""
        n, df = len(self._lengths), len(self._postings.get(gram, ()))
        return math.log(1 + (n - df + 0.5) / (df + 0.5))

    def scores(self, query: str, allowed: set[str] | None = None) -> dict[str, tuple[float, float]]:
        """BM25 score and weighted share of the query's grams for every text that shares one."""
        wanted = set(grams(query))
        whole = sum(self.weight(g) for g in wanted) or 1.0
        mean = self._total / max(len(self._lengths), 1) or 1.0
        found: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for gram in wanted:
            weight = self.weight(gram)
            for key, tf in self._postings.get(gram, {}).items():
                if allowed is not None and key not in allowed:
                    continue
                norm = self._k1 * (1 - self._b + self._b * self._lengths[key] / mean)
                score, share = found[key]
                gained = weight * tf * (self._k1 + 1) / (tf + norm)
                found[key] = (score + gained, share + weight / whole)
        return dict(found)


def best(scores: dict[str, float], k: int) -> Sequence[str]:
    """The ``k`` keys with the highest scores, ties by key."""
    return sorted(scores, key=lambda key: (-scores[key], key))[:k]

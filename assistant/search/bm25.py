"""The exact-word half of retrieval. Pure.

BM25 over character bigrams (:mod:`assistant.text.bigrams`), as in Robertson and Zaragoza (2009),
with k1 = 1.2 and b = 0.75.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from assistant.text.bigrams import grams


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

"""Which stored projects a question names, in full or by a part of the name. Pure.

Staff call 云川市河道水质在线监测平台建设项目 "河道水质平台": pieces of the name, run together.
Such a run is found by the name's own character bigrams; a bigram counts by how few names hold
it, so that 平台 and 项目 name nothing and 水质 names one project.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from assistant.ask.query.catalog import Catalog
from assistant.text.bigrams import squeeze

_ENOUGH = 0.6  # the least weight a mention needs: one bigram that few names hold
_TIE = 0.3  # names closer than this are not told apart
_CANDIDATES = 40
_GAP = 2  # characters between two pieces of one name: 智慧路灯(的)节能改造
_MOST = 6  # mentions in one question
_YEAR = re.compile(r"(19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Mention:
    """Names that one stretch of the question can mean; more than one is ambiguous.

    ``spans`` are (start, end) in the squeezed question; ``share`` is how much of the name's
    weight the question gives, 1 for a whole name.
    """

    names: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    score: float
    share: float

    @property
    def start(self) -> int:
        return self.spans[0][0]


@dataclass(frozen=True, slots=True)
class _Fit:
    name: str
    spans: tuple[tuple[int, int], ...]
    score: float
    exact: bool


def find_mentions(text: str, catalog: Catalog, blocked: set[int] | None = None) -> list[Mention]:
    """The mentions in ``text`` (squeezed), best first; characters in ``blocked`` are taken."""
    taken = set(blocked or ())
    found: list[Mention] = []
    for _ in range(_MOST):
        fits = _fits(text, catalog, taken)
        if not fits or fits[0].score < _ENOUGH:
            break
        rivals = _of_place([f for f in fits if _rivals(f, fits[0])], text, catalog)
        best = rivals[0]
        own = sum(catalog.gram_weight(g) for g in _grams(catalog.name_keys[best.name])) or 1.0
        share = 1.0 if best.exact else min(best.score / own, 0.99)
        names = tuple(f.name for f in rivals)
        if all(names != m.names for m in found):
            found.append(Mention(names, best.spans, best.score, share))
        taken |= {i for start, end in best.spans for i in range(start, end)}
    return found


def _of_place(rivals: list[_Fit], text: str, catalog: Catalog) -> list[_Fit]:
    """Of names that differ in the city, those of the city that the question names."""
    asked = [p for p in catalog.places if p in text]
    there = [f for f in rivals if any(p in catalog.name_keys[f.name] for p in asked)]
    return there or rivals


def _grams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _rivals(fit: _Fit, best: _Fit) -> bool:
    if fit is best:
        return True
    if best.exact and not fit.exact:
        return False
    return best.score - fit.score < _TIE and _covers(fit) & _covers(best) != set()


def _covers(fit: _Fit) -> set[int]:
    return {i for start, end in fit.spans for i in range(start, end)}


def _fits(text: str, catalog: Catalog, taken: set[int]) -> list[_Fit]:
    free = [i for i in range(len(text) - 1) if i not in taken and i + 1 not in taken]
    free = [i for i in free if not _in_year(text, i)]
    totals: dict[str, float] = defaultdict(float)
    for gram in {text[i : i + 2] for i in free}:
        weight = catalog.gram_weight(gram)
        if weight > 0.2:
            for name in catalog.names_of_gram.get(gram, ()):
                totals[name] += weight
    likely = sorted(totals, key=lambda n: (-totals[n], len(n), n))[:_CANDIDATES]
    fits = [_fit(name, text, free, catalog) for name in likely]
    return sorted(
        (f for f in fits if f.spans),
        key=lambda f: (-f.exact, -f.score, len(f.name)) if f.exact else (0, -f.score, len(f.name)),
    )


def _in_year(text: str, i: int) -> bool:
    """Digits of a year name no project: 23 of 2023."""
    return bool(_YEAR.match(text, max(i - 2, 0)) or _YEAR.match(text, i))


def _fit(name: str, text: str, free: list[int], catalog: Catalog) -> _Fit:
    key = catalog.name_keys[name]
    own = _grams(key)
    starts = [i for i in free if text[i : i + 2] in own]
    runs: list[list[int]] = []
    for i in starts:
        # Runs that touch are one mention: 河道水质|平台.
        if runs and i <= runs[-1][1]:
            runs[-1][1] = i + 2
        else:
            runs.append([i, i + 2])
    kept, seen = _telling(runs, text, own, catalog)
    score = sum(catalog.gram_weight(g) for g in seen)
    at = text.find(key)
    exact = at >= 0 and len(key) > 2 and set(range(at, at + len(key) - 1)) <= set(free)
    if exact:
        kept, score = [(at, at + len(key))], score + len(key)
    return _Fit(name, tuple(kept), score, exact)


def _telling(
    runs: list[list[int]], text: str, own: set[str], catalog: Catalog
) -> tuple[list[tuple[int, int]], set[str]]:
    """The weightiest run, and those right beside it that tell something more; their bigrams."""

    def weight(grams: set[str]) -> float:
        return sum(catalog.gram_weight(g) for g in grams)

    order = sorted(runs, key=lambda r: -weight(_grams(text[r[0] : r[1]]) & own))
    if not order:
        return [], set()
    kept = [(order[0][0], order[0][1])]
    seen = _grams(text[kept[0][0] : kept[0][1]]) & own
    for start, end in order[1:]:
        new = (_grams(text[start:end]) & own) - seen
        beside = any(0 <= start - b <= _GAP or 0 <= a - end <= _GAP for a, b in kept)
        if beside and weight(new) >= _ENOUGH:
            kept.append((start, end))
            seen |= new
    return sorted(kept), seen


_RANGE_IN_NAME = re.compile(r"[(（](?P<years>20\d\d年?\s*[-—–－~～至到]+\s*20\d\d年?)[)）]")
_PLACE = 0xE000  # characters that no text has stand for names while the rest is rewritten


def names_kept_whole(question: str, catalog: Catalog) -> tuple[str, dict[str, str]]:
    """地下管网普查工程（2023—2026年）: the years in a name are not the years asked about. The
    question with a stand-in for each such name, and the names; of a part of a name the years
    are left out."""
    if len(re.findall(r"20\d\d", question)) < 2:
        return question, {}
    named = [key for key in catalog.name_keys.values() if "20" in key]
    said = squeeze(question)
    kept: dict[str, str] = {}
    for key in sorted((k for k in named if k in said), key=len, reverse=True):
        place = chr(_PLACE + len(kept))
        spelt = r"[\W_]*".join(re.escape(c) for c in key)
        question, found = re.subn(spelt, place, question, flags=re.IGNORECASE)
        kept |= {place: key} if found else {}
    for m in reversed(list(_RANGE_IN_NAME.finditer(question))):
        if any(squeeze(m["years"]) in key for key in named):
            question = question[: m.start()] + question[m.end() :]
    return question, kept

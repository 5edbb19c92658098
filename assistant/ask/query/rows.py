"""Which rows of the tables fit words that are not quite a row's name. Pure.

窗口预约要配置多少个事项 means the row 事项服务窗口预约配置, 2000个事项. A row fits when it holds
nearly all that the question says beyond the project, each word of it at least in part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.ask.query.catalog import COMMON, Catalog, Row
from assistant.text.bigrams import grams, squeeze
from schemas.records import text_of

_ENOUGH = 0.75  # the share of the words, weighted by rarity, that a row must hold
_WHOLE = 3  # characters up to which a word must be held wholly
_CLEAR = 0.08  # rows that fit within this of the best are answered together
_MOST = 3
_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class RowFit:
    row: Row
    share: float
    score: float


def share_of(words: list[str], held: set[str], catalog: Catalog) -> tuple[float, bool]:
    """How much of ``words`` the grams ``held`` give; and whether each word that tells anything
    is there at least in part.

    A word counts by its length and rarity, and as far as its characters are covered: a gram
    that only joins two words (机开 of 云主机开通) need not be held.
    """
    total = gained = 0.0
    each = True
    telling = [w for w in words if w not in COMMON]
    for word in words:
        own = grams(word)
        if not own:
            continue
        covered = _covered(word, held)
        if word in telling or not telling:
            each = each and covered >= (1.0 if len(word) <= _WHOLE else 0.5)
        weight = sum(catalog.rarity(g) for g in own) / len(own) * len(word)
        total += weight
        gained += weight * covered
    return (gained / total if total else 0.0), each


def _covered(word: str, held: set[str]) -> float:
    """The share of a word's characters that stand in a held gram."""
    key = squeeze(word)
    if key in held:
        return 1.0
    marks = _marks(key, held)
    return sum(marks) / len(key) if key else 0.0


def uncovered(word: str, held: set[str]) -> int:
    """The longest run of a word's characters of which none stands in a held gram."""
    marks = "".join("x" if held_here else " " for held_here in _marks(squeeze(word), held))
    return max(map(len, marks.split("x")), default=0)


def _marks(key: str, held: set[str]) -> list[bool]:
    marks = [False] * len(key)
    for gram in grams(key):
        at = key.find(gram)
        while gram in held and at >= 0:
            marks[at : at + len(gram)] = [True] * len(gram)
            at = key.find(gram, at + 1)
    return marks


def fit_rows(
    words: list[str], catalog: Catalog, projects: list[str], counted: str = "", table: str = ""
) -> list[RowFit]:
    """The rows of ``projects`` (all if empty) that fit ``words``, best first: those that fit
    about as well as the best; of named projects not more than four."""
    if not any(grams(w) for w in words):
        return []
    fits: list[RowFit] = []
    for row in _candidates(words, catalog, projects):
        if table and row.table != table:
            continue
        held = set(grams(row.words))
        share, each = share_of(words, held, catalog)
        if not each or share < _ENOUGH:
            continue
        own = set(grams(row.key))
        named = len(own & {g for w in words for g in grams(w)}) / max(len(own), 1)
        counts = 0.2 if counted and _counts(row, counted) else 0.0
        fits.append(RowFit(row, share, share + 0.4 * named + counts))
    fits.sort(key=lambda f: -f.score)
    kept = [f for f in fits if fits[0].score - f.score <= _CLEAR]
    return kept[: _MOST + 1] if projects else kept


def _counts(row: Row, counted: str) -> bool:
    """Whether a value of the row counts what the question counts: 85万页 for 多少万页."""
    values = (text_of(row.cells.get(c)) for c in ("annual_value", "period_value"))
    return any(re.search(rf"\d余?万?{re.escape(counted)}", squeeze(v)) for v in values)


def _candidates(words: list[str], catalog: Catalog, projects: list[str]) -> list[Row]:
    if projects:
        wanted = set(projects)
        return [r for name in wanted for r in _rows_of_project(name, catalog)]
    return catalog.rows_like(" ".join(words), _CANDIDATES)


def _rows_of_project(name: str, catalog: Catalog) -> list[Row]:
    return [r for record in catalog.projects.get(name, ()) for r in catalog.rows_by_record(record)]

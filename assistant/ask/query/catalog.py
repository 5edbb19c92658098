"""What the store holds, arranged for questions: names, values, rows and their words. Pure.

Built once for a revision of the store and kept; resolving a question only looks things up. What
depends on one record alone is taken over from the catalogue before (:mod:`query_entry`), and
each part is put together when it is first asked for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import chain
from typing import Any

from assistant.ask.query.entry import PLACE, Entry, Row, Texts, rows_of
from assistant.ask.query.pinyin import latin
from assistant.reconcile.budget_year import budget_years
from assistant.text.bigrams import grams, squeeze, words_of
from schemas.records import Approval, Record, RecordKey, text_of

__all__ = ["COMMON", "Catalog", "Row", "rows_of"]

# Words that stand in the name of many a project and so name none.
COMMON = words_of(
    """
    项目 建设 服务 平台 系统 管理 工程 采购 应用 运营 专项 经费 资金 预算
    二级 一级 年度 绩效 目标 指标 金额 工作 政府 部门 单位 申报 实施 运维
    维护 提升 能力 改造 升级 信息 数据 政务 安全 保障 综合 支持 补助 购买
    中心 云服 务采 期项 目建 设项 务项 台建 统建 购项 理平 务平 程建 护项
    """
)


@dataclass
class Catalog:
    """The store's records and what a question can call them."""

    records: Sequence[Record]
    document_names: dict[str, str] = field(default_factory=dict)
    before: Catalog | None = field(default=None, repr=False)  # taken from, and not kept

    # What answers work out record by record, by what is asked: filled by them.
    columns: dict[Hashable, dict[int, Any]] = field(default_factory=dict)
    settled: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = self._known_before()
        self.entries = [known.get(id(r)) or Entry(r) for r in self.records]
        self.before = None

    def _known_before(self) -> dict[int, Entry]:
        """The entries of the catalogue before, if documents are called what they were then."""
        before = self.before
        if before is None or any(
            before.document_names.get(d, name) != name for d, name in self.document_names.items()
        ):
            return {}
        return before.entry_of

    @cached_property
    def entry_of(self) -> dict[int, Entry]:
        """The entry of each record, by its ``id``: entries keep their records alive."""
        return {id(e.record): e for e in self.entries}

    @cached_property
    def projects(self) -> dict[str, list[Record]]:
        """Records by project name as stored; names alike but for marks are one project."""
        found: dict[str, list[Record]] = {}
        canonical: dict[str, str] = {}
        for entry in self.entries:
            name = canonical.setdefault(entry.key, entry.name)
            found.setdefault(name, []).append(entry.record)
        return found

    @cached_property
    def identity(self) -> dict[int, str]:
        """Which records are of one project: one name, and neither codes nor units that differ.

        Offices are renamed and written in more than one way; units count as different only
        where they are unlike. By ``id`` of the record.
        """
        found: dict[int, str] = {}
        for name, records in self.projects.items():
            firsts: list[Record] = []
            for record in records:
                same = next((i for i, f in enumerate(firsts) if _one_project(f, record)), None)
                if same is None:
                    same = len(firsts)
                    firsts.append(record)
                found[id(record)] = f"{name}#{same}"
        return found

    @cached_property
    def known_years(self) -> set[int]:
        """Every year that a form has money for, begins or ends in."""
        years = {y for y in self.budget_years.values() if y}
        return years.union(*(e.years for e in self.entries))

    @cached_property
    def name_keys(self) -> dict[str, str]:
        return {name: squeeze(name) for name in self.projects}

    @cached_property
    def names_of_gram(self) -> dict[str, list[str]]:
        """Two neighbouring characters → the project names that hold them."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, key in self.name_keys.items():
            for gram in {key[i : i + 2] for i in range(len(key) - 1)}:
                found[gram].append(name)
        return found

    @cached_property
    def places(self) -> set[str]:
        """The cities and districts that names of projects and units begin with."""
        return set().union(*(e.places for e in self.entries)) - {""}

    @cached_property
    def latin_places(self) -> dict[str, str]:
        """The places as English questions spell them: huizhou → 惠州."""
        return {spelt: place for place in self.places if (spelt := latin(place))}

    @cached_property
    def place_grams(self) -> set[str]:
        """The places, and where they join the rest of a name: 惠州, 州市, 市政."""
        grams = {f"{p}市"[i : i + 2] for p in self.places for i in range(len(p))}
        for key in self.name_keys.values():
            if (m := PLACE.match(key)) and m[1] in self.places:
                grams.add(key[m.end() - 1 : m.end() + 1])
        return grams

    def gram_weight(self, gram: str) -> float:
        """How much two neighbouring characters say about which project is meant."""
        if gram in COMMON or gram in self.place_grams:
            return 0.05
        n, df = len(self.projects), len(self.names_of_gram.get(gram, ()))
        if df * 2 > n and n > 3:
            return 0.1
        return math.log(1 + (n + 1) / (df + 0.5))

    @cached_property
    def values(self) -> dict[str, set[tuple[str, str]]]:
        """Squeezed values of short fields, whole and in part → (field, value)."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for parts, value in dict.fromkeys(v for e in self.entries for v in e.values):
            for part in parts:
                found[part].add(value)
        return found

    @cached_property
    def longest_value(self) -> int:
        """Characters of the longest value or row name that a question can hold whole."""
        return max(map(len, chain(self.values, self.row_names)), default=0)

    @cached_property
    def rows(self) -> list[Row]:
        return [row for entry in self.entries for row in entry.rows]

    def entry(self, record: Record) -> Entry:
        return self.entry_of.get(id(record)) or Entry(record)

    def rows_by_record(self, record: Record) -> list[Row]:
        return self.entry(record).rows

    @cached_property
    def row_names(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            if len(row.key) >= 2:
                found[row.key].append(row)
        return found

    @cached_property
    def row_items(self) -> dict[str, list[str]]:
        """The printed names of the rows of each key."""
        return {k: list(dict.fromkeys(r.name for r in rows)) for k, rows in self.row_names.items()}

    @cached_property
    def categories(self) -> set[str]:
        """First and second level names of indicators, with and without 指标."""
        return set().union(*(e.categories for e in self.entries))

    @cached_property
    def row_words(self) -> GramCounts:
        """In how many rows a gram stands."""
        return GramCounts([e.row_texts for e in self.entries])

    @cached_property
    def gram_counts(self) -> GramCounts:
        """In how many rows and texts a gram stands: how rare a word of a question is."""
        return GramCounts([e.texts for e in self.entries])

    def rows_like(self, words: str, most: int) -> list[Row]:
        """The rows that hold most of the grams of ``words``, by how rare these are (as BM25
        weighs them), at most ``most``."""
        n = len(self.rows)
        shares: dict[Row, float] = defaultdict(float)
        for gram in sorted(set(grams(words))):
            df = self.row_words.get(gram, 0)
            weight = math.log(1 + (n - df + 0.5) / (df + 0.5))
            for entry in self.entries:
                for number in entry.row_texts.holding(gram) if df else ():
                    shares[entry.rows[number]] += weight
        return sorted(shares, key=lambda row: -shares[row])[:most]

    @cached_property
    def units(self) -> int:
        return len(self.rows) + 6 * len(self.records)

    def rarity(self, gram: str) -> float:
        return math.log(1 + (self.units + 1) / (self.gram_counts.get(gram, 0) + 0.5))

    @cached_property
    def budget_years(self) -> dict[RecordKey, int | None]:
        """The year each form asks money for; None where the forms do not settle it."""
        allowed = {e.record.key: e.budget_years for e in self.entries}
        return budget_years(allowed, self.document_names)

    @cached_property
    def year_of(self) -> dict[int, int | None]:
        """The budget year of each record, by its ``id``."""
        return {id(e.record): self.budget_years[e.record.key] for e in self.entries}

    @cached_property
    def common_year(self) -> int | None:
        """The budget year that all forms share, or None."""
        years = {y for y in self.budget_years.values() if y is not None}
        return next(iter(years)) if len(years) == 1 else None

    @cached_property
    def approvals(self) -> set[Approval]:
        """What the records are, taken together."""
        return {r.approval for r in self.records}

    @cached_property
    def has_costs(self) -> bool:
        """Whether any form has a composition of funds."""
        return any(r.tables.get("cost_items") for r in self.records)


class GramCounts:
    """In how many texts a gram stands, counted when it is first asked for."""

    def __init__(self, texts: Sequence[Texts]) -> None:
        self._texts = texts
        self._known: dict[str, int] = {}

    def __contains__(self, gram: str) -> bool:
        return self.get(gram, 0) > 0

    def get(self, gram: str, default: int) -> int:
        if gram not in self._known:
            self._known[gram] = sum(len(t.holding(gram)) for t in self._texts if gram in t.joined)
        return self._known[gram] or default


_ALIKE = 0.8  # units at least this much alike are one


def _one_project(first: Record, second: Record) -> bool:
    codes = [squeeze(text_of(r.fields.get("code"))) for r in (first, second)]
    if all(codes):
        return codes[0] == codes[1]
    one, other = _unit_key(first), _unit_key(second)
    return not (one and other) or SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _unit_key(record: Record) -> str:
    names = ("applicant_unit", "spending_unit", "implementing_unit")
    return next((k for n in names if (k := squeeze(text_of(record.fields.get(n))))), "")

"""What the store holds, arranged for questions: names, values, rows and their words. Pure.

Built once for a revision of the store and kept; resolving a question only looks things up.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from assistant.passages import Bm25, grams, squeeze, words_of
from assistant.query_pinyin import latin
from schemas.forms import FORMS, FieldSpec, FormType, Kind
from schemas.records import Cell, Record, RecordRow

RecordKey = tuple[str, str]
_VALUE_KINDS = {Kind.TEXT, Kind.CHOICE, Kind.CODE}
_NOT_VALUES = {"title", "name", "level", "budget_tier", "is_research", "is_key", "is_agent_built"}
_UNITS = {
    "applicant_unit", "spending_unit", "implementing_unit", "fund_department",
    "provincial_department",
}  # fmt: skip
_LONGEST_VALUE = 40
_PLACE = re.compile(r"^([\u4e00-\u9fff]{2,3}?)[省市县区]")
# Words that stand in the name of many a project and so name none.
COMMON = words_of(
    """
    项目 建设 服务 平台 系统 管理 工程 采购 应用 运营 专项 经费 资金 预算
    二级 一级 年度 绩效 目标 指标 金额 工作 政府 部门 单位 申报 实施 运维
    维护 提升 能力 改造 升级 信息 数据 政务 安全 保障 综合 支持 补助 购买
    中心 云服 务采 期项 目建 设项 务项 台建 统建 购项 理平 务平 程建 护项
    """
)


def key_of(record: Record) -> RecordKey:
    return record.document_id, record.form_id


def text_of(cell: Cell | None) -> str:
    return "" if cell is None or cell.value is None else str(cell.value)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table with the record it stands in; ``key`` is its name, squeezed."""

    record: Record
    table: str
    cells: RecordRow
    key: str

    @property
    def name(self) -> str:
        return text_of(self.cells.get("level3" if self.table == "indicators" else "content"))

    @property
    def words(self) -> str:
        """Everything that the row says, for the matching of words."""
        return squeeze(" ".join(text_of(c) for n, c in self.cells.items() if n in _ROW_WORDS))


_ROW_WORDS = {"level3", "period_value", "annual_value", "content", "scope"}


@dataclass
class Catalog:
    """The store's records and what a question can call them."""

    records: Sequence[Record]
    document_names: dict[str, str] = field(default_factory=dict)

    # What answers work out record by record, by what is asked: filled by them.
    columns: dict[Hashable, dict[int, Any]] = field(default_factory=dict)
    settled: dict[Hashable, Any] = field(default_factory=dict)
    citations: dict[int, Any] = field(default_factory=dict)

    @cached_property
    def projects(self) -> dict[str, list[Record]]:
        """Records by project name as stored; names alike but for marks are one project."""
        found: dict[str, list[Record]] = {}
        canonical: dict[str, str] = {}
        for record in self.records:
            name = canonical.setdefault(squeeze(record.name), record.name)
            found.setdefault(name, []).append(record)
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
        for record in self.records:
            cells = [record.fields.get("start_year"), record.fields.get("end_year")]
            cells += [r.get("year") for r in record.tables.get("annual_funding", ())]
            years |= {int(t) for c in cells if (t := text_of(c)).isdigit()}
        return years

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
        texts = [*self.projects]
        for record in self.records:
            for name in ("fund_department", "applicant_unit", "spending_unit"):
                texts.append(text_of(record.fields.get(name)))
        return {m[1] for t in set(texts) if (m := _PLACE.match(t.lstrip('“"')))}

    @cached_property
    def latin_places(self) -> dict[str, str]:
        """The places as English questions spell them: huizhou → 惠州."""
        return {spelt: place for place in self.places if (spelt := latin(place))}

    @cached_property
    def place_grams(self) -> set[str]:
        """The places, and where they join the rest of a name: 惠州, 州市, 市政."""
        grams = {f"{p}市"[i : i + 2] for p in self.places for i in range(len(p))}
        for key in self.name_keys.values():
            if (m := _PLACE.match(key)) and m[1] in self.places:
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
        for record in self.records:
            for spec, cell in _short_cells(record):
                value = text_of(cell)
                for part in _parts(spec, value):
                    found[part].add((spec.name, value))
        return found

    @cached_property
    def longest_value(self) -> int:
        """Characters of the longest value or row name that a question can hold whole."""
        return max((len(w) for words in (self.values, self.row_names) for w in words), default=0)

    @cached_property
    def rows(self) -> list[Row]:
        return [row for record in self.records for row in rows_of(record)]

    @cached_property
    def _rows_by_record(self) -> dict[RecordKey, list[Row]]:
        found: dict[RecordKey, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[key_of(row.record)].append(row)
        return found

    def rows_by_record(self, record: Record) -> list[Row]:
        return self._rows_by_record.get(key_of(record), [])

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
        found: set[str] = set()
        for row in self.rows:
            for level in ("level1", "level2"):
                key = squeeze(text_of(row.cells.get(level)))
                found |= {key, key.removesuffix("指标")} if len(key) > 2 else set()
        return found

    @cached_property
    def row_words(self) -> Bm25:
        index = Bm25()
        for number, row in enumerate(self.rows):
            index.add(str(number), row.words)
        return index

    @cached_property
    def gram_counts(self) -> Counter[str]:
        """In how many rows and texts a gram stands: how rare a word of a question is."""
        counts: Counter[str] = Counter()
        for row in self.rows:
            counts.update(set(grams(row.words)))
        for record in self.records:
            for spec in FORMS[record.form_type].fields:
                if spec.kind is Kind.LONG_TEXT:
                    counts.update(set(grams(text_of(record.fields.get(spec.name)))))
        return counts

    @cached_property
    def units(self) -> int:
        return len(self.rows) + 6 * len(self.records)

    def rarity(self, gram: str) -> float:
        return math.log(1 + (self.units + 1) / (self.gram_counts.get(gram, 0) + 0.5))

    @cached_property
    def budget_years(self) -> dict[RecordKey, int | None]:
        """The year each form asks money for; None where the forms do not settle it."""
        candidates = {key_of(r): _budget_years(r) for r in self.records}
        votes: dict[str, Counter[int]] = defaultdict(Counter)
        for (document, _), years in candidates.items():
            if len(years) == 1:
                votes[document].update(years)
        found: dict[RecordKey, int | None] = {}
        for key, years in candidates.items():
            if len(years) == 1:
                found[key] = next(iter(years))
                continue
            common = votes[key[0]].most_common(1)
            agreed = bool(common) and (not years or common[0][0] in years)
            found[key] = common[0][0] if agreed else self._year_in_name(key[0], years)
        return found

    def _year_in_name(self, document: str, years: set[int]) -> int | None:
        named = {int(y) for y in re.findall(r"20\d\d", self.document_names.get(document, ""))}
        fitting = named & years if years else named
        return next(iter(fitting)) if len(fitting) == 1 else None

    @cached_property
    def common_year(self) -> int | None:
        """The budget year that all forms share, or None."""
        years = {y for y in self.budget_years.values() if y is not None}
        return next(iter(years)) if len(years) == 1 else None


def rows_of(record: Record) -> Iterator[Row]:
    """The indicators and cost items of a record."""
    for table, column in (("indicators", "level3"), ("cost_items", "content")):
        for cells in record.tables.get(table, ()):
            yield Row(record, table, cells, squeeze(text_of(cells.get(column))))


def _short_cells(record: Record) -> Iterator[tuple[FieldSpec, Cell]]:
    for spec in FORMS[record.form_type].fields:
        cell = record.fields.get(spec.name)
        short = spec.kind in _VALUE_KINDS and spec.name not in _NOT_VALUES
        if short and cell and len(text_of(cell)) <= _LONGEST_VALUE:
            yield spec, cell


def _parts(spec: FieldSpec, value: str) -> set[str]:
    """What a question may call a value: itself, and for a category the words in its brackets."""
    whole = squeeze(value)
    if spec.kind is Kind.CODE:
        return {whole} if len(whole) >= 6 else set()
    if len(whole) < 2 or not re.search(r"[^\W\d]", whole):
        return set()
    if spec.name in _UNITS and (m := _PLACE.match(whole)):
        bare = whole[m.end() - (0 if whole[m.end() - 1] in "省市县区" else 1) :]
        return {whole, bare} if len(bare) >= 4 else {whole}
    if spec.name != "category":
        return {whole}
    parts = {whole}
    for piece in re.split(r"[()（）、,，/]", value):
        key = squeeze(piece)
        for start in range(len(key)):
            for end in (len(key), len(key.removesuffix("类"))):
                if end - start >= 4:
                    parts.add(key[start:end])
    return parts


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


def amount_of(cell: Cell | None) -> Decimal | None:
    try:
        return None if cell is None or cell.value is None else Decimal(str(cell.value))
    except ArithmeticError:
        return None


def _budget_years(record: Record) -> set[int]:
    """The years that a form's current amount can be of."""
    if record.form_type is FormType.PERFORMANCE_TARGET:
        year = text_of(record.fields.get("budget_year"))
        return {int(year)} if year.isdigit() else set()
    current = amount_of(record.fields.get("current_year_amount"))
    found: set[int] = set()
    for row in record.tables.get("annual_funding", ()):
        year = text_of(row.get("year"))
        amounts = (amount_of(row.get("declared")), amount_of(row.get("approved")))
        if year.isdigit() and current is not None and current in amounts:
            found.add(int(year))
    return found

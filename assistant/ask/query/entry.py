"""What one record gives the catalogue of questions, worked out when it is first asked for. Pure.

An entry depends on its record alone, so that it is kept for as long as the record stands: where
one record of many changes, only its own words are looked through again.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from assistant.reconcile.budget_year import candidates
from assistant.text.bigrams import grams, squeeze
from schemas.forms import FORMS, Kind
from schemas.records import Record, RecordRow, text_of

PLACE = re.compile(r"^([\u4e00-\u9fff]{2,3}?)[省市县区]")
_VALUE_KINDS = {Kind.TEXT, Kind.CHOICE, Kind.CODE}
_NOT_VALUES = {"title", "name", "level", "budget_tier", "is_research", "is_key", "is_agent_built"}
_UNITS = {
    "applicant_unit", "spending_unit", "implementing_unit", "fund_department",
    "provincial_department",
}  # fmt: skip
_VALUES = {
    form_type: [
        (f.name, f.kind)
        for f in spec.fields
        if f.kind in _VALUE_KINDS and f.name not in _NOT_VALUES
    ]
    for form_type, spec in FORMS.items()
}
_LONG_TEXTS = {
    form_type: [f.name for f in spec.fields if f.kind is Kind.LONG_TEXT]
    for form_type, spec in FORMS.items()
}
_LONGEST_VALUE = 40
_ROW_NAMES = (("indicators", "level3"), ("cost_items", "content"))
_ROW_WORDS = {"level3", "period_value", "annual_value", "content", "scope"}
_BETWEEN = "\0"  # between two texts: no gram holds it


@dataclass(slots=True, eq=False)
class Row:
    """A row of a table with the record it stands in; ``key`` is its name, squeezed."""

    record: Record
    table: str
    cells: RecordRow
    key: str
    number: int = 0  # in its table, from 0

    @property
    def name(self) -> str:
        return text_of(self.cells.get("level3" if self.table == "indicators" else "content"))

    @property
    def words(self) -> str:
        """Everything that the row says, for the matching of words."""
        return squeeze(" ".join(text_of(c) for n, c in self.cells.items() if n in _ROW_WORDS))


def rows_of(record: Record) -> Iterator[Row]:
    """The indicators and cost items of a record."""
    for table, column in _ROW_NAMES:
        for number, cells in enumerate(record.tables.get(table, ())):
            yield Row(record, table, cells, squeeze(text_of(cells.get(column))), number)


class Texts:
    """Texts of one record in squeezed form, asked for the grams that they hold."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.joined = _BETWEEN.join(texts)

    def holding(self, gram: str) -> list[int]:
        """The numbers of the texts that hold ``gram`` (:func:`assistant.text.bigrams.grams`)."""
        if gram not in self.joined:
            return []
        # Two neighbouring letters are always a gram; a number or a Latin word is one as a whole.
        whole = len(gram) != 2 or gram[0].isascii()
        return [
            n for n, t in enumerate(self.texts) if gram in t and (not whole or gram in grams(t))
        ]


class Entry:
    """A record with its words."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.name = record.name
        self.key = squeeze(self.name)
        self.facts: dict[Hashable, Any] = {}  # what answers make of its cells: filled by them

    @cached_property
    def rows(self) -> list[Row]:
        return list(rows_of(self.record))

    @cached_property
    def indicators(self) -> list[Row]:
        return [row for row in self.rows if row.table == "indicators"]

    @cached_property
    def funding(self) -> list[tuple[str, RecordRow]]:
        """The rows of the funding plan, each with its year as printed."""
        rows = self.record.tables.get("annual_funding", ())
        return [(text_of(row.get("year")), row) for row in rows]

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that the record has money for, begins or ends in."""
        texts = [text_of(self.record.fields.get(n)) for n in ("start_year", "end_year")]
        texts += [year for year, _ in self.funding]
        return frozenset(int(t) for t in texts if t.isdigit())

    @cached_property
    def budget_years(self) -> frozenset[int]:
        """The years that the form's current amount can be of."""
        return candidates(self.record)

    @cached_property
    def places(self) -> frozenset[str]:
        """The cities and districts that names of the project and its units begin with."""
        fields = self.record.fields
        units = ("fund_department", "applicant_unit", "spending_unit")
        return frozenset(_place(t) for t in (self.name, *(text_of(fields.get(u)) for u in units)))

    @cached_property
    def values(self) -> list[tuple[frozenset[str], tuple[str, str]]]:
        """What a question may call each value of a short field, with the (field, value)."""
        fields = self.record.fields
        found = []
        for name, kind in _VALUES[self.record.form_type]:
            value = text_of(fields.get(name))
            if value and len(value) <= _LONGEST_VALUE and (parts := _parts(name, kind, value)):
                found.append((parts, (name, value)))
        return found

    @cached_property
    def categories(self) -> frozenset[str]:
        """First and second level names of indicators, with and without 指标."""
        levels = {
            text_of(row.get(level))
            for row in self.record.tables.get("indicators", ())
            for level in ("level1", "level2")
        }
        keys = {key for text in levels if len(key := squeeze(text)) > 2}
        return frozenset(keys | {key.removesuffix("指标") for key in keys})

    @cached_property
    def row_texts(self) -> Texts:
        """What each row says."""
        return Texts([row.words for row in self.rows])

    @cached_property
    def texts(self) -> Texts:
        """What each row and each long text says."""
        cells = (self.record.fields.get(n) for n in _LONG_TEXTS[self.record.form_type])
        # Not by way of the cache, which long texts would only fill.
        long = (squeeze.__wrapped__(t) for c in cells if (t := text_of(c)))
        return Texts([*self.row_texts.texts, *long])


@lru_cache(maxsize=1 << 14)
def _place(text: str) -> str:
    m = PLACE.match(text.lstrip('“"'))
    return m[1] if m else ""


@lru_cache(maxsize=1 << 14)
def _parts(name: str, kind: Kind, value: str) -> frozenset[str]:
    """What a question may call a value: itself, and for a category the words in its brackets."""
    whole = squeeze(value)
    if kind is Kind.CODE:
        return frozenset([whole] if len(whole) >= 6 else [])
    if len(whole) < 2 or not re.search(r"[^\W\d]", whole):
        return frozenset()
    if name in _UNITS and (m := PLACE.match(whole)):
        bare = whole[m.end() - (0 if whole[m.end() - 1] in "省市县区" else 1) :]
        return frozenset([whole, bare] if len(bare) >= 4 else [whole])
    return frozenset([whole, *(_words_of_category(value) if name == "category" else ())])


def _words_of_category(value: str) -> Iterator[str]:
    for piece in re.split(r"[()（）、,，/]", value):
        key = squeeze(piece)
        for start in range(len(key)):
            for end in (len(key), len(key.removesuffix("类"))):
                if end - start >= 4:
                    yield key[start:end]

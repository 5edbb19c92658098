"""One cell of a form → a fact with its place, or why it says nothing. Pure.

Money is kept as printed and, beside it, as ``Decimal`` yuan by the form's own unit. What is
made of a cell is kept with the entry of its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from assistant.ask.query.catalog import Row
from assistant.ask.query.entry import Entry
from assistant.text import amounts
from assistant.text.amounts import UNITS
from schemas.answers import AnswerValue, Citation
from schemas.forms import FORMS, FormType, Kind
from schemas.readings import Evidence
from schemas.records import Cell, Record, RecordRow, State, text_of

Reason = Literal["no_label", "empty", "no_year", "no_row", "unread"]
_UNREAD = (State.MISSING, State.UNREADABLE, State.UNGROUNDED)
parse_target = lru_cache(maxsize=1 << 14)(amounts.parse_target)


@dataclass(slots=True, eq=False)
class Fact:
    """One value with its place. ``number`` is yuan for money, else the number printed. Shared
    and not to be changed (a frozen dataclass takes six times as long to make).

    What stands in ``record`` and ``cell`` is kept beside them, and what was made of the fact
    for an answer too: thousands of records lie far apart in memory.
    """

    record: Record
    label: str
    cell: Cell
    value: str
    unit: str = ""
    number: Decimal | None = None
    money: bool = False
    year: int | None = None
    item: str = ""
    row: int = -1  # of its table, from 0
    project: str = ""
    place: Evidence | None = None
    disputed: bool = False
    said: AnswerValue | None = None
    cited: tuple[object, Citation] | None = None

    def __post_init__(self) -> None:
        if not self.project:
            self.project = self.record.name
            self.place = self.cell.evidence
            self.disputed = self.cell.state is State.DISPUTED

    def of_year(self, label: str, year: int | None) -> Fact:
        """The same value as that of a year."""
        return Fact(
            self.record, label, self.cell, self.value, self.unit, self.number, self.money, year,
            self.item, self.row, self.project, self.place, self.disputed,
        )  # fmt: skip

    @property
    def page(self) -> int | None:
        return self.place.page if self.place else None

    @property
    def key(self) -> tuple[object, ...]:
        """Two facts with one key say the same of the same cell."""
        return id(self.cell), self.label, self.year, self.item, self.row


@dataclass(slots=True, eq=False)
class Absent:
    """Why a record does not give the value; ``instead`` says what it gives."""

    record: Record
    reason: Reason
    label: str
    cell: Cell | None = None
    instead: str = ""


@dataclass(slots=True)
class Found:
    facts: list[Fact] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)


def unit_of(record: Record) -> str:
    """The unit that a form's amounts are printed in; yuan where it says nothing."""
    cell = record.fields.get("amount_unit")
    if cell is None:
        return "元"
    unit = text_of(cell)
    return unit if unit in UNITS else "元"


def make_fact(
    record: Record, label: str, cell: Cell, kind: Kind, *, year: int | None = None, item: str = ""
) -> Fact | Absent:
    """A cell as a fact; an empty or unread cell as its absence."""
    text = text_of(cell)
    if cell.state in _UNREAD:
        return Absent(record, "unread", label, cell)
    if text.strip(" -—/") == "":
        return Absent(record, "empty", label, cell)
    if kind is not Kind.AMOUNT:
        number = Decimal(text) if kind in (Kind.YEAR, Kind.NUMBER) and _plain(text) else None
        return Fact(record, label, cell, text, "", number, False, year, item)
    if not _plain(text):
        return Fact(record, label, cell, text, "", None, False, year, item)
    unit = cell.unit or unit_of(record)
    yuan = Decimal(text) if unit == "元" else Decimal(text) * UNITS[unit]
    return Fact(record, label, cell, text, unit, yuan, True, year, item)


def _plain(text: str) -> bool:
    return text.isdecimal() or text.removeprefix("-").replace(".", "", 1).isdecimal()


def label_and_kind(form_type: FormType, name: str) -> tuple[str, Kind] | None:
    """A field's printed label without its brackets, and its kind."""
    return _specs(form_type).get(name)


@cache
def _specs(form_type: FormType) -> dict[str, tuple[str, Kind]]:
    return {f.name: (f.label.split("（")[0], f.kind) for f in FORMS[form_type].fields}


def field_fact(entry: Entry, name: str) -> Fact | Absent | None:
    """What a labelled cell says; None where the form has no such cell."""
    if name not in entry.facts:
        entry.facts[name] = _field_fact(entry.record, name)
    made: Fact | Absent | None = entry.facts[name]
    return made


def _field_fact(record: Record, name: str) -> Fact | Absent | None:
    cell, spec = record.fields.get(name), label_and_kind(record.form_type, name)
    if cell is None or spec is None:
        return None
    label, kind = spec
    if "{" in label:
        label = label.replace("{year}", text_of(record.fields.get("budget_year")))
    return make_fact(record, label, cell, kind)


def funding_facts(entry: Entry, column: str, year: str) -> list[Fact | Absent]:
    """A column of the rows of the funding plan that are of ``year``."""
    key = (column, year)
    if key not in entry.facts:
        rows = [row for given, row in entry.funding if given == year]
        entry.facts[key] = [_funding_fact(entry.record, row, column, int(year)) for row in rows]
    made: list[Fact | Absent] = entry.facts[key]
    return made


_CURRENT = (("current_year_amount", "当年金额"), ("budget_amount", "预算金额"))


def current_fact(entry: Entry, year: int | None) -> Fact | Absent | None:
    """The form's own amount as that of ``year``; None where the form has no cell for it."""
    key = ("current", year)
    if key not in entry.facts:
        entry.facts[key] = _current_fact(entry, year)
    made: Fact | Absent | None = entry.facts[key]
    return made


def _current_fact(entry: Entry, year: int | None) -> Fact | Absent | None:
    for name, label in _CURRENT:
        made = field_fact(entry, name)
        label = f"{year}年{label}" if year else label
        if isinstance(made, Fact):
            return made.of_year(label, year)
        if made is not None:
            return replace(made, label=label)
    return None


def _funding_fact(record: Record, row: RecordRow, column: str, year: int) -> Fact | Absent:
    name = "申报金额" if column == "declared" else "审核金额"
    cell = row.get(column)
    if cell is None:
        return Absent(record, "no_label", f"{year}年{name}")
    return make_fact(record, f"{year}年{name}", cell, Kind.AMOUNT, year=year)


def indicator_facts(entry: Entry, row: Row) -> list[Fact | Absent]:
    """The annual target; the target for the period too where it says something else."""
    key = ("row", id(row))
    if key not in entry.facts:
        entry.facts[key] = list(_indicator_facts(entry.record, row))
    made: list[Fact | Absent] = entry.facts[key]
    return made


def _indicator_facts(record: Record, row: Row) -> Iterator[Fact | Absent]:
    period, annual = row.cells.get("period_value"), row.cells.get("annual_value")
    named = [
        (c, n) for c, n in ((annual, "年度指标值"), (period, "实施周期指标值")) if c is not None
    ]
    same = period is not None and annual is not None and text_of(period) == text_of(annual)
    if same and not (period and annual and State.DISPUTED in (period.state, annual.state)):
        named = named[:1]
    for cell, column in named:
        label = row.name if len(named) == 1 else f"{row.name}（{column}）"
        made = make_fact(record, label, cell, Kind.TEXT, item=row.name)
        if isinstance(made, Fact):
            made.number, made.row = parse_target(made.value).number, row.number
        yield made

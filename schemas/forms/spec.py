"""What is said of a form, and how: its fields and tables, their roles, its laws.

Labels are compared in comparable form (no white space, width folded); ``{year}`` in a label
stands for four digits.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path


class Kind(StrEnum):
    """What a value is, which decides how it is parsed, compared and reviewed."""

    TEXT = "text"  # a name, a short phrase
    LONG_TEXT = "long_text"  # paragraphs
    AMOUNT = "amount"  # money, as printed; yuan unless the form says otherwise
    NUMBER = "number"  # a count or a sequence number
    YEAR = "year"
    CODE = "code"  # digits compared one by one
    CHOICE = "choice"  # 是/否 and the like
    UNIT = "unit"  # 元 or 万元


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One labelled cell, or one column of a table.

    ``labels[0]`` is the label as printed on the form in the booklet that the
    project was built on; the others are what other cities print for the same.
    ``ask`` are words that staff use for it in questions; ``wordings.toml`` holds what else forms
    print for it.
    """

    name: str
    english: str
    kind: Kind
    labels: tuple[str, ...]
    ask: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.labels[0]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table whose rows are listed under a header row.

    ``titles`` are the section titles printed above it, ``sheet`` is its name in a workbook.
    ``key`` are the columns that tell one row from another, ``subject`` is the one that says
    what a row is about. A line of cells is the table's header if it names a column of each
    group of ``header``; a row is as high as its cell of the first of ``cut_by`` that is there.
    """

    name: str
    english: str
    titles: tuple[str, ...]
    sheet: str
    columns: tuple[FieldSpec, ...]
    key: tuple[str, ...]
    subject: str
    header: tuple[tuple[str, ...], ...]
    cut_by: tuple[str, ...]
    has_total: bool = False

    def column(self, name: str) -> FieldSpec:
        if is_open(name):
            return open_field(name)
        return next(c for c in self.columns if c.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(TableSpec):
    """The funding plan, a row a year: its columns for the year and for what was asked for and
    granted."""

    year: str
    declared: str
    approved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs(TableSpec):
    """What the money is spent on, a row an item: its columns for the item's year, category,
    scope, price, number, cost and explanation."""

    year: str
    category: str
    scope: str
    price: str
    workload: str
    amount: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators(TableSpec):
    """The indicators, a row each: the columns of the categories that span rows, and those of
    the targets for the period and for the year."""

    levels: tuple[str, ...]
    period: str
    annual: str

    @property
    def values(self) -> tuple[str, str]:
        return self.period, self.annual


@dataclass(frozen=True, slots=True)
class Totals:
    """Law: the rows of each column add up to the printed total."""

    table: str


@dataclass(frozen=True, slots=True)
class EqualsTotal:
    """Law: a field is the total of a column."""

    field: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class StandsIn:
    """Law: what a field says stands in a column."""

    field: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class SumsByYear:
    """Law: the ``parts`` of a year add up to that year's ``whole``; each of the two is a
    table, its column of years and its column of amounts."""

    parts: tuple[str, str, str]
    whole: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """Law: in every row, a price times a number is an amount."""

    table: str
    price: str
    number: str
    amount: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Law: under one printed label, a rate is a part of a whole in per cent, as many decimals as
    are printed. Each is named by words of its label; of several wholes the first that is there."""

    rate: str
    part: str
    wholes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotOver:
    """Law: under one printed label and in one row, what a label with the word ``part`` says is
    not more than what one with the word ``whole`` says."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Law: under one printed head, the amounts below a label with one of the words ``total`` add
    up to it. It proves and does not doubt: not every part need be printed."""

    total: tuple[str, ...]


LawSpec = Totals | EqualsTotal | StandsIn | SumsByYear | Product | Rate | NotOver | Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which field of a form plays a part that the program asks for; "" where none does."""

    title: str = "title"  # the heading, no cell of the form
    name: str = "name"  # of the project
    code: str = ""
    amount_unit: str = "amount_unit"
    year_amount: str = ""  # what is asked for in the budget year
    total_amount: str = ""
    previous_amount: str = ""  # what was granted the year before
    budget_year: str = ""  # no cell: the year in the label of ``year_amount``
    start_year: str = ""
    end_year: str = ""
    applicant: str = ""
    spending: str = ""
    implementing: str = ""
    parties: tuple[str, ...] = ()  # whatever names an office or a person
    basis: str = ""
    overview: str = ""
    goals: tuple[str, ...] = ()  # of the period, of the year
    opinions: tuple[str, ...] = ()  # of the authorities

    @property
    def amounts(self) -> tuple[str, ...]:
        """The amount by which a project is known: of the year, else in all."""
        return tuple(name for name in (self.year_amount, self.total_amount) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSpec:
    """A family of forms. ``required`` fields are filled in wherever they are printed; of a pair
    of ``together``, the first is where the second is. Of two families whose title words a line
    holds, the one with the longer is meant; a ``bare_title`` is a title word and nothing more."""

    form_type: str
    label: str
    english: str
    title_words: tuple[str, ...]  # a title line that holds one opens such a form; … is any text
    fields: tuple[FieldSpec, ...]
    tables: tuple[TableSpec, ...]
    roles: Roles
    laws: tuple[LawSpec, ...] = ()
    required: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    bare_title: bool = False
    rank: int = 9  # families are listed by it

    def field(self, name: str) -> FieldSpec:
        return next(f for f in self.fields if f.name == name)

    def table(self, name: str) -> TableSpec:
        return next(t for t in self.tables if t.name == name)

    @property
    def plan(self) -> Plan | None:
        return next((t for t in self.tables if isinstance(t, Plan)), None)

    @property
    def costs(self) -> Costs | None:
        return next((t for t in self.tables if isinstance(t, Costs)), None)

    @property
    def indicators(self) -> Indicators | None:
        return next((t for t in self.tables if isinstance(t, Indicators)), None)


OPEN = "x:"  # begins the key of a label that no field of the schema names


def open_key(label: str) -> str:
    """The key of a printed label that no field names; ``label`` may hold its parent's first."""
    return OPEN + label


def open_field(key: str, label: str = "", kind: Kind | None = None) -> FieldSpec:
    """The field of an open key: called as it is printed, of the kind that its content has."""
    label = key.removeprefix(OPEN) or label
    return FieldSpec(key, label, kind or Kind.TEXT, (label,))


def is_open(key: str) -> bool:
    return key.startswith(OPEN)


def words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


def fields(table: str) -> tuple[FieldSpec, ...]:
    """Reads lines of ``name | kind | English | labels | words used in questions``."""
    rows = ([part.strip() for part in line.split("|")] for line in table.strip().splitlines())
    return tuple(
        FieldSpec(name, english, Kind(kind), words(labels), words(" ".join(ask)))
        for name, kind, english, labels, *ask in rows
    )


YEAR = r"(?:19|20)\d{2}"


@cache
def label_pattern(label: str) -> re.Pattern[str]:
    """Matches a whole label in comparable form (see :func:`assistant.text.folding.comparable`);
    the group ``year`` holds a printed year."""
    return re.compile(re.escape(label).replace(r"\{year\}", rf"(?P<year>{YEAR})"))


GAP = "…"  # in a wording: any characters, or none


@cache
def _wordings() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))


def wordings_of(field: FieldSpec, table: str = "fields") -> tuple[str, ...]:
    """All that forms print for a field, or for a column of ``table``, its own labels first."""
    more = (w for w in _further(field, table) if GAP not in w)
    return tuple(dict.fromkeys((*field.labels, *more)))


def patterns_of(field: FieldSpec, table: str = "fields") -> tuple[str, ...]:
    """The wordings with gaps (…), in which a form may print what it likes."""
    return tuple(w for w in _further(field, table) if GAP in w)


def _further(field: FieldSpec, table: str) -> tuple[str, ...]:
    return words(_wordings().get(table, {}).get(field.name, ""))


def iter_labels(spec: FormSpec) -> Iterator[tuple[str, FieldSpec]]:
    """Every label of the form's own cells with its field, the printed one first."""
    for field in spec.fields:
        if field.name not in (spec.roles.title, spec.roles.budget_year):
            for label in field.labels:
                yield label, field

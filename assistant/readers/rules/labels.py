"""Printed cells → the labels of the schema. Pure.

A label is compared in comparable form; a colon, a mark of a required cell and a
unit in brackets may stand around it, and ``{year}`` stands for four digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from assistant.structure.shape import bare
from assistant.text.amounts import UNITS
from assistant.text.folding import comparable
from assistant.text.years import A_YEAR
from schemas.forms import FIELDS, FORMS, SECTION_TITLES, FieldSpec, FormType, TableSpec
from schemas.forms.spec import GAP, patterns_of, wordings_of
from schemas.forms.tables import TOTALS

_UNITS = "|".join(sorted(UNITS, key=len, reverse=True))
_SUFFIX = re.compile(r"\([^()]*\)$")
_UNIT_IN_LABEL = re.compile(rf"\((?:金额)?(?:单位)?:?(?:人民币)?({_UNITS})\)|/({_UNITS})$")
UNIT_STATED = re.compile(rf"(?:金额)?单位:\s*(?:人民币)?\(?({_UNITS})(?![\u4e00-\u9fff])")
_TOTAL = re.compile(rf"[\u4e00-\u9fff]{{0,4}}(?:{'|'.join(TOTALS)})(?:\([^()]{{1,8}}\))?:?")
_LONGEST = 40
_FITTING = 90  # the rank of a wording with gaps
_BORROWED = 100  # the rank of a wording of another family begins here


@dataclass(frozen=True, slots=True)
class Label:
    """A label as found: its field, how common its wording is (0 = the schema's own), the
    year and the unit of money that it names."""

    field: FieldSpec
    rank: int
    year: int | None = None
    unit: str | None = None

    @property
    def borrowed(self) -> bool:
        """Whether the field is one of another family of forms."""
        return self.rank >= _BORROWED


@dataclass(frozen=True, slots=True)
class Labels:
    """The wordings of a set of fields, ready to be looked up."""

    wordings: dict[str, tuple[FieldSpec, int]]
    patterns: tuple[tuple[re.Pattern[str], FieldSpec, int], ...] = ()

    def find(self, text: str) -> Label | None:
        """The label that ``text`` (comparable form) is, if it is one and nothing else."""
        if not text or len(text) > _LONGEST:
            return None
        if hit := self.wordings.get(text):
            return Label(*hit, unit=_unit_of(text))
        dated = "19" in text or "20" in text
        if not dated and text[-1] not in ":*)" and text[0] not in "*★●":
            return None
        text = text.lstrip("*★●").rstrip(":*")
        year = A_YEAR.search(text) if dated else None
        plain = A_YEAR.sub("{year}", text, count=1) if year else text
        hit = self.wordings.get(plain)
        if hit is None and plain.endswith(")"):
            hit = self.wordings.get(_SUFFIX.sub("", plain).rstrip(":"))
        if hit is None:
            return None
        return Label(*hit, year=int(year[0]) if year else None, unit=_unit_of(text))

    def like(self, text: str) -> Label | None:
        """The label whose wording with gaps ``text`` (comparable form) fits; of several the one
        that says the most."""
        plain = bare(text)
        if len(plain) > _LONGEST:
            return None
        fits = [(field, rank) for p, field, rank in self.patterns if p.fullmatch(plain)]
        if not fits:
            return None
        year = A_YEAR.search(text)
        return Label(*fits[0], year=int(year[0]) if year else None, unit=_unit_of(text))

    @staticmethod
    def unit_of(text: str) -> str | None:
        """The unit of money that a label (comparable form) names."""
        return _unit_of(text)

    def inside(self, text: str) -> bool:
        """Whether ``text`` (comparable form) begins or ends with a label and says more."""
        ends = range(4, min(len(text), 13))
        return any(text[:n] in self.wordings or text[-n:] in self.wordings for n in ends)


def _unit_of(text: str) -> str | None:
    found = _UNIT_IN_LABEL.search(text)
    return (found[1] or found[2]) if found else None


def _wordings(*groups: Iterable[tuple[str, FieldSpec, int]]) -> Labels:
    """Ready for look-up; a wording of an earlier group goes before one of a later group."""
    out: dict[str, tuple[FieldSpec, int]] = {}
    for group in groups:
        found: dict[str, tuple[FieldSpec, int]] = {}
        for label, field, rank in group:
            folded = comparable(label)
            if folded not in found or rank < found[folded][1]:
                found[folded] = (field, rank)
        out = {**found, **out}
    return Labels(out)


def _patterns(
    fields: Iterable[FieldSpec], table: str = "fields", rank: int = _FITTING
) -> Iterator[tuple[str, FieldSpec, int]]:
    return ((text, field, rank) for field in fields for text in patterns_of(field, table))


def _with_gaps(labels: Labels, patterns: Iterable[tuple[str, FieldSpec, int]]) -> Labels:
    """``labels`` with these wordings too, those first that say the most."""
    return replace(
        labels,
        patterns=tuple(
            (
                re.compile(".{0,12}?".join(re.escape(comparable(p)) for p in text.split(GAP))),
                f,
                rank,
            )
            for text, f, rank in sorted(patterns, key=lambda one: -len(one[0]))
        ),
    )


def _ranked(field: FieldSpec, table: str = "fields") -> Iterator[tuple[str, FieldSpec, int]]:
    return ((label, field, rank) for rank, label in enumerate(wordings_of(field, table)))


def _own(form_type: FormType) -> tuple[tuple[str, FieldSpec, int], ...]:
    spec = FORMS[form_type]
    cells = [f for f in spec.fields if f.name != spec.roles.title]
    return tuple(one for field in cells for one in _ranked(field))


@cache
def field_labels(form_type: FormType) -> Labels:
    """The labels of a form's own cells, and of the budget year, which some forms give a cell."""
    return _wordings(_own(form_type))


@cache
def all_labels(form_type: FormType) -> Labels:
    """The same, and after them those of the fields that other families have: what every form may
    print for them, not what a family alone calls so."""
    own = {f.name for f in FORMS[form_type].fields}
    spec = FORMS[form_type]
    own_fields = [f for f in spec.fields if f.name != spec.roles.title]
    others = [f for n, f in FIELDS.items() if n not in own and n != spec.roles.title]
    year_amounts = {other.roles.year_amount for other in FORMS.values()}
    year_amount = next((f for f in spec.fields if f.name == spec.roles.year_amount), None)
    borrowed = (
        # What the year is granted is one field, whatever another family calls it.
        (lb, year_amount if year_amount and f.name in year_amounts else f, rank + _BORROWED)
        for field in others
        for lb, f, rank in _ranked(replace(field, labels=field.labels[:1]))
    )
    patterns = (*_patterns(own_fields), *_patterns(others, rank=_BORROWED))
    return _with_gaps(_wordings(_own(form_type), borrowed), patterns)


@cache
def section_titles(*form_types: FormType) -> frozenset[str]:
    """The titles of a form's parts in comparable form, and of the tables of these families."""
    tables = (table for form_type in form_types for table in FORMS[form_type].tables)
    titles = (title for table in tables for title in table.titles)
    return frozenset(map(comparable, (*SECTION_TITLES, *titles)))


def is_total(text: str) -> bool:
    """Whether ``text`` (comparable form) heads the row of a table's totals."""
    return _TOTAL.fullmatch(text) is not None


def dated_field(form_type: FormType, label: Label) -> str:
    """The field whose value is the year that ``label`` names, "" if there is none."""
    roles = FORMS[form_type].roles
    return roles.budget_year if label.year and label.field.name == roles.year_amount else ""


@cache
def column_labels(form_type: FormType) -> tuple[tuple[TableSpec, Labels], ...]:
    """The column labels of each table of a form."""
    return tuple(
        (
            table,
            _with_gaps(
                _wordings(one for column in table.columns for one in _ranked(column, table.name)),
                _patterns(table.columns, table.name),
            ),
        )
        for table in FORMS[form_type].tables
    )


@cache
def all_columns(form_type: FormType) -> tuple[tuple[TableSpec, Labels], ...]:
    """The same, and after them those of the tables that other families have."""
    own = column_labels(form_type)
    names = {table.name for table, _ in own}
    others = {
        table.name: (table, labels)
        for other in FORMS
        for table, labels in column_labels(other)
        if table.name not in names
    }
    return (*own, *others.values())

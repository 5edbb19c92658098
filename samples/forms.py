"""What an invented form says: the content that layout prints and labels repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from schemas.forms import FormType

Value = str | int | None
Fields = dict[str, Value]
Category = tuple[str, str]  # level 1, level 2 as printed


class Family(StrEnum):
    """The three kinds of form that occur in real booklets."""

    INVESTMENT = "investment"  # 二级项目 (市政府投资项目)
    FUNCTION = "function"  # 二级项目 (部门职能类), with 项目资金构成
    TARGET = "target"  # 项目绩效目标表

    @property
    def form_type(self) -> FormType:
        if self is Family.TARGET:
            return "performance_target"
        return "secondary_project"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the indicator table. ``level3`` None is a category that holds no indicator."""

    level1: str
    level2: str
    level3: str | None
    period_value: str | None
    annual_value: str | None

    @property
    def category(self) -> Category:
        return self.level1, self.level2


@dataclass(frozen=True, slots=True)
class Form:
    """A form's values as its labels hold them: amounts are decimal strings in the form's unit
    with the printed decimals, years are ints, a cell printed empty is None. Totals are kept
    apart from the rows because a form may print a sum that does not foot."""

    family: Family
    fields: Fields
    annual_funding: tuple[Fields, ...] = ()
    annual_funding_total: Fields | None = None
    cost_items: tuple[Fields, ...] = ()
    cost_items_total: Fields | None = None
    indicators: tuple[Indicator, ...] = ()
    budget_year: int = 2025
    faults: tuple[Fault, ...] = field(default=())

    @property
    def name(self) -> str:
        return str(self.fields["name"])

    def listed(self) -> Iterator[tuple[int, Indicator]]:
        """The indicators that are rows of the labels, numbered from 0."""
        return enumerate(i for i in self.indicators if i.level3 is not None)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault planted in a form. ``where`` is the cell's ref, ``strength`` as in findings.json:
    A is certain from the form alone, B conflicts with another place."""

    rule: str
    target: str
    what: str
    where: str
    strength: str = "A"


def total_of(rows: tuple[Fields, ...], *columns: str) -> Fields:
    """The sum of each column, with as many decimals as its first row prints."""
    return {c: str(sum((Decimal(str(r[c])) for r in rows), Decimal(0))) for c in columns}

"""A question as it was understood: what to find, where, and what to do with it.

A :class:`Query` says nothing about how it was read, so that the deterministic reader and a
language model can both produce one and be compared.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field


class Operation(StrEnum):
    """What is done with the cells that the target names."""

    LOOKUP = "lookup"
    LIST = "list"  # the projects (and their values) that pass the filters
    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    MAX = "max"  # rank, highest first
    MIN = "min"  # rank, lowest first
    COMPARE = "compare"  # the difference of two values
    RATIO = "ratio"  # one value as a share of another
    GROUP = "group"  # count or sum for each value of ``group_by``
    PASSAGE = "passage"  # what a text says
    CHECK = "check"  # what is wrong in the forms


class TargetKind(StrEnum):
    FIELD = "field"  # a labelled cell
    BUDGET = "budget"  # the money of a year, wherever the form states it
    FUNDING = "funding"  # a column of the funding plan by year
    COST = "cost"  # a column of the composition of funds
    INDICATOR = "indicator"  # the target of a performance indicator
    PROJECT = "project"  # the project itself


class Target(BaseModel):
    """The cells to find. ``names`` are field or column names of :mod:`schemas.forms`, any of
    which may answer (forms name one thing differently); ``items`` are printed names of
    indicators or contents of cost items, empty for all rows."""

    kind: TargetKind
    names: list[str] = Field(default_factory=list)
    items: list[str] = Field(default_factory=list)
    words: str = ""  # or: rows whose name, else whose category, holds these words
    label: str = ""


Test = Literal["eq", "ne", "contains", "lacks", "empty", "filled", "<", "<=", "=", ">=", ">"]


Asks = Literal["", "number", "name", "time", "reason", "list", "place"]


class Filter(BaseModel):
    """A condition on a record: any of ``fields`` passes ``test`` against ``value``.

    Numeric tests compare a year in ``fields``, or amounts in yuan, or the number of an
    indicator's target, of ``target``, which then stands in for ``fields``. The other side is
    ``value``, or the same target in ``than_year``, or that of ``than_project``, or
    ``than_target``. "empty" and "filled" with ``target`` ask whether the form has such rows.
    """

    fields: list[str] = Field(default_factory=list)
    test: Test
    value: str = ""
    label: str = ""
    target: Target | None = None
    also: list[str] = Field(default_factory=list)  # other values that pass as well
    year: int | None = None
    than_year: int | None = None
    than_project: str = ""
    than_target: Target | None = None  # or another amount of the same project


class Query(BaseModel):
    """``projects`` are project names as stored; empty means all of them."""

    operation: Operation = Operation.LOOKUP
    projects: list[str] = Field(default_factory=list)
    targets: list[Target] = Field(default_factory=list)
    years: list[int] = Field(default_factory=list)
    filters: list[Filter] = Field(default_factory=list)
    whole: Target | None = None  # the denominator of a share
    whole_of_all: bool = False  # the denominator is summed over all projects
    whole_filters: list[Filter] = Field(default_factory=list)  # or over those that pass these
    group_by: str = ""  # a field, fields joined by "/", or "year"
    order: Literal["", "max", "min"] = ""  # of groups: only the first one is asked for
    limit: int = 1
    nth: int = 1  # the first place of a ranking that is asked for: 2 for 第二高
    ends: bool = False  # of a ranking: both the highest and the lowest
    total: bool = False  # of a ranking: the sum of the places asked for
    gap: bool = False  # of a ranking: the difference of the two
    rate: bool = False  # of a comparison: also in per cent
    by_count: bool = False  # of a ranking: by how many rows of the target a project has
    growth: Literal["", "amount", "rate"] = ""  # of a ranking: by the change between two years
    falling: bool = False  # of a ranking by growth: the largest fall
    times: bool = False  # of a comparison: also how many times one is the other
    claim: Literal["", "more", "less"] = ""  # of a comparison: what is asked to be so
    footing: bool = False  # of a list: the projects whose years do not add up to the total
    than_average: bool = False  # of a list: the projects above the average, below if "min"
    average: bool = False  # of groups: their averages
    named: bool = False  # of a sum: which projects went in is asked as well
    expected_test: Test = "="
    expected: str = ""  # the number that a yes-or-no question offers, in yuan for money
    unit: str = ""  # 元, 万元 or 亿元, where the question asks for one
    text: list[str] = Field(default_factory=list)  # words that a passage must hold
    extra: list[str] = Field(default_factory=list)  # words that it may hold
    fields: list[str] = Field(default_factory=list)  # the texts to search, all if empty
    asks: Asks = ""
    counted: str = ""  # what is counted: 子系统 in 几个子系统
    language: Literal["zh", "en"] = "zh"


class Turn(BaseModel):
    """What a follow-up question inherits from the one before."""

    question: str = ""
    query: Query | None = None
    named: list[str] = Field(default_factory=list)  # the projects that the answer names, in order


class Refusal(BaseModel):
    """Why a question was not turned into a query; ``say`` is the sentence for the user."""

    status: Literal["not_found", "out_of_scope", "ambiguous"]
    say: str
    choices: list[str] = Field(default_factory=list)

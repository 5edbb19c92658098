"""A form → rows of cells, in the arrangement of its family and style. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

from samples.cells import Cell, Role, Row
from samples.forms import Family, Fields, Form
from samples.indicator_table import indicator_rows
from samples.style import Style
from samples.wording import Wording
from schemas.forms import Kind, TableSpec
from schemas.forms.tables import ANNUAL_FUNDING, COST_ITEMS, INDICATORS

_FUNDING_EDGES = (0.0, 0.095, 0.293, 0.687, 1.0)
_COST_WIDTHS = (4, 5, 10, 9, 10, 6, 9, 6, 11, 8, 12)
_WIDE = ("category", "level")
_OPINIONS = (("department_opinion", "finance_opinion"), ("budget_opinion", "performance_opinion"))
_LONG = ("basis", "overview")
_GOALS = ("overall_goal", "annual_goal")
_APART = {"title", "amount_unit", "planning_opinion", *_WIDE, *_LONG, *_GOALS} | {
    name for pair in _OPINIONS for name in pair
}


def rows_of(form: Form, style: Style) -> list[Row]:
    """The whole form from its title line to its last row."""
    make = _Target if form.family is Family.TARGET else _Secondary
    return list(make(form, style).rows())


class _Layout:
    def __init__(self, form: Form, style: Style) -> None:
        self.form, self.style = form, style
        self.words = Wording(form, style)

    def head(self) -> Iterator[Row]:
        yield Row((Cell(0, 1, str(self.form.fields["title"]), "title", ("title",)),), framed=False)
        if "amount_unit" in self.form.fields:
            text = f"{self.words.label('amount_unit')}：{self.form.fields['amount_unit']}"
            yield Row((Cell(0, 1, text, "unit", ("amount_unit",)),), framed=False)

    def section(self, text: str) -> Row:
        return Row((Cell(0, 1, text, "section"),))

    def label(self, name: str, x0: float, x1: float) -> Cell:
        text = self.words.label(name)
        year = name == "budget_amount" and str(self.form.budget_year) in text
        colon = "：" if self.style.colon else ""
        return Cell(x0, x1, text + colon, "label", ("budget_year",) if year else ())

    def value(self, name: str, x0: float, x1: float) -> Cell:
        kind = self.words.spec.field(name).kind
        text = self.words.value(name, self.form.fields[name], kind)
        role: Role = "text" if kind is Kind.LONG_TEXT else "value"
        return Cell(x0, x1, text, role, (name,), unbroken=kind is Kind.AMOUNT)

    def pair(self, name: str, x0: float, middle: float, x1: float) -> tuple[Cell, Cell]:
        return self.label(name, x0, middle), self.value(name, middle, x1)

    def table(
        self, table: TableSpec, rows: Sequence[Fields], total: Fields | None, edges: Sequence[float]
    ) -> Iterator[Row]:
        """Header, total and rows of a table with one row of cells per row."""
        names = [c.name for c in table.columns]
        spans = list(pairwise(edges))
        yield Row(
            tuple(
                Cell(*span, self.words.column(table, name), "header")
                for span, name in zip(spans, names, strict=True)
            ),
            table.name,
            header=True,
        )
        body = [
            Row(
                tuple(
                    self._table_cell(table, name, row[name], f"{table.name}.{i}.{name}", span)
                    for span, name in zip(spans, names, strict=True)
                ),
                table.name,
            )
            for i, row in enumerate(rows)
        ]
        if total is not None:
            sums = tuple(
                self._table_cell(table, n, total.get(n), f"{table.name}.total.{n}", span)
                if n in total
                else Cell(*span)
                for span, n in zip(spans[2:], names[2:], strict=True)
            )
            row = Row((Cell(edges[0], edges[2], "合计", "category"), *sums), table.name)
            body = [*body, row] if self.style.total_last else [row, *body]
        yield from body

    def _table_cell(
        self, table: TableSpec, name: str, value: object, ref: str, span: tuple[float, float]
    ) -> Cell:
        kind = table.column(name).kind
        text = "" if value is None else str(value)
        if kind is Kind.AMOUNT:
            text = self.words.value(name, text or None, kind)
        left = name == "basis" and table is COST_ITEMS
        return Cell(*span, text, refs=(ref,), unbroken=kind is Kind.AMOUNT, left=left)


class _Secondary(_Layout):
    """二级项目: several pairs a row, opinions, texts, funding, costs, goals, indicators."""

    def rows(self) -> Iterator[Row]:
        yield from self.head()
        yield self.section("项目基本信息")
        yield from self._basics()
        yield from self._opinions_and_texts()
        yield from self._money()
        yield self.section(self._goals_title())
        for name in _GOALS:
            yield Row(self.pair(name, 0, 0.095, 1))
        yield from self._indicators()

    def _goals_title(self) -> str:
        note = "（当年申报金额大于等于500万或重点项目为必填）"
        return "项目绩效信息" + (note if self.form.family is Family.FUNCTION else "")

    def _basics(self) -> Iterator[Row]:
        names = [n for n in self.form.fields if n not in _APART]
        if self.style.shuffle:
            names = _shuffled(names, self.style.seed)
        count = self.style.pairs
        half = 0.39 if count == 5 else 0.5
        label = 0.47 if count > 3 else 0.36
        wide = (
            self.pair("category", 0, label / count, half + 0.1),
            self.pair("level", half + 0.1, half + 0.1 + label / count, 1),
        )
        yield Row(wide[0] + wide[1])
        for at in range(0, len(names), count):
            chunk = names[at : at + count]
            cells = [
                cell
                for i, name in enumerate(chunk)
                for cell in self.pair(name, i / count, (i + label) / count, (i + 1) / count)
            ]
            if len(chunk) < count:  # the rest of the last row is one empty cell
                cells.append(Cell(len(chunk) / count, 1))
            yield Row(tuple(cells))

    def _opinions_and_texts(self) -> Iterator[Row]:
        if "planning_opinion" in self.form.fields:
            yield Row(self.pair("planning_opinion", 0, 0.095, 1))
        for left, right in _OPINIONS:
            cells = self.pair(left, 0, 0.095, 0.5) + self.pair(right, 0.5, 0.595, 1)
            yield Row(tuple(replace(c, role="value" if c.refs else c.role) for c in cells))
        for name in _LONG:
            yield Row(self.pair(name, 0, 0.095, 1))

    def _money(self) -> Iterator[Row]:
        title = self.words.title(ANNUAL_FUNDING)
        yield self.section(title)
        if self.form.family is Family.FUNCTION:  # the title comes twice, as in the real form
            yield self.section(self.words.title(COST_ITEMS))
            edges = [sum(_COST_WIDTHS[:i]) / sum(_COST_WIDTHS) for i in range(12)]
            yield from self.table(
                COST_ITEMS, self.form.cost_items, self.form.cost_items_total, edges
            )
            yield self.section(title)
        yield from self.table(
            ANNUAL_FUNDING,
            self.form.annual_funding,
            self.form.annual_funding_total,
            _FUNDING_EDGES,
        )

    def _indicators(self) -> Iterator[Row]:
        if self.form.family is Family.FUNCTION:
            yield self.section(self.words.title(INDICATORS))
            yield from indicator_rows(self.form, self.style, self.words, left=0, vertical="")
            yield self.section("权限分配")
        else:
            yield from indicator_rows(
                self.form, self.style, self.words, left=0.095, vertical="绩\n效\n指\n标"
            )


class _Target(_Layout):
    """项目绩效目标表: one pair a row (or two), goals under one label, indicators."""

    def rows(self) -> Iterator[Row]:
        yield from self.head()
        yield from self._basics()
        for name in _LONG:
            yield Row(self.pair(name, 0, 0.277, 1))
        yield from self._goals()
        yield from indicator_rows(
            self.form, self.style, self.words, left=0.133, vertical="绩效指标"
        )

    def _basics(self) -> Iterator[Row]:
        names = ("category", "level", "provincial_department", "spending_unit")
        yield Row(self.pair("name", 0, 0.277, 1))
        if self.style.shuffle:
            for a, b in (names[:2], names[2:]):
                yield Row(self.pair(a, 0, 0.2, 0.5) + self.pair(b, 0.5, 0.7, 1))
        else:
            for name in names:
                yield Row(self.pair(name, 0, 0.277, 1))
        yield Row(
            (
                Cell(0, 0.277, "实施周期", "label"),
                *self.pair("start_year", 0.277, 0.437, 0.64),
                *self.pair("end_year", 0.64, 0.8, 1),
            )
        )
        yield Row(self.pair("budget_amount", 0, 0.277, 1))

    def _goals(self) -> Iterator[Row]:
        group = Cell(0, 0.133, "总体绩效目标", "category", rows=2)
        if "总体" in self.words.label("overall_goal"):  # a synonym: the group must not say it too
            group = replace(group, text="绩效目标")
        first, second = (self.pair(name, 0.133, 0.277, 1) for name in _GOALS)
        yield Row((group, *first))
        yield Row(second)


def _shuffled(names: list[str], seed: int) -> list[str]:
    """Another order of the pairs: name and code stay in front, neighbours change places."""
    rng = Random(f"order/{seed}")
    head, rest = names[:2], names[2:]
    order = sorted(range(len(rest)), key=lambda i: i + rng.uniform(0, 4))
    return head + [rest[i] for i in order]

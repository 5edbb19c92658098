"""The model's answers about a table → rows of readings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.readers.model.fragments import Fragment
from assistant.readers.model.questions import LEVELS
from assistant.readers.model.sections import Section, under
from assistant.readers.model.values import Pages, empty_beside, reading_of
from assistant.text.folding import comparable
from schemas.forms import FieldSpec, Kind
from schemas.geometry import PageSource
from schemas.readings import Doubt, Reading, Row

_TOTAL = ("合计", "总计", "小计")


def is_total(line: Sequence[Fragment]) -> bool:
    return any(comparable(f.text) in _TOTAL for f in line)


def can_be_summed(spec: FieldSpec | None) -> bool:
    """Whether a total may stand in the column."""
    return spec is not None and (spec.kind is Kind.AMOUNT or spec.name == "workload")


def shape_of(line: Sequence[Fragment], header: Sequence[Fragment], pages: Pages) -> tuple[int, ...]:
    """Lines of one shape have their cells under the same columns; without places, as many."""
    if pages[line[0].page].source is PageSource.TEXT:
        return (len(line),)
    return tuple(under(f, header) for f in line)


def row_of(line: Sequence[Fragment], specs: Sequence[FieldSpec | None], pages: Pages) -> Row:
    """A line whose cells belong to the columns ``specs``."""
    row: Row = {}
    for fragment, spec in zip(line, specs, strict=True):
        if spec is None:
            continue
        if spec.name in row:
            doubted = row[spec.name]
            row[spec.name] = doubted.model_copy(
                update={"doubts": (*doubted.doubts, Doubt.AMBIGUOUS)}
            )
        else:
            row[spec.name] = reading_of(spec.kind, [fragment], pages)
    return row


def is_whole(row: Row, pages: Pages) -> bool:
    """Whether a row can be taken: where text has no places, one whose cells are wrapped or
    missing cannot be told from its neighbours, and nothing is said rather than a guess."""
    place = next((r.evidence for r in row.values() if r.evidence), None)
    if place is None or pages[place.page].source is not PageSource.TEXT:
        return True
    return not any(
        Doubt.NOT_AN_AMOUNT in r.doubts or Doubt.NOT_A_YEAR in r.doubts for r in row.values()
    ) and all(r.value is not None for name, r in row.items() if name.endswith("_value"))


def with_empty(row: Row, section: Section) -> Row:
    """The row with the columns that the header prints and the line leaves empty."""
    place = next((r.evidence for r in row.values() if r.evidence), None)
    out: Row = {}
    for spec in section.columns():
        if spec is not None:
            out[spec.name] = row.get(spec.name) or Reading(value=None, evidence=place)
    return out


@dataclass
class IndicatorRows:
    """Builds the rows of an indicator table line by line: a category holds until the next."""

    section: Section
    pages: Pages
    rows: list[Row] = field(default_factory=list)
    _level1: Fragment | None = None
    _level2: Fragment | None = None

    def add(self, line: Sequence[Fragment], level: str) -> None:
        start = LEVELS.index(level)
        cells: Mapping[int, Fragment] = {start + i: f for i, f in enumerate(line[: 3 - start])}
        values = list(line[3 - start :])
        if 0 in cells:
            self._level1, self._level2 = cells[0], None
        if 1 in cells:
            self._level2 = cells[1]
        if 2 in cells:
            self._append(cells[2], values)

    def _append(self, level3: Fragment, values: list[Fragment]) -> None:
        row: Row = {}
        chosen = {"level1": self._level1, "level2": self._level2, "level3": level3}
        for name, fragment in (chosen | self._values(values)).items():
            spec = self.section.table.column(name) if self.section.table else None
            if spec is None:
                continue
            if fragment is None:
                row[name] = empty_beside(level3, self.pages)
            else:
                row[name] = reading_of(spec.kind, [fragment], self.pages)
        # A running head or foot between two pages has a place but no values.
        if values and is_whole(row, self.pages) and not self._is_repeated(row):
            self.rows.append(row)

    def _values(self, values: list[Fragment]) -> dict[str, Fragment | None]:
        """What stands in each value column: in order where no cell is empty, else by place."""
        known = self.section.columns()
        level3 = next((i for i, c in enumerate(known) if c and c.name == "level3"), 2)
        right = list(zip(self.section.header, known, strict=True))[level3 + 1 :]
        out: dict[str, Fragment | None] = {c.name: None for _, c in right if c}
        if len(values) == len(right):
            return out | {c.name: v for (_, c), v in zip(right, values, strict=True) if c}
        for value in values:
            if right:
                _, column = right.pop(under(value, [h for h, _ in right]))
                if column:
                    out[column.name] = value
        return out

    def _is_repeated(self, row: Row) -> bool:
        """A row that a page break split is printed on both pages."""
        if not self.rows:
            return False
        last = self.rows[-1]
        return _said(last) == _said(row) and _page(last) != _page(row)


def _said(row: Row) -> list[str]:
    return [comparable(str(r.value)) for r in row.values()]


def _page(row: Row) -> int | None:
    place = row["level3"].evidence
    return place.page if place else None


def merged(left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """The rows of two blocks side by side as one table: the same categories and indicator
    make one row."""
    rest = list(right)
    rows: list[Row] = []
    for row in left:
        partner = next((r for r in rest if _key(r) == _key(row)), None)
        if partner is not None:
            rest.remove(partner)
        rows.append({**(partner or {}), **row})
    return rows + rest


def _key(row: Row) -> list[str]:
    return [comparable(str(row[n].value)) for n in ("level1", "level2", "level3") if n in row]

"""Where the labels of a form stand in a page's text, and what lies between them. Pure.

Candidates are runs that together make a label, wherever it wraps; the best
chain of candidates that do not overlap is a weighted interval scheduling. A
label counts only as whole runs, and not in the flow of a paragraph, so the
words of a label inside a long text are text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

from assistant.readers.rules.labels import (
    UNIT_STATED,
    Label,
    column_labels,
    field_labels,
    section_titles,
)
from assistant.readers.rules.text.runs import Atom, Gap, joined, line_widths, split_at
from assistant.text.years import year_of
from schemas.forms import FORMS, FormType, Indicators, Kind, TableSpec

_LONGEST_LABEL = 8  # runs
_LONGEST_CHARS = 40
_FLOW = 20.0  # ems: a line this long can be a paragraph's
_LONG_RUN = 15.0  # ems: and so can one with a run this long
_SENTENCE_END = "。；;！!？?…)】》”:"
_BRACKETS = re.compile(r"\([^()]*\)$")
# Columns of indicators that no field has: numbers of rows, weights, parts of a target.
NUMBER, WEIGHT, PART = "_number", "_weight", "_part"
_OTHER_COLUMN = re.compile(
    r"(?P<weight>(?:指标)?(?:权重|分值)(?:\(.*\))?|赋分|得分)|备注|指标类型|说明|指标解释|"
    r"(?P<part>[计度]量单位|指标单位|指标方向|(?:指标)?性质|(?:[计运]算|比较|指标)?符号|数值)"
)
_TWICE = ("level2", "level3", "period_value", "annual_value")  # in two blocks side by side
_PERIOD = re.compile("周期|实施期|中期|总体|总目标")
_VERTICAL = "绩效指标"  # printed down the side of the indicators, one glyph a line


class What(StrEnum):
    """What a mark is."""

    FIELD = "field"  # a label of the form
    UNIT = "unit"  # 金额单位：元, which holds its own value
    SECTION = "section"  # the title of a part
    SIDE = "side"  # 绩效指标, which is also printed beside its table
    FOREIGN = "foreign"  # a label that only the other family has


@dataclass(frozen=True, slots=True)
class Mark:
    """Atoms ``start`` to ``end`` that are no value but tell where one begins or ends."""

    start: int
    end: int
    score: float
    what: What
    label: Label | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table: its columns in printed order, None for one nobody knows."""

    start: int
    end: int
    table: TableSpec
    columns: tuple[str | None, ...]


@cache
def _foreign_labels(form_type: FormType) -> frozenset[str]:
    others = (field_labels(other).wordings for other in FORMS if other != form_type)
    return frozenset(text for wordings in others for text in wordings if len(text) > 2)


def split_colons(atoms: Sequence[Atom], form_type: FormType) -> list[Atom]:
    """Cuts a run after the colon of a label: "项目名称：某某项目" holds a label and its value."""
    labels = field_labels(form_type)
    out: list[Atom] = []
    for atom in atoms:
        at = atom.text.find(":")
        if 0 < at < len(atom.text) - 1 and labels.find(atom.text[:at]):
            label = labels.find(atom.text[:at])
            if label and label.field.kind is not Kind.UNIT:
                out += split_at(atom, at + 1)
                continue
        out.append(atom)
    return out


def find_marks(atoms: Sequence[Atom], form_type: FormType) -> tuple[list[Mark], list[Mark]]:
    """The labels and titles of a form in printed order, without overlaps, and apart from them
    the labels that a text holds as words."""
    found = list(_candidates(atoms, form_type))
    longest = _longest_lines(atoms)
    words = {m for m in found if _in_flow(atoms, m, longest)}
    in_text = [m for m in found if m in words and m.what is What.FIELD]
    return _best_chain([m for m in found if m not in words]), in_text


def _candidates(atoms: Sequence[Atom], form_type: FormType) -> Iterator[Mark]:
    for start in range(len(atoms)):
        text, cost = "", 0.0
        for end in range(start + 1, min(start + _LONGEST_LABEL, len(atoms)) + 1):
            if end - start > 1:
                gap = atoms[end - 1].gap
                if gap is Gap.PAGE:
                    break
                one_glyph = len(atoms[end - 1].text) == 1 or len(atoms[end - 2].text) == 1
                cost += 3.0 if gap is Gap.BLANK else 1.5 if gap is Gap.SPACE else 0.0
                cost -= 1.5 if one_glyph and gap is Gap.SPACE else 0.0
            text += atoms[end - 1].text
            if len(text) > _LONGEST_CHARS:
                break
            if end - start > 1 and _is_value_and_label(atoms, start, end, form_type):
                continue
            if mark := _mark(text, start, end, len(text) - cost, form_type):
                yield mark


def _is_value_and_label(atoms: Sequence[Atom], start: int, end: int, form_type: FormType) -> bool:
    """Whether the first run is a year under the label before it: 到期年度 2026年 预算金额."""
    if year_of(atoms[start].text) is None:
        return False
    find = field_labels(form_type).find
    before = (find(joined(atoms[at:start])) for at in range(max(0, start - 3), start))
    owned = any(label and label.field.kind is Kind.YEAR for label in before)
    return owned and find(joined(atoms[start + 1 : end])) is not None


def _mark(text: str, start: int, end: int, score: float, form_type: FormType) -> Mark | None:
    if (unit := UNIT_STATED.match(text.lstrip("(["))) and len(text) <= len(unit[0]) + 2:
        return Mark(start, end, score, What.UNIT, unit=unit[1])
    label = field_labels(form_type).find(text)
    if label and label.field.kind is not Kind.UNIT:
        return Mark(start, end, score, What.FIELD, label=label)
    plain = _BRACKETS.sub("", text).rstrip(":")
    vertical = end - start == len(text) > 1 and text in _VERTICAL
    if vertical or plain == _VERTICAL:
        return Mark(start, end, score, What.SIDE)
    if plain in section_titles(*FORMS):
        return Mark(start, end, score, What.SECTION)
    return Mark(start, end, score, What.FOREIGN) if plain in _foreign_labels(form_type) else None


def _in_flow(atoms: Sequence[Atom], mark: Mark, longest: Sequence[float]) -> bool:
    """Whether a sentence goes on with what looks like a label: then it is text."""
    at = mark.start
    if at == 0 or atoms[at].gap >= Gap.BLANK:
        return False
    before = atoms[at - 1]
    if before.text[-1] in ",、":
        return True
    if atoms[at].gap is Gap.SPACE:
        return before.width > _FLOW
    if mark.end < len(atoms) and atoms[mark.end].gap is Gap.SPACE:
        return False  # its value stands beside it
    line = _line_before(atoms, at)
    if max(a.width for a in line) < _LONG_RUN or before.text[-1] in _SENTENCE_END:
        return False
    width = line_widths(line)[0]
    return width > _FLOW and width >= 0.9 * longest[at]


def _line_before(atoms: Sequence[Atom], at: int) -> list[Atom]:
    start = at - 1
    while start and atoms[start].gap is Gap.SPACE:
        start -= 1
    return list(atoms[start:at])


def _longest_lines(atoms: Sequence[Atom]) -> list[float]:
    """For each run the longest line of its block; a line as long as that wraps, it does not end."""
    out: list[float] = []
    starts = [i for i, a in enumerate(atoms) if i == 0 or a.gap >= Gap.BLANK]
    for start, end in pairwise([*starts, len(atoms)]):
        out += [max(line_widths(atoms[start:end]))] * (end - start)
    return out


def _best_chain(candidates: list[Mark]) -> list[Mark]:
    """Weighted interval scheduling: the marks of the greatest total score without overlap."""
    best: list[tuple[float, Mark | None, int]] = [(0.0, None, 0)]
    by_end = sorted((m for m in candidates if m.score > 0), key=lambda m: (m.end, m.start))
    ends = [0]
    for mark in by_end:
        before = bisect_right(ends, mark.start) - 1
        total = best[before][0] + mark.score
        if total > best[-1][0]:
            best.append((total, mark, before))
            ends.append(mark.end)
    chain: list[Mark] = []
    _, last, before = best[-1]
    while last is not None:
        chain.append(last)
        _, last, before = best[before]
    return chain[::-1]


def find_headers(atoms: Sequence[Atom], form_type: FormType) -> list[Header]:
    """The header rows of the form's tables in printed order, each as often as it is printed."""
    found: list[Header] = []
    at = 0
    while at < len(atoms):
        here = [
            h for table in FORMS[form_type].tables if (h := _header(atoms, at, table, form_type))
        ]
        if here:
            found.append(max(here, key=lambda h: sum(c is not None for c in h.columns)))
            at = found[-1].end
        else:
            at += 1
    return found


def _header(
    atoms: Sequence[Atom], start: int, table: TableSpec, form_type: FormType
) -> Header | None:
    columns: list[str | None] = []
    at, end, strangers = start, start, 0
    while at < len(atoms):
        known = _column(atoms, at, table, form_type)
        if known and (known[0] not in columns or known[0] in _TWICE):
            name, at = known
            columns.append(name)
            at = _close_bracket(atoms, at)
            end, strangers = at, 0
        elif columns and _OTHER_COLUMN.fullmatch(atoms[at].text):
            columns.append(_strange(atoms[at].text, table))
            at = end = at + 1
            strangers = 0
        elif columns and not known and strangers == 0 and len(atoms[at].text) <= 10:
            strangers += 1
            columns.append(None)
            at += 1
        else:
            break
    columns = columns[: len(columns) - strangers]
    names = {c for c in columns if c and not c.startswith("_")}
    if len(names) >= 3 and any(name in names for name in _telling(table)):
        before = joined(atoms[max(0, start - 6) : start])
        if start and isinstance(table, Indicators) and atoms[start - 1].text == "序号":
            start, columns = start - 1, [NUMBER, *columns]
        if start and isinstance(table, Indicators) and _is_heading(atoms, start - 1):
            start -= 1
        return Header(start, end, table, _named_blocks(columns, before))
    return None


def _telling(table: TableSpec) -> tuple[str, ...]:
    """The columns of which a header names one at least."""
    if isinstance(table, Indicators):
        return table.subject, *table.values
    return tuple(c.name for c in table.columns if c.kind is Kind.AMOUNT)


_HEADING = re.compile(r"[\u4e00-\u9fff\d()]{0,8}绩效指标(?:表|体系|情况)?")


def _is_heading(atoms: Sequence[Atom], at: int) -> bool:
    """Whether a run is alone on its line and heads the table below it: 实施周期绩效指标."""
    alone = atoms[at].gap is not Gap.SPACE and atoms[at + 1].gap is not Gap.SPACE
    return alone and bool(_HEADING.fullmatch(atoms[at].text))


def _strange(text: str, table: TableSpec) -> str | None:
    """The name of a column of indicators that no field has, where its kind is known."""
    found = _OTHER_COLUMN.fullmatch(text)
    if found is None or not isinstance(table, Indicators):
        return None
    return WEIGHT if found["weight"] else PART if found["part"] else None


def _named_blocks(columns: Sequence[str | None], before: str) -> tuple[str | None, ...]:
    """Columns of which two blocks stand side by side, the period's and the year's, under
    headings that stand ``before``: their value columns get the names that they mean."""
    at = [i for i, c in enumerate(columns) if c in ("period_value", "annual_value")]
    if len(at) == 3 and columns.count("level3") == 1:  # 指标值 above both columns
        return tuple(c for i, c in enumerate(columns) if i != at[0])
    if len(at) != 2 or columns[at[0]] != columns[at[1]]:
        return tuple(columns)
    year, period = before.rfind("年度"), _PERIOD.search(before)
    names = ("annual_value", "period_value")
    if period is None or period.start() < year:
        names = names[::-1]
    out = list(columns)
    out[at[0]], out[at[1]] = names
    return tuple(out)


def _column(
    atoms: Sequence[Atom],
    at: int,
    table: TableSpec,
    form_type: FormType,
) -> tuple[str, int] | None:
    """The longest column label that begins at ``at``: its column, and where it ends."""
    labels = next(labels for t, labels in column_labels(form_type) if t.name == table.name)
    best: tuple[str, int] | None = None
    for end in range(at + 1, min(at + _LONGEST_LABEL, len(atoms)) + 1):
        label = labels.find(joined(atoms[at:end]))
        if label:
            best = label.field.name, end
    return best


def _close_bracket(atoms: Sequence[Atom], at: int) -> int:
    """Where a bracket that goes on after a column label ends."""
    opened = atoms[at - 1].text.count("(") > atoms[at - 1].text.count(")")
    if not opened and not (at < len(atoms) and atoms[at].text.startswith("(")):
        return at
    for end in range(at, min(at + 4, len(atoms))):
        if atoms[end].text.endswith(")"):
            return end + 1
    return at

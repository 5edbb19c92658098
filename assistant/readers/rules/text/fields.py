"""The labelled cells of a page-text form: what stands between a label and the next. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.readers.rules.labels import Label, Labels, dated_field, field_labels
from assistant.readers.rules.text.labels import Mark, What
from assistant.readers.rules.text.open import unknown_pairs
from assistant.readers.rules.text.runs import (
    Atom,
    Gap,
    cell_text,
    evidence_for,
    fits_a_wrap,
    joined,
    lead,
    line_widths,
    runs_of_lines,
    word_lines,
)
from assistant.readers.rules.values import paragraphs, parse
from assistant.text.folding import comparable
from assistant.text.years import YEAR
from schemas.forms import FORMS, FormType, Kind
from schemas.readings import Doubt, Doubts, Evidence, Reading

_CODE = re.compile(r"[0-9A-Za-z()\-—/.*#]+")
_LONGEST_CHOICE = 12
_LABEL_LIKE = re.compile(r"[\u4e00-\u9fff()/]{2,10}:?")
_PARAGRAPH = 20.0  # ems: a line as long as this is a paragraph's
_GOES_ON = ",，。、;；:：)）》”"
_SECOND = re.compile(r"\(?[2-9二三四五六七八九](?:[、)]|[.．](?!\d))")
_SENTENCE_END = "。；;！!？?.…)】》”"
_SHORTEST_GLUED = 3  # characters of a label
_DATED = re.compile(rf"^{YEAR}(?=年)")
_COLUMN_HEADS = {"一级指标", "二级指标", "三级指标", "序号"}
_WRONG_KIND = {Doubt.NOT_AN_AMOUNT, Doubt.NOT_A_YEAR, Doubt.NOT_A_CODE, Doubt.NOT_A_CHOICE}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A label, its runs, and the runs of its value; ``ended_by`` is the mark after it."""

    label: Label
    mark: Mark
    name: Sequence[Atom]
    value: Sequence[Atom]
    ended_by: Mark | None


def read_fields(
    atoms: Sequence[Atom],
    marks: Sequence[Mark],
    stops: Sequence[int],
    in_text: Sequence[Mark],
    form_type: FormType,
) -> dict[str, Reading]:
    """The values under ``marks``; ``stops`` are where the tables begin, ``in_text`` labels that
    were taken for words of a text."""
    cells = list(_cells(atoms, marks, stops))
    chosen, disputed = _choose(cells)
    chosen, others = _without_unknown(chosen)
    readings = {c.label.field.name: _reading(c) for c in chosen}
    for cell in cells:
        name = cell.label.field.name
        if cell.mark in disputed or cell.ended_by in disputed:
            readings[name] = _doubted(readings[name], Doubt.LABEL_TWICE)
    _doubt_cut_texts(cells, chosen, readings)
    for cell in chosen:
        end = cell.mark.end + len(cell.value)
        if any(cell.mark.end <= m.start < end for m in in_text):
            name = cell.label.field.name
            readings[name] = _doubted(readings[name], Doubt.LABEL_IN_TEXT)
    _doubt_neighbours(chosen, readings)
    _doubt_mixed(chosen, readings)
    _doubt_stacked(chosen, readings)
    _doubt_glued(chosen, readings, field_labels(form_type))
    if unit := _unit(atoms, marks, chosen, readings):
        readings[FORMS[form_type].roles.amount_unit] = unit
    return readings | _budget_year(chosen, form_type) | others


def _cells(atoms: Sequence[Atom], marks: Sequence[Mark], stops: Sequence[int]) -> list[_Cell]:
    out = []
    bounds = sorted({*(m.start for m in marks), *stops, len(atoms)})
    by_start = {m.start: m for m in marks}
    for mark in marks:
        if mark.label is not None:
            end = bounds[bisect_left(bounds, mark.end)]
            name, value = atoms[mark.start : mark.end], atoms[mark.end : end]
            out.append(_Cell(mark.label, mark, name, value, by_start.get(end)))
    return out


def _without_unknown(cells: Sequence[_Cell]) -> tuple[list[_Cell], dict[str, Reading]]:
    """The cells without the pairs of unknown labels that follow their values, and these."""
    out: list[_Cell] = []
    others: dict[str, Reading] = {}
    for cell in cells:
        short = cell.label.field.kind is not Kind.LONG_TEXT and not _is_one_cell(cell.value or [])
        value, pairs = unknown_pairs(cell.value) if short and cell.value else (cell.value, {})
        out.append(replace(cell, value=value) if pairs else cell)
        others = pairs | others
    return out, others


def _choose(cells: Sequence[_Cell]) -> tuple[list[_Cell], set[Mark]]:
    """One cell a field, and the labels that stand twice with different values."""
    by_field: dict[str, list[_Cell]] = {}
    for cell in cells:
        by_field.setdefault(cell.label.field.name, []).append(cell)
    chosen: list[_Cell] = []
    disputed: set[Mark] = set()
    for same in by_field.values():
        rest = [c for c in same if not _is_heading(c, same)] or same
        rank = min(c.label.rank for c in rest)
        rest = [c for c in rest if c.label.rank == rank]
        if len({joined(c.value) for c in rest}) > 1:
            disputed |= {c.mark for c in rest}
        chosen.append(next((c for c in rest if c.value), rest[0]))
    return chosen, disputed


def _is_heading(cell: _Cell, same: Sequence[_Cell]) -> bool:
    """Whether the label only heads another label of its field: 总体目标 above 总体绩效目标."""
    return not cell.value and any(cell.ended_by is other.mark for other in same)


def _reading(cell: _Cell) -> Reading:
    kind, value = cell.label.field.kind, cell.value
    if not value:
        return Reading(value=None, evidence=evidence_for(cell.name))
    text = cell_text(value)
    doubts = _shape_doubts(kind, value)
    if kind is Kind.LONG_TEXT:
        return Reading(
            value=paragraphs(word_lines(value), max(w.box.x1 for w in value)),
            evidence=evidence_for(value),
            doubts=doubts,
        )
    parsed, more = parse(kind, text)
    more = (*more, *_kind_doubts(kind, text, parsed))
    if joined(value).startswith(joined(cell.name).rstrip(":")):
        more = (*more, Doubt.SPLIT_GUESSED)  # 主管部门编码 under 主管部门 is another label
    return Reading(value=parsed, evidence=evidence_for(value), doubts=(*doubts, *more))


def _kind_doubts(kind: Kind, text: str, parsed: object) -> Doubts:
    if kind is Kind.CODE and not _CODE.fullmatch(comparable(str(parsed))):
        return (Doubt.NOT_A_CODE,)
    if kind is Kind.CHOICE and parsed == text and len(text) > _LONGEST_CHOICE:
        return (Doubt.NOT_A_CHOICE,)
    return ()


def _shape_doubts(kind: Kind, value: Sequence[Atom]) -> Doubts:
    if kind is Kind.LONG_TEXT:
        return (Doubt.SPLIT_GUESSED,) if _holds_a_label(value) else ()
    if kind is Kind.TEXT and any(mark in joined(value) for mark in "。;"):
        return (Doubt.SPLIT_GUESSED,)  # sentences are no name
    doubts: Doubts = ()
    if kind in (Kind.AMOUNT, Kind.YEAR, Kind.NUMBER) and len(value) > 1:
        doubts = (Doubt.NOT_A_WHOLE_WORD,)
    return doubts if _is_one_cell(value) else (*doubts, Doubt.SPLIT_GUESSED)


def _is_one_cell(value: Sequence[Atom]) -> bool:
    """Whether the runs look like one cell: one line, or lines that wrap where a column ends."""
    ticked = any(mark in joined(value) for mark in "☑☒✓✔√■□☐")
    if any(a.gap >= Gap.BLANK or (a.gap is Gap.SPACE and not ticked) for a in value[1:]):
        return False
    lines = line_widths(value)
    if len(lines) > 1 and value[0].gap is Gap.SPACE:
        return False  # a cell of several lines does not begin beside its label
    leads = [lead(a.printed) for a in value if a.gap is not Gap.SPACE]
    return all(
        fits_a_wrap(w, n, max(lines)) for w, n in zip(lines, leads[-len(lines) + 1 :], strict=False)
    )


def _holds_a_label(value: Sequence[Atom]) -> bool:
    """Whether a long text holds a run that may be the label of a cell that we don't know."""
    if any(a.text in _COLUMN_HEADS for a in value):
        return True
    after = [*(a.gap for a in value[1:]), Gap.PAGE]
    alone = [
        a
        for a, gap in zip(value, after, strict=True)
        if a.gap is not Gap.SPACE and gap >= Gap.BLANK and a is not value[0]
    ]
    if any(a.gap >= Gap.BLANK and _LABEL_LIKE.fullmatch(a.text) for a in alone):
        return True
    for before, a, gap in zip(value, value[1:], after[1:], strict=False):
        ended = a.gap is Gap.LINE and before.text[-1] in _SENTENCE_END
        if ended and gap is Gap.LINE and _LABEL_LIKE.fullmatch(a.text):
            return True
    one_line = all(a.gap is Gap.SPACE for a in value)
    return one_line and len(value) > 1 and all(_LABEL_LIKE.fullmatch(a.text) for a in value)


def _doubt_neighbours(cells: Sequence[_Cell], readings: dict[str, Reading]) -> None:
    """Where a value is of the wrong kind, the empty cell before it may be its owner."""
    for before, cell in pairwise(cells):
        wrong = _WRONG_KIND & set(readings[cell.label.field.name].doubts)
        if wrong and before.ended_by is cell.mark and not before.value:
            other = before.label.field.name
            readings[other] = _doubted(readings[other], Doubt.SPLIT_GUESSED)


def _doubt_mixed(cells: Sequence[_Cell], readings: dict[str, Reading]) -> None:
    """Where the lines of neighbouring cells are mixed, as where an extractor goes down the page
    line by line: a label stands in the middle of its value's lines, not above them. Plain signs
    of it put every field in doubt, a single weak one the fields beside it."""
    weak: set[str] = set()
    plain = False
    for cell, after in zip(cells, [*cells[1:], None], strict=False):
        plain = plain or _begins_or_ends_elsewhere(cell)
        if _breaks_off(cell) or _is_beside_its_lines(cell) or _is_side_by_side(cell, after):
            weak.add(cell.label.field.name)
            weak |= {after.label.field.name} if after and cell.ended_by is after.mark else set()
    for name in readings if plain or len(weak) > 3 else weak:
        readings[name] = _doubted(readings[name], Doubt.LAYOUT_TEXT)


def _doubt_glued(cells: Sequence[_Cell], readings: dict[str, Reading], labels: Labels) -> None:
    """Where a line begins with a label that the form prints nowhere else, an extractor may have
    glued that to its value, as it does with cells whose texts nearly touch."""
    absent = tuple(
        text.removeprefix("{year}")
        for text, (field, _) in labels.wordings.items()
        if field.name not in readings and len(text) > _SHORTEST_GLUED
    )
    for cell in cells:
        begun = (a.text for a in cell.value[1:] if a.gap is not Gap.SPACE)
        glued = any(_DATED.sub("", text).startswith(absent) for text in begun)
        if glued or _holds_half_a_label(cell.value, absent):
            name = cell.label.field.name
            readings[name] = _doubted(readings[name], Doubt.SPLIT_GUESSED)


def _holds_half_a_label(value: Sequence[Atom], absent: Sequence[str]) -> bool:
    """Whether a line is the first part of a label whose rest stands elsewhere."""
    lines = runs_of_lines(value)
    heads = {text for line in lines for text in (joined(line), line[0].text)}
    return any(
        len(head) > _SHORTEST_GLUED and any(text.startswith(head) for text in absent)
        for head in heads
    )


def _doubt_cut_texts(
    cells: Sequence[_Cell], chosen: Sequence[_Cell], readings: dict[str, Reading]
) -> None:
    """Where a label that counts for nothing, as its field has a better one, ends a long text,
    it may be a word of that text; and so one with a colon below a label without."""
    unused = {c.mark for c in cells if c.value} - {c.mark for c in chosen}
    colons = {c.mark for c in cells if c.name[-1].text.endswith(":")}
    for cell in chosen:
        word = cell.ended_by in unused or (cell.ended_by in colons and cell.mark not in colons)
        if word and cell.label.field.kind is Kind.LONG_TEXT:
            name = cell.label.field.name
            readings[name] = _doubted(readings[name], Doubt.LABEL_TWICE)


def _doubt_stacked(cells: Sequence[_Cell], readings: dict[str, Reading]) -> None:
    """Where labels follow each other and then several runs, these may be the values of them all,
    as in a row of heads above a row of values. No project goes without a name."""
    empty: list[str] = []
    for cell in cells:
        name = cell.label.field.name
        if not cell.value:
            empty.append(name)
            if name == "name":
                readings[name] = _doubted(readings[name], Doubt.SPLIT_GUESSED)
            continue
        if len(cell.value) > len(empty) > 0 and _may_be_stacked(empty, cell):
            for each in (*empty, name):
                readings[each] = _doubted(readings[each], Doubt.SPLIT_GUESSED)
        empty = []


def _may_be_stacked(empty: Sequence[str], cell: _Cell) -> bool:
    texts = cell.label.field.kind is Kind.LONG_TEXT
    return cell.value[0].gap is not Gap.SPACE and not texts and (len(empty) > 1 or "name" in empty)


def _begins_or_ends_elsewhere(cell: _Cell) -> bool:
    """Whether a text begins within a sentence or with its second item, or one follows an amount
    or a year."""
    if not cell.value:
        return False
    if cell.label.field.kind is Kind.LONG_TEXT:
        text = joined(cell.value[:2])
        return text[0] in _GOES_ON or bool(_SECOND.match(text))
    short = cell.label.field.kind in (Kind.AMOUNT, Kind.YEAR)
    return short and max(line_widths(cell.value)) > _PARAGRAPH


def _breaks_off(cell: _Cell) -> bool:
    """Whether a paragraph's last line is full and ends no sentence, with a label behind it."""
    widths = line_widths(cell.value) if cell.value else []
    full = len(widths) > 1 and widths[-1] >= max(_PARAGRAPH, 0.95 * max(widths))
    if cell.ended_by is None or not full:
        return False
    return cell.value[-1].text[-1] not in _SENTENCE_END


_GOALS = {"overall_goal", "annual_goal"}


def _is_side_by_side(cell: _Cell, after: _Cell | None) -> bool:
    """Whether two labels of texts stand beside each other, so that both texts follow: those of
    one line, and the goals of the period and of the year, which many forms set side by side."""
    if after is None or cell.value or cell.ended_by is not after.mark or not after.value:
        return False
    fields = (cell.label.field, after.label.field)
    texts = all(f.kind is Kind.LONG_TEXT for f in fields)
    texts = texts and after.value[0].gap is not Gap.SPACE and len(after.value) > 1
    return texts and ({f.name for f in fields} == _GOALS or after.name[0].gap is Gap.SPACE)


def _is_beside_its_lines(cell: _Cell) -> bool:
    """Whether a text of several lines begins on the line of its label."""
    if cell.label.field.kind is not Kind.LONG_TEXT or not cell.value:
        return False
    several = any(a.gap is not Gap.SPACE for a in cell.value[1:])
    return several and cell.value[0].gap is Gap.SPACE and cell.name[-1].text[-1] != ":"


def _doubted(reading: Reading, doubt: Doubt) -> Reading:
    return reading.model_copy(update={"doubts": tuple(dict.fromkeys((*reading.doubts, doubt)))})


def _unit(
    atoms: Sequence[Atom],
    marks: Sequence[Mark],
    cells: Sequence[_Cell],
    readings: dict[str, Reading],
) -> Reading | None:
    """The unit that the form states, else the one that its labels name. An amount keeps the unit
    of its own label; one of which none is named is doubted."""
    stated = next((m for m in marks if m.what is What.UNIT), None)
    named = [c for c in cells if c.label.unit and c.label.field.kind is Kind.AMOUNT]
    unit: str | None = stated.unit if stated else None
    evidence: Evidence | None = evidence_for(atoms[stated.start : stated.end]) if stated else None
    if unit is None and named:
        unit, evidence = named[0].label.unit, evidence_for(named[0].name)
    for cell in cells:
        if cell.label.field.kind is Kind.AMOUNT and cell.value:
            own, name = cell.label.unit, cell.label.field.name
            if own and own != unit:
                read = _doubted(readings[name], Doubt.UNIT_CONFLICT) if stated else readings[name]
                readings[name] = read.model_copy(update={"unit": own})
            elif own is None and (unit is None or (stated is None and unit != "元")):
                readings[name] = _doubted(readings[name], Doubt.NO_UNIT)
    return Reading(value=unit, evidence=evidence) if unit else None


def _budget_year(cells: Sequence[_Cell], form_type: FormType) -> dict[str, Reading]:
    """The year in the label of the budget amount."""
    for cell in cells:
        if name := dated_field(form_type, cell.label):
            return {name: Reading(value=cell.label.year, evidence=evidence_for(cell.name))}
    return {}

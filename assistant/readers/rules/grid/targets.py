"""Targets that are printed in parts: a sign, a number and a unit in columns of their own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.pages.grid import GridCell, words_box
from assistant.pages.grounding import evidence_of
from assistant.text.comparators import COMPARATOR
from assistant.text.folding import comparable
from schemas.geometry import Page
from schemas.readings import Reading

SIGN, NUMBER, UNIT = "sign", "number", "unit"
_HEADS = {
    SIGN: "符号 计算符号 运算符号 指标符号 比较符号 关系符号 指标方向 指标性质 性质",
    NUMBER: "数值 指标数值 目标数值 值 指标值 目标值",
    UNIT: "计量单位 度量单位 指标单位 数值单位 单位",
}
_PARTS = {comparable(head): part for part, heads in _HEADS.items() for head in heads.split()}
_NO_UNIT = {"", "-", "--", "—", "/", "无"}
_COMPARATOR = re.compile(COMPARATOR)


def part_of(head: str) -> str | None:
    """What a column under ``head`` (comparable form) holds of a target.

    >>> part_of("计量单位"), part_of("备注")
    ('unit', None)
    """
    return _PARTS.get(head)


def are_parts(heads: Iterable[str]) -> bool:
    """Whether ``heads`` together name one target: a number with its sign or its unit."""
    parts = [part_of(head) for head in heads]
    return None not in parts and len(parts) > 1 and parts.count(NUMBER) == 1


def is_sign(text: str) -> bool:
    """Whether a cell of the column of signs says what it should: a comparator, or in words that
    there is none."""
    folded = comparable(text)
    return bool(_COMPARATOR.fullmatch(folded)) or len(folded) > 1


def with_parts(
    reading: Reading, cell: GridCell, beside: Sequence[tuple[str, GridCell]], page: Page
) -> Reading:
    """``reading`` of a number with the sign and the unit that stand in the cells ``beside`` it:
    "≥", "95", "%" → "≥95%"."""
    number = reading.value
    if number is None:
        return _in_words(reading, beside, page)
    if not isinstance(number, str):
        return reading
    text, used = number, [*cell.words]
    for part, other in beside:
        print_ = other.joined.strip()
        if part == SIGN and _COMPARATOR.fullmatch(comparable(print_)):
            text = print_ + text
        elif part == UNIT and _is_unit(print_, number):
            text += print_
        else:
            continue
        used += other.words
    if text == number:
        return reading
    evidence = evidence_of(page, words_box(used), text)
    return reading.model_copy(update={"value": text, "evidence": evidence})


def _in_words(reading: Reading, beside: Sequence[tuple[str, GridCell]], page: Page) -> Reading:
    """A target in words stands in the column of units where its number would be nought."""
    words = [c for part, c in beside if part == UNIT and len(comparable(c.joined)) > 1]
    if len(words) != 1 or comparable(words[0].joined) in _NO_UNIT:
        return reading
    text = words[0].joined.strip()
    evidence = evidence_of(page, words_box(words[0].words), text)
    return reading.model_copy(update={"value": text, "evidence": evidence})


def _is_unit(text: str, number: str) -> bool:
    folded = comparable(text)
    said = folded in _NO_UNIT or comparable(number).endswith(folded)
    return not said and any(c.isdigit() for c in comparable(number))

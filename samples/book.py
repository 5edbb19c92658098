"""Forms → a booklet: cover, contents and a narrative page, then the forms. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from samples.cells import Cell, Role, Row
from samples.forms import Form
from samples.layout import rows_of
from samples.style import Style
from samples.typeset import Sheet, typeset

_FRONT = 3  # cover, contents, narrative
_FRONT_STYLE = Style(layout="front", size=10.5, margin=64.0, line_height=1.6)
_NARRATIVE = (
    "一、总体情况",
    "{city}按照“先有绩效目标、后有预算安排”的要求，组织各单位申报{year}年度预算项目绩效目标。"
    "本册汇编的{count}个项目均为虚构样例，仅用于演示和测试，与任何真实地区、单位、人员无关。",
    "二、编制要求",
    "各单位应当对照绩效指标库填报产出、效益和满意度指标，指标值应当可衡量、可核验。"
    "跨年度项目须分年度列明资金计划，上一年预算安排应当与资金计划一致。",
    "三、审核情况",
    "财政部门对申报材料进行了完整性审核，发现的问题已反馈申报单位修改。"
    "本页文字不含任何项目表格，各项目的金额以后附表格为准。",
)


@dataclass(frozen=True, slots=True)
class Book:
    """A booklet's sheets and, for each form, the sheets it stands on."""

    title: str
    sheets: tuple[Sheet, ...]
    forms: tuple[tuple[Form, tuple[Sheet, ...]], ...]


def bind(
    title: str, city: str, forms: Sequence[tuple[Form, Style]], rows: Sequence[list[Row]] = ()
) -> Book:
    """``rows`` replaces the layout of the forms where the caller has changed it."""
    laid = rows or [rows_of(form, style) for form, style in forms]
    bound: list[tuple[Form, tuple[Sheet, ...]]] = []
    number = _FRONT + 1
    for index, ((form, style), form_rows) in enumerate(zip(forms, laid, strict=True)):
        sheets = tuple(typeset(form_rows, style, number, form=index, head=title))
        bound.append((form, sheets))
        number += len(sheets)
    front = _front(title, city, bound)
    return Book(title, (*front, *(s for _, sheets in bound for s in sheets)), tuple(bound))


def _line(text: str, role: Role = "prose") -> Row:
    return Row((Cell(0, 1, text, role),), framed=False)


def _front(
    title: str, city: str, bound: Sequence[tuple[Form, tuple[Sheet, ...]]]
) -> tuple[Sheet, ...]:
    year = bound[0][0].budget_year
    gap = [_line("")] * 12
    cover = [
        *gap,
        _line(title, "title"),
        *gap,
        _line(city, "title"),
        _line(f"{year}年1月", "title"),
    ]
    contents = [_line("目  录", "title"), _line("")]
    contents += [_entry(form.name, sheets[0].number) for form, sheets in bound]
    text = [_line("编 制 说 明", "title"), _line("")]
    text += [_line(p.format(city=city, year=year, count=len(bound))) for p in _NARRATIVE]
    # A contents page never runs over: small type where there are many forms.
    small = replace(_FRONT_STYLE, size=8.5) if len(bound) > 15 else _FRONT_STYLE
    pages = ((cover, _FRONT_STYLE), (contents, small), (text, _FRONT_STYLE))
    return tuple(typeset(rows, style, number)[0] for number, (rows, style) in enumerate(pages, 1))


def _entry(name: str, page: int) -> Row:
    plain = name.replace("\u00ad", "")
    short = plain if len(plain) <= 34 else f"{plain[:33]}…"
    return _line(f"{short} {'.' * max(6, 60 - 2 * len(short))} {page}")

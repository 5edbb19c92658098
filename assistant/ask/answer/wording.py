"""Answers in words, Chinese or English. Pure.

A figure is written as it is printed; in the unit that the question asks for, it stands in
brackets behind.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from decimal import ROUND_HALF_UP, Decimal

from assistant.ask.answer.facts import Absent, Fact
from assistant.readers.registry import reader_label
from assistant.text.amounts import UNITS
from schemas.answers import Answer, AnswerValue
from schemas.forms import FORMS
from schemas.queries import Filter, Operation, Query, Target, TargetKind

_EN_UNITS = {"元": " yuan", "万元": " ×10,000 yuan", "亿元": " ×100,000,000 yuan"}
_OPERATION = {
    Operation.SUM: "求和",
    Operation.AVERAGE: "求平均",
    Operation.MAX: "找最高",
    Operation.MIN: "找最低",
    Operation.COUNT: "计数",
    Operation.LIST: "列出",
    Operation.COMPARE: "求差",
    Operation.RATIO: "求占比",
    Operation.GROUP: "分组统计",
    Operation.LOOKUP: "查询",
    Operation.PASSAGE: "在文字中查找",
    Operation.CHECK: "列出检查发现的问题",
}
TEST_WORDS = {
    "eq": "为", "ne": "不为", "contains": "含", "lacks": "不含", "empty": "为空", "filled": "已填",
    "<": "小于", "<=": "不超过", "=": "等于", ">=": "不低于", ">": "大于",
}  # fmt: skip


def plain(number: Decimal) -> str:
    """A number without exponent and without trailing zeros: 760, 5423.395."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def two_places(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def money(yuan: Decimal, unit: str = "") -> str:
    """Yuan as computed, with the asked unit in brackets."""
    return f"{yuan:f}元{in_unit(yuan, unit)}"


def in_unit(yuan: Decimal, unit: str) -> str:
    if unit in ("", "元") or unit not in UNITS:
        return ""
    return f"（{plain(yuan / UNITS[unit])}{unit}）"


def printed(fact: Fact, unit: str = "") -> str:
    """A fact's value as printed, with its unit; money also in the asked unit."""
    if not fact.money or fact.number is None:
        return fact.value
    other = in_unit(fact.number, unit) if unit != fact.unit else ""
    if unit == "元" and fact.unit != "元":
        other = f"（{plain(fact.number)}元）"
    return f"{fact.value}{fact.unit}{other}"


def english(text: str) -> str:
    for unit, word in sorted(_EN_UNITS.items(), key=lambda u: -len(u[0])):
        text = text.replace(unit, word)
    return text


def value_sentence(fact: Fact, query: Query, *, document: str = "") -> str:
    """One value with its project: "…的项目金额：12520000.00元（第3页）"."""
    where = _where(fact, document, query.language)
    value = readings(fact) if fact.disputed else printed(fact, query.unit)
    if query.language == "en":
        label = _english_label(fact.label, fact)
        told = english(value) if fact.money else value
        return f"{fact.project}: {label}: {told}{where}"
    return f"{fact.project}的{fact.label}：{value}{where}"


def readings(fact: Fact) -> str:
    """The readings of a disputed cell."""
    said = [
        f"{reader_label(who, 'zh')}读作“{r.value if r.value is not None else '空白'}”"
        for who, r in fact.cell.readings.items()
    ]
    return f"两种读法不一致（{'，'.join(said) or fact.value}），请对照原页核实"


def _english_label(label: str, fact: Fact) -> str:
    for spec in FORMS.values():
        for item in (*spec.fields, *(c for t in spec.tables for c in t.columns)):
            bare = item.label.split("（")[0].removeprefix("{year}年")
            if label.endswith(bare):
                year = f" ({fact.year})" if fact.year else ""
                return f"{item.english}{year}"
    return label


def _where(fact: Fact, document: str, language: str) -> str:
    if fact.page is None:
        return ""
    if language == "en":
        return f" ({document + ', ' if document else ''}p. {fact.page})"
    return f"（{f'《{document}》' if document else ''}第{fact.page}页）"


def absence(absent: Absent, language: str) -> str:
    """Why a value is not there, and what is there instead."""
    name, label = absent.record.name, absent.label
    page = absent.cell.evidence.page if absent.cell and absent.cell.evidence else None
    where = f"（第{page}页）" if page else ""
    if language == "en":
        return {
            "empty": f"{name}: the form has a cell for “{label}”, and it is empty{where}.",
            "unread": f"{name}: “{label}” could not be read reliably; see the page{where}.",
        }.get(absent.reason, f"{name}: the form does not state “{label}”. {absent.instead}")
    if absent.reason == "empty":
        shown = f"“{absent.cell.value}”" if absent.cell and absent.cell.value else "空白"
        return f"{name}的表上有“{label}”这一栏，但填的是{shown}{where}。"
    if absent.reason == "unread":
        return f"{name}的“{label}”未能可靠读出，请看原页{where}。"
    if absent.reason == "no_year":
        tail = f"；{absent.instead}" if absent.instead else ""
        return f"{name}的表上没有{label}{tail}。"
    if absent.reason == "no_row":
        return f"{name}的表上没有“{label}”这一行。"
    return f"{name}所用的表没有“{label}”这一栏。"


_AMOUNT = re.compile(r"(?<![\d.,])(\d{4,})(\.\d+)?(?=元| yuan)")
_LEFT_OUT = re.compile("未计入：[^。]*。")
_NAMING = {Operation.LIST, Operation.COUNT, Operation.MAX, Operation.MIN}


def presented(answer: Answer, query: Query) -> str:
    """An answer's text as people read it: 16,730,800.00元. What is quoted and what a form says
    in words stays as it is printed, 万元 are short as they are, and a list of projects names
    only those that are on it (the computation names the others)."""
    text = answer.answer
    if query.operation in _NAMING:
        text = _LEFT_OUT.sub("未计入。", text)
    worded = {v.value for v in answer.values if "元" in v.value}
    whole = "|".join(["“[^”]*”", *map(re.escape, sorted(worded, key=len, reverse=True))])
    parts = re.split(f"({whole})", text)
    return "".join(p if n % 2 else _AMOUNT.sub(_separated, p) for n, p in enumerate(parts))


def _separated(amount: re.Match[str]) -> str:
    return f"{int(amount[1]):,}{amount[2] or ''}"


def projects_named(values: Iterable[AnswerValue], names: Container[str]) -> list[str]:
    """The projects that an answer's values name, in their order: what 第二个 counts."""
    said = (v.value if v.label == "项目" else v.label.split(" · ")[0] for v in values)
    return list(dict.fromkeys(s for s in said if s in names))


def interpretation(query: Query) -> str:
    """How the question was read, in one plain sentence."""
    whose = "、".join(query.projects) if query.projects else "全部项目"
    conditions = "，".join(_condition(f) for f in query.filters)
    if conditions:
        whose += f"中{conditions}的项目" if not query.projects else f"（{conditions}）"
    years = "、".join(f"{y}年" for y in query.years)
    what = "、".join(dict.fromkeys(_target(t) for t in query.targets))
    if query.operation in (Operation.PASSAGE, Operation.CHECK):
        what = "、".join(f"“{w}”" for w in query.text)
    parts = [f"{whose}的{years}{what}" if what or years else whose]
    if query.whole is not None:
        of = "全部项目的" if query.whole_of_all else ""
        parts.append(f"占{of}{_target(query.whole)}")
    if query.group_by:
        parts.append(f"按{_group_label(query.group_by)}")
    if query.operation in (Operation.MAX, Operation.MIN) and query.limit > 1:
        parts.append(f"前{query.limit}名")
    parts += _manner(query)
    unit = f"，以{query.unit}表示" if query.unit else ""
    return f"理解为：{_OPERATION[query.operation]}：{'，'.join(parts)}{unit}。"


def _manner(query: Query) -> list[str]:
    """What else is done with the values."""
    change = ("减少" if query.falling else "增长") + {"rate": "的比率"}.get(query.growth, "的金额")
    said = {
        "按行数": query.by_count,
        f"按{change}": bool(query.growth),
        "求倍数": query.times,
        "分年度合计与项目金额不相等的": query.footing,
        f"{'低于' if query.order == 'min' else '高于'}平均的": query.than_average,
        "求各组平均": query.average,
    }
    return [words for words, meant in said.items() if meant]


def _group_label(name: str) -> str:
    if name == "year":
        return "年度"
    first = name.split("/")[0]
    labels = [f.label for spec in FORMS.values() for f in spec.fields if f.name == first]
    return labels[0] if labels else first


def _target(target: Target) -> str:
    if target.kind is TargetKind.INDICATOR:
        return f"指标“{target.label}”" if target.items or target.words else "绩效指标"
    if target.kind is TargetKind.COST:
        return f"“{target.label}”" if target.items else target.label
    return {TargetKind.PROJECT: "名单", TargetKind.BUDGET: target.label or "预算"}.get(
        target.kind, target.label
    )


def _condition(condition: Filter) -> str:
    label = condition.label or "相关栏目"
    if condition.year and not condition.than_year:
        label = f"{condition.year}年{label}"
    if condition.than_target:
        return f"{label}{TEST_WORDS[condition.test]}{condition.than_target.label}"
    if condition.target and condition.test in ("empty", "filled"):
        return f"{'没有' if condition.test == 'empty' else '有'}{label}"
    if condition.than_project:
        return f"{label}{TEST_WORDS[condition.test]}{condition.than_project}"
    if condition.than_year:
        return f"{label}{TEST_WORDS[condition.test]}{condition.than_year}年"
    values = "或".join([condition.value, *condition.also])
    return f"{label}{TEST_WORDS[condition.test]}{values}"

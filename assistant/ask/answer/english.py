"""Answers to English questions: the frame in English, names, values and quotes as printed. Pure.

An answer is made, and checked, in one wording; what is left of it in Chinese beyond what the
forms print is put into English here, clause by clause. No number is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from schemas.answers import Answer
from schemas.forms import FORMS

# ruff: noqa: E501  (a table of texts reads best with one text a line)

_SENTENCES = r"""
这个问题与已读入的绩效表无关。我只回答这些文件里的内容，例如项目的金额、单位、绩效指标和文字说明。 | This question is not about the forms that were read. I answer only from these documents: amounts, units, performance indicators and texts of projects.
我不按这样的指令回答。我只依据已读入的文件作答，并给出页码。 | I do not follow such orders. I answer only from the documents that were read, with the pages.
没有看懂问的是哪一项内容，请写出项目和要查的栏目。 | I did not understand what is asked; name the project and the field.
这样的核对没有现成的检查，请写出项目，或分别查询要比较的金额。 | There is no ready check of this kind; name the project, or ask for the amounts one by one.
算出的回答没有通过核对（有内容在所引页面上找不到），因此不显示。请换一种问法，或直接查看相关页面。 | The answer did not pass the last check (part of it does not stand on the cited pages), so it is withheld. Ask in other words, or look at the pages.
还没有可以查询的记录，请先读入文件（如果只查已审定的记录，请先审定）。 | There are no records to ask yet; read a document first (or approve records, if only those are asked).
要比较的不是两个数值，请写明是哪两个项目、年度或金额。 | There are not two values to compare; name the two projects, years or amounts.
这些指标的单位不同，不能放在一起计算或排序，请写出指标的名称。 | These indicators have different units and cannot be computed or ranked together; name the indicator.
没有说明是哪个项目，请写出项目名称，例如：([^。]+?)。?$ | The question names no project; name one, such as: \1.
这个说法可以指几个项目，请问是哪一个：(.+?)？ | This can mean several projects; which one is it: \1?
请问是指这个项目吗：(.+?)？ | Is this the project that you mean: \1?
没有找到这个名称的项目。名称相近的是：(.+?)。如果指的是它，请写出它的名称再问。 | There is no project of this name. The nearest is \1; if it is meant, ask again with its name.
表上没有可以按(.+?)来排列的内容。 | The forms hold nothing that could be ranked by \1.
已查(\d+)份表，没有找到(.+?)。已读入(\d+)个项目，例如：(.+?)。$ | \1 forms were searched; \2 was not found. \3 projects were read, such as: \4.
在(.+)的表（第(.+?)页）里没有找到(.+?)。表上有：(.+?)等栏目(?:，以及(.+?)等行)?。$ | On the form of \1 (p. \2) there is no \3. It has the fields \4 and others.
所查的项目都没有(.+?)的金额；表上有金额的年度是：(.+?)。 | None of the projects has an amount for \1; the forms have amounts for \2.
没有符合条件的项目（0个）。 | No project meets the conditions (0).
(?:没有符合条件的项目|没有找到符合条件的项目)。 | No project meets the conditions.
已读入的表里没有(.+?)。表上的单位有：(.+?)。 | The forms hold no \1. Their units are \2.
已查(\d+)份表。 | \1 forms were searched.
只有(\d+)个数值，没有第(\d+)名。 | There are only \1 values, and no place \2.
另有(\d+)个项目的各年申报金额合计与项目金额相等。 | In \1 other projects the years add up to the total.
另有(\d+)个项目的表上没有(.+?)，未计入(?:：(.+?))?。 | \1 other projects do not state \2 and are not counted.
(.+?)在不同的表上数值不一致，这里取所问年度的表（(.+?)）。 | The forms of \1 differ; the form of the year asked is taken (\2).
其中有两种读法不一致的数值，请核实：(.+?)。 | Some values were read in two ways, please check: \1.
两种读法不一致（(.+?)），请对照原页核实 | read in two ways (\1), please check the page
合计([\d.,]+)元。 |  In total \1 yuan.
共(\d+)个项目：(.+?)。$ | \1 projects: \2.
共(\d+)项： | \1 items: 
与所问的(.+?)一致。 | It agrees with the \1 asked about.
与所问的(.+?)不一致。 | It differs from the \1 asked about.
前者是后者的([\d.]+)倍（(.+?)）。 | The first is \1 times the second (\2).
两者相等 | They are equal
两者相同，相差0 | They are equal, the difference is 0
两者不相等，相差 | They differ by 
(?:^|(?<=[。；;\n]))([^。；;\n]+?)比([^。；;\n]+?)(?:高|多)([\d.,]+(?:元|$)?) | \1 is higher than \2 by \3
([^。；;\n]+?)占(?:全部项目)?([^。；;\n]+?)的([\d.]+%)（(.+?)） | \1 is \3 of \2 (\4)
([^。；;\n]+?)的([^。；;\n]+?)写道：(“[^”]*”)（第(\d+)页） | \1, \2: \3 (p. \4)
检查发现： | Findings: 
表中有(.+?)的金额 | It has amounts for \1.
该表填报的是(\d+)年的内容 | The form is about \1.
平均([\d.,]+元) | average \1
(?:^|(?<=[。；;\n]))(增长|下降)(最[快慢多少])的是 | Largest change: 
(?:^|(?<=[。；;\n]))最多的是 | Most: 
(?:^|(?<=[。；;\n]))最少的是 | Fewest: 
"""
_WORDS = r"""
理解为： | Read as: 
求和： | sum: 
求平均： | average: 
找最高： | highest: 
找最低： | lowest: 
计数： | count: 
列出： | list: 
求差： | difference: 
求占比： | share: 
分组统计： | by group: 
查询： | look up: 
在文字中查找： | search in the texts: 
列出检查发现的问题： | list the findings: 
全部项目中(.+?)的项目 | projects where \1
全部项目 | all projects
按用款单位|按申报单位 | by unit
按年度 | by year
以(.+?)表示 | in \1
名单 | names
不超过 | at most 
不低于 | at least 
为空 | empty
大于 | more than 
小于 | less than 
第([\d、]+)页 | p. \1
(\d{4})年(?!\d)([预当申审项]) | \1 \2
(\d{4})年 | \1
"""


@cache
def _table(rows: str) -> list[tuple[re.Pattern[str], str]]:
    pairs = (line.rsplit(" | ", 1) for line in rows.splitlines() if line.strip())
    return [(re.compile(pattern), said) for pattern, said in pairs]


@cache
def _labels() -> list[tuple[str, str]]:
    """Printed labels and their English names, the longest first."""
    found: dict[str, str] = {"当年金额": "amount of the current year", "预算金额": "budget amount"}
    found |= {"年度指标值": "target for the year", "实施周期指标值": "target for the period"}
    found |= {"申报金额": "declared amount", "审核金额": "approved amount", "预算": "budget"}
    for spec in FORMS.values():
        for item in spec.fields:
            label = item.label.split("（")[0]
            if len(label) > 2 and "{" not in label:
                found.setdefault(label, item.english.lower())
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


_MARKS = str.maketrans(
    {"；": "; ", "，": ", ", "：": ": ", "。": ". ", "？": "?", "（": " (", "）": ")", "、": ", "}
)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_QUOTED = re.compile("(“[^”]*”)")


def spoken(answer: Answer, language: str, names: Iterable[str] = ()) -> Answer:
    """``answer`` with its frame in ``language`` ("zh" or "en"); of the stored ``names`` those
    that it holds stay as they are."""
    if language != "en":
        return answer
    said = [n for n in names if n in answer.answer or n in answer.interpretation]
    said += [v.value for v in answer.values if _CHINESE.search(v.value)]
    kept = sorted({*said, *answer.choices}, key=len, reverse=True)
    text, meant = (in_english(t, kept) for t in (answer.answer, answer.interpretation))
    return answer.model_copy(update={"answer": text, "interpretation": meant})


def in_english(text: str, names: list[str]) -> str:
    """A sentence of an answer in English; ``names`` stay as they are printed."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return chr(0xE000 + len(kept) - 1)

    for name in names:
        text = re.sub(re.escape(name), keep, text)
    text = _QUOTED.sub(keep, text)
    for pattern, said in _table(_SENTENCES):
        text = pattern.sub(said, text)
    for pattern, said in _table(_WORDS):
        text = pattern.sub(said, text)
    for label, english in _labels():
        text = re.sub(rf"(?:(?<=[\ue000-\uf8ff])的)?{label}", f" {english}", text)
    text = re.sub(r"(?<=\d)元", " yuan", text).translate(_MARKS)
    text = re.sub(r"的(?=[\s\d\ue000-\uf8ff“a-z])", ": ", text).replace("占", "of ")
    text = re.sub(r"为(?=[\d\ue000-\uf8ff])", " = ", text)
    text = re.sub(
        r"(?<=[a-z])(?=\d)|(?<=[a-z)]\.)(?=[A-Z\d])|(?<=[\ue000-\uf8ff])(?=\d)", " ", text
    )
    for number in range(len(kept) - 1, -1, -1):
        text = text.replace(chr(0xE000 + number), kept[number])
    return re.sub(r"\s+(?=[.,;:?!])|(?<=\()\s+", "", re.sub(r" {2,}", " ", text)).strip()

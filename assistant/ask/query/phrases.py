"""Turns of phrase → the words that the planner knows. Data, and one pure function.

Each row rewrites one way of asking into another that means the same, in squeezed form
(:func:`assistant.search.passages.squeeze`). No row adds or drops what a question asks about.
"""

from __future__ import annotations

import re

from assistant.text.numerals import numeral

# ruff: noqa: E501  (a table of phrases reads best with one a line)

_NUMERAL = "[两二三四五六七八九十]"
_ADJECTIVE = "[高大多贵低小少]"
_TABLE: tuple[tuple[str, str], ...] = (
    # Units: 以万元为单位, 单位为亿元
    (r"(?:换算?成|转换成|转成|改成|请?以|请?用|按)([千万亿]元)(?:来?(?:为|作|做)单位|计算?|表示|列示|显示)?", r"按\1"),
    (r"单位(?:[:：]|为|是|用)?([千万亿]元)", r"按\1"),
    (r"([千万亿]元)(?:为|作|做)单位", r"按\1"),
    # Relations
    (r"较(?=(?:20\d\d|上一?年|去年|前一年))", "比"),
    (r"(?:相对于|相较于|相比于|对比)((?:20\d\d|上一?年|去年)年?度?)", r"比\1"),
    (r"跟((?:20\d\d)年?)相?比", r"比\1"),
    (r"(总金额|金额|预算|资金|经费|计划|申报|审核|投资|花费|花钱|费用)(?:哪一?个|谁)(?:项目)?(?:的)?(?:更)?([高大多贵低小少])(?:一些|一点|些)?$", r"\1哪个更\2"),
    (rf"(哪一?个(?:用款|申报|主管)?(?:单位|部门|项目)(?:的)?[^,，]{{0,8}}?)(?<![最更])({_ADJECTIVE})(?:一些|一点|些)?$", r"\1最\2"),
    (rf"(哪一?个|谁)((?:项目)?(?:的)?[^,，]{{0,8}}?)(?<![最更])({_ADJECTIVE})(?:一些|一点|些|呀|啊)?$", r"\1\2更\3"),
    (rf"比([^,，]{{2,24}}?)(?<![最更])({_ADJECTIVE})(吗|么|不)$", r"比\1更\2\3"),
    (rf"比([^,，]{{2,24}}?)({_ADJECTIVE})了?(?:出|出了)?几(元|万元|亿元|块)", r"比\1\2多少\3"),
    # Limits that are asked for rather than set
    (r"(?:不能|不得|不可|不应|应该?不)(?:超过|高于|大于|低于|少于|小于)多少", "要求是多少"),
    (r"(?:不超过|不高于|不低于|不少于|控制在|限制在)多少", "要求是多少"),
    # Sums that must foot
    (r"(?:分年度|各年度?|历年|每年|逐年)(?:的)?(?:资金|金额|预算|计划)?(?:计划)?(?:的)?(?:合计|之和|总和|加总|相加|加起来)", "各年申报金额合计"),
    (r"(?:分?年度|资金)计划(?:表)?(?:里|中)?(?:的)?(?:合计|之和|总和)", "各年申报金额合计"),
    (r"分年度?(?:合计|之和|总和)", "各年申报金额合计"),
    # Opinions
    (r"发改(?:委|局|部门)?(?:等部门)?(?:的)?(?:审核)?意见", "发改等部门审核意见"),
    (r"财政(?:局|部门)?(?:的)?(?:审核)?意见", "财政审核意见"),
    (r"(?:主管)?部门(?:的)?(?:审核)?意见", "部门审核意见"),
    # Ways to ask for a field
    (r"(?:属于|是)?(?:哪一|哪|什么)(?:个)?(?:类别|类型|类)(?:的)?(?:项目)?$", "项目类别是什么"),
    (r"由?(?:谁|哪个单位|哪家单位|哪个部门)(?:来)?(?:负责)?(?:具体)?实施", "实施单位是哪个"),
    (r"由?(?:谁|哪个单位|哪家单位)(?:来)?代建", "代建单位是哪个"),
    (r"(?:整个|全)(?:实施)?周期", "实施周期指标值"),
    (r"(哪一?年|什么时候|何时)(?:动工|开工|起步|上马)", r"\1启动"),
    (r"((?:19|20)\d\d年)(?:动工|开工|起步|上马)", r"\1启动"),
    (r"(哪一?年|什么时候|何时)(?:收尾|收官|完工)", r"\1结束"),
    (r"拢共", "总共"),
    (r"(?:要|得|需)?花多少$", "花多少钱"),
    (r"(?<=[钱金用算])[花用]?在?(?:哪几年|哪些年度?)$", "各年分别多少"),
    # Numbers
    (r"(20\d\d年?)(?:和|与|跟|、|到|至)(20\d\d)年?(?:这)?两年", r"\1和\2年"),
    (rf"哪({_NUMERAL})个(?:二级)?项目(?:的)?([^,，]{{1,16}}?)(最[高低大小多少贵])(?:的)?$", r"\2\3的\1个项目"),
    (r"前两(?=[名位个])", "前二"),
    (rf"哪{_NUMERAL}[个名位家]$", "哪些"),
)  # fmt: skip
_REWRITES = tuple((re.compile(pattern), said) for pattern, said in _TABLE)
# 2023年…比上年: the year before the one that the question names, not before the current one.
_YEAR_BEFORE = re.compile(
    r"(?P<head>(?<!\d)(?P<year>20\d\d)(?!\d)年?度?(?:(?!20\d\d).)*?[比和与跟及、])(?:它?的?)(?:上一年度?|上年度?|前一年度?|去年)"
)
_NAMED_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


_BOOKLET = "(?:册子|手册|汇编|表册|册|文件|文档|材料|booklets?)(?:里面|里|中|内|上)?的?"
_ALL_BOOKLETS = re.compile(rf"(?:这|全部)?(?P<n>{_NUMERAL}|\d+)(?:本|份|个){_BOOKLET}")
_THIS_BOOKLET = re.compile(rf"(?:这|本|该)本?{_BOOKLET}")


_CHINESE = "一二两三四五六七八九十"
_NUMBER = re.compile(rf"(?<![\d{_CHINESE}百千])[{_CHINESE}][{_CHINESE}百千]*(?=[万亿])")


def in_digits(text: str) -> str:
    """Chinese numbers before 万 and 亿 in digits.

    >>> in_digits("一千二百万元以上")
    '1200万元以上'
    """
    return _NUMBER.sub(lambda m: str(numeral(m[0])), text)


def of_booklets(question: str, stored: int) -> str:
    """``question`` without 两本册子 where two documents are stored, and 这本册子 where one is;
    another number, or one among several, stays a word to be explained."""

    def known(m: re.Match[str]) -> str:
        number = numeral(m["n"]) or 0
        return "全部" if number == stored > 1 else m[0]

    question = _ALL_BOOKLETS.sub(known, question)
    return _THIS_BOOKLET.sub("全部", question) if stored == 1 else question


def rephrased(text: str) -> str:
    """A squeezed question in the planner's own turns of phrase.

    >>> rephrased("2023年申报金额较上年增加多少")
    '2023年申报金额比2022年增加多少'
    """
    text = in_digits(text.rstrip("？?。.!！"))
    for pattern, said in _REWRITES:
        text = pattern.sub(said, text)
    if len(set(_NAMED_YEAR.findall(text))) == 1:
        text = _YEAR_BEFORE.sub(_before, text)
    return text


def _before(found: re.Match[str]) -> str:
    return f"{found['head']}{int(found['year']) - 1}年"

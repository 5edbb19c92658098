"""The rule reader on page text: what extractors print → readings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant.pages.page_text import pages_of_text
from assistant.readers.rules.text.reader import read_form
from assistant.segmentation.forms import find_forms
from assistant.text.folding import comparable
from schemas.forms import FORMS, Kind
from schemas.readings import FormReading, Reading

PROJECT = """某某类（测试）二级项目
金额单位：万元

项目类别 某某类（测试） 项目级别 二级项目

项目名称
云川市示例平台
建设项目

项目代码
990000000000
000001

所属一级项目名称
所属一级项目编
码

123456789012

项目金额（单
位：万元）

1,234.50 当年金额 234.50
主管部门
云川市示例管理
服务局

用款单位 云川市示例局 联系人 联系电话 0000-1234567

项目概述

按照要求，本项目落实
项目概述、年度目标等内容。

年度目标 -
"""

TARGET = """项目绩效目标表

项目名称：云川市示例服务项目

项目类型 其他类

主管部门 示例局

实施周期 起始年度 2024年 到期年度 2026年

2025年预算金额 120.5

总体目标

总体目标

把示例做完。

2025年度目标

"""
INDICATORS = "\n绩效指标\n\n一级指标 二级指标 三级指标 {columns}\n\n{body}\n"


def readings(text: str) -> list[FormReading]:
    pages = pages_of_text(text)
    return [read_form(pages, span) for span in find_forms(pages).forms]


def read(text: str) -> FormReading:
    (form,) = readings(text)
    return form


def values(row: dict[str, Reading]) -> list[Any]:
    return [reading.value for reading in row.values()]


def indicators(body: str, columns: str = "实施周期指标值 年度指标值") -> list[dict[str, Reading]]:
    return read(TARGET + INDICATORS.format(columns=columns, body=body)).tables["indicators"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "某某类（测试）二级项目"),
        ("amount_unit", "万元"),
        ("category", "某某类（测试）"),
        ("level", "二级项目"),
        ("name", "云川市示例平台建设项目"),
        ("code", "990000000000000001"),
        ("parent_name", None),
        ("parent_code", "123456789012"),
        ("total_amount", "1234.50"),
        ("current_year_amount", "234.50"),
        ("fund_department", "云川市示例管理服务局"),
        ("spending_unit", "云川市示例局"),
        ("contact_name", None),
        ("contact_phone", "0000-1234567"),
        ("overview", "按照要求，本项目落实项目概述、年度目标等内容。"),
        ("annual_goal", "-"),
    ],
)
def test_a_value_stands_between_its_label_and_the_next(name: str, value: str | None) -> None:
    reading = read(PROJECT).fields[name]
    assert (reading.value, reading.doubts) == (value, ())


@pytest.mark.parametrize(
    ("name", "value", "doubts"),
    [
        ("name", "云川市示例服务项目", ()),
        ("provincial_department", "示例局", ()),
        ("start_year", 2024, ()),
        ("end_year", 2026, ()),
        ("budget_year", 2025, ()),
        ("budget_amount", "120.5", ("no_unit",)),
        ("overall_goal", "把示例做完。", ()),
        ("annual_goal", None, ()),
    ],
)
def test_a_target_table(name: str, value: str | None, doubts: tuple[str, ...]) -> None:
    reading = read(TARGET).fields[name]
    assert (reading.value, reading.doubts) == (value, doubts)


@pytest.mark.parametrize(
    ("before", "after", "field", "doubt"),
    [
        ("当年金额 234.50", "当年金额 234.50.1", "current_year_amount", "not_an_amount"),
        ("位：万元）", "位：元）", "total_amount", "unit_conflict"),
        ("000001\n", "00000甲\n", "code", "not_a_code"),
        ("用款单位 云川市示例局", "用款单位 示例局 性质 财政", "spending_unit", "split_guessed"),
        ("云川市示例平台\n建设项目", "云川市\n示例平台建设项目", "name", "split_guessed"),
        ("年度目标 -", "年度目标 -\n\n项目概述 另一段", "overview", "label_twice"),
        ("实\n项目概述、", "实" + "落实" * 7 + "\n项目概述\n、", "overview", "label_in_text"),
    ],
)  # fmt: skip
def test_a_guess_says_so(before: str, after: str, field: str, doubt: str) -> None:
    assert before in PROJECT
    assert doubt in read(PROJECT.replace(before, after)).fields[field].doubts


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("产出指标\n\n数量指标 个数 5个 5个", [["产出指标", "数量指标", "个数", "5个", "5个"]]),
        (
            "产出指标 数量指标\n\n质量指标\n\n合格率 ≥98% ≥98%",
            [["产出指标", "质量指标", "合格率", "≥98%", "≥98%"]],
        ),
        (
            "满意度指\n标\n\n服务对象满\n意度\n\n服务对象满意度 ＞90% ＞90%",
            [["满意度指标", "服务对象满意度", "服务对象满意度", "＞90%", "＞90%"]],
        ),
        (
            "产出指标\n\n数量指标\n\n开展示例活动的街道和\n社区数量\n\n每年1次 1",
            [["产出指标", "数量指标", "开展示例活动的街道和社区数量", "每年1次", "1"]],
        ),
        (
            "产出指标\n\n数量指标\n\n示例功能\n覆盖示例街道\n和社区\n\n覆盖示例街道和社区",
            [["产出指标", "数量指标", "示例功能", "覆盖示例街道和社区", "覆盖示例街道和社区"]],
        ),
        (
            "产出指标\n\n时效指标 完成率 100% 100%\f绩\n效\n指\n标\n\n产出指标\n\n时效指标"
            "\n\n完成率 100% 100%\n\n及时率 99% 98%",
            [
                ["产出指标", "时效指标", "完成率", "100%", "100%"],
                ["产出指标", "时效指标", "及时率", "99%", "98%"],
            ],
        ),
    ],
)  # fmt: skip
def test_indicators_are_aligned_with_their_columns(body: str, rows: list[list[str]]) -> None:
    found = indicators(body)
    assert [values(row) for row in found] == rows
    assert not [r.doubts for row in found for r in row.values() if r.doubts]


@pytest.mark.parametrize(
    ("columns", "body", "row"),
    [
        ("指标值", "完成数 5个", {"annual_value": "5个"}),
        (
            "2025年度指标值 总体指标值",
            "完成数 5个 9个",
            {"annual_value": "5个", "period_value": "9个"},
        ),
        (  # a head above both columns
            "指标值 实施周期指标值 年度指标值",
            "完成数 9个 5个",
            {"period_value": "9个", "annual_value": "5个"},
        ),
        ("指标值 权重", "完成数 ≥5个 10", {"annual_value": "≥5个"}),
        (
            "指标值 二级指标 三级指标 指标值",
            "完成数 9个 数量指标 完成数 5个",
            {"period_value": "9个", "annual_value": "5个"},
        ),
    ],
)  # fmt: skip
def test_the_header_names_the_value_columns(columns: str, body: str, row: dict[str, str]) -> None:
    (found,) = indicators(f"产出指标 数量指标\n\n{body}", columns)
    assert found["level3"].value == "完成数"
    assert {k: found[k].value for k in ("period_value", "annual_value") if k in found} == row


@pytest.mark.parametrize(
    ("page", "pages"),
    [
        ("绩效指标 满意度指标 服务对象满意度 用户满意度 ≥90% ≥90%", [1, 2]),
        ("本书说明：项目概述与年度目标由各单位填报，\n此处只是一段文字。", [1]),
    ],
)
def test_a_page_of_table_words_goes_on_with_its_form(page: str, pages: list[int]) -> None:
    assert read(f"{TARGET}\f{page}").pages == pages


def test_a_lone_value_under_two_columns_is_a_guess() -> None:
    (row,) = indicators("产出指标 数量指标\n\n完成数 5个")
    assert row["period_value"].doubts
    assert row["annual_value"].doubts


FUNDING = """
分年度资金计划

序号 年度 申报金额 审核金额

合计 30.00 20.00

1 2024 10.00 10.00

2 2025 20.00 10.00

项目绩效信息
"""
COSTS = """
项目资金构成

序号 年度 明细类别 开支范围 开支内容 计量单位 单价 工作量
按标准测算金额
（=当年工作量*
单价）
标准值 测算依据

合计 500 500.00

1 2025 0101-示例
011-示例费（印
刷费）

甲地示例活
动服务

年 200 1 200.00
依据示例通
知执行

2 2025 0101-示例
011-示例费（印
刷费）

乙地示例活
动服务

年 300 1 300.00
依据示例通
知执行

项目绩效信息
"""


def test_the_funding_plan_and_its_total() -> None:
    form = read(PROJECT + FUNDING)
    rows = form.tables["annual_funding"]
    assert [values(r) for r in rows] == [
        ["1", 2024, "10.00", "10.00"],
        ["2", 2025, "20.00", "10.00"],
    ]
    assert values(form.totals["annual_funding"]) == ["30.00", "20.00"]


def test_a_header_cut_from_its_body_is_no_running_head() -> None:
    header = "序号 年度 申报金额 审核金额"
    form = read(PROJECT + FUNDING.replace(header, f"{header}\f{header}"))
    assert len(form.tables["annual_funding"]) == 2


def test_running_heads_and_page_numbers_are_no_cells() -> None:
    pages = [f"某市示例汇编（样例）\n\n{t}\n\n— {n} —" for n, t in enumerate(_cut_target(), 1)]
    (row,) = read("\f".join(pages)).tables["indicators"]
    assert values(row) == ["产出指标", "数量指标", "个数", "5个", "5个"]


def _cut_target() -> list[str]:
    table = INDICATORS.format(
        columns="实施周期指标值 年度指标值", body="\f产出指标 数量指标 个数 5个 5个"
    )
    return (TARGET + table).split("\f")


def test_cost_items_and_their_total_by_sums() -> None:
    form = read(PROJECT + COSTS)
    first, second = form.tables["cost_items"]
    assert values(first)[2:5] == ["0101-示例", "011-示例费（印刷费）", "甲地示例活动服务"]
    assert values(second)[5:] == ["年", "300", "1", "300.00", None, "依据示例通知执行"]
    total = form.totals["cost_items"]
    assert {k: r.value for k, r in total.items()} == {"unit_price": "500", "amount": "500.00"}


def test_every_reading_shows_its_place() -> None:
    text = PROJECT + FUNDING + COSTS
    pages = pages_of_text(text)
    form = read(text)
    rows = [row for rows in form.tables.values() for row in rows]
    cells = [*form.fields.values(), *(r for row in rows for r in row.values())]
    assert len(cells) > 40
    for cell in cells:
        assert cell.evidence
        assert cell.evidence.bbox
        x0, y0, x1, y1 = cell.evidence.bbox
        here = [
            w.text
            for w in pages[0].words
            if x0 <= w.box.centre[0] <= x1 and y0 <= w.box.centre[1] <= y1
        ]
        assert set(comparable(cell.evidence.quote)) <= set(comparable("".join(here)))


def test_mixed_columns_of_a_laid_out_text_are_not_trusted() -> None:
    laid_out = re.sub("(?<=[^\n]) (?=[^\n])", "        ", PROJECT.replace("\n\n", "\n"))
    assert all("layout_text" in r.doubts for r in read(laid_out).fields.values())


def test_text_that_is_no_form_is_read_without_a_crash() -> None:
    span = find_forms(pages_of_text(PROJECT)).forms[0]
    for text in (
        "",
        "一级指标 二级指标 三级指标 指标值",
        "序号 年度 申报金额 审核金额\n合计",
        "：" * 50,
    ):
        assert read_form(pages_of_text(text), span).form_id == "p01"


def _wide(text: str) -> str:
    return text.translate({ord("0") + n: ord("０") + n for n in range(10)})


VARIANTS = {
    "as it is": lambda t: t,
    "blank lines between pages": lambda t: t.replace("\f", "\n\n\n\n"),
    "white space at line ends": lambda t: re.sub("(?<=.)$", "  \t", t, flags=re.M),
    "CRLF": lambda t: t.replace("\n", "\r\n"),
    "full-width digits": _wide,
    "no blank lines": lambda t: re.sub("\n\n+", "\n", t),
}


def _same(kind: Kind, value: object, wanted: object) -> bool:
    return comparable(str(value)).replace(",", "") == comparable(str(wanted)).replace(",", "")


def _wrong(form: FormReading, gold: dict[str, Any]) -> list[tuple[str, bool]]:
    """The paths of the wrong values, each with whether a doubt flags it."""
    spec = FORMS[form.form_type]
    out = []
    for name, cell in gold["fields"].items():
        read = form.fields.get(name)
        if read is None or not _same(spec.field(name).kind, read.value, cell["value"]):
            out.append((name, read is None or bool(read.doubts)))
    for table in spec.tables:
        rows, wanted = form.tables.get(table.name, []), gold[table.name]
        if len(rows) != len(wanted):
            out.append((table.name, False))
        for row, target in zip(rows, wanted, strict=False):
            for name, reading in row.items():
                if not _same(table.column(name).kind, reading.value, target[name]):
                    out.append((f"{table.name}.{name}", bool(reading.doubts)))
    return out


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_real_booklet(corpus: Path, variant: str) -> None:
    text = VARIANTS[variant]((corpus / "huizhou.txt").read_text("utf-8"))
    forms = readings(text)
    golds = [json.loads(p.read_text("utf-8")) for p in sorted((corpus / "gold").glob("*.json"))]
    assert [f.pages for f in forms] == [g["pages"] for g in golds]
    assert [_wrong(f, g) for f, g in zip(forms, golds, strict=True)] == [[]] * len(golds)
    cells = [r for f in forms for r in f.fields.values()]
    assert sum(bool(r.doubts) for r in cells) <= 0.02 * len(cells)


LONG = "按照要求分期分批推进示例建设并在年度内完成全部验收工作，"  # a full line of a paragraph


@pytest.mark.parametrize(
    ("body", "doubtful"),
    [
        # the label in the middle of its value's lines: an extractor went line by line
        (f"预算金额 10\n{LONG}\n项目概述\n{LONG}\n完成。\n年度目标 好", {"budget_amount", "name"}),
        (f"项目概述 {LONG}\n完成。\n年度目标\n好", {"overview", "annual_goal"}),
        (f"项目概述\n{LONG}\n{LONG[:-1]}\n\n年度目标\n好", {"overview", "annual_goal"}),
        ("项目概述\n，完成。\n年度目标\n好", {"overview", "annual_goal"}),
        # two labels, then two texts
        ("总体目标 年度目标\n建成平台。\n完成验收。", {"overall_goal", "annual_goal"}),
        ("项目类型 项目等级 项目名称\n甲类 二级 示例", {"category", "level", "name"}),
        ("项目名称 主管部门\n示例 某局", {"name", "provincial_department"}),
        ("主管部门\n由各单位组织；确保完成。", {"provincial_department"}),
        ("年度目标\n完成。\n序号\n甲\n乙", {"annual_goal"}),
        # a label glued to its value
        ("年度目标\n完成。\n项目概述建设平台。", {"annual_goal"}),
        ("年度目标\n完成。\n2025年预算金额10.00", {"annual_goal"}),
        # a text that begins with its second item
        ("项目概述\n2.完成。\n年度目标\n好", {"overview", "annual_goal", "start_year"}),
        # half a label, whose rest stands elsewhere
        ("年度目标\n完成。\n实施周期总\n目", {"annual_goal"}),
        # a label whose field has a better one is a word of the text
        ("年度目标\n完成。\n项目单位 由某局", {"annual_goal"}),
        ("年度目标\n完成。\n实施周期总 好\n目 很好", {"annual_goal"}),
        # nothing else has a colon
        ("项目概述\n完成；\n主管部门：由某局\n年度目标\n好", {"overview"}),
        # nothing of the kind
        ("项目概述\n2.5万元。\n年度目标\n好", set()),
        (f"项目概述\n{LONG}\n完成。\n年度目标\n好", set()),
        ("项目类型 项目等级 二级", set()),
        ("项目概述 年度目标 好", set()),
    ],
)  # fmt: skip
def test_mixed_lines_and_stacked_cells_are_doubted(body: str, doubtful: set[str]) -> None:
    named = "" if "项目名称" in body else "项目名称 示例\n"
    text = f"项目绩效目标表\n单位：元\n用款单位 某局\n起始年度 2024\n{named}{body}\n"
    fields = read(text).fields
    assert {n for n, r in fields.items() if r.doubts} >= doubtful
    assert doubtful or not [n for n, r in fields.items() if r.doubts]


@pytest.mark.parametrize(
    "body",
    [
        "产出指标\n数量指标\n甲的数量\n30台\n5台\n6台",  # three values for two columns
        "甲的数量 1个 1个\n产出指标 质量指标 乙的质量 2% 2%",  # categories in the middle
        "产出指标 数量指标 ≥95% 1个 1个",
        "产出指标 数量指标 数量指标甲的数量 1个 1个",
        "产出指标 数量指标 甲的数量 1个 1个\n服务对象满意度指 2个 2个",
        "产出指标 数量指标 甲的数量 1个 1个\n乙的数量（续 2个 2个",  # its rest is elsewhere
        "产出指标 数量指标 甲的数量 持续改 进",
        "产出指标 时效指标 甲的时间\n2026年1月5日前\n乙的时间 1年 1年",
    ],
)
def test_rows_that_look_like_two_are_doubted(body: str) -> None:
    assert all(any(r.doubts for r in row.values()) for row in indicators(body)[-1:])


@pytest.mark.parametrize(
    ("body", "doubted"),
    [
        ("甲的数量 1个 1个\n产出指标 数量指标 乙的数量 2个 2个", True),  # the category below a row
        (
            "产出指标 数量指标 甲的数量 1个 1个\n乙的质量 2% 2%\n质量指标\n丙的质量 3% 3%",
            True,  # a category between its rows
        ),
        (
            "产出指标 数量指标 甲的数量 1个 1个\n服务对象满意度指\n满意度指标 乙的满意 2% 2%\n标",
            True,  # the rest of a category is elsewhere
        ),
        (
            "产出指标 数量指标 甲的数量 1个 1个\n满意度指标\n服务对象满意度指\n标 乙的满意 2% 2%",
            False,
        ),
        ("产出指标 数量指标 甲的数量 1个 1个\n乙的数量 2个 2个", False),
    ],
)
def test_tables_with_mixed_lines_are_doubted(body: str, doubted: bool) -> None:
    cells = [r for row in indicators(body) for r in row.values()]
    assert [bool(r.doubts) for r in cells] == [doubted] * len(cells)


def test_a_category_glued_to_its_indicator_is_cut_off() -> None:
    (row,) = indicators("满意度指标\n服务对象满意度指标群众满意度\n9%\n9%")
    assert values(row) == ["满意度指标", "服务对象满意度指标", "群众满意度", "9%", "9%"]
    assert row["level2"].doubts
    assert row["level3"].doubts


def test_beside_a_column_that_nobody_knows_every_cell_is_doubted() -> None:
    columns = "指标值 分值 备注"
    (row,) = indicators("产出指标\n数量指标\n完成数\n3年\n5\n按月", columns)
    assert all(r.doubts for r in row.values())


def test_cost_items_without_their_numbers_are_doubted() -> None:
    rows = read(PROJECT + COSTS.replace("\n1 2025", "\n位 2025")).tables["cost_items"]
    assert all(r.doubts for row in rows for r in row.values())


def test_lines_without_the_number_of_their_row_are_doubted() -> None:
    head, row = "序号 一级指标 二级指标 三级指标 指标值", "产出指标 数量指标"
    body = f"1 {row} 甲数 1个\n2 {row} 乙数 2个\n持续\n3 {row} 丙数 改进"
    rows = read(TARGET + f"{head}\n{body}\n").tables["indicators"]
    assert all(r.doubts for row in rows for r in row.values())


def test_cost_items_whose_text_holds_a_number_are_doubted() -> None:
    text = COSTS.replace("乙地示例活\n动服务", "乙地示例活\n动服务\n台 7370000")
    rows = read(PROJECT + text).tables["cost_items"]
    assert all(r.doubts for row in rows for r in row.values())


def test_numbers_of_rows_and_weights_are_no_values() -> None:
    body = "1\n产出指标\n数量指标\n完成数\n3年\n10\n2\n产出指标\n质量指标\n合格率\n98%\n5"
    text = TARGET + f"序号\n一级指标\n二级指标\n三级指标\n指标值\n分值\n{body}\n"
    reading = read(text.replace("2025年度目标\n", "2025年度目标\n完成。\n"))
    found = [[r.value for r in row.values()] for row in reading.tables["indicators"]]
    assert found == [
        ["产出指标", "数量指标", "完成数", "3年"],
        ["产出指标", "质量指标", "合格率", "98%"],
    ]
    assert reading.fields["annual_goal"].value == "完成。"


def test_tables_of_the_period_and_of_the_year_are_one() -> None:
    heads = "一级指标 二级指标 三级指标 年度指标值"
    body = f"产出指标 数量指标 完成数 1个\n\n{heads}\n\n产出指标 数量指标 完成数 2个"
    [row] = indicators(body, "实施周期指标值")
    assert values(row) == ["产出指标", "数量指标", "完成数", "1个", "2个"]


def test_the_heading_of_a_table_is_no_part_of_the_text_before_it() -> None:
    text = (
        TARGET
        + "完成。\n实施周期绩效指标\n一级指标 二级指标 三级指标 指标值\n产出指标 数量指标 个数 1"
    )
    assert read(text).fields["annual_goal"].value == "完成。"


def test_the_parts_of_a_target_are_doubted() -> None:
    [row] = indicators("产出指标 数量指标 甲 ≥ 95 %", "指标性质 指标值 计量单位")
    assert row["annual_value"].doubts


def test_what_a_browser_prints_around_a_page_is_no_cell() -> None:
    body = "产出指标 数量指标 甲 1个 1个\n11/23/26, 5:57 PM\n项目\nfile:///tmp/form.html\n1/2"
    [row] = indicators(body.replace("项目\n", ""))
    assert values(row) == ["产出指标", "数量指标", "甲", "1个", "1个"]

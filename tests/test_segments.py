from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.pages.document import read_document
from assistant.pages.page_text import pages_of_text
from assistant.readers.rules.reader import read
from assistant.segmentation.forms import find_forms
from schemas.geometry import Box, Page, PageSource, Word
from tests.conftest import SAMPLES
from tests.drawn import Row, page_of

PROJECT, TARGET = "secondary_project", "performance_target"
COVER = "云川市示例局\n二〇二五年度预算项目绩效目标汇编\n2025年1月"
CONTENTS = "目录\n一、其他特定目标类二级项目 ........ 4\n二、项目绩效目标表 ...... 9"
STORY = (
    "一、部门概况\n本部门负责全市示例事务，2025年继续推进二级项目的绩效目标管理工作，\n"
    "按照项目绩效目标表的要求，逐项明确产出指标和效益指标，确保资金使用规范高效。"
)
OPENING = (
    "其他特定目标类（示例）二级项目\n金额单位：元\n项目基本信息\n项目类别 示例\n"
    "二级项目名称\n示例平台\n二级项目编码\n4400\n存续状态 阶段性\n项目金额 1.00\n"
)
GOES_ON = "绩效指标\n效益指标\n社会效益\n指标\n满意度指标\n≥80%\n≥80%"
TARGETS = "项目绩效目标表\n项目名称 示例\n项目类型 示例\n项目等级 二级项目\n用款单位 示例局\n"


@pytest.mark.parametrize(
    ("texts", "forms", "others"),
    [
        ([COVER], [], ["封面"]),
        ([COVER, CONTENTS, STORY], [], ["封面", "目录", "文字说明，没有表格"]),
        ([OPENING], [[1]], []),
        ([OPENING, GOES_ON], [[1, 2]], []),
        ([OPENING, STORY], [[1]], ["文字说明，没有表格"]),
        ([OPENING, GOES_ON, TARGETS], [[1, 2], [3]], []),
        ([COVER, TARGETS, OPENING, GOES_ON, STORY], [[2], [3, 4]], ["封面", "文字说明，没有表格"]),
        (["示例局2025年预算 第3页\n" + TARGETS], [[1]], []),
    ],
)
def test_pages_are_parted(texts: list[str], forms: list[list[int]], others: list[str]) -> None:
    found = find_forms(pages_of_text("\f".join(texts)))
    assert [f.pages for f in found.forms] == forms
    assert [n.reason for n in found.others] == others


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("项目绩效目标表\n项目名称 示例\n项目类型 示例", 0),  # two labels are no form
        ("项目绩效目标表\n项目名称 示例\n项目类型 示例\n项目等级 二级", 1),
        ("项目名称 示例\n项目类型 示例\n项目等级 二级\n起始年度 1\n到期年度 2", 0),
        ("项目名称 示例\n项目类型 示例\n项目等级 二级\n起始年度 1\n到期年度 2\n主管部门 局", 1),
    ],
)  # fmt: skip
def test_how_many_labels_make_a_form(text: str, forms: int) -> None:
    assert len(find_forms(pages_of_text(text)).forms) == forms


@pytest.mark.parametrize(("lines", "title"), [(5, "项目绩效目标表"), (6, "")])
def test_a_title_stands_among_the_first_lines(lines: int, title: str) -> None:
    text = (
        "示例市示例局预算资料\n" * lines + TARGETS.replace("项目名称", "二级项目名") + "起始年度 1"
    )
    found = find_forms(pages_of_text(text)).forms
    assert [f.title for f in found] == [title] * bool(title)


SECOND = "附件2\n示例二级项目绩效目标表\n项目名称 乙\n项目类型 示例\n项目等级 二级\n用款单位 局\n"


@pytest.mark.parametrize(
    ("texts", "forms"),
    [
        ([TARGETS + SECOND], [("p01", [1]), ("p01-2", [1])]),
        ([OPENING, GOES_ON + "\n" + TARGETS], [("p01", [1, 2]), ("p02", [2])]),
        ([STORY * 3 + "\n" + TARGETS], [("p01", [1])]),
        ([TARGETS + "项目概述\n见所附二级项目绩效目标表\n2025年度目标 甲\n"], [("p01", [1])]),
    ],
)
def test_a_form_may_begin_further_down_a_page(
    texts: list[str], forms: list[tuple[str, list[int]]]
) -> None:
    found = find_forms(pages_of_text("\f".join(texts))).forms
    assert [(f.form_id, f.pages) for f in found] == forms
    assert found[-1].title.endswith("项目绩效目标表")


def test_a_title_in_a_cell_opens_no_form() -> None:
    named: list[Row] = [["项目名称", "甲"], ["项目类型", "乙"], ["项目等级", "二级"]]
    page = page_of([*named, ["示例项目绩效目标表@2"], *named], heading=["项目绩效目标表"])
    text = "\n".join(w.text for w in page.words)
    assert len(find_forms([replace(page, text=text)]).forms) == 1


def test_each_form_of_a_page_is_read_from_its_own_part() -> None:
    pages = pages_of_text(TARGETS + SECOND)
    first, second = read(pages, find_forms(pages))
    assert (first.fields["name"].value, second.fields["name"].value) == ("示例", "乙")
    assert first.fields["spending_unit"].value == "示例局"


def test_families_and_titles() -> None:
    found = find_forms(pages_of_text("\f".join([OPENING, TARGETS]))).forms
    assert [(f.form_type, f.title) for f in found] == [
        (PROJECT, "其他特定目标类（示例）二级项目"),
        (TARGET, "项目绩效目标表"),
    ]


@pytest.mark.parametrize("name", ["huizhou.pdf", "huizhou.txt"])
def test_the_real_booklet(corpus: Path, name: str) -> None:
    found = find_forms(read_document(corpus / name).pages)
    assert [f.pages for f in found.forms] == [
        [1, 2], [3], [4], [5], [6, 7], [8, 9], [10], [11, 12], [13, 14],
    ]  # fmt: skip
    assert found.others == []


@pytest.mark.parametrize("name", ["booklet.pdf", "booklet.txt"])
def test_the_sample_booklet(name: str) -> None:
    found = find_forms(read_document(SAMPLES / "booklet" / name).pages)
    golds = sorted(p.stem for p in (SAMPLES / "booklet" / "gold").glob("*.json"))
    assert [f.form_id for f in found.forms] == golds
    assert {n.page for n in found.others} >= {1, 2, 3}


@pytest.mark.parametrize(
    ("source", "confidence", "words", "forms"),
    [
        (PageSource.SCAN, 0.99, OPENING.split(), 1),
        (PageSource.SCAN, 0.45, OPENING.split(), 0),  # on its head
        (PageSource.SCAN, 0.99, list(OPENING), 0),  # on its side: glyph by glyph
        (PageSource.PDF, 0.45, OPENING.split(), 1),
    ],
)
def test_a_scan_that_lies_sideways_is_said_to(
    source: PageSource, confidence: float, words: list[str], forms: int
) -> None:
    read = tuple(Word(w, Box(0, 0, 9, 9), confidence) for w in words)
    found = find_forms([Page(1, 595, 842, source, read, (), OPENING)])
    assert len(found.forms) == forms
    assert ["横放" in note.reason for note in found.others] == [True] * (1 - forms)

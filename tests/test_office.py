"""Word documents and workbooks: their cells are exact, and drawn as pages."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook

from assistant.errors import DocumentError
from assistant.pages.document import read_document, render_page
from assistant.readers.rules.reader import read
from assistant.segmentation.forms import find_forms
from schemas.geometry import PageSource
from schemas.readings import FormReading

TITLE = "项目支出绩效目标表"
ROWS = [
    ["项目名称", "修桥", "主管部门", "示例局"],
    ["绩效指标", "一级指标", "三级指标", "指标值"],
    ["", "产出指标", "修桥座数", "2座"],
    ["", "", "修路长度", "≥5公里"],
]
MERGED = [(1, 0, 3, 0), (2, 1, 3, 1)]  # first row and column, last row and column, from 0


def word(path: Path) -> Path:
    document = Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("（2026年度）　　单位：万元")
    table = document.add_table(rows=len(ROWS), cols=4)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            if text:
                table.cell(r, c).text = text
    for r0, c0, r1, c1 in MERGED:
        table.cell(r0, c0).merge(table.cell(r1, c1))
    document.save(str(path))
    return path


def workbook(path: Path, change: Callable[[Any], None] = lambda sheet: None) -> Path:
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"] = TITLE, "（2026年度）"
    sheet.merge_cells("A1:D1")
    for r, row in enumerate(ROWS, 4):
        for c, text in enumerate(row, 1):
            sheet.cell(r, c, text or None)
    for r0, c0, r1, c1 in MERGED:
        sheet.merge_cells(start_row=r0 + 4, start_column=c0 + 1, end_row=r1 + 4, end_column=c1 + 1)
    change(sheet)
    book.save(path)
    return path


def read_file(path: Path) -> FormReading:
    pages = read_document(path).pages
    (reading,) = read(pages, find_forms(pages))
    return reading


@pytest.mark.parametrize(("make", "name"), [(word, "a.docx"), (workbook, "a.xlsx")])
def test_a_form_is_read_from_its_cells(
    tmp_path: Path, make: Callable[[Path], Path], name: str
) -> None:
    reading = read_file(make(tmp_path / name))
    said = {n: r.value for n, r in reading.fields.items()}
    assert (said["title"], said["name"], said["budget_year"]) == (TITLE, "修桥", 2026)
    rows = [tuple(r.value for r in row.values()) for row in reading.tables["indicators"]]
    assert rows == [("产出指标", "修桥座数", "2座"), ("产出指标", "修路长度", "≥5公里")]
    assert reading.coverage == 1.0


def test_a_row_below_the_indicators_makes_no_second_project(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    document = Document(str(path))
    table = document.tables[0]
    table.add_row()
    table.cell(4, 0).text, table.cell(4, 1).text = "承办科室", "规划科"
    document.save(str(path))
    assert read_file(path).fields["x:承办科室"].value == "规划科"


def test_the_page_can_be_shown(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx")
    (page,) = read_document(path).pages
    assert page.source is PageSource.OFFICE
    assert render_page(path, 1).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("value", "style", "shown"),
    [
        (1820, "#,##0.00", "1,820.00"),
        (0.9728, "0.00%", "97.28%"),
        (186.5, "General", "186.5"),
        (42, "General", "42"),
        (12, '0"个"', "12个"),
        (datetime.date(2026, 3, 1), "yyyy-mm-dd", "2026-03-01"),
        (datetime.date(2026, 3, 1), 'yyyy"年"m"月"d"日"', "2026年3月1日"),
        ("=SUM(A1:A2)", "General", "=SUM(A1:A2)"),  # a formula whose value nobody saved
    ],
)
def test_a_number_is_kept_as_the_sheet_shows_it(
    tmp_path: Path, value: object, style: str, shown: str
) -> None:
    def put(sheet: Any) -> None:
        sheet["D4"] = value
        sheet["D4"].number_format = style

    words = read_document(workbook(tmp_path / "a.xlsx", put)).pages[0].words
    assert shown in [w.text for w in words]


def test_what_a_workbook_hides_is_not_read(tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[7].hidden = True

    assert len(read_file(workbook(tmp_path / "a.xlsx", hide)).tables["indicators"]) == 1


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_a_damaged_file_gets_one_sentence(tmp_path: Path, name: str) -> None:
    path = word(tmp_path / "whole.docx") if name == "a.docx" else workbook(tmp_path / "whole.xlsx")
    cut = tmp_path / name
    cut.write_bytes(path.read_bytes()[:900])
    with pytest.raises(DocumentError, match="damaged"):
        read_document(cut)

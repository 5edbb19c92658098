"""Exports: numbers are numbers, text is never a formula, half a file is never left."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from assistant.errors import StoreError, UsageError
from assistant.export.workbook import write
from schemas.readings import Evidence, Value
from schemas.records import Cell, Record, State

NAMES = {"d": "booklet.pdf"}


def cell(value: Value, state: State = State.AGREED) -> Cell:
    return Cell(value=value, state=state, evidence=Evidence(page=3))


@pytest.fixture
def records() -> list[Record]:
    return [
        Record(
            document_id="d",
            form_id="p03",
            pages=[3, 4],
            form_type="secondary_project",
            approval="approved",
            fields={
                "name": cell('=HYPERLINK("http://x","路灯")'),
                "contact_phone": cell("+86000"),
                "total_amount": cell("21874200.50", State.DISPUTED),
                "previous_year_amount": cell("-"),
                "start_year": cell(2024),
            },
            tables={
                "annual_funding": [{"year": cell(2024), "declared": cell("100")}],
                "indicators": [{"level3": cell("@指标\x01"), "annual_value": cell("≥95%")}],
            },
            totals={"annual_funding": {"declared": cell("100")}},
        )
    ]


def sheet(path: Path, number: int) -> list[dict[str, object]]:
    rows = list(load_workbook(path).worksheets[number].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def test_a_workbook_holds_projects_and_tables(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "records.xlsx"
    write(path, records, NAMES)
    (project,) = sheet(path, 0)
    assert (project["文档"], project["页码"], project["审核"]) == ("booklet.pdf", "3", "已审核")
    assert project["状态"] == "两读不一"
    assert (project["项目金额（单位：元）"], project["项目开始年度"]) == (21874200.5, 2024)
    assert [row["序号"] for row in sheet(path, 1)] == [None, "合计"]
    assert [row["申报金额"] for row in sheet(path, 1)] == [100, 100]
    assert sheet(path, 2) == []
    assert sheet(path, 3)[0]["年度指标值"] == "≥95%"
    assert len(load_workbook(path).sheetnames) == 4


def test_no_text_becomes_a_formula(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "records.xlsx"
    write(path, records, NAMES)
    cells = [c for s in load_workbook(path) for row in s.iter_rows() for c in row]
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert any(c.value == '=HYPERLINK("http://x","路灯")' for c in cells)


def test_csv_marks_what_a_spreadsheet_would_run(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "records.csv"
    write(path, records, NAMES)
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["二级项目名称"].startswith("'=HYPERLINK")
    assert row["申报联系电话"] == "'+86000"
    assert (row["项目金额（单位：元）"], row["项目开始年度"]) == ("21874200.50", "2024")


def test_json_is_that_of_extract(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "records.json"
    write(path, records, NAMES)
    (form,) = json.loads(path.read_text(encoding="utf-8"))["forms"]
    assert (form["document"], form["form_id"], form["approval"]) == (
        "booklet.pdf",
        "p03",
        "approved",
    )
    assert form["fields"]["start_year"]["value"] == 2024


def test_what_cannot_be_written_says_so(tmp_path: Path, records: list[Record]) -> None:
    with pytest.raises(UsageError, match=r"must end in \.xlsx, \.csv or \.json"):
        write(tmp_path / "records.pdf", records, NAMES)
    with pytest.raises(StoreError, match="cannot be written"):
        write(tmp_path / "nowhere" / "records.xlsx", records, NAMES)
    assert list(tmp_path.iterdir()) == []

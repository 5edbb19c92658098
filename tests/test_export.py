"""Exports: numbers are numbers, text is never a formula, half a file is never left."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from assistant.errors import StoreError, UsageError
from assistant.export.answer_workbook import workbook as answer_workbook
from assistant.export.form_json import form_json
from assistant.export.workbook import project_rows, write
from schemas.answers import Answer, AnswerValue, Citation
from schemas.conversations import Exchange
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
    assert len(load_workbook(path).sheetnames) == 5


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


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86000", "'+86000"),
        ("-甲", "'-甲"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("甲=1", "甲=1"),
    ],
)
def test_every_sign_that_begins_a_formula_is_marked(
    tmp_path: Path, records: list[Record], printed: str, written: str
) -> None:
    records[0].fields |= {"hot_topic": cell(printed), "current_year_amount": cell("-5.00")}
    write(tmp_path / "records.csv", records, NAMES)
    with (tmp_path / "records.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["热点分类"], row["当年金额"]) == (written, "-5.00")


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ({State.AGREED}, "两读一致"),
        ({State.AGREED, State.CONFIRMED_BY_SUM}, "合计印证"),
        ({State.CONFIRMED_BY_SUM, State.SINGLE}, "单读"),
        ({State.SINGLE, State.MISSING}, "缺失"),
        ({State.MISSING, State.UNREADABLE}, "无法识读"),
        ({State.UNREADABLE, State.UNGROUNDED}, "页面未见"),
        ({State.UNGROUNDED, State.DISPUTED}, "两读不一"),
    ],
)
def test_a_row_tells_its_worst_state(records: list[Record], states: set[State], shown: str) -> None:
    fields = zip(("name", "hot_topic"), sorted(states), strict=False)
    made = records[0].model_copy(update={"fields": {n: cell("甲", s) for n, s in fields}})
    _, row = project_rows([made], NAMES)
    assert row[3] == shown


@pytest.mark.parametrize(
    "state", [State.DISPUTED, State.SINGLE, State.UNREADABLE, State.MISSING, State.UNGROUNDED]
)
def test_a_row_in_json_tells_what_one_of_its_cells_is(records: list[Record], state: State) -> None:
    records[0].tables["annual_funding"][0]["declared"].state = state
    (row,) = form_json(records[0])["annual_funding"]
    assert row["state"] == state


def test_an_answer_as_a_workbook(tmp_path: Path) -> None:
    values = [
        AnswerValue(label="编码", value="0012"),
        AnswerValue(label="金额", value="5.50", unit="元"),
    ]
    cited = [
        Citation(document="a.pdf", page=1, quote="长" * 40_000),
        Citation(document="a.pdf", page=2),
    ]
    answer = Answer(status="answered", answer="答" * 40_000, values=values, citations=cited)
    path = tmp_path / "answer.xlsx"
    path.write_bytes(answer_workbook(Exchange(question="问", answer=answer)))
    items, sources, about = load_workbook(path).worksheets
    assert [items.cell(row, 2).value for row in (2, 3)] == ["0012", 5.5]
    assert [len(sheet.cell(2, at).value) for sheet, at in ((sources, 4), (about, 2))] == [
        32_000
    ] * 2


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

"""A record ↔ its facts: nothing that a list, an export or an answer tells is lost on the way."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assistant.export.form_json import form_json
from assistant.store.facts import Form, facts_of, record_of
from schemas.readings import Reading
from schemas.records import Cell, Record, State
from tests.fakes import record
from tests.library import make_record, small_booklet


def again(of: Record) -> Record:
    form = Form(of.document_id, of.form_id, of.form_type, of.pages, of.approval)
    return record_of(form, [SimpleNamespace(**fact) for fact in facts_of(of)])  # type: ignore[misc]


@pytest.mark.parametrize("made", [record(), *small_booklet()])
def test_a_record_of_facts_says_what_the_record_says(made: Record) -> None:
    assert form_json(again(made)) == form_json(made)


def test_what_each_reader_said_stays_where_a_person_is_to_choose() -> None:
    said = {"rules": Reading(value="1"), "llm": Reading(value="7")}
    made = make_record("路灯")
    made.fields["total_amount"] = Cell(value="1", state=State.DISPUTED, readings=said)
    made.fields["code"] = Cell(value="1", state=State.SINGLE, needs_review=True, readings=said)
    made.fields["level"] = Cell(value="1", state=State.AGREED, readings=said)
    kept = {name: bool(cell.readings) for name, cell in again(made).fields.items()}
    assert kept == {"name": False, "total_amount": True, "code": True, "level": False}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("name", {"table_name": "", "row_number": -2, "year": None, "number": None, "page": 1}),
        ("total_amount", {"number": 80_000_000_0000, "unit": "万元", "text": "8000.00"}),
        ("start_year", {"number": 2024_0000, "unit": "", "kind": "year"}),
        (
            "annual_funding[2025].declared",
            {"table_name": "annual_funding", "row_number": 1, "row_key": "2025", "year": 2025,
             "number": 3_500_000_0000},
        ),
        (
            "indicators[产出指标/数量指标/改造面积].annual_value",
            {"category": "产出指标/数量指标", "comparator": ">=", "number": 12000_0000,
             "unit": "平方米", "text": "≥12000平方米"},
        ),
        (
            "indicators[产出指标/满意度指标/读者满意度].annual_value",
            {"comparator": "", "number": None, "text": "有所提高"},
        ),
    ],
)  # fmt: skip
def test_what_a_fact_holds(path: str, wanted: dict[str, object]) -> None:
    made = make_record(
        "图书馆", amount_unit="万元", total_amount="8000.00", start_year=2024,
        years={2024: "5000.00", 2025: "350.00"},
        indicators={"改造面积": "≥12000平方米", "读者满意度": "有所提高"},
    )  # fmt: skip
    (fact,) = [fact for fact in facts_of(made) if fact["path"] == path]
    assert {name: fact[name] for name in wanted} == wanted


def test_an_amount_is_counted_in_the_unit_of_its_own_label() -> None:
    made = make_record("甲", amount_unit="元", total_amount="12.50")
    made.fields["total_amount"].unit = "万元"
    (fact,) = (f for f in facts_of(made) if f["path"] == "total_amount")
    assert (fact["number"], fact["unit"]) == (1_250_000_000, "万元")

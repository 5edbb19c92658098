"""The harness reports what was worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from eval.answers import score_answer
from eval.extraction import (
    FLAGGED_ALONE,
    FLAGGED_STATES,
    family_of,
    score_extraction,
    share_right,
)
from schemas.answers import Answer, AnswerValue, Citation

TARGET = {
    "form_id": "p01",
    "pages": [1],
    "form_type": "secondary_project",
    "fields": {
        "name": {"value": "云川市甲项目", "page": 1},
        "code": {"value": "4413", "page": 1},
        "total_amount": {"value": "7.00", "page": 1},
        "contact_name": {"value": None, "page": 1},
    },
    "annual_funding": [
        {"seq": 1, "year": 2024, "declared": "3.00", "approved": "3.00", "page": 1},
        {"seq": 2, "year": 2025, "declared": "4.00", "approved": "4.00", "page": 1},
    ],
    "annual_funding_total": {"declared": "7.00", "approved": "7.00", "page": 1},
    "cost_items": [],
    "cost_items_total": None,
    "indicators": [],
}


def cell(value: Any, state: str = "agreed", page: int = 1) -> dict[str, Any]:
    return {"value": value, "page": page, "state": state, "needs_review": False}


READ = {
    "form_id": "p01",
    "fields": {
        "name": cell("云川市 甲项目"),  # right: white space
        "code": cell("4431"),  # a silent error
        "total_amount": cell("70.00", "disputed"),  # wrong and flagged
        "agent_unit": cell("某公司"),  # invented
    },
    "annual_funding": [
        {"seq": 1, "year": 2025, "declared": "4", "approved": "4.00", "page": 1, "state": "agreed"},
        {"seq": 2, "year": 2026, "declared": "9.00", "page": 1, "state": "agreed"},
    ],
    "annual_funding_total": {"declared": "7.00", "approved": "7.00", "page": 1, "state": "agreed"},
}


def test_a_known_wrong_record_gets_the_scores_worked_out_by_hand() -> None:
    score = score_extraction({"p01": TARGET}, [READ])
    fields = {c.path: (c.outcome, c.is_silent_error) for c in score.fields()}
    assert fields == {
        "name": ("right", False),
        "code": ("wrong", True),
        "total_amount": ("wrong", False),
        "contact_name": ("missed", True),
        "agent_unit": ("invented", True),
    }
    assert share_right(score.fields()) == 1 / 4
    assert (score.rows_right, score.rows_predicted, score.rows_labelled) == (0, 2, 2)
    assert (score.forms_found, score.forms_labelled) == (1, 1)


def test_a_row_is_right_only_as_a_whole() -> None:
    rows = [
        {"seq": 2, "year": 2025, "declared": "4", "approved": "4.00", "page": 1},
        {"seq": 1, "year": 2024, "declared": "3.00", "approved": "3.10", "page": 1},
    ]
    score = score_extraction({"p01": TARGET}, [{**READ, "annual_funding": rows}])
    assert (score.rows_right, score.rows_f1) == (1, 0.5)


def test_rows_by_precision_and_recall() -> None:
    rows = [{"seq": 1, "year": 2024, "declared": "3.00", "approved": "3.00", "page": 1}]
    score = score_extraction({"p01": TARGET}, [{**READ, "annual_funding": rows}])
    assert (score.rows_precision, score.rows_recall, score.rows_f1) == (1.0, 0.5, 2 / 3)


@pytest.mark.parametrize(
    ("name", "read", "outcome", "cause"),
    [
        ("name", cell("云川市甲 项目"), "right", ""),
        ("name", cell("云川市"), "wrong", "text cut"),
        ("name", cell("4413"), "wrong", "other field's value"),
        ("name", cell("某某项目"), "wrong", "other"),
        ("name", cell("某某项目", "ungrounded"), "wrong", "invented"),
        ("name", cell(None), "missed", "missed"),
        ("code", cell("413"), "wrong", "digit lost"),
        ("code", cell("4431"), "wrong", "other"),
        ("total_amount", cell("70000"), "wrong", "unit"),
        ("total_amount", cell("7"), "right", ""),
        ("contact_name", cell("张"), "invented", "invented"),
        ("contact_name", cell("4413"), "invented", "other field's value"),
        ("contact_name", cell(None), "right", ""),
    ],
)
def test_what_is_wrong_and_why(name: str, read: dict[str, Any], outcome: str, cause: str) -> None:
    score = score_extraction({"p01": TARGET}, [{"form_id": "p01", "fields": {name: read}}])
    found = next(c for c in score.cells if c.path == name)
    assert (found.outcome, found.cause) == (outcome, cause)


@pytest.mark.parametrize(
    ("state", "needs_review", "alone", "together"),
    [
        ("agreed", False, False, False),
        ("single", False, False, True),
        ("single", True, True, True),
        ("disputed", False, True, True),
        ("ungrounded", False, True, True),
    ],
)
def test_what_counts_as_flagged(
    state: str, needs_review: bool, alone: bool, together: bool
) -> None:
    read = {**cell("4431", state), "needs_review": needs_review}
    forms = [{"form_id": "p01", "fields": {"code": read}}]
    flagged = [
        next(
            c for c in score_extraction({"p01": TARGET}, forms, s).cells if c.path == "code"
        ).flagged
        for s in (FLAGGED_ALONE, FLAGGED_STATES)
    ]
    assert flagged == [alone, together]


@pytest.mark.parametrize(
    ("box", "page", "right"),
    [((1, 1, 3, 3), 1, True), ((9, 9, 30, 30), 1, False), ((1, 1, 3, 3), 2, None)],
)
def test_a_box_is_right_if_its_centre_lies_in_the_labelled_cell(
    box: tuple[int, ...], page: int, right: bool | None
) -> None:
    label = {"value": "4413", "page": 1, "bbox": [0, 0, 10, 10]}
    target = {**TARGET, "fields": {"code": label}}
    read = {**cell("4413"), "evidence": {"page": page, "bbox": box}}
    score = score_extraction({"p01": target}, [{"form_id": "p01", "fields": {"code": read}}])
    assert score.cells[0].box_right is right


@pytest.mark.parametrize(
    ("title", "family"),
    [("其他类（市政府投资项目）二级项目", "市政府投资项目"), ("二级项目", "二级项目")],
)
def test_a_family_is_named_by_the_title(title: str, family: str) -> None:
    form = {"form_type": "secondary_project", "fields": {"title": {"value": title}}}
    assert family_of(form) == family


def test_a_form_not_found_is_missed_not_absent() -> None:
    score = score_extraction({"p01": TARGET}, [])
    assert score.forms_found == 0
    assert {c.outcome for c in score.cells} == {"missed"}


QUESTION = {
    "id": "q",
    "kind": "sum",
    "status": "answered",
    "values": ["7600000"],
    "names": ["甲项目"],
    "not_names": ["乙项目"],
    "pages": [3, 5],
}


def answer(text: str, pages: list[int], status: Any = "answered") -> Answer:
    citations = [Citation(document="b.pdf", page=p) for p in pages]
    return Answer(status=status, answer=text, citations=citations)


@pytest.mark.parametrize(
    ("given", "outcome", "precision"),
    [
        (answer("甲项目 760万元", [3, 5]), "right", 1.0),
        (answer("甲项目 7,600,000.00元", [3, 5, 6, 7]), "right", 0.5),
        (answer("甲项目 7600000元", [3]), "confidently_wrong", 1.0),
        (answer("甲项目 760元", [3, 5]), "confidently_wrong", 1.0),
        (answer("甲项目、乙项目 760万元", [3, 5]), "confidently_wrong", 1.0),
        (answer("没有找到", [], "not_found"), "refused", None),
    ],
)
def test_answers(given: Answer, outcome: str, precision: float | None) -> None:
    score = score_answer(QUESTION, given)
    assert (score.outcome, score.citation_precision) == (outcome, precision)


def test_values_count_as_said() -> None:
    given = answer("甲项目见下表", [3, 5])
    given.values = [AnswerValue(label="甲项目", value="760", unit="万元")]
    assert score_answer(QUESTION, given).outcome == "right"

"""Review decisions: what they do to a cell, to a record, and after a new reading."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.errors import InvalidValue, JixiaoError, NotFound
from assistant.review.replay import (
    apply,
    count_open,
    fingerprint,
    prepared,
    reviewed,
    validated,
    value_of_reader,
)
from schemas.forms import Kind
from schemas.readings import Reading, Value
from schemas.records import Cell, Record, State, row_keys
from schemas.review import Action, Decision


def cell(value: Value, state: State = State.AGREED, **said: Value) -> Cell:
    readings = {reader: Reading(value=v) for reader, v in said.items()}
    waits = state is not State.AGREED
    return Cell(value=value, state=state, needs_review=waits, readings=readings)


def record(
    amount: Value = "100.00", level3: str = "路灯数量", state: State = State.DISPUTED
) -> Record:
    return Record(
        document_id="d",
        form_id="p01",
        pages=[1],
        form_type="secondary_project",
        fields={
            "name": cell("路灯改造"),
            "total_amount": cell(amount, state, rules=amount, llm="700.00"),
            "start_year": cell(2024),
        },
        tables={
            "indicators": [
                {"level3": cell(level3), "annual_value": cell("≥95%")},
                {"level3": cell("河道长度"), "annual_value": cell("3公里")},
            ]
        },
    )


def decision(action: Action, path: str = "", after: Value = None, before: Value = None) -> Decision:
    return Decision(
        document_id="d", form_id="p01", path=path, action=action, before=before, after=after,
        who="审核员", at=datetime(2025, 1, 2, tzinfo=UTC),
    )  # fmt: skip


ACCEPT = decision("accept", "total_amount", after="100.00", before="100.00")


@pytest.mark.parametrize(
    ("made", "value", "state", "waits"),
    [
        ([], "100.00", State.DISPUTED, True),
        ([ACCEPT], "100.00", State.REVIEWED, False),
        ([decision("accept", "total_amount", "700.00")], "700.00", State.REVIEWED, False),
        ([decision("accept", "total_amount", before="100.00")], "100.00", State.REVIEWED, False),
        ([decision("correct", "total_amount", "120.00")], "120.00", State.REVIEWED, False),
        ([decision("correct", "total_amount")], None, State.REVIEWED, False),
        ([decision("reject", "total_amount")], None, State.UNREADABLE, True),
        ([ACCEPT, decision("reopen", "total_amount")], "100.00", State.DISPUTED, True),
        ([decision("reject", "total_amount"), ACCEPT], "100.00", State.REVIEWED, False),
    ],
)
def test_what_a_decision_makes_of_a_cell(
    made: list[Decision], value: Value, state: State, waits: bool
) -> None:
    original = record()
    found = apply(original, made).fields["total_amount"]
    assert (found.value, found.state, found.needs_review) == (value, state, waits)
    assert original == record()


@pytest.mark.parametrize(
    ("made", "approval"),
    [
        ([], "disputed"),
        ([ACCEPT], "unreviewed"),
        ([ACCEPT, decision("approve")], "approved"),
        ([decision("approve"), ACCEPT], "unreviewed"),
        ([ACCEPT, decision("approve"), decision("reopen")], "unreviewed"),
        ([ACCEPT, decision("approve"), decision("correct", "name", "灯")], "unreviewed"),
        ([ACCEPT, decision("approve", after="another fingerprint")], "unreviewed"),
    ],
)
def test_approval(made: list[Decision], approval: str) -> None:
    assert apply(record(), made).approval == approval


def test_an_approval_lapses_when_a_new_reading_changes_a_value() -> None:
    seen = apply(record(), [ACCEPT])
    approve = prepared(seen, decision("approve"))
    assert apply(record(), [ACCEPT, approve]).approval == "approved"
    changed = record().model_copy(deep=True)
    changed.fields["start_year"].value = 2025
    result = reviewed(changed, [ACCEPT, approve])
    assert result.record.approval == "unreviewed"
    assert result.lost == (approve,)


def test_decisions_hold_whatever_is_read_later() -> None:
    later = apply(record(amount="999.00", state=State.AGREED), [ACCEPT])
    assert later.fields["total_amount"].value == "100.00"


def test_an_accepted_empty_cell_that_is_filled_later_waits_again() -> None:
    empty = decision("accept", "total_amount")
    result = reviewed(record(), [empty])
    assert result.record.fields["total_amount"].needs_review
    assert result.lost == (empty,)


def test_a_row_is_found_again_in_another_place() -> None:
    path = "indicators[路灯数量].annual_value"
    read_again = record()
    read_again.tables["indicators"].reverse()
    found = apply(read_again, [decision("correct", path, "≥99%")])
    assert [row["annual_value"].value for row in found.tables["indicators"]] == ["3公里", "≥99%"]


def test_a_corrected_key_gives_its_row_a_new_address() -> None:
    made = [
        decision("correct", "indicators[路灯数量].level3", "路灯盏数"),
        decision("correct", "indicators[路灯盏数].annual_value", "≥99%"),
    ]
    result = reviewed(record(), made)
    assert result.lost == ()
    assert row_keys(result.record, "indicators") == ["路灯盏数", "河道长度"]
    assert result.record.tables["indicators"][0]["annual_value"].value == "≥99%"


def test_a_decision_without_its_cell_is_reported() -> None:
    made = decision("correct", "indicators[路灯数量].annual_value", "≥99%")
    assert reviewed(record(level3="别的指标"), [made]).lost == (made,)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (decision("approve"), "1 cell still needs review"),
        (decision("approve", "name"), "only a whole record"),
        (decision("accept"), "needs the path of a cell"),
        (decision("accept", "nothing"), "no cell nothing"),
        (decision("correct", "total_amount", "abc"), "not an amount"),
    ],
)
def test_decisions_that_are_refused(asked: Decision, sentence: str) -> None:
    with pytest.raises(JixiaoError, match=sentence):
        prepared(record(), asked)


def test_an_approved_record_is_reopened_before_it_changes() -> None:
    approved = apply(record(), [ACCEPT, decision("approve")])
    with pytest.raises(JixiaoError, match="reopen it"):
        prepared(approved, decision("correct", "name", "灯"))


def test_a_decision_keeps_the_value_before_and_after() -> None:
    ready = prepared(record(), decision("correct", "total_amount", "1,234.50"))
    assert (ready.before, ready.after) == ("100.00", "1234.50")
    ready = prepared(record(), decision("accept", "total_amount"))
    assert (ready.before, ready.after) == ("100.00", "100.00")
    assert prepared(apply(record(), [ACCEPT]), decision("approve")).after == fingerprint(
        apply(record(), [ACCEPT])
    )


def test_what_waits_is_counted() -> None:
    assert (count_open(record()), count_open(apply(record(), [ACCEPT]))) == (1, 0)


def test_what_one_reader_said() -> None:
    disputed = record().fields["total_amount"]
    assert value_of_reader(disputed, "llm") == "700.00"
    with pytest.raises(NotFound, match="there are: rules, llm"):
        value_of_reader(disputed, "ocr")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.AMOUNT, "21,874,200.00", "21874200.00"),
        (Kind.AMOUNT, "１２０．５０元", "120.50"),
        (Kind.AMOUNT, "-5", "-5"),
        (Kind.AMOUNT, " - ", "-"),
        (Kind.AMOUNT, "  ", None),
        (Kind.NUMBER, "12", "12"),
        (Kind.YEAR, "2025", 2025),
        (Kind.YEAR, "２０２５年", 2025),
        (Kind.CODE, "4413 0222", "44130222"),
        (Kind.CODE, "000-1234", "000-1234"),
        (Kind.UNIT, "万元", "万元"),
        (Kind.TEXT, " 路灯\n改造 ", "路灯 改造"),
        (Kind.LONG_TEXT, " 一、甲。 \n 二、乙。\n", "一、甲。\n二、乙。"),
        (Kind.CHOICE, "是", "是"),
    ],
)
def test_a_correction_is_typed(kind: Kind, text: str, value: Value) -> None:
    assert validated(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.AMOUNT, "2187,4200"),
        (Kind.AMOUNT, "约100元"),
        (Kind.AMOUNT, "1e5"),
        (Kind.NUMBER, "若干"),
        (Kind.YEAR, "25"),
        (Kind.YEAR, "3025"),
        (Kind.CODE, "编码"),
        (Kind.UNIT, "美元"),
        (Kind.UNIT, "-"),
    ],
)
def test_a_correction_of_another_type_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(InvalidValue, match="is not"):
        validated(kind, text)

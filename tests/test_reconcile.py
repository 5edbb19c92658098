"""What becomes of readings."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.reconcile.laws import weigh
from assistant.reconcile.merge import (
    match_rows,
    merge,
    needs_person,
    reconcile,
    row_likeness,
    same_value,
)
from schemas.forms import TABLES, Kind
from schemas.readings import Doubt, FormReading, Reading
from schemas.records import Cell, Record, State, iter_cells
from tests.library import make_record


def r(value: Any, *doubts: str) -> Reading:
    return Reading(value=value, doubts=doubts)


def form(reader: Any, **parts: Any) -> FormReading:
    return FormReading(
        reader=reader,
        form_id="p01",
        pages=[1],
        form_type="secondary_project",
        fields={k: r(v) for k, v in parts.get("fields", {}).items()},
        tables={
            t: [{k: r(v) for k, v in row.items()} for row in rows]
            for t, rows in parts.get("tables", {}).items()
        },
        totals={t: {k: r(v) for k, v in row.items()} for t, row in parts.get("totals", {}).items()},
    )


def of(*forms: FormReading) -> dict[str, FormReading]:
    return {form.reader: form for form in forms}


@pytest.mark.parametrize(
    ("kind", "a", "b", "same"),
    [
        (Kind.AMOUNT, "6800000", "6800000.00", True),
        (Kind.AMOUNT, "6800000", "680000", False),
        (Kind.AMOUNT, "6800000.10", "6800000.11", False),
        (Kind.NUMBER, "12", "12.0", True),
        (Kind.AMOUNT, "-5.00", "5.00", False),
        (Kind.AMOUNT, None, "0.00", False),
        (Kind.AMOUNT, None, None, True),
        (Kind.CODE, "0435", "435", False),
        (Kind.CODE, "４４13", "4413", True),
        (Kind.YEAR, 2025, "2025", True),
        (Kind.TEXT, "网上 办事", "网上办事", True),
        (Kind.TEXT, "≥95%", "≥９５％", True),
        (Kind.TEXT, "≥95%", "≤95%", False),
        (Kind.LONG_TEXT, "一、甲\n二、乙", "一、甲二、乙", True),
    ],
)
def test_same_value(kind: Kind, a: Any, b: Any, same: bool) -> None:
    assert same_value(kind, a, b) is same


@pytest.mark.parametrize(
    ("rules", "llm", "value", "state", "needs_review"),
    [
        (r("5.00"), r("5"), "5.00", State.AGREED, False),
        (r(None), r(None), None, State.AGREED, False),
        (r("5.00"), r("6"), "5.00", State.DISPUTED, True),
        (r("5.00"), None, "5.00", State.SINGLE, True),
        (None, r("6"), "6", State.SINGLE, True),
        (r("5.00"), r("5.00", "ungrounded"), "5.00", State.SINGLE, True),
        (r("5.00", "ocr"), r("5.00"), "5.00", State.SINGLE, True),
        (r("5.00", "ocr"), r("6.00"), "6.00", State.DISPUTED, True),
        (None, r("6", "ungrounded"), "6", State.UNGROUNDED, True),
        (r(None, "border_lost"), None, None, State.UNREADABLE, True),
        (r(None, "unreadable"), r(None), None, State.UNREADABLE, True),
        (r(None, "unreadable"), r("6"), "6", State.DISPUTED, True),
    ],
)
def test_merge_of_an_amount(
    rules: Reading | None, llm: Reading | None, value: str, state: State, needs_review: bool
) -> None:
    said = {"rules": rules, "llm": llm}
    cell = merge(Kind.AMOUNT, {name: r for name, r in said.items() if r is not None})
    assert (cell.value, cell.state, cell.needs_review) == (value, state, needs_review)


@pytest.mark.parametrize(
    ("state", "kind", "person"),
    [
        (State.SINGLE, Kind.AMOUNT, True),
        (State.SINGLE, Kind.CODE, True),
        (State.SINGLE, Kind.YEAR, True),
        (State.SINGLE, Kind.NUMBER, False),
        (State.SINGLE, Kind.CHOICE, False),
        (State.SINGLE, Kind.TEXT, False),
        (State.SINGLE, Kind.LONG_TEXT, False),
        (State.AGREED, Kind.AMOUNT, False),
        (State.CONFIRMED_BY_SUM, Kind.AMOUNT, False),
        (State.REVIEWED, Kind.AMOUNT, False),
        (State.DISPUTED, Kind.TEXT, True),
        (State.UNGROUNDED, Kind.TEXT, True),
        (State.UNREADABLE, Kind.TEXT, True),
        (State.MISSING, Kind.TEXT, True),
    ],
)
def test_policy(state: State, kind: Kind, person: bool) -> None:
    assert needs_person(state, kind) is person


PLAN = {"annual_funding": [{"year": 2024, "declared": "3.00"}, {"year": 2025, "declared": "4.00"}]}


@pytest.mark.parametrize(
    ("total", "state"), [("7.00", State.CONFIRMED_BY_SUM), ("8.00", State.SINGLE)]
)
def test_sums_confirm_what_one_reader_says(total: str, state: State) -> None:
    rules = form("rules", tables=PLAN, totals={"annual_funding": {"declared": total}})
    record = reconcile("d", of(rules))
    assert {row["declared"].state for row in record.tables["annual_funding"]} == {state}


_PLAN = "annual_funding"
_FACTORS = ("unit_price", "workload", "amount")
ITEM = {"year": 2025, "unit_price": "2.00", "workload": "2", "amount": "4.00"}


@pytest.mark.parametrize(
    ("changes", "doubted"),
    [
        ({}, set()),
        ({"total": "8.00"}, {"total_amount", f"{_PLAN}.total.declared", f"{_PLAN}[2024].declared"}),
        ({"current": "5.00"}, {"current_year_amount"}),
        ({"2024": "9.00"}, {f"{_PLAN}[2024].declared"}),
        ({"amount": "5.00"}, {f"cost_items[2025].{c}" for c in _FACTORS}),
    ],
)
def test_cells_whose_sums_do_not_foot_go_to_a_person(
    changes: dict[str, str], doubted: set[str]
) -> None:
    parts = {
        "fields": {"total_amount": "7.00", "current_year_amount": changes.get("current", "4.00")},
        "tables": {
            "annual_funding": [
                {"year": 2024, "declared": changes.get("2024", "3.00")},
                PLAN["annual_funding"][1],
            ],
            "cost_items": [ITEM | {"amount": changes.get("amount", "4.00")}],
        },
        "totals": {"annual_funding": {"declared": changes.get("total", "7.00")}},
    }
    record = reconcile("d", of(form("rules", **parts), form("llm", **parts)))
    flagged = [ref for ref in iter_cells(record) if ref.cell.needs_review]
    assert {ref.path for ref in flagged} == doubted
    assert {ref.cell.state for ref in flagged} <= {State.AGREED}


@pytest.mark.parametrize(
    ("doubt", "state"),
    [
        ("ocr", State.CONFIRMED_BY_SUM),
        ("not_a_whole_word", State.SINGLE),
        ("spans_rows", State.SINGLE),
    ],
)
def test_a_sum_settles_no_doubt_but_that_of_a_glyph(doubt: str, state: State) -> None:
    rules = form("rules", tables=PLAN, totals={"annual_funding": {"declared": "7.00"}})
    rules.tables["annual_funding"][1]["declared"] = r("4.00", doubt)
    record = reconcile("d", of(rules))
    assert [row["declared"].state for row in record.tables["annual_funding"]] == [
        State.CONFIRMED_BY_SUM,
        state,
    ]


@pytest.mark.parametrize("unread", [None, "x"])
def test_a_sum_over_rows_of_which_one_was_not_read_proves_nothing(unread: str | None) -> None:
    plan = [{"year": 2024, "declared": "3.00"}, {"year": 2025, "declared": unread}]
    rules = form("rules", tables={_PLAN: plan}, totals={_PLAN: {"declared": "3.00"}})
    record = reconcile("d", of(rules))
    assert record.totals[_PLAN]["declared"].state is State.SINGLE
    assert {row["declared"].state for row in record.tables[_PLAN]} == {State.SINGLE}


def test_two_zeros_do_not_bear_each_other_out() -> None:
    rules = form("rules", fields={"total_amount": "0.00"}, totals={_PLAN: {"declared": "0.00"}})
    record = reconcile("d", of(rules))
    assert record.fields["total_amount"].state is State.SINGLE


def test_a_law_that_fails_where_others_bear_out_its_cells_sends_them_all() -> None:
    parts = {
        "tables": {_PLAN: [{"year": 2025, "declared": "5.00"}], "cost_items": [ITEM]},
        "totals": {_PLAN: {"declared": "5.00"}},
    }
    record = reconcile("d", of(form("rules", **parts), form("llm", **parts)))
    flagged = {ref.path for ref in iter_cells(record) if ref.cell.needs_review}
    assert flagged == {f"{_PLAN}[2025].declared", "cost_items[2025].amount"}


def test_of_two_equal_years_neither_is_known_to_be_the_current_one() -> None:
    plan = [{"year": year, "declared": "4.00"} for year in (2024, 2025)]
    parts = {
        "fields": {"current_year_amount": "4.00"},
        "tables": {_PLAN: plan},
        "totals": {_PLAN: {"declared": "9.00"}},
    }
    record = reconcile("d", of(form("rules", **parts), form("llm", **parts)))
    flagged = {ref.path for ref in iter_cells(record) if ref.cell.needs_review}
    assert flagged == {f"{_PLAN}[{k}].declared" for k in (2024, 2025)} | {f"{_PLAN}.total.declared"}


def test_sums_are_compared_in_yuan() -> None:
    parts = {"fields": {"amount_unit": "元"}, "tables": PLAN}
    rules = form("rules", **parts, totals={"annual_funding": {"declared": "0.0007"}})
    rules.totals["annual_funding"]["declared"] = Reading(value="0.0007", unit="万元")
    record = reconcile("d", of(rules))
    assert record.totals["annual_funding"]["declared"].state is State.CONFIRMED_BY_SUM


def test_a_dispute_is_not_settled_by_a_sum() -> None:
    other = {"annual_funding": [{"year": 2024, "declared": "3.00"}, PLAN["annual_funding"][1]]}
    other["annual_funding"][0] = {"year": 2024, "declared": "9.00"}
    total = {"annual_funding": {"declared": "7.00"}}
    rules, llm = form("rules", tables=PLAN, totals=total), form("llm", tables=other, totals=total)
    record = reconcile("d", of(rules, llm))
    assert record.tables["annual_funding"][0]["declared"].state is State.DISPUTED


def test_project_amount_is_confirmed_by_the_total_of_its_plan() -> None:
    fields = {"total_amount": "7.00", "current_year_amount": "4.00"}
    total = {"annual_funding": {"declared": "7.00"}}
    record = reconcile("d", of(form("rules", fields=fields, tables=PLAN, totals=total)))
    assert {c.state for c in record.fields.values()} == {State.CONFIRMED_BY_SUM}


def test_rows_are_matched_as_rows_not_by_position() -> None:
    likeness = [[0.1, 0.9], [0.8, 0.95]]
    assert match_rows([0, 1], [0, 1], lambda a, b: likeness[a][b]) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(("likeness", "pairs"), [(0.49, []), (0.5, [(0, 0)]), (1.0, [(0, 0)])])
def test_rows_are_the_same_where_half_of_them_is_alike(
    likeness: float, pairs: list[tuple[int, int]]
) -> None:
    assert match_rows([0], [0], lambda a, b: likeness) == pairs


_ROW = {"seq": "1", "year": 2025, "content": "培训", "scope": "培训费", "amount": "5.00"}


@pytest.mark.parametrize(
    ("changes", "likeness"),
    [
        ({}, 1.0),
        ({"seq": "7"}, 1.0),  # a number that a page break makes anew
        ({"amount": "6.00"}, 5 / 6),
        ({"content": "巡检"}, 4 / 6),
        ({"content": "巡检", "amount": "6.00"}, 3 / 6),
        ({"content": "巡检", "year": 2026}, 2 / 6),
    ],
)
def test_what_names_a_row_counts_double(changes: dict[str, Any], likeness: float) -> None:
    one, two = ({k: r(v) for k, v in row.items()} for row in (_ROW, _ROW | changes))
    assert row_likeness(TABLES["cost_items"], one, two) == pytest.approx(likeness)


def test_a_row_that_stands_on_no_page_is_no_row() -> None:
    rules, llm = form("rules"), form("llm")
    llm.tables["indicators"] = [{"level3": r("验收率", "ungrounded"), "annual_value": r("100%")}]
    assert reconcile("d", of(rules, llm)).tables["indicators"] == []


def test_a_row_of_the_model_alone_is_kept_for_a_person() -> None:
    rules = {"indicators": [{"level3": "终端数", "annual_value": "5部"}]}
    llm = {
        "indicators": [
            {"level3": "验收率", "annual_value": "100%"},
            {"level3": "终端", "annual_value": "8部"},  # a piece of 终端数
            {"level3": "5部", "annual_value": None},  # shifted by a column
            {"level3": "终端数", "annual_value": "5部"},
        ]
    }
    record = reconcile("d", of(form("rules", tables=rules), form("llm", tables=llm)))
    rows = record.tables["indicators"]
    assert [row["level3"].value for row in rows] == ["终端数", "验收率"]
    assert [row["level3"].state for row in rows] == [State.AGREED, State.SINGLE]
    assert rows[1]["level3"].needs_review


def test_a_field_that_only_the_model_gives_as_empty_is_not_printed() -> None:
    rules, llm = ({"name": "甲"}, {"name": "甲", "code": None})
    record = reconcile("d", of(form("rules", fields=rules), form("llm", fields=llm)))
    assert list(record.fields) == ["name"]


def test_an_amount_keeps_the_unit_of_its_own_label() -> None:
    rules = Reading(value="5.00", unit="万元")
    assert merge(Kind.AMOUNT, {"rules": rules, "llm": r("5")}).unit == "万元"


@pytest.mark.parametrize(
    ("said", "value", "state", "needs_review"),
    [
        ((r("5.00"), r("5"), r("5.0")), "5.00", State.AGREED, False),
        ((r("5.00"), r("5"), r("6")), "5.00", State.DISPUTED, True),
        ((r("5.00"), r("6"), r("5")), "5.00", State.DISPUTED, True),
        ((r("5.00"), r("5"), r(None)), "5.00", State.DISPUTED, True),
        ((r("5.00"), r("5"), r("5", "ocr")), "5.00", State.SINGLE, True),
        ((r("5.00", "ocr"), r("6"), r("6")), "6", State.DISPUTED, True),
        ((r("5.00", "ocr"), r("5", "ocr"), r("5.0")), "5.0", State.SINGLE, True),
        ((r(None), r(None), r(None)), None, State.AGREED, False),
        ((r(None, "unreadable"), r(None), r(None)), None, State.UNREADABLE, True),
        ((r(None, "unreadable"), r(None), r("6")), None, State.DISPUTED, True),
    ],
)
def test_merge_of_three(
    said: tuple[Reading, ...], value: str | None, state: State, needs_review: bool
) -> None:
    cell = merge(Kind.AMOUNT, dict(zip("abc", said, strict=True)))
    assert (cell.value, cell.state, cell.needs_review) == (value, state, needs_review)
    assert list(cell.readings) == list("abc")


def test_a_third_reader_is_matched_with_the_rows_of_both_before() -> None:
    rows = {
        "a": [{"level3": "终端数", "annual_value": "5部"}],
        "b": [{"level3": "验收率", "annual_value": "100%"}],
        "c": [
            {"level3": "及时率", "annual_value": "90%"},
            {"level3": "验收", "annual_value": "8"},  # a piece of what b has
            {"level3": "验收率", "annual_value": "100%"},
            {"level3": "终端数", "annual_value": "6部"},
        ],
    }
    forms = (form(name, tables={"indicators": table}) for name, table in rows.items())
    merged = reconcile("d", of(*forms)).tables["indicators"]
    told = [(row["level3"].value, "".join(row["level3"].readings)) for row in merged]
    assert told == [("终端数", "ac"), ("验收率", "bc"), ("及时率", "c")]
    assert merged[0]["annual_value"].state is State.DISPUTED
    assert [row["level3"].state for row in merged] == [State.AGREED, State.AGREED, State.SINGLE]
    assert [row["level3"].needs_review for row in merged] == [False, True, True]


def test_what_a_third_reader_repeats_changes_nothing() -> None:
    fields = {"name": "甲", "total_amount": "7.00", "code": None}
    a = form("a", fields=fields, tables=PLAN, totals={"annual_funding": {"declared": "7.00"}})
    b = form("b", fields={"name": "乙", "total_amount": "7"}, tables=PLAN)
    two = reconcile("d", of(a, b))
    three = reconcile("d", of(a, b, b.model_copy(update={"reader": "c"})))
    kept = [(x.path, x.cell.value, x.cell.state, x.cell.needs_review) for x in iter_cells(two)]
    assert kept == [
        (x.path, x.cell.value, x.cell.state, x.cell.needs_review) for x in iter_cells(three)
    ]


def self_evaluation(columns: dict[str, str]) -> Record:
    """A record of a self-evaluation whose money and scores one reader alone read."""
    record = make_record("修路", form_type="self_evaluation")
    record.fields |= {f"x:{name}": single(value) for name, value in columns.items()}
    return record


def single(value: str) -> Cell:
    reading = Reading(value=value, kind=Kind.TEXT)
    return Cell(value=value, state=State.SINGLE, needs_review=True, readings={"rules": reading})


@pytest.mark.parametrize(
    ("budget", "spent", "rate", "state", "review"),
    [
        ("845.20", "806.32", "95.40%", State.CONFIRMED_BY_SUM, False),
        ("845.20", "806.32", "95.4", State.CONFIRMED_BY_SUM, False),
        ("3.00", "2.00", "66.66%", State.CONFIRMED_BY_SUM, False),  # cut off, not rounded
        ("845.20", "806.32", "94.50%", State.SINGLE, True),
        ("0.00", "0.00", "0.00%", State.SINGLE, True),  # proves nothing
        ("845.20", "—", "95.40%", State.SINGLE, True),
    ],
)
def test_a_rate_is_the_part_of_the_whole(
    budget: str, spent: str, rate: str, state: State, review: bool
) -> None:
    figures = {"年初预算数": "900.00", "全年预算数": budget, "全年执行数": spent, "执行率": rate}
    record = self_evaluation({f"总额/{name}": value for name, value in figures.items()})
    weigh(record)
    cell = record.fields["x:总额/执行率"]
    assert (cell.state, cell.needs_review) == (state, review)


@pytest.mark.parametrize(("score", "mismatch"), [("10", False), ("9.5", False), ("11", True)])
def test_no_score_is_over_what_can_be_scored(score: str, mismatch: bool) -> None:
    record = self_evaluation({})
    record.tables["indicators"] = [{"x:分值": single("10"), "x:得分": single(score)}]
    weigh(record)
    doubts = record.tables["indicators"][0]["x:得分"].readings["rules"].doubts
    assert (Doubt.SUM_MISMATCH in doubts) == mismatch


@pytest.mark.parametrize(
    ("other", "state"),
    [("45.20", State.CONFIRMED_BY_SUM), ("45.00", State.SINGLE)],
)
def test_the_parts_of_a_matrix_bear_out_its_total_and_never_doubt_it(
    other: str, state: State
) -> None:
    amounts = {"年度资金总额": "845.20", "其中：财政拨款": "800.00", "其他资金": other}
    record = self_evaluation({f"{name}/执行数": value for name, value in amounts.items()})
    weigh(record)
    total = record.fields["x:年度资金总额/执行数"]
    assert (total.state, total.readings["rules"].doubts) == (state, ())

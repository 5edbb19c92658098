"""Faults of the printed forms: found where they are, and not where they are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.export.form_json import record_of_labels
from assistant.findings.find import find
from eval.checks import score_findings
from eval.dataset import load_dataset
from schemas.records import Record
from tests.conftest import SAMPLES


def record(form_id: str = "p01", **parts: Any) -> Record:
    fields = {"name": "云川市甲项目", **parts.pop("fields", {})}
    form = {
        "form_id": form_id,
        "pages": [1],
        "form_type": "secondary_project",
        "fields": {k: {"value": v, "page": 1} for k, v in fields.items()},
        **parts,
    }
    return record_of_labels("d", form)


def indicator(name: str, period: str | None, annual: str | None) -> dict[str, Any]:
    row = {"level3": name, "period_value": period, "annual_value": annual, "page": 1}
    return {"indicators": [row]}


def rules(*records: Record) -> set[str]:
    return {f.rule for f in find(records)}


@pytest.mark.parametrize(
    ("name", "period", "annual", "expected"),
    [
        ("安全事故宗数", "＜0宗", "＜0宗", {"impossible_target"}),
        ("安全事故宗数", "0宗", "0宗", set()),
        ("验收合格率", ">100%", ">100%", {"impossible_target"}),
        ("验收合格率", "100%", "100%", set()),
        ("预算执行率", "稳定", "稳定", {"target_not_measurable"}),
        ("管理水平", "提升", "提升", set()),
        ("运行时长", "＞=2000小时", "＞=2000小时", {"malformed_comparator"}),
        ("运行时长", "≥2000小时", "≥2000小时", set()),
        ("更新次数", "每年1次", "1", {"inconsistent_columns"}),
        ("更新次数", "4次", "1次", set()),
    ],
)
def test_indicators(name: str, period: str, annual: str, expected: set[str]) -> None:
    assert rules(record(**indicator(name, period, annual))) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"end_year": 2099}, {"placeholder_year"}),
        ({"end_year": 2027}, set()),
        ({"implementing_unit": "0"}, {"suspicious_value"}),
        ({"implementing_unit": "云川市数据局"}, set()),
        ({"overview": "-"}, {"missing_required"}),
        ({"overview": "建设“云川通平台"}, {"unbalanced_quote"}),
        ({"parent_name": None, "parent_code": "6000"}, {"missing_required"}),
        ({"parent_name": None, "parent_code": None}, set()),
    ],
)
def test_fields(fields: dict[str, Any], expected: set[str]) -> None:
    assert rules(record(fields=fields)) == expected


@pytest.mark.parametrize(("total", "expected"), [("7.00", set()), ("8.00", {"sum_mismatch"})])
def test_sums(total: str, expected: set[str]) -> None:
    plan = [{"seq": i, "year": 2023 + i, "declared": f"{2 + i}.00", "page": 1} for i in (1, 2)]
    form = record(annual_funding=plan, annual_funding_total={"declared": total, "page": 1})
    assert rules(form) == expected


def in_units(form: Record, **units: str) -> Record:
    """``form`` with the units that the labels of some of its cells name."""
    rows = [row for table in form.tables.values() for row in table]
    for cells in (form.fields, *rows, *form.totals.values()):
        for name, cell in cells.items():
            cell.unit = units.get(name)
    return form


@pytest.mark.parametrize(
    ("price", "unit", "expected"),
    [
        ("100.00", "元", []),
        ("0.01", "万元", []),
        ("100.00", "万元", ["单价1000000.00元×工作量3等于3000000.00元，金额为300.00元"]),
        ("99.00", "元", ["单价99.00×工作量3等于297.00，金额为300.00"]),
    ],
)
def test_products_are_compared_in_yuan(price: str, unit: str, expected: list[str]) -> None:
    row = {"content": "巡检", "unit_price": price, "workload": "3", "amount": "300.00", "page": 1}
    form = in_units(record(cost_items=[row]), unit_price=unit, amount="元")
    assert [f.what for f in find([form])] == [f"“巡检”{what}" for what in expected]


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ("30000.00", []),
        ("3.00", ["项目金额3.00元与分年度资金计划合计30000.00元不一致"]),
    ],
)
def test_a_project_and_its_plan_are_compared_in_yuan(total: str, expected: list[str]) -> None:
    plan_total = {"declared": "3.00", "page": 1}
    form = record(fields={"total_amount": total}, annual_funding_total=plan_total)
    assert [f.what for f in find([in_units(form, declared="万元")])] == expected


@pytest.mark.parametrize(("last_year", "expected"), [("3.00", set()), ("0.00", 1)])
def test_last_year_is_read_off_the_plan(last_year: str, expected: Any) -> None:
    plan = [{"seq": i, "year": 2023 + i, "declared": f"{2 + i}.00", "page": 1} for i in (1, 2)]
    fields = {"current_year_amount": "4.00", "previous_year_amount": last_year}
    found = rules(record(fields=fields, annual_funding=plan))
    assert found == ({"previous_year_mismatch"} if expected else set())


def test_last_year_is_compared_in_yuan() -> None:
    plan = [{"year": year, "declared": f"{year - 2020}.00", "page": 1} for year in (2024, 2025)]
    fields = {"current_year_amount": "5.00", "previous_year_amount": "40000.00"}
    form = record(fields=fields, annual_funding=plan)
    in_units(form, declared="万元", current_year_amount="万元")
    assert not find([form])
    form.fields["previous_year_amount"].value = "4.00"
    assert [f.what for f in find([form])] == [
        "上一年预算安排为4.00元，而分年度资金计划2024年为40000.00元"
    ]


@pytest.mark.parametrize(("length", "expected"), [(59, set()), (60, {"copied_text"})])
def test_a_long_text_that_repeats_another_is_copied(length: int, expected: set[str]) -> None:
    text = ("更换老旧路灯并接入市级照明平台" * 5)[:length]
    assert rules(record(fields={"basis": text, "overview": f"{text}。"})) == expected


PLAN = {"annual_funding": [{"seq": 1, "year": 2025, "declared": "4.00", "page": 1}]}


@pytest.mark.parametrize(
    ("ended", "expected"), [(2023, {"expired_basis"}), (2024, set()), (2025, set())]
)
def test_a_contract_that_ended_before_last_year_is_no_ground(
    ended: int, expected: set[str]
) -> None:
    fields = {"current_year_amount": "4.00", "basis": f"现有服务合同{ended}年到期。"}
    assert rules(record(fields=fields, **PLAN)) == expected


@pytest.mark.parametrize(("items", "expected"), [(2, set()), (3, {"category_mismatch"})])
def test_a_category_is_odd_where_three_items_have_nothing_of_it(
    items: int, expected: set[str]
) -> None:
    row = {"year": 2025, "detail_category": "培训费", "scope": "培训费", "page": 1}
    costs = [row | {"seq": n, "content": f"路灯更换{n}"} for n in range(items)]
    assert rules(record(cost_items=costs)) == expected


@pytest.mark.parametrize(("fitting", "expected"), [(2, set()), (3, {"code_year_mismatch"})])
def test_a_code_is_odd_where_most_codes_hold_their_year(fitting: int, expected: set[str]) -> None:
    years = [24] * fitting + [23]
    forms = [
        record(f"p0{n}", fields={"code": f"990000{year}0000000{n}", "start_year": 2024})
        for n, year in enumerate(years, 1)
    ]
    assert rules(*forms) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("云川市政务服务数据管理据", {"unit_name_variant"}),  # eleven of twelve characters
        ("云川市数据管理局", {"unit_name_variant"}),  # shortened
        ("云川市政务服务交通管理局", set()),  # another office
        ("云川市农业农村局", set()),
    ],
)
def test_a_unit_that_is_nearly_spelt_like_another(unit: str, expected: set[str]) -> None:
    units = ["云川市政务服务数据管理局"] * 2 + [unit]
    forms = [record(f"p0{n}", fields={"spending_unit": u}) for n, u in enumerate(units, 1)]
    assert rules(*forms) == expected


def test_real_booklet(corpus: Path) -> None:
    dataset = load_dataset(corpus)
    records = [record_of_labels("d", form) for form in dataset.forms.values()]
    score = score_findings(dataset.findings, find(records))
    assert not score.missed
    assert not score.extra


def test_sample_booklet() -> None:
    dataset = load_dataset(SAMPLES / "booklet")
    records = [record_of_labels("d", form) for form in dataset.forms.values()]
    score = score_findings(dataset.findings, find(records))
    # A unit's other spelling is reported once a booklet, the labels name it at each form.
    assert {m["rule"] for m in score.missed} <= {"unit_name_variant"}

"""Libraries for the tests of asking: records built from labels or from a few facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.export.form_json import record_of_labels
from schemas.forms import FormType
from schemas.readings import Evidence
from schemas.records import Cell, Record, State


def cell(value: Any, page: int = 1, state: State = State.AGREED) -> Cell:
    quote = "" if value is None else str(value)
    return Cell(value=value, state=state, evidence=Evidence(page=page, quote=quote))


def labelled_records(folder: Path, document: str) -> list[Record]:
    labels = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("p*.json"))]
    return [record_of_labels(document, label) for label in labels]


def make_record(
    name: str,
    form_id: str = "p01",
    *,
    form_type: FormType = "secondary_project",
    document: str = "booklet",
    years: dict[int, str] | None = None,
    indicators: dict[str, str] | None = None,
    costs: Sequence[tuple[int, str, str]] = (),
    **fields: Any,
) -> Record:
    """A record from a few facts; its page is the number of its form."""
    page = int(form_id[1:])
    funding = [
        {"year": cell(y, page), "declared": cell(a, page), "approved": cell(a, page)}
        for y, a in (years or {}).items()
    ]
    rows = [
        {
            "level1": cell("产出指标", page),
            "level2": cell("满意度指标" if "满意度" in n else "数量指标", page),
            "level3": cell(n, page),
            "period_value": cell(v, page),
            "annual_value": cell(v, page),
        }
        for n, v in (indicators or {}).items()
    ]
    items = [
        {"year": cell(y, page), "content": cell(c, page), "amount": cell(a, page)}
        for y, c, a in costs
    ]
    tables = {"annual_funding": funding, "indicators": rows, "cost_items": items}
    return Record(
        document_id=document,
        form_id=form_id,
        pages=[page],
        form_type=form_type,
        fields={"name": cell(name, page)} | {k: cell(v, page) for k, v in fields.items()},
        tables={t: r for t, r in tables.items() if r},
    )


def small_booklet() -> list[Record]:
    """Four invented projects: one with costs, one in 万元, one performance target table."""
    investment = "其他特定目标类（市政府投资项目）"
    function = "其他特定目标类（部门职能类）"
    poles = make_record(
        "云川市智慧灯杆建设项目",
        "p01",
        category=investment,
        code="990100000000000000001",
        start_year=2024,
        end_year=2026,
        total_amount="9000000.00",
        current_year_amount="2000000.00",
        contact_name="张示例",
        contact_phone=None,
        application_type="延续项目",
        is_key="是",
        applicant_unit="云川市城市照明所",
        overview="在6个街道安装灯杆，形成照明、充电、感知三个子系统。设备由运营单位集中管理。",
        years={2024: "3000000.00", 2025: "2000000.00", 2026: "4000000.00"},
        indicators={"灯杆安装数量": "≥300根", "市民满意度": "≥95%"},
    )
    security = make_record(
        "云川市图书馆网络安全服务项目",
        "p02",
        category=function,
        start_year=2025,
        total_amount="500000.00",
        current_year_amount="500000.00",
        contact_name="李样本",
        contact_phone="0099-5550100",
        application_type="新增项目",
        is_key="否",
        applicant_unit="云川市图书馆",
        basis="现有存量合同金额为120000元，2024年到期。",
        years={2025: "500000.00"},
        indicators={"漏洞修复时间": "≤2小时", "读者满意度": "≥90%"},
        costs=[(2025, "渗透测试服务", "300000.00"), (2025, "驻场值守服务", "200000.00")],
    )
    building = make_record(
        "云川市图书馆改造项目",
        "p03",
        amount_unit="万元",
        category=investment,
        start_year=2024,
        total_amount="850.00",
        current_year_amount="350.00",
        contact_name="张示例",
        application_type="延续项目",
        is_key="否",
        applicant_unit="云川市图书馆",
        years={2024: "500.00", 2025: "350.00"},
        indicators={"改造面积": "12000平方米"},
    )
    hotline = make_record(
        "“云川通”便民热线外包项目",
        "p04",
        form_type="performance_target",
        category=function,
        start_year=2023,
        budget_year=2025,
        budget_amount="4860000",
        spending_unit="云川市数据局",
        overview=None,
        indicators={"话务接通率": "≥94%"},
    )
    return [poles, security, building, hotline]

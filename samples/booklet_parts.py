"""What the forms of the committed booklet share: blank fields in printed order, rows."""

from __future__ import annotations

from samples.forms import Fields, Indicator

UNIT = "云川市数字服务局"
INVESTMENT = "其他特定目标类（市政府投资项目）"
FUNCTION = "其他特定目标类（部门职能类）"


def funding_of(*years: tuple[int, str]) -> tuple[Fields, ...]:
    return tuple(
        {"seq": seq, "year": year, "declared": amount, "approved": amount}
        for seq, (year, amount) in enumerate(years, 1)
    )


def secondary(kind: str, **own: str | int | None) -> Fields:
    """A secondary project's fields in printed order; ``own`` fills and overrides."""
    base: Fields = {
        "title": f"{kind}二级项目", "amount_unit": "元", "category": kind, "level": "二级项目",
        "name": None, "code": None, "parent_name": None, "parent_code": None,
        "allocation_method": None, "lifecycle": "阶段性", "start_year": None, "end_year": None,
        "budget_tier": "市级", "source": "本级申报项目", "total_amount": None,
        "current_year_amount": None, "social_investment": "0.00",
        "fund_department": UNIT, "fund_division": "行政事务科",
        "finance_division": "行政事务科", "applicant_unit": UNIT, "spending_unit": UNIT,
        "implementing_unit": None, "contact_name": None, "contact_phone": None,
        "previous_year_amount": None, "application_type": "延续项目", "hot_topic": None,
        "is_research": "否", "is_key": "否", "is_bond": "非债券项目",
    }  # fmt: skip
    if kind == INVESTMENT:
        base |= {
            "infrastructure_approval": None, "is_agent_built": "否", "agent_unit": None,
            "is_tracked": "否", "planning_opinion": None,
        }  # fmt: skip
    base |= {f"{o}_opinion": None for o in ("department", "finance", "budget", "performance")}
    base |= dict.fromkeys(("basis", "overview", "overall_goal", "annual_goal"))
    return base | own


def indicators_of(level1: str, level2: str, *rows: tuple[str, str, str]) -> list[Indicator]:
    if not rows:
        return [Indicator(level1, level2, None, None, None)]
    return [Indicator(level1, level2, *row) for row in rows]

"""项目支出绩效自评表: what a project set out to do in a year, and what it did."""

from __future__ import annotations

from schemas.forms.common import shared
from schemas.forms.spec import FormSpec, Roles
from schemas.forms.tables import INDICATORS

FORM = FormSpec(
    form_type="self_evaluation",
    label="项目支出绩效自评表",
    english="Self-evaluation of a project",
    title_words=(
        "绩效自评…表",
        "自评表",
        "绩效自评价…表",
        "绩效评价…表",
    ),
    rank=3,
    fields=shared(),
    tables=(INDICATORS,),
    roles=Roles(
        name="name",
        year_amount="budget_amount",
        total_amount="total_amount",
        budget_year="budget_year",
        start_year="start_year",
        end_year="end_year",
        spending="spending_unit",
        parties=("provincial_department", "spending_unit"),
        basis="basis",
        overview="overview",
        goals=("overall_goal", "annual_goal"),
    ),
    bare_title=True,
)

"""部门整体支出绩效自评表: what a department set out to do in a year, and what it did."""

from __future__ import annotations

from schemas.forms.common import shared
from schemas.forms.spec import FormSpec, Roles
from schemas.forms.tables import INDICATORS

FORM = FormSpec(
    form_type="department_self_evaluation",
    label="部门整体支出绩效自评表",
    english="Self-evaluation of a department",
    title_words=(
        "整体支出绩效自评…表",
        "整体绩效自评…表",
        "整体支出…自评…表",
    ),
    rank=5,
    fields=shared(),
    tables=(INDICATORS,),
    roles=Roles(
        name="spending_unit",
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

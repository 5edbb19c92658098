"""Forms of families that nobody described: read under their printed labels."""

from __future__ import annotations

from schemas.forms.common import shared
from schemas.forms.spec import FormSpec, Roles
from schemas.forms.tables import INDICATORS

FORM = FormSpec(
    form_type="open",
    label="其他表单",
    english="Other form",
    title_words=(),
    rank=8,
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

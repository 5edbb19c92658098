"""专项资金、转移支付区域(项目)绩效目标表: the goals of money that is passed on to a region."""

from __future__ import annotations

from schemas.forms.common import shared
from schemas.forms.spec import FormSpec, Roles
from schemas.forms.tables import INDICATORS

FORM = FormSpec(
    form_type="transfer_payment",
    label="转移支付绩效目标表",
    english="Targets of a transfer payment",
    title_words=(
        "转移支付…绩效目标…表",
        "专项资金…绩效目标…表",
        "区域绩效目标…表",
    ),
    rank=6,
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

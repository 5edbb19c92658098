"""部门整体支出绩效自评表: what a department set out to do in a year, and what it did."""

from __future__ import annotations

from schemas.forms.common import SELF_EVALUATION_LAWS, family

FORM = family(
    "department_self_evaluation",
    "部门整体支出绩效自评表",
    "Self-evaluation of a department",
    (
        "整体支出绩效自评…表",
        "整体绩效自评…表",
        "整体支出…自评…表",
    ),
    laws=SELF_EVALUATION_LAWS,
    rank=5,
    name="spending_unit",
)

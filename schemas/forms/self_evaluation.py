"""项目支出绩效自评表: what a project set out to do in a year, and what it did."""

from __future__ import annotations

from schemas.forms.common import SELF_EVALUATION_LAWS, family

FORM = family(
    "self_evaluation",
    "项目支出绩效自评表",
    "Self-evaluation of a project",
    (
        "绩效自评…表",
        "自评表",
        "绩效自评价…表",
        "绩效评价…表",
    ),
    laws=SELF_EVALUATION_LAWS,
    rank=3,
)

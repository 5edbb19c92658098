"""部门整体支出绩效目标表: the goals of a department and its whole budget."""

from __future__ import annotations

from schemas.forms.common import family

FORM = family(
    "department_overall",
    "部门整体支出绩效目标表",
    "Targets of a department",
    (
        "整体支出绩效目标…表",
        "整体绩效目标…表",
        "整体支出…绩效目标…表",
    ),
    rank=4,
    name="spending_unit",
)

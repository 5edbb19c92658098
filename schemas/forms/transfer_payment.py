"""专项资金、转移支付区域(项目)绩效目标表: the goals of money that is passed on to a region."""

from __future__ import annotations

from schemas.forms.common import family

FORM = family(
    "transfer_payment",
    "转移支付绩效目标表",
    "Targets of a transfer payment",
    (
        "转移支付…绩效目标…表",
        "专项资金…绩效目标…表",
        "区域绩效目标…表",
    ),
    rank=6,
)

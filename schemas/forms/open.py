"""Forms of families that nobody described: read under their printed labels."""

from __future__ import annotations

from schemas.forms.common import family

FORM = family(
    "open",
    "其他表单",
    "Other form",
    (),
    rank=8,
)

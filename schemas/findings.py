"""A fault that the printed form itself holds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from schemas.readings import Evidence


class Finding(BaseModel):
    """``rule`` names the check, ``target`` the field or indicator, ``what`` says it in words."""

    form_id: str
    document_id: str = ""
    pages: list[int]
    rule: str
    target: str
    what: str
    severity: Literal["error", "warning", "note"]
    citations: list[Evidence] = Field(default_factory=list)

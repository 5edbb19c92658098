"""A fault that the printed form itself holds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from schemas.messages import Message
from schemas.readings import Evidence


class Finding(BaseModel):
    """``rule`` names the check, ``target`` the field or indicator, ``what`` says it in Chinese;
    ``said`` is what it says, to be told in any language."""

    form_id: str
    document_id: str = ""
    pages: list[int]
    rule: str
    target: str
    what: str
    said: Message = Field(exclude=True)
    severity: Literal["error", "warning", "note"]
    citations: list[Evidence] = Field(default_factory=list)

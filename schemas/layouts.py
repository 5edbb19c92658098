"""What people decided of a layout: it holds for every form with the same template."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, Field


class LayoutDecision(BaseModel):
    """On forms of ``layout``, the label ``label`` (as printed) is ``field`` of the schema; with
    "" it is none, which takes an earlier decision back. Decisions are only ever added."""

    layout: str
    label: str
    field: str
    by: str
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class LayoutForm(BaseModel):
    """A form of a layout, with the labels that no field of the schema names."""

    layout: str
    form_type: str
    document_id: str
    form_id: str
    open: list[str]

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
    """A form of a layout, with the labels that no field of the schema names, as it stands."""

    layout: str
    form_type: str
    document_id: str
    form_id: str
    project: str
    open: dict[str, str]  # each label with the value under it


class LabelOf(BaseModel):
    """A label of a layout that no wording names, with what was decided of it last, if anything."""

    label: str
    forms: int  # how many forms print it
    example: str  # a value that stands under it
    decision: LayoutDecision | None = None


class Layout(BaseModel):
    """The forms with one template, and their labels that no wording names."""

    layout: str
    form_type: str
    forms: int
    project: str  # one of its forms, by name
    labels: list[LabelOf]

    @property
    def open(self) -> list[str]:
        """The labels that nobody has named."""
        return [one.label for one in self.labels if one.decision is None]

"""Layouts: the forms of each, and what people decided of their labels."""

from __future__ import annotations

from sqlalchemy import select

from assistant.store.database import Database
from assistant.store.schema import LayoutDecisionRow, RecordRow
from schemas.forms.spec import is_open
from schemas.layouts import LayoutDecision, LayoutForm
from schemas.records import Record


class Layouts:
    """Decisions in the order they were made; the last one on a label holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decide(self, decision: LayoutDecision) -> None:
        row = LayoutDecisionRow(layout=decision.layout, decision=decision.model_dump_json())
        with self._database.session(write=True) as session:
            session.add(row)

    def decisions(self) -> list[LayoutDecision]:
        with self._database.session(write=False) as session:
            found = session.scalars(select(LayoutDecisionRow).order_by(LayoutDecisionRow.id))
            return [LayoutDecision.model_validate_json(row.decision) for row in found]

    def names(self) -> dict[tuple[str, str], str]:
        """The field of each label, by layout and label, as decided last."""
        last = {(d.layout, d.label): d.field for d in self.decisions()}
        return {key: field for key, field in last.items() if field}

    def forms(self) -> list[LayoutForm]:
        """Every form with its layout, in the order of the documents."""
        with self._database.session(write=False) as session:
            texts = list(session.scalars(select(RecordRow.record).where(RecordRow.record != "")))
        records = [Record.model_validate_json(text) for text in texts]
        return [
            LayoutForm(
                layout=record.layout, form_type=record.form_type, document_id=record.document_id,
                form_id=record.form_id, project=record.name,
                open={
                    c.label: "" if c.value is None else str(c.value)
                    for k, c in record.fields.items()
                    if is_open(k) and c.label
                },
            )
            for record in records
            if record.layout
        ]  # fmt: skip

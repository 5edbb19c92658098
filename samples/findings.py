"""The planted faults of a booklet as ``findings.json`` holds them. Pure."""

from __future__ import annotations

from typing import Any

from samples.book import Book
from samples.labels import places
from schemas.readings import form_id_of

_NOTE = (
    "Faults planted in the forms of booklet.pdf. A = certain from the form alone, "
    "B = conflicts with another place."
)


def findings(book: Book) -> dict[str, Any]:
    listed = []
    for form, sheets in book.forms:
        at = places(sheets)
        listed += [
            {
                "form_id": form_id_of(sheets[0].number),
                "pages": [at[fault.where][0]],
                "rule": fault.rule,
                "target": fault.target,
                "what": fault.what,
                "strength": fault.strength,
            }
            for fault in form.faults
        ]
    return {"note": _NOTE, "findings": listed}

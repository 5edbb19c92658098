"""The result of a computation → an answer with every place that it rests on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from pydantic import TypeAdapter

from assistant.answer_bench import Result
from assistant.query_catalog import Catalog
from schemas.answers import Answer, Citation
from schemas.readings import Evidence
from schemas.records import Approval, Record, State

_CITATIONS = TypeAdapter(list[Citation])
Place = tuple[Record, Evidence | None]


def answer_of(result: Result, catalog: Catalog) -> Answer:
    """The result in words and values, with every contributing cell cited, however many."""
    disputed = [f for f in result.facts if f.cell.state is State.DISPUTED]
    places: list[Place] = [(f.record, f.cell.evidence) for f in result.facts]
    places += [(f.record, r.evidence) for f in disputed for r in f.cell.readings.values()]
    places += [(a.record, a.cell.evidence) for a in result.empty if a.cell]
    approvals = {record.approval for record, _ in places}
    return Answer(
        status=result.status,
        answer=result.text,
        values=result.values,
        citations=citations(places, catalog),
        computation="\n".join(result.shown),
        parts=result.parts,
        approval="disputed" if disputed else worst(approvals),
    )


def worst(approvals: Collection[Approval]) -> Approval:
    """The worst of what the answer rests on."""
    if "disputed" in approvals:
        return "disputed"
    return "approved" if approvals and "unreviewed" not in approvals else "unreviewed"


def citations(places: Sequence[Place], catalog: Catalog) -> list[Citation]:
    """The places, each once, in order. Cells live as long as the catalogue, so that a cell's
    place is made out only once."""
    kept = catalog.citations
    stated = [(record, evidence) for record, evidence in places if evidence is not None]
    fresh = [p for p in stated if (known := kept.get(id(p[1]))) is None or known[2] is not p[1]]
    made = _CITATIONS.validate_python([_citation(*place, catalog) for place in fresh])
    for (record, evidence), citation in zip(fresh, made, strict=True):
        key = (record.document_id, evidence.page, evidence.bbox, evidence.quote)
        kept[id(evidence)] = (key, citation, evidence)
    found: dict[tuple[object, ...], Citation] = {}
    for _, evidence in stated:
        key, citation, _ = kept[id(evidence)]
        found.setdefault(key, citation)
    return list(found.values())


def _citation(record: Record, evidence: Evidence, catalog: Catalog) -> dict[str, Any]:
    return {
        "document": catalog.document_names.get(record.document_id, record.document_id),
        "document_id": record.document_id,
        "form_id": record.form_id,
        "page": evidence.page,
        "bbox": evidence.bbox,
        "quote": evidence.quote,
    }

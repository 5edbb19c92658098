"""The result of a computation → an answer with every place that it rests on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assistant.ask.answer.bench import Result, values_of
from assistant.ask.answer.facts import Fact, read_amounts
from assistant.ask.query.catalog import Catalog
from schemas.answers import Answer, Citation
from schemas.readings import Evidence
from schemas.records import Approval, Record

Place = tuple[Record, Evidence | None]
_Cited = tuple[object, Citation]  # with what tells one place from another


def answer_of(result: Result, catalog: Catalog) -> Answer:
    """The result in words and values, with every contributing cell cited, however many."""
    disputed = [f for f in result.facts if f.disputed]
    others: list[Place] = [
        (f.record, r.evidence) for f in disputed for r in f.cell.readings.values()
    ]
    others += [(a.record, a.cell.evidence) for a in result.empty if a.cell]
    cited = [*_of_facts(result.facts, catalog), *_of_places(others, catalog)]
    approvals = catalog.approvals if cited else set()
    if len(approvals) > 1:
        approvals = {f.record.approval for f in result.facts} | {r.approval for r, _ in others}
    return Answer(
        status=result.status,
        answer=result.text,
        values=result.values,
        citations=_each_once(cited),
        computation="\n".join(result.shown),
        parts=result.parts,
        approval="disputed" if disputed else worst(approvals),
    )


def prepare(catalog: Catalog) -> None:
    """Makes what sums and rankings are made of: the facts of each form, and for its own amounts
    the values and citations. Entries that were taken over have them already."""
    for at, entry in catalog.entry_of.items():
        if not entry.facts:
            read = read_amounts(entry, catalog.year_of[at])
            own = [made for made in read if isinstance(made, Fact)]
            values_of(own)
            _of_facts(own, catalog)
    _ = catalog.row_items  # worked out when first looked at, which is not to be in a question


def worst(approvals: Collection[Approval]) -> Approval:
    """The worst of what the answer rests on."""
    if "disputed" in approvals:
        return "disputed"
    return "approved" if approvals and "unreviewed" not in approvals else "unreviewed"


def citations(places: Sequence[Place], catalog: Catalog) -> list[Citation]:
    """The places, each once, in order."""
    return _each_once(_of_places(places, catalog))


def _each_once(cited: Sequence[_Cited]) -> list[Citation]:
    found: dict[object, Citation] = {}
    for key, citation in cited:
        found.setdefault(key, citation)
    return list(found.values())


def _of_facts(facts: Sequence[Fact], catalog: Catalog) -> list[_Cited]:
    """The facts' places, made once."""
    names = catalog.document_names
    for fact in facts:
        if fact.cited is None and fact.place is not None:
            fact.cited = _cited(fact.record, fact.place, names)
    return [f.cited for f in facts if f.cited is not None]


def _of_places(places: Sequence[Place], catalog: Catalog) -> list[_Cited]:
    names = catalog.document_names
    return [_cited(record, evidence, names) for record, evidence in places if evidence is not None]


def _cited(record: Record, evidence: Evidence, names: dict[str, str]) -> _Cited:
    document = record.document_id
    citation = Citation(
        document=names.get(document, document), document_id=document, form_id=record.form_id,
        page=evidence.page, bbox=evidence.bbox, quote=evidence.quote,
    )  # fmt: skip
    return (document, evidence.page, evidence.bbox, evidence.quote), citation

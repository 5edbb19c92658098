"""Faults that the printed forms themselves hold. Pure.

Each check is a small function over one record, or over the records of one
booklet, that yields findings with the place on the page. The rules are those a
budget reviewer applies when examining performance targets (绩效目标审核):
complete, consistent, measurable, within the period, sums that foot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.findings import booklet, fields, indicators, money
from assistant.reconcile.budget_year import budget_years, candidates
from schemas.findings import Finding
from schemas.records import Record

RecordCheck = Callable[[Record, int | None], Iterator[Finding]]
BookletCheck = Callable[[Sequence[Record]], Iterator[Finding]]

RECORD_CHECKS: tuple[RecordCheck, ...] = (
    fields.missing_required,
    money.sums_foot,
    money.products_hold,
    money.previous_year_mismatch,
    money.amount_conflict,
    money.category_mismatch,
    money.truncated_text,
    indicators.impossible_target,
    indicators.target_not_measurable,
    indicators.inconsistent_columns,
    indicators.malformed_comparator,
    indicators.target_outside_period,
    fields.suspicious_value,
    fields.unbalanced_quote,
    fields.copied_text,
    fields.expired_basis,
    fields.placeholder_year,
)
BOOKLET_CHECKS: tuple[BookletCheck, ...] = (
    booklet.truncated_opinion,
    booklet.code_year_mismatch,
    booklet.possible_double_funding,
    booklet.unit_name_variant,
)


def find(records: Sequence[Record], names: Mapping[str, str] = {}) -> list[Finding]:
    """All findings, booklet by booklet, in the order of the pages. ``names`` are the documents'
    by their ids."""
    found: list[Finding] = []
    years = budget_years({r.key: candidates(r) for r in records}, names)
    for document_id in dict.fromkeys(r.document_id for r in records):
        forms = [r for r in records if r.document_id == document_id]
        for record in forms:
            found += [f for check in RECORD_CHECKS for f in check(record, years[record.key])]
        found += [f for check in BOOKLET_CHECKS for f in check(forms)]
    order = {r.key: i for i, r in enumerate(records)}
    return sorted(found, key=lambda f: order[f.document_id, f.form_id])

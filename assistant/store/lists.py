"""What lists, the review queue, exports and answers read: SQL on the facts and the forms."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from assistant.store.facts import Form, cell_of, record_of
from assistant.store.schema import DocumentRow, FactRow, FindingRow, RecordRow
from schemas.findings import Finding
from schemas.forms import FORMS, Kind
from schemas.messages import loaded
from schemas.readings import FormSpan
from schemas.records import Approval, CellRef, Record
from schemas.review import Decision

FormKey = tuple[str, str]  # document id, form id
Which = Literal["any", "open", "unapproved", "approved"]
_ROLES = [spec.roles for spec in FORMS.values()]
_AMOUNTS = {name for roles in _ROLES for name in roles.amounts}
_SEARCHED = {
    name
    for roles in _ROLES
    for name in (roles.name, roles.code, roles.spending, roles.applicant, roles.implementing)
}
_MANY = 200  # forms up to which they are named in a query

_FACTS = FactRow.__table__
# What a line is made of: not the record itself, which would be sorted along.
_LINE = (
    RecordRow.document_id, RecordRow.form_id, RecordRow.name, RecordRow.span, RecordRow.open,
    RecordRow.approval, DocumentRow.name.label("document"),
)  # fmt: skip
_ORDER = (DocumentRow.added_at, DocumentRow.id, RecordRow.position)


class ProjectLine(NamedTuple):
    """A form as a list shows it; ``amount`` is as printed, ``open`` counts the cells that wait
    for a person."""

    document_id: str
    form_id: str
    name: str
    form_type: str
    pages: list[int]
    amount: str | None
    open: int
    approval: Approval
    document: str


class Opened(NamedTuple):
    """A record as it stands, the decisions on it (oldest first), and those of them that no
    longer fit what is read there."""

    record: Record
    decisions: list[Decision]
    lost: list[Decision]


class QueueItem(NamedTuple):
    """One cell that waits for a person. ``page`` is where to look."""

    document_id: str
    document: str
    form_id: str
    page: int
    ref: CellRef


def _forms(*columns: Any) -> Select[Any]:
    """A query over the forms that were read, in the order of documents and pages."""
    joined = select(*columns).join(DocumentRow, DocumentRow.id == RecordRow.document_id)
    return joined.where(RecordRow.record != "").order_by(*_ORDER)


def _among(
    table: type[RecordRow | FactRow], keys: Collection[FormKey] | None
) -> list[ColumnElement[bool]]:
    """The condition that a form is one of ``keys``; none where all are wanted, or more than are
    named in a query: those beside them are then to be left out of what it finds."""
    if keys is None or len(keys) > _MANY:
        return []
    return [tuple_(table.document_id, table.form_id).in_(list(keys))]


def records(
    session: Session,
    document_id: str | None = None,
    *,
    approved_only: bool = False,
    keys: Collection[FormKey] | None = None,
) -> Iterator[tuple[int, Record]]:
    """Records as they stand after review, each with the revision at which it changed."""
    query = _forms(RecordRow)
    facts = select(_FACTS).order_by(FactRow.document_id, FactRow.form_id, FactRow.position)
    if document_id is not None:
        query = query.where(RecordRow.document_id == document_id)
        facts = facts.where(FactRow.document_id == document_id)
    if approved_only:
        query = query.where(RecordRow.approval == "approved")
        facts = facts.where(FactRow.approval == "approved")
    query = query.where(*_among(RecordRow, keys))
    facts = facts.where(*_among(FactRow, keys))
    found = session.execute(facts.execution_options(yield_per=10_000))
    rows = session.scalars(query).all()
    forms = {(row.document_id, row.form_id): _form(row) for row in rows}
    made: dict[FormKey, Record] = {}
    for key, own in groupby(found, lambda fact: (fact.document_id, fact.form_id)):
        if key in forms:
            made[key] = record_of(forms[key], cast(Iterable[FactRow], own))
    for row in rows:
        key = (row.document_id, row.form_id)
        yield row.changed, made.get(key) or record_of(forms[key], ())


def _form(row: RecordRow) -> Form:
    span = FormSpan.model_validate_json(row.span)
    return Form(row.document_id, span.form_id, span.form_type, span.pages, _approval(row))


def _approval(row: RecordRow) -> Approval:
    return cast(Approval, row.approval)


Known = Mapping[FormKey, tuple[int, Record]]


def changed_records(session: Session, known: Known) -> dict[FormKey, tuple[int, Record]]:
    order = session.execute(_forms(RecordRow.document_id, RecordRow.form_id, RecordRow.changed))
    now = {(document, form): changed for document, form, changed in order}
    stale = {key for key, changed in now.items() if key not in known or known[key][0] != changed}
    read = {
        (record.document_id, record.form_id): (changed, record)
        for changed, record in (records(session, keys=stale) if stale else ())
    }
    return {key: read[key] if key in stale else known[key] for key in now}


def projects(
    session: Session, document_id: str, text: str, which: Which, most: int
) -> tuple[list[ProjectLine], int]:
    """The forms that the filters leave: the first ``most``, and how many there are."""
    chosen = [
        *([RecordRow.document_id == document_id] if document_id else []),
        *([_says(text.strip())] if text.strip() else []),
        *_WHICH[which],
    ]
    query = _forms(*_LINE).where(*chosen)
    count = session.scalar(
        select(func.count()).select_from(RecordRow).where(RecordRow.record != "", *chosen)
    )
    return _lines(session, query.limit(most)), count or 0


def lines(session: Session, keys: Collection[FormKey]) -> dict[FormKey, ProjectLine]:
    query = _forms(*_LINE).where(*_among(RecordRow, keys))
    found = {(line.document_id, line.form_id): line for line in _lines(session, query)}
    return {key: found[key] for key in keys if key in found}


_WHICH: dict[Which, list[ColumnElement[bool]]] = {
    "any": [],
    "open": [RecordRow.open > 0],
    "unapproved": [RecordRow.approval != "approved"],
    "approved": [RecordRow.approval == "approved"],
}


def _says(text: str) -> ColumnElement[bool]:
    """Whether a form's id, name, code or one of its units holds ``text``."""
    own = (FactRow.document_id == RecordRow.document_id, FactRow.form_id == RecordRow.form_id)
    fields = (FactRow.table_name == "", FactRow.column_name.in_(_SEARCHED))
    holds = FactRow.text.icontains(text, autoescape=True)
    said = select(FactRow.position).where(*own, *fields, holds).exists()
    return or_(RecordRow.form_id.icontains(text, autoescape=True), said)


def _lines(session: Session, query: Select[Any]) -> list[ProjectLine]:
    found = session.execute(query).all()
    keys = [(row.document_id, row.form_id) for row in found]
    texts = _texts(session, keys, _AMOUNTS)
    out = []
    for row in found:
        span = FormSpan.model_validate_json(row.span)
        own = texts.get((row.document_id, row.form_id), {})
        known_by = FORMS[span.form_type].roles.amounts
        amount = next((own[n] for n in known_by if n in own), None)
        out.append(
            ProjectLine(
                row.document_id, row.form_id, row.name, span.form_type, span.pages, amount,
                row.open, row.approval, row.document,
            )
        )  # fmt: skip
    return out


def _texts(
    session: Session, keys: Collection[FormKey], names: Collection[str]
) -> dict[FormKey, dict[str, str]]:
    """What forms say in some of their own cells, as printed; amounts with a unit that is not the
    yuan of the list's head."""
    columns = (
        FactRow.document_id,
        FactRow.form_id,
        FactRow.column_name,
        FactRow.text,
        FactRow.unit,
    )
    found = session.execute(
        select(*columns).where(
            *_among(FactRow, keys),
            FactRow.table_name == "",
            FactRow.column_name.in_(names),
            FactRow.text != "",
        )
    )
    out: dict[FormKey, dict[str, str]] = {}
    for document_id, form_id, name, text, unit in found:
        other = "" if unit in ("", "元") else f" {unit}"
        out.setdefault((document_id, form_id), {})[name] = f"{text}{other}"
    return out


def queue(session: Session) -> list[QueueItem]:
    own = (FactRow.document_id == RecordRow.document_id) & (FactRow.form_id == RecordRow.form_id)
    found = session.execute(
        _forms(FactRow, RecordRow.span, DocumentRow.name)
        .select_from(RecordRow)
        .join(FactRow, own)
        .where(FactRow.needs_review)
        .order_by(FactRow.position)
    )
    return [
        QueueItem(fact.document_id, name, fact.form_id, fact.page or _first_page(span), _ref(fact))
        for fact, span, name in found
    ]


def _first_page(span: str) -> int:
    return FormSpan.model_validate_json(span).pages[0]


def _ref(fact: FactRow) -> CellRef:
    return CellRef(path=fact.path, label=fact.label, kind=Kind(fact.kind), cell=cell_of(fact))


def unchecked(session: Session, document_id: str | None) -> dict[str, int]:
    query = select(DocumentRow.id, DocumentRow.changed).where(
        DocumentRow.changed != DocumentRow.checked
    )
    if document_id is not None:
        query = query.where(DocumentRow.id == document_id)
    return {own: changed for own, changed in session.execute(query)}


def findings(session: Session, document_id: str | None) -> list[Finding]:
    query = (
        select(FindingRow.finding, FindingRow.said)
        .join(DocumentRow, DocumentRow.id == FindingRow.document_id)
        .order_by(DocumentRow.added_at, DocumentRow.id, FindingRow.position)
    )
    if document_id is not None:
        query = query.where(FindingRow.document_id == document_id)
    return [
        Finding.model_validate({**json.loads(found), "said": loaded(said)})
        for found, said in session.execute(query)
    ]

"""A question → an answer with the pages it rests on, or an honest no.

The question is read into a typed query (:mod:`assistant.ask.query.questions`), the
query runs on the records, and what comes out is checked once more before it is shown
(:mod:`assistant.ask.answer.guard`).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.ask.answer.bench import Bench, Result, contents_of
from assistant.ask.answer.checks import check
from assistant.ask.answer.citing import answer_of, citations, prepare, worst
from assistant.ask.answer.english import spoken
from assistant.ask.answer.guard import unsupported
from assistant.ask.answer.lists import count, listing, lookup
from assistant.ask.answer.more import particular
from assistant.ask.answer.passages import (
    IN_OTHER_WORDS,
    Extract,
    extracts,
    nearest_places,
    unknown_words,
)
from assistant.ask.answer.rank import compare, rank
from assistant.ask.answer.totals import aggregate, group, ratio
from assistant.ask.answer.wording import interpretation, presented, projects_named
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.english import is_english
from assistant.ask.query.follow import goes_on
from assistant.ask.query.llm import Asked
from assistant.ask.query.questions import OUT_OF_SCOPE, understand
from assistant.ask.second_opinion import consult, unsure
from assistant.search.passages import Hit
from schemas.answers import Answer, AnswerValue
from schemas.findings import Finding
from schemas.queries import Operation, Query, Turn
from schemas.readings import Evidence
from schemas.records import Record

__all__ = ["Library", "Second", "Turn", "answer"]

_WITHHELD = (
    "算出的回答没有通过核对（有内容在所引页面上找不到），因此不显示。"
    "请换一种问法，或直接查看相关页面。"
)
_OTHER_WORDS = "已读入的文件里没有这些说法。"
_NO_RECORDS = "还没有可以查询的记录，请先读入文件（如果只查已审定的记录，请先审定）。"


_QUESTIONS = re.compile(r"(?<=[？?；;])\s*")
_MOST_PARTS = 3

_COMPUTE: dict[Operation, Callable[[Bench], Result]] = {
    Operation.LOOKUP: lookup,
    Operation.LIST: listing,
    Operation.COUNT: count,
    Operation.SUM: aggregate,
    Operation.AVERAGE: aggregate,
    Operation.MAX: rank,
    Operation.MIN: rank,
    Operation.COMPARE: compare,
    Operation.RATIO: ratio,
    Operation.GROUP: group,
}


class Library(Protocol):
    """What answering sees of the store.

    A library may also have ``revision``: a string that no other set of records ever has (of
    another store, or with approved records only). What is derived from the records is then
    kept from one question to the next.
    """

    def records(self) -> list[Record]: ...

    def document_name(self, document_id: str) -> str: ...

    def findings(self) -> list[Finding]: ...

    def search(
        self, query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]: ...


@dataclass(frozen=True)
class Second:
    """The second reader of questions: a model, and whether it reads every question or only
    those in which the deterministic reader leaves words without a meaning."""

    model: Asked
    always: bool = False


def answer(
    question: str, library: Library, second: Second | None = None, turn: Turn | None = None
) -> tuple[Answer, Turn]:
    """Answers ``question`` from ``library``; ``turn`` is what the one before left.

    Without a ``second`` reader, and where it fails, the deterministic one alone decides.
    Returns the answer and what a follow-up inherits.
    """
    catalog = _catalog(library)
    if not catalog.records:
        return Answer(status="not_found", answer=_NO_RECORDS), turn or Turn(question=question)
    parts = [p for p in _QUESTIONS.split(question) if p.strip()]
    if 1 < len(parts) <= _MOST_PARTS:
        return _answer_each(parts, catalog, library, turn)
    made, after = _answer_one(question, catalog, library, turn)
    if second is None or (turn and turn.query and goes_on(question)):
        return made, after  # the model is not told what was asked before
    if made.status == "answered" and not second.always:
        return made, after
    understood = understand(question, catalog)
    if not second.always and not unsure(understood, made):
        return made, after

    def run(query: Query) -> Answer:
        return execute(query, catalog, library)

    return consult(question, understood, made, catalog, second.model, run), after


def _answer_each(
    parts: Sequence[str], catalog: Catalog, library: Library, turn: Turn | None
) -> tuple[Answer, Turn]:
    """Several questions in one: each goes on from the one before; what is not found is said."""
    said: list[Answer] = []
    last = turn
    for number, part in enumerate(parts):
        made, last = _answer_one(part, catalog, library, last, follows=number > 0)
        said.append(made)
        if made.status in ("ambiguous", "out_of_scope"):
            return made, last
    return merged(said), last or Turn(question=parts[-1])


def merged(said: Sequence[Answer]) -> Answer:
    """The answers to the parts of a question as one; "answered" if one of them is."""
    status = said[0].status
    if len({a.status for a in said}) > 1:
        status = "answered" if any(a.status == "answered" for a in said) else "not_found"
    told = [a.approval for a in said if a.citations]
    return Answer(
        status=status,
        answer="\n".join(a.answer for a in said),
        values=[v for a in said for v in a.values],
        citations=list({c.model_dump_json(): c for a in said for c in a.citations}.values()),
        interpretation="".join(a.interpretation for a in said),
        approval=worst(told),
        computation="\n".join(a.computation for a in said if a.computation),
        parts=[p for a in said for p in a.parts],
    )


def _answer_one(
    question: str, catalog: Catalog, library: Library, turn: Turn | None, *, follows: bool = False
) -> tuple[Answer, Turn]:
    understood = understand(question, catalog, turn, follows=follows)
    if isinstance(understood, Query):
        made = execute(understood, catalog, library)
        if _unsaid(understood, made):
            made.answer += nearest_places(question, catalog, library.search)
        return made, _turn_after(question, understood, made, catalog, turn)
    said = Answer(status=understood.status, answer=understood.say, choices=understood.choices)
    language = "en" if is_english(question) else "zh"
    if understood.say == OUT_OF_SCOPE and language == "zh":
        near = nearest_places(question, catalog, library.search, least=IN_OTHER_WORDS)
        said = Answer(status="not_found", answer=_OTHER_WORDS + near) if near else said
    return spoken(said, language, catalog.projects), turn or Turn(question=question)


def _unsaid(query: Query, made: Answer) -> bool:
    """Whether texts were asked about that say no such thing word for word."""
    texts = query.operation is Operation.PASSAGE and query.language == "zh"
    return texts and made.status == "not_found"


def _turn_after(
    question: str, query: Query, made: Answer, catalog: Catalog, turn: Turn | None
) -> Turn:
    named = projects_named(made.values, catalog.projects)
    if turn and len(query.projects) == 1 and len(turn.named) > 1 and len(named) < 2:
        named = turn.named  # 第二个的依据: the list that was counted still stands
    return Turn(question=question, query=query, named=named)


def execute(query: Query, catalog: Catalog, library: Library) -> Answer:
    """Runs a query on the records, whoever read it out of the question."""
    if query.operation is Operation.PASSAGE:
        made = _from_texts(query, catalog, library)
    elif query.operation is Operation.CHECK:
        made = check(query, catalog, library.findings(), library.document_name)
    else:
        compute = particular(query) or _COMPUTE[query.operation]
        made = answer_of(compute(_bench(query, catalog)), catalog)
    made.answer = presented(made, query)
    made.interpretation = interpretation(query)
    return spoken(_guarded(made), query.language, catalog.projects)


def _bench(query: Query, catalog: Catalog) -> Bench:
    names = catalog.document_names
    several = len(names) > 1
    return Bench(query, catalog, lambda r: names.get(r.document_id, "") if several else "")


def _guarded(made: Answer) -> Answer:
    if made.status != "answered" or not unsupported(made):
        return made
    return made.model_copy(
        update={"status": "not_found", "answer": _WITHHELD, "values": [], "computation": ""}
    )


_catalogs: OrderedDict[str, Catalog] = OrderedDict()


def _catalog(library: Library) -> Catalog:
    """The catalogue of a library's records, kept for as long as its revision stands."""
    revision = str(getattr(library, "revision", ""))
    if revision and revision in _catalogs:
        return _catalogs[revision]
    records = library.records()
    names = {d: library.document_name(d) for d in {r.document_id for r in records}}
    made = Catalog(records, names, before=next(reversed(_catalogs.values()), None))
    prepare(made)
    if revision:
        _catalogs[revision] = made
        while len(_catalogs) > 2:
            _catalogs.popitem(last=False)
    return made


def _from_texts(query: Query, catalog: Catalog, library: Library) -> Answer:
    found = extracts(query, catalog, library.search)
    if not found and query.targets:
        rows = query.model_copy(update={"operation": Operation.LOOKUP})
        return answer_of(lookup(_bench(rows, catalog)), catalog)
    if not found:
        return Answer(status="not_found", answer=_not_in_texts(query, catalog))
    kept = _each_project(found) if query.group_by and not query.projects else found[:1]
    lines = [f"{e.record.name}的{e.label}写道：“{e.sentence}”{_page(e)}" for e in kept]
    places = [(e.record, _quoted(e)) for e in kept]
    return Answer(
        status="answered",
        answer="；".join(lines) + "。" if len(lines) > 1 else f"{lines[0]}。",
        values=[AnswerValue(label=f"{e.record.name} · {e.label}", value=e.sentence) for e in kept],
        citations=citations(places, catalog),
        computation="\n".join(f"{e.record.name} · {e.label}" for e in kept),
        approval=worst({e.record.approval for e in kept}),
    )


def _each_project(found: list[Extract]) -> list[Extract]:
    best: dict[str, Extract] = {}
    for extract in found:
        best.setdefault(extract.record.name, extract)
    return list(best.values())


def _page(extract: Extract) -> str:
    evidence = extract.cell.evidence
    return f"（第{evidence.page}页）" if evidence else ""


def _quoted(extract: Extract) -> Evidence | None:
    evidence = extract.cell.evidence
    return evidence.model_copy(update={"quote": extract.sentence}) if evidence else None


def _not_in_texts(query: Query, catalog: Catalog) -> str:
    """What was searched, what was not there, and what there is instead."""
    missing = unknown_words(query, catalog) or query.text
    words = "、".join(f"“{w}”" for w in missing)
    if query.projects:
        records = [r for p in query.projects for r in catalog.projects.get(p, ())]
        pages = "、".join(dict.fromkeys(str(p) for r in records for p in r.pages))
        has = contents_of(records[0]) if records else ""
        return f"在{'、'.join(query.projects)}的表（第{pages}页）里没有找到{words}。表上有：{has}。"
    names = list(catalog.projects)
    shown = "；".join(names[:6]) + ("……" if len(names) > 6 else "")
    read = f"已读入{len(names)}个项目，例如：{shown}。"
    return f"已查{len(catalog.records)}份表，没有找到{words}。{read}"

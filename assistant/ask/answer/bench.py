"""What a computation works on: a query, the facts of each project, and the result. Pure.

Money is ``Decimal`` yuan all through; each contributing value is a fact with its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.ask.answer.facts import Absent, Fact, column_key, column_of
from assistant.ask.answer.filters import holder, passing
from assistant.ask.answer.wording import absence, plain, readings, value_sentence
from assistant.ask.query.catalog import Catalog, rows_of
from schemas.answers import AnswerValue, Status
from schemas.forms import FORMS
from schemas.queries import Query, Target, TargetKind
from schemas.records import Record, text_of

_EACH = 3  # projects up to which each one's lack is told
_KEPT = 64  # sets of conditions whose projects are kept
SHOWN = 60  # lines of a list or a computation that are written out


@dataclass
class Result:
    """An answer before citations and wording are put together. ``facts`` are cited."""

    status: Status = "answered"
    text: str = ""
    values: list[AnswerValue] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    parts: list[AnswerValue] = field(default_factory=list)  # of what values are computed
    shown: list[str] = field(default_factory=list)  # the computation, line by line
    empty: list[Absent] = field(default_factory=list)  # empty cells, cited too


@dataclass(slots=True)
class ProjectFacts:
    """What one project gives for a target, from all its forms. Shared: not to be changed."""

    name: str
    facts: list[Fact]
    absent: list[Absent]
    proofs: list[Fact]
    conflict: bool = False


@dataclass
class Bench:
    """What a computation works on."""

    query: Query
    catalog: Catalog
    document: Callable[[Record], str]  # the document's name, "" where there is only one

    def line(self, fact: Fact) -> str:
        """A contributing value as one line of the computation."""
        where = f"第{fact.page}页" if fact.page else ""
        document = self.document(fact.record)
        yuan = ""
        if fact.money and fact.unit != "元" and fact.number is not None:
            yuan = f" = {plain(fact.number)}元"
        place = "，".join(p for p in (f"《{document}》" if document else "", where) if p)
        value = readings(fact) if fact.disputed else f"{fact.value}{fact.unit}{yuan}"
        return f"{fact.project} · {fact.label}：{value}（{place}）"

    def sentence(self, fact: Fact) -> str:
        return value_sentence(fact, self.query, document=self.document(fact.record))


def projects_of(bench: Bench, target: Target) -> list[ProjectFacts]:
    """The projects that pass the query's conditions with their facts for ``target``."""
    query, catalog = bench.query, bench.catalog
    if query.projects:
        return _projects_of(bench, target)
    key = (*column_key(target, query), *(f.model_dump_json() for f in query.filters))
    if key not in catalog.settled:
        if len(catalog.settled) >= _KEPT:
            catalog.settled.clear()
        catalog.settled[key] = _projects_of(bench, target)
    settled: list[ProjectFacts] = catalog.settled[key]
    return settled


def _projects_of(bench: Bench, target: Target) -> list[ProjectFacts]:
    column, kept = column_of(target, bench.query, bench.catalog), _kept(target, bench.query)
    passed: list[_Passed] = []
    for record, proofs in passing(bench.query, bench.catalog):
        own = column(record)
        facts = kept(own.facts) if kept else own.facts
        passed.append((record, facts, own.absent, proofs))
    identity = bench.catalog.identity
    keys = [identity[id(record)] for record, _, _, _ in passed]
    if len(set(keys)) == len(keys):  # no project stands on two forms
        return [_of_one(*own) for own in passed]
    found: dict[str, list[_Passed]] = {}
    for key, own_form in zip(keys, passed, strict=True):
        found.setdefault(key, []).append(own_form)
    return [
        _of_one(*own[0]) if len(own) == 1 else _of_several(own, bench) for own in found.values()
    ]


_Passed = tuple[Record, list[Fact], list[Absent], list[Fact]]


def _kept(target: Target, query: Query) -> Callable[[list[Fact]], list[Fact]] | None:
    """The rows that pass conditions on the very amount that is asked for; None if all do."""
    if target.kind not in (TargetKind.COST, TargetKind.INDICATOR):
        return None
    conditions = [holder(f) for f in query.filters if f.target == target and f.value]
    if not conditions:
        return None
    return lambda facts: [f for f in facts if all(held(f) for held in conditions)]


def _of_one(
    record: Record, facts: list[Fact], absent: list[Absent], proofs: list[Fact]
) -> ProjectFacts:
    """A project of one form: nothing can be said twice."""
    if len(facts) > 1:
        facts = sorted(facts, key=_is_declared)
    name = facts[0].project if facts else record.name
    return ProjectFacts(name, facts, absent, proofs)


def _is_declared(fact: Fact) -> bool:
    return "申报" in fact.label


def _of_several(passed: Sequence[_Passed], bench: Bench) -> ProjectFacts:
    """One value for each year and item: the same value on two forms counts once, and where
    they differ, the form of the year asked about comes first."""
    name = passed[0][0].name
    facts = [f for _, own, _, _ in passed for f in own]
    absent = [a for _, _, own, _ in passed for a in own]
    proofs = [p for _, _, _, own in passed for p in own]
    if len(facts) <= 1:
        return ProjectFacts(name, facts, absent, proofs)
    years = set(bench.query.years)
    own_year = bench.catalog.budget_years

    def order(fact: Fact) -> tuple[bool, bool]:
        return own_year.get(fact.record.key) not in years, _is_declared(fact)

    kept: dict[tuple[str, int | None, str, int], Fact] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    conflict = False
    for fact in sorted(facts, key=order):
        what = "money" if fact.money and fact.year else fact.label
        column = fact.label if fact.item else what
        # A table may hold two rows of one name: only the same row of another form counts once.
        same = (*fact.record.key, column, fact.year, fact.item)
        first = kept.setdefault((column, fact.year, fact.item, seen[same]), fact)
        seen[same] += 1
        conflict = conflict or (first.number, first.value if first.number is None else "") != (
            fact.number, fact.value if fact.number is None else "",
        )  # fmt: skip
    return ProjectFacts(name, list(kept.values()), absent, proofs, conflict)


def numeric(bench: Bench, target: Target) -> tuple[list[Fact], list[str], list[Absent]]:
    """The facts with a number, notes on what is left out, and what is absent."""
    facts: list[Fact] = []
    notes: list[str] = []
    absent: list[Absent] = []
    missing: list[str] = []
    for project in projects_of(bench, target):
        own = [f for f in project.facts if f.number is not None]
        facts += own
        if not own:
            missing.append(project.name)
        if project.absent:
            absent += project.absent
        if project.conflict:
            pages = "、".join(f"第{f.page}页" for f in own if f.page)
            notes.append(f"{project.name}在不同的表上数值不一致，这里取所问年度的表（{pages}）。")
    if missing and facts:
        notes.append(left_out(missing, target))
    disputed = [f for f in facts if f.disputed]
    if disputed:
        notes.append(
            "其中有两种读法不一致的数值，请核实：" + "、".join(f.project for f in disputed) + "。"
        )
    return facts, notes, absent


def left_out(missing: list[str], target: Target) -> str:
    shown = "、".join(missing[:6]) + ("等" if len(missing) > 6 else "")
    label = target.label or "该项内容"
    return f"另有{len(missing)}个项目的表上没有{label}，未计入：{shown}。"


def and_notes(result: Result, notes: Iterable[str]) -> Result:
    for note in notes:
        result.text += note
        result.shown.append(note)
    return result


def join(lines: Sequence[str], language: str) -> str:
    """The lines as one sentence; a list too long to read is cut, its values are not."""
    more = "……" if len(lines) > SHOWN else ""
    if language == "en":
        return "; ".join(lines[:SHOWN]) + more + "."
    return "；".join(lines[:SHOWN]) + more + "。"


def values_of(facts: Sequence[Fact]) -> list[AnswerValue]:
    """The facts as values of an answer, made once."""
    for fact in facts:
        if fact.said is None:
            label = f"{fact.project} · {fact.label}"
            fact.said = AnswerValue(label=label, value=fact.value, unit=fact.unit)
    return [f.said for f in facts if f.said is not None]


def value_of(fact: Fact) -> AnswerValue:
    return values_of([fact])[0]


def nothing(absent: list[Absent], bench: Bench) -> Result:
    """No value: the cell is empty, or the forms do not say."""
    language = bench.query.language
    blank = [a for a in absent if a.reason == "empty"]
    chosen = blank or [a for a in absent if a.reason != "no_label"] or absent
    if not chosen:
        return Result(status="not_found", text="没有符合条件的项目。")
    if len({a.record.name for a in chosen}) > _EACH and chosen[0].reason == "no_year":
        return Result(status="not_found", text=_no_such_year(bench))
    seen = list(dict.fromkeys(absence(a, language) for a in chosen[:5]))
    return Result(
        status="not_stated" if blank else "not_found",
        text="".join(seen),
        empty=[a for a in chosen if a.cell is not None],
    )


def _no_such_year(bench: Bench) -> str:
    asked = "、".join(f"{y}年" for y in bench.query.years)
    given = {y for y in bench.catalog.budget_years.values() if y}
    given |= {int(y) for e in bench.catalog.entries for y, _ in e.funding if y.isdigit()}
    years = "、".join(f"{y}年" for y in sorted(given))
    return f"所查的项目都没有{asked}的金额；表上有金额的年度是：{years}。"


def contents_of(record: Record) -> str:
    """What a form does state, for a refusal that helps."""
    filled = [
        f.label.split("（")[0].replace("{year}", "")
        for f in FORMS[record.form_type].fields
        if f.name not in ("title", "amount_unit") and text_of(record.fields.get(f.name))
    ]
    rows = [r.name for r in rows_of(record)][:4]
    return "、".join(filled[:8]) + "等栏目" + (f"，以及“{'”“'.join(rows)}”等行" if rows else "")

"""Values as printed, lists of projects, counts. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assistant.ask.answer.bench import (
    SHOWN,
    Bench,
    ProjectFacts,
    Result,
    and_notes,
    join,
    left_out,
    nothing,
    projects_of,
    values_of,
)
from assistant.ask.answer.facts import Absent, Fact, facts_of
from assistant.ask.answer.filters import holds
from assistant.ask.answer.wording import TEST_WORDS, absence, money
from schemas.answers import AnswerValue
from schemas.queries import Filter, Target, TargetKind


def lookup(bench: Bench) -> Result:
    """Each target of each project, as printed."""
    result = Result()
    lines: list[str] = []
    absent: list[Absent] = []
    for target in bench.query.targets:
        for project in projects_of(bench, target):
            facts = project.facts
            if project.conflict:
                facts = _all_facts(bench, target, project.name)
            many = len(bench.query.years) > 1 or target.kind is TargetKind.INDICATOR
            if many or not facts:
                absent += project.absent if many else project.absent[:1]
            lines += [bench.sentence(f) for f in facts]
            result.facts += facts
    if result.facts:
        named = [a for a in absent if bench.query.projects and a.reason != "no_row"]
        notes = [absence(a, bench.query.language) for a in named]
        result.text = join(lines, bench.query.language) + "".join(notes)
        result.empty = [a for a in named if a.cell]
        result.values = values_of(result.facts)
        result.shown = [*(bench.line(f) for f in result.facts), *notes]
        if bench.query.expected and len(result.facts) == 1:
            return and_notes(result, [_verdict(result.facts[0], bench)])
        return result
    return nothing(absent, bench)


def _verdict(fact: Fact, bench: Bench) -> str:
    """Whether the value is the one that the question offers."""
    query = bench.query
    said = money(Decimal(query.expected)) if fact.money else query.expected
    kind = TargetKind.FIELD if query.expected_test == "=" else query.targets[0].kind
    condition = Filter(
        test=query.expected_test, value=query.expected, target=Target(kind=kind)
    )  # fmt: skip
    held = holds(condition, fact)
    if query.expected_test == "=":
        return f"与所问的{said}{'一致' if held else '不一致'}。"
    return f"{'是' if held else '不'}{TEST_WORDS[query.expected_test]}{said}。"


def _all_facts(bench: Bench, target: Target, name: str) -> list[Fact]:
    records = bench.catalog.projects.get(name, ())
    return [f for r in records for f in facts_of(target, r, bench.query, bench.catalog).facts]


def listing(bench: Bench) -> Result:
    """The projects that pass, each with the value asked for or the one that makes it pass."""
    targets = [t for t in bench.query.targets if t.names != ["name"]] or bench.query.targets[:1]
    target = targets[0]
    projects = projects_of(bench, target)
    for other in targets[1:]:
        both = zip(projects, projects_of(bench, other), strict=True)
        projects = [replace(p, facts=p.facts + more.facts) for p, more in both]
    if target.kind is TargetKind.PROJECT:
        facts = [(p, p.proofs or p.facts) for p in projects]
    else:
        facts = [(p, p.facts) for p in projects if p.facts]
        if not facts:
            return nothing([a for p in projects for a in p.absent], bench)
    if not facts:
        return Result(status="not_found", text="没有找到符合条件的项目。" + _searched(bench))
    result = _listing_of(facts, target, bench)
    missing = [p.name for p in projects if not p.facts]
    told = target.kind is TargetKind.PROJECT or bench.query.filters or not missing
    return result if told else and_notes(result, [left_out(missing, target)])


def _listing_of(
    found: list[tuple[ProjectFacts, list[Fact]]], target: Target, bench: Bench
) -> Result:
    result = Result()
    for number, (project, own) in enumerate(found):
        result.facts += own
        if target.kind is TargetKind.PROJECT:
            result.values.append(AnswerValue(label="项目", value=project.name))
        else:
            result.values += values_of(own)
        if number < SHOWN:
            result.shown += [bench.line(f) for f in own]
    result.shown.append(f"共{len(found)}个项目")
    listed = [f"{i}. {_listed(p, own)}" for i, (p, own) in enumerate(found[:SHOWN], 1)]
    result.shown += listed
    more = "……" if len(found) > SHOWN else ""
    if bench.query.language == "en":
        result.text = f"{len(found)} projects: {'; '.join(listed)}{more}."
        result.shown.append(f"{len(found)} projects")
    else:
        result.text = f"共{len(found)}个项目：{'；'.join(listed)}{more}。"
    return result


def _listed(project: ProjectFacts, facts: list[Fact]) -> str:
    told = [f for f in facts if f.value != f.project]
    if not told:
        return project.name
    said = "，".join(
        f"{f.label}{f.value}{f.unit}{f'，第{f.page}页' if f.page else ''}" for f in told[:4]
    )
    return f"{project.name}（{said}）"


def _searched(bench: Bench) -> str:
    return f"已查{len(bench.catalog.records)}份表。"


def count(bench: Bench) -> Result:
    """How many projects pass; of one project, how many rows."""
    target = bench.query.targets[0]
    rows = target.kind in (TargetKind.INDICATOR, TargetKind.COST) and bench.query.projects
    if rows:
        return _count_rows(bench, target)
    projects = projects_of(bench, target)
    if not projects:
        return Result(status="not_found", text="没有符合条件的项目（0个）。" + _searched(bench))
    result = listing(bench)
    if result.status == "answered":
        number = sum(1 for line in result.values) if target.kind is TargetKind.PROJECT else len(
            {f.project for f in result.facts}
        )  # fmt: skip
        result.values.insert(0, AnswerValue(label="数量", value=str(number), unit="个"))
    return result


def _count_rows(bench: Bench, target: Target) -> Result:
    facts = [f for p in projects_of(bench, target) for f in p.facts]
    items = {(f.record.key, f.row) for f in facts}
    if not items:
        return nothing([a for p in projects_of(bench, target) for a in p.absent], bench)
    result = Result(facts=facts, shown=[bench.line(f) for f in facts])
    result.shown.append(f"共{len(items)}项")
    result.text = f"共{len(items)}项：" + "；".join(bench.sentence(f) for f in facts) + "。"
    result.values = [AnswerValue(label="数量", value=str(len(items)), unit="项")]
    return result

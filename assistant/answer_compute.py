"""A typed query on the records → the values, the sum, the ranking … with every fact. Pure.

Money is ``Decimal`` yuan all through; each contributing value is a fact with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.answer_facts import Absent, Fact, Found, facts_of
from assistant.answer_filters import holds, passing
from assistant.answer_wording import absence, money, plain, two_places, value_sentence
from assistant.passages import squeeze
from assistant.query_catalog import Catalog, key_of, rows_of, text_of
from schemas.answers import AnswerValue, Status
from schemas.forms import FORMS
from schemas.queries import Operation, Query, Target, TargetKind
from schemas.records import Record

_EACH = 3  # projects up to which each one's lack is told
_SHOWN = 60  # lines of a list or a computation that are written out


@dataclass
class Result:
    """An answer before citations and wording are put together. ``facts`` are cited."""

    status: Status = "answered"
    text: str = ""
    values: list[AnswerValue] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # the computation, line by line
    empty: list[Absent] = field(default_factory=list)  # empty cells, cited too


@dataclass
class _Project:
    """What one project gives for a target, from all its forms."""

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
        return f"{fact.project} · {fact.label}：{fact.value}{fact.unit}{yuan}（{place}）"

    def sentence(self, fact: Fact) -> str:
        return value_sentence(fact, self.query, document=self.document(fact.record))


def projects_of(bench: Bench, target: Target) -> list[_Project]:
    """The projects that pass the query's conditions with their facts for ``target``."""
    found: dict[str, tuple[Found, list[Fact]]] = {}
    names: dict[str, str] = {}
    for record, proofs in passing(bench.query, bench.catalog):
        key = squeeze(record.name)
        names.setdefault(key, record.name)
        merged, kept = found.setdefault(key, (Found(), []))
        own = facts_of(target, record, bench.query, bench.catalog)
        merged.facts += _kept(own.facts, target, bench.query)
        merged.absent += own.absent
        kept += proofs
    return [_settle(names[k], f, p, bench) for k, (f, p) in found.items()]


def _kept(facts: list[Fact], target: Target, query: Query) -> list[Fact]:
    """The rows that pass conditions on the very amount that is asked for."""
    conditions = [f for f in query.filters if f.target == target]
    if target.kind is not TargetKind.COST:
        return facts
    return [f for f in facts if all(holds(c, f) for c in conditions)]


def _settle(name: str, found: Found, proofs: list[Fact], bench: Bench) -> _Project:
    """One value for each year and item: the same value on two forms counts once, and where
    they differ, the form of the year asked about comes first."""
    years = set(bench.query.years)
    own_year = bench.catalog.budget_years

    def order(fact: Fact) -> tuple[bool, bool]:
        return own_year.get(key_of(fact.record)) not in years, "申报" in fact.label

    kept: dict[tuple[str, int | None, str], Fact] = {}
    conflict = False
    for fact in sorted(found.facts, key=order):
        what = "money" if fact.money and fact.year else fact.label
        column = fact.label if fact.item else what
        first = kept.setdefault((column, fact.year, fact.item), fact)
        conflict = conflict or (first.number, first.value if first.number is None else "") != (
            fact.number, fact.value if fact.number is None else "",
        )  # fmt: skip
    return _Project(name, list(kept.values()), found.absent, proofs, conflict)


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
            many = len(bench.query.years) > 1
            if many or not facts:
                absent += project.absent if many else project.absent[:1]
            lines += [bench.sentence(f) for f in facts]
            result.facts += facts
    if result.facts:
        named = [a for a in absent if bench.query.projects and a.reason != "no_row"]
        notes = [absence(a, bench.query.language) for a in named]
        result.text = join(lines, bench.query.language) + "".join(notes)
        result.empty = [a for a in named if a.cell]
        result.values = [value_of(f) for f in result.facts]
        result.shown = [*(bench.line(f) for f in result.facts), *notes]
        return result
    return nothing(absent, bench)


def _all_facts(bench: Bench, target: Target, name: str) -> list[Fact]:
    records = bench.catalog.projects.get(name, ())
    return [f for r in records for f in facts_of(target, r, bench.query, bench.catalog).facts]


def join(lines: Sequence[str], language: str) -> str:
    if language == "en":
        return "; ".join(lines) + "."
    return "；".join(lines) + "。"


def value_of(fact: Fact) -> AnswerValue:
    return AnswerValue(label=f"{fact.project} · {fact.label}", value=fact.value, unit=fact.unit)


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
    for record in bench.catalog.records:
        rows = record.tables.get("annual_funding", ())
        given |= {int(t) for r in rows if (t := text_of(r.get("year"))).isdigit()}
    years = "、".join(f"{y}年" for y in sorted(given))
    return f"所查的项目都没有{asked}的金额；表上有金额的年度是：{years}。"


def listing(bench: Bench) -> Result:
    """The projects that pass, each with the value asked for or the one that makes it pass."""
    targets = [t for t in bench.query.targets if t.names != ["name"]] or bench.query.targets[:1]
    target = targets[0]
    projects = projects_of(bench, target)
    for other in targets[1:]:
        for project, more in zip(projects, projects_of(bench, other), strict=True):
            project.facts += more.facts
    if target.kind is TargetKind.PROJECT:
        facts = [(p, p.proofs or p.facts) for p in projects]
    else:
        facts = [(p, p.facts) for p in projects if p.facts]
        if not facts:
            return nothing([a for p in projects for a in p.absent], bench)
    if not facts:
        return Result(status="not_found", text="没有找到符合条件的项目。" + _searched(bench))
    result = Result()
    for project, own in facts:
        result.facts += own
        if target.kind is TargetKind.PROJECT:
            result.values.append(AnswerValue(label="项目", value=project.name))
        else:
            result.values += [value_of(f) for f in own]
        result.shown += [bench.line(f) for f in own]
    result.shown.append(f"共{len(facts)}个项目")
    notes = []
    if target.kind is not TargetKind.PROJECT and not bench.query.filters:
        missing = [p.name for p in projects if not p.facts]
        notes = [_left_out(missing, target)] if missing else []
    names = "；".join(
        f"{i}. {_listed(p, own, bench)}" for i, (p, own) in enumerate(facts[:_SHOWN], 1)
    )
    more = "……" if len(facts) > _SHOWN else ""
    result.shown += [f"{i}. {p.name}" for i, (p, _) in enumerate(facts[:_SHOWN], 1)]
    result.text = f"共{len(facts)}个项目：{names}{more}。"
    return _and_notes(result, notes)


def _listed(project: _Project, facts: list[Fact], bench: Bench) -> str:
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
    items = list(dict.fromkeys((f.project, f.item) for f in facts))
    if not items:
        return nothing([a for p in projects_of(bench, target) for a in p.absent], bench)
    result = Result(facts=facts, shown=[bench.line(f) for f in facts])
    result.shown.append(f"共{len(items)}项")
    result.text = f"共{len(items)}项：" + "；".join(bench.sentence(f) for f in facts) + "。"
    result.values = [AnswerValue(label="数量", value=str(len(items)), unit="项")]
    return result


def _numeric(bench: Bench, target: Target) -> tuple[list[Fact], list[str], list[Absent]]:
    """The facts with a number, notes on what is left out, and what is absent."""
    facts: list[Fact] = []
    notes: list[str] = []
    absent: list[Absent] = []
    missing: list[str] = []
    for project in projects_of(bench, target):
        own = [f for f in project.facts if f.number is not None]
        facts += own
        absent += project.absent
        if not own:
            missing.append(project.name)
        if project.conflict:
            notes.append(f"{project.name}在不同的表上金额不一致，这里取所问年度的表。")
    if missing and facts:
        notes.append(_left_out(missing, target))
    disputed = [f for f in facts if f.disputed]
    if disputed:
        notes.append(
            "其中有两种读法不一致的数值，请核实：" + "、".join(f.project for f in disputed) + "。"
        )
    return facts, notes, absent


def _left_out(missing: list[str], target: Target) -> str:
    shown = "、".join(missing[:6]) + ("等" if len(missing) > 6 else "")
    label = target.label or "该项内容"
    return f"另有{len(missing)}个项目的表上没有{label}，未计入：{shown}。"


def _and_notes(result: Result, notes: Iterable[str]) -> Result:
    for note in notes:
        result.text += note
        result.shown.append(note)
    return result


def aggregate(bench: Bench) -> Result:
    """The sum or the average of a target's values."""
    query, target = bench.query, bench.query.targets[0]
    facts, notes, absent = _numeric(bench, target)
    if not facts:
        return nothing(absent, bench)
    total = sum((f.number for f in facts if f.number is not None), Decimal(0))
    projects = len({squeeze(f.project) for f in facts})
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[:_SHOWN]])
    if len(facts) > _SHOWN:
        result.shown.append(f"……共{len(facts)}个数值")
    number, word = total, "合计"
    if query.operation is Operation.AVERAGE:
        number, word = Decimal(two_places(total / len(facts))), "平均"
    is_money = facts[0].money
    said = money(number, query.unit) if is_money else plain(number)
    what = _what(facts, target)
    formula = f"合计：{money(total) if is_money else plain(total)}（{len(facts)}个数值相加）"
    result.shown.append(formula)
    if word == "平均":
        result.shown.append(f"平均：{plain(total)} ÷ {len(facts)} = {said}")
    elif query.unit:
        result.shown.append(f"合计：{said}")
    result.text = f"{projects}个项目的{what}{word}{said}。" if projects > 1 else (
        f"{facts[0].project}的{what}{word}{said}。"
    )  # fmt: skip
    result.shown.append(f"{projects}个项目，{what}")
    if query.language == "en":
        verb = "Total" if word == "合计" else "Average"
        result.text = f"{verb} of {len(facts)} values: {plain(number)} yuan."
    result.values = [
        AnswerValue(label=f"{what}{word}", value=f"{number:f}", unit="元" if is_money else "")
    ]
    return _and_notes(result, notes)


def _what(facts: Sequence[Fact], target: Target) -> str:
    labels = dict.fromkeys(f.label for f in facts)
    if len(labels) == 1:
        return next(iter(labels))
    years = sorted({f.year for f in facts if f.year})
    prefix = "、".join(f"{y}年" for y in years) if len(years) <= 6 else ""
    return f"{prefix}{target.label or '金额'}"


def rank(bench: Bench) -> Result:
    """The highest or lowest values; ties stand together."""
    query, target = bench.query, bench.query.targets[0]
    facts, notes, absent = _numeric(bench, target)
    if not facts:
        return nothing(absent, bench)
    ordered = sorted(
        facts, key=lambda f: f.number or Decimal(0), reverse=query.operation is Operation.MAX
    )
    limit = ordered[min(query.limit, len(ordered)) - 1].number
    best = [f for i, f in enumerate(ordered) if i < query.limit or f.number == limit]
    result = Result(facts=best)
    result.shown = [f"{i}. {bench.line(f)}" for i, f in enumerate(ordered[:_SHOWN], 1)]
    word = "最高" if query.operation is Operation.MAX else "最低"
    lines = "；".join(
        f"{f'{i}. ' if len(best) > 1 else ''}{bench.sentence(f)}" for i, f in enumerate(best, 1)
    )
    result.text = f"{word}的是{lines}。"
    if query.language == "en":
        result.text = f"{'Highest' if word == '最高' else 'Lowest'}: {lines}."
    result.values = [value_of(f) for f in best]
    return _and_notes(result, notes)


def compare(bench: Bench) -> Result:
    """The difference of two values: of two projects, two years or two columns."""
    facts: list[Fact] = []
    absent: list[Absent] = []
    for target in bench.query.targets:
        for project in projects_of(bench, target):
            facts += [f for f in project.facts if f.number is not None]
            absent += project.absent
    if len(facts) < 2 and absent:
        return nothing(absent, bench)
    if len(facts) != 2:
        return lookup(bench)
    if bench.query.projects:
        facts.sort(key=lambda f: (f.year or 0) if len(bench.query.projects) == 1 else 0)
    return _difference(facts[0], facts[1], bench)


def _difference(first: Fact, second: Fact, bench: Bench) -> Result:
    a, b = first.number or Decimal(0), second.number or Decimal(0)
    high, low = (first, second) if a >= b else (second, first)
    gap = abs(a - b)
    is_money = first.money and second.money
    said = money(gap, bench.query.unit) if is_money else plain(gap)
    lines = "；".join(bench.sentence(f) for f in (first, second))
    same_project = squeeze(first.project) == squeeze(second.project)
    if gap == 0:
        verdict = "两者相同，相差0"
    elif same_project:
        verdict = f"{high.label}比{low.label}高{said}"
    else:
        verdict = f"{high.project}更高，高{said}"
    if same_project and first.year and second.year and gap:
        verdict = f"{second.year}年比{first.year}年{'增加' if b > a else '减少'}{said}"
        if a:
            rate = two_places(abs(b - a) / a * 100)
            verdict += f"，{'增长' if b > a else '下降'}{rate}%"
    result = Result(facts=[first, second], shown=[bench.line(first), bench.line(second)])
    result.shown.append(f"相差：{plain(max(a, b))} - {plain(min(a, b))} = {said}")
    result.shown.append(verdict)
    result.text = f"{lines}。{verdict}。"
    result.values = [value_of(first), value_of(second)]
    result.values.append(AnswerValue(label="相差", value=f"{gap:f}", unit="元" if is_money else ""))
    return result


def ratio(bench: Bench) -> Result:
    """A value, or a sum, as a share of another."""
    query = bench.query
    parts, notes, absent = _numeric(bench, query.targets[0])
    whole_query = query.model_copy(
        update={"projects": [], "filters": []} if query.whole_of_all else {}
    )
    whole_target = query.whole or query.targets[0]
    wholes, more, _ = _numeric(Bench(whole_query, bench.catalog, bench.document), whole_target)
    part = sum((f.number for f in parts if f.number is not None), Decimal(0))
    whole = sum((f.number for f in wholes if f.number is not None), Decimal(0))
    if not parts or not wholes:
        return nothing(absent, bench) if not parts else Result(
            status="not_found", text=f"表上没有可作分母的{whole_target.label}。"
        )  # fmt: skip
    if whole == 0:
        return Result(status="not_found", text=f"{whole_target.label}为0，不能计算占比。")
    share = two_places(part / whole * 100)
    facts = [*parts, *(f for f in wholes if f not in parts)]
    result = Result(facts=facts, shown=[bench.line(f) for f in facts[:_SHOWN]])
    formula = f"{plain(part)} ÷ {plain(whole)} = {share}%"
    result.shown.append(formula)
    what = f"{_what(parts, query.targets[0])}占{_what(wholes, whole_target)}的"
    result.shown.append(what)
    who = parts[0].project if len({f.project for f in parts}) == 1 else "这些项目"
    result.text = f"{who}{what}{share}%（{formula}）。"
    result.values = [AnswerValue(label="占比", value=share, unit="%")]
    return _and_notes(result, [*notes, *more])


def group(bench: Bench) -> Result:
    """Projects counted, or amounts summed, for each value of a field or each year."""
    query = bench.query
    target = query.targets[0]
    if query.group_by == "year" and target.kind is not TargetKind.PROJECT:
        return _by_year(bench, target)
    names = query.group_by.split("/") if query.group_by not in ("", "year") else ["start_year"]
    counted = target.kind is TargetKind.PROJECT
    groups: dict[str, list[tuple[str, Fact]]] = {}
    by = Target(kind=TargetKind.FIELD, names=names)
    notes: list[str] = []
    values = {} if counted else {p.name: p for p in projects_of(bench, target)}
    for project in projects_of(bench, by):
        if not project.facts:
            notes.append(f"{project.name}没有填写该栏，未计入。")
            continue
        key = project.facts[0]
        own = [key] if counted else [f for f in values[project.name].facts if f.number is not None]
        groups.setdefault(key.value, []).extend((project.name, f) for f in own)
    if not any(groups.values()):
        return Result(status="not_found", text="表上没有可用来分组的内容。")
    return _and_notes(_grouped(groups, bench, counted), notes)


def _grouped(groups: dict[str, list[tuple[str, Fact]]], bench: Bench, counted: bool) -> Result:
    result = Result()
    parts: list[str] = []
    for key in sorted(groups):
        facts = [f for _, f in groups[key]]
        result.facts += facts
        result.shown += [bench.line(f) for f in facts]
        if counted:
            said, value, unit = f"{len(facts)}个", str(len(facts)), "个"
        else:
            total = sum((f.number for f in facts if f.number is not None), Decimal(0))
            said, value, unit = money(total, bench.query.unit), f"{total:f}", "元"
        parts.append(f"{key}：{said}")
        result.values.append(AnswerValue(label=key, value=value, unit=unit))
    result.shown += parts
    result.text = "；".join(parts) + "。"
    return result


def _by_year(bench: Bench, target: Target) -> Result:
    if target.kind is TargetKind.BUDGET:
        target = Target(kind=TargetKind.FUNDING, names=["declared"], label="申报金额")
    facts, notes, absent = _numeric(bench, target)
    groups: dict[str, list[tuple[str, Fact]]] = {}
    for fact in facts:
        groups.setdefault(f"{fact.year}年", []).append((fact.project, fact))
    if not groups:
        return nothing(absent, bench)
    return _and_notes(_grouped(groups, bench, False), notes)


COMPUTE: dict[Operation, Callable[[Bench], Result]] = {
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


def contents_of(record: Record) -> str:
    """What a form does state, for a refusal that helps."""
    filled = [
        f.label.split("（")[0].replace("{year}", "")
        for f in FORMS[record.form_type].fields
        if f.name not in ("title", "amount_unit") and text_of(record.fields.get(f.name))
    ]
    rows = [r.name for r in rows_of(record)][:4]
    return "、".join(filled[:8]) + "等栏目" + (f"，以及“{'”“'.join(rows)}”等行" if rows else "")

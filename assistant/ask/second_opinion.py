"""Two readers of one question: what becomes of it. Pure but for the model that is asked.

The deterministic reading leads, since it accounts for every word of the question. The model's is
a second opinion:

- what both read alike, and what the model cannot read, runs as it was;
- where a question has an answer and the model's other reading has one as well, with every part
  of it named in the question, nobody can tell which is meant: the question is asked back;
- where the deterministic reader has no answer since some words mean nothing to it, and the
  model names the same field of the same project when it reads the whole question and when it
  sees nothing but those words, its reading is offered as a question to be confirmed. It is
  never answered outright: a 1.5 B model's word for such words was wrong in two of nine
  questions, and a click costs less than a wrong number.

A refusal with a reason (no such year, unit, row or project; not about the forms) stays one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.ask.answer.wording import interpretation
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.english import is_english, to_chinese
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.llm import Asked, Proposal, bare, read_question, read_words
from assistant.ask.query.residue import asks_of, telling
from assistant.ask.query.spans import Parsed, parse
from assistant.ask.query.targets import field_spec, is_amount, is_numeric
from assistant.ask.query.words import UNIT_ASKED
from assistant.errors import ModelError
from schemas.answers import Answer
from schemas.forms import Kind
from schemas.queries import Operation, Query, Refusal, Target, TargetKind

Run = Callable[[Query], Answer]
_RANKED = (Operation.MAX, Operation.MIN)
_ADDED = (Operation.SUM, Operation.AVERAGE)
_SAYS = {
    Operation.SUM: "{whose}{years}{label}合计是多少？",
    Operation.AVERAGE: "{whose}{years}{label}平均是多少？",
    Operation.MAX: "{years}{label}最高的是哪个项目？",
    Operation.MIN: "{years}{label}最低的是哪个项目？",
    Operation.LOOKUP: "{whose}{years}{label}是什么？",
}
# Words for what was done and by whom, which a plan does not state whatever they are taken for:
# the form is filled in before the money is spent.
_DONE = re.compile(
    r"[了过掉完已]|实际|决算|结算|支付|支出|执行|结余|剩|超支|欠|赔|罚|亏|赚|利息|贷|借|税|租金|工资|奖金"
    r"|[中投招评开]的?标|供应|供货|厂商|厂家|承包|分包|承建|施工|监理|设计|勘察|审计|验收|竣工|交付|质检|检测"
    r"|批准|审批|签|合同|协议|法人|法定|经理|专家|顾问|评审|投诉|处罚|事故|期[^限间]|阶段|批次|标段|第[一二三四五六七八九十\d]"
    r"|[不没未无非除]|比|占|百分|平均|最"
)
_DONE_ENGLISH = re.compile(
    r"\b(spent|paid|built|won|signed|audit\w*|actual\w*|already|finished|completed|approved|"
    r"supplier\w*|vendor\w*|contractor\w*|bank\w*|loan\w*|bid\w*|tender\w*|accept\w*|phase|"
    r"not|no|without|except|was|were|has|had|did)\b",
    re.I,
)
# What names something that the question asks for; beside it unknown words narrow, not rename.
_NAMING = (
    Sort.FIELD, Sort.WEAK, Sort.COLUMN, Sort.ROW, Sort.CATEGORY, Sort.VALUE, Sort.CONDITION,
    Sort.MONEY, Sort.DECLARED, Sort.APPROVED, Sort.PLANNED, Sort.TOTAL, Sort.ITEMS, Sort.PERIOD,
    Sort.OPERATION,
)  # fmt: skip


def unsure(understood: Query | Refusal, made: Answer) -> bool:
    """Whether the deterministic reader found no meaning in some words of the question, so that
    a second reader may help. Not for a refusal that knows its reason."""
    if isinstance(understood, Query):
        return understood.operation is Operation.PASSAGE and made.status == "not_found"
    if understood.status == "ambiguous":
        return len(understood.choices) == 1
    return understood.status == "not_found"


def consult(
    question: str,
    understood: Query | Refusal,
    made: Answer,
    catalog: Catalog,
    model: Asked,
    run: Run,
) -> Answer:
    """The answer ``made`` from the deterministic reading, or the question back where the
    model's reading gives reason to; a model that fails changes nothing."""
    doubted = unsure(understood, made)
    if not doubted and made.status != "answered":
        return made
    try:
        proposal = read_question(question, catalog, model)
        parsed = read(question, catalog)
        second = query_of(proposal, parsed, question) if proposal else None
        if proposal is None or second is None:
            return made
        if isinstance(understood, Query) and not doubted:
            return settle(understood, made, second, parsed, run)
        if not is_worth_confirming(proposal, parsed, question):
            return made
        if read_words(bare(question, proposal.projects), catalog, model) != proposal.label:
            return made
    except ModelError:
        return made
    return ask_back(made, second, parsed, question, run)


def read(question: str, catalog: Catalog) -> Parsed:
    text = to_chinese(question, catalog.latin_places) if is_english(question) else question
    return parse(text, catalog)


def query_of(proposal: Proposal, parsed: Parsed, question: str) -> Query | None:
    """The proposal as a query; None where it names no cell that can be found by its label."""
    target, operation = proposal.target, proposal.operation
    if target is None or operation is None or "name" in target.names:
        return None  # a project that is named is not asked for its name
    if operation in (*_ADDED, *_RANKED) and not is_numeric(target, added=operation in _ADDED):
        return None
    if operation not in (Operation.LOOKUP, *_ADDED, *_RANKED):
        return None
    if operation is Operation.LOOKUP and not proposal.projects:
        return None
    m = UNIT_ASKED.search(parsed.text)
    unit = (m[1] or m[2]) if m else ""
    return Query(
        operation=operation,
        projects=[] if operation in _RANKED else list(proposal.projects),
        targets=[target],
        years=parsed.years,
        unit=f"{unit}元" if unit in ("万", "亿") else unit,
        language="en" if is_english(question) else "zh",
    )


def settle(first: Query, made: Answer, second: Query, parsed: Parsed, run: Run) -> Answer:
    """Of two readings the first, unless the other is as good and says otherwise."""
    if not grounded(second, parsed):
        return made
    other = run(second)
    if other.status != "answered" or alike(made, other):
        return made
    said = [interpretation(q).removeprefix("理解为：").rstrip("。") for q in (first, second)]
    return Answer(
        status="ambiguous",
        answer=f"这个问题可以有两种理解，请问是哪一种：{'；'.join(said)}？",
        choices=[c for q in (first, second) if (c := worded(q))],
    )


def alike(first: Answer, second: Answer) -> bool:
    """Whether all that one answer tells, the other tells from the same cells."""
    one, other = ({(v.value, v.unit) for v in a.values} for a in (first, second))
    places = [{(c.form_id, c.page, c.quote) for c in a.citations} for a in (first, second)]
    within = one <= other or other <= one
    return within and bool(places[0] & places[1])


def grounded(query: Query, parsed: Parsed) -> bool:
    """Whether each part of a query has words of its own in the question, and every word of the
    question a part: nothing is left that only one reader knows of."""
    if telling(parsed.residue):
        return False
    named = [{m.names[0]} for m in parsed.mentions if len(m.names) == 1]
    if set(query.projects) != set().union(*named):
        return False
    if query.operation is not Operation.LOOKUP and not parsed.has(query.operation):
        return False
    naming = [s for s in parsed.of(*_NAMING) if s.sort is not Sort.OPERATION]
    return bool(naming) and all(_named(t, parsed) for t in query.targets) and len(naming) == 1


_BY_SORT: dict[TargetKind, dict[str, tuple[Sort, ...]]] = {
    TargetKind.FUNDING: {"declared": (Sort.DECLARED, Sort.PLANNED), "approved": (Sort.APPROVED,)},
    TargetKind.BUDGET: {"current_year_amount": (Sort.MONEY, Sort.FIELD, Sort.WEAK)},
}


def _named(target: Target, parsed: Parsed) -> bool:
    by_name = {n for s in parsed.of(Sort.FIELD, Sort.WEAK, Sort.COLUMN) for n in s.names}
    sorts = _BY_SORT.get(target.kind, {}).get(target.names[0] if target.names else "", ())
    return bool(by_name & set(target.names)) or bool(parsed.of(*sorts) if sorts else ())


def is_worth_confirming(proposal: Proposal, parsed: Parsed, question: str) -> bool:
    """Whether the model reads a question as one for one field of the one project that it names,
    and nothing in the question speaks of what such a form does not state."""
    target = proposal.target
    if proposal.operation is not Operation.LOOKUP or target is None or "name" in target.names:
        return False
    if _DONE_ENGLISH.search(question) if is_english(question) else _DONE.search(question):
        return False
    named = {m.names for m in parsed.mentions}
    return named == {proposal.projects} and not parsed.doubtful and _of_kind(question, target)


def renames(parsed: Parsed, question: str) -> bool:
    """Whether the unknown words stand for all that is asked. Beside a word that names a field
    they narrow it: 设备 of 设备的预算."""
    return not parsed.of(*_NAMING) and (is_english(question) or len(telling(parsed.residue)) == 1)


_PEOPLE = {"contact_name", "fund_department", "provincial_department", "agent_unit"}
_NUMBERS = {Kind.AMOUNT, Kind.NUMBER, Kind.CODE}


def _of_kind(question: str, target: Target) -> bool:
    """Whether a field can hold what is asked: 谁 a name, 哪年 a year, 多少 a number."""
    name, asks = target.names[0], asks_of(question)
    spec = field_spec(name)
    kind = Kind.AMOUNT if spec is None or is_amount(target) else spec.kind
    return {
        "name": name in _PEOPLE or name.endswith("_unit"),
        "time": kind is Kind.YEAR,
        "number": kind in _NUMBERS,
        "reason": kind is Kind.LONG_TEXT,
        "list": kind is Kind.LONG_TEXT,
        "place": False,
        "": True,
    }[asks]


def ask_back(made: Answer, second: Query, parsed: Parsed, question: str, run: Run) -> Answer:
    """A refusal with the model's reading as a question to choose, if it has an answer."""
    choice = worded(second)
    if not choice or run(second).status not in ("answered", "not_stated"):
        return made
    choices = list(dict.fromkeys([choice, *made.choices]))
    if not renames(parsed, question):
        return made.model_copy(update={"choices": choices})
    say = _ASKS_BACK[second.language].format(choice)
    return Answer(status="ambiguous", answer=say, choices=choices)


_ASKS_BACK = {
    "zh": "没有完全看懂这个问题。语言模型认为您问的是：{}请确认，或换一种问法。",
    "en": "This question is not fully understood. The language model takes it for: {} "
    "Please confirm, or ask in other words.",
}


def worded(query: Query) -> str:
    """A query in the words that the deterministic reader reads for sure; "" where there are
    none."""
    pattern = _SAYS.get(query.operation)
    if pattern is None or not query.targets or query.filters:
        return ""
    years = "、".join(f"{y}年" for y in query.years)
    whose = "、".join(query.projects) + "的" if query.projects else "所有项目"
    return pattern.format(whose=whose, years=years, label=query.targets[0].label)

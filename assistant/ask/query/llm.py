"""The language model as second reader of a question: small choices under a schema.

Two short prompts, each answered with one of the choices given. The first reads the whole
question: which projects, which field, what to do with it. The second names the field that some
words mean when nobody told it the rest. The model never sees what the deterministic reader made
of the question, and never a value of a form. What it says is a proposal, of which
:mod:`assistant.ask.second_opinion` decides what becomes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from assistant.ask.query.catalog import Catalog
from assistant.ask.query.targets import BUDGET_FIELDS, budget, field_target
from assistant.model import prompts
from assistant.model.prompts import Prompt
from assistant.text.bigrams import squeeze, words_of
from schemas.forms import FORMS, FieldSpec
from schemas.queries import Operation, Target, TargetKind
from schemas.readings import Usage

T = TypeVar("T", bound=BaseModel)

MOST_PROJECTS = 12
_LONGEST = 200  # characters of a question; longer ones are read by the rules alone
_LETTERS = "ABCDEFGHIJKL"
_ALL = "全部"
_TOKENS = 60
NOT_ON_THE_FORM = "表上没有"
TEXTS = "文字内容"
INDICATORS = "绩效指标"
_BUDGET = "当年预算金额"
_TABLES = {
    "申报金额": Target(kind=TargetKind.FUNDING, names=["declared"], label="申报金额"),
    "审核金额": Target(kind=TargetKind.FUNDING, names=["approved"], label="审核金额"),
    "测算金额": Target(kind=TargetKind.COST, names=["amount"], label="测算金额"),
}
# Cells of every form that nobody asks about; fewer choices are chosen among better.
_LEFT_OUT = words_of(
    """
    title amount_unit level budget_tier finance_division hot_topic infrastructure_approval source
    is_tracked is_research is_bond is_agent_built budget_year parent_code budget_opinion
    performance_opinion allocation_method social_investment fund_division category lifecycle
    """
)
OPERATIONS: dict[str, Operation | None] = {
    "查": Operation.LOOKUP,
    "列出": Operation.LIST,
    "个数": Operation.COUNT,
    "合计": Operation.SUM,
    "平均": Operation.AVERAGE,
    "最大": Operation.MAX,
    "最小": Operation.MIN,
    "相差": Operation.COMPARE,
    "占比": Operation.RATIO,
    "分组": Operation.GROUP,
    "查错": Operation.CHECK,
    "无关": None,
}


class Asked(Protocol):
    """What is needed of a model; :class:`assistant.model.client.Llm` has it."""

    def ask(
        self, prompt: Prompt, response_model: type[T], max_tokens: int = 512
    ) -> tuple[T, Usage]: ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """How the model reads a question. ``operation`` is None for what is not about the forms;
    ``label`` is one of :func:`labels_of` or of the three words for what no cell holds."""

    projects: tuple[str, ...]
    label: str
    operation: Operation | None

    @property
    def target(self) -> Target | None:
        return target_of(self.label)


def labels_of(catalog: Catalog) -> list[str]:
    """The fields that the stored forms have, by the names that staff use; always alike for the
    same kinds of forms, so that a server keeps what it has read of the prompt."""
    types = {r.form_type for r in catalog.records}
    known = dict.fromkeys(
        _shown(spec)
        for form in FORMS.values()
        if form.form_type in types
        for spec in form.fields
        if spec.name not in _LEFT_OUT
    )
    tables = {t.name for form in FORMS.values() if form.form_type in types for t in form.tables}
    columns = ["申报金额", "审核金额"] if "annual_funding" in tables else []
    columns += ["测算金额"] if "cost_items" in tables else []
    return [*known, *columns, INDICATORS, TEXTS, NOT_ON_THE_FORM]


def _shown(spec: FieldSpec) -> str:
    if spec.name in BUDGET_FIELDS:
        return _BUDGET
    first = spec.ask[0] if spec.ask else ""
    label = first if len(first) >= 3 else spec.label
    return re.sub(r"（.*", "", label).removeprefix("其中：").replace("{year}", "")


def target_of(label: str) -> Target | None:
    """The cells that a label means; None for indicators, texts and what is not on the form."""
    if label == _BUDGET:
        return budget()
    if label in _TABLES:
        return _TABLES[label].model_copy(deep=True)
    names = [s.name for form in FORMS.values() for s in form.fields if _shown(s) == label]
    return field_target(list(dict.fromkeys(names))) if names else None


def offered(question: str, catalog: Catalog) -> list[str]:
    """The project names most like the question, at most a dozen, in the order of the store."""
    key = squeeze(question)
    own = {key[i : i + 2] for i in range(len(key) - 1)}
    scores: dict[str, float] = dict.fromkeys(catalog.projects, 0.0)
    for gram in own:
        for name in catalog.names_of_gram.get(gram, ()):
            scores[name] += catalog.gram_weight(gram)
    best = sorted(scores, key=lambda n: -scores[n])[:MOST_PROJECTS]
    return [name for name in catalog.projects if name in set(best)]


def read_question(question: str, catalog: Catalog, model: Asked) -> Proposal | None:
    """How the model reads ``question``; None for a question too long to be one.

    Raises :class:`~assistant.errors.ModelError`.
    """
    if len(question) > _LONGEST:
        return None
    names, labels = offered(question, catalog), labels_of(catalog)
    prompt = prompts.load("ask_query").render(
        _about(question), labels=labels, projects=names, question=fenced(question)
    )
    answer, _ = model.ask(prompt, _reading([*_LETTERS[: len(names)], _ALL], labels), _TOKENS)
    said = answer.model_dump(by_alias=True)
    chosen = dict.fromkeys(said["项目"])
    return Proposal(
        projects=() if _ALL in chosen else tuple(names[_LETTERS.index(x)] for x in chosen),
        label=said["栏目"],
        operation=OPERATIONS[said["做"]],
    )


def read_words(words: str, catalog: Catalog, model: Asked) -> str:
    """The label that ``words`` mean, told nothing else. Raises ``ModelError``."""
    labels = [x for x in labels_of(catalog) if x not in (INDICATORS, TEXTS)]
    prompt = prompts.load("ask_words").render(_about(words), labels=labels, words=fenced(words))
    answer, _ = model.ask(prompt, _model("Words", {"栏目": _one_of(labels)}), _TOKENS)
    return str(answer.model_dump(by_alias=True)["栏目"])


def bare(question: str, names: tuple[str, ...]) -> str:
    """What a question says beside years and the words of the projects it names."""
    text = re.sub(r"[\s？?。！!]+", "", question)
    text = re.sub(r"(?:19|20)\d\d(?:年度|年)?", "", text)
    for name in names:
        for piece in _shared(text, squeeze(name)):
            text = text.replace(piece, "", 1)
    return re.sub(r"^(?:项目|平台)?的?", "", text)


def _shared(text: str, name: str) -> list[str]:
    """The stretches of two and more characters that a text has in common with a name."""
    found: list[str] = []
    start = 0
    while start < len(text) - 1:
        end = start + 1
        while end < len(text) and text[start : end + 1] in name:
            end += 1
        if end - start >= 2:
            found.append(text[start:end])
        start = max(end, start + 1)
    return found


def fenced(text: str) -> str:
    """A user's words, which cannot close the marks that they stand between."""
    return prompts.unmarked(text, "question")


def _about(text: str) -> str:
    return f"question {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _one_of(values: list[str]) -> Any:
    return Literal.__getitem__(tuple(values))


def _reading(letters: list[str], labels: list[str]) -> type[BaseModel]:
    projects = list[_one_of(letters)]  # type: ignore[misc, valid-type]
    at_most = Field(alias="项目", min_length=1, max_length=3)
    return _model(
        "Reading",
        {"栏目": _one_of(labels), "做": _one_of(list(OPERATIONS))},
        p0=(projects, at_most),
    )


def _model(name: str, types: dict[str, Any], **first: Any) -> type[BaseModel]:
    fields = first | {f"f{i}": (t, Field(alias=k)) for i, (k, t) in enumerate(types.items())}
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)

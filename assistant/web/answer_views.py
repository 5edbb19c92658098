"""Questions and answers → the conversation as HTML, with its sources to choose. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from markupsafe import Markup

from assistant.messages.catalogue import word
from assistant.web.markup import data_url, render
from schemas.answers import AnswerValue, Citation
from schemas.conversations import Conversation, Exchange
from schemas.forms import FieldSpec, Kind, Roles
from schemas.messages import Lang
from schemas.records import Record

CHIPS = 6  # sources shown beside an answer; the others are under a fold
ROWS = 200  # values shown in a table
EXAMPLES = 5


class _Turn(NamedTuple):
    """A question with its answer, and the parts of it that other templates make."""

    exchange: Exchange
    choices: Markup
    values: Markup
    parts: Markup
    query: str


def thread(
    exchanges: Sequence[Exchange],
    lang: Lang,
    chosen: str = "",
    waiting: str = "",
    *,
    more: bool = False,
) -> Markup:
    """The conversation, with the question that is ``waiting`` for its answer, or where the last
    answer is to come with ``more`` words."""
    turns = [_turn(exchange, lang) for exchange in exchanges]
    return render(
        "thread", lang, turns=turns, chosen=chosen, waiting=waiting, more=more, open=CHIPS
    )


def _turn(exchange: Exchange, lang: Lang) -> _Turn:
    answer = exchange.answer
    return _Turn(
        exchange,
        ask_chips(answer.choices, lang, "ask.choices"),
        values_table(answer.values, lang),
        values_table(answer.parts, lang, "ask.parts"),
        query_of(exchange),
    )


def ask_chips(questions: Sequence[str], lang: Lang, title: str) -> Markup:
    """Questions that can be asked by choosing them; nothing where there are none."""
    if not questions:
        return Markup()
    return render("chips", lang, title=word(lang, title), questions=questions)


def values_table(values: Sequence[AnswerValue], lang: Lang, title: str = "ask.values") -> Markup:
    """The values of an answer, or the parts of a sum; two or more numbers of one unit get bars
    to compare them by.

    A single value stands in the sentence already, so it gets no table. Of very many the first
    are shown; all of them stand in the computation and in the workbook.
    """
    if len(values) < 2:
        return Markup()
    rows = list(zip(values, _bars(values), strict=True))[:ROWS]
    return render("values", lang, title=word(lang, title), count=len(values), rows=rows)


def _bars(values: Sequence[AnswerValue]) -> list[float | None]:
    """Each value's share of the greatest, in per cent; none where they do not compare."""
    numbers = [_number(v) for v in values]
    greatest = max((n for n in numbers if n is not None), default=Decimal(0))
    same_unit = len({v.unit for v in values}) == 1
    if greatest <= 0 or not same_unit or any(n is None or n < 0 for n in numbers):
        return [None] * len(values)
    return [float(100 * n / greatest) for n in numbers if n is not None]


def _number(value: AnswerValue) -> Decimal | None:
    try:
        number = Decimal(value.value.replace(",", "").removesuffix("%"))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


# How a reading begins, and the question in full words that means the same.
_QUERIES = {
    "查询": "{}是什么？",
    "求和": "{}合计是多少？",
    "求平均": "{}的平均值是多少？",
    "求差": "{}相差多少？",
}
_FILTERED = "全部项目中"  # what follows is a condition in words that nobody would ask in


def query_of(exchange: Exchange) -> str:
    """The question to begin with when asking in other words: how it was read, in full words
    where that makes a question, so that a follow-up names its project; else as it was asked.

    "理解为：求和：甲的预算。" → "甲的预算合计是多少？"
    """
    read = exchange.answer.interpretation.splitlines() or [""]
    kind, _, rest = read[0].removeprefix("理解为：").rstrip("。").partition("：")
    template = _QUERIES.get(kind) if rest and _FILTERED not in rest else None
    return template.format(rest) if template else exchange.question


def cited(exchanges: Sequence[Exchange], key: str) -> Citation | None:
    """The source that a chip names by ``turn.number``; None for a name that fits none."""
    turn, _, number = key.partition(".")
    if not (turn.isdecimal() and number.isdecimal() and int(turn) < len(exchanges)):
        return None
    citations = exchanges[int(turn)].answer.citations
    return citations[int(number)] if int(number) < len(citations) else None


class _Talk(NamedTuple):
    """A line of the list of conversations."""

    name: str
    question: str
    turns: int
    at: str


def conversations_table(
    conversations: Sequence[Conversation], lang: Lang, chosen: str = ""
) -> Markup:
    """The conversations that were had, each to be reopened. Times are of the reader's zone."""
    talks = [
        _Talk(c.name, c.question, c.turns, f"{c.at.astimezone():%Y-%m-%d %H:%M}")
        for c in conversations
    ]
    return render("talks", lang, talks=talks, chosen=chosen)


def download(name: str, data: bytes, stamp: str, lang: Lang) -> Markup:
    """A link that holds a workbook; the app follows it. ``stamp`` tells two of them apart."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return render("download", lang, name=name, file=data_url(kind, data), stamp=stamp)


def example_questions(records: Sequence[Record]) -> list[str]:
    """Questions that the documents at hand can answer, in the language of the documents."""
    found: list[str] = []
    for record, fields in zip(records, _EXAMPLE_FIELDS, strict=False):
        spec = _field_with_value(record, fields(record.spec.roles))
        if spec is not None:
            found.append(_question(record, spec))
    if len(records) > 1 and (spec := _field_with_value(records[0], records[0].spec.roles.amounts)):
        found.append(word("zh", "example.sum", label=spec.label.replace("{year}年", "")))
        found.append(word("zh", "example.top", label=spec.label.replace("{year}年", "")))
    return found[:EXAMPLES]


# What the first record is asked for, the second, the third.
_EXAMPLE_FIELDS: tuple[Callable[[Roles], tuple[str, ...]], ...] = (
    lambda roles: roles.amounts,
    lambda roles: roles.goals,
    lambda roles: (roles.spending, roles.implementing),
)


def _field_with_value(record: Record, names: Sequence[str]) -> FieldSpec | None:
    for name in names:
        if name in record.fields and record.fields[name].value is not None:
            return record.spec.field(name)
    return None


def _question(record: Record, spec: FieldSpec) -> str:
    key = "example.amount" if spec.kind is Kind.AMOUNT else "example.text"
    return word("zh", key, name=record.name, label=spec.label.replace("{year}年", ""))

"""Questions and answers → the conversation as HTML, with its sources to choose. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from assistant.messages.catalogue import word
from assistant.web.markup import amount, attribute, badge, escape, notice, paragraphs, row, table
from schemas.answers import AnswerValue, Citation
from schemas.conversations import Conversation, Exchange
from schemas.forms import FieldSpec, Kind, Roles
from schemas.messages import Lang
from schemas.records import Record

CHIPS = 6  # sources shown beside an answer; the others are under a fold
ROWS = 200  # values shown in a table
EXAMPLES = 5


def thread(
    exchanges: Sequence[Exchange],
    lang: Lang,
    chosen: str = "",
    waiting: str = "",
    *,
    more: bool = False,
) -> str:
    """The conversation, with the question that is ``waiting`` for its answer, or where the last
    answer is to come with ``more`` words.

    Sources carry ``data-cite="turn.number"``, questions to choose from ``data-ask``, what may
    be asked in other words ``data-edit``, verdicts ``data-rate``, lists ``data-list``.
    """
    if not exchanges and not waiting:
        return notice(word(lang, "ask.empty"))
    turns = [_turn(i, e, lang, chosen) for i, e in enumerate(exchanges)]
    if waiting:
        turns.append(_asked(waiting) + _waiting(lang, "ask.waiting"))
    elif more:
        turns.append(_waiting(lang, "ask.wording"))
    return f'<div class="thread" role="log" aria-live="polite">{"".join(turns)}</div>'


def _asked(text: str) -> str:
    return f'<div class="question"><p>{paragraphs(text)}</p></div>'


def _waiting(lang: Lang, text: str) -> str:
    return f'<div class="answer waiting">{escape(word(lang, text))}</div>'


def _turn(number: int, exchange: Exchange, lang: Lang, chosen: str) -> str:
    return (
        f"{_asked(exchange.question)}"
        f'<div class="answer">{_answer(exchange, number, lang, chosen)}'
        f"{_foot(exchange, lang)}</div>"
    )


def _answer(exchange: Exchange, number: int, lang: Lang, chosen: str) -> str:
    answer = exchange.answer
    approval = badge(lang, "approval", answer.approval) if answer.citations else ""
    return "".join(
        (
            f'<div class="badges">{badge(lang, "status", answer.status)}{approval}'
            f'<button class="copy" data-copy="{attribute(answer.answer)}" '
            f'data-done="{attribute(word(lang, "ask.copied"))}">'
            f"{escape(word(lang, 'ask.copy'))}</button></div>",
            f'<p class="says">{paragraphs(answer.answer)}</p>',
            _choices(answer.choices, lang),
            values_table(answer.values, lang),
            values_table(answer.parts, lang, "ask.parts"),
            _sources(answer.citations, number, lang, chosen),
            _interpretation(exchange, lang),
            _computation(answer.computation, lang),
        )
    )


def _foot(exchange: Exchange, lang: Lang) -> str:
    """What a person can do with a kept answer: judge it, and take its list along."""
    if not exchange.id:
        return ""
    thumbs = "".join(_thumb(exchange, verdict, lang) for verdict in ("up", "down"))
    listed = ""
    if exchange.answer.citations or exchange.answer.values:
        said = escape(word(lang, "ask.list"))
        listed = f'<button class="chip list" data-list="{exchange.id}">{said}</button>'
    return f'<div class="foot">{thumbs}{_reason(exchange, lang)}{listed}</div>'


def _thumb(exchange: Exchange, verdict: str, lang: Lang) -> str:
    pressed = "true" if exchange.verdict == verdict else "false"
    return (
        f'<button class="thumb {verdict}" data-rate="{verdict}" data-turn="{exchange.id}" '
        f'aria-pressed="{pressed}">{escape(word(lang, f"rate.{verdict}"))}</button>'
    )


def _reason(exchange: Exchange, lang: Lang) -> str:
    """The line for the reason, once a verdict was given."""
    if exchange.verdict is None:
        return ""
    hint = attribute(word(lang, f"rate.why.{exchange.verdict}"))
    return (
        f'<input class="reason" maxlength="500" aria-label="{hint}" placeholder="{hint}" '
        f'value="{attribute(exchange.reason)}" data-turn="{exchange.id}" '
        f'data-verdict="{exchange.verdict}"><button class="chip" data-why="{exchange.id}">'
        f"{escape(word(lang, 'rate.send'))}</button>"
    )


def _choices(choices: Sequence[str], lang: Lang) -> str:
    if not choices:
        return ""
    return f"<p>{escape(word(lang, 'ask.choices'))}</p>" + ask_chips(choices)


def ask_chips(questions: Sequence[str]) -> str:
    """Questions that can be asked by choosing them."""
    chips = (
        f'<button class="chip ask" data-ask="{attribute(q)}">{escape(q)}</button>'
        for q in questions
    )
    return f'<div class="chips">{"".join(chips)}</div>'


def values_table(values: Sequence[AnswerValue], lang: Lang, title: str = "ask.values") -> str:
    """The values of an answer, or the parts of a sum; two or more numbers of one unit get bars
    to compare them by.

    A single value stands in the sentence already, so it gets no table. Of very many the first
    are shown; all of them stand in the computation and in the workbook.
    """
    if len(values) < 2:
        return ""
    count, widths = len(values), _bars(values)[:ROWS]
    values = values[:ROWS]
    rows = [
        f'<tr><th scope="row">{escape(v.label)}</th><td class="number">{escape(amount(v.value))} '
        f"{escape(v.unit)}</td>{_bar(width)}</tr>"
        for v, width in zip(values, widths, strict=True)
    ]
    more = notice(word(lang, "ask.more_values", n=count, shown=ROWS)) if count > ROWS else ""
    body = f'<table class="grid values"><tbody>{"".join(rows)}</tbody></table>{more}'
    return (
        f"<details open><summary>{escape(word(lang, title))} ({count})</summary>"
        f'<div class="scroll">{body}</div></details>'
    )


def _bar(width: float | None) -> str:
    if width is None:
        return "<td></td>"
    return f'<td class="bars"><span class="bar" style="width:{width:.1f}%"></span></td>'


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


def _sources(citations: Sequence[Citation], number: int, lang: Lang, chosen: str) -> str:
    if not citations:
        return ""
    chips = [_chip(c, f"{number}.{i}", lang, chosen) for i, c in enumerate(citations)]
    shown, hidden = chips[:CHIPS], chips[CHIPS:]
    more = escape(word(lang, "ask.more_sources", n=len(hidden)))
    fold = f"<details><summary>{more}</summary>{''.join(hidden)}</details>" if hidden else ""
    title = escape(word(lang, "ask.sources"))
    return f'<div class="chips"><span class="title">{title}</span>{"".join(shown)}{fold}</div>'


def _chip(c: Citation, key: str, lang: Lang, chosen: str) -> str:
    name = "chip cite chosen" if key == chosen else "chip cite"
    quote = c.quote if len(c.quote) <= 24 else c.quote[:23] + "…"
    place = f"{escape(c.document)} {escape(word(lang, 'page', n=c.page))}"
    said = f" <q>{escape(quote)}</q>" if quote else ""
    return (
        f'<button class="{name}" data-cite="{key}" title="{attribute(c.quote)}">'
        f"{place}{said}</button>"
    )


def _interpretation(exchange: Exchange, lang: Lang) -> str:
    """How the question was read, and a button that puts it into the input to correct it."""
    text = exchange.answer.interpretation
    if not text:
        return ""
    return (
        f'<p class="interpretation">{paragraphs(text)} '
        f'<button class="chip edit" data-edit="{attribute(query_of(exchange))}">'
        f"{escape(word(lang, 'ask.edit'))}</button></p>"
    )


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


def _computation(text: str, lang: Lang) -> str:
    if not text:
        return ""
    title = escape(word(lang, "ask.computation"))
    return f"<details><summary>{title}</summary><pre>{escape(text)}</pre></details>"


def cited(exchanges: Sequence[Exchange], key: str) -> Citation | None:
    """The source that a chip names by ``turn.number``; None for a name that fits none."""
    turn, _, number = key.partition(".")
    if not (turn.isdecimal() and number.isdecimal() and int(turn) < len(exchanges)):
        return None
    citations = exchanges[int(turn)].answer.citations
    return citations[int(number)] if int(number) < len(citations) else None


def conversations_table(conversations: Sequence[Conversation], lang: Lang, chosen: str = "") -> str:
    """The conversations that were had, each to be reopened. Times are of the reader's zone."""
    if not conversations:
        return notice(word(lang, "talk.none"))
    rows = [
        row(
            [escape(c.question), str(c.turns), f"{c.at.astimezone():%Y-%m-%d %H:%M}"],
            pick=c.name,
            chosen=c.name == chosen,
        )
        for c in conversations
    ]
    headers = [word(lang, f"talk.{name}") for name in ("question", "turns", "at")]
    return table(headers, rows, "talks")


def download(name: str, data: bytes, stamp: str) -> str:
    """A link that holds a workbook; the app follows it. ``stamp`` tells two of them apart."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return (
        f'<a data-stamp="{attribute(stamp)}" download="{attribute(name)}" '
        f'href="data:{kind};base64,{base64.b64encode(data).decode()}">{escape(name)}</a>'
    )


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

"""Questions and answers → the conversation as HTML, with its sources to choose. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.markup import amount, attribute, badge, escape, notice, paragraphs
from assistant.words import Lang, word
from schemas.answers import Answer, AnswerValue, Citation
from schemas.forms import FORMS, FieldSpec, Kind
from schemas.records import Record

CHIPS = 6  # sources shown beside an answer; the others are under a fold
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer."""

    question: str
    answer: Answer


def thread(exchanges: Sequence[Exchange], lang: Lang, chosen: str = "") -> str:
    """The conversation. Sources carry ``data-cite="turn.number"``, questions to choose from
    ``data-ask``."""
    if not exchanges:
        return notice(word(lang, "ask.empty"))
    turns = [_turn(i, e, lang, chosen) for i, e in enumerate(exchanges)]
    return f'<div class="thread" role="log" aria-live="polite">{"".join(turns)}</div>'


def _turn(number: int, exchange: Exchange, lang: Lang, chosen: str) -> str:
    return (
        f'<div class="question"><p>{paragraphs(exchange.question)}</p></div>'
        f'<div class="answer">{_answer(exchange.answer, number, lang, chosen)}</div>'
    )


def _answer(answer: Answer, number: int, lang: Lang, chosen: str) -> str:
    approval = badge(lang, "approval", answer.approval) if answer.citations else ""
    return "".join(
        (
            f'<div class="badges">{badge(lang, "status", answer.status)}{approval}'
            f'<button class="copy" data-copy="{attribute(answer.answer)}">'
            f"{escape(word(lang, 'ask.copy'))}</button></div>",
            f'<p class="says">{paragraphs(answer.answer)}</p>',
            _choices(answer.choices, lang),
            values_table(answer.values, lang),
            _sources(answer.citations, number, lang, chosen),
            _interpretation(answer.interpretation),
            _computation(answer.computation, lang),
        )
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


def values_table(values: Sequence[AnswerValue], lang: Lang) -> str:
    """The values of an answer; two or more numbers of one unit get bars to compare them by.

    A single value stands in the sentence already, so it gets no table.
    """
    if len(values) < 2:
        return ""
    widths = _bars(values)
    rows = [
        f'<tr><th scope="row">{escape(v.label)}</th><td class="number">{escape(amount(v.value))} '
        f"{escape(v.unit)}</td>{_bar(width)}</tr>"
        for v, width in zip(values, widths, strict=True)
    ]
    title = escape(word(lang, "ask.values"))
    body = f'<table class="grid values"><tbody>{"".join(rows)}</tbody></table>'
    return f"<details open><summary>{title} ({len(values)})</summary>{body}</details>"


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


def _interpretation(text: str) -> str:
    return f'<p class="interpretation">{paragraphs(text)}</p>' if text else ""


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


def example_questions(records: Sequence[Record]) -> list[str]:
    """Questions that the documents at hand can answer, in the language of the documents."""
    found: list[str] = []
    for record, names in zip(records, _EXAMPLE_FIELDS, strict=False):
        spec = _field_with_value(record, names)
        if spec is not None:
            found.append(_question(record, spec))
    if len(records) > 1 and (spec := _field_with_value(records[0], _EXAMPLE_FIELDS[0])):
        found.append(word("zh", "example.sum", label=spec.label.replace("{year}年", "")))
        found.append(word("zh", "example.top", label=spec.label.replace("{year}年", "")))
    return found[:_EXAMPLES]


_EXAMPLE_FIELDS = (
    ("current_year_amount", "budget_amount", "total_amount"),
    ("overall_goal", "annual_goal"),
    ("spending_unit", "implementing_unit"),
)


def _field_with_value(record: Record, names: Sequence[str]) -> FieldSpec | None:
    for name in names:
        if name in record.fields and record.fields[name].value is not None:
            return FORMS[record.form_type].field(name)
    return None


def _question(record: Record, spec: FieldSpec) -> str:
    key = "example.amount" if spec.kind is Kind.AMOUNT else "example.text"
    return word("zh", key, name=record.name, label=spec.label.replace("{year}年", ""))

"""An answer → a workbook: the answer, its figures, every source, and the computation."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from assistant.export.workbook import fill
from assistant.messages.catalogue import word
from assistant.text.amounts import parse_amount
from schemas.answers import Answer, AnswerValue, Citation
from schemas.conversations import Exchange

_LONGEST = 32_000  # characters that a spreadsheet takes in a cell


def workbook(exchange: Exchange) -> bytes:
    """An .xlsx file. Text stays text, whatever it begins with; figures with a unit are numbers."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    fill(book.create_sheet("清单"), _items(exchange.answer))
    fill(book.create_sheet("出处"), _citations(exchange.answer))
    fill(book.create_sheet("回答"), _about(exchange))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _items(answer: Answer) -> Iterator[list[Any]]:
    """The figures, each with its source where there is one of each."""
    items = answer.parts or answer.values
    cited = answer.citations if len(answer.citations) == len(items) else []
    yield ["项目", "取值", "单位", *(("文档", "页码", "原文") if cited else ())]
    for number, item in enumerate(items):
        source = [cited[number]] if cited else []
        yield [
            item.label[:_LONGEST],
            _typed(item),
            item.unit,
            *(x for c in source for x in (c.document, c.page, c.quote[:_LONGEST])),
        ]
    for total in answer.values if answer.parts else ():
        yield [total.label, _typed(total), total.unit]


def _typed(value: AnswerValue) -> str | Decimal:
    """A figure with a unit as a number; a code or a year stays as printed."""
    plain = parse_amount(value.value) if value.unit else None
    return Decimal(plain) if plain else value.value[:_LONGEST]


def _citations(answer: Answer) -> Iterator[list[Any]]:
    yield ["文档", "表单", "页码", "原文", "位置（点）"]
    for c in answer.citations:
        yield [c.document, c.form_id, c.page, c.quote[:_LONGEST], _box(c)]


def _box(citation: Citation) -> str:
    return "，".join(f"{x:.1f}" for x in citation.bbox) if citation.bbox else ""


def _about(exchange: Exchange) -> Iterator[list[Any]]:
    answer = exchange.answer
    yield ["问题", exchange.question[:_LONGEST]]
    yield ["回答", answer.answer[:_LONGEST]]
    yield ["状态", word("zh", f"status.{answer.status}")]
    yield ["记录", word("zh", f"approval.{answer.approval}") if answer.citations else ""]
    yield ["理解", answer.interpretation[:_LONGEST]]
    for line in answer.computation.splitlines():
        yield ["计算", line[:_LONGEST]]

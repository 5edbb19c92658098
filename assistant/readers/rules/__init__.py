"""The deterministic reader. What its two halves share stands here: labels, values, indicators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.readers import Model, Reader

if TYPE_CHECKING:
    from schemas.geometry import Page
    from schemas.readings import FormReading, FormSpan


def _read(pages: Sequence[Page], span: FormSpan, _model: Model | None) -> FormReading:
    from assistant.readers.rules.reader import read_form

    return read_form(pages, span)


READER = Reader(name="rules", zh="规则", en="rules", read=_read, rank=0)

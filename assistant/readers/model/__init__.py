"""The reader by language model: it chooses among the fragments of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.readers import Model, Reader

if TYPE_CHECKING:
    from schemas.geometry import Page
    from schemas.readings import FormReading, FormSpan


def _read(pages: Sequence[Page], span: FormSpan, model: Model | None) -> FormReading:
    from assistant.readers.model.reader import read_form

    assert model is not None  # it needs one
    return read_form(pages, span, model)


READER = Reader(name="llm", zh="模型", en="model", read=_read, needs_model=True, rank=1)

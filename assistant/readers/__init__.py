"""The readers of a form. Each is a package here with a ``READER``, knows no other reader, and is
found by itself (:mod:`assistant.readers.registry`): a further reader is a further package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

    from schemas.geometry import Page
    from schemas.readings import FormReading, FormSpan, Usage

T = TypeVar("T", bound="BaseModel")


class Model(Protocol):
    """What a reader may ask of :class:`assistant.model.client.Llm`."""

    def ask(
        self, prompt: Any, response_model: type[T], max_tokens: int = ...
    ) -> tuple[T, Usage]: ...


@dataclass(frozen=True)
class Reader:
    """One way to read a form.

    ``read`` takes the pages that the form stands on, in order, where on them it stands, and the
    model: None unless the reader ``needs_model``. It raises :class:`assistant.errors.ModelError`
    where the model cannot be asked. Its own imports belong into it: a package here is imported to
    know that it is there.

    ``name``, at most 16 characters, stands in what is stored and in JSON; ``zh`` and ``en`` are
    what people are told. Readers are ordered by ``rank``, then by name. The first, which needs no
    model, reads a document as it is taken in, and leads: its rows and fields come first and stand
    for what is printed.
    """

    name: str
    zh: str
    en: str
    read: Callable[[Sequence[Page], FormSpan, Model | None], FormReading]
    needs_model: bool = False
    rank: int = 9

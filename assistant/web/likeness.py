"""Which field of the schema a label that nobody listed may be: a suggestion for a person. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cache

from assistant.structure.shape import bare
from assistant.text.folding import comparable
from schemas.forms import FIELDS
from schemas.forms.spec import wordings_of

_ALIKE = 0.5  # of the characters, in their order (Ratcliff and Obershelp)


def likest_field(label: str) -> str:
    """The field one of whose wordings has the most characters in common with ``label`` (as
    printed), "" where none is like it.

    >>> likest_field("立项背景及依据")
    'basis'
    >>> likest_field("天气情况说明")
    ''
    """
    plain = bare(comparable(label))
    best = max(
        ((SequenceMatcher(None, plain, wording).ratio(), name) for wording, name in _wordings()),
        default=(0.0, ""),
    )
    return best[1] if best[0] > _ALIKE else ""


@cache
def _wordings() -> tuple[tuple[str, str], ...]:
    return tuple(
        (bare(comparable(wording)), name)
        for name, field in FIELDS.items()
        for wording in wordings_of(field)
    )

"""What is to be said to a person, before it is said in a language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

Lang = Literal["zh", "en"]
Both = dict[Lang, str]  # a name that differs by language, such as that of a form's field
Said = str | int | Both


@dataclass(frozen=True)
class Message:
    """A code of the catalogue (:mod:`assistant.messages`) and what fills its sentence in."""

    code: str
    values: Mapping[str, Said] = field(default_factory=dict)

    def dumped(self) -> str:
        """As JSON, to be stored."""
        return json.dumps(asdict(self), ensure_ascii=False)


def loaded(stored: str) -> Message:
    """A message that was stored. A sentence that an older version stored is its own code, and
    is told as it stands."""
    try:
        kept = json.loads(stored)
        return Message(kept["code"], kept["values"])
    except (ValueError, TypeError, KeyError):
        return Message(stored)

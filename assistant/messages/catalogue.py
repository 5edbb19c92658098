"""Codes → texts in the language of who reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from schemas.messages import Lang, Message, Said


@cache
def texts() -> dict[str, dict[Lang, str]]:
    """Every text of the catalogue by its code, in both languages."""
    import tomllib

    files = sorted(Path(__file__).parent.glob("*.toml"))
    return {
        code: text
        for file in files
        for code, text in _texts_of(tomllib.loads(file.read_text(encoding="utf-8")))
    }


def _texts_of(section: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in section.items():
        if value.keys() == {"zh", "en"}:
            yield above + name, value
        else:
            yield from _texts_of(value, f"{above}{name}.")


def word(lang: Lang, code: str, /, **values: Said) -> str:
    """The text of ``code`` with its ``{names}`` filled in. An unknown code raises KeyError.

    >>> word("en", "page", n=3)
    'p. 3'
    """
    known = {name: _in(lang, value) for name, value in values.items()}
    return texts()[code][lang].format(**known)


def _in(lang: Lang, value: Said) -> str | int:
    return value[lang] if isinstance(value, dict) else value


def told(lang: Lang, message: Message) -> str:
    """``message`` in words; one that is not in the catalogue is a sentence already."""
    if message.code not in texts():
        return message.code
    return word(lang, message.code, **message.values)

"""A text → its sentences, verbatim. Pure."""

from __future__ import annotations

import re

# Characters up to which sentences share a passage. A vector of one sentence finds what that
# sentence says in other words; one of a paragraph among ten alike ones does not.
CHUNK = 16
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]|[^。！？；\n]+$")


def sentences(text: str) -> list[str]:
    """The sentences and list items of ``text``, verbatim, in order."""
    return [s.strip() for s in _SENTENCE.findall(text) if s.strip(" \n。；")]


def chunks(text: str, size: int = CHUNK) -> list[str]:
    """``text`` cut between sentences into pieces of about ``size`` characters."""
    out: list[str] = []
    for sentence in _SENTENCE.findall(text):
        if out and len(out[-1]) + len(sentence) <= size:
            out[-1] += sentence
        else:
            out.append(sentence)
    return [piece.strip() for piece in out if piece.strip()]

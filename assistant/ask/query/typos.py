"""Words of a question that are nearly, but not quite, a stored name. Pure.

检测 for 监测 sounds alike and is how an input method errs: the name is meant, and the answer
says it in full. 内网 for 外网 is another thing: one character in place of another that sounds
different is never passed over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.ask.query.pinyin import syllable

_PARTICLES = frozenset("的之")
_NEGATIONS = frozenset("不非无未")
_LONGEST = 2  # characters that one slip replaces
_ANCHOR = 2  # characters that must agree beside it
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


@dataclass(frozen=True, slots=True)
class Swap:
    """Characters of the question at ``start`` that stand where the name has ``wanted``."""

    start: int
    said: str
    wanted: str

    @property
    def alike(self) -> bool:
        """Whether the two sound alike, tones and blurred initials aside."""
        size = len(self.said)
        return bool(size) and any(
            len(heard) == size
            and all(_sound(a) == _sound(b) != "" for a, b in zip(self.said, heard, strict=True))
            for heard in (self.wanted[:size], self.wanted[-size:])
        )


def _sound(char: str) -> str:
    sound = syllable(char)
    for full, blurred in _NEAR:
        sound = sound.replace(full, blurred)
    return sound


def swaps(
    text: str, key: str, free: Collection[int], within: tuple[int, int] | None = None
) -> list[Swap]:
    """Where ``text`` has other characters than ``key``, between parts that agree or right
    beside them, or lacks a "not" that ``key`` has. ``free`` are the places of ``text`` that no
    other word explains; ``within`` bounds what is compared."""
    first, last = within or (0, len(text))
    matcher = SequenceMatcher(None, text[first:last], key, autojunk=False)
    blocks = [(first + b.a, b.b, b.size) for b in matcher.get_matching_blocks() if b.size]
    found: list[Swap] = []
    for (a, b, size), (next_a, next_b, next_size) in pairwise(blocks):
        said, wanted = text[a + size : next_a], key[b + size : next_b]
        anchored = max(size, next_size) >= _ANCHOR and set(range(a + size, next_a)) <= set(free)
        other = len(said) <= _LONGEST and wanted and not set(said) <= _PARTICLES
        if anchored and (other if said else wanted in _NEGATIONS and wanted):
            found.append(Swap(a + size, said, wanted))
    found += _at_the_edges(text, key, free, blocks)
    return [s for s in found if not s.said or s.said not in key]  # 修复漏洞 is 漏洞修复


def follows_alike(text: str, key: str, end: int) -> bool:
    """节能改照 for 节能改造: the character at ``end`` sounds like the one that the name goes on
    with."""
    said, at = text[end : end + 1], key.find(text[max(end - 2, 0) : end])
    wanted = key[at + 2 : at + 3]
    return bool(at >= 0 and said and wanted) and Swap(end, said, wanted).alike


def _at_the_edges(
    text: str, key: str, free: Collection[int], blocks: list[tuple[int, int, int]]
) -> list[Swap]:
    """蓝队检测 for 红队检测, 异地演练 for 同城演练, 修复时长 for 修复率: the first or the last one
    or two characters differ."""
    found: list[Swap] = []
    if not blocks:
        return found
    a, b, size = blocks[0]
    if b and key[b - 1] in _NEGATIONS and size > _ANCHOR:
        found.append(Swap(a, "", key[b - 1]))
    ahead = range(a - b, a)
    if 0 < b <= _LONGEST <= size and a >= b and set(ahead) <= set(free):
        found.append(Swap(a - b, text[a - b : a], key[:b]))
    a, b, size = blocks[-1]
    end, rest = a + size, len(key) - b - size
    if 0 < rest <= _LONGEST <= size and end in free:
        said = text[end : end + 2] if end + 1 in free else text[end]
        found.append(Swap(end, said, key[b + size :]))
    return found

"""Words that stand together, and the header rows among them. Pure.

For pages that draw no columns: there a cell is what lies close together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.pages.grid import Wall, line_text, lines_of, words_box
from assistant.readers.rules.labels import Label, column_labels, field_labels
from assistant.text.folding import comparable
from schemas.forms import FormType, TableSpec
from schemas.geometry import Box, Word

_APART = 0.4  # of a line's height: wider gaps part blocks

Interval = tuple[float, float]


@dataclass(slots=True)
class Block:
    """Words that stand together: a cell's text, as far as the eye can tell."""

    words: list[Word]
    box: Box
    label: Label | None = None

    @property
    def text(self) -> str:
        return comparable("".join(line_text(line) for line in lines_of(self.words)))


@dataclass(slots=True)
class Table:
    """A table as its header row shows it; ``walls`` are known where it goes on from a page
    before."""

    spec: TableSpec
    row: list[tuple[Block, Label]]
    top: float = 0.0
    bottom: float = 0.0
    walls: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.row = sorted(self.row, key=lambda hit: hit[0].box.x0)
        self.top = min(b.box.y0 for b in self.blocks)

    @property
    def blocks(self) -> list[Block]:
        return [b for b, _ in self.row]

    @property
    def head(self) -> float:
        return max(b.box.y1 for b in self.blocks)


def overlap(a: Box, b: Box) -> float:
    return min(a.y1, b.y1) - max(a.y0, b.y0)


def side_by_side(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a row from left to right, those above each other put together."""
    out: list[Block] = []
    for block in sorted(blocks, key=lambda b: b.box.x0):
        if out and block.box.x0 < out[-1].box.x1 and not (block.label and out[-1].label):
            last = out[-1]
            label = last.label or block.label
            out[-1] = Block(last.words + block.words, last.box.union(block.box), label)
        else:
            out.append(block)
    return out


@dataclass(frozen=True, slots=True)
class Carried:
    """A table that goes on over a page break: its columns and where their walls stand."""

    spec: TableSpec
    heads: tuple[tuple[Block, Label], ...]
    walls: tuple[float, ...]


def widest_gap(covered: Iterable[Interval], start: float, end: float) -> float | None:
    """The middle of the widest stretch of ``start`` … ``end`` that nothing covers.

    >>> widest_gap([(0, 4), (7, 9)], 2, 8)
    5.5
    """
    free: list[Interval] = []
    at = start
    for a, b in sorted((a, b) for a, b in covered if b > start and a < end):
        if a > at:
            free.append((at, a))
        at = max(at, b)
    if at < end:
        free.append((at, end))
    if not free:
        return None
    a, b = max(free, key=lambda gap: gap[1] - gap[0])
    return (a + b) / 2


class BlockFinder:
    """Finds the blocks of a page; knows the labels of its form and the lines across it."""

    def __init__(self, form_type: FormType, across: Sequence[Wall]) -> None:
        self.fields = field_labels(form_type)
        self.columns = column_labels(form_type)
        self.across = across

    def find(self, words: Sequence[Word]) -> list[Block]:
        runs = [run for line in lines_of(words) for run in self._runs(line)]
        blocks: list[Block] = []
        for run in sorted(runs, key=lambda r: r.box.y0):
            above = [b for b in blocks if self._goes_on(b, run)]
            if len(above) == 1:
                above[0].words += run.words
                above[0].box = above[0].box.union(run.box)
            else:
                blocks.append(run)
        for block in blocks:
            block.label = self.fields.find(block.text)
        return blocks

    def _runs(self, line: Sequence[Word]) -> Iterator[Block]:
        """The parts of a line that stand apart; a label always stands by itself."""
        part: list[Word] = []
        for word in line:
            gap = word.box.x0 - part[-1].box.x1 if part else 0.0
            if part and (gap > _APART * word.box.height or self._is_label(part, word)):
                yield Block(part, words_box(part))
                part = []
            part.append(word)
        if part:
            yield Block(part, words_box(part))

    def _is_label(self, part: Sequence[Word], word: Word) -> bool:
        """Whether what came so far is a whole label, or the next word is a column's head and
        so was the last."""
        text = comparable("".join(w.text for w in part))
        if self.fields.find(text):
            return True
        return any(
            labels.find(comparable(word.text)) and labels.find(text) for _, labels in self.columns
        )

    def _goes_on(self, block: Block, run: Block) -> bool:
        """Whether ``run`` is the next line of ``block``."""
        gap = run.box.y0 - block.box.y1
        if not -0.5 * run.box.height < gap < _APART * run.box.height:
            return False
        shared = min(block.box.x1, run.box.x1) - max(block.box.x0, run.box.x0)
        if shared < 0.3 * min(block.box.width, run.box.width):
            return False
        x, y = run.box.centre[0], (block.box.y1 + run.box.y0) / 2
        return not any(abs(w.at - y) < 0.5 * run.box.height and w.passes(x) for w in self.across)

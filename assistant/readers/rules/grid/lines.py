"""Labels with a colon in running lines: 项目名称：示例项目 联系电话：… Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.pages.grid import GridCell, line_text, lines_of, words_box
from assistant.pages.page_text import ems
from assistant.readers.rules.labels import Label, Labels
from assistant.structure.shape import bare
from assistant.text.folding import comparable, comparable_with_map
from schemas.forms import Kind
from schemas.geometry import Box, Word

_APART = 1.5  # heights of a line: a wider gap parts what stands on one line
_LABEL = 12  # characters
_NEXT = 1.2  # and a text goes on in a line that is nearer than this
_SHORT = 20  # characters: a longer value is a text
_SENTENCE = re.compile("[。;,]")
_OF_WHICH = re.compile("其中[：:]")
_ANNEX = re.compile(r"附[件表注录]|备?注:")
_OPEN_LABEL = re.compile(r"[\u4e00-\u9fff()、/]{2,14}")


@dataclass(slots=True)
class LinePair:
    """A label in a line and what follows it; ``label`` is the schema's, if it has one."""

    printed: str
    label: Label | None
    head: list[Word]
    words: list[Word] = field(default_factory=list)
    sure: bool = True

    @property
    def cell(self) -> GridCell:
        """The value as a cell (at least one word)."""
        x0, y0, x1, y1 = words_box(self.words)
        return GridCell(Box(x0 - 1, y0 - 1, x1 + 1, y1 + 1), self.words)


def pairs_in_lines(words: Sequence[Word], labels: Labels) -> list[LinePair]:
    """Each label that a line prints with a colon, with what follows it; of a long text also the
    lines below, up to the next label or a gap. A label that nothing follows has no words."""
    found: list[LinePair] = []
    ends: list[tuple[Box, LinePair]] = []  # of each run with a label, its place and last pair
    open_text = False
    last: Box | None = None
    for run in runs_of(words):
        box = words_box(run)
        below = last is not None and 0 < box.y0 - last.y1 + box.height < _NEXT * 2 * box.height
        pairs = list(_pairs(run, labels))
        if pairs and not (open_text and below and pairs[0].label is None):
            found += pairs
            ends.append((box, pairs[-1]))
            kind = pairs[-1].label.field.kind if pairs[-1].label else None
            open_text = kind is Kind.LONG_TEXT and bool(pairs[-1].words)
        elif open_text and below:
            found[-1].words.extend(run)
            if ":" in comparable(line_text(run))[:_LABEL]:  # or a label that we don't know
                found[-1].sure = False
        else:
            open_text = False
            if (pair := _wrapped(box, ends)) is not None:
                pair.words.extend(run)
                pair.sure = False
        last = box
    return found


def pairs_in_cell(words: Sequence[Word], labels: Labels) -> tuple[list[Word], list[LinePair]]:
    """What a value's cell says by itself, and the labels with a colon that it holds: a cell all of
    whose lines begin with a label is a small form of its own; below a text, lines of labels with
    short values are its signature. Else all is text."""
    runs = list(runs_of(words))
    found = [list(_pairs(_without_of_which(run), labels)) for run in runs]
    first = len(runs)
    while first and found[first - 1] and all(_is_short(pair) for pair in found[first - 1]):
        first -= 1
    pairs = [pair for one in found[first:] for pair in one]
    if len(pairs) < 2 or not any(pair.words for pair in pairs):
        return list(words), []
    return [word for run in runs[:first] for word in run], pairs


def _without_of_which(run: list[Word]) -> list[Word]:
    """A line without the 其中： (of which) that parts of a sum begin with."""
    first = run[0]
    found = _OF_WHICH.match(first.text)
    if not found or found.end() == len(first.text):
        return run[1:] if found and len(run) > 1 else run
    x0, y0, x1, y1 = first.box
    x = x0 + (x1 - x0) * ems(found[0]) / ems(first.text)
    return [first._replace(text=first.text[found.end() :], box=Box(x, y0, x1, y1)), *run[1:]]


def _is_short(pair: LinePair) -> bool:
    text = comparable(line_text(pair.words)) if pair.words else ""
    return len(text) <= _SHORT and not _SENTENCE.search(text)


def _wrapped(box: Box, ends: Sequence[tuple[Box, LinePair]]) -> LinePair | None:
    """The pair whose value goes on in a run at ``box``: right below, and begun at one edge."""
    for above, pair in reversed(ends):
        near = -0.3 * box.height < box.y0 - above.y1 < 0.6 * box.height
        if near and abs(box.x0 - above.x0) < 2 and pair.words:
            return pair
    return None


def runs_of(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The lines of words, parted where they stand far apart."""
    for line in lines_of(words):
        part: list[Word] = []
        for word in line:
            if part and word.box.x0 - part[-1].box.x1 > _APART * word.box.height:
                yield part
                part = []
            part.append(word)
        if part:
            yield part


def _pairs(run: Sequence[Word], labels: Labels) -> Iterator[LinePair]:
    """The labels with a colon in one run of words: the first begins it."""
    pair: LinePair | None = None
    for at, word in enumerate(run):
        head = _head(word, labels)
        if head is None and pair is None and at == 0 and len(run) > 1:
            return
        if head is None:
            if pair is not None:
                pair.words.append(word)
            continue
        if pair is not None:
            yield pair
        printed, label, rest = head
        pair = LinePair(printed, label, [word], [rest] if rest else [])
    if pair is not None:
        yield pair


def _head(word: Word, labels: Labels) -> tuple[str, Label | None, Word | None] | None:
    """The label that ``word`` begins with, and what it says after the colon."""
    text, origin = comparable_with_map(word.text)
    at = text.find(":")
    if at < 2:
        return None
    label = labels.find(text[:at]) or labels.find(bare(text[:at]))
    if label is None and (not _OPEN_LABEL.fullmatch(text[:at]) or _ANNEX.match(text)):
        return None
    if label is not None and label.field.kind is Kind.UNIT:
        return None
    printed = word.text[: origin[at]]
    if at + 1 >= len(text):
        return printed, label, None
    cut = origin[at + 1]
    x0, y0, x1, y1 = word.box
    x = x0 + (x1 - x0) * ems(word.text[:cut]) / (ems(word.text) or 1)
    return printed, label, word._replace(text=word.text[cut:], box=Box(x, y0, x1, y1))

"""Labels with a colon in the lines outside every table: 项目名称：示例项目. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.pages.grid import GridCell, line_text, lines_of, words_box
from assistant.pages.page_text import ems
from assistant.readers.rules.labels import Label, Labels
from assistant.text.folding import comparable, comparable_with_map
from schemas.forms import Kind
from schemas.geometry import Box, Word

_APART = 1.5  # heights of a line: a wider gap parts what stands on one line
_LABEL = 12  # characters
_NEXT = 1.2  # and a text goes on in a line that is nearer than this


def pairs_in_lines(words: Sequence[Word], labels: Labels) -> Iterator[tuple[Label, GridCell, bool]]:
    """Each label that a line prints with a colon, what follows it as a cell, and whether that is
    sure; of a text also the lines below, up to the next label or a gap."""
    found: list[tuple[Label, list[Word]]] = []
    unsure: set[int] = set()
    open_text = False
    last: Box | None = None
    for run in _runs(words):
        box = words_box(run)
        below = last is not None and 0 < box.y0 - last.y1 + box.height < _NEXT * 2 * box.height
        if pair := _pair(run, labels):
            found.append(pair)
            open_text = pair[0].field.kind is Kind.LONG_TEXT and bool(pair[1])
        elif open_text and below:
            found[-1][1].extend(run)
            if ":" in comparable(line_text(run))[:_LABEL]:  # or a label that we don't know
                unsure.add(len(found) - 1)
        else:
            open_text = False
        last = box
    for at, (label, value) in enumerate(found):
        if value:
            x0, y0, x1, y1 = words_box(value)
            cell = GridCell(Box(x0 - 1, y0 - 1, x1 + 1, y1 + 1), value)
            yield label, cell, at not in unsure


def _runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    for line in lines_of(words):
        part: list[Word] = []
        for word in line:
            if part and word.box.x0 - part[-1].box.x1 > _APART * word.box.height:
                yield part
                part = []
            part.append(word)
        if part:
            yield part


def _pair(run: Sequence[Word], labels: Labels) -> tuple[Label, list[Word]] | None:
    """The label that the first word of ``run`` ends or begins with a colon, and the rest."""
    first = run[0]
    text, origin = comparable_with_map(first.text)
    at = text.find(":")
    label = labels.find(text[:at]) if at > 0 else None
    if label is None or label.field.kind is Kind.UNIT:
        return None
    rest = list(run[1:])
    if at + 1 < len(text):
        cut = origin[at + 1]
        x0, y0, x1, y1 = first.box
        x = x0 + (x1 - x0) * ems(first.text[:cut]) / (ems(first.text) or 1)
        rest = [first._replace(text=first.text[cut:], box=Box(x, y0, x1, y1)), *rest]
    return label, rest

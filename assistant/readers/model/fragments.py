"""Words → the fragments that a language model chooses from. Pure.

A fragment is what stands together: the words of a line, and the lines of a
cell where the text wraps. Known labels (:mod:`schemas.forms`) are told apart
from values, wherever they wrap. The order is that of the page's text. Nothing
here looks at ruling lines: this is the reading of someone who has only the
text and where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from assistant.text.folding import comparable, join_wrapped
from schemas.forms import (
    FORMS,
    SECTION_TITLES,
    FieldSpec,
    Kind,
    iter_labels,
    label_pattern,
)
from schemas.geometry import Box, Page, PageSource, Word

_LABEL_WORDS = 8  # a vertical label takes one word a character
_SAME_LINE_GAP = 0.6  # of the line height; a wider gap is a column's
_WRAP_GAP = 0.45  # of the line height, between the lines of one cell
_PROSE = 40  # characters; spaces in a line of page text this long are no columns
_REMARK = re.compile(r"\(.*\)$")
_NONE = FieldSpec("", "", Kind.TEXT, ("",))
_LONG = 60  # characters; a longer fragment is shown by its two ends


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a form: printed label → its field or column; titles have no field."""

    exact: dict[str, FieldSpec | None]
    patterns: tuple[tuple[re.Pattern[str], FieldSpec], ...]
    columns: dict[str, str]  # comparable label → name of the table that prints it

    def find(self, text: str) -> tuple[bool, FieldSpec | None]:
        """Whether ``text`` (comparable) is a label, and of which field of the form."""
        if text in self.exact:
            return True, self.exact[text]
        for pattern, field in self.patterns:
            if pattern.fullmatch(text):
                return True, field
        # A title may carry a remark: 项目绩效信息（…为必填）.
        title = _REMARK.sub("", text)
        return self.exact.get(title, _NONE) is None, None


@cache
def labels_of(form_type: str) -> Labels:
    spec = FORMS[form_type]
    exact: dict[str, FieldSpec | None] = {comparable(t): None for t in SECTION_TITLES}
    columns: dict[str, str] = {}
    patterns: list[tuple[re.Pattern[str], FieldSpec]] = []
    for table in spec.tables:
        exact |= {comparable(t): None for t in table.titles}
        for column in table.columns:
            for label in column.labels:
                _add(label, column, exact, patterns)
                columns.setdefault(comparable(label), table.name)
    for label, field in iter_labels(spec):
        _add(label, field, exact, patterns)
    return Labels(exact, tuple(patterns), columns)


def _add(
    label: str,
    field: FieldSpec,
    exact: dict[str, FieldSpec | None],
    patterns: list[tuple[re.Pattern[str], FieldSpec]],
) -> None:
    folded = comparable(label)
    if "{year}" in label:
        patterns.append((label_pattern(folded), field))
    else:
        exact[folded] = field


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words that stand together. ``field`` is set for the label of a field or column."""

    page: int
    words: tuple[Word, ...]
    box: Box
    text: str
    is_label: bool = False
    field: FieldSpec | None = None

    @property
    def shown(self) -> str:
        """The text, or its two ends if it is long."""
        text = " ".join(self.text.split())
        return text if len(text) <= _LONG else f"{text[:14]}……{text[-12:]}"


def fragments(pages: Sequence[Page], form_type: str) -> list[Fragment]:
    """The fragments of a form's pages in the order of the text."""
    labels = labels_of(form_type)
    return [f for page in pages for f in _fragments(page, labels)]


def _fragments(page: Page, labels: Labels) -> Iterator[Fragment]:
    words = [part for word in page.words for part in _split_label(word, labels)]
    at = 0
    pending: list[Word] = []
    for at_word, count, field in _label_runs(words, labels):
        pending = words[at:at_word]
        yield from _values(page, pending)
        run = words[at_word : at_word + count]
        yield _fragment(page, run, is_label=True, field=field)
        at = at_word + count
    yield from _values(page, words[at:])


def _split_label(word: Word, labels: Labels) -> Iterator[Word]:
    """``金额单位：元`` is a label and its value."""
    head, colon, tail = word.text.replace("：", ":").partition(":")
    if (
        colon
        and tail
        and labels.find(comparable(head))[0]
        and not labels.find(comparable(word.text))[0]
    ):
        x = word.box.x0 + word.box.width * (len(head) + 1) / len(word.text)
        yield Word(word.text[: len(head)], word.box._replace(x1=x), word.confidence)
        yield Word(word.text[len(head) + 1 :], word.box._replace(x0=x), word.confidence)
    else:
        yield word


def _label_runs(
    words: Sequence[Word], labels: Labels
) -> Iterator[tuple[int, int, FieldSpec | None]]:
    """Runs of words that make a label: first word, how many, the field. The longest wins."""
    at = 0
    while at < len(words):
        for count in range(min(_LABEL_WORDS, len(words) - at), 0, -1):
            run = words[at : at + count]
            if count > 1 and not _close(run):
                continue
            text = comparable("".join(w.text for w in run)).rstrip(":")
            is_label, field = labels.find(text)
            if is_label or _is_cut_title(text, count, labels):
                yield at, count, field
                at += count - 1
                break
        at += 1


def _is_cut_title(text: str, words: int, labels: Labels) -> bool:
    """The beginning of a title that runs downwards, a word a character, and that a page cuts."""
    return 2 <= words == len(text) and any(
        title.startswith(text) for title, field in labels.exact.items() if field is None
    )


def _close(run: Sequence[Word]) -> bool:
    """Whether each word follows the one before it in the same cell."""
    return all(_wraps(a.box, b.box) or _follows(a.box, b.box) for a, b in pairwise(run))


def _values(page: Page, words: Sequence[Word]) -> Iterator[Fragment]:
    """Words between two labels, joined where they stand together."""
    lines: list[list[Word]] = []
    for word in words:
        if lines and _joins_line(page, lines[-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    cells: list[list[list[Word]]] = []
    for line in lines:
        home = next((c for c in _reachable(page, cells) if _goes_on(c, line)), None)
        if home is None:
            cells.append([line])
        else:
            home.append(line)
    for cell in cells:
        yield _fragment(page, [w for line in cell for w in line], lines=cell)


def _goes_on(cell: list[list[Word]], line: Sequence[Word]) -> bool:
    # A category's name ends so, and in a tight table the next one stands right below it.
    ended = cell[-1][-1].text.endswith("指标") and len(cell) <= 3
    return not ended and _wraps(_box(cell[-1]), _box(line))


def _reachable(page: Page, cells: list[list[list[Word]]]) -> list[list[list[Word]]]:
    """The cells that a next line may belong to: a text layer prints cell after cell, OCR
    prints line after line."""
    return cells[::-1][:12] if page.source is PageSource.SCAN else cells[-1:]


def _joins_line(page: Page, line: Sequence[Word], word: Word) -> bool:
    if not _follows(line[-1].box, word.box):
        return False
    return page.source is not PageSource.TEXT or sum(len(w.text) for w in line) >= _PROSE


def _follows(a: Box, b: Box) -> bool:
    height = min(a.height, b.height)
    return (
        abs(a.y0 - b.y0) < 0.3 * height and -0.3 * height <= b.x0 - a.x1 < _SAME_LINE_GAP * height
    )


def _wraps(a: Box, b: Box) -> bool:
    """Whether line ``b`` goes on below line ``a``: close, aligned at an edge or the middle."""
    height = min(a.height, b.height)
    if (
        max(a.height, b.height) > 1.4 * height
        or not -0.4 * height <= b.y0 - a.y1 <= _WRAP_GAP * height
    ):
        return False
    if min(a.x1, b.x1) - max(a.x0, b.x0) <= 0:
        return False
    middle = abs((a.x0 + a.x1) - (b.x0 + b.x1)) / 2
    return min(abs(a.x0 - b.x0), abs(a.x1 - b.x1), middle) <= height


def _box(words: Sequence[Word]) -> Box:
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return box


def _fragment(
    page: Page,
    words: Sequence[Word],
    *,
    lines: Sequence[Sequence[Word]] | None = None,
    is_label: bool = False,
    field: FieldSpec | None = None,
) -> Fragment:
    if is_label:
        text = "".join(w.text for w in words)
    else:
        text = join_wrapped("\n".join(" ".join(w.text for w in line) for line in lines or [words]))
    return Fragment(page.number, tuple(words), _box(words), text, is_label, field)

"""A page-text file → pages. Pure.

An extractor's output has lines and no geometry. Each page is drawn again on a
synthetic sheet, one fixed font and pitch, so that every run of glyphs has a box
that evidence can name and a picture can show.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from itertools import product
from unicodedata import east_asian_width

from assistant.errors import DocumentError
from schemas.geometry import Box, Page, PageSource, Word

FONT_SIZE = 10.0  # points
LINE_PITCH = 14.0
_MARGIN = 36.0
_A4 = (595.0, 842.0)
_TAB = 4
_HALF, _COUNTED = 0.5, 1.0  # ems: the width of a blank
_COLUMN_GAP = re.compile(r"\S {3,}(?=\S)")
_RUN = re.compile(r"\S+(?: \S+)*")
_BLANK = 0.6  # of a line: the space that a blank line stands for
_NEAR = 6  # lines: so far down the columns of a table are compared
_OFF = 0.35  # ems
_NEWLINES = re.compile(r"\r\n?|[\x0b\x85\u2028\u2029]")
_BLANK_RUN = re.compile(r"\n(?:[ \t\u3000]*\n){3,}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_MOST_CONTROLS = 0.05  # of the characters; binary data has more


def decode(data: bytes) -> str:
    """The text of a page-text file: UTF-8, UTF-16 with its mark, or GB 18030 (so GBK too).

    Stray control characters, which extractors print for glyphs they can't name, are left out.
    Raises :class:`DocumentError` for bytes that are no text.
    """
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = _CONTROL.sub("", text)
        if len(text) - len(plain) <= _MOST_CONTROLS * len(text):
            return plain
    raise DocumentError("document.not_text")


def pages_of_text(text: str) -> tuple[Page, ...]:
    """The pages of an extractor's output, numbered from 1, without ruling lines.

    Pages end at form feeds, or, where there are none, at runs of three or more
    blank lines. ``Page.text`` keeps the lines as they are.
    """
    text = _NEWLINES.sub("\n", text.removeprefix("\ufeff"))
    body = text.rstrip()  # many extractors end every page with a form feed
    if "\f" in body:
        parts = body.split("\f")
    else:
        parts = [part for part in _BLANK_RUN.split(body) if part.strip()]
    pitch = _pitch("\n".join(parts)) if is_laid_out(parts) else _HALF
    return tuple(_page(number, part, pitch) for number, part in enumerate(parts, 1))


def is_laid_out(parts: Sequence[str]) -> bool:
    """Whether the extractor kept the columns apart with spaces, as ``pdftotext -layout`` does:
    then the lines of cells that stand side by side are mixed."""
    lines = [line for part in parts for line in part.split("\n") if line.strip()]
    return sum(bool(_COLUMN_GAP.search(line)) for line in lines) > max(2, 0.1 * len(lines))


def _page(number: int, text: str, pitch: float) -> Page:
    lines = text.split("\n")
    tops = _tops(lines) if pitch == _COUNTED else [LINE_PITCH * n for n in range(len(lines))]
    placed = zip(lines, tops, strict=True)
    words = tuple(word for line, top in placed for word in _words(line, _MARGIN + top, pitch))
    right = max((word.box.x1 for word in words), default=0.0)
    return Page(
        number=number,
        width=max(_A4[0], right + _MARGIN),
        height=max(_A4[1], 2 * _MARGIN + max([LINE_PITCH, *tops])),
        source=PageSource.TEXT,
        words=words,
        rulings=(),
        text=text,
    )


def _tops(lines: Sequence[str]) -> list[float]:
    """The heights of lines on their page, in points from the first. Beside a cell of two lines
    the middle of one with one line stands half a line down, which is printed as a line of its
    own: lines that share no column are half a line apart."""
    out: list[float] = []
    placed: list[tuple[float, list[tuple[int, int]]]] = []  # of the lines that print something
    blank = 0
    for line in lines:
        runs = [m.span() for m in _RUN.finditer(line)]
        if not runs:
            blank += 1
            out.append(out[-1] if out else 0.0)
            continue
        near = placed[-_NEAR:]
        top = near[-1][0] + LINE_PITCH / 2 if near else 0.0
        for n, (above, others) in enumerate(near):
            if any(min(b, d) > max(a, c) for (a, b), (c, d) in product(runs, others)):
                between = max((len(o) for _, o in near[n + 1 :]), default=0)
                # A line with less on it than those around it is a side head's, between two rows.
                parted = 0 < between < min(len(runs), len(others))
                top = max(top, above + LINE_PITCH * (1 + (_BLANK if parted else 0)))
        top += _BLANK * LINE_PITCH * min(blank, 1)
        placed.append((top, runs))
        out.append(top)
        blank = 0
    return out


def _words(line: str, top: float, pitch: float) -> Iterator[Word]:
    """The runs of a line, each in the box that the drawn glyphs take. In columns of characters
    one blank is a part of the text before it, two part columns."""
    x, done = _MARGIN, 0
    for run in re.finditer(r"\S+", line):
        x += FONT_SIZE * ems(line[done : run.start()], pitch)
        one_blank = pitch == _COUNTED and re.match(" \\S", line[run.end() :])
        width = FONT_SIZE * ems(run[0] + " " * bool(one_blank), pitch)
        yield Word(run[0], Box(x, top, x + width, top + FONT_SIZE))
        x, done = x + width, run.end() + bool(one_blank)


def _pitch(text: str) -> float:
    """The width in ems of a narrow glyph and of a blank: half a wide one where the columns of the
    text line up so, as wide where they do by the number of characters (``pdftotext -layout``)."""
    return max((_HALF, _COUNTED), key=lambda pitch: _aligned(text, pitch))


def _aligned(text: str, pitch: float) -> float:
    """The share of runs one below the other that share an edge or the middle."""
    lines: list[list[tuple[float, float]]] = []
    for line in text.split("\n"):
        runs = (m.span() for m in _RUN.finditer(line))
        lines.append([(ems(line[:a], pitch), ems(line[:b], pitch)) for a, b in runs])
    same = total = 0
    for n, above in enumerate(lines):
        for below in lines[n + 1 : n + _NEAR]:
            for one, other in product(above, below):
                a, b, c, d = *one, *other
                if min(b, d) > max(a, c):
                    total += 1
                    same += min(abs(a - c), abs(b - d), abs(a + b - c - d) / 2) < _OFF
    return same / total if total else 0.0


def ems(text: str, pitch: float = 0.5) -> float:
    """The width of ``text`` in ems: full-width glyphs 1, others ``pitch``."""
    return sum(
        _TAB * pitch if c == "\t" else 1.0 if east_asian_width(c) in "WFA" else pitch for c in text
    )

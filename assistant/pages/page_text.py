"""A page-text file → pages. Pure.

An extractor's output has lines and no geometry. Each page is drawn again on a
synthetic sheet, one fixed font and pitch, so that every run of glyphs has a box
that evidence can name and a picture can show.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from unicodedata import east_asian_width

from assistant.errors import DocumentError
from schemas.geometry import Box, Page, PageSource, Word

FONT_SIZE = 10.0  # points
LINE_PITCH = 14.0
_MARGIN = 36.0
_A4 = (595.0, 842.0)
_TAB = 4
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
    return tuple(_page(number, part) for number, part in enumerate(parts, 1))


def _page(number: int, text: str) -> Page:
    lines = text.split("\n")
    words = tuple(word for row, line in enumerate(lines) for word in _words(line, row))
    right = max((word.box.x1 for word in words), default=0.0)
    return Page(
        number=number,
        width=max(_A4[0], right + _MARGIN),
        height=max(_A4[1], 2 * _MARGIN + LINE_PITCH * len(lines)),
        source=PageSource.TEXT,
        words=words,
        rulings=(),
        text=text,
    )


def _words(line: str, row: int) -> Iterator[Word]:
    """The runs of a line, each in the box that the drawn glyphs take."""
    top = _MARGIN + row * LINE_PITCH
    x, done = _MARGIN, 0
    for run in re.finditer(r"\S+", line):
        x += FONT_SIZE * ems(line[done : run.start()])
        width = FONT_SIZE * ems(run[0])
        yield Word(run[0], Box(x, top, x + width, top + FONT_SIZE))
        x, done = x + width, run.end()


def ems(text: str) -> float:
    """The width of ``text`` in ems: full-width glyphs 1, others 0.5."""
    return sum(
        _TAB / 2 if c == "\t" else 1.0 if east_asian_width(c) in "WFA" else 0.5 for c in text
    )

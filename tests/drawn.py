"""Pages drawn in memory: words and ruling lines of a table that a test writes down.

A row is a list of cells; ``"text@3"`` spans three columns, ``None`` goes on from the
cell above, lines of a cell are parted by ``\\n``.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.forms import FormType
from schemas.geometry import Box, Page, PageSource, Ruling, Word
from schemas.readings import FormSpan

Row = Sequence[str | None]
LEFT, TOP, COLUMN, ROW, GLYPH = 40.0, 60.0, 80.0, 24.0, 8.0


def words_at(text: str, x: float, y: float, size: float = GLYPH) -> list[Word]:
    """The words of ``text`` with the top left of the first line at (x, y)."""
    words = []
    for line, printed in enumerate(text.split("\n")):
        at = x
        for part in printed.split(" "):
            width = sum(size if ord(c) > 0x2E7F else size / 2 for c in part)
            top = y + line * size * 1.1
            words.append(Word(part, Box(at, top, at + width, top + size)))
            at += width + size / 4
    return [w for w in words if w.text]


def page_of(
    rows: Sequence[Row],
    *,
    number: int = 1,
    heading: Sequence[str] = (),
    source: PageSource = PageSource.PDF,
) -> Page:
    """A page with ``heading`` lines above one ruled table."""
    words = [w for i, line in enumerate(heading) for w in words_at(line, LEFT, 10 + 16 * i)]
    rulings: list[Ruling] = []
    for r, row in enumerate(rows):
        y, column = TOP + r * ROW, 0
        for cell in row:
            text, _, span = (cell or "").partition("@")
            x = LEFT + column * COLUMN
            column += int(span or 1)
            right = LEFT + column * COLUMN
            if cell is not None:
                rulings.append(Ruling(x, y, right, y))
                words += words_at(text, x + 2, y + 2)
            rulings += [Ruling(x, y, x, y + ROW), Ruling(right, y, right, y + ROW)]
    bottom = TOP + len(rows) * ROW
    width = max(sum(int((c or "").partition("@")[2] or 1) for c in row) for row in rows)
    rulings.append(Ruling(LEFT, bottom, LEFT + width * COLUMN, bottom))
    text = "\n".join(w.text for w in words)
    return Page(number, 595, 842, source, tuple(words), tuple(rulings), text)


def span_of(form_type: FormType, pages: Sequence[int] = (1,), title: str = "") -> FormSpan:
    return FormSpan(form_id="p01", pages=list(pages), form_type=form_type, title=title)

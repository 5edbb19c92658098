"""The runs of a page-text page with what separates them, and how runs make one cell. Pure.

An extractor prints the cells of a row from left to right: cells of one line
side by side, a cell of several lines as lines of its own. So a space mostly
parts two cells, a line break may part cells or wrap one, and a blank line
parts blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from assistant.pages.grounding import evidence_of
from assistant.pages.page_text import ems
from assistant.text.folding import comparable, comparable_with_map, join_wrapped
from schemas.geometry import Box, Page, Word
from schemas.readings import Evidence


class Gap(IntEnum):
    """What stands before a run."""

    SPACE = 0
    LINE = 1
    BLANK = 2  # one blank line or more
    PAGE = 3


@dataclass(frozen=True, slots=True)
class Atom:
    """A run of glyphs without white space. ``text`` is its comparable form, ``width`` in ems."""

    text: str
    printed: str
    gap: Gap
    page: Page
    box: Box
    width: float


_PAGE_NUMBER = re.compile(r"第\d+页(?:[,/]?共\d+页)?|[-—–·]+\d+[-—–·]+|\d+/\d+")
_BROWSER = re.compile(  # what a browser prints above and below a page
    r"\d{1,4}/\d{1,2}/\d{1,4},?\d{1,2}:\d{2}(?::\d{2})?(?:[AP]M)?.*|(?:https?|file)://.*"
)
_MOST_FURNITURE = 4  # lines at an end of a page
_SHORTEST_HEAD = 8  # characters: a running head is no cell


def atoms_of(pages: Sequence[Page], own: Sequence[int], title: str) -> list[Atom]:
    """The runs of the pages ``own`` in printed order, without page numbers and running heads."""
    offsets = _number_offsets(pages)
    mine = [page for page in pages if page.number in own]
    heads = {
        end: (_running_heads(pages, end) | _running_heads(mine, end)) - {comparable(title)}
        for end in (0, -1)
    }
    out: list[Atom] = []
    for page in mine:
        lines = list(_page_lines(page))
        for end in (0, -1):
            for _ in range(_MOST_FURNITURE):
                if lines and _is_furniture(lines[end], end, page.number, offsets, heads[end]):
                    lines.pop(end)
        of_page = [atom for line in lines for atom in line]
        if of_page:
            of_page[0] = replace(of_page[0], gap=Gap.PAGE)
        out += of_page
    return out


def _page_lines(page: Page) -> Iterator[list[Atom]]:
    line: list[Atom] = []
    for atom in _page_atoms(page):
        if line and atom.gap is not Gap.SPACE:
            yield line
            line = []
        line.append(atom)
    if line:
        yield line


def _is_furniture(
    line: list[Atom], end: int, number: int, offsets: set[int], heads: set[str]
) -> bool:
    text = joined(line)
    if _PAGE_NUMBER.fullmatch(text) or _BROWSER.fullmatch(text) or text in heads:
        return True
    return end == -1 and text.isdecimal() and len(text) < 5 and int(text) - number in offsets


def _running_heads(pages: Sequence[Page], end: int) -> set[str]:
    """First (``end`` 0) or last (-1) lines that more than half of the pages share."""
    lines = [text.splitlines()[end] for page in pages if (text := page.text.strip())]
    count = Counter(map(comparable, lines))
    return {t for t, n in count.items() if n > max(1, len(pages) / 2) and len(t) >= _SHORTEST_HEAD}


def _page_atoms(page: Page) -> Iterator[Atom]:
    words = iter(page.words)
    gap = Gap.PAGE
    for line in page.text.split("\n"):
        runs = line.split()
        for run in runs:
            word = next(words)
            if text := comparable(run):
                yield Atom(text, run, gap, page, word.box, _width(run))
                gap = Gap.SPACE
        gap = max(gap, Gap.LINE) if runs else max(gap, Gap.BLANK)


_WIDE = str.maketrans(
    {c: chr(c - 0xFEE0) for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF5B))}
)


def _width(run: str) -> float:
    """In ems, with full-width digits and letters as narrow ones: they are seldom set wide."""
    return ems(run.translate(_WIDE))


def _last_number(page: Page) -> int | None:
    """A number that is alone on the page's last line."""
    last = page.text.rstrip().rsplit("\n", 1)[-1].strip()
    return int(comparable(last)) if re.fullmatch(r"\d{1,4}", comparable(last)) else None


def _number_offsets(pages: Sequence[Page]) -> set[int]:
    """How far printed page numbers lead the pages' own, where last lines agree on it."""
    ahead = [n - p.number for p in pages if (n := _last_number(p)) is not None]
    return {d for d in ahead if d == 0 or ahead.count(d) > 1}


def split_at(atom: Atom, at: int) -> tuple[Atom, Atom]:
    """``atom`` cut before the character ``at`` of its comparable text."""
    _, origin = comparable_with_map(atom.printed)
    head, tail = atom.printed[: origin[at]], atom.printed[origin[at] :]
    x = atom.box.x0 + atom.box.width * ems(head) / (ems(atom.printed) or 1)
    left = replace(
        atom, text=atom.text[:at], printed=head, width=_width(head), box=atom.box._replace(x1=x)
    )
    right = replace(
        atom,
        text=atom.text[at:],
        printed=tail,
        width=_width(tail),
        box=atom.box._replace(x0=x),
        gap=Gap.SPACE,
    )
    return left, right


def joined(atoms: Sequence[Atom]) -> str:
    """The comparable text of a cell."""
    return "".join(a.text for a in atoms)


def runs_of_lines(atoms: Sequence[Atom]) -> list[list[Atom]]:
    """The lines of a cell, each as its runs."""
    lines: list[list[Atom]] = []
    for atom in atoms:
        if lines and atom.gap is Gap.SPACE:
            lines[-1].append(atom)
        else:
            lines.append([atom])
    return lines


def lines_of(atoms: Sequence[Atom]) -> list[str]:
    """The printed lines of a cell."""
    lines: list[str] = []
    for atom in atoms:
        if lines and atom.gap is Gap.SPACE:
            lines[-1] += " " + atom.printed
        else:
            lines.append(atom.printed)
    return lines


def word_lines(atoms: Sequence[Atom]) -> list[list[Word]]:
    """The lines of a cell as words with their boxes."""
    lines: list[list[Word]] = []
    for atom in atoms:
        word = Word(atom.printed, atom.box)
        if lines and atom.gap is Gap.SPACE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def cell_text(atoms: Sequence[Atom]) -> str:
    """The text of a cell as printed, its wraps joined."""
    return join_wrapped("\n".join(lines_of(atoms)))


def evidence_for(atoms: Sequence[Atom], text: str | None = None) -> Evidence | None:
    """The place of a cell; of a cell that goes over a page break, the part on the first page."""
    if not atoms:
        return None
    page = atoms[0].page
    here = [a for a in atoms if a.page is page]
    box = here[0].box
    for atom in here[1:]:
        box = box.union(atom.box)
    return evidence_of(page, box, text if text and len(here) == len(atoms) else cell_text(here))


_UNBREAKABLE = re.compile(r"[0-9A-Za-z.,%/+\-]+")
_NO_LINE_START = "，。、；：！？）》”’】〕％%,.;:!?)]"


def line_widths(atoms: Sequence[Atom]) -> list[float]:
    """The widths in ems of the lines of a cell."""
    widths: list[float] = []
    for atom in atoms:
        if widths and atom.gap is Gap.SPACE:
            widths[-1] += 0.5 + atom.width
        else:
            widths.append(atom.width)
    return widths


def lead(printed: str) -> float:
    """The width of what must stand together at the beginning of a line."""
    run = _UNBREAKABLE.match(printed := printed.translate(_WIDE))
    first = ems(run[0]) if run else 1.0
    return first + (1.0 if not run and printed[1:2] and printed[1] in _NO_LINE_START else 0.0)


def fits_a_wrap(line: float, following: float, width: float) -> bool:
    """Whether a column of ``width`` would have broken after a line of width ``line``.

    It would not have where what leads the next line, ``following`` wide, still had room.
    """
    return line + following > width - 0.4

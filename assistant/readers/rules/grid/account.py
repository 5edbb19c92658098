"""The account of every character that is printed on a form: what role it has. Pure.

Law: every printed character is exactly one of heading, label, value, note or unread. What the
reader took for a label although it looks like a value is kept among the unread, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2s

from assistant.pages.grid import GridCell, line_text, lines_of, words_box
from assistant.pages.grounding import evidence_of
from assistant.structure.blocks import Pair, Path, Table
from assistant.structure.lattice import Cell, Lattice, Sheet
from assistant.structure.shape import bare
from assistant.text.years import A_YEAR
from schemas.geometry import Box, Page, Word
from schemas.readings import Evidence

_LABEL, _VALUE, _OTHER = "label", "value", "other"
_STRANGE = -1.0  # odds below which a label looks like a value


class Account:
    """Roles by cells and by words outside them."""

    def __init__(
        self, sheets: Sequence[Sheet], found: Sequence[Lattice], odds: Callable[[str], float]
    ) -> None:
        self._sheets, self._lattices, self._odds = sheets, found, odds
        self._roles: dict[int, str] = {}
        self._words: set[tuple[int, int]] = set()  # page number, id of a word
        self._others = 0  # characters of other forms
        self._cells = {id(p): c for lt in found for c in lt.cells for _, p in c.parts}
        self._heads: list[str] = []
        self._template: list[str] = []

    def take_path(self, path: Path) -> None:
        for cell in path:
            self._take_label(cell)

    def take_head(self, cell: Cell) -> None:
        if id(cell) not in self._roles and cell.text:
            self._roles[id(cell)] = _LABEL
            self._heads.append(cell.text)

    def _take_label(self, cell: Cell) -> None:
        """A label that belongs to the form's template, not to its content."""
        self.take_head(cell)
        if cell.text:
            self._template.append(A_YEAR.sub("", bare(cell.text)))

    def take_pair(self, pair: Pair) -> None:
        self._take_label(pair.label)
        for cell in pair.values:
            self._roles[id(cell)] = _VALUE

    def leave_out(self, cells: Iterable[Cell]) -> None:
        """Cells that belong to another form."""
        for cell in cells:
            self._roles[id(cell)] = _OTHER
            for page, part in cell.parts:
                self._words |= {(page.number, hash((w.text, w.box))) for w in part.words}
                self._others += sum(len(w.text) for w in part.words)

    def take_value(self, cell: Cell) -> None:
        self._roles[id(cell)] = _VALUE

    def take_heads(self, table: Table) -> None:
        for column in table.columns:
            for cell in column.heads:
                self._take_label(cell)

    def take_values(self, parts: Iterable[tuple[Page, GridCell]]) -> None:
        """Cells of which a reading was made."""
        for _, part in parts:
            if (cell := self._cells.get(id(part))) is not None:
                self._roles[id(cell)] = _VALUE

    def take_words(self, page: Page, words: Sequence[Word]) -> None:
        self._words |= {(page.number, hash((w.text, w.box))) for w in words}

    def take_box(self, page: Page, box: Box) -> None:
        """The words outside the tables whose middle lies in ``box``."""
        x0, y0, x1, y1 = box
        inside = [
            w for w in page.words
            if x0 - 1 <= w.box.centre[0] <= x1 + 1 and y0 - 1 <= w.box.centre[1] <= y1 + 1
        ]  # fmt: skip
        self.take_words(page, inside)

    def _open_cells(self) -> Iterator[tuple[Page, GridCell]]:
        """The cells without a role, and those whose role is doubtful."""
        for lattice in self._lattices:
            for cell in sorted(lattice.cells, key=lambda c: (c.r0, c.c0)):
                role = self._roles.get(id(cell))
                strange = role == _LABEL and self._odds(cell.text) < _STRANGE
                if cell.text and (role is None or strange):
                    yield from cell.parts

    def unread(self) -> list[Evidence]:
        """What is printed and held by no field, row or label, in printed order."""
        out: list[tuple[int, float, Evidence]] = []
        for page, cell in self._open_cells():
            for words in [cell.words] if cell.words else []:
                rest = self._rest(page, words)
                if rest:
                    text = "".join(line_text(line) for line in lines_of(rest))
                    box = words_box(rest)
                    out.append((page.number, box.y0, evidence_of(page, box, text)))
        for page, grid in self._sheets:
            for line in lines_of(self._rest(page, grid.outside)):
                box = words_box(line)
                out.append((page.number, box.y0, evidence_of(page, box, line_text(line))))
        return [evidence for *_, evidence in sorted(out, key=lambda o: o[:2])]

    def _rest(self, page: Page, words: Sequence[Word]) -> list[Word]:
        return [w for w in words if (page.number, hash((w.text, w.box))) not in self._words]

    def labels(self) -> list[str]:
        """The texts that have the role of a label or a heading."""
        return self._heads

    def coverage(self) -> float:
        """The share of the printed characters that have a role."""
        total = sum(len(w.text) for page, _ in self._sheets for w in page.words) - self._others
        unread = sum(len("".join(e.quote.split())) for e in self.unread())
        return round(1 - unread / total, 4) if total else 1.0

    def layout(self) -> str:
        """The id of the form's template: its labels in their order, whatever is filled in."""
        text = "|".join(dict.fromkeys(self._template))
        return blake2s(text.encode(), digest_size=6).hexdigest()

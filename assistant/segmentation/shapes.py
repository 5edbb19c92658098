"""Whether a page is a form by its structure alone, whatever it is called. Pure."""

from __future__ import annotations

import re

from assistant.pages.grid import build_grid
from assistant.structure.alignment import infer_rulings
from assistant.structure.blocks import Pair, Table
from assistant.structure.lattice import lattices
from assistant.structure.search import read_lattice
from assistant.structure.shape import NO_WORDS
from assistant.text.folding import comparable
from schemas.geometry import Page

_COLON = re.compile(r"[\u4e00-\u9fff()、/]{2,12}:\S")
_PAIRS = 4  # labels with a value of their own make a form
_SHARE = 0.25  # if they hold as much of the filled cells
_LIKELY = 0.0  # odds of a label's text to be one


def is_sheet_of_pairs(page: Page) -> bool:
    """Whether the tables of a page, drawn or not, are mostly labels with values, no rows of
    data."""
    (inferred,) = infer_rulings([page])
    grid = build_grid(page.words, [*page.rulings, *inferred.rulings])
    pairs = cells = 0
    for lattice in lattices([(page, grid)]):
        cells += sum(bool(cell.text) for cell in lattice.cells)
        for block in read_lattice(lattice, NO_WORDS.odds):
            if isinstance(block, Pair) and any(c.text for c in block.values):
                pairs += NO_WORDS.odds(block.label.text) > _LIKELY
            elif isinstance(block, Table) and len(block.rows) == 1 and len(block.columns) < 4:
                pairs += len(block.columns)
    if pairs >= _PAIRS and 2 * pairs >= _SHARE * cells:
        return True
    return _is_list_of_pairs(page)


def _is_list_of_pairs(page: Page) -> bool:
    """Whether most lines of a page are labels with a colon and what follows."""
    lines = [comparable(line) for line in page.text.splitlines() if line.strip()]
    said = sum(bool(_COLON.match(line)) for line in lines)
    return said >= 2 * _PAIRS and 2 * said >= len(lines)

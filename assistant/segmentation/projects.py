"""One table that holds all projects of a unit → a form a project. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from assistant.pages.grid import build_grid, draws_columns
from assistant.pages.scan.skew import upright
from assistant.segmentation.parts import own_pages
from assistant.structure.groups import Rows, projects_in
from assistant.structure.lattice import lattices
from assistant.structure.search import read_lattice
from assistant.structure.shape import NO_WORDS, bare
from assistant.text.folding import comparable
from schemas.forms import FIELDS
from schemas.forms.spec import wordings_of
from schemas.geometry import Page
from schemas.readings import FormSpan, form_id_of

_LEVEL = re.compile("[一二三]级指标|指标名称")
_BESIDE = 40.0  # points between the middles of two heads in one row of heads, at most


@cache
def _names() -> frozenset[str]:
    return frozenset(comparable(label) for label in wordings_of(FIELDS["name"]))


def is_name(head: str) -> bool:
    """Whether the head of a column (comparable form) says that it names projects."""
    return head in _names() or bare(head) in _names()


def is_level(head: str) -> bool:
    """Whether the head of a column (comparable form) says that it tells indicators apart."""
    return _LEVEL.match(head) is not None


def parted(spans: list[FormSpan], pages: Mapping[int, Page]) -> Iterator[FormSpan]:
    """The forms, those in whose table several projects stand as one form a project."""
    taken: dict[int, int] = {}
    for span in spans:
        found = list(_parted(span, pages)) if _may_hold_several(pages[span.pages[0]]) else []
        for one in found or [span]:
            first = one.pages[0]
            taken[first] = taken.get(first, 0) + 1
            yield one.model_copy(update={"form_id": form_id_of(first, taken[first])})


def _may_hold_several(page: Page) -> bool:
    """Whether heads of projects and of indicators stand in one row of heads."""
    if not draws_columns(page.rulings):
        return False
    heads = [(w.box.centre, comparable(w.text)) for w in page.words]
    names = [at for at, text in heads if text.startswith("项目名")]
    levels = [at for at, text in heads if _LEVEL.match(text)]
    return any(abs(a[1] - b[1]) < _BESIDE and a[0] < b[0] for a in names for b in levels)


def _parted(span: FormSpan, pages: Mapping[int, Page]) -> Iterator[FormSpan]:
    own = [upright(page) for page in own_pages([pages[n] for n in span.pages], span)]
    sheets = [(page, build_grid(page.words, page.rulings)) for page in own]
    blocks = (b for lattice in lattices(sheets) for b in read_lattice(lattice, NO_WORDS.odds))
    found = projects_in(blocks, is_name, is_level)
    for nth, rows in enumerate(found[1] if found else (), 1):
        yield span.model_copy(
            update={"pages": _pages(rows), "table_pages": list(span.pages), "project": nth}
        )


def _pages(rows: Rows) -> list[int]:
    own = {page.number for row in rows for cell in row[-3:] if cell for page, _ in cell.parts}
    return sorted(own)

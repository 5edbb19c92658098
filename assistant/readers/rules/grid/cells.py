"""A cell of a lattice → a reading, a printed label, the kind of what it says. Pure."""

from __future__ import annotations

import re

from assistant.readers.rules.values import read_cell
from assistant.structure.lattice import Cell
from assistant.text.amounts import parse_amount
from assistant.text.folding import comparable
from assistant.text.years import year_of
from schemas.forms import Kind
from schemas.readings import Reading

_MONEY = re.compile(
    r"[额款金数]$|资金|金额|预算|投资|拨款|支出|收入|\((?:元|万元)\)|单位:(?:元|万元)"
)
_GROUPED = re.compile(r"\d,\d{3}|\d\.\d{2}$")
_LONG = 40  # characters: a text that is longer is read with its paragraphs


def read(kind: Kind, *cells: Cell) -> Reading:
    """The value of cells that belong together."""
    return read_cell(kind, [part for cell in cells for part in cell.parts])


def printed_label(cell: Cell) -> str:
    """A label as printed, without the breaks of its lines and the colon at its end."""
    text = "".join("".join(part.joined.split()) for _, part in cell.parts)
    return text.rstrip("：:")


def kind_of(label: str, value: str) -> Kind:
    """The kind of a value that no field of the schema names, by its content; both comparable."""
    if parse_amount(value) is not None:
        return Kind.AMOUNT if _GROUPED.search(value) or _MONEY.search(label) else Kind.TEXT
    if year_of(value) and "年" in label:
        return Kind.YEAR
    return Kind.LONG_TEXT if len(comparable(value)) > _LONG else Kind.TEXT

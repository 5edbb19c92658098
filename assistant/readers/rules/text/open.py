"""What page text says beside the labels that are known: pairs of unknown ones, and the rest. Pure.

Between two known labels a short value is one cell. Where lines follow that no cell would wrap to,
a label that nobody knows and its value stand there; they are guesses. And what no reading holds
is unread: nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.readers.rules.grid.cells import kind_of
from assistant.readers.rules.labels import all_labels
from assistant.readers.rules.names import words
from assistant.readers.rules.text.runs import (
    Atom,
    Gap,
    cell_text,
    evidence_for,
    joined,
    runs_of_lines,
)
from assistant.readers.rules.values import parse
from assistant.structure.sequence import Gap as Before
from assistant.structure.sequence import Run, read_sequence
from assistant.structure.shape import bare
from assistant.text.folding import comparable
from assistant.text.years import YEAR
from schemas.forms import FormType, Kind
from schemas.forms.spec import open_key
from schemas.readings import Doubt, Evidence, FormReading, Reading

_LABEL = re.compile(r"[\u4e00-\u9fff()/、]{2,14}:?")
_YEAR_LINE = re.compile(rf"\(({YEAR})年度?\)")
# What is read with these doubts may stand in another cell: its text counts as unread as well.
_PLACE_UNKNOWN = {Doubt.SPLIT_GUESSED, Doubt.LAYOUT_TEXT}
_BEFORE = {Gap.SPACE: Before.SPACE, Gap.LINE: Before.LINE, Gap.BLANK: Before.BLANK}
_SIDE_BY_SIDE = 0.2  # of the runs
_HEAD = 12  # runs from the top of a form among which its year stands


def unknown_pairs(value: Sequence[Atom]) -> tuple[Sequence[Atom], dict[str, Reading]]:
    """The lines of a short value that are its own, and the pairs that follow them."""
    lines = runs_of_lines(value)
    if len(lines) < 3 or len(lines) % 2 == 0 or any(a.gap is Gap.PAGE for a in value[1:]):
        return value, {}
    rest = lines[1:]
    labels = [joined(line) for line in rest[::2]]
    if not all(_LABEL.fullmatch(label) for label in labels):
        return value, {}
    out: dict[str, Reading] = {}
    for head, body in zip(rest[::2], rest[1::2], strict=True):
        label = "".join(a.printed for a in head).rstrip("：:")
        said, doubts = parse(Kind.TEXT, cell_text(body))
        out.setdefault(
            open_key(label),
            Reading(
                value=said, evidence=evidence_for(body), label=label, kind=Kind.TEXT,
                doubts=(*doubts, Doubt.SPLIT_GUESSED),
            ),
        )  # fmt: skip
    return lines[0], out


def pairs_in_order(
    atoms: Sequence[Atom], fields: Mapping[str, Reading], form_type: FormType
) -> dict[str, Reading]:
    """What the order of the cells tells beside ``fields``: values of known labels that are none
    of these or end before what else was taken for them, and labels that nobody knows. All of it
    are guesses. Nothing where cells stand side by side on a line."""
    spaces = sum(a.gap is Gap.SPACE for a in atoms)
    if spaces > _SIDE_BY_SIDE * len(atoms):
        return {}
    runs = [Run(a.text, a.width, _BEFORE.get(a.gap, Before.LINE)) for a in atoms]
    labels, odds = all_labels(form_type), words().odds
    out: dict[str, Reading] = {}
    for part in read_sequence(runs, odds):
        if part.label is None or part.value is None:
            continue
        head, body = atoms[slice(*part.label)], atoms[slice(*part.value)]
        text = joined(head)
        found = labels.find(text) or labels.find(bare(text)) or labels.like(text)
        if found is None and odds(text) < 0:
            continue
        label = "".join(a.printed for a in head).rstrip("：:")
        name = found.field.name if found else open_key(label)
        kind = found.field.kind if found else kind_of(text, joined(body))
        if kind is Kind.UNIT or name in out:
            continue
        if (known := fields.get(name)) is not None:
            said = comparable(str(known.value or ""))
            if not said.startswith(joined(body)) or said == joined(body):
                continue
        value, doubts = parse(kind, cell_text(body))
        out[name] = Reading(
            value=value, evidence=evidence_for(body), label=label, kind=None if found else kind,
            unit=(found.unit if found else None), doubts=(*doubts, Doubt.SPLIT_GUESSED),
        )  # fmt: skip
    return out


def stated_year(atoms: Sequence[Atom]) -> Reading | None:
    """The year of the form in a line of its own below the title."""
    for atom in atoms[:_HEAD]:
        if stated := _YEAR_LINE.fullmatch(atom.text):
            place = evidence_for([atom])
            return Reading(value=int(stated[1]), evidence=place, label=atom.printed)
    return None


def unread(
    atoms: Sequence[Atom], reading: FormReading, labels: Iterable[str], title: str
) -> tuple[list[Evidence], float]:
    """The runs that no reading and no label holds, line by line, and the share of the characters
    that something holds."""
    rows = [row for table in reading.tables.values() for row in table]
    cells = [reading.fields, *rows, *reading.totals.values()]
    said = [r for cell in cells for r in cell.values() if _PLACE_UNKNOWN.isdisjoint(r.doubts)]
    quotes = (comparable(r.evidence.quote) for r in said if r.evidence)
    values = (comparable(str(r.value)) for r in said if r.value is not None)
    held = "\n".join([comparable(title), *labels, *quotes, *values])
    lines: list[list[Atom]] = []
    for atom in atoms:
        if atom.text in held:
            continue
        if not lines or atom.gap is not Gap.SPACE:
            lines.append([])
        lines[-1].append(atom)
    total = sum(len(a.text) for a in atoms)
    open_ = sum(len(a.text) for line in lines for a in line)
    places = [place for line in lines if (place := evidence_for(line))]
    return places, round(1 - open_ / total, 4) if total else 1.0

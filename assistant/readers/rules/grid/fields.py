"""Blocks → the fields of a form: what stands beside, under or after each label. Pure.

An :class:`Entry` is a label with its value, as the page has them. Entries are named by the
schema's wordings; what no wording names keeps its label as printed (``x:`` and the label, with
its parent where the label stands under two).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.pages.grid import GridCell
from assistant.readers.rules.grid.cells import kind_of, printed_label
from assistant.readers.rules.grid.rows import SURE, total_rows, with_doubts
from assistant.readers.rules.labels import Label, Labels
from assistant.readers.rules.values import MARKS, read_cell
from assistant.structure.blocks import Pair, Table
from assistant.structure.shape import bare
from assistant.text.folding import comparable
from schemas.forms import Kind
from schemas.forms.spec import open_key
from schemas.geometry import Page
from schemas.readings import Doubt, Doubts, Reading

Part = tuple[Page, GridCell]
_STRANGE = -1.0  # odds below which what stands where a label should looks like a value
_SUMS = ("总额", "合计", "总计", "总金额", "小计")


@dataclass(frozen=True, slots=True)
class Entry:
    """A printed label with its value. ``parents`` are the labels above it, the nearest last;
    ``place`` is where the label stands; ``crossed`` says that its parent is the head of its row."""

    label: str
    parents: tuple[str, ...]
    values: tuple[Part, ...]
    place: Part
    doubts: Doubts = ()
    crossed: bool = False
    column: tuple[int, int] = (0, 0)  # lattice columns of the label

    @property
    def folded(self) -> str:
        return comparable(self.label)

    @property
    def unit(self) -> str | None:
        """The unit of money that the label names, or the nearest one above it."""
        texts = (self.label, *reversed(self.parents))
        return next((u for text in texts if (u := Labels.unit_of(comparable(text)))), None)


def entry_of(pair: Pair, odds: float) -> Entry:
    """The entry of a pair whose label has these odds to be one."""
    guessed = pair.margin < SURE or odds < _STRANGE
    filled = [c for c in pair.values if c.text] or list(pair.values[:1])
    side_by_side = len(filled) > 1 and filled[0].r0 == filled[1].r0
    return Entry(
        printed_label(pair.label),
        tuple(printed_label(c) for c in pair.path),
        tuple(part for c in filled for part in c.parts),
        pair.label.parts[0],
        (Doubt.STRUCTURE_GUESSED,) if guessed or side_by_side else (),
        column=(pair.label.c0, pair.label.c1),
    )


def entries_under(pair: Pair, tables: Sequence[Table]) -> list[Entry] | None:
    """A label with several values side by side, each under a column of the last table above that
    has such columns: a row of sums that stands by itself. None where there is no such table."""
    values = [c for c in pair.values if c.text]
    if len(values) < 2:
        return None
    for table in reversed(tables):
        heads = {(c.c0, c.c1): c for c in table.columns if c.text}
        if all((v.c0, v.c1) in heads for v in values):
            return [
                Entry(
                    printed_label(heads[v.c0, v.c1].heads[-1]), (printed_label(pair.label),),
                    v.parts, heads[v.c0, v.c1].heads[-1].parts[0], crossed=True,
                )
                for v in values
            ]  # fmt: skip
    return None


def entries_of_table(table: Table) -> Iterator[Entry] | None:
    """The cells of a table as entries, where it is one row under heads or a matrix of figures;
    None where it is a table of rows."""
    if len(table.rows) == 1:
        return _one_row(table)
    if _is_matrix(table):
        return _matrix(table)
    return None


def _doubts(table: Table) -> Doubts:
    return (Doubt.STRUCTURE_GUESSED,) if table.margin < SURE else ()


def _one_row(table: Table) -> Iterator[Entry]:
    parents = tuple(printed_label(c) for c in table.path)
    seen: set[int] = set()
    for column, cell in zip(table.columns, table.rows[0], strict=True):
        if cell is None or id(cell) in seen or not column.heads[-1].text:
            continue
        seen.add(id(cell))
        above = tuple(printed_label(h) for h in column.heads[:-1] if h.text)
        yield Entry(
            printed_label(column.heads[-1]), (*parents, *above), cell.parts,
            column.heads[-1].parts[0], _doubts(table), column=(column.c0, column.c1),
        )  # fmt: skip


def _is_matrix(table: Table) -> bool:
    """Whether labels head the rows, and only figures or nothing stand in them."""
    if not table.leading or not table.rows:
        return False
    heads = {id(row[table.leading - 1]) for row in table.rows}
    if len(heads) < len(table.rows):
        return False
    leads = [row[: table.leading] for row in table.rows]
    merged = all(len({id(c) for c in lead}) < table.leading for lead in leads[:1])
    if table.leading > 2 or (table.leading == 2 and not (merged or _spans(table))):
        return False
    columns = [_figures(table, n) for n in range(table.leading, len(table.columns))]
    if table.leading > 1 and False in columns:
        return False
    return columns.count(True) > columns.count(False)


def _figures(table: Table, n: int) -> bool | None:
    """Whether a column holds figures: None where it is empty, or one cell stands for all rows."""
    cells = {id(row[n]): row[n] for row in table.rows}
    filled = [c for c in cells.values() if c is not None and c.text]
    if not filled or (len(cells) == 1 and len(table.rows) > 1):
        return None
    return all(_is_figure(c.text) for c in filled)


def _spans(table: Table) -> bool:
    first = [id(row[0]) for row in table.rows]
    return len(set(first)) < len(first)


def _is_figure(text: str) -> bool:
    return len(text) < 30 and (any(c.isdigit() for c in text) or not any(c.isalnum() for c in text))


def _matrix(table: Table) -> Iterator[Entry]:
    parents = tuple(printed_label(c) for c in table.path)
    values = table.columns[table.leading :]
    seen: set[int] = set()
    for row in table.rows:
        leads = list(dict.fromkeys(c for c in row[: table.leading] if c is not None and c.text))
        if not leads:
            continue
        above = tuple(printed_label(c) for c in leads)
        for n, column in enumerate(values, table.leading):
            cell = row[n]
            if cell is None or not column.heads[-1].text or id(cell) in seen:
                continue
            seen.add(id(cell))
            if not _is_figure(cell.text) and sum(r[n] is cell for r in table.rows) > 1:
                yield Entry(
                    printed_label(column.heads[-1]), parents, cell.parts,
                    column.heads[-1].parts[0], _doubts(table),
                )  # fmt: skip
                continue
            heads = tuple(printed_label(h) for h in column.heads if h.text)
            yield Entry(
                heads[-1], (*parents, *heads[:-1], *above), cell.parts,
                column.heads[-1].parts[0], _doubts(table), crossed=True,
                column=(column.c0, column.c1),
            )  # fmt: skip


def entries_in_columns(table: Table, columns: Sequence[int]) -> Iterator[Entry]:
    """What one cell says for all rows of a table, under the head of its column."""
    for n in columns:
        cell, column = table.rows[0][n], table.columns[n]
        if cell is not None:
            yield Entry(
                printed_label(column.heads[-1]), (), cell.parts, column.heads[-1].parts[0],
                _doubts(table),
            )  # fmt: skip


def entries_of_totals(table: Table) -> Iterator[Entry]:
    """What the rows of sums say under each head."""
    for row in total_rows(table):
        head = next(c for c in row if c is not None and c.text)
        for column, cell in zip(table.columns, row, strict=True):
            if cell is None or cell is head or not cell.text or not column.heads[-1].text:
                continue
            yield Entry(
                printed_label(column.heads[-1]), (printed_label(head),), cell.parts,
                column.heads[-1].parts[0], crossed=True,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """An entry with the label of the schema that it is."""

    entry: Entry
    label: Label


def find_label(entry: Entry, labels: Labels) -> Label | None:
    """The schema's label that an entry's is; its unit may stand with a label above it."""
    if entry.crossed:
        return None
    found = next((label for text in _spellings(entry.folded) if (label := labels.find(text))), None)
    found = found or labels.like(entry.folded)
    if found and found.field.kind is Kind.CHOICE and found.borrowed and _has_options(entry):
        return None  # options stay as printed: nobody has said what they are
    if found is None or found.unit or found.field.kind is not Kind.AMOUNT:
        return found
    return replace(found, unit=entry.unit)


def _spellings(label: str) -> Iterator[str]:
    """A label (comparable form) as printed, without what qualifies it, with and without 项目."""
    plain = bare(label)
    yield from (label, plain)
    yield plain.removeprefix("项目") if plain.startswith("项目") else f"项目{plain}"


def _has_options(entry: Entry) -> bool:
    return any(mark in cell.folded for _, cell in entry.values for mark in MARKS)


def read_fields(entries: Sequence[Entry], labels: Labels) -> tuple[dict[str, Reading], list[Named]]:
    """The fields by their keys in printed order, and the entries that the schema names.

    Of two entries for one field the schema's own wording goes before synonyms, the first before
    later ones; the others stay under their printed labels.
    """
    named = [Named(e, label) for e in entries if (label := find_label(e, labels))]
    best: dict[str, Named] = {}
    for one in named:
        name = one.label.field.name
        if name not in best or one.label.rank < best[name].label.rank:
            best[name] = one
    chosen = {id(n.entry): name for name, n in best.items()}
    keys = _open_keys(entries, [e for e in entries if id(e) not in chosen])
    out: dict[str, Reading] = {}
    for entry in entries:
        if name := chosen.get(id(entry), ""):
            out[name] = _read_named(best[name], labels)
    for entry in entries:
        if id(entry) in chosen:
            continue
        twin = next((n for n in named if n.entry is entry), None)
        reading = _read_open(entry)
        if twin and twin.label == best[twin.label.field.name].label:
            name = twin.label.field.name
            if reading.value is not None and out[name].value is not None:
                if comparable(str(reading.value)) == comparable(str(out[name].value)):
                    continue  # printed again
                out[name] = with_doubts(out[name], (Doubt.PRINTED_TWICE,))
        out[keys[id(entry)]] = reading
    return out, list(best.values())


def _read_named(one: Named, labels: Labels) -> Reading:
    entry, field = one.entry, one.label.field
    reading = read_cell(field.kind, entry.values) if entry.values else Reading()
    doubts = list(entry.doubts)
    if (
        field.kind is not Kind.LONG_TEXT
        and entry.values
        and labels.inside(entry.values[0][1].folded)
    ):
        doubts.append(Doubt.LABEL_INSIDE)
    return with_doubts(reading, doubts).model_copy(update={"label": entry.label})


def _read_open(entry: Entry) -> Reading:
    text = "".join(cell.folded for _, cell in entry.values)
    kind = kind_of(comparable("".join((*entry.parents[-1:], entry.label))), text)
    if _has_options(entry):
        kind = Kind.LONG_TEXT  # options stay as printed: nobody has said that this is a choice
    reading = read_cell(kind, entry.values) if entry.values else Reading()
    unit = entry.unit if kind is Kind.AMOUNT else None
    kept = reading.model_copy(update={"label": entry.label, "kind": kind, "unit": unit})
    return with_doubts(kept, entry.doubts)


def _open_keys(entries: Sequence[Entry], unnamed: Sequence[Entry]) -> dict[int, str]:
    """A key for each of ``unnamed``: its label, with as much of what stands above it as tells it
    apart."""
    count = Counter(e.folded for e in unnamed)
    keys: dict[int, str] = {}
    used: Counter[str] = Counter()
    for entry in unnamed:
        label = entry.label
        if entry.crossed or count[entry.folded] > 1:
            label = "/".join((*_telling(entries, entry), entry.label))
        used[label] += 1
        keys[id(entry)] = open_key(label if used[label] == 1 else f"{label}#{used[label]}")
    return keys


def _telling(entries: Sequence[Entry], entry: Entry) -> tuple[str, ...]:
    """What tells an entry apart from others of its label: the nearest head above it that does,
    else the sum that it is a part of; else the nearest label that stands alone on the form, over
    it in its column where the others stand in other columns, before it where they stand below
    each other, as the date of a signature after an opinion."""
    at = next(n for n, e in enumerate(entries) if e is entry)
    rivals = [e for e in entries if e.folded == entry.folded and e is not entry]
    for n in range(1, len(entry.parents) + 1):
        if all(e.parents[-n:][:1] != entry.parents[-n:][:1] for e in rivals):
            return entry.parents[-n:][:1]
    column = [e for e in entries[:at] if e.column == entry.column and e.parents == entry.parents]
    sums = [e.label for e in column if any(s in e.label for s in _SUMS)]
    if sums or not rivals:
        return (sums[-1],) if sums else entry.parents[-1:]
    count = Counter(e.folded for e in entries)
    aside = all(e.column != entry.column for e in rivals)
    before = [e.label for e in (column if aside else entries[:at]) if count[e.folded] == 1]
    return (before[-1],) if before else entry.parents[-1:]

"""Laws of the figures that stand under printed labels, which no field of the schema names. Pure.

The figures of a self-evaluation stand in a matrix of row heads and column heads, and its scores
in columns of the indicators (``x:年度资金总额/执行率``). What a law needs is found by the words of
the labels, so it holds for any layout that prints them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.text.folding import comparable
from schemas.forms.spec import OPEN, LawSpec, NotOver, Parts, Rate, is_open
from schemas.records import Cell, Record

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cells that must agree, whether they do, and which of them that proves."""

    spec: LawSpec
    cells: tuple[Cell, ...]
    holds: bool
    proves: tuple[Cell, ...] = ()


Group = dict[str, Cell]  # the cells of one row head or row, by the label of the column


def agreements(spec: Rate | NotOver | Parts, record: Record) -> Iterator[Agreement]:
    """What a law says of a record, once for each place where all it speaks of is printed."""
    heads = _heads(record.fields)
    rows = [
        {name.removeprefix(OPEN): cell for name, cell in row.items() if is_open(name)}
        for table in record.tables.values()
        for row in table
    ]
    match spec:
        case Rate():
            for group in heads.values():
                yield from _rate(spec, group)
        case NotOver():
            for group in (*heads.values(), *rows):
                yield from _not_over(spec, group)
        case Parts():
            yield from _parts(spec, heads)


def _heads(fields: Mapping[str, Cell]) -> dict[str, Group]:
    """The cells under open keys by all of the key before its last part, in printed order."""
    out: dict[str, Group] = {}
    for name, cell in fields.items():
        if is_open(name):
            head, _, label = name.removeprefix(OPEN).rpartition("/")
            if head:
                out.setdefault(head, {})[label] = cell
    return out


def _find(group: Group, word: str) -> Cell | None:
    """The only cell whose label holds ``word``."""
    found = [cell for label, cell in group.items() if word in label]
    return found[0] if len(found) == 1 else None


def number_of(cell: Cell | None) -> Decimal | None:
    """The number that a cell prints, a per cent sign after it left out."""
    if cell is None or cell.value is None:
        return None
    text = comparable(str(cell.value)).replace(",", "").removesuffix("%")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _rate(spec: Rate, group: Group) -> Iterator[Agreement]:
    rate, part = _find(group, spec.rate), _find(group, spec.part)
    wholes = (w for word in spec.wholes if (w := _find(group, word)) is not None)
    whole = next(wholes, None)
    said, one, all_ = number_of(rate), number_of(part), number_of(whole)
    if rate is None or part is None or whole is None:
        return
    if said is None or one is None or not all_:
        return
    per_cent = comparable(str(rate.value)).endswith("%")
    exact = one / all_ * (_HUNDRED if per_cent or said > 2 else 1)
    unit = Decimal(1).scaleb(int(said.as_tuple().exponent))
    cells = (rate, part, whole)
    # Some round and some cut off: the last digit may be one less.
    yield Agreement(spec, cells, abs(exact - said) < unit, cells)


def _not_over(spec: NotOver, group: Group) -> Iterator[Agreement]:
    part, whole = _find(group, spec.part), _find(group, spec.whole)
    got, most = number_of(part), number_of(whole)
    if part is not None and whole is not None and got is not None and most is not None:
        yield Agreement(spec, (part, whole), got <= most)


def _parts(spec: Parts, heads: Mapping[str, Group]) -> Iterator[Agreement]:
    """The rows of a matrix after a total, up to the next one."""
    blocks: list[list[Group]] = []
    for head, group in heads.items():
        if any(word in head for word in spec.total):
            blocks.append([group])
        elif blocks:
            blocks[-1].append(group)
    for total, *parts in blocks:
        for label, cell in total.items():
            added = [part[label] for part in parts if number_of(part.get(label))]
            whole = number_of(cell)
            numbers = [number_of(c) or Decimal(0) for c in added]
            if whole and added and sum(numbers) == whole and not _is_rate(cell):
                yield Agreement(spec, (cell, *added), True, (cell, *added))


def _is_rate(cell: Cell) -> bool:
    return comparable(str(cell.value)).endswith("%")

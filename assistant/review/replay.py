"""Review decisions on a record. Pure.

Decisions are replayed in the order they were made over the reconciled record,
each at the address the cell had when the decision was made, so that they
outlive a re-reading. What a person decided stands, whatever the readers say
later; an approval holds only for the values it was given for.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.errors import InvalidValue, JixiaoError, NotFound
from assistant.text.amounts import UNITS, parse_amount
from assistant.text.folding import comparable
from assistant.text.years import year_of
from schemas.forms import Kind
from schemas.readings import Value
from schemas.records import Approval, Cell, CellRef, Record, State, iter_cells
from schemas.review import Decision

_CODE = re.compile(r"[0-9A-Za-z*#/()+-]*\d[0-9A-Za-z*#/()+-]*")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A record with its decisions applied. ``lost`` are the decisions whose cell the present
    reading no longer has: kept and reported, never dropped."""

    record: Record
    lost: tuple[Decision, ...]


def reviewed(record: Record, decisions: Iterable[Decision]) -> Reviewed:
    """Replays ``decisions`` (oldest first) over a fresh copy of ``record``."""
    decisions = list(decisions)
    if not decisions:  # as most records are: no copy of every cell
        return Reviewed(record.model_copy(update={"approval": _unapproved(record)}), ())
    replay = _Replay(record)
    lost = [d for d in decisions if not replay.take(d)]
    current = replay.record.model_copy(update={"approval": replay.approval()})
    return Reviewed(current, tuple(lost))


def apply(record: Record, decisions: Iterable[Decision]) -> Record:
    """The record as it stands after ``decisions``; see :func:`reviewed`."""
    return reviewed(record, decisions).record


class _Replay:
    def __init__(self, record: Record) -> None:
        self._original = record
        self.record = record.model_copy(deep=True)
        self._read: dict[str, Cell] = {}  # by today's address, the cell as the readers left it
        self._index()
        self._approved = False

    def _index(self) -> None:
        fresh = iter_cells(self._original)
        pairs = list(zip(iter_cells(self.record), fresh, strict=True))
        self._cells = {now.path: now.cell for now, _ in pairs}
        self._read = {now.path: then.cell for now, then in pairs}

    def take(self, decision: Decision) -> bool:
        if not decision.path:
            return self._take_whole(decision)
        cell = self._cells.get(decision.path)
        if cell is None:
            return False
        self._approved = False
        fits = _decide(cell, decision, self._read[decision.path])
        if _is_key(self.record, decision.path):
            self._index()
        return fits

    def _take_whole(self, decision: Decision) -> bool:
        if decision.action == "reopen":
            self._approved = False
        elif decision.action == "approve":
            self._approved = not count_open(self.record) and (
                decision.after in (None, fingerprint(self.record))
            )
            return self._approved
        return decision.action in ("approve", "reopen")

    def approval(self) -> Approval:
        if self._approved and not count_open(self.record):
            return "approved"
        return _unapproved(self.record)


def _unapproved(record: Record) -> Approval:
    rows = [row for table in record.tables.values() for row in table]
    groups = [record.fields, *rows, *record.totals.values()]
    disputed = any(c.state is State.DISPUTED for group in groups for c in group.values())
    return "disputed" if disputed else "unreviewed"


def _is_key(record: Record, path: str) -> bool:
    """Whether the cell's value is part of its row's address."""
    table, column = path.partition("[")[0], path.rpartition(".")[2]
    return any(t.name == table and column in t.key for t in record.spec.tables)


def _decide(cell: Cell, decision: Decision, read: Cell) -> bool:
    """Changes ``cell``; False if the decision no longer fits what was read."""
    if decision.action == "reject":
        # Neither reader was right and nobody said what is: nothing may be answered from it.
        cell.value, cell.state, cell.needs_review = None, State.UNREADABLE, True
        return True
    if decision.action == "reopen":
        cell.value, cell.state, cell.needs_review = read.value, read.state, read.needs_review
        return True
    value = decision.after
    if decision.action == "accept" and value is None:
        value = decision.before
        if value is None and cell.value is not None:
            return False  # an empty cell was accepted, and now something is read there
    cell.value, cell.state, cell.needs_review = value, State.REVIEWED, False
    return True


def fingerprint(record: Record) -> str:
    """A hash of a record's values: an approval is worth what it was given for."""
    values = [(ref.path, ref.cell.value) for ref in iter_cells(record)]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]


def count_open(record: Record) -> int:
    """How many cells wait for a person."""
    return sum(ref.cell.needs_review for ref in iter_cells(record))


def cell_at(record: Record, path: str) -> CellRef:
    """The cell at ``path``. Raises :class:`NotFound`."""
    for ref in iter_cells(record):
        if ref.path == path:
            return ref
    raise NotFound("decision.no_cell", form=record.form_id, path=path)


def prepared(record: Record, decision: Decision) -> Decision:
    """A new decision, checked against ``record`` as it stands and completed with the value
    before and after, ready to be kept.

    Raises :class:`NotFound`, :class:`InvalidValue`, or :class:`JixiaoError` where the record
    does not allow it.
    """
    if not decision.path:
        return _prepared_whole(record, decision)
    if decision.action == "approve":
        raise JixiaoError("decision.single_cell")
    if record.approval == "approved":
        raise JixiaoError("decision.approved", form=record.form_id)
    ref = cell_at(record, decision.path)
    after = _value_after(ref, decision)
    return decision.model_copy(update={"before": ref.cell.value, "after": after})


def _value_after(ref: CellRef, decision: Decision) -> Value:
    if decision.action == "correct":
        text = "" if decision.after is None else str(decision.after)
        return validated(ref.kind, text)
    if decision.action == "accept":
        if decision.after is None and ref.cell.value is None and _has_values(ref.cell):
            raise JixiaoError("decision.readers_differ", label=ref.label)
        return ref.cell.value if decision.after is None else decision.after
    return None


def _has_values(cell: Cell) -> bool:
    return any(r.value is not None for r in cell.readings.values())


def _prepared_whole(record: Record, decision: Decision) -> Decision:
    if decision.action not in ("approve", "reopen"):
        raise JixiaoError("decision.no_path", action=decision.action)
    if decision.action == "reopen":
        return decision
    if waiting := count_open(record):
        code = "decision.one_open" if waiting == 1 else "decision.open"
        raise JixiaoError(code, form=record.form_id, count=waiting)
    return decision.model_copy(update={"after": fingerprint(record)})


def value_of_reader(cell: Cell, reader: str) -> Value:
    """What ``reader`` said of a cell. Raises :class:`NotFound`."""
    if reader not in cell.readings:
        code = "decision.no_reader" if cell.readings else "decision.no_readers"
        raise NotFound(code, reader=reader, known=", ".join(cell.readings))
    return cell.readings[reader].value


def _amount(text: str) -> Value:
    return parse_amount(text)


def _year(text: str) -> Value:
    return year_of(comparable(text))


def _code(text: str) -> Value:
    folded = comparable(text)
    return folded if _CODE.fullmatch(folded) else None


def _unit(text: str) -> Value:
    folded = comparable(text)
    return folded if folded in UNITS else None


def _line(text: str) -> Value:
    return " ".join(text.split())


def _paragraphs(text: str) -> Value:
    return "\n".join(line.strip() for line in text.strip().splitlines())


_CHECKS: dict[Kind, Callable[[str], Value]] = {
    Kind.AMOUNT: _amount,
    Kind.NUMBER: _amount,
    Kind.YEAR: _year,
    Kind.CODE: _code,
    Kind.UNIT: _unit,
    Kind.CHOICE: _line,
    Kind.TEXT: _line,
    Kind.LONG_TEXT: _paragraphs,
}


def validated(kind: Kind, text: str) -> Value:
    """A typed value from what a person typed; nothing typed is an empty cell (None).

    A lone ``-`` stands for itself, as forms print it. Raises :class:`InvalidValue`.
    """
    if not text.strip():
        return None
    if comparable(text) in ("-", "—", "--") and kind is not Kind.UNIT:
        return text.strip()
    value = _CHECKS[kind](text)
    if value is None:
        raise InvalidValue(f"value.{kind.value}", text=text.strip()[:40], units=", ".join(UNITS))
    return value


def decisions_of(decisions: Sequence[Decision], path: str) -> list[Decision]:
    """The history of one cell, oldest first."""
    return [d for d in decisions if d.path == path]

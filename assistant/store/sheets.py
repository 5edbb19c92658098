"""A record as answering reads it: every value with its place, without what each reader said
of the cells that nobody disputes. A quarter of the record, and read in a third of the time. Pure.
"""

from __future__ import annotations

from schemas.records import Cell, Record, RecordRow, State


def sheet_of(record: Record) -> str:
    """``record`` as it stands after review, as compact JSON."""
    slim = record.model_copy(
        update={
            "fields": _slim(record.fields),
            "tables": {name: [_slim(row) for row in rows] for name, rows in record.tables.items()},
            "totals": {name: _slim(row) for name, row in record.totals.items()},
        }
    )
    return slim.model_dump_json(exclude_defaults=True)


def record_of(sheet: str) -> Record:
    return Record.model_validate_json(sheet)


def _slim(cells: RecordRow) -> RecordRow:
    return {name: _without_readings(cell) for name, cell in cells.items()}


def _without_readings(cell: Cell) -> Cell:
    if cell.state is State.DISPUTED:
        return cell  # both readings are told
    return cell.model_copy(update={"readings": {}})

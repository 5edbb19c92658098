"""A reading under the names that people gave the labels of its layout. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.text.amounts import parse_amount
from assistant.text.folding import comparable
from assistant.text.years import year_of
from schemas.forms import FIELDS, Kind
from schemas.forms.spec import is_open
from schemas.readings import FormReading, Reading, Value


def named(reading: FormReading, names: Mapping[tuple[str, str], str]) -> FormReading:
    """``reading`` with its open labels under the fields that ``names`` says they are, by layout
    and printed label; a field that was read with a value keeps it."""
    if not names or not reading.layout:
        return reading
    fields: dict[str, Reading] = {}
    for key, read in reading.fields.items():
        field = names.get((reading.layout, read.label)) if is_open(key) else None
        taken = field in fields or (field in reading.fields and reading.fields[field].value)
        if field is None or taken or field not in FIELDS:
            fields.setdefault(key, read)
            continue
        value = _as(FIELDS[field].kind, read.value)
        fields[field] = read.model_copy(update={"value": value, "kind": None})
    return reading.model_copy(update={"fields": fields})


def _as(kind: Kind, value: Value) -> Value:
    """A value that was read as text, as one of ``kind`` where it can be."""
    text = comparable(str(value)) if value is not None else ""
    if kind is Kind.YEAR and (year := year_of(text)):
        return year
    if kind is Kind.AMOUNT and (amount := parse_amount(text)):
        return amount
    return value

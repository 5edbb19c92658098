"""The description of the forms: families are found, and what they say of their fields is so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import ValidationError

import schemas.forms
from schemas.forms import FORMS, TABLES
from schemas.forms.spec import EqualsTotal, NotOver, Parts, Product, Rate, StandsIn, SumsByYear
from tests.library import make_record


def _named(form_type: str) -> Iterator[str]:
    """Every field that a family's roles and rules name."""
    spec = FORMS[form_type]
    for role in asdict(spec.roles).values():
        yield from [role] if isinstance(role, str) else role
    yield from (*spec.required, *(name for pair in spec.together for name in pair))
    yield from (law.field for law in spec.laws if isinstance(law, EqualsTotal | StandsIn))


@pytest.mark.parametrize("form_type", FORMS)
def test_roles_are_played_by_fields(form_type: str) -> None:
    fields = {field.name for field in FORMS[form_type].fields}
    assert {name for name in _named(form_type) if name} <= fields


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_a_table_names_are_its_columns(table: schemas.forms.TableSpec) -> None:
    groups = (table.key, (table.subject,), *table.header, table.cut_by)
    assert {name for group in groups for name in group} <= {c.name for c in table.columns}


@pytest.mark.parametrize("form_type", FORMS)
def test_laws_speak_of_tables_and_columns(form_type: str) -> None:
    for law in FORMS[form_type].laws:
        match law:
            case EqualsTotal() | StandsIn():
                named = [(law.table, law.column)]
            case SumsByYear():
                named = [(side[0], name) for side in (law.parts, law.whole) for name in side[1:]]
            case Product():
                named = [(law.table, name) for name in (law.price, law.number, law.amount)]
            case Rate() | NotOver() | Parts():
                named = []  # they speak of printed labels
            case _:
                named = [(law.table, FORMS[form_type].table(law.table).subject)]
        assert all(FORMS[form_type].table(t).column(name) for t, name in named)


def test_a_family_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.py").write_text("FORM = 'a family'", encoding="utf-8")
    monkeypatch.setattr(schemas.forms, "__path__", [*schemas.forms.__path__, str(tmp_path)])
    try:
        assert schemas.forms._families() == [*sorted_by_file(), "a family"]
    finally:
        sys.modules.pop("schemas.forms.other", None)


def sorted_by_file() -> list[schemas.forms.FormSpec]:
    return [FORMS[name] for name in sorted(FORMS)]


def test_a_type_that_no_file_describes_is_refused() -> None:
    with pytest.raises(ValidationError, match="no form is of type nowhere"):
        make_record("甲项目", form_type="nowhere")

"""The forms, described once.

Each field's type, its printed label and the label's synonyms stand here and nowhere else: the
readers, the prompts, the review screen, the questions and the export all read this package.
The forms are those of budget performance management (预算绩效管理) in Guangdong.

A family of forms is a file with a ``FORM``, and found by itself; ``spec`` says what such a file
can say, ``tables`` holds what families share.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated

from pydantic import AfterValidator

from schemas.forms.spec import (
    YEAR,
    Costs,
    FieldSpec,
    FormSpec,
    Indicators,
    Kind,
    Plan,
    Roles,
    TableSpec,
    iter_labels,
    label_pattern,
)
from schemas.forms.tables import INDICATOR_LEVEL1, INDICATOR_LEVEL2, SECTION_TITLES

__all__ = [
    "FIELDS", "FORMS", "INDICATOR_LEVEL1", "INDICATOR_LEVEL2", "SECTION_TITLES", "TABLES", "YEAR",
    "Costs", "FieldSpec", "FormSpec", "FormType", "Indicators", "Kind", "Plan", "Roles",
    "TableSpec", "iter_labels", "label_pattern",
]  # fmt: skip


def _families() -> list[FormSpec]:
    modules = (import_module(f"{__name__}.{m.name}") for m in iter_modules(__path__))
    return [m.FORM for m in modules if hasattr(m, "FORM")]


FORMS: dict[str, FormSpec] = {
    spec.form_type: spec for spec in sorted(_families(), key=lambda spec: spec.rank)
}
# Every field of any family, by its name: a field is the same whatever form prints it.
FIELDS: dict[str, FieldSpec] = {f.name: f for spec in reversed(FORMS.values()) for f in spec.fields}
# Every table of any family, by its name.
TABLES: dict[str, TableSpec] = {t.name: t for spec in FORMS.values() for t in spec.tables}


def _known(form_type: str) -> str:
    if form_type not in FORMS:
        raise ValueError(f"no form is of type {form_type}")
    return form_type


FormType = Annotated[str, AfterValidator(_known)]  # a key of FORMS

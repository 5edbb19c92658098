"""The words of the schema as evidence for the search of structure. Pure."""

from __future__ import annotations

from functools import cache

from assistant.structure.shape import Words, bare
from assistant.text.folding import comparable
from schemas.forms import FORMS, INDICATOR_LEVEL1, INDICATOR_LEVEL2, SECTION_TITLES
from schemas.forms.spec import wordings_of
from schemas.forms.tables import TOTALS


@cache
def words() -> Words:
    """Every wording of every family: a form is read before its family is known."""
    labels = {
        comparable(label).replace("{year}", "")
        for spec in FORMS.values()
        for table, fields in (("fields", spec.fields), *((t.name, t.columns) for t in spec.tables))
        for field in fields
        for label in wordings_of(field, table)
    }
    labels |= {
        comparable(t)
        for spec in FORMS.values()
        for t in (*SECTION_TITLES, *(x for tb in spec.tables for x in tb.titles))
    }
    labels |= {bare(label) for label in labels}
    names = (*INDICATOR_LEVEL1, *INDICATOR_LEVEL2)
    categories = frozenset(n + end for n in names for end in ("", "指标", "类指标"))
    categories |= frozenset(TOTALS)
    labels -= categories
    endings = frozenset(label[-2:] for label in labels if len(label) > 3)
    return Words(frozenset(labels), categories, endings)

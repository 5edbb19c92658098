"""What fields and cells of a form are called; the forms' own labels are the schema's."""

from __future__ import annotations

from assistant.messages.catalogue import word
from schemas.forms import FIELDS, FORMS, TABLES, FieldSpec, FormType
from schemas.forms.spec import OPEN, is_open
from schemas.messages import Lang


def label_of(spec: FieldSpec, lang: Lang) -> str:
    return spec.english if lang == "en" else spec.label.replace("{year}", "")


def path_label(form_type: FormType, path: str, lang: Lang) -> str:
    """A cell's address in words: ``绩效指标 › 产出指标/数量指标/… › 年度指标值``."""
    spec = FORMS[form_type]
    if path.startswith("tables["):
        title, _, rest = path.removeprefix("tables[").partition("][")
        key, _, column = rest.partition("].")
        return " › ".join(part for part in (title, key, column) if part)
    if is_open(path):
        return path.removeprefix(OPEN)
    if "." not in path:
        own = {f.name: f for f in spec.fields}
        field = own.get(path) or FIELDS.get(path)
        return label_of(field, lang) if field else path
    head, column = path.rsplit(".", 1)
    name = head.split("[", 1)[0].removesuffix(".total")
    for t in TABLES.values():
        if t.name == name and (is_open(column) or any(c.name == column for c in t.columns)):
            key = head[len(name) + 1 : -1] if "[" in head else word(lang, "total")
            title = t.english if lang == "en" else t.titles[0]
            return f"{title} › {key} › {label_of(t.column(column), lang)}"
    return path

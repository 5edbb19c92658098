"""What fields and cells of a form are called; the forms' own labels are the schema's."""

from __future__ import annotations

from assistant.messages.catalogue import word
from schemas.forms import FORMS, FieldSpec, FormType
from schemas.messages import Lang


def label_of(spec: FieldSpec, lang: Lang) -> str:
    return spec.english if lang == "en" else spec.label.replace("{year}", "")


def path_label(form_type: FormType, path: str, lang: Lang) -> str:
    """A cell's address in words: ``绩效指标 › 产出指标/数量指标/… › 年度指标值``."""
    spec = FORMS[form_type]
    if "." not in path:
        return next((label_of(f, lang) for f in spec.fields if f.name == path), path)
    head, column = path.rsplit(".", 1)
    name = head.split("[", 1)[0].removesuffix(".total")
    for t in spec.tables:
        if t.name == name and any(c.name == column for c in t.columns):
            key = head[len(name) + 1 : -1] if "[" in head else word(lang, "total")
            title = t.english if lang == "en" else t.titles[0]
            return f"{title} › {key} › {label_of(t.column(column), lang)}"
    return path

"""Labels and values as a style prints them. Pure."""

from __future__ import annotations

from random import Random

from samples.forms import Family, Form, Value
from samples.style import Style
from schemas.forms import FORMS, FieldSpec, Kind, TableSpec

_YES_NO = ("是", "否")
_OPTIONS = {
    "application_type": ("新增项目", "延续项目"),
    "lifecycle": ("阶段性", "经常性"),
}


class Wording:
    """One form's labels, chosen once so that header and repetition agree."""

    def __init__(self, form: Form, style: Style) -> None:
        self.form = form
        self.style = style
        self.spec = FORMS[form.family.form_type]
        self._rng = Random(f"wording/{style.seed}/{style.layout}/{form.family}")
        self._chosen: dict[str, str] = {}

    def label(self, name: str) -> str:
        """The printed label of a field, without a colon."""
        if name not in self._chosen:
            self._chosen[name] = self._choose(self.spec.field(name))
        return self._chosen[name]

    def column(self, table: TableSpec, name: str) -> str:
        """The printed head of a table's column."""
        labels = table.column(name).labels
        if name == "annual_value":
            return self._annual_head(labels)
        if not self.style.synonyms:
            return labels[0]
        return self._rng.choice([x for x in labels if self._fits_unit(x)])

    def title(self, table: TableSpec) -> str:
        return self._rng.choice(table.titles) if self.style.synonyms else table.titles[0]

    def value(self, name: str, value: Value, kind: Kind) -> str:
        """``value`` of a label as the form prints it."""
        if value is None:
            return ""
        if kind is Kind.AMOUNT and self.style.separators and name != "unit_price":
            return _separated(str(value))
        if kind is Kind.YEAR and self.form.family is Family.TARGET:
            return f"{value}年"
        if kind is Kind.CHOICE and self.style.checkbox:
            return self._options(str(value), _OPTIONS.get(name, _YES_NO))
        if kind is Kind.YEAR and self.style.glyphs == "fullwidth":
            return "".join(chr(ord(c) + 0xFEE0) for c in str(value))
        return str(value)

    def _choose(self, field: FieldSpec) -> str:
        labels = [x for x in field.labels if self._fits_unit(x)]
        label = self._rng.choice(labels) if self.style.synonyms else labels[0]
        return label.replace("{year}", str(self.form.budget_year))

    def _fits_unit(self, label: str) -> bool:
        return self.style.unit == "元" or "元）" not in label

    def _annual_head(self, labels: tuple[str, ...]) -> str:
        if len(self.style.values) == 1:
            return self._rng.choice(("年度指标值", "指标值", "目标值"))
        if self.style.synonyms:
            yearly = [x for x in labels if "年" in x]
            return self._rng.choice(yearly).replace("{year}", str(self.form.budget_year))
        return "当年度指标值" if self.form.family is Family.TARGET else "年度指标值"

    def _options(self, value: str, options: tuple[str, ...]) -> str:
        if value not in options:
            return value
        yes, no = self.style.marks
        return " ".join(
            self.style.checkbox.format(mark=yes if o == value else no, word=o) for o in options
        )


def _separated(amount: str) -> str:
    whole, dot, decimals = amount.partition(".")
    return f"{int(whole):,}{dot}{decimals}" if whole.lstrip("-").isdigit() else amount

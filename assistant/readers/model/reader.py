"""The language model's reading of a form.

Independent of the rule reader: it takes the page's text in its printed order,
asks small questions whose answers are choices among what is printed, and never
sees a result of the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.errors import ModelNonsense
from assistant.pages.grounding import evidence_of
from assistant.readers import Model
from assistant.readers.model.fragments import Fragment, fragments
from assistant.readers.model.questions import (
    TITLE,
    Question,
    ask_columns,
    ask_fields,
    ask_levels,
    column_name,
    groups,
    labelled,
    unread,
)
from assistant.readers.model.sections import Section, rows, sections, under
from assistant.readers.model.tables import (
    IndicatorRows,
    can_be_summed,
    is_total,
    is_whole,
    merged,
    row_of,
    shape_of,
    with_empty,
)
from assistant.readers.model.values import empty_beside, reading_of
from assistant.segmentation.parts import own_pages
from assistant.text.years import A_YEAR
from schemas.forms import FORMS, FieldSpec, Kind
from schemas.geometry import Page, PageSource
from schemas.readings import FormReading, FormSpan, Reading, Usage

_LINES = 30  # of an indicator table in one question
_SHAPES = 6  # of a table's rows; a text that has more is not read as a table


def read_form(pages: Sequence[Page], span: FormSpan, llm: Model) -> FormReading:
    """The model's reading of one form of the document ``pages``.

    A question that the model cannot answer leaves its fields out. Raises
    :class:`assistant.errors.ModelUnavailable` if the model cannot be asked.
    """
    return _FormReader(own_pages(pages, span), span, llm).read()


class _FormReader:
    def __init__(self, pages: Sequence[Page], span: FormSpan, llm: Model) -> None:
        self._pages = {page.number: page for page in pages}
        self._span = span
        self._llm = llm
        self._usage = Usage()
        self._reading = FormReading(
            reader="llm", form_id=span.form_id, pages=span.pages, form_type=span.form_type
        )

    def read(self) -> FormReading:
        found = fragments(list(self._pages.values()), self._span.form_type)
        for section in sections(found, FORMS[self._span.form_type]):
            if section.table is None:
                self._read_cells(section.body)
            elif section.table.name == "indicators":
                self._read_indicators(section)
            else:
                self._read_table(section)
        return self._reading.model_copy(update={"usage": self._usage})

    def _ask(self, question: Question) -> Mapping[str, Any] | None:
        try:
            answer, usage = self._llm.ask(question.prompt, question.answer, question.max_tokens)
        except ModelNonsense:
            return None
        self._usage = self._usage.plus(usage)
        return answer.model_dump(by_alias=True)

    def _about(self, what: str) -> str:
        return f"{self._span.form_id} {what}"

    def _read_cells(self, cells: Sequence[Fragment]) -> None:
        for number, group in enumerate(groups(cells), 1):
            answer = self._ask_fields(f"fields {number}", group, title=number == 1)
            if answer is None:
                continue
            if number == 1:
                self._read_title(group, answer.get(TITLE))
            for label, behind in labelled(group):
                self._read_field(label, behind, group, answer[label.text])

    def _ask_fields(
        self, what: str, group: Sequence[Fragment], *, title: bool
    ) -> Mapping[str, Any] | None:
        answer = self._ask(ask_fields(self._about(what), group, title=title))
        if answer is None:
            return None
        # A small model overlooks a cell now and then; asked for that alone it looks again.
        if overlooked := unread(group, answer):
            again = self._ask(ask_fields(self._about(f"{what} again"), overlooked, title=False))
            answer = {**answer, **(again or {})}
        return answer

    def _read_title(self, group: Sequence[Fragment], chosen: str | None) -> None:
        found = next((f for f in group if not f.is_label and f.shown == chosen), None)
        if found:
            self._reading.fields["title"] = reading_of(Kind.TEXT, [found], self._pages)

    def _read_field(
        self, label: Fragment, behind: Sequence[Fragment], group: Sequence[Fragment], answer: Any
    ) -> None:
        spec = label.field
        assert spec is not None
        chosen = [answer] if isinstance(answer, str) else answer or []
        known = self._reading.fields.get(spec.name)
        if known is None or known.value is None:
            picked = [_nearest(text, behind, label, group) for text in chosen]
            self._reading.fields[spec.name] = (
                reading_of(spec.kind, picked, self._pages)
                if picked
                else empty_beside(label, self._pages)
            )
        year, roles = A_YEAR.search(label.text), FORMS[self._span.form_type].roles
        if year and roles.budget_year and spec.name == roles.year_amount:
            place = evidence_of(self._pages[label.page], label.box, label.text)
            self._reading.fields[roles.budget_year] = Reading(value=int(year[0]), evidence=place)

    def _read_table(self, section: Section) -> None:
        """One question for each shape of row: the rows of a shape have the same columns."""
        assert section.table is not None
        name = section.table.name
        mapped: dict[tuple[int, ...], list[FieldSpec | None]] = {}
        for line in rows(section.body):
            total = is_total(line)
            cells = [f for f in line if not is_total([f])]
            if len(cells) < (1 if total else 2):
                continue
            shape = (int(total), *shape_of(cells, section.header, self._pages))
            if shape not in mapped and len(mapped) < _SHAPES:
                about = self._about(f"{name} {len(mapped) + 1}")
                mapped[shape] = self._ask_columns(about, section, cells, total=total)
            if not mapped.get(shape):
                continue
            row = row_of(cells, mapped[shape], self._pages)
            if total:
                self._reading.totals.setdefault(name, row)
            elif is_whole(row, self._pages):
                found = self._reading.tables.setdefault(name, [])
                found.append(with_empty(row, section))

    def _ask_columns(
        self, about: str, section: Section, cells: Sequence[Fragment], *, total: bool
    ) -> list[FieldSpec | None]:
        specs = section.columns()
        names = {column_name(n, section.header): spec for n, spec in enumerate(specs, 1)}
        allowed = [n for n, spec in enumerate(specs, 1) if not total or can_be_summed(spec)]
        if not allowed:
            return []
        hints = [self._hint(f, section.header) for f in cells]
        answer = self._ask(ask_columns(about, section.header, cells, hints, allowed))
        return [names[text] for text in answer.values()] if answer else []

    def _read_indicators(self, section: Section) -> None:
        built = IndicatorRows(section, self._pages)
        lines = rows(section.body)
        for start in range(0, len(lines), _LINES):
            part = lines[start : start + _LINES]
            block = section.values or ""
            about = self._about(f"indicators {block} {start // _LINES + 1}".replace("  ", " "))
            hints = [self._hint(line[0], section.header[:3]) for line in part]
            answer = self._ask(ask_levels(about, section.header, part, hints))
            if answer is not None:
                for line, level in zip(part, answer.values(), strict=True):
                    built.add(line, level)
        before = self._reading.tables.get("indicators")
        self._reading.tables["indicators"] = (
            built.rows if before is None else merged(before, built.rows)
        )

    def _hint(self, fragment: Fragment, header: Sequence[Fragment]) -> int:
        """The column (from 1) that a fragment stands under; 0 where text has no places."""
        if self._pages[fragment.page].source is PageSource.TEXT:
            return 0
        return under(fragment, header) + 1


def _nearest(
    text: str, behind: Sequence[Fragment], label: Fragment, group: Sequence[Fragment]
) -> Fragment:
    """The fragment that reads ``text``: the one behind the label, else the closest to it."""
    alike = [f for f in behind if f.shown == text]
    if alike:
        return alike[0]
    at = group.index(label)
    places = [i for i, f in enumerate(group) if not f.is_label and f.shown == text]
    return group[min(places, key=lambda i: abs(i - at))]

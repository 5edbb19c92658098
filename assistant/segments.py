"""Pages → forms: which pages a form covers, and why the others hold none. Pure.

A form opens on a page whose first lines hold a title of its family and whose
body holds at least two labels of its family; it goes on over the pages after
it that carry table text and no title, up to the next title or a page that is
plainly something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text import comparable
from schemas.forms import FORMS, SECTION_TITLES, FormSpec, FormType, iter_labels, label_pattern
from schemas.geometry import Page
from schemas.readings import FormSpan, PageNote, Segmentation, form_id_of

_TITLE_LINES = 6  # a title stands among the first lines, below a running head at most
_TITLE_LENGTH = 60
_LABELS_TO_OPEN = 3
_LABELS_WITHOUT_TITLE = 6
_LEVEL1 = ("产出指标", "效益指标", "满意度指标", "成本指标", "绩效指标")
_CONTENTS_ENTRY = re.compile(r"(\.{4,}|…{2,}|·{4,}).*$|[^\d]\d{1,3}$")

# The narrower family first: a performance target table also prints the words 二级项目.
_FAMILIES = (FORMS[FormType.PERFORMANCE_TARGET], FORMS[FormType.SECONDARY_PROJECT])


def _lines(page: Page) -> list[str]:
    return [folded for line in page.text.splitlines() if (folded := comparable(line))]


def _is_label(line: str, spec: FormSpec) -> bool:
    return any(line.startswith(comparable(lb).split("{year}")[-1]) for lb, _ in iter_labels(spec))


def _title(page: Page, spec: FormSpec) -> str | None:
    for printed in [line for line in page.text.splitlines() if line.strip()][:_TITLE_LINES]:
        line = comparable(printed)
        if len(line) > _TITLE_LENGTH or _CONTENTS_ENTRY.search(line) or _is_label(line, spec):
            continue
        if line not in spec.title_words and any(word in line for word in spec.title_words):
            return "".join(printed.split())
        if line in spec.title_words and spec.form_type is FormType.PERFORMANCE_TARGET:
            return "".join(printed.split())
    return None


def _labels(page: Page, spec: FormSpec) -> set[str]:
    """The fields of ``spec`` whose label is printed on the page, wherever it wraps."""
    text = comparable(page.text)
    return {
        f.name for label, f in iter_labels(spec) if label_pattern(comparable(label)).search(text)
    }


def _opens(page: Page) -> tuple[FormSpec, str] | None:
    for spec in _FAMILIES:
        title = _title(page, spec)
        if title and len(_labels(page, spec)) >= _LABELS_TO_OPEN:
            return spec, title
    for spec in _FAMILIES[::-1]:
        labels = _labels(page, spec)
        if "name" in labels and len(labels) >= _LABELS_WITHOUT_TITLE:
            return spec, ""
    return None


def _goes_on(page: Page) -> bool:
    """Whether a page without a title still belongs to the form before it."""
    if sum(not r.is_horizontal for r in page.rulings) >= 2:
        return True
    text = comparable(page.text)
    named = sum(word in text for word in (*_LEVEL1, *SECTION_TITLES, "合计"))
    cells = sum(len(line) <= 12 for line in _lines(page))
    return named > 0 and cells * 2 >= len(_lines(page))


def _reason(page: Page) -> str:
    lines = _lines(page)
    if not lines:
        return "空白页"
    entries = sum(bool(re.search(r"(\.{4,}|…{2,}|·{4,})", line)) for line in lines)
    if lines[0].startswith("目录") or entries >= 3:
        return "目录"
    if page.number == 1 and len(lines) <= 12:
        return "封面"
    return "文字说明，没有表格"


def find_forms(pages: Sequence[Page]) -> Segmentation:
    """Every page in exactly one form or one note.

    >>> find_forms([]).forms
    []
    """
    forms: list[FormSpan] = []
    others: list[PageNote] = []
    open_form = False
    for page in pages:
        if opened := _opens(page):
            spec, title = opened
            forms.append(
                FormSpan(
                    form_id=form_id_of(page.number),
                    pages=[page.number],
                    form_type=spec.form_type,
                    title=title,
                )
            )
            open_form = True
        elif open_form and _goes_on(page):
            forms[-1].pages.append(page.number)
        else:
            others.append(PageNote(page=page.number, reason=_reason(page)))
            open_form = False
    return Segmentation(forms=forms, others=others)

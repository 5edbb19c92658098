"""What one reader says of a form, with the place that proves it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from schemas.forms import FormType, Kind

# Amounts are decimal strings as printed, without thousands separators; years are ints.
Value = str | int | None


class Evidence(BaseModel):
    """A place: page from 1, box (x0, y0, x1, y1) in PDF points, the text printed there."""

    model_config = ConfigDict(frozen=True)

    page: int
    bbox: tuple[float, float, float, float] | None = None
    quote: str = ""


class Doubt(StrEnum):
    """A reason not to trust a reading; the words for it are in the catalogue."""

    AMBIGUOUS = "ambiguous"
    BORDER_LOST = "border_lost"
    COLUMN_GUESSED = "column_guessed"
    CATEGORY_MISSING = "category_missing"
    LABEL_IN_TEXT = "label_in_text"
    LABEL_INSIDE = "label_inside"
    LABEL_TWICE = "label_twice"
    LAYOUT_TEXT = "layout_text"
    NO_UNIT = "no_unit"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_CODE = "not_a_code"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_WHOLE_WORD = "not_a_whole_word"
    NOT_A_YEAR = "not_a_year"
    NOT_AN_AMOUNT = "not_an_amount"
    OCR = "ocr"
    OPTIONS = "options"
    OVERFLOW = "overflow"
    PRINTED_TWICE = "printed_twice"
    SPANS_ROWS = "spans_rows"
    SPLIT_GUESSED = "split_guessed"
    STRUCTURE_GUESSED = "structure_guessed"
    SUM_MISMATCH = "sum_mismatch"
    TARGET_IN_PARTS = "target_in_parts"
    UNGROUNDED = "ungrounded"
    UNIT_CONFLICT = "unit_conflict"
    UNREADABLE = "unreadable"


Doubts = tuple[Doubt, ...]


class Reading(BaseModel):
    """One reader's value of one cell.

    ``value`` None means that the reader saw the cell empty; a cell that it did
    not see has no Reading at all. A reading with ``doubts`` can never be agreed.
    """

    value: Value = None
    evidence: Evidence | None = None
    doubts: Doubts = ()
    unit: str | None = None  # of an amount, where its own label names one
    label: str = ""  # as printed
    kind: Kind | None = None  # of a value that no field of the schema names


Row = dict[str, Reading]


class Usage(BaseModel):
    """What a model's reading took."""

    model: str = ""
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: Decimal = Decimal(0)  # at a priced endpoint, in its currency

    def plus(self, other: Usage) -> Usage:
        return Usage(
            model=self.model or other.model,
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=self.seconds + other.seconds,
            cost=self.cost + other.cost,
        )


class FormReading(BaseModel):
    """One reader's account of one form. Rows stand in printed order.

    ``unread`` is what is printed on the form and no field, row or label holds; ``coverage`` is
    the share of its printed characters that have a role, ``layout`` the id of its template; a
    reader that does not account for every character gives none of the three.
    """

    reader: str
    form_id: str  # see form_id_of
    pages: list[int]
    form_type: FormType
    fields: dict[str, Reading] = Field(default_factory=dict)
    tables: dict[str, list[Row]] = Field(default_factory=dict)
    totals: dict[str, Row] = Field(default_factory=dict)
    open_tables: dict[str, list[Row]] = Field(default_factory=dict)  # by title, as printed
    unread: list[Evidence] = Field(default_factory=list)
    coverage: float | None = None
    layout: str = ""
    usage: Usage | None = None


class FormSpan(BaseModel):
    """Where a form stands in its document. ``top`` and ``bottom`` (points) say where it begins
    on its first page and ends on its last, where other forms or texts share these. Where one
    table over ``table_pages`` holds several projects, ``project`` counts them from 1 and
    ``pages`` are those of its own rows; else it is 0."""

    form_id: str
    pages: list[int]
    form_type: FormType
    title: str
    top: float | None = None
    bottom: float | None = None
    project: int = 0
    table_pages: list[int] = Field(default_factory=list)

    @property
    def read_pages(self) -> list[int]:
        """The pages that a reader needs."""
        return self.table_pages or self.pages


class PageNote(BaseModel):
    """A page that holds no form, and why we think so."""

    page: int
    reason: str


class Segmentation(BaseModel):
    """A document's pages, each in a form or one note; in several forms where they share it."""

    forms: list[FormSpan]
    others: list[PageNote]


def form_id_of(first_page: int, nth: int = 1) -> str:
    """The ``nth`` form that begins on a page: "p" and the page, two digits at least.

    >>> form_id_of(3), form_id_of(3, 2)
    ('p03', 'p03-2')
    """
    return f"p{first_page:02d}" if nth == 1 else f"p{first_page:02d}-{nth}"

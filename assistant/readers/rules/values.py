"""A cell → a reading of its kind, with its place and the reasons to doubt it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.pages.grid import GridCell, line_text, words_box
from assistant.pages.grounding import evidence_of
from assistant.text.amounts import UNITS, parse_amount
from assistant.text.folding import comparable, join_wrapped
from assistant.text.years import year_of
from schemas.forms import Kind
from schemas.geometry import Page, PageSource, Word
from schemas.readings import Doubt, Doubts, Reading, Value

SURE = 0.85  # below this confidence a glyph that OCR read makes its value doubtful
_TICKED = "☑☒✓✔√■●◉▣"
_EMPTY_BOX = "□☐○◯◻"
MARKS = _TICKED + _EMPTY_BOX
_ALL_MARKS = frozenset(MARKS)
_OPTION = re.compile(rf"([{MARKS}])([^{MARKS}]*)")
_OPTION_BEFORE = re.compile(rf"([^{MARKS}]+)([{MARKS}])")
_NOTHING = {"-", "--", "—", "——", "/", "\\", "无", "一"}
_ITEM = re.compile(
    r"(?:\d{1,2}[.．、)）](?!\d)|[（(]\s*[\d一二三四五六七八九十]{1,3}\s*[)）]"
    r"|[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]{1,3}[,，、：]|[①-⑳]|[●•◆■►])"
)
_SENTENCE_END = "。！？；：:;!?"


def read_cell(kind: Kind, cells: Sequence[tuple[Page, GridCell]]) -> Reading:
    """The value of a cell of kind ``kind``; of its parts, if page breaks cut it."""
    printed_on = [place for place in cells if place[1].words]
    if not printed_on:
        page, first = cells[0]
        lost = any(cell.lost for _, cell in cells)
        place = evidence_of(page, first.box, "")
        return Reading(value=None, evidence=place, doubts=(Doubt.BORDER_LOST,) if lost else ())
    page, first = printed_on[0]
    lines = [line for _, cell in cells for line in cell.lines]
    printed = join_lines([line_text(line) for line in _whole_numbers(lines, first.box.x1)])
    evidence = evidence_of(page, first.print_box, printed)
    doubts = _doubts(kind, cells)
    if Doubt.BORDER_LOST in doubts and kind is not Kind.LONG_TEXT:
        return Reading(value=None, evidence=evidence, doubts=(Doubt.UNREADABLE, *doubts))
    if kind is Kind.LONG_TEXT:
        return Reading(value=paragraphs(lines, first.box.x1 - 4), evidence=evidence, doubts=doubts)
    value, more = parse(kind, printed)
    if value is None and page.source is PageSource.SCAN and Doubt.OCR not in doubts:
        more = (Doubt.OCR,)  # options are printed, and OCR saw no tick
    return Reading(value=value, evidence=evidence, doubts=(*doubts, *more))


_DIGIT_END, _DIGIT_START = re.compile(r"[\d.,]$"), re.compile(r"^[\d.,%‰]")


def _whole_numbers(lines: Sequence[list[Word]], right: float) -> list[list[Word]]:
    """The lines of a cell, a number that wraps put together again: one that ends where no glyph
    more would fit before ``right``."""
    out: list[list[Word]] = []
    for line in lines:
        before = out[-1][-1] if out else None
        wraps = before and _DIGIT_END.search(before.text) and _DIGIT_START.search(line[0].text)
        if before and wraps and right - before.box.x1 < 1.2 * before.box.height:
            out[-1][-1] = before._replace(text=before.text + line[0].text)
            out[-1] += [word._replace(box=before.box) for word in line[1:]]
        else:
            out.append(list(line))
    return out


def join_lines(lines: Sequence[str]) -> str:
    """Wrapped lines as one; a soft hyphen at the end of a line has done its work."""
    return join_wrapped("\n".join(lines).replace("\u00ad\n", ""))


def _doubts(kind: Kind, cells: Sequence[tuple[Page, GridCell]]) -> Doubts:
    doubts: list[Doubt] = []
    words: list[Word] = []
    for _, cell in cells:
        words += cell.words
        if cell.lost and Doubt.BORDER_LOST not in doubts:
            doubts.append(Doubt.BORDER_LOST)
    if any(cell.guessed for _, cell in cells):
        doubts.append(Doubt.SPLIT_GUESSED)
    if any([_overflows(cell) for _, cell in cells]):
        doubts.append(Doubt.OVERFLOW)
    if (
        words
        and cells[0][0].source is PageSource.SCAN
        and (_misread(words) or _is_stroke(kind, words))
    ):
        doubts.append(Doubt.OCR)
    if kind is Kind.AMOUNT and words and not _whole_word(words, cells[0][1]):
        doubts.append(Doubt.NOT_A_WHOLE_WORD)
    return tuple(doubts)


_STROKES = {"1", "l", "I", "|", "/", "丨", "_"}  # alone in a cell, they look the same


def _is_stroke(kind: Kind, words: Sequence[Word]) -> bool:
    texts = kind in (Kind.TEXT, Kind.LONG_TEXT)
    return texts and "".join(w.text for w in words) in _STROKES


# 一 where no common word has it: as often a dash, which looks the same.
_DASH_OR_ONE = re.compile(
    "(?<![第统唯之同逐单进万专])一(?![体网级件次批个期站门致定般键屏流系百线类直些旦切年项套名代区])"
)


def _misread(words: Sequence[Word]) -> bool:
    """Whether OCR was unsure of a glyph, or could not have told it from another."""
    text = "".join(w.text for w in words)
    unsure = min(w.confidence for w in words) < SURE
    unbalanced = any(text.count(a) != text.count(b) for a, b in ("（）", "《》", "“”", "〔〕"))
    return unsure or unbalanced or bool(_DASH_OR_ONE.search(text))


def _overflows(cell: GridCell) -> bool:
    """Whether the print runs over a side border, so that some of it may lie beyond."""
    if not cell.words:
        return False
    left, _, right, _ = cell.print_box
    return left < cell.box.x0 - 1 or right > cell.box.x1 + 1


def _whole_word(words: Sequence[Word], cell: GridCell) -> bool:
    """Whether the words are one whole word of the page: neither wrapped nor cut at a border."""
    numbers = words if len(words) == 1 else [w for w in words if comparable(w.text) not in UNITS]
    box = words_box(words)
    return len(numbers) == 1 and box.x0 > cell.box.x0 - 0.5 and box.x1 < cell.box.x1 + 0.5


def parse(kind: Kind, printed: str) -> tuple[Value, Doubts]:
    """A printed text as a value of ``kind``, and the doubts about it."""
    if not _ALL_MARKS.isdisjoint(printed):
        return ticked_option(printed)
    if kind is Kind.YEAR:
        year = year_of(comparable(printed))
        return (year, ()) if year else (printed, (Doubt.NOT_A_YEAR,))
    if kind is Kind.AMOUNT:
        return _amount(printed)
    if kind is Kind.CHOICE and "是" in printed and "否" in printed:
        return printed, (Doubt.OPTIONS,)  # both are printed, and no mark can be seen
    if kind in (Kind.CODE, Kind.NUMBER):
        return "".join(printed.split()), ()
    return printed, ()


def _amount(printed: str) -> tuple[Value, Doubts]:
    text = "".join(printed.split())
    amount = parse_amount(text)
    if amount is not None:
        return amount, ()
    return text, () if comparable(text) in _NOTHING else (Doubt.NOT_AN_AMOUNT,)


def ticked_option(printed: str) -> tuple[Value, Doubts]:
    """The ticked one of several options: "☑是 □否", "是√ 否□" → "是"."""
    text = re.sub(r"[（(\[]\s*([" + MARKS + r"])\s*[)）\]]", r"\1", printed).strip()
    before = text[0] not in MARKS and text[-1] in MARKS
    options = (
        [(m[2], m[1]) for m in _OPTION_BEFORE.finditer(text)]
        if before
        else [(m[1], m[2]) for m in _OPTION.finditer(text)]
    )
    ticked = [option.strip(" 、，,;；") for mark, option in options if mark in _TICKED]
    if len(ticked) == 1 and ticked[0]:
        return ticked[0], ()
    if options and not ticked:  # what stands before the first box may have a mark we don't know
        return None, () if before or text[0] in MARKS else (Doubt.OPTIONS,)
    return printed, (Doubt.OPTIONS,)


def paragraphs(lines: Sequence[Sequence[Word]], right: float) -> str:
    """Lines of a cell → paragraphs: a break where a list item begins or a line ended short of
    ``right``, where the cell's lines may reach."""
    texts = [line_text(line) for line in lines]
    out = [texts[0]]
    for before, text in zip(lines, texts[1:], strict=False):
        height = before[-1].box.height
        ended = before[-1].text[-1] in _SENTENCE_END and right - before[-1].box.x1 > 2 * height
        if ended or _ITEM.match(text):
            out.append(text)
        else:
            out[-1] = join_lines([out[-1], text])
    return "\n".join(out)

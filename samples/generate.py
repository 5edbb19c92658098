"""Writes the committed booklet, or a large varied set to measure with.

python -m samples.generate --booklet
python -m samples.generate --forms 200 --seed 7 --layouts all --out DIR [--scan]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from samples import booklet, vocabulary
from samples.book import Book, bind
from samples.booklet_parts import UNIT
from samples.cells import Row
from samples.content import invent
from samples.draw import draw
from samples.findings import findings
from samples.forms import Family, Form
from samples.labels import label
from samples.layout import rows_of
from samples.page_text import BLANK_LINES, FORM_FEED, text_of
from samples.questions import questions
from samples.scan import scan
from samples.style import LAYOUTS, Style, default_style, styled

BOOKLET = Path(__file__).parent / "booklet"
_TITLE = "{city}{year}年度预算项目绩效目标汇编（样例）"
_FAMILIES = tuple(Family)


def sample_booklet() -> Book:
    """The committed booklet with its page breaks where they hurt."""
    pairs = [(form, _booklet_style(i, form)) for i, form in enumerate(booklet.forms())]
    rows = [_with_traps(i, rows_of(form, style)) for i, (form, style) in enumerate(pairs)]
    return bind(_TITLE.format(city="云川市", year=2025), UNIT, pairs, rows)


def _booklet_style(index: int, form: Form) -> Style:
    style = replace(default_style(form.family), layout="booklet", seed=index)
    if form.family is Family.TARGET:
        return replace(style, separators=False)
    if form.family is Family.FUNCTION:
        return replace(style, size=5.75, padding=1.4, margin=60.0)
    wide = index != 1  # fills its page, so that the break comes where a page ends
    return replace(
        style, seam=not wide, size=6.7 if index == 2 else 6.3,
        padding=4.0 if wide else 2.0, line_height=1.3 if wide else 1.2,
    )  # fmt: skip


# Form → the row of the indicator table (None: of the funding plan) that opens a new page, and
# whether the row above it is printed twice.
_BREAKS: dict[int, tuple[str, int, bool]] = {
    0: ("indicators", 11, False),  # in the middle of 效益指标
    2: ("indicators", 6, True),  # a row cut by the page break
    3: ("annual_funding", 1, False),  # between header and body
    4: ("indicators", 6, True),
}


def _with_traps(index: int, rows: list[Row]) -> list[Row]:
    if index not in _BREAKS:
        return rows
    table, nth, twice = _BREAKS[index]
    at = [i for i, row in enumerate(rows) if row.table == table][nth]
    changed = replace(rows[at], break_before=True, again_after_break=twice)
    return [*rows[:at], changed, *rows[at + 1 :]]


def large_set(forms: int, seed: int, layouts: Sequence[str], size: int) -> list[Book]:
    """Booklets of up to ``size`` forms; layouts and families take turns."""
    pairs = []
    for i in range(forms):
        family = _FAMILIES[(i % len(layouts) + i // len(layouts)) % len(_FAMILIES)]
        style = styled(layouts[i % len(layouts)], family, seed * 10_000 + i)
        pairs.append((invent(family, style, seed * 10_000 + i), style))
    return [
        bind(
            _TITLE.format(city=(city := _city(seed, at)), year=2025), f"{city}财政局",
            pairs[at : at + size],
        )
        for at in range(0, forms, size)
    ]  # fmt: skip


def _city(seed: int, at: int) -> str:
    return Random(f"city/{seed}/{at}").choice(vocabulary.CITIES)


def write_book(book: Book, folder: Path, separator: str = FORM_FEED) -> list[dict[str, Any]]:
    """Writes PDF, page text and labels into ``folder``; returns the labels."""
    gold = folder / "gold"
    gold.mkdir(parents=True, exist_ok=True)
    for old in gold.glob("p*.json"):
        old.unlink()
    draw(book.sheets, folder / "booklet.pdf")
    (folder / "booklet.txt").write_text(text_of(book.sheets, separator), encoding="utf-8")
    labels = [label(form, sheets) for form, sheets in book.forms]
    for one in labels:
        _write_json(gold / f"{one['form_id']}.json", one)
    return labels


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_booklet(folder: Path) -> None:
    book = sample_booklet()
    labels = write_book(book, folder)
    _write_json(folder / "findings.json", findings(book))
    lines = (json.dumps(q, ensure_ascii=False) for q in questions(labels))
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_large_set(books: Sequence[Book], folder: Path, *, scanned: bool) -> None:
    """One folder a booklet, and a manifest that says which form has which layout."""
    manifest = []
    for number, book in enumerate(books, 1):
        own = folder / f"b{number:02d}"
        labels = write_book(book, own, BLANK_LINES if number % 2 == 0 else FORM_FEED)
        if scanned:
            scan(own / "booklet.pdf", own / "booklet_scan.pdf", number)
        forms = [{k: one[k] for k in ("form_id", "pages", "form_type", "layout")} for one in labels]
        manifest.append({"folder": own.name, "pages": len(book.sheets), "forms": forms})
    _write_json(folder / "manifest.json", manifest)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samples.generate", description=__doc__)
    parser.add_argument("--booklet", action="store_true", help="write the committed booklet")
    parser.add_argument("--forms", type=int, default=0, help="how many forms to invent")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--layouts", default="all", help=f"all, or of: {', '.join(LAYOUTS)}")
    parser.add_argument("--size", type=int, default=20, help="forms a booklet")
    parser.add_argument("--out", type=Path, help="folder to write to")
    parser.add_argument("--scan", action="store_true", help="also an image-only PDF")
    args = parser.parse_args(argv)
    args.names = list(LAYOUTS) if args.layouts == "all" else args.layouts.split(",")
    if unknown := [n for n in args.names if n not in LAYOUTS]:
        parser.error(f"no such layout: {', '.join(unknown)}; choose from {', '.join(LAYOUTS)}")
    if args.booklet == bool(args.forms):
        parser.error("say either --booklet or --forms N")
    if args.forms and not args.out:
        parser.error("--forms needs --out DIR")
    return args


def main(argv: Sequence[str]) -> None:
    args = _arguments(argv)
    if args.booklet:
        folder = args.out or BOOKLET
        write_booklet(folder)
        if args.scan:
            scan(folder / "booklet.pdf", folder / "booklet_scan.pdf")
        return
    books = large_set(args.forms, args.seed, args.names, args.size)
    write_large_set(books, args.out, scanned=args.scan)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The samples: labels true by construction, the booklet up to date, every layout drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from assistant.text.folding import comparable
from samples.findings import findings
from samples.forms import Family, total_of
from samples.generate import BOOKLET, large_set, main, sample_booklet, write_book
from samples.labels import label
from samples.page_text import text_of
from samples.questions import questions
from samples.style import LAYOUTS
from samples.typeset import wrap

Label = dict[str, Any]
_LONG = ("basis", "overview")  # what split_text cuts over two pages
_TABLES = ("annual_funding", "cost_items", "indicators")


@cache
def _booklet_labels() -> list[Label]:
    return [label(form, sheets) for form, sheets in sample_booklet().forms]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Label], Path]:
    """Two forms of every layout: their labels and the PDF."""
    folder = tmp_path_factory.mktemp("large")
    (book,) = large_set(2 * len(LAYOUTS), 3, list(LAYOUTS), 2 * len(LAYOUTS))
    return write_book(book, folder), folder / "booklet.pdf"


def _page_texts(path: Path) -> list[str]:
    with pymupdf.open(path) as document:
        return [page.get_text() for page in document]


def _chars(path: Path) -> list[list[tuple[str, float, float]]]:
    """Each page's characters with their centres as the page is shown."""
    with pymupdf.open(path) as document:
        return [
            [
                (c["c"], *_centre(pymupdf.Rect(c["bbox"]) * page.rotation_matrix))
                for block in page.get_text("rawdict")["blocks"]
                for line in block.get("lines", ())
                for span in line["spans"]
                for c in span["chars"]
            ]
            for page in document
        ]


def _centre(box: pymupdf.Rect) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _values(one: Label) -> Iterator[tuple[str, str, int, list[float] | None]]:
    """Every value that is printed: its name, comparable text, page and cell."""
    for name, cell in one["fields"].items():
        if cell["value"] is not None:
            yield name, comparable(str(cell["value"])), cell["page"], cell["bbox"]
    for table in _TABLES:
        for row in one[table]:
            for name in row.keys() - {"page", "boxes"}:
                if row[name] is not None:
                    box = row["boxes"].get(name)
                    yield f"{table}.{name}", comparable(str(row[name])), row["page"], box


def _holds(text: str, value: str) -> bool:
    return value in comparable(text) or value in comparable(text).replace(",", "")


def _missing(labels: list[Label], pages: list[str]) -> list[str]:
    """Values that do not stand on their page."""
    return [
        f"{one['layout']} {one['form_id']} {name}: {value}"
        for one in labels
        for name, value, page, _ in _values(one)
        if not _holds(pages[page - 1], value)
        and not (one["layout"] == "split_text" and name in _LONG)
    ]


def _misplaced(labels: list[Label], pages: list[list[tuple[str, float, float]]]) -> list[str]:
    """Values that do not stand in the cell that the label names."""
    out = []
    for one in labels:
        for name, value, page, box in _values(one):
            if box is not None and not (one["layout"] == "split_text" and name in _LONG):
                x0, y0, x1, y1 = box
                inside = (c for c, x, y in pages[page - 1] if x0 <= x <= x1 and y0 <= y <= y1)
                if not _holds("".join(inside), value):
                    out.append(f"{one['layout']} {one['form_id']} {name}: {value}")
    return out


def test_the_committed_booklet_is_what_the_generator_writes(tmp_path: Path) -> None:
    main(["--booklet", "--out", str(tmp_path)])
    names = [p.relative_to(BOOKLET) for p in sorted(BOOKLET.rglob("*.*")) if p.suffix != ".pdf"]
    written = [p.relative_to(tmp_path) for p in sorted(tmp_path.rglob("*.*")) if p.suffix != ".pdf"]
    assert names == written
    for name in names:
        assert (BOOKLET / name).read_text("utf-8") == (tmp_path / name).read_text("utf-8"), name
    assert _page_texts(BOOKLET / "booklet.pdf") == _page_texts(tmp_path / "booklet.pdf")


def test_the_committed_booklet_is_small_and_carries_its_font() -> None:
    path = BOOKLET / "booklet.pdf"
    assert path.stat().st_size < 300_000
    with pymupdf.open(path) as document:
        fonts = {font[3] for page in document for font in page.get_fonts()}
        embedded = {font[1] for page in document for font in page.get_fonts() if "+" in font[3]}
    assert any("+" in name for name in fonts), "a subset is embedded"
    assert embedded == {"ttf"}


def test_every_value_of_the_booklet_stands_on_its_page() -> None:
    path = BOOKLET / "booklet.pdf"
    assert _missing(_booklet_labels(), _page_texts(path)) == []
    assert _misplaced(_booklet_labels(), _chars(path)) == []


def test_every_value_of_the_page_text_stands_on_its_page() -> None:
    pages = (BOOKLET / "booklet.txt").read_text("utf-8").split("\f")
    assert _missing(_booklet_labels(), pages) == []


@pytest.mark.slow
def test_every_value_of_every_layout_stands_in_its_cell(drawn: tuple[list[Label], Path]) -> None:
    labels, path = drawn
    assert {one["layout"] for one in labels} == set(LAYOUTS)
    assert _misplaced(labels, _chars(path)) == []


@pytest.mark.slow
def test_every_value_of_every_layout_stands_in_the_page_text(
    drawn: tuple[list[Label], Path],
) -> None:
    labels, path = drawn
    pages = (path.parent / "booklet.txt").read_text("utf-8").split("\f")
    assert _missing(labels, pages) == []


@pytest.mark.parametrize("form", range(6))
def test_sums_foot_unless_a_fault_was_planted(form: int) -> None:
    content, _ = sample_booklet().forms[form]
    planted = {fault.rule for fault in content.faults}
    if content.annual_funding:
        foots = content.annual_funding_total == total_of(
            content.annual_funding, "declared", "approved"
        )
        assert foots == ("sum_mismatch" not in planted)
    products = all(
        Decimal(str(r["unit_price"])) * Decimal(str(r["workload"])) == Decimal(str(r["amount"]))
        for r in content.cost_items
    )
    assert products == ("product_mismatch" not in planted)


def test_the_booklet_holds_the_traps_of_real_ones() -> None:
    book = sample_booklet()
    printed = Counter(
        ref for s in book.sheets for p in s.placed for ref in p.cell.refs if "level3" in ref
    )
    families = {form.family for form, _ in book.forms}
    sections = [p.cell.text for s in book.forms[3][1] for p in s.placed]
    sizes = {p.size for s in book.forms[3][1] for p in s.placed if p.cell.role != "title"}
    assert families == set(Family)
    assert len(book.sheets) == 13
    assert any(count > 1 for count in printed.values()), "a row is printed twice"
    assert sections.count("分年度资金计划") == 2
    assert min(sizes) <= 5.75


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("lookup", 15), ("empty", 3), ("rank", 3), ("sum", 4), ("filter", 3), ("count", 1),
        ("compare", 1), ("ratio", 1), ("average", 1), ("group", 1), ("narrative", 5),
        ("as_printed", 2), ("unanswerable", 6), ("out_of_scope", 2), ("follow_up", 2),
        ("english", 1), ("unit", 1), ("injection", 1), ("check", 1),
    ],
)  # fmt: skip
def test_questions_of_every_kind(kind: str, least: int) -> None:
    kinds = Counter(q["kind"] for q in questions(_booklet_labels()))
    assert kinds[kind] >= least


def test_a_changed_figure_changes_the_answers() -> None:
    labels = json.loads(json.dumps(_booklet_labels()))
    labels[0]["fields"]["total_amount"]["value"] = "1.00"
    before = {q["id"]: q for q in questions(_booklet_labels())}
    changed = [q["kind"] for q in questions(labels) if q != before[q["id"]]]
    assert changed[:4] == ["lookup", "compare", "average", "rank"]
    assert set(changed[4:]) == {"lookup", "sum", "english"}


def test_findings_name_the_page_of_the_fault() -> None:
    listed = findings(sample_booklet())["findings"]
    accident = next(f for f in listed if f["rule"] == "impossible_target")
    assert (accident["form_id"], accident["pages"]) == ("p11", [12])
    assert len({f["rule"] for f in listed}) >= 12


def test_the_same_seed_gives_the_same_set() -> None:
    first, again, other = (large_set(6, seed, ["combined"], 6)[0] for seed in (1, 1, 2))
    assert text_of(first.sheets) == text_of(again.sheets)
    assert text_of(first.sheets) != text_of(other.sheets)


def test_a_form_prints_no_label_twice() -> None:
    (book,) = large_set(27, 5, ["synonyms"], 27)
    for _, sheets in book.forms:
        printed = [p.cell.text for s in sheets for p in s.placed if p.cell.role == "label"]
        assert [t for t, n in Counter(printed).items() if n > 1] == []


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("云川市项目", 31, ["云川市", "项目"]),
        ("政务7*24小时", 31, ["政务", "7*24小", "时"]),
        ("12345678901", 31, ["123456", "78901"]),
        ("一\n二", 100, ["一", "二"]),
        ("Inter\u00adop", 100, ["Interop"]),
        ("Inter\u00adoperation", 40, ["Inter\u00ad", "operation"]),
    ],
)
def test_wrap(text: str, room: float, lines: list[str]) -> None:
    assert wrap(text, "cid", 10, room) == lines


def test_a_scan_has_pages_without_text(tmp_path: Path) -> None:
    main(["--forms", "1", "--layouts", "plain", "--out", str(tmp_path), "--scan"])
    with pymupdf.open(tmp_path / "b01" / "booklet_scan.pdf") as document:
        assert len(document) >= 4
        assert not any(page.get_text().strip() for page in document)
        assert document[3].rect.width == pytest.approx(595, abs=2)

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pymupdf
import pytest

from assistant.errors import DocumentError
from assistant.pages import document as pages
from assistant.pages import pdf as pdf_pages
from assistant.pages.document import read_document, render_page
from assistant.pages.grid import split_rulings
from assistant.text.folding import comparable
from schemas.geometry import Box, PageSource
from tests.waiting import PATIENCE

LINE = {"fontname": "china-s", "fontsize": 10}


def pdf(draw: Callable[[Any], None], count: int = 1, **save: Any) -> bytes:
    document = pymupdf.open()
    for _ in range(count):
        draw(document.new_page(width=300, height=200))
    return bytes(document.tobytes(**save))


def table(page: Any) -> None:
    """Two cells; the second word begins right where the first ends."""
    for x in (20, 80, 140):
        page.draw_line((x, 20), (x, 60))
    for y in (20, 60):
        page.draw_line((20, y), (140, y))
    page.insert_text((50, 40), "甲方单位乙", **LINE)


def drawn(page: Any, shape: str, **finish: Any) -> None:
    pen = page.new_shape()
    {
        "line": lambda: pen.draw_line((10, 10), (100, 10)),
        "slanted": lambda: pen.draw_line((10, 10), (100, 10.8)),
        "dot": lambda: pen.draw_line((10, 10), (10.2, 10)),
        "rectangle": lambda: pen.draw_rect((10, 10, 90, 40)),
        "sliver": lambda: pen.draw_rect((10, 10, 90, 10.6)),
        "corner": lambda: pen.draw_polyline([(10, 10), (90, 10), (90, 50)]),
    }[shape]()
    pen.finish(**{"width": 0.5, "closePath": False, **finish})
    pen.commit()


def nothing(page: Any) -> None:
    del page


def too_many_words(page: Any) -> None:
    for row in range(110):
        page.insert_text((2, 3 + row), " ".join(["ab"] * 10), fontsize=1)


LOCKED = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": "x", "owner_pw": "y"}
NO_PAGES = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"hello", "is no PDF, Word document"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 50, "is damaged"),
        ("a.txt", b"\0\1\2\3", "is no PDF, Word document"),
        ("a.pdf", b"", "is empty"),
        ("a.txt", b"  \n\n ", "holds no text"),
        ("a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 9, "is damaged"),
        ("a.pdf", pdf(table)[:400], "its end is missing"),
        ("a.pdf", NO_PAGES, "has no pages"),
        ("a.pdf", pdf(nothing, **LOCKED), "is encrypted"),
        ("a.pdf", pdf(nothing, count=pages.MAX_PAGES + 1), "2001 pages"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=says) as error:
        read_document(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("path", ["nowhere.pdf", ".", "a\0b.pdf"])
def test_bad_paths_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DocumentError):
        read_document(tmp_path / path)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(too_many_words))
    monkeypatch.setattr(pages, "MAX_WORDS", 1_000)
    with pytest.raises(DocumentError, match="1100 words"):
        read_document(path)
    monkeypatch.setattr(pages, "MAX_BYTES", 100)
    with pytest.raises(DocumentError, match="larger than"):
        read_document(path)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(table))
    (tmp_path / "b.doc").write_bytes((tmp_path / "a.pdf").read_bytes())
    a, b = read_document(tmp_path / "a.pdf"), read_document(tmp_path / "b.doc")
    assert a.id == b.id
    assert (a.name, b.name) == ("a.pdf", "b.doc")


def test_the_owner_password_alone_locks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(table, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="y"))
    assert read_document(path).pages[0].words


def test_a_word_that_crosses_a_border_is_split_there(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(table))
    page = read_document(path).pages[0]
    assert [w.text for w in page.words] == ["甲方单", "位乙"]
    assert page.text == "甲方单 位乙"


def thin_rectangles(page: Any) -> None:
    for x in (20, 80, 140):
        page.draw_rect((x, 20, x + 0.5, 60), fill=(0, 0, 0), width=0)
    for y in (20, 60):
        page.draw_rect((20, y, 140, y + 0.5), fill=(0, 0, 0), width=0)


def bars(page: Any) -> None:
    for x in (20, 80, 140):
        page.draw_rect((x - 1.4, 20, x + 1.4, 60), fill=(0, 0, 0), width=0)
    for y in (20, 60):
        page.draw_rect((20, y - 1.4, 140, y + 1.4), fill=(0, 0, 0), width=0)


def outlines(page: Any) -> None:
    page.draw_rect((20, 20, 80, 60))
    page.draw_rect((80, 20, 140, 60))


def short_dashes(page: Any) -> None:
    for x in (20, 80, 140):
        for y in range(20, 60, 2):
            page.draw_line((x, y), (x, y + 1))
    for y in (20, 60):
        page.draw_line((20, y), (140, y))


@pytest.mark.parametrize("borders", [table, thin_rectangles, bars, outlines, short_dashes])
def test_borders_are_lines_however_they_are_drawn(
    tmp_path: Path, borders: Callable[[Any], None]
) -> None:
    from assistant.pages.grid import build_grid

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(borders))
    page = read_document(path).pages[0]
    boxes = [tuple(round(v / 10) * 10 for v in c.box) for c in build_grid((), page.rulings).cells]
    assert boxes == [(20, 20, 80, 60), (80, 20, 140, 60)]


def test_a_turned_page_reads_as_it_is_shown(tmp_path: Path) -> None:
    flat = pymupdf.open(stream=pdf(table), filetype="pdf")
    turned = pymupdf.open()
    page = turned.new_page(width=200, height=300)
    page.show_pdf_page(page.rect, flat, 0, rotate=90)
    page.set_rotation(90)
    (tmp_path / "a.pdf").write_bytes(pdf(table))
    (tmp_path / "b.pdf").write_bytes(turned.tobytes())
    a, b = (read_document(tmp_path / n).pages[0] for n in ("a.pdf", "b.pdf"))
    assert (b.width, b.height, b.text) == (a.width, a.height, a.text)
    assert all(abs(p - q) < 1 for v, w in zip(a.words, b.words, strict=True)
               for p, q in zip(v.box, w.box, strict=True))  # fmt: skip


def test_a_watermark_is_no_word(tmp_path: Path) -> None:
    def marked(page: Any) -> None:
        table(page)
        for y in range(80, 160, 12):
            page.insert_text((30, y), "正文正文正文", **LINE)
        page.insert_text((20, 150), "样例", fontname="china-s", fontsize=80)

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(marked))
    assert "样例" not in read_document(path).pages[0].text


def test_scattered_words_are_put_in_order(tmp_path: Path) -> None:
    def scattered(page: Any) -> None:
        for row in (7, 2, 5, 0, 6, 1, 8, 3, 9, 4, 10, 0.5, 8.5, 1.5, 9.5):
            page.insert_text((30, 10 + row * 18), f"行{row}", **LINE)

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(scattered))
    words = read_document(path).pages[0].words
    assert [w.box.y0 for w in words] == sorted(w.box.y0 for w in words)


def test_gaps_part_words_where_no_columns_are_drawn(tmp_path: Path) -> None:
    def gap(page: Any) -> None:
        page.insert_text((30, 40), "项目名称", **LINE)
        page.insert_text((76, 40), "某某项目", **LINE)

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(gap))
    assert [w.text for w in read_document(path).pages[0].words] == ["项目名称", "某某项目"]


def test_the_real_booklet(corpus: Path) -> None:
    document = read_document(corpus / "huizhou.pdf")
    assert [p.number for p in document.pages] == list(range(1, 15))
    for page in document.pages:
        assert comparable(page.text) == comparable("".join(w.text for w in page.words))


@pytest.mark.parametrize(
    ("share", "words", "picture"),
    [(0.4, 0, False), (0.7, 0, True), (0.7, 12, True), (0.7, 13, False)],
)
def test_a_page_with_hardly_a_word_and_a_large_image_is_a_scan(
    share: float, words: int, picture: bool
) -> None:
    page = pymupdf.open().new_page(width=300, height=200)
    image = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 30, 20))
    page.insert_image((0, 0, 300, 200 * share), pixmap=image, keep_proportion=False)
    assert pdf_pages.is_image(page, words) is picture


def test_a_page_of_metres_is_drawn_small(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    document = pymupdf.open()
    document.new_page(width=5000, height=5000)
    path.write_bytes(document.tobytes())
    picture = pymupdf.Pixmap(render_page(path, 1))
    assert 20_000_000 < picture.width * picture.height <= 25_100_000


def pixels(png: bytes) -> Iterator[tuple[int, int, int]]:
    picture = pymupdf.Pixmap(png)
    yield from (
        picture.pixel(x, y) for x in range(0, picture.width, 4) for y in range(picture.height)
    )


@pytest.mark.parametrize(("name", "content"), [("a.pdf", pdf(table)), ("a.txt", "项目\f名称")])
def test_marks_are_drawn(tmp_path: Path, name: str, content: str | bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    plain, marked = render_page(path, 1), render_page(path, 1, [Box(20, 20, 100, 60)])
    assert not any(r > b + 60 for r, _, b in pixels(plain))
    assert any(r > b + 60 for r, _, b in pixels(marked))


def test_a_page_that_is_not_there_is_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(table))
    with pytest.raises(DocumentError, match="no page 2"):
        render_page(path, 2)


def test_threads_may_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(table, count=5))
    found: list[str] = []
    threads = [
        Thread(target=lambda: found.append(read_document(path).pages[4].text)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == ["甲方单 位乙"] * 8


def test_a_scan_is_read_and_keeps_its_place(tmp_path: Path) -> None:
    def drawn(page: Any) -> None:
        for x in (20, 140, 280):
            page.draw_line((x, 20), (x, 100))
        for y in (20, 60, 100):
            page.draw_line((20, y), (280, y))
        page.insert_text((30, 45), "项目名称", fontname="china-s", fontsize=12)
        page.insert_text((150, 45), "示范平台", fontname="china-s", fontsize=12)
        page.insert_text((150, 85), "21,874,200.00", fontsize=12)

    scan = pymupdf.open()
    picture = pymupdf.open(stream=pdf(drawn), filetype="pdf")[0].get_pixmap(dpi=200)
    page = scan.new_page(width=300, height=200)
    page.insert_image(page.rect, pixmap=picture)
    (tmp_path / "a.pdf").write_bytes(scan.tobytes())
    read = read_document(tmp_path / "a.pdf").pages[0]
    assert read.source is PageSource.SCAN
    assert [w.text for w in read.words] == ["项目名称", "示范平台", "21,874,200.00"]
    assert all(abs(a - b) < 4 for a, b in zip(read.words[1].box, (150, 35, 198, 48), strict=True))


@pytest.mark.parametrize("turned", [0, 90])
@pytest.mark.parametrize(
    ("shape", "finish", "lines"),
    [
        ("line", {}, 1),
        ("line", {"width": 5}, 1),
        ("line", {"width": 0}, 1),
        ("line", {"dashes": "[3 2] 0"}, 1),
        ("line", {"width": 2, "lineCap": 2}, 1),
        ("slanted", {}, 1),
        ("dot", {}, 0),
        ("rectangle", {}, 4),
        ("rectangle", {"fill": (0.9, 0.9, 0.9)}, 4),
        ("rectangle", {"color": None, "fill": (0.9, 0.9, 0.9)}, 0),
        ("sliver", {"color": None, "fill": (0, 0, 0)}, 1),
        ("corner", {}, 2),
    ],
)
def test_lines_that_come_with_the_text_are_those_of_the_drawings(
    shape: str, finish: dict[str, Any], lines: int, turned: int
) -> None:
    page = pymupdf.open(stream=pdf(lambda p: drawn(p, shape, **finish)))[0]
    page.set_rotation(turned)
    text = page.get_textpage(flags=pdf_pages.text_flags())
    once, again = (
        [
            [(round(wall.at, 1), round(a, 1), round(b, 1)) for wall in walls for a, b in wall.spans]
            for walls in split_rulings(strokes)
        ]
        for strokes in (pdf_pages._strokes(page, text), pdf_pages._drawn_strokes(page))
    )
    assert once == again
    assert sum(map(len, once)) == lines

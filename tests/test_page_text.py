"""Page-text files → pages with a synthetic drawing."""

from __future__ import annotations

import pytest

from assistant.errors import DocumentError
from assistant.pages.page_text import FONT_SIZE, LINE_PITCH, decode, pages_of_text
from schemas.geometry import PageSource

TEXT = "项目名称：甲\n第二行"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_text_is_decoded(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


def test_stray_control_characters_are_left_out() -> None:
    assert decode(f"\x00{TEXT * 9}\x02\x7f".encode()) == TEXT * 9


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-16-le"),
        b"%PDF-1.7\n\x00\x01",
        b"\xff\xfe\x00",
        b"\x80\xff\xff",
        b"PK\x03\x04",
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        decode(data)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("甲", ["甲"]),
        ("", []),
        ("甲\f乙", ["甲", "乙"]),
        ("甲\f乙\f\n", ["甲", "乙"]),
        ("甲\f\f乙", ["甲", "", "乙"]),
        ("甲\n\n\n\n乙", ["甲", "乙"]),
        ("甲\n \n\t\n\u3000\n乙", ["甲", "乙"]),
        ("甲\n\n\n乙", ["甲\n\n\n乙"]),
        ("甲\n\n\n\n\n乙\f丙", ["甲\n\n\n\n\n乙", "丙"]),
        ("\ufeff甲\r\n乙\r\n\r\n\r\n\r\n丙", ["甲\n乙", "丙"]),
    ],
)
def test_pages_end_at_form_feeds_or_else_at_blank_runs(text: str, pages: list[str]) -> None:
    found = pages_of_text(text)
    assert [page.text for page in found] == pages
    assert [page.number for page in found] == list(range(1, len(pages) + 1))


def test_a_run_is_a_word_in_the_box_it_is_drawn_in() -> None:
    (page,) = pages_of_text("项目 12\n\n 3")
    first, second, third = page.words
    assert [w.text for w in page.words] == ["项目", "12", "3"]
    assert first.box.width == 2 * FONT_SIZE
    assert second.box.x0 == first.box.x1 + FONT_SIZE / 2
    assert second.box.width == FONT_SIZE
    assert third.box.y0 - first.box.y0 == 2 * LINE_PITCH
    assert (page.source, page.rulings) == (PageSource.TEXT, ())


def test_the_page_holds_all_that_is_drawn() -> None:
    (page,) = pages_of_text("长" * 300 + "\n行" * 200)
    assert all(w.box.x1 < page.width and w.box.y1 < page.height for w in page.words)

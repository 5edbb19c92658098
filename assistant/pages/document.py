"""Files → pages. The only module that knows PyMuPDF.

PyMuPDF is not thread-safe, so that every use of it stands behind one lock; it
is imported on first use, since it takes half a second.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.pages.collection import uncollected
from assistant.pages.page_text import ems
from assistant.pages.pdf import is_image, mupdf, mupdf_errors, text_flags, vector_page
from schemas.geometry import Box, Document, Page, Word

MAX_BYTES = 200 * 1024 * 1024
MAX_PAGES = 2_000
MAX_WORDS = 50_000  # on one page
_MAX_PIXELS = 25_000_000
_LOCK = threading.RLock()


def read_document(path: Path) -> Document:
    """Reads a PDF (with a text layer or scanned), a Word document, a workbook or a page-text file,
    known by its content.

    Raises :class:`DocumentError` with one sentence if the file cannot be served.
    """
    data = _read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    if b"%PDF-" in data[:1024]:
        pages = tuple(_pdf_pages(data, path.name))
    else:
        pages = _drawn_pages(data, path.name)
    return Document(id=digest, name=path.name, pages=pages)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DocumentError("document.folder", name=path.name)
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024**2
            raise DocumentError("document.too_large", name=path.name, limit=limit)
        data = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError("document.missing", path=path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError("document.refused", path=path, reason=reason) from None
    if not data:
        raise DocumentError("document.empty", name=path.name)
    return data


def _drawn_pages(data: bytes, name: str) -> tuple[Page, ...]:
    """The pages of a file that has none of its own: they are drawn."""
    return _office_pages(data, name) if data[:2] == b"PK" else _text_pages(data, name)


def _office_pages(data: bytes, name: str) -> tuple[Page, ...]:
    from assistant.pages import office

    readers = {".docx": office.docx_pages, ".xlsx": office.xlsx_pages}
    reader = readers.get(Path(name).suffix.lower())
    if reader is None:
        raise DocumentError("document.neither", name=name)
    try:
        pages = reader(data)
    except office.office_errors() as error:
        raise DocumentError("document.damaged", name=name) from error
    if not any(page.words for page in pages):
        raise DocumentError("document.no_text", name=name)
    _check_page_count(len(pages), name)
    for page in pages:
        _check_word_count(len(page.words), page.number, name)
    return pages


def _text_pages(data: bytes, name: str) -> tuple[Page, ...]:
    from assistant.pages.page_text import decode, pages_of_text

    if Path(name).suffix.lower() not in (".txt", ".text"):
        raise DocumentError("document.neither", name=name)
    try:
        text = decode(data)
    except DocumentError:
        raise DocumentError("document.neither", name=name) from None
    if not text.strip():
        raise DocumentError("document.no_text", name=name)
    pages = pages_of_text(text)
    _check_page_count(len(pages), name)
    for page in pages:
        _check_word_count(len(page.words), page.number, name)
    return pages


def _check_page_count(count: int, name: str) -> None:
    if count == 0:
        raise DocumentError("document.no_pages", name=name)
    if count > MAX_PAGES:
        raise DocumentError("document.too_many_pages", name=name, count=count, limit=MAX_PAGES)


def _check_word_count(count: int, number: int, name: str) -> None:
    if count > MAX_WORDS:
        raise DocumentError(
            "document.too_many_words", page=number, name=name, count=count, limit=MAX_WORDS
        )


def _open(data: bytes, name: str) -> Any:
    pymupdf = mupdf()
    try:
        pdf = pymupdf.open(stream=data, filetype="pdf")
        count = pdf.page_count
    except mupdf_errors():
        raise DocumentError("document.damaged", name=name) from None
    if pdf.needs_pass:
        raise DocumentError("document.encrypted", name=name)
    if pdf.is_repaired and b"%%EOF" not in data[-2048:]:
        raise DocumentError("document.cut_off", name=name)
    _check_page_count(count, name)
    return pdf


def _pdf_pages(data: bytes, name: str) -> Iterator[Page]:
    """Page by page. OCR takes seconds, so that it runs without the lock."""
    with _LOCK:
        pdf = _open(data, name)
    try:
        for index in range(pdf.page_count):
            with _LOCK, uncollected():
                read = _read_page(pdf, index, name)
            yield read if isinstance(read, Page) else _scanned(read, index + 1)
    finally:
        with _LOCK:
            pdf.close()


def _read_page(pdf: Any, index: int, name: str) -> Page | Any:
    """The page, or the picture of it where that is all there is."""
    try:
        page = pdf[index]
        text = page.get_textpage(flags=text_flags())
        raw = page.get_text("words", textpage=text)
        _check_word_count(len(raw), index + 1, name)
        if is_image(page, len(raw)):
            return page.get_pixmap(dpi=_dpi(page, 200), colorspace=mupdf().csGRAY, alpha=False)
        return vector_page(page, index + 1, raw, text)
    except mupdf_errors():
        raise DocumentError("document.page_damaged", page=index + 1, name=name) from None


def _dpi(page: Any, wanted: int) -> int:
    """``wanted``, or less where the picture would be huge."""
    inches = page.rect.width * page.rect.height / 72**2
    return max(1, min(wanted, int((_MAX_PIXELS / max(inches, 1e-6)) ** 0.5)))


def _scanned(picture: Any, number: int) -> Page:
    from assistant.pages.scan import engine

    return engine.read_image(picture.samples, picture.width, picture.height, picture.xres, number)


def render_page(path: Path, number: int, marks: Sequence[Box] = (), dpi: int = 110) -> bytes:
    """Page ``number`` (from 1) as PNG, with ``marks`` (PDF points) as translucent boxes.

    A page-text file is drawn on the synthetic pages that its words' boxes belong to.
    """
    data = _read_bytes(path)
    with _LOCK:
        if b"%PDF-" in data[:1024]:
            pdf = _open(data, path.name)
        else:
            pdf = _drawn(_drawn_pages(data, path.name), number)
            number = min(number, 1)
        try:
            if not 1 <= number <= pdf.page_count:
                raise DocumentError("document.no_page", name=path.name, page=number)
            return _png(pdf[number - 1], marks, dpi)
        except mupdf_errors():
            raise DocumentError("document.not_drawn", page=number, name=path.name) from None
        finally:
            pdf.close()


def _png(page: Any, marks: Sequence[Box], dpi: int) -> bytes:
    pymupdf = mupdf()
    for mark in marks:
        x0, y0, x1, y1 = mark
        rect = pymupdf.Rect(x0 - 1.5, y0 - 1.5, x1 + 1.5, y1 + 1.5) * page.derotation_matrix
        page.draw_rect(
            rect, color=(0.85, 0.35, 0.0), fill=(1.0, 0.8, 0.0), width=1, fill_opacity=0.35
        )
    return bytes(page.get_pixmap(dpi=_dpi(page, dpi), alpha=False).tobytes("png"))


def _draw_word(canvas: Any, word: Word) -> None:
    """Draws a word in its box; Latin letters and digits in a font that is half as wide."""
    x, size = word.box.x0, word.box.height * 0.85
    scale = word.box.width / (ems(word.text) or 1)
    for part in re.findall(r"[ -~]+|[^ -~]+", word.text):
        font = "helv" if part.isascii() else "china-s"
        at = (x, word.box.y1 - 0.15 * word.box.height)
        canvas.insert_text(at, part, fontname=font, fontsize=size)
        x += scale * ems(part)


def _drawn(pages: Sequence[Page], number: int) -> Any:
    """A PDF of one page of a file without pages of its own, its words and lines where their
    boxes are."""
    pdf = mupdf().open()
    for page in pages:
        if page.number == number:
            canvas = pdf.new_page(width=page.width, height=page.height)
            for x0, y0, x1, y1 in page.rulings:
                canvas.draw_line((x0, y0), (x1, y1), color=(0.6, 0.6, 0.6), width=0.5)
            for word in page.words:
                _draw_word(canvas, word)
    return pdf

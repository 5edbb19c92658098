"""Files → pages. The only module that knows PyMuPDF.

PyMuPDF is not thread-safe, so that every use of it stands behind one lock; it
is imported on first use, since it takes half a second.
"""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from assistant.grid import build_grid, lines_of, split_rulings
from schemas.geometry import Box, Document, Page, PageSource, Ruling, Word

MAX_BYTES = 200 * 1024 * 1024
MAX_PAGES = 2_000
MAX_WORDS = 50_000  # on one page
MAX_DRAWINGS = 20_000  # on one page; more is a drawing, not a form, and its lines are left out
_MAX_PIXELS = 25_000_000
_DRAWN_COLUMNS = 3  # fewer vertical lines: the columns are not drawn, and gaps part the words
_GAP = 0.3  # of the print's size
_THIN = 3.0  # a filled rectangle thinner than this is a line
_LOCK = threading.RLock()


@cache
def _pymupdf() -> Any:
    import pymupdf

    tools: Any = pymupdf.TOOLS
    tools.mupdf_display_errors(False)
    tools.mupdf_display_warnings(False)
    return pymupdf


def read_document(path: Path) -> Document:
    """Reads a PDF (with a text layer or scanned) or a page-text file, known by its content.

    Raises :class:`DocumentError` with one sentence if the file cannot be served.
    """
    data = _read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    if b"%PDF-" in data[:1024]:
        pages = tuple(_pdf_pages(data, path.name))
    else:
        pages = _text_pages(data, path.name)
    return Document(id=digest, name=path.name, pages=pages)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DocumentError(f"{path.name} is a folder; name the files in it.")
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024**2
            raise DocumentError(f"{path.name} is larger than {limit} MB; split the file.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{path} does not exist; check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(f"{path} cannot be read: {reason}.") from None
    if not data:
        raise DocumentError(f"{path.name} is empty; get the file again.")
    return data


def decode_text(data: bytes) -> str | None:
    """The text of a page-text file (UTF-8, UTF-16 with its mark, or GB 18030), or None."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data:
        return None
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _text_pages(data: bytes, name: str) -> tuple[Page, ...]:
    text = decode_text(data) if Path(name).suffix.lower() in (".txt", ".text") else None
    if text is None:
        raise DocumentError(f"{name} is neither a PDF nor a page-text file (.txt); convert it.")
    if not text.strip():
        raise DocumentError(f"{name} holds no text; get the file again.")
    from assistant.page_text import pages_of_text

    pages = pages_of_text(text)
    _check_page_count(len(pages), name)
    for page in pages:
        _check_word_count(len(page.words), page.number, name)
    return pages


def _check_page_count(count: int, name: str) -> None:
    if count == 0:
        raise DocumentError(f"{name} has no pages; get the file again.")
    if count > MAX_PAGES:
        raise DocumentError(
            f"{name} has {count} pages, more than the {MAX_PAGES} that are read; split the file."
        )


def _check_word_count(count: int, number: int, name: str) -> None:
    if count > MAX_WORDS:
        raise DocumentError(
            f"Page {number} of {name} has {count} words, more than the {MAX_WORDS} of any form;"
            " take the page out."
        )


def _open(data: bytes, name: str) -> Any:
    pymupdf = _pymupdf()
    try:
        pdf = pymupdf.open(stream=data, filetype="pdf")
        count = pdf.page_count
    except (RuntimeError, ValueError):
        raise DocumentError(
            f"{name} is damaged and cannot be opened; get the file again."
        ) from None
    if pdf.needs_pass:
        raise DocumentError(f"{name} is encrypted; save it without a password first.")
    _check_page_count(count, name)
    return pdf


def _pdf_pages(data: bytes, name: str) -> Iterator[Page]:
    with _LOCK:
        pdf = _open(data, name)
        try:
            for index in range(pdf.page_count):
                yield _read_page(pdf, index, name)
        finally:
            pdf.close()


def _read_page(pdf: Any, index: int, name: str) -> Page:
    try:
        page = pdf[index]
        raw = page.get_text("words")
        _check_word_count(len(raw), index + 1, name)
        if _is_image(page, len(raw)):
            return _scanned(page, index + 1)
        return _vector_page(page, index + 1, raw)
    except (RuntimeError, ValueError):
        raise DocumentError(
            f"Page {index + 1} of {name} is damaged and cannot be read; get the file again."
        ) from None


def _vector_page(page: Any, number: int, raw: list[Any]) -> Page:
    rulings = _rulings(page)
    if page.rotation:  # text and drawings come in the coordinates of the page before it is turned
        raw = [(*_turned(page, w[:4]), *w[4:]) for w in raw]
        rulings = [Ruling(*_turned(page, r)) for r in rulings]
    if len(split_rulings(rulings)[1]) < _DRAWN_COLUMNS:
        raw = _words_by_gaps(page)
    lines = _lines(_split_at_borders(page, raw, rulings))
    words = tuple(word for line in lines for word in line)
    if _scattered(words):
        lines = reading_order(words, rulings)
        words = tuple(word for line in lines for word in line)
    text = "\n".join(" ".join(w.text for w in line) for line in lines)
    size = page.rect
    return Page(number, size.width, size.height, PageSource.PDF, words, tuple(rulings), text)


def _turned(page: Any, box: Sequence[float]) -> tuple[float, float, float, float]:
    r = (_pymupdf().Rect(*box) * page.rotation_matrix).normalize()
    return r.x0, r.y0, r.x1, r.y1


def _words_by_gaps(page: Any) -> list[Any]:
    """The words of a page that draws no columns, in the shape of ``get_text("words")``.

    MuPDF keeps Chinese text on one line together over gaps of most of a glyph's width.
    """
    words: list[Any] = []
    for number, line in _raw_lines(page):
        text, box = "", Box(0, 0, 0, 0)
        for place, char, size in line:
            if text and (char.isspace() or place.x0 - box.x1 > _GAP * size):
                words.append((*box, text, *number, 0))
                text = ""
            if not char.isspace():
                text, box = text + char, box.union(place) if text else place
        if text:
            words.append((*box, text, *number, 0))
    return words


def _raw_lines(page: Any) -> Iterator[tuple[tuple[int, int], list[tuple[Box, str, float]]]]:
    """Each text line's number and its characters, with their boxes and sizes."""
    flags = _pymupdf().TEXTFLAGS_RAWDICT & ~_pymupdf().TEXT_PRESERVE_IMAGES
    for b, block in enumerate(page.get_text("rawdict", flags=flags)["blocks"]):
        for n, line in enumerate(block.get("lines", ())):
            yield (
                (b, n),
                [
                    (
                        Box(*(_turned(page, c["bbox"]) if page.rotation else c["bbox"])),
                        c["c"],
                        span["size"],
                    )
                    for span in line["spans"]
                    for c in span["chars"]
                ],
            )


def _split_at_borders(
    page: Any, raw: list[Any], rulings: Sequence[Ruling]
) -> Iterator[tuple[tuple[int, int], Word]]:
    """The words with the text line each belongs to; none of them crosses a vertical line."""
    crossing = _crossings(raw, rulings)
    pieces = _pieces(page, raw, crossing) if crossing else {}
    covering = _watermarks(raw)
    for position, (x0, y0, x1, y1, text, block, line, _) in enumerate(raw):
        if position in covering:
            continue
        for word in pieces.get(position) or (Word(text, Box(x0, y0, x1, y1)),):
            yield (block, line), word


def _lines(words: Iterator[tuple[tuple[int, int], Word]]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    last: tuple[int, int] | None = None
    for line, word in words:
        if line == last:
            lines[-1].append(word)
        else:
            lines.append([word])
            last = line
    return lines


def _watermarks(raw: Sequence[Any]) -> set[int]:
    """Words in giant print that lie over other words."""
    heights = sorted(w[3] - w[1] for w in raw)
    if not heights:
        return set()
    giant = 3 * heights[len(heights) // 2]
    out: set[int] = set()
    for position, (x0, y0, x1, y1, *_) in enumerate(raw):
        if y1 - y0 < giant:
            continue
        if any(
            x0 < (w[0] + w[2]) / 2 < x1 and y0 < (w[1] + w[3]) / 2 < y1
            for other, w in enumerate(raw)
            if other != position
        ):
            out.add(position)
    return out


def _scattered(words: Sequence[Word]) -> bool:
    """Whether the words come in no order: they often jump up the page by far."""
    jumps = sum(a.box.y0 - b.box.y0 > 40 for a, b in pairwise(words))
    return jumps > max(4, len(words) // 20)


def reading_order(words: Sequence[Word], rulings: Sequence[Ruling]) -> list[list[Word]]:
    """The printed lines from top to bottom, a cell's lines together."""
    grid = build_grid(words, rulings)
    parts: list[tuple[float, float, list[list[Word]]]] = [
        (c.box.y0, c.box.x0, c.lines) for c in grid.cells if c.words
    ]
    for line in lines_of(grid.outside):
        parts.append((line[0].box.y0, line[0].box.x0, [line]))
    return [line for _, _, lines in sorted(parts, key=lambda p: p[:2]) for line in lines]


def _rulings(page: Any) -> list[Ruling]:
    """The lines of the page: strokes, outlines of rectangles, and thin filled shapes."""
    drawings = page.get_cdrawings()
    if len(drawings) > MAX_DRAWINGS:
        return []
    out: list[Ruling] = []
    for drawing in drawings:
        x0, y0, x1, y1 = drawing["rect"]
        if drawing["type"] == "f":
            if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
                _add(out, x0, y0, x1, y1)
            else:
                _add_thin(out, drawing["items"])
        else:
            _add_strokes(out, drawing["items"])
    return out


def _add(
    out: list[Ruling], x0: float, y0: float, x1: float, y1: float, shortest: float = _THIN
) -> None:
    """Adds a box that is thin enough as the line along its middle."""
    if x1 < x0:
        x0, x1 = x1, x0
    if y1 < y0:
        y0, y1 = y1, y0
    if y1 - y0 <= x1 - x0:
        if y1 - y0 <= _THIN and x1 - x0 >= shortest:
            y = (y0 + y1) / 2
            out.append(Ruling(x0, y, x1, y))
    elif x1 - x0 <= _THIN:
        x = (x0 + x1) / 2
        out.append(Ruling(x, y0, x, y1))


def _add_thin(out: list[Ruling], items: Sequence[Any]) -> None:
    """Thin rectangles of a filled path that holds many."""
    for item in items:
        if item[0] == "re":
            x0, y0, x1, y1 = item[1]
            _add(out, x0, y0, x1, y1)


def _add_strokes(out: list[Ruling], items: Sequence[Any]) -> None:
    for item in items:
        if item[0] == "l":
            (x0, y0), (x1, y1) = item[1], item[2]
            _add(out, x0, y0, x1, y1, shortest=0.3)
        elif item[0] == "re":
            x0, y0, x1, y1 = item[1]
            if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
                _add(out, x0, y0, x1, y1)
            else:
                out += (Ruling(x0, y0, x1, y0), Ruling(x0, y1, x1, y1))
                out += (Ruling(x0, y0, x0, y1), Ruling(x1, y0, x1, y1))
        elif item[0] == "qu":
            corners = item[1]
            for a, b in ((0, 1), (1, 3), (3, 2), (2, 0)):
                _add(out, *corners[a], *corners[b])


def _crossings(raw: Sequence[Any], rulings: Sequence[Ruling]) -> dict[int, list[float]]:
    """Words that run across a vertical line: position → the x of the lines inside it."""
    walls = split_rulings(r for r in rulings if r.x0 == r.x1)[1]
    xs = [w.at for w in walls]
    out: dict[int, list[float]] = {}
    for position, word in enumerate(raw):
        x0, y0, x1, y1 = word[:4]
        first = bisect_right(xs, x0 + 1)
        if first < len(xs) and xs[first] < x1 - 1:
            middle = (y0 + y1) / 2
            inside = walls[first : bisect_left(xs, x1 - 1)]
            if cuts := [w.at for w in inside if w.passes(middle)]:
                out[position] = cuts
    return out


def _pieces(
    page: Any, raw: Sequence[Any], crossing: dict[int, list[float]]
) -> dict[int, list[Word]]:
    """The words that run across lines, cut there by the centres of their characters."""
    characters = [(box, char) for _, line in _raw_lines(page) for box, char, _ in line]
    out: dict[int, list[Word]] = {}
    for position, cuts in crossing.items():
        x0, y0, x1, y1 = raw[position][:4]
        inside = [
            (box, char)
            for box, char in characters
            if x0 - 0.5 <= box.centre[0] <= x1 + 0.5 and y0 <= box.centre[1] <= y1
        ]
        parts: dict[int, Word] = {}
        for box, char in sorted(inside):
            side = bisect_right(cuts, box.centre[0])
            before = parts.get(side)
            parts[side] = (
                Word(before.text + char, before.box.union(box)) if before else Word(char, box)
            )
        out[position] = [parts[side] for side in sorted(parts)]
    return out


def _is_image(page: Any, words: int) -> bool:
    """Whether the page is a picture of a page: hardly a word, and an image over most of it."""
    if words > 12:
        return False
    area = abs(page.rect.get_area())
    return any(
        abs(_pymupdf().Rect(i["bbox"]).get_area()) > 0.5 * area for i in page.get_image_info()
    )


def _scanned(page: Any, number: int) -> Page:
    from assistant import ocr

    dpi = 200
    image = page.get_pixmap(dpi=dpi, colorspace=_pymupdf().csGRAY, alpha=False)
    return ocr.read_image(image.samples, image.width, image.height, dpi, number)


def render_page(path: Path, number: int, marks: Sequence[Box] = (), dpi: int = 110) -> bytes:
    """Page ``number`` (from 1) as PNG, with ``marks`` (PDF points) as translucent boxes.

    A page-text file is drawn on the synthetic pages that its words' boxes belong to.
    """
    data = _read_bytes(path)
    with _LOCK:
        if b"%PDF-" in data[:1024]:
            pdf = _open(data, path.name)
        else:
            pdf = _drawn(_text_pages(data, path.name), number)
            number = min(number, 1)
        try:
            if not 1 <= number <= pdf.page_count:
                raise DocumentError(f"{path.name} has no page {number}.")
            return _png(pdf[number - 1], marks, dpi)
        except (RuntimeError, ValueError):
            raise DocumentError(f"Page {number} of {path.name} cannot be drawn.") from None
        finally:
            pdf.close()


def _png(page: Any, marks: Sequence[Box], dpi: int) -> bytes:
    pymupdf = _pymupdf()
    for mark in marks:
        x0, y0, x1, y1 = mark
        rect = pymupdf.Rect(x0 - 1.5, y0 - 1.5, x1 + 1.5, y1 + 1.5) * page.derotation_matrix
        page.draw_rect(
            rect, color=(0.85, 0.35, 0.0), fill=(1.0, 0.8, 0.0), width=1, fill_opacity=0.35
        )
    size = page.rect.width * page.rect.height / 72**2
    dpi = min(dpi, int((_MAX_PIXELS / max(size, 1e-6)) ** 0.5))
    return bytes(page.get_pixmap(dpi=max(dpi, 1), alpha=False).tobytes("png"))


def _drawn(pages: Sequence[Page], number: int) -> Any:
    """A PDF of the one page of a page-text file, its words where their boxes are."""
    pdf = _pymupdf().open()
    for page in pages:
        if page.number == number:
            canvas = pdf.new_page(width=page.width, height=page.height)
            for word in page.words:
                canvas.insert_text(
                    (word.box.x0, word.box.y1 - 0.15 * word.box.height),
                    word.text,
                    fontname="china-s",
                    fontsize=word.box.height * 0.85,
                )
    return pdf

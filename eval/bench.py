"""``make bench``: speed as ratios within one run, never as seconds that a machine decides.

Reads the sample booklet, or the PDF that ``python -m eval.bench FILE`` names. Each figure is
the best of several repeats, after one that warms the caches.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from assistant.pages import document as pages
from assistant.readers.rules import reader as rules_reader
from assistant.segmentation.forms import find_forms

_BOOKLET = Path(__file__).resolve().parents[1] / "samples" / "booklet" / "booklet.pdf"
_REPEATS = 5


def best(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """Seconds of the fastest of ``repeats`` runs."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def words_and_lines(path: Path) -> None:
    """What no reader can do without: the words and the drawings of every page."""
    import pymupdf

    with pymupdf.open(path) as document:
        for page in document:
            page.get_text("words")
            page.get_cdrawings()


def rules(path: Path) -> None:
    document = pages.read_document(path)
    rules_reader.read(document.pages, find_forms(document.pages))


def pdfplumber_tables(path: Path) -> None:
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_tables()


def repeated(path: Path, times: int, folder: Path) -> Path:
    """The booklet ``times`` over, as one PDF."""
    import pymupdf

    target = folder / f"{times}.pdf"
    with pymupdf.open(path) as one, pymupdf.open() as many:
        for _ in range(times):
            many.insert_pdf(one)
        many.save(target, garbage=3)
    return target


def peak_memory() -> float:
    """Megabytes that this process held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Prints the ratios."""
    booklet = Path(sys.argv[1]) if len(sys.argv) > 1 else _BOOKLET
    import pymupdf

    with pymupdf.open(booklet) as document:
        page_count = len(document)
    base, read = best(lambda: words_and_lines(booklet)), best(lambda: rules(booklet))
    print(f"words and lines alone: {base / page_count * 1000:.2f} ms a page (the yardstick)")
    print(f"rule reader, file to readings: {read / base:.2f} x the yardstick")
    print(
        f"pdfplumber extract_tables: {best(lambda: pdfplumber_tables(booklet), 1) / read:.1f} x "
        "the rule reader"
    )
    with tempfile.TemporaryDirectory() as folder:
        for times in (10, 100):
            path = repeated(booklet, times, Path(folder))
            seconds = best(lambda path=path: rules(path), 1)  # type: ignore[misc]
            print(
                f"{page_count * times} pages: {seconds / times / read:.2f} x the time a page of "
                f"{page_count} pages, {peak_memory():.0f} MB at most"
            )


if __name__ == "__main__":
    main()

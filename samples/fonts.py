"""The fonts of the samples, from packages alone: no font file of the machine is needed.

``embedded`` is Droid Sans Fallback (Apache-2.0), which PyMuPDF carries; reportlab embeds the
glyphs that are used. ``cid`` is STSong-Light by name, not embedded. ``mixed`` sets Latin
letters and digits in Helvetica.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from io import BytesIO
from itertools import groupby

_EMBEDDED, _CID, _LATIN = "SampleSans", "STSong-Light", "Helvetica"


@cache
def _register() -> None:
    import pymupdf
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(_EMBEDDED, BytesIO(pymupdf.Font("china-s").buffer))
    glyphs = font.face.charToGlyph
    widths = font.face.charWidths
    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFA0E)):
        # The font lacks most radical code points: they look like the character they fold to.
        plain = ord(unicodedata.normalize("NFKC", chr(code))[0])
        if code not in glyphs and plain in glyphs:
            glyphs[code] = glyphs[plain]
            widths[code] = widths.get(plain, font.face.defaultWidth)
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFont(UnicodeCIDFont(_CID))


def face_of(char: str, font: str) -> str:
    """The name of the registered font that draws ``char`` in a style's ``font``."""
    if font == "cid":
        return _CID
    return _LATIN if font == "mixed" and " " <= char <= "~" else _EMBEDDED


@cache
def _unit_width(char: str, font: str) -> float:
    from reportlab.pdfbase import pdfmetrics

    _register()
    if char == "\u00ad":
        return 0.0
    return float(pdfmetrics.stringWidth(char, face_of(char, font), 1000)) / 1000


def width(text: str, font: str, size: float) -> float:
    """The width of ``text`` in points."""
    return sum(_unit_width(c, font) for c in text) * size


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """``text`` as (font, piece) in order."""
    _register()
    return [(face, "".join(group)) for face, group in groupby(text, lambda c: face_of(c, font))]

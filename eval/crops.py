"""The part of a page that an error is about, as a data URI. The only module here that draws."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from eval.extraction import Box

_DPI = 110
_SCALE = _DPI / 72
_MARGIN = 28  # points above and below the value
_COLOURS = 32  # a form's page needs no more, and a report stays small
_MARK = (217, 89, 0)


def cropper(path: Path) -> Callable[[int, Box | None], str]:
    """A function (page, box) → data URI of the strip of the page around the box, the box marked;
    the whole page, small, where no box is known."""

    @lru_cache(maxsize=4)
    def page_of(number: int) -> Any:
        from PIL import Image

        from assistant.pages import document as pages

        return Image.open(io.BytesIO(pages.render_page(path, number, dpi=_DPI))).convert("RGB")

    @cache
    def crop(number: int, box: Box | None) -> str:
        return _data_uri(_strip(page_of(number), box))

    return crop


def _strip(page: Any, box: Box | None) -> Any:
    if box is None:
        return page.resize((page.width // 3, page.height // 3))
    from PIL import ImageDraw

    marked = page.copy()
    x0, y0, x1, y1 = (v * _SCALE for v in box)
    ImageDraw.Draw(marked).rectangle((x0 - 3, y0 - 3, x1 + 3, y1 + 3), outline=_MARK, width=2)
    top, bottom = max(0, y0 - _MARGIN * _SCALE), min(page.height, y1 + _MARGIN * _SCALE)
    return marked.crop((0, int(top), page.width, max(int(bottom), int(top) + 1)))


def _data_uri(image: Any) -> str:
    out = io.BytesIO()
    image.quantize(_COLOURS).save(out, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()

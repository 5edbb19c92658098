"""Templates → HTML. Pure, but for the templates read once.

What stands between ``{{`` and ``}}`` of a template goes through :func:`escape`, whatever it is
and wherever it stands; only what another template made stays markup. Things to
choose carry ``data-pick`` (rows, cells) or ``data-cite`` (sources); the app
listens for them.
"""

from __future__ import annotations

import base64
import html
import re
import struct
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from markupsafe import Markup

from assistant.messages.catalogue import word
from schemas.geometry import Box
from schemas.messages import Lang, Said
from schemas.readings import Value

# Also what Markdown and templates would take for markup, should a text ever get there.
_MARKUP = {ord(c): f"&#{ord(c)};" for c in "\\`*_{}[]()#+!|$~"}
_PNG_SIZE = struct.Struct(">II")
_METRE = 72 / 0.0254  # points


def escape(text: object) -> Markup:
    """``text`` as HTML that shows exactly its characters, be it read as HTML or as Markdown.

    >>> str(escape("<b>[x](y)</b>"))
    '&lt;b&gt;&#91;x&#93;&#40;y&#41;&lt;/b&gt;'
    """
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(str(text)).replace("&#x27;", "&apos;").translate(_MARKUP))


class _Joined(Extension):
    """The lines of a template are joined without the space between them, which would show."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\n\s*", "", source)


@pass_context
def _word(context: Context, code: str, /, **values: Said) -> str:
    return word(context["lang"], code, **values)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        extensions=[_Joined],
    )
    made.globals["word"] = _word
    made.filters["amount"] = amount
    return made


def render(template: str, lang: Lang, /, **values: object) -> Markup:
    """The template ``templates/<template>.html.j2`` filled in, with the texts of ``lang``."""
    made = _templates().get_template(f"{template}.html.j2")
    return Markup(made.render(lang=lang, **values))


def amount(value: Value) -> str:
    """A decimal string with thousands separators and the decimals it has, and its unit.

    >>> amount("21874200.00"), amount("1820.00 万元"), amount("-")
    ('21,874,200.00', '1,820.00 万元', '-')
    """
    number, space, unit = str(value).partition(" ")
    try:
        return f"{Decimal(number):,}{space}{unit}"
    except InvalidOperation:
        return str(value)


def notice(lang: Lang, code: str, /, **values: Said) -> Markup:
    """A line that says what is there, or why nothing is."""
    return render("notice", lang, text=word(lang, code, **values))


def data_url(kind: str, data: bytes) -> Markup:
    """Bytes as an address; the letters of base64 are no markup."""
    return Markup(f"data:{kind};base64,{base64.b64encode(data).decode()}")


def png_size(png: bytes) -> tuple[float, float] | None:
    """Width and height of a PNG in points, from its own header and resolution."""
    at = png.find(b"pHYs")
    if png[:4] != b"\x89PNG" or at < 0:
        return None
    (width, height), (x, y) = _PNG_SIZE.unpack_from(png, 16), _PNG_SIZE.unpack_from(png, at + 4)
    return (width / x * _METRE, height / y * _METRE) if x and y else None


def page_view(
    lang: Lang, png: bytes, page: int, caption: str, box: Box | None, unread: Sequence[Box] = ()
) -> Markup:
    """A page image with a frame around ``box`` (points) that the app scrolls to, and the places
    of what is ``unread`` hatched."""
    size = png_size(png)
    frame = _shares(box, size) if box and size else None
    hatched = [_shares(place, size) for place in unread] if size else []
    image = data_url("image/png", png)
    return render(
        "page", lang, page=page, caption=caption, image=image, frame=frame, hatched=hatched
    )


def _shares(box: Box, size: tuple[float, float]) -> dict[str, str]:
    """Where a box stands, in hundredths of the page's width and height."""
    width, height = size
    shares = {
        "left": box.x0 / width,
        "top": box.y0 / height,
        "width": box.width / width,
        "height": box.height / height,
    }
    return {side: f"{100 * share:.2f}" for side, share in shares.items()}

"""The few pieces of HTML that every screen is made of. Pure.

What comes from a document goes through :func:`escape`, and nothing else puts
text into the page. Things to choose carry ``data-pick`` (rows, cells) or
``data-cite`` (sources); the app listens for them.
"""

from __future__ import annotations

import base64
import html
import struct
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from assistant.messages.catalogue import word
from schemas.forms import Kind
from schemas.geometry import Box
from schemas.messages import Lang
from schemas.readings import Value

# Also what Markdown and templates would take for markup, should a text ever get there.
_MARKUP = {ord(c): f"&#{ord(c)};" for c in "\\`*_{}[]()#+!|$~"}
_PNG_SIZE = struct.Struct(">II")
_METRE = 72 / 0.0254  # points


def escape(text: object) -> str:
    """``text`` as HTML that shows exactly its characters, be it read as HTML or as Markdown.

    >>> escape("<b>[x](y)</b>")
    '&lt;b&gt;&#91;x&#93;&#40;y&#41;&lt;/b&gt;'
    """
    return html.escape(str(text)).replace("&#x27;", "&apos;").translate(_MARKUP)


def attribute(text: object) -> str:
    """``text`` for a quoted attribute."""
    return html.escape(str(text), quote=True)


def paragraphs(text: object) -> str:
    """Escaped text that keeps its line breaks."""
    return escape(text).replace("\n", "<br>")


def amount(value: Value) -> str:
    """A decimal string with thousands separators and the decimals it has.

    >>> amount("21874200.00"), amount("-")
    ('21,874,200.00', '-')
    """
    try:
        return f"{Decimal(str(value)):,}"
    except InvalidOperation:
        return str(value)


def shown(value: Value, kind: Kind, lang: Lang) -> str:
    """A value as HTML; an empty cell says so."""
    if value is None or value == "":
        return f'<i class="empty">{escape(word(lang, "empty"))}</i>'
    return paragraphs(amount(value) if kind is Kind.AMOUNT else value)


def badge(lang: Lang, kind: str, name: str) -> str:
    """A coloured word: ``badge("zh", "state", "disputed")``."""
    return f'<span class="badge {kind}-{name}">{escape(word(lang, f"{kind}.{name}"))}</span>'


def notice(text: str) -> str:
    return f'<p class="notice">{escape(text)}</p>'


def row(cells: Iterable[str], *, pick: str | None = None, chosen: bool = False) -> str:
    """A table row of ready HTML cells; with ``pick`` it can be chosen by mouse and keyboard."""
    attributes = ""
    if pick is not None:
        attributes = f' data-pick="{attribute(pick)}" tabindex="0" role="button"'
    return f"<tr{attributes}{_chosen(chosen)}>{''.join(f'<td>{c}</td>' for c in cells)}</tr>"


def _chosen(chosen: bool) -> str:
    return ' class="chosen" aria-current="true"' if chosen else ""


def table(headers: Sequence[str], rows: Sequence[str], name: str) -> str:
    """A table of ready rows under plain-text headers; ``name`` is its class."""
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in headers)
    return (
        f'<div class="scroll"><table class="grid {name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def png_size(png: bytes) -> tuple[float, float] | None:
    """Width and height of a PNG in points, from its own header and resolution."""
    at = png.find(b"pHYs")
    if png[:4] != b"\x89PNG" or at < 0:
        return None
    (width, height), (x, y) = _PNG_SIZE.unpack_from(png, 16), _PNG_SIZE.unpack_from(png, at + 4)
    return (width / x * _METRE, height / y * _METRE) if x and y else None


def page_view(lang: Lang, png: bytes, page: int, caption: str, box: Box | None) -> str:
    """A page image with a frame around ``box`` (points) that the app scrolls to."""
    size, frame = png_size(png), ""
    if box and size:
        left, top = 100 * box.x0 / size[0], 100 * box.y0 / size[1]
        width, height = 100 * box.width / size[0], 100 * box.height / size[1]
        frame = (
            f'<span class="mark" style="left:{left:.2f}%;top:{top:.2f}%;'
            f'width:{width:.2f}%;height:{height:.2f}%"></span>'
        )
    number = escape(word(lang, "page", n=page))
    data = base64.b64encode(png).decode()
    return (
        f'<figure class="page"><figcaption><b>{number}</b> {escape(caption)}</figcaption>'
        f'<div class="sheet"><div class="plate"><img alt="{number}" '
        f'src="data:image/png;base64,{data}">{frame}</div></div></figure>'
    )

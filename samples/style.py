"""How a form is worded, arranged and drawn; and the named layouts that vary it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from samples.forms import Family

Borders = Literal["lines", "doubled", "broken", "dashed", "rects", "cells", "horizontal", "header"]
Glyphs = Literal["", "fullwidth", "radicals", "soft_hyphen", "latin", "hostile"]


@dataclass(frozen=True, slots=True)
class Style:
    """The options of one form. Lengths are PDF points; the defaults are the real booklet's."""

    layout: str = "plain"
    seed: int = 0  # for choices in wording and drawing
    # wording
    synonyms: bool = False
    unit: str = "元"
    separators: bool = True
    checkbox: str = ""  # pattern of an option, "{mark}{word}", or "" for plain words
    marks: tuple[str, str] = ("√", "□")
    colon: bool = False
    glyphs: Glyphs = ""
    # the indicator table
    values: tuple[str, ...] = ("period_value", "annual_value")
    side_by_side: bool = False
    extra: Literal["", "middle", "last"] = ""  # a column that the labels do not know
    cost_level1: bool = False
    satisfaction_level1: bool = False
    # arrangement
    pairs: int = 5
    shuffle: bool = False
    total_last: bool = False
    landscape: bool = False
    margin: float = 30.0
    # pages
    breaks: int = 0  # page breaks forced in the tables
    repeat_header: bool = False
    repeat_row: bool = False
    split_text: bool = False  # a long text cut by a page break, its label drawn again
    seam: bool = False  # category cells drawn again in mid-page
    running: bool = False  # running head and page number
    # drawing
    borders: Borders = "lines"
    shaded_labels: bool = False
    font: Literal["embedded", "cid", "mixed"] = "embedded"
    size: float = 6.3
    line_height: float = 1.2
    padding: float = 2.0
    align: Literal["left", "centre"] = "centre"
    rotated: bool = False  # landscape pages by /Rotate
    watermark: str = ""
    scattered: bool = False  # glyph by glyph, cells in no order
    top: bool = False  # text at the top of its cell instead of its middle


Change = Callable[[Random], dict[str, Any]]


def _fixed(**changes: Any) -> Change:
    return lambda rng: changes


LAYOUTS: dict[str, Change] = {
    "plain": _fixed(),
    "synonyms": _fixed(synonyms=True),
    "one_value": lambda rng: {"values": ("annual_value",), "synonyms": rng.random() < 0.5},
    "annual_first": _fixed(values=("annual_value", "period_value")),
    "side_by_side": _fixed(side_by_side=True),
    "cost_level1": _fixed(cost_level1=True),
    "cost_under_output": _fixed(cost_level1=False),
    "satisfaction_own": _fixed(satisfaction_level1=True),
    "satisfaction_under_benefit": _fixed(satisfaction_level1=False),
    "checkbox": lambda rng: {
        "checkbox": rng.choice(("{mark}{word}", "{word}{mark}", "{word}（{mark}）")),
        "marks": rng.choice((("√", "□"), ("■", "□"))),
    },
    "wan": _fixed(unit="万元"),
    "landscape": lambda rng: {"landscape": True, "size": rng.choice((7.0, 8.0, 9.0))},
    "doubled": _fixed(borders="doubled"),
    "broken": _fixed(borders="broken"),
    "rects": _fixed(borders="rects"),
    "cell_rects": _fixed(borders="cells"),
    "no_verticals": lambda rng: {"borders": "horizontal", "pairs": rng.choice((2, 3)), "size": 7.5},
    "header_lines": lambda rng: {
        "borders": "header", "pairs": 2, "size": 8.0, "top": True, "colon": rng.random() < 0.5,
        "align": "left",
    },
    "shaded": _fixed(shaded_labels=True),
    "arrangement": lambda rng: {
        "pairs": rng.choice((2, 3, 4)), "shuffle": True, "total_last": rng.random() < 0.5,
        "size": 7.5,
    },
    "breaks": lambda rng: {
        "breaks": rng.randint(1, 3), "repeat_header": rng.random() < 0.5,
        "repeat_row": rng.random() < 0.5, "seam": rng.random() < 0.3,
    },
    "running_heads": _fixed(running=True, breaks=1),
    "split_text": _fixed(split_text=True),
    "extra_column": lambda rng: {"extra": rng.choice(("middle", "last"))},
    "rotated": _fixed(rotated=True, landscape=True, size=7.5),
    "watermark": lambda rng: {"watermark": rng.choice(("样例", "内部资料 注意保存"))},
    "scattered": _fixed(scattered=True),
    "dashed": _fixed(borders="dashed"),
    "tight": _fixed(padding=0.4),
    "small_print": lambda rng: {"size": rng.choice((5.75, 6.0)), "padding": 1.2, "margin": 60.0},
    "large_print": lambda rng: {"size": 9.5, "pairs": 2, "margin": 40.0},
    "cid_font": _fixed(font="cid"),
    "mixed_fonts": _fixed(font="mixed"),
    "left_top": _fixed(align="left", top=True),
    "latin": _fixed(glyphs="latin"),
    "fullwidth": _fixed(glyphs="fullwidth"),
    "radicals": _fixed(glyphs="radicals"),
    "hostile": _fixed(glyphs="hostile"),
    "soft_hyphen": _fixed(glyphs="soft_hyphen"),
}  # fmt: skip
_COMBINABLE = (
    "synonyms", "one_value", "annual_first", "checkbox", "wan", "doubled", "rects", "shaded",
    "arrangement", "breaks", "mixed_fonts", "left_top", "cost_level1", "satisfaction_own",
)  # fmt: skip


def _combined(rng: Random) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in rng.sample(_COMBINABLE, 4):
        changes |= LAYOUTS[name](rng)
    return changes


LAYOUTS["combined"] = _combined


def default_style(family: Family) -> Style:
    """The style of the real booklet's forms of that family."""
    if family is Family.TARGET:
        return Style(
            size=9.5, pairs=1, margin=42.0, padding=3.0, cost_level1=True, satisfaction_level1=True
        )
    return Style()


def styled(layout: str, family: Family, seed: int) -> Style:
    """The named layout for a form of that family, varied by ``seed``."""
    rng = Random(f"{layout}/{family}/{seed}")
    changes = LAYOUTS[layout](rng)
    base = replace(
        default_style(family),
        layout=layout,
        seed=seed,
        line_height=rng.choice((1.15, 1.2, 1.35)),
        separators=family is not Family.TARGET,
    )
    if family is Family.TARGET:
        base = replace(base, size=rng.choice((8.0, 9.0, 9.5)))
        changes = {k: v for k, v in changes.items() if k != "pairs"}
        if "margin" not in changes:
            changes = {k: v for k, v in changes.items() if k != "size"}
    return replace(base, **changes)

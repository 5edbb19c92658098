"""How printed text is compared. Pure.

A booklet prints one thing in many ways: full-width digits and signs, CJK
compatibility and radical code points (⼀ for 一), soft hyphens, wraps inside a
cell. Comparison goes through :func:`comparable`; what is shown stays as
printed.
"""

from __future__ import annotations

import re
import unicodedata

# NFKC folds full-width forms, compatibility ideographs and Kangxi radicals; these are the
# marks it leaves apart although forms use them for the same thing.
_SAME = {"〔": "[", "〕": "]", "【": "[", "】": "]", "﹣": "-", "－": "-", "∕": "/"}
# Radicals that browsers print for the characters they look like; NFKC knows only two of them.
_RADICALS = "⺁⺒⺓⺝⺠⺩⺮⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰"
_CHARACTERS = "厂巳幺月民王竹虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙"
_INVISIBLE = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_SAME |= dict(zip(_RADICALS, _CHARACTERS, strict=True))
_FOLD = str.maketrans({**_SAME, **_INVISIBLE})
_TO_FOLD = re.compile(f"[{''.join((*_SAME, *_INVISIBLE))}]")
_CJK = "\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef"
_GAP = re.compile(rf"(?<=[{_CJK}“”‘’])[ \t\u3000]*\n[ \t\u3000]*|[ \t]*\n[ \t]*(?=[{_CJK}“”‘’])")


def comparable(text: str) -> str:
    """``text`` without white space and invisible marks, width and compatibility forms folded."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    return text.translate(_FOLD) if _TO_FOLD.search(text) else text


def comparable_with_map(text: str) -> tuple[str, list[int]]:
    """:func:`comparable` text and, for each of its characters, the index in ``text`` it is from."""
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for folded in comparable(char):
            out.append(folded)
            origin.append(index)
    return "".join(out), origin


def join_wrapped(text: str) -> str:
    """Joins the lines of a cell: no space beside Chinese, one space between Latin words."""
    text = text.strip()
    return " ".join(_GAP.sub("", text).split("\n")) if "\n" in text else text

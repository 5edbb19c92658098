"""Numbers in Chinese characters. Pure."""

from __future__ import annotations

DIGITS = {char: n for n, char in enumerate("零一二三四五六七八九")} | {"两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}


def numeral(text: str) -> int | None:
    """A whole number in digits, or in characters below ten thousand; None for anything else.

    >>> numeral("一千二百"), numeral("十二"), numeral("两"), numeral("12"), numeral("若干")
    (1200, 12, 2, 12, None)
    """
    if text.isdecimal():
        return int(text)
    if not text or not all(char in DIGITS or char in TENS for char in text):
        return None
    total, digit = 0, 0
    for char in text:
        if char in TENS:
            total, digit = total + (digit or 1) * TENS[char], 0
        else:
            digit = DIGITS[char]
    return total + digit

"""Numbers as notices write them: 28, 二十八, 廿八, 〇, 二〇一八, 十五, 三十."""

from typing import Final

DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "O": 0, "o": 0, "两": 2, "元": 1, "正": 1}
TENS: Final = {"十": 10, "廿": 20, "卅": 30}
NUMBER: Final = r"(?:[0-9]{1,3}|[一二三四五六七八九十廿卅两〇零百]{1,5})"
"""A pattern for one number of at most three digits or five numerals."""


def number(text: str) -> int:
    """The value of a numeral that NUMBER or a year's digits matched. Raises ValueError for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    if any(c in TENS or c == "百" for c in text):
        return _counted(text)
    return int("".join(str(_digit(c)) for c in text))


def _counted(text: str) -> int:
    total, pending = 0, 0
    for c in text:
        if c == "百":
            total, pending = total + max(pending, 1) * 100, 0
        elif c == "十":
            total, pending = total + max(pending, 1) * 10, 0
        elif c in TENS:
            total, pending = total + TENS[c], 0
        else:
            pending = _digit(c)
    return total + pending


def _digit(c: str) -> int:
    if c.isascii() and c.isdigit():
        return int(c)
    if c not in DIGITS:
        raise ValueError(f"not a numeral: {c!r}")
    return DIGITS[c]

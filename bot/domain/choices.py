"""Short answers that mean something only after a question or a confirmation of ours: a number, or 撤回."""

import re
import unicodedata

UNDO = "撤回"
"""The word that takes the last record back."""
_NUMERALS = "一二三四五六七八九"
_CHOICE = re.compile(r"(?:我?选|第)?\s*([1-9一二三四五六七八九])\s*(?:个|项|号选项)?[。.、)）]?")
_UNDO = re.compile(r"(?:我要|请|申请)?(?:撤回|撤销|取消记录)(?:一下|刚才的|上一条)?[。.!！]?")


def chosen(text: str, count: int) -> int | None:
    """Which of `count` numbered choices was answered, counted from 1; None if the text is anything but such a number."""
    found = _CHOICE.fullmatch(_plain(text))
    if not found:
        return None
    digit = found[1]
    number = _NUMERALS.index(digit) + 1 if digit in _NUMERALS else int(digit)
    return number if number <= count else None


def is_undo(text: str) -> bool:
    """Whether the whole text asks to take the last record back."""
    return _UNDO.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:40]).strip()

"""How a unit is typed without its characters: pinyin and initials, written beside its name when it comes in."""

import functools
import importlib
from typing import Any

PINYIN, INITIALS = 200, 40
"""Characters that the store keeps of each."""
_OUR_READINGS = {
    "珲春": [["hun"], ["chun"]],
    "长白": [["chang"], ["bai"]],
    "长岭": [["chang"], ["ling"]],
}
"""Places that the library reads as other words."""


def of(name: str) -> tuple[str, str]:
    """Pinyin without tones or blanks, and the initials: `yushu`, `ys`. What is no Chinese character is left out."""
    syllables = [each for each in _library().lazy_pinyin(name, errors="ignore") if each]
    return "".join(syllables)[:PINYIN], "".join(each[0] for each in syllables)[:INITIALS]


@functools.cache
def _library() -> Any:
    """Loaded by the first unit that comes in: its dictionary costs half a second."""
    library = importlib.import_module("pypinyin")
    library.load_phrases_dict(_OUR_READINGS)
    return library

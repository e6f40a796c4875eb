"""Cutting a long text into parts that a platform takes, counted in UTF-8 bytes."""

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"
SHORTEST = 64
"""The smallest limit, in bytes, that can be kept: the number, the ellipsis and at least a few characters of each row."""

_LINK = re.compile(r"!?\[[^\]\n]*\]\([^)\s]*\)|https?://[^\s，。；、）】”<>]+|<@[^>\s]+>|@\d{11}")
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def split(text: str, max_bytes: int) -> list[str]:
    """`text` in parts of at most `max_bytes`, cut between rows (lines) and numbered （1/3）; a text that fits is one part without a number.

    A single row that is too long ends in “…”, never inside a character or a link. Raises ValueError for a limit under SHORTEST.
    """
    if max_bytes < SHORTEST:
        raise ValueError(f"a limit of {max_bytes} bytes is too small to cut a text by")
    text = text.strip("\n")
    if _size(text) <= max_bytes:
        return [text]
    digits = 1
    while True:
        packed = list(_pack(text.split("\n"), max_bytes - _size(_number(10**digits - 1, 10**digits - 1))))
        if len(packed) < 10**digits:
            return [_number(part, len(packed)) + rows for part, rows in enumerate(packed, start=1)]
        digits += 1


def _number(part: int, parts: int) -> str:
    return f"（{part}/{parts}）\n\n"


def _size(text: str) -> int:
    return len(text.encode())


def _pack(rows: list[str], room: int) -> Iterator[str]:
    """As many whole rows a part as fit; blank rows at the edge of a part are dropped. The first and the last row are not blank."""
    taken: list[str] = []
    used = 0
    for row in (cut(row, room) for row in rows):
        size = _size(row) + 1
        if taken and used + size > room + 1:
            yield "\n".join(taken).strip("\n")
            taken, used = [], 0
        if row or taken:
            taken.append(row)
            used += size
    yield "\n".join(taken)


def cut(row: str, room: int) -> str:
    """`row` in at most `room` bytes, with “…” where something was cut off; never inside a character as seen, or a link."""
    if _size(row) <= room:
        return row
    keep = len(row.encode()[: room - _size(ELLIPSIS)].decode(errors="ignore"))
    while keep and _continues(row, keep):
        keep -= 1
    for link in _LINK.finditer(row):
        if link.start() < keep < link.end():
            keep = link.start()
    return row[:keep].rstrip() + ELLIPSIS


def _continues(row: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it: an accent, a variation selector, a joined emoji, a skin tone."""
    here = row[at]
    return here == _JOINER or row[at - 1] == _JOINER or ord(here) in _SKIN_TONES or unicodedata.category(here) in ("Mn", "Me")

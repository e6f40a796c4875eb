"""The lines of a mail before they are cut: one kind of line end, of space and of quotation mark, whatever program wrote them."""

import html
import re
from typing import Final

LONGEST: Final = 200_000
"""Characters that are looked at: an answer stands at the top, and what follows is quotation."""
_ENTITY: Final = re.compile(r"&(?:amp;)*+(?:nbsp|gt|lt|quot|#160);")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NEWLINE: Final = re.compile("\r\n?|\u2028|\u2029|\x85|<br ?/?>", re.IGNORECASE)
_QUOTE: Final = re.compile(r"[ \t]{0,3}>(?: ?>){0,40}")


def normalised(text: str) -> list[str]:
    """Lines without invisible characters; QQ puts HTML entities, twice over at times, into plain text."""
    text = text[:LONGEST]
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    text = _INVISIBLE.sub("", _NEWLINE.sub("\n", text)).replace("\xa0", " ")
    return [line.rstrip() if line != "-- " else line for line in text.split("\n")]


def unflowed(text: str, *, delete_space: bool) -> str:
    """The paragraphs of `format=flowed` (RFC 3676): a line that ends in a blank goes on in the next one of the same depth."""
    joined: list[str] = []
    open_depth = -1
    for line in text[:LONGEST].replace("\r\n", "\n").split("\n"):
        mark = re.match(">*", line)
        depth = mark.end() if mark else 0
        words = line[depth:].removeprefix(" ")
        soft = words.endswith(" ") and words != "-- "
        piece = words[:-1] if soft and delete_space else words
        if depth == open_depth and words != "-- ":
            joined[-1] += piece
        else:
            joined.append(("> " if depth else "") + piece)
        open_depth = depth if soft else -1
    return "\n".join(joined)


def is_quoted(line: str) -> bool:
    """Whether the line is marked as quoted."""
    return _QUOTE.match(line) is not None


def unmarked(line: str) -> str:
    """The line without marks of quotation, without spaces at its ends, wide spaces narrow."""
    mark = _QUOTE.match(line)
    return line[mark.end() if mark else 0 :].replace("\u3000", " ").strip()

"""Sentences of a cleaned text, each with its place, the sentence before it and the headings it stands under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_SENTENCE: Final = 4000
"""Longer stretches without an end mark (tables, broken pages) are cut, so that no search grows with the file."""

_END: Final = re.compile(r"[。!?;！？\n]")
_HEADING: Final = re.compile(
    r" *(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|[0-9]{1,2}[.、])(?P<name>.{2,24}?)[:。.]? *$"
)


_CELL: Final = re.compile(r"\t| {2,}|\|")
_LIMITS: Final = re.compile(r"截止(?:日期|时间)")
_THINGS: Final = re.compile(r"(?:报送|上报|提交)?(?:材料|资料|报表|表格)(?:名称)?|表名|报送内容")
"""The heads of two columns that only together say that the times are for handing in."""
_COLUMN: Final = re.compile(r"(?P<name>[\u4e00-\u9fff]{0,8}(?:报送|上报|填报|提交)的?(?:截止)?(?:日期|时间|时限|期限)(?:要求|安排)?):?")
"""A heading without a number, or the head of a table's column whose cells were pasted line by line."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is cleaned; `start` is its place in the cleaned text. `heading` is the nearest heading above, or empty."""

    text: str
    start: int
    before: str
    heading: str

    @property
    def end(self) -> int:
        """The place after its last character in the cleaned text."""
        return self.start + len(self.text)


def split(text: str) -> Iterator[Sentence]:
    """The sentences of a cleaned text in order; blank ones are left out, surrounding blanks do not belong to a sentence."""
    before, heading = "", ""
    for start, end in _stretches(text):
        sentence = text[start:end]
        yield Sentence(sentence, start, before, heading)
        heading = _heading(sentence, heading)
        before = sentence


def _heading(sentence: str, current: str) -> str:
    """The heading that holds after this sentence. The rows of a table, which are numbered 1、2、, do not end its column."""
    if len(sentence) >= 40 or sentence.endswith(("。", ";")):
        return current
    cells = [cell.strip() for cell in _CELL.split(sentence)]
    for cell in cells:
        if column := _COLUMN.fullmatch(cell):
            return column["name"]
    if any(_LIMITS.fullmatch(cell) for cell in cells) and any(_THINGS.fullmatch(cell) for cell in cells):
        return "材料截止时间"
    found = _HEADING.match(sentence)
    if not found or (_COLUMN.fullmatch(current) and sentence[0].isdigit()):
        return current
    return found["name"]


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(text):
        mark = _END.search(text, position, position + MAX_SENTENCE)
        end = mark.end() if mark else min(position + MAX_SENTENCE, len(text))
        stretch = text[position:end]
        lead = len(stretch) - len(stretch.lstrip())
        if body := stretch.strip():
            yield position + lead, position + lead + len(body)
        position = end

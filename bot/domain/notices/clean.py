"""A cleaned copy of a text for the grammar, and the way back from its positions to the text as given.

Characters are unified one for one (full width, Kangxi radicals from PDF copies, dashes); blanks inside Chinese and soft line
breaks (OCR, web pages, mails) are left out. Nothing else is changed, so every span can be quoted word for word.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final


def _unified() -> dict[int, str]:
    ranges = ((0xFF01, 0xFF5E), (0x2F00, 0x2FD5), (0x2E80, 0x2EF3), (0xF900, 0xFAD9), (0x2460, 0x2473))
    table = {}
    for first, last in ranges[:4]:
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1:
                table[code] = plain
    table |= dict.fromkeys(map(ord, "—–－―‐‑‒─━"), "-")
    table |= dict.fromkeys(map(ord, "～〜∼˜"), "~")
    table |= dict.fromkeys(map(ord, "\u00a0\u3000\u2002\u2003\u2009\u202f\v\f\r\u0085"), " ")
    table |= dict.fromkeys(map(ord, "\u2028\u2029"), "\n")
    table |= {ord("○"): "〇", ord("◯"): "〇", ord("﹕"): ":", ord("∶"): ":", ord("〔"): "〔", ord("﹝"): "〔", ord("﹞"): "〕"}
    table |= {ord("【"): "[", ord("】"): "]", ord("﹙"): "(", ord("﹚"): ")", ord("﹐"): ",", ord("﹑"): "、", ord("﹔"): ";"}
    return table


UNIFIED: Final = _unified()

_WORD: Final = r"[\u3007\u4e00-\u9fff0-9“”《》、。,;:()]"
_HAN: Final = r"[\u3007\u4e00-\u9fff、,;:。“”《》()]"
_BREAK: Final = r" {0,8}\n(?: {0,8}\n)? {0,8}"
_ITEM: Final = (
    r" *(?:[(]?[一二三四五六七八九十0-9]{1,3}[)、.]|第[一二三四五六七八九十百0-9]{1,5}[条章节]|[①-⑳]|附件|附:|联系|电话|邮箱|电子"
    r"|抄送|主送|标题|发文字号|文号|成文日期|发布日期|发文机关|索引号|[\u4e00-\u9fff]{2,6}:|#|[12][0-9]{3}年|\Z)"
)
_DROPPED: Final = re.compile(
    r"[\u200b-\u200f\u2060\ufeff\u00ad]+"
    # blanks inside Chinese and dates
    rf"|(?<={_HAN}) {{1,2}}(?={_WORD})|(?<=[0-9]) {{1,2}}(?={_HAN})|(?<=[0-9]) (?=[0-9]{{1,3}} ?[年月日])"
    # line breaks after a comma, inside a date, after a word that cannot end a line
    rf"|(?<=[,、]){_BREAK}(?=\S)|(?<=[0-9]){_BREAK}(?=[0-9]{{0,2}}[年月日])|(?<=[于在至将向和及与或由对按]){_BREAK}(?=[\u4e00-\u9fff0-9])"
    # line breaks of a page that is narrower than its paragraphs
    r"|(?<=[^\n]{24})(?<=[\u3007\u4e00-\u9fff0-9”》)])(?<!通知)(?<!的函)(?<!办法)(?<!方案)(?<!意见)"
    rf"{_BREAK}(?!{_ITEM})(?=[\u4e00-\u9fff0-9][^\n]{{4}})"
)
_COLUMNS: Final = re.compile(r"\S(?: {3,}|\t)\s*\S")
_DATED_LINE: Final = re.compile(r"[ \t]{0,8}[0-9]{1,2}月[0-9]{1,2}日")
_ROW: Final = 200
"""Characters on either side of a line break in which the columns of a table are looked for."""
_MISREAD: Final = re.compile(
    r"(?<=[0-9])[OoIl](?=[0-9年月日时:])|(?<![A-Za-z0-9])[lI](?=[0-9]?[月日曰口])|(?<=[0-9])[曰口](?=[前以之上下起至内(,])"
)
"""Figures and 日 as text recognition gets them wrong inside dates."""


@dataclass(frozen=True, slots=True)
class Clean:
    """`text` is the cleaned copy. `span` maps a stretch of it back to the text it was made from."""

    original: str
    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original; end exclusive. An empty stretch gives an empty span."""
        if end <= start:
            return self._at(start), self._at(start)
        return self._at(start), self._at(end - 1) + 1

    def _at(self, position: int) -> int:
        return position + self.offsets[bisect_right(self.starts, position) - 1]


def clean(original: str) -> Clean:
    """The cleaned copy of `original`; time and memory are linear in its length."""
    unified = _MISREAD.sub(_corrected, original.translate(UNIFIED))
    pieces, starts, offsets = [], [0], [0]
    length = position = 0
    for dropped in _DROPPED.finditer(unified):
        if _parts_rows(unified, dropped):
            continue
        pieces.append(unified[position : dropped.start()])
        length += dropped.start() - position
        position = dropped.end()
        starts.append(length)
        offsets.append(position - length)
    pieces.append(unified[position:])
    return Clean(original, "".join(pieces), tuple(starts), tuple(offsets))


def _parts_rows(text: str, dropped: re.Match[str]) -> bool:
    """Whether a line break stands between two rows of a table set with blanks, or between two dates of a timetable."""
    if "\n" not in dropped.group():
        return False
    above = text[max(text.rfind("\n", 0, dropped.start()) + 1, dropped.start() - _ROW) : dropped.start()]
    below = text[dropped.end() : dropped.end() + _ROW].split("\n", 1)[0]
    return any(pattern(above) and pattern(below) for pattern in (_COLUMNS.search, _DATED_LINE.match))


def _corrected(found: re.Match[str]) -> str:
    return {"O": "0", "o": "0", "I": "1", "l": "1"}.get(found.group(), "日")

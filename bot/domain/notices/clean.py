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

_WORD = r"[\u3007\u4e00-\u9fff0-9“”《》、。,;:()]"
_HAN = r"[\u3007\u4e00-\u9fff、,;:。“”《》()]"
_ITEM = r"[ ]*(?:[(]?[一二三四五六七八九十0-9]{1,3}[)、.]|第[一二三四五六七八九十百0-9]{1,5}[条章节]|[①-⑳]|附件|附:|联系|电话|邮箱|电子|抄送|主送|#|[12][0-9]{3}年|\Z)"
_DROP: Final = re.compile(
    r"[\u200b-\u200f\u2060\ufeff\u00ad]+"
    rf"|(?<={_HAN}) {{1,2}}(?={_WORD})"
    rf"|(?<=[0-9]) {{1,2}}(?={_HAN})"
    r"|(?<=[0-9]) (?=[0-9]{1,3} ?[年月日])"
    r"|(?<=[,、]) {0,8}\n(?: {0,8}\n)?[ ]{0,8}(?=[^\s])"
    rf"|(?<=[^\n]{{24}})(?<=[\u3007\u4e00-\u9fff0-9”》)])(?<!通知)(?<!的函)(?<!办法)(?<!方案)(?<!意见) {{0,8}}\n(?: {{0,8}}\n)? {{0,8}}(?!{_ITEM})(?=[\u4e00-\u9fff0-9][^\n]{{4}})"
)


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
    unified = original.translate(UNIFIED)
    pieces, starts, offsets = [], [0], [0]
    length = position = 0
    for dropped in _DROP.finditer(unified):
        pieces.append(unified[position : dropped.start()])
        length += dropped.start() - position
        position = dropped.end()
        starts.append(length)
        offsets.append(position - length)
    pieces.append(unified[position:])
    return Clean(original, "".join(pieces), tuple(starts), tuple(offsets))

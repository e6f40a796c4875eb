"""What a question about a duty asks for, and what the notice says of its attachments. Whether it is a question is read by `replies`."""

import re
from enum import StrEnum


class Asked(StrEnum):
    """What somebody wants to know. To where and to whom is answered anyway."""

    WHEN = "when"
    TEMPLATE = "template"


_WORDS = {
    Asked.WHEN: re.compile("什么时候|啥时候|几号|哪天|何时|多会儿|截止|期限|最晚|最迟|为什么是|怎么是|怎么算|哪一天"),
    Asked.TEMPLATE: re.compile("模板|模版|样表|表格|格式|附件|表样|样式|表在哪|什么表"),
}
_ATTACHMENTS = re.compile(
    r"^[ \u3000]*附件[:：][ \u3000]*(?P<first>[^\n]{2,80})(?P<more>(?:\n[ \u3000]*\d{1,2}[.、．][^\n]{2,80})*)", re.MULTILINE
)
MOST = 5
"""Attachments that are named."""


def wanted(text: str) -> frozenset[Asked]:
    """What a text asks for in so many words."""
    return frozenset(asked for asked, words in _WORDS.items() if words.search(text[:300]))


def attachments(notice: str) -> tuple[str, ...]:
    """What the notice lists as attached, in its words; empty if it lists nothing."""
    found = _ATTACHMENTS.search(notice)
    if found is None:
        return ()
    lines = [found["first"], *found["more"].split("\n")]
    return tuple(named for line in lines if (named := re.sub(r"^[ \u3000]*\d{1,2}[.、．]", "", line).strip()))[:MOST]

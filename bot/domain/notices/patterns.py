"""Fragments of patterns that several readers of time expressions share. Every repetition is bounded."""

import re
from typing import Final

from bot.domain import rules
from bot.domain.notices.numerals import NUMBER, number

DAYS: Final = rf"(?P<days>{NUMBER}[日号]?(?:[、,和及与至到~-]{NUMBER}[日号]?){{0,9}}(?<=[日号]))"
DAYPART: Final = (
    rf"(?:{DAYS}(?:(?P<to_end>[至到~-](?:当月|本月)?月?[底末])|(?P<and_end>[、,和及与](?:当月|本月)?月[底末]))?"
    r"|(?P<part>月?底|月?末|最后(?:一|1)[天日]|最后(?:一|1)个?工作日|上旬[、,]?中旬[、,和及与]?下旬|上旬|中旬|下旬|初))"
)
AFTER: Final = (
    r"(?:(?:的?(?:末|底)?(?:终了|结束|完结|完毕|终结|末了|末|底|终|满)(?:之日起|之日后|之后|以后|后|起)?"
    r"|之后|以后|后|过后)的?,?(?:(?:各?单位|各地)?(?:均?应当?|须|需|请|必须)?(?:在|于))?)"
)
NEXT_MONTH: Final = r"(?:次月|翌月|下一?个?月|后一个?月|次一?个?月)(?:份|度)?"
SPAN: Final = rf"(?:的)?(?:前|第)?(?P<n>{NUMBER})(?:个?(?:自然|日历)(?=[日天]))?(?P<unit>个?工作[日天]|[日天]|个?月)"
WEEKDAY: Final = "一二三四五六日"

_PARTS: Final = {"上旬": 10, "中旬": 20, "初": 10}
_RANGE: Final = re.compile(r"[至到~-]")
_LIST: Final = re.compile(r"[、,和及与]")


def days_of(found: re.Match[str]) -> tuple[int, ...]:
    """The days that DAYPART matched, ascending; of a range (1日至5日) the last. Empty where one is no day of any month."""
    if part := found["part"]:
        return (10, 20, rules.LAST) if len(part) > 4 and part.startswith("上旬") else (_PARTS.get(part, rules.LAST),)
    if found.groupdict().get("to_end"):
        return (rules.LAST,)
    days = day_list(found["days"])
    return (*days, rules.LAST) if days and found.groupdict().get("and_end") else days


def day_list(words: str) -> tuple[int, ...]:
    """The days of «5日、20日» or «1日至5日», ascending; empty where one is no day of any month."""
    days = sorted({number(_RANGE.split(item)[-1].rstrip("日号")) for item in _LIST.split(words) if item})
    return tuple(days) if days and days[0] >= 1 and days[-1] <= 31 else ()


def any_of(words: str) -> str:
    """A group that matches any of the blank-separated alternatives, which may be patterns themselves."""
    return f"(?:{'|'.join(words.split())})"

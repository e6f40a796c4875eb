"""Neighbouring time expressions that are one: ranges (9月1日至20日) and lists (4月12日前，6、8月3日前)."""

import re
from dataclasses import replace
from typing import Final

from bot.domain.notices.mentions import Days, Mention, MonthDays

_TO: Final = re.compile(r"[(]?\s?(?:至|到|-|~|起至)\s?$")
_AND: Final = re.compile(r"(?:[、,和及与或]|以及|或者|\s)?(?:分别)?(?:(?:[及和])?(?:下半年|全年|年终|年度))?(?:于|在|为)?$")
_WINDOW: Final = re.compile(r"(?:须|应|请|务必|应当|需)[^,。;]{0,4}[在于]$")
_EACH_QUARTER: Final = re.compile(r"[按每逐各]一?个?季")
_QUARTER: Final = re.compile(r"[^,。;、]{0,16}[,、]第?[一二三四1-4]季度[^,。;、]{0,8}")
"""What stands between two days of a list by quarters: 第一季度于4月10日前报送，第二季度于7月10日前…"""


def join(text: str, found: list[Mention]) -> list[Mention]:
    """The same expressions with ranges reduced to their end and lists made one."""
    joined: list[Mention] = []
    for mention in found:
        merged = _merged(text, joined[-1], mention) if joined else None
        if merged:
            joined[-1] = merged
        elif not (joined and text[joined[-1].end : mention.start] == "(" and not mention.marked):
            joined.append(mention)
    return joined


def _merged(text: str, left: Mention, right: Mention) -> Mention | None:
    gap = text[left.end : right.start]
    if isinstance(left.when, Days) and isinstance(right.when, Days) and _QUARTER.fullmatch(gap):
        return _list(left, right, left.when, right.when) if _goes_by_quarters(text, left) else None
    if len(gap) > 8 or not isinstance(left.when, Days):
        return None
    if _TO.fullmatch(gap):
        return _range(left, right, left.when, _WINDOW.search(text[max(0, left.start - 10) : left.start]) is not None)
    if isinstance(right.when, Days) and _AND.fullmatch(gap):
        return _list(left, right, left.when, right.when)
    return None


def _goes_by_quarters(text: str, first: Mention) -> bool:
    """Whether days named for several quarters are those of one report: a habit is named before them, or all four are there."""
    return bool(_EACH_QUARTER.search(text[: first.start])) or ("一季度" in text and "四季度" in text)


def _range(left: Mention, right: Mention, first: Days, window: bool) -> Mention | None:
    """The range as one time. `window`: the words before it oblige to act within it (须在3月1日至10日), so that its end is a limit."""
    if isinstance(right.when, MonthDays):
        when = replace(first, points=((first.points[-1][0], right.when.days[-1]),))
    elif isinstance(right.when, Days):
        last = right.when
        own_year = last.year is not None or last.following is not None or last.ahead is not None
        when = last if own_year else replace(first, points=last.points, rough=last.rough)
    else:
        return None
    return Mention(left.start, right.end, when, left.marked or right.marked or when.every or window, right.hour)


def _list(left: Mention, right: Mention, first: Days, second: Days) -> Mention | None:
    if second.year is not None and second.year != first.year:
        when = replace(first, more=(*first.more, second)) if first.year else None
        return Mention(left.start, right.end, when, left.marked or right.marked, right.hour or left.hour) if when else None
    every = first.every or second.every or second.following == 1
    when = replace(first, points=first.points + second.points, every=every, rough=first.rough or second.rough)
    return Mention(left.start, right.end, when, left.marked or right.marked, right.hour or left.hour)

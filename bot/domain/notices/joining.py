"""Neighbouring time expressions that are one: ranges (9月1日至20日) and lists (4月12日前，6、8月3日前)."""

import re
from dataclasses import replace
from typing import Final

from bot.domain.notices.mentions import Days, Mention, MonthDays

_TO: Final = re.compile(r"[(]?\s?(?:至|到|-|~|起至)\s?$")
_AND: Final = re.compile(r"(?:[、,和及与或]|以及|或者|\s)?(?:分别)?(?:(?:[及和])?(?:下半年|全年|年终|年度))?(?:于|在|为)?$")
_WINDOW: Final = re.compile(r"(?:须|应|请|务必|应当|需)[^,。;]{0,4}[在于]$")
_HALF: Final = re.compile(r"上半年(?:[^,。;、]{0,12})$")


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
    if len(gap) > 8 or not isinstance(left.when, Days):
        return None
    if _TO.fullmatch(gap):
        return _range(left, right, left.when, _WINDOW.search(text[max(0, left.start - 10) : left.start]) is not None)
    if isinstance(right.when, Days) and _AND.fullmatch(gap):
        return _list(left, right, left.when, right.when)
    return None


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

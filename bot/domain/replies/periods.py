"""Quarters named in an answer, and which of them are the one the answer is about."""

import re
from datetime import date

NAMED = re.compile(r"(?:(?:(20\d\d)年?|(去年|上年|今年|本年)度?)的?)?第?(?:([一二三四1-4])个?季度?|q([1-4])(?!\d))")
FIRST = frozenset("第一二三四1234q2去上今本")
NOMINATION = re.compile("名单|百千万|推荐表")


def number(found: re.Match[str]) -> int:
    """The quarter, 1 to 4, that a match of NAMED speaks of."""
    written = found[3] or found[4]
    return "一二三四".find(written) + 1 or int(written)


def year(found: re.Match[str], today: date) -> int:
    """The year of that quarter: the one named, else the latest in which the quarter has begun."""
    if found[1]:
        return int(found[1])
    if found[2]:
        return today.year - (found[2] in ("去年", "上年"))
    return today.year - (3 * number(found) - 2 > today.month)


def is_current(found: re.Match[str], today: date) -> bool:
    """Whether the quarter that a match of NAMED speaks of is one that a report can be owed for on `today`."""
    quarter = number(found)
    begun = today.year - (3 * quarter - 2 > today.month)
    return quarter in current(today) and year(found, today) == begun


def current(today: date) -> frozenset[int]:
    """The quarters a report can be owed for on `today`: the one under way, and in its first two months the one before."""
    running = (today.month + 2) // 3
    return frozenset({running} if today.month % 3 == 0 else {running, running - 1 or 4})


def hint(own: str, today: date) -> str | None:
    """The period an answer names: `2018Q3` (the latest such quarter that has begun), `NOM2018` for the nomination list, or None."""
    found = NAMED.search(own)
    if not found:
        return f"NOM{today.year}" if NOMINATION.search(own) else None
    return f"{year(found, today)}Q{number(found)}"

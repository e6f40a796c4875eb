"""From what a time expression says to due rules: the year that is missing, the report it recurs with, days that don't exist."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final, assert_never

from bot.domain import rules
from bot.domain.notices.mentions import NEXT_MONTH, Ahead, Count, Days, MonthDays, Recurring, Weekdays, When
from bot.domain.notices.reading import DoubtKind

YEARS: Final = range(1949, 2101)


class Frequency(Enum):
    """How often a report is made, from words that stand before the time: 月报, 按季, 每年."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a time expression.

    `frequency` is named before it; `recurs` says that it is named as a habit (每年, 按月), not as one report (年报).
    `halves`: it speaks of both half-years. `previous`: the last single day before it in its sentence.
    `standing`: the text is a regulation, whose days come round every year. `year` is the one written in the sentence.
    `turns`: it is the half of a pair whose other half is due 次年, so that both come round every year.
    """

    issued: date | None
    frequency: Frequency | None = None
    recurs: bool = False
    standing: bool = False
    year: int | None = None
    halves: bool = False
    previous: date | None = None
    turns: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rules `found` (several only for several weekdays) and what is open about them."""

    found: tuple[rules.Rule, ...] = ()
    doubts: tuple[DoubtKind, ...] = ()


def resolve(when: When, context: Context) -> Resolved:
    """The due rules of a time expression. No rules and a doubt where its day cannot be known."""
    match when:
        case Recurring():
            return _recurring(when, context)
        case Days():
            return _days(when, context)
        case MonthDays(days):
            return _month_days(days, context)
        case Weekdays():
            return _weekdays(when, context)
        case Ahead(n):
            return _once([context.issued + timedelta(days=n)]) if context.issued else _unknown(DoubtKind.NO_ISSUE_DATE)
        case Count():
            return _count(when, context)
    assert_never(when)


def _unknown(doubt: DoubtKind) -> Resolved:
    return Resolved(doubts=(doubt,))


def _once(days: list[date], *doubts: DoubtKind) -> Resolved:
    unique = tuple(sorted(set(days)))
    return Resolved((rules.Once(unique[0]) if len(unique) == 1 else rules.Dates(unique),), doubts)


def _recurring(when: Recurring, context: Context) -> Resolved:
    rule = when.rule
    if isinstance(rule, rules.MonthlyNext):
        if context.frequency is Frequency.QUARTER:
            rule = rules.QuarterlyNext(rule.day)
        elif context.frequency is Frequency.HALF:
            rule = rules.HalfyearlyNext(rule.day) if rule.day != rules.LAST else rules.YearlyDates(((1, 31), (7, 31)))
    return Resolved((rule,), (DoubtKind.APPROXIMATE,) if when.rough else ())


def _days(when: Days, context: Context) -> Resolved:
    if when.points[0][0] == NEXT_MONTH and context.frequency is Frequency.MONTH:
        return Resolved((rules.MonthlyNext(when.points[0][1]),))
    if when.points[0][0] == 0 and context.frequency is Frequency.MONTH and context.recurs:
        return Resolved((rules.Monthly(tuple(day for _, day in when.points)),))
    if context.frequency is Frequency.QUARTER and context.recurs and when.year is None and (rule := _by_quarter(when.points)):
        return Resolved((rule,))
    if _is_yearly(when, context) or (when.year is None and len(when.points) == 4 and _even(when.points)):
        doubts = (DoubtKind.APPROXIMATE,) if when.rough and not context.standing else ()
        return _yearly(when.points, doubts)
    return _dated(when, context)


def _is_yearly(when: Days, context: Context) -> bool:
    if when.every:
        return True
    if when.year is not None or when.ahead is not None:
        return False
    if when.points[0][0] < 1:
        return False
    if when.following is not None:
        return context.year is None
    named = context.recurs and context.frequency in (Frequency.YEAR, Frequency.HALF, Frequency.QUARTER)
    halves = context.halves and sorted(month for month, _ in when.points) == [1, 7]
    return context.standing or named or halves or context.turns


def _yearly(points: tuple[tuple[int, int], ...], doubts: tuple[DoubtKind, ...]) -> Resolved:
    fixed = tuple(sorted({_possible(2024, month, day) for month, day in points}))
    if any(day > monthrange(2024, month)[1] for month, day in points):
        doubts += (DoubtKind.IMPOSSIBLE_DATE,)
    if len(points) == 1:
        month, day = points[0]
        return Resolved((rules.Yearly(month, rules.LAST if day == rules.LAST else fixed[0][1]),), doubts)
    return Resolved((_even(points) or rules.YearlyDates(tuple((m, min(d, monthrange(2023, m)[1])) for m, d in fixed)),), doubts)


def _even(points: tuple[tuple[int, int], ...]) -> rules.Rule | None:
    """The same day in every quarter or half-year, said as such."""
    months, days = sorted(month for month, _ in points), {day for _, day in points}
    if len(days) != 1:
        return None
    day = days.pop()
    if months == [1, 7]:
        return rules.HalfyearlyNext(day) if day != rules.LAST else None
    if months == [1, 4, 7, 10] and day != rules.LAST:
        return rules.QuarterlyNext(day)
    if months in ([1, 4, 7, 10], [2, 5, 8, 11], [3, 6, 9, 12]):
        return rules.Quarterly(months[0], day)
    return None


def _by_quarter(points: tuple[tuple[int, int], ...]) -> rules.Rule | None:
    """What two or more days say of every quarter: the same day in the same month of each."""
    places = {((month - 1) % 3 + 1, day) for month, day in points if month > 0}
    if len(points) < 2 or len(places) != 1:
        return None
    place, day = places.pop()
    return rules.QuarterlyNext(day) if place == 1 and day != rules.LAST else rules.Quarterly(place, day)


def _possible(year: int, month: int, day: int) -> tuple[int, int]:
    last = monthrange(year, month)[1]
    return month, last if day == rules.LAST else min(day, last)


def _dated(when: Days, context: Context) -> Resolved:
    year = _year_of(when, context)
    if year is not None and year not in YEARS:
        return _unknown(DoubtKind.IMPOSSIBLE_DATE)
    since = context.issued or context.previous
    if year is None and (since is None or (context.issued is None and when.points[0][0] < 1)):
        return _unknown(DoubtKind.NO_ISSUE_DATE if when.points[0][0] < 1 else DoubtKind.NO_YEAR)
    days = [_day(month, day, year, since) for month, day in when.points]
    days += [_day(month, day, other.year, since) for other in when.more for month, day in other.points]
    if any(found.year not in YEARS for found in days):
        return _unknown(DoubtKind.IMPOSSIBLE_DATE)
    doubts = [DoubtKind.APPROXIMATE] if when.rough else []
    if any(month > 0 and day > monthrange(found.year, month)[1] for (month, day), found in zip(when.points, days, strict=False)):
        doubts.append(DoubtKind.IMPOSSIBLE_DATE)
    if year is not None and context.issued and min(days) < context.issued:
        doubts.append(DoubtKind.BEFORE_ISSUE)
    return _once(days, *doubts)


def _year_of(when: Days, context: Context) -> int | None:
    if when.year is not None:
        return when.year
    if when.following is not None and context.year is not None:
        return context.year + when.following
    if when.ahead is not None and context.issued:
        return context.issued.year + when.ahead
    return None


def _day(month: int, day: int, year: int | None, issued: date | None) -> date:
    if issued is not None and month < 1:
        first = issued.replace(day=1) if month == 0 else (issued.replace(day=28) + timedelta(days=4)).replace(day=1)
        return rules_day(first.year, first.month, day)
    if year is not None:
        return rules_day(year, month, day)
    if issued is None:
        raise ValueError("a day without a year needs a day of issue")
    this = rules_day(issued.year, month, day)
    return this if this >= issued else rules_day(issued.year + 1, month, day)


def rules_day(year: int, month: int, day: int) -> date:
    """That day, or the month's last where there is no such day."""
    return date(year, *_possible(year, month, day))


def _month_days(days: tuple[int, ...], context: Context) -> Resolved:
    if context.frequency is Frequency.MONTH:
        return Resolved((rules.Monthly(days),))
    if context.frequency is Frequency.QUARTER and context.recurs:
        return Resolved((rules.QuarterlyNext(days[0]),))
    if context.issued is None:
        return _unknown(DoubtKind.NO_ISSUE_DATE)
    since = max(context.issued, context.previous or context.issued)
    return _once([_next_with(day, since) for day in days])


def _next_with(day: int, issued: date) -> date:
    found = issued
    while found.day != day:
        found += timedelta(days=1)
    return found


def _weekdays(when: Weekdays, context: Context) -> Resolved:
    if when.every or (when.ahead is None and context.frequency is Frequency.WEEK):
        return Resolved(tuple(rules.Weekly(day) for day in when.days))
    if context.issued is None:
        return _unknown(DoubtKind.NO_ISSUE_DATE)
    monday = context.issued - timedelta(days=context.issued.weekday())
    days = [monday + timedelta(days=day + 7 * (when.ahead or 0)) for day in when.days]
    if when.ahead is None:
        days = [day if day >= context.issued else day + timedelta(days=7) for day in days]
    return _once(days)


def _count(when: Count, context: Context) -> Resolved:
    receipt = when.receipt if when.receipt is not None else not context.standing
    start = rules.Start.RECEIPT if receipt else rules.Start.EVENT
    return Resolved((rules.After(when.n, when.workdays, start),), (DoubtKind.APPROXIMATE,) if when.rough else ())

"""The reports a rule asks for: their names and nominal days.

Names (DESIGN §3): `2018Q3` a quarter, `2018-09` a month, `2018H2` a half-year, `2018` a year, `2018-W39` an ISO week,
`2018-09-28` a day (`daily` and each of `dates:`), `once` for `once:` and for rules counted from receipt or an event.
Several reports in one month or year are numbered by their place in the rule: `2018-09#2`, `2018#1`.

A period is what the report is about, not when it is due: next-month rules and `monthly:workday` name the month, quarter or
half-year before their day; every other rule names the one its day lies in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from bot.domain import rules
from bot.domain.rule_scanner import FIRST_YEAR, LAST_YEAR
from bot.domain.workdays import WorkCalendar

DAWN, HORIZON = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
"""Nothing is expanded before the first or beyond the second day."""


@dataclass(frozen=True, slots=True)
class Period:
    """One report that a rule asks for. `nominal` is the day the rule names, before any shift, and still in time."""

    name: str
    nominal: date


def expand(
    rule: rules.Rule, since: date, until: date, *, anchor: date | None = None, calendar: WorkCalendar | None = None
) -> Iterator[Period]:
    """The periods whose nominal day lies in [since, until], both included, ascending; none before DAWN or after HORIZON.

    `anchor` is the day of receipt or of the event, from which `After` rules count (without it they ask for nothing); other rules
    ignore it. `calendar` counts workdays for the rules that name them (the library's alone if None).
    """
    since, until = max(since, DAWN), min(until, HORIZON)
    if since > until:
        return
    calendar = calendar or WorkCalendar()
    for period in _candidates(rule, since, until, anchor, calendar):
        if since <= period.nominal <= until:
            yield period


def first(rule: rules.Rule, since: date, count: int, *, anchor: date | None = None, calendar: WorkCalendar | None = None) -> list[Period]:
    """The first `count` periods with a nominal day on or after `since`; fewer if the rule asks for no more."""
    return list(islice(expand(rule, since, HORIZON, anchor=anchor, calendar=calendar), count))


def _candidates(rule: rules.Rule, since: date, until: date, anchor: date | None, calendar: WorkCalendar) -> Iterator[Period]:
    match rule:
        case rules.Once(day):
            yield Period("once", day)
        case rules.Dates(days):
            yield from (Period(str(day), day) for day in days)
        case rules.After():
            if anchor is not None and anchor <= until:
                yield Period("once", _after(rule, anchor, calendar))
        case rules.Daily():
            yield from (Period(str(day), day) for day in _days(since, until, 1))
        case rules.Weekly(weekday):
            start = since + timedelta(days=(weekday - since.weekday()) % 7)
            yield from (Period(_week(day), day) for day in _days(start, until, 7))
        case _:
            for year, month in _months(since, until):
                yield from _in_month(rule, year, month, calendar)


def _after(rule: rules.After, anchor: date, calendar: WorkCalendar) -> date:
    return calendar.add(anchor, rule.n) if rule.workdays else anchor + timedelta(days=rule.n)


def _days(since: date, until: date, step: int) -> Iterator[date]:
    return (since + timedelta(days=n) for n in range(0, (until - since).days + 1, step))


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _months(since: date, until: date) -> Iterator[tuple[int, int]]:
    for n in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
        yield n // 12, n % 12 + 1


MonthBased = (
    rules.Monthly
    | rules.MonthlyNext
    | rules.MonthlyWorkday
    | rules.MonthlyBeforeEnd
    | rules.QuarterlyNext
    | rules.Quarterly
    | rules.HalfyearlyNext
    | rules.Yearly
    | rules.YearlyDates
)


def _in_month(rule: MonthBased, year: int, month: int, calendar: WorkCalendar) -> Iterator[Period]:
    """What is due in that month, ascending."""
    match rule:
        case rules.Monthly(days):
            yield from _several(_month(year, month), [rules.clamp(year, month, day) for day in days])
        case rules.YearlyDates(dates):
            days_of_year = [rules.clamp(year, m, day) for m, day in dates]
            yield from (period for period in _several(str(year), days_of_year) if period.nominal.month == month)
        case rules.MonthlyBeforeEnd(days_left):
            yield Period(_month(year, month), rules.clamp(year, month, rules.LAST) - timedelta(days=days_left))
        case rules.MonthlyWorkday(n):
            yield Period(_before(year, month, 1), _workday(year, month, n, calendar))
        case _:
            yield from _one_day(rule, year, month)


def _one_day(
    rule: rules.MonthlyNext | rules.QuarterlyNext | rules.Quarterly | rules.HalfyearlyNext | rules.Yearly, year: int, month: int
) -> Iterator[Period]:
    nominal = rules.clamp(year, month, rule.day)
    match rule:
        case rules.MonthlyNext():
            yield Period(_before(year, month, 1), nominal)
        case rules.QuarterlyNext() if month % 3 == 1:
            yield Period(_before(year, month, 3), nominal)
        case rules.HalfyearlyNext() if month % 6 == 1:
            yield Period(_before(year, month, 6), nominal)
        case rules.Quarterly() if (month - 1) % 3 + 1 == rule.month:
            yield Period(f"{year}Q{(month - 1) // 3 + 1}", nominal)
        case rules.Yearly() if month == rule.month:
            yield Period(str(year), nominal)


def _several(name: str, nominals: list[date]) -> Iterator[Period]:
    """One period for each day; the number is the place in the rule. Days that the month's end makes equal are one report."""
    if len(nominals) == 1:
        yield Period(name, nominals[0])
        return
    for place, nominal in enumerate(nominals):
        if nominal not in nominals[:place]:
            yield Period(f"{name}#{place + 1}", nominal)


def _workday(year: int, month: int, n: int, calendar: WorkCalendar) -> date:
    nth = calendar.add(date(year, month, 1) - timedelta(days=1), n)
    return min(nth, calendar.on_or_before(rules.clamp(year, month, rules.LAST)))


def _month(year: int, month: int) -> str:
    return f"{year}-{month:02d}"


def _before(year: int, month: int, length: int) -> str:
    """The name of the month, quarter or half-year (1, 3, 6 months) that ended before this month."""
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    if length == 1:
        return _month(year, month)
    return f"{year}{'Q' if length == 3 else 'H'}{(month - 1) // length + 1}"

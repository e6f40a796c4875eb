"""The kinds of due rule, one frozen type each; `str(rule)` is the text that `rules.parse` reads back.

A day of the month is 1–31 or `LAST`; 29, 30 and 31 mean the month's last day where the month is shorter (A3: clamped from the
anchor day, so 31 January is followed by 28 February and 31 March).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LAST = 0
"""A day of the month that means its last day, printed `last`."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def clamp(year: int, month: int, day: int) -> date:
    """`day` of that month, or its last day where the month is shorter or `day` is LAST."""
    last = monthrange(year, month)[1]
    return date(year, month, last if day == LAST else min(day, last))


def _printed(day: int) -> str:
    return "last" if day == LAST else str(day)


class Start(StrEnum):
    """What an `After` rule counts from; the day itself is not counted (民法典 201)."""

    RECEIPT = "receipt"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Once:
    """One date: `once:2018-09-28`."""

    day: date

    def __str__(self) -> str:
        return f"once:{self.day}"


@dataclass(frozen=True, slots=True)
class Dates:
    """Several single dates of one report, ascending and each once: `dates:2010-04-12,2010-06-03`."""

    days: tuple[date, ...]

    def __str__(self) -> str:
        return f"dates:{','.join(map(str, self.days))}"


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day: `daily`."""

    def __str__(self) -> str:
        return "daily"


@dataclass(frozen=True, slots=True)
class Weekly:
    """That day of every week, Monday is 0: `weekly:fri`."""

    weekday: int

    def __str__(self) -> str:
        return f"weekly:{WEEKDAYS[self.weekday]}"


@dataclass(frozen=True, slots=True)
class Monthly:
    """Those days of every month, ascending, LAST at the end; the report is that of the month itself: `monthly:day=9,19,28`."""

    days: tuple[int, ...]

    def __str__(self) -> str:
        return f"monthly:day={','.join(map(_printed, self.days))}"


@dataclass(frozen=True, slots=True)
class MonthlyNext:
    """That day of the month after the one reported on (次月): `monthly:next-month-day=10`."""

    day: int

    def __str__(self) -> str:
        return f"monthly:next-month-day={_printed(self.day)}"


@dataclass(frozen=True, slots=True)
class MonthlyWorkday:
    """The n-th working day of a month, about the month before (每月结束之日起7个工作日内): `monthly:workday=7`.

    In a month with fewer working days it is the last of them.
    """

    n: int

    def __str__(self) -> str:
        return f"monthly:workday={self.n}"


@dataclass(frozen=True, slots=True)
class MonthlyBeforeEnd:
    """So many days before the last day of the month: `monthly:before-end=3` is the 28th of a month of 31 days."""

    days: int

    def __str__(self) -> str:
        return f"monthly:before-end={self.days}"


@dataclass(frozen=True, slots=True)
class QuarterlyNext:
    """That day of the first month after the quarter: `quarterly:next-month-day=20`."""

    day: int

    def __str__(self) -> str:
        return f"quarterly:next-month-day={_printed(self.day)}"


@dataclass(frozen=True, slots=True)
class Quarterly:
    """That day of the quarter's own month 1, 2 or 3: `quarterly:month=3,day=25`."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"quarterly:month={self.month},day={_printed(self.day)}"


@dataclass(frozen=True, slots=True)
class HalfyearlyNext:
    """That day of the first month after the half-year, July and January: `halfyearly:next-month-day=10`."""

    day: int

    def __str__(self) -> str:
        return f"halfyearly:next-month-day={_printed(self.day)}"


@dataclass(frozen=True, slots=True)
class Yearly:
    """That day of every year: `yearly:month=3,day=31`. 29 February is the 28th in other years."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"yearly:month={self.month},day={_printed(self.day)}"


@dataclass(frozen=True, slots=True)
class YearlyDates:
    """Those (month, day) of every year, ascending and each once: `yearly:dates=04-30,10-31`."""

    dates: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        return f"yearly:dates={','.join(f'{month:02d}-{day:02d}' for month, day in self.dates)}"


@dataclass(frozen=True, slots=True)
class After:
    """So many days or workdays after the receipt of the notice or after another event: `workdays-after-receipt:5`."""

    n: int
    workdays: bool
    start: Start

    def __str__(self) -> str:
        return f"{'workdays' if self.workdays else 'days'}-after-{self.start}:{self.n}"


Rule = (
    Once
    | Dates
    | Daily
    | Weekly
    | Monthly
    | MonthlyNext
    | MonthlyWorkday
    | MonthlyBeforeEnd
    | QuarterlyNext
    | Quarterly
    | HalfyearlyNext
    | Yearly
    | YearlyDates
    | After
)
"""Any due rule. `isinstance(x, Rule)` works; match with `assert_never` to be told of a new kind."""

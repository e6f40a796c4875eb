"""Which days are workdays in China, how sure that is, and counting by them.

Looked up in this order (DESIGN 5.9): the administrator's table → chinesecalendar (the State Council's arrangements typed
into a library, 2004–2026 in version 1.11) → weekends plus the statutory days of the law, marked provisional (暂定), never an error.
A published year can still change (2015, 2019 and 2020 did; the arrangement of a year may also touch the last days of
December before it): the administrator's table wins over the library.
`chinese_calendar.find_workday` is not used: it skips one day too many when it starts on a rest day.
"""

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import chinese_calendar

from bot.domain import statutory
from bot.domain.errors import CalendarError

LIBRARY = "chinesecalendar"
LAW = "statutory"
WEEKDAYS = "weekday"
ADMIN = "admin:"


class DayKind(StrEnum):
    """What a day is. A weekend inside a holiday is a HOLIDAY; MAKEUP is a Saturday or Sunday that is worked (调休)."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class Override:
    """What an administrator, or a published file he loaded, says about one day. `source` names the paper it stands in."""

    workday: bool
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar. `name` is the Chinese name of the holiday (for a make-up day: the holiday it makes up for), else empty.

    `source` is `admin:<paper>`, `chinesecalendar`, `statutory` (a holiday by law in a year not yet published) or `weekday`
    (Monday to Friday are workdays, in a year not yet published). `provisional`: the year's arrangement is not published.
    """

    date: date
    workday: bool
    kind: DayKind
    name: str
    source: str
    provisional: bool


LIBRARY_YEARS = range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)
"""Years the library has data for."""

NO_OVERRIDES: Mapping[date, Override] = MappingProxyType({})


class WorkCalendar:
    """The working calendar of the State Council. Immutable: `WorkCalendar()` is the library alone.

    Answers for any year 1–9999 and computes a year when it is first asked about; raises CalendarError when counting leaves them.
    """

    __slots__ = ("_overrides", "_years")

    def __init__(self, overrides: Mapping[date, Override] = NO_OVERRIDES) -> None:
        self._overrides = dict(overrides)
        self._years: dict[int, _Year] = {}

    def day(self, d: date) -> Day:
        """Everything known about `d`."""
        return self._year(d.year).days[d]

    def is_workday(self, d: date) -> bool:
        """Whether offices work on `d`."""
        return self.day(d).workday

    def provisional(self, d: date) -> bool:
        """Whether the answer for `d` may still change because its year's arrangement is not published."""
        return self.day(d).provisional

    def published(self, year: int) -> bool:
        """Whether the arrangement of `year` is known: from the library, or from overrides that name all of its statutory days."""
        return year in LIBRARY_YEARS or all(day in self._overrides for day in statutory.holidays(year))

    def on_or_before(self, d: date) -> date:
        """`d` if it is a workday, else the last workday before it."""
        return d if self.is_workday(d) else self.add(d, -1)

    def on_or_after(self, d: date) -> date:
        """`d` if it is a workday, else the first workday after it."""
        return d if self.is_workday(d) else self.add(d, 1)

    def add(self, d: date, n: int) -> date:
        """The n-th workday after (n > 0) or before (n < 0) `d`, which itself is not counted; `d` for n = 0."""
        if n == 0:
            return d
        year, days = d.year, self._of(d.year)
        at = bisect_right(days, d) + n - 1 if n > 0 else bisect_left(days, d) + n
        while at < 0:
            year -= 1
            days = self._of(year)
            at += len(days)
        while at >= len(days):
            at -= len(days)
            year += 1
            days = self._of(year)
        return days[at]

    def count(self, a: date, b: date) -> int:
        """How many workdays lie in (a, b], the first day not counted (民法典 201); for b < a minus those in (b, a]."""
        if b < a:
            return -self.count(b, a)
        between = sum(len(self._of(year)) for year in range(a.year, b.year))
        return between + bisect_right(self._of(b.year), b) - bisect_right(self._of(a.year), a)

    def _of(self, year: int) -> Sequence[date]:
        return self._year(year).workdays

    def _year(self, year: int) -> "_Year":
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._load(year)
        return found

    def _load(self, year: int) -> "_Year":
        if not MINYEAR <= year <= MAXYEAR:
            raise CalendarError(f"日历只到公元{MINYEAR}年至{MAXYEAR}年，推算越出了这个范围，请检查日期。")
        ruled = _ruled(year, *self._rule_of(year))
        amended = {day: _overridden(day, override) for day, override in self._overrides.items() if day.year == year}
        return _Year.of({**ruled.days, **amended}) if amended else ruled

    def _rule_of(self, year: int) -> tuple[str, bool]:
        """The source of the year's ordinary days, and whether they are only provisional."""
        if year in LIBRARY_YEARS:
            return LIBRARY, False
        if self.published(year):
            return ADMIN + self._overrides[date(year, 1, 1)].source, False
        return WEEKDAYS, True


@dataclass(frozen=True, slots=True)
class _Year:
    """Every day of one year, and those that are worked, in order. Calendars share it: nobody may change it."""

    days: Mapping[date, Day]
    workdays: Sequence[date]

    @classmethod
    def of(cls, days: Mapping[date, Day]) -> "_Year":
        return cls(days, tuple(day.date for day in days.values() if day.workday))


@lru_cache(maxsize=512)
def _ruled(year: int, source: str, provisional: bool) -> _Year:
    """A year before overrides; shared by all calendars."""
    named = _library(year) if year in LIBRARY_YEARS else statutory.holidays(year)
    first, length = date(year, 1, 1), 366 if isleap(year) else 365
    days = (first + timedelta(days=n) for n in range(length))
    return _Year.of({day: _ruled_day(day, named.get(day, ""), source, provisional) for day in days})


def _library(year: int) -> dict[date, str]:
    tables = (chinese_calendar.holidays, chinese_calendar.workdays)
    return {day: str(chinese_calendar.Holiday(name).chinese) for table in tables for day, name in table.items() if day.year == year}


def _ruled_day(d: date, name: str, source: str, provisional: bool) -> Day:
    if name:
        kind = DayKind.MAKEUP if d in chinese_calendar.workdays else DayKind.HOLIDAY
    else:
        kind = DayKind.WEEKEND if d.weekday() >= 5 else DayKind.WORKDAY
    works = kind in (DayKind.WORKDAY, DayKind.MAKEUP)
    return Day(d, works, kind, name, LAW if provisional and name else source, provisional)


def _overridden(d: date, override: Override) -> Day:
    if override.workday:
        kind = DayKind.MAKEUP if d.weekday() >= 5 else DayKind.WORKDAY
    else:
        kind = DayKind.HOLIDAY if override.name or d.weekday() < 5 else DayKind.WEEKEND
    return Day(d, override.workday, kind, override.name, ADMIN + override.source, provisional=False)

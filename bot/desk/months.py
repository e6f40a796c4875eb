"""Months of the working calendar as they hang on a wall: weeks from Monday, each day with what it is."""

import calendar as civil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.domain.workdays import Day, WorkCalendar


@dataclass(frozen=True, slots=True)
class Month:
    """One month. A place in a week is None where the day belongs to the month before or after."""

    year: int
    month: int
    weeks: tuple[tuple[Day | None, ...], ...]


def month(days: WorkCalendar, year: int, number: int) -> Month:
    """The month of that number (1–12)."""
    weeks = civil.Calendar().monthdatescalendar(year, number)
    return Month(year, number, tuple(tuple(days.day(day) if day.month == number else None for day in week) for week in weeks))


def spanning(days: WorkCalendar, first: date, last: date) -> Iterator[Month]:
    """Every month that has a day in [first, last]."""
    for place in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield month(days, place // 12, place % 12 + 1)

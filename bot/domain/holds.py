"""Until when an answer keeps the chase quiet (PROMISES B5, B6): "none once an answer stands", but never past the due.

Everything is counted from the instant the answer was given; ends are exclusive instants in UTC.
"""

from datetime import date, datetime, time

from bot.domain import times
from bot.domain.due import Due
from bot.domain.workdays import WorkCalendar

WORKDAYS = 3
"""For how many workdays after the day it was said 办理中 holds the chase, and a person has to act on a difficulty or a request."""


def last_day(due: Due, extended_to: date | None) -> date:
    """The last day, included, on which a report is on time: the kind limit, or the granted day if that is later."""
    return max(due.limit, extended_to or due.limit)


def aim(due: Due, extended_to: date | None) -> date:
    """The day we aim for: the target, or the granted day if that is later."""
    return max(due.target, extended_to or due.target)


def in_progress(said: datetime, due: Due, extended_to: date | None, calendar: WorkCalendar) -> datetime | None:
    """办理中: the rest of the day and three workdays, but not into the day we aim for. None if nothing is held."""
    until = min(_after_workdays(said, calendar), times.instant(aim(due, extended_to), time(0)))
    return until if until > said else None


def promise(promised: date, said: datetime, due: Due, extended_to: date | None, calendar: WorkCalendar) -> datetime | None:
    """承诺: until the morning of the day on which it is asked about. None if nothing is held."""
    day = follow_up_day(promised, said, last_day(due, extended_to), calendar)
    return None if day is None else times.instant(day, time(0))


def follow_up_day(promised: date, said: datetime, last: date, calendar: WorkCalendar) -> date | None:
    """The day on which a promise is asked about ("您说今天报").

    That is the promised day, or the workday after it if it is a rest day; for a promise made for the same day the next workday,
    the day itself having had its message; never after `last`, the last day on time. None if that leaves no day to wait for.
    """
    spoken = times.civil_day(said)
    day = promised if promised > spoken else calendar.add(spoken, 1)
    day = min(calendar.on_or_after(day), last)
    return day if day > spoken else None


def in_hands(said: datetime, due: Due, extended_to: date | None, calendar: WorkCalendar) -> datetime:
    """有困难, or a request for time: a person takes over. Quiet until the last day is over, and for three workdays at least;
    after that the ladder is the backstop."""
    return max(times.end_of(last_day(due, extended_to)), _after_workdays(said, calendar))


def _after_workdays(said: datetime, calendar: WorkCalendar) -> datetime:
    return times.end_of(calendar.add(times.civil_day(said), WORKDAYS))

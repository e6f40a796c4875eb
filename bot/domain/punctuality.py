"""Who was on time, judged by the reading kindest to the sender (PROMISES A4).

We remind by the earliest reading (the workday before, end of work) and judge by the latest (the day included until 24:00,
the next workday if it is a rest day). What arrives between the two is on time and says how; it is never called late.
"""

from datetime import date, datetime

from bot.domain import holds, times
from bot.domain.due import Due
from bot.domain.status import TaskState
from bot.domain.words import Punctuality, Status
from bot.domain.workdays import WorkCalendar


def judge(state: TaskState, due: Due, now: datetime, *, reached: bool = True) -> Punctuality:
    """How the task stands at `now`. `reached`: at least one of our messages about it arrived somewhere.

    The first moment on record counts, also for a report that was returned since. A unit that disputes the duty, or that we
    never reached, is not missing but unclear: a person has to look.
    """
    if state.status is Status.EXEMPT:
        return Punctuality.EXEMPT
    last = holds.last_day(due, state.extended_to)
    if state.reported_at is not None:
        return _of_a_report(times.civil_day(state.reported_at), due, last)
    if now < times.end_of(last):
        return Punctuality.OPEN
    return Punctuality.MISSING if reached and not state.disputed else Punctuality.UNCLEAR


def days_late(at: datetime, due: Due, calendar: WorkCalendar, *, extended_to: date | None = None) -> int:
    """How many workdays after the last day on time `at` lies (when it came in, or now if nothing has): 0 if it is on time.

    Workdays, because the ladder counts them and nobody is charged for a holiday; a rest day right after the last day counts as one.
    """
    day, last = times.civil_day(at), holds.last_day(due, extended_to)
    return max(1, calendar.count(last, day)) if day > last else 0


def _of_a_report(day: date, due: Due, last: date) -> Punctuality:
    if day <= due.target:
        return Punctuality.ON_TIME
    if day <= due.nominal:
        return Punctuality.ON_TIME_DUE_DAY
    if day <= due.limit:
        return Punctuality.ON_TIME_SHIFTED
    return Punctuality.ON_TIME if day <= last else Punctuality.LATE

"""Sending windows: the hours of a workday in which people may be written to (PROMISES B4).

The default suits every bureau's office hours, summer and winter (domain research: 8:30 to 16:30 is common to all of them,
lunch from 11:30 to 13:30). Nothing goes out at minute :00 or :30: everybody's robots do, and the platforms ask not to.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.domain import times, wording
from bot.domain.workdays import WorkCalendar

BUSY_MINUTES = (0, 30)
OFF_THE_MARK = timedelta(minutes=10)
"""By how much an instant at a busy minute is moved; so a window that opens at 9:00 begins at 9:10, where the ladder's hours are too."""
SHORTEST = 15  # minutes
"""A window must have room for an instant moved off a busy minute."""

_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_FULL_WIDTH = str.maketrans({"，": ",", "、": ",", "；": ",", ";": ",", "：": ":", "－": "-", "—": "-", "–": "-", "~": "-", "～": "-"})


@dataclass(frozen=True, slots=True)
class Windows:
    """The allowed hours of a workday in Shanghai: start included, end excluded; in order, apart, at least a quarter of an hour each.

    Raises ValueError for spans that are not so.
    """

    spans: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        marks = [mark.hour * 60 + mark.minute for span in self.spans for mark in span]
        lengths = [end - start for start, end in zip(marks[::2], marks[1::2], strict=True)]
        if not marks or marks != sorted(marks) or min(lengths) < SHORTEST:
            raise ValueError(wording.bad_windows(str(self)))

    def __str__(self) -> str:
        return ",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.spans)

    def contain(self, hour: time) -> bool:
        """Whether `hour` lies in one of the windows."""
        return any(start <= hour < end for start, end in self.spans)


def parse(text: str) -> Windows:
    """Windows from `09:00-11:30,13:30-16:30`; full-width punctuation and blanks are taken too. Raises ValueError."""
    spans = []
    for part in "".join(text.translate(_FULL_WIDTH).split()).split(","):
        found = _SPAN.fullmatch(part)
        if not found:
            raise ValueError(wording.bad_windows(text))
        spans.append(_span(found, text))
    return Windows(tuple(spans))


def _span(found: re.Match[str], text: str) -> tuple[time, time]:
    first, second, third, fourth = (int(number) for number in found.groups())
    try:
        return time(first, second), time(third, fourth)
    except ValueError:
        raise ValueError(wording.bad_windows(text)) from None


DEFAULT = Windows(((time(9), time(11, 30)), (time(13, 30), time(16, 30))))


def defer(at: datetime, calendar: WorkCalendar, windows: Windows = DEFAULT, *, last_day: bool = False) -> datetime:
    """The first allowed instant at or after `at`, in UTC, never at minute :00 or :30.

    On the `last_day` of a duty a reminder is never put off beyond the day: it waits for a window of the same day, rest day
    or not, and if there is none any more it goes at once. Raises ValueError for a naive `at`.
    """
    day = times.civil_day(at)
    if last_day:
        return _in_a_window(at, windows) or off_the_mark(at)
    if calendar.is_workday(day) and (found := _in_a_window(at, windows)):
        return found
    return off_the_mark(times.instant(calendar.add(day, 1), windows.spans[0][0]))


def off_the_mark(at: datetime) -> datetime:
    """`at` in UTC, moved by ten minutes if clocks in Shanghai show a full or a half hour."""
    busy = times.local(at).minute in BUSY_MINUTES
    return (at + OFF_THE_MARK if busy else at).astimezone(UTC)


def _in_a_window(at: datetime, windows: Windows) -> datetime | None:
    day = times.civil_day(at)
    for start, end in windows.spans:
        candidate = off_the_mark(max(at, times.instant(day, start)))
        if candidate < times.instant(day, end):
            return candidate
    return None

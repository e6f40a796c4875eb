"""Instants and civil days. Instants are aware and in UTC; civil days and hours are those of Asia/Shanghai."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEARS = range(1990, 2200)
"""Years that a day which somebody types may lie in: what lies beyond is a slip, and at the ends of all calendars no clock can tell it."""


def instant(day: date, hour: time) -> datetime:
    """The instant at which clocks in Shanghai show `hour` on `day`, in UTC."""
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)


def civil_day(at: datetime) -> date:
    """The day in Shanghai in which the aware instant `at` lies."""
    return local(at).date()


def local(at: datetime) -> datetime:
    """`at` as an aware datetime in Shanghai. Raises ValueError for a naive one: guessing a zone hides a bug."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime: {at!r}")
    return at.astimezone(SHANGHAI)


def end_of(day: date) -> datetime:
    """24:00 of `day` in Shanghai: the first instant that no longer belongs to it."""
    return instant(day + timedelta(days=1), time(0))


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant; without an offset it is read as Shanghai time. Returns UTC; raises ValueError."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)

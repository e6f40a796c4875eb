"""The only reader of the clock. Everybody else is handed `now` or one of these."""

from datetime import UTC, datetime, timedelta


class RealClock:
    """The machine's clock, optionally shifted so that it shows `start` at the moment of making (demonstrations, tests)."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = start - datetime.now(UTC) if start else timedelta(0)

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC) + self._shift


class VirtualClock:
    """A clock that stands still until it is set. It never goes back: facts are appended in order of time."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Move forward to `instant`; an earlier one changes nothing."""
        self._now = max(self._now, instant)

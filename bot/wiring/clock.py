"""The only reader of the clock. Everybody else is handed `now` or one of these."""

from datetime import UTC, datetime, timedelta


class RealClock:
    """The machine's clock, optionally shifted so that it shows `start` at the moment of making (demonstrations, tests)."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = start - datetime.now(UTC) if start else timedelta(0)

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC) + self._shift

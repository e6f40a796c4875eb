"""The stand-ins' time: the caller's own in rehearsals and tests, a running one with its own zero in a process."""

from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]


class RunningClock:
    """Starts at `start` and goes on with `seconds`, a count that only grows (`time.monotonic`); can be set."""

    def __init__(self, start: datetime, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self.set(start)

    def set(self, at: datetime) -> None:
        """From now on it is `at`."""
        self._start, self._zero = at, self._seconds()

    def __call__(self) -> datetime:
        """The platform's present."""
        return self._start + timedelta(seconds=self._seconds() - self._zero)

"""Slows down whoever does something too often: who guesses links, who taps without end. In this process's memory, and bounded."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from datetime import datetime, timedelta

MOST_KEYS = 10_000
"""So many are remembered; beyond it the one heard of longest ago is forgotten."""


class Brake:
    """Lets each key do `times` things in any stretch of `within`; to be used in one thread (the event loop)."""

    def __init__(self, times: int, within: timedelta) -> None:
        self._times, self._within = times, within
        self._done: OrderedDict[Hashable, deque[datetime]] = OrderedDict()

    def free(self, key: Hashable, now: datetime) -> bool:
        """Whether the key may do one more; if so, it counts as done."""
        done = self._done.setdefault(key, deque())
        self._done.move_to_end(key)
        if len(self._done) > MOST_KEYS:
            self._done.popitem(last=False)
        while done and now - done[0] >= self._within:
            done.popleft()
        if len(done) >= self._times:
            return False
        done.append(now)
        return True

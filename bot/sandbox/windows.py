"""A sliding window per name, with a penalty for whoever runs over it."""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class Window:
    """At most `limit` events per `span` and name (0: no limit). One too many closes the name for `penalty`.

    An event exactly `span` old no longer counts.
    """

    limit: int
    span: timedelta
    penalty: timedelta = timedelta(0)
    _seen: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _closed: dict[str, datetime] = field(default_factory=dict)

    def admits(self, name: str, now: datetime) -> bool:
        """Counts one event and says whether it is let through."""
        if self.limit == 0:
            return True
        if name in self._closed and now < self._closed[name]:
            return False
        seen = self._seen[name]
        while seen and now - seen[0] >= self.span:
            seen.popleft()
        if len(seen) >= self.limit:
            self._closed[name] = now + self.penalty
            return False
        seen.append(now)
        return True

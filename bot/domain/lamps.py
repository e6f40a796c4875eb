"""How a task looks at a glance: one lamp with one character, so that it is read without its colour."""

from datetime import date, datetime
from enum import StrEnum

from bot.domain import times
from bot.domain.words import CLOSED, Status


class Lamp(StrEnum):
    """What stands out. The words and characters are in `templates/web/words.html`."""

    OK = "ok"
    LATE = "late"
    MISSING = "missing"
    PROMISED = "promised"
    BLOCKED = "blocked"
    OPEN = "open"
    EXEMPT = "exempt"


SETTLED = frozenset({Lamp.OK, Lamp.LATE, Lamp.EXEMPT})
"""Nothing is owed any more."""

_CLOSED = {Status.EXEMPT: Lamp.EXEMPT}
_OPEN = {Status.PROMISED: Lamp.PROMISED, Status.BLOCKED: Lamp.BLOCKED}


def end(limit_at: datetime, extended_to: date | None) -> datetime:
    """The first instant at which the task is late: the legal limit, or the granted day's end if that is later."""
    return max(limit_at, times.end_of(extended_to)) if extended_to else limit_at


def lamp(status: Status, reported_at: datetime | None, late_from: datetime, now: datetime, *, disputed: bool = False) -> Lamp:
    """The lamp at `now` of a task that is late from `late_from` on."""
    if status in CLOSED:
        late = status is not Status.EXEMPT and reported_at is not None and reported_at >= late_from
        return Lamp.LATE if late else _CLOSED.get(status, Lamp.OK)
    if now >= late_from and not disputed:
        return Lamp.MISSING
    return _OPEN.get(status, Lamp.OPEN)

"""Who is left in peace until when, by whose word and why. A silence holds reminders back; it never throws them away."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Connection, ScalarSelect, and_, bindparam, exists, func, insert, or_, select, update
from sqlmodel import UTCDateTime

from bot.store import tables

_SILENCE = tables.of(tables.Silence)
_TASK = tables.of(tables.Task)
_REMINDER = tables.of(tables.Reminder)
_MESSAGE = tables.of(tables.Message)
_OTHER = _REMINDER.alias("earlier")


@dataclass(frozen=True, slots=True)
class Silence:
    """No reminders within [since, until) for the unit, obligation and period named (None: any)."""

    id: int
    unit_id: int | None
    obligation_id: int | None
    period_id: int | None
    author: str
    reason: str
    since: datetime
    until: datetime

    def covers(self, unit_id: int, obligation_id: int, period_id: int) -> bool:
        """Whether a task of these is meant."""
        parts = ((self.unit_id, unit_id), (self.obligation_id, obligation_id), (self.period_id, period_id))
        return all(named is None or named == given for named, given in parts)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a silence covers; each part None: any. All three None is everything."""

    unit_id: int | None = None
    obligation_id: int | None = None
    period_id: int | None = None


NOW: BindParameter[datetime] = bindparam("now", type_=UTCDateTime)
"""The moment, named `now` among the values of a statement."""


class Silences:
    """Queries about silences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, scope: Scope, since: datetime, until: datetime, author: str, reason: str) -> int:
        """A new silence; returns its id. Raises ValueError without a reason or with an end that is not after the start."""
        if not reason.strip() or until <= since:
            raise ValueError("a silence needs a reason and an end after its start")
        values = asdict(scope) | {"author": author, "reason": reason, "since": since, "until": until}
        return int(self._connection.execute(insert(_SILENCE).values(values).returning(_SILENCE.c.id)).scalar_one())

    def end(self, silence_id: int, now: datetime) -> None:
        """Stop it now; it stays in the book."""
        ended = update(_SILENCE).where(_SILENCE.c.id == silence_id, _SILENCE.c.until > now)
        self._connection.execute(ended.values(until=now))

    def active(self, now: datetime) -> list[Silence]:
        """Those that hold at `now`, by id."""
        return [Silence(**row._mapping) for row in self._connection.execute(_ACTIVE, {"now": now})]


def _holds(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(_SILENCE.c.since <= now, _SILENCE.c.until > now)


def silenced(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition on table `task` that a silence covers it at `now`, which may be a parameter (`NOW`) of a statement made once."""
    return exists().where(_holds(now), _covers()).correlate(_TASK)


def just_ended(now: BindParameter[datetime]) -> ScalarSelect[datetime]:
    """On tables `task` and `reminder`: when the last silence over the task ended, if the person has not been reminded of it since."""
    told = exists().where(
        _OTHER.c.task_id == _REMINDER.c.task_id,
        _OTHER.c.person_id == _REMINDER.c.person_id,
        _OTHER.c.message_id == _MESSAGE.c.id,
        _MESSAGE.c.sent_at > _SILENCE.c.until,
    )
    ended = select(func.max(_SILENCE.c.until)).where(_SILENCE.c.until <= now, _covers(), ~told.correlate(_SILENCE, _REMINDER))
    return ended.correlate(_TASK, _REMINDER).scalar_subquery()


def _covers() -> ColumnElement[bool]:
    """The condition on `silence` and `task` that the one means the other."""
    return and_(
        or_(_SILENCE.c.unit_id.is_(None), _SILENCE.c.unit_id == _TASK.c.unit_id),
        or_(_SILENCE.c.obligation_id.is_(None), _SILENCE.c.obligation_id == _TASK.c.obligation_id),
        or_(_SILENCE.c.period_id.is_(None), _SILENCE.c.period_id == _TASK.c.period_id),
    )


_SILENCES = select(_SILENCE).order_by(_SILENCE.c.id)
_ACTIVE = _SILENCES.where(_holds(NOW))

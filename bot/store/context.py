"""What a conversation is about: what we last told a person, and what the person last made us record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, select

from bot.domain.status import EventKind
from bot.domain.words import MessageState
from bot.store import tables

_MESSAGE = tables.of(tables.Message)
_REMINDER = tables.of(tables.Reminder)
_TASK = tables.of(tables.Task)
_PERIOD = tables.of(tables.Period)
_EVENT = tables.of(tables.Event)
_SAID = (MessageState.SENT.value, MessageState.UNKNOWN.value, MessageState.SENDING.value)


@dataclass(frozen=True, slots=True)
class Act:
    """A fact somebody made us record and nobody has taken back."""

    event_id: int
    task_id: int
    kind: EventKind
    at: datetime
    inbound_id: int | None


class Context:
    """Queries about the state of a conversation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def told(self, person_id: int) -> tuple[int, ...]:
        """The tasks in the last reminder that may have reached the person, in the order the letter names them."""
        last = (
            select(_MESSAGE.c.id)
            .where(_MESSAGE.c.person_id == person_id, _MESSAGE.c.state.in_(_SAID))
            .where(exists().where(_REMINDER.c.message_id == _MESSAGE.c.id, _REMINDER.c.dropped == ""))
            .order_by(_MESSAGE.c.not_before.desc(), _MESSAGE.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(_TASK.c.id)
            .join(_REMINDER, _REMINDER.c.task_id == _TASK.c.id)
            .join(_PERIOD, _PERIOD.c.id == _TASK.c.period_id)
            .where(_REMINDER.c.message_id == last, _REMINDER.c.dropped == "")
            .order_by(_PERIOD.c.due_at, _TASK.c.obligation_id, _TASK.c.id)
        )
        return tuple(dict.fromkeys(self._connection.execute(query).scalars()))

    def acts(self, by: str, since: datetime) -> list[Act]:
        """What this actor's words were recorded as, not taken back, at or after `since`; the latest first."""
        undone = select(_EVENT.c.undoes).where(_EVENT.c.undoes.is_not(None))
        query = (
            select(_EVENT.c.id, _EVENT.c.task_id, _EVENT.c.kind, _EVENT.c.at, _EVENT.c.inbound_id)
            .where(_EVENT.c.by == by, _EVENT.c.at >= since, _EVENT.c.kind != EventKind.UNDONE.value, _EVENT.c.id.not_in(undone))
            .order_by(_EVENT.c.id.desc())
        )
        return [Act(row.id, row.task_id, EventKind(row.kind), row.at, row.inbound_id) for row in self._connection.execute(query)]

"""Did we tell them, when, how, did it arrive, what did they say (PROMISES E2): both sides of every conversation."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from bot.domain.deliveries import Handed
from bot.domain.words import Intent, MessageKind, MessageState
from bot.store import tables

_MESSAGE = tables.of(tables.Message)
_DELIVERY = tables.of(tables.Delivery)
_REMINDER = tables.of(tables.Reminder)
_TASK = tables.of(tables.Task)
_UNIT = tables.of(tables.Unit)
_INBOUND = tables.of(tables.Inbound)
_REPLY = tables.of(tables.Reply)


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was put into words, one body for each part. `at` is when it was sent, or, not sent yet, from when it may go."""

    id: int
    at: datetime
    kind: MessageKind
    state: MessageState
    channel: str
    address: str
    person_id: int | None
    subject: str
    bodies: tuple[str, ...]
    reason: str
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message whose last part a platform accepted; `delivery_id` grows with time."""

    delivery_id: int
    at: datetime
    message_id: int
    kind: MessageKind
    channel: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Heard:
    """Something a person said. `intents` are what it was understood as, one for each task it touched; empty while unread."""

    id: int
    at: datetime
    channel: str
    sender: str
    person_id: int | None
    text: str
    intents: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class About:
    """One reminder inside a message."""

    unit: str
    rung: str


class Story:
    """Queries over everything that was said and heard; each takes ids greater than `after`, so that a caller can follow along."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def said(self, after: int = 0, person_id: int | None = None) -> list[Said]:
        """Messages in words, by id."""
        query = select(_MESSAGE).where(_MESSAGE.c.id > after, _MESSAGE.c.rendered.is_not(None)).order_by(_MESSAGE.c.id)
        return [_said(row) for row in self._rows(query, _MESSAGE.c.person_id, person_id) if row.rendered]

    def arrivals(self, after: int = 0) -> list[Arrival]:
        """Messages that were accepted as a whole, by the id of the delivery that did it, greater than `after`."""
        rows = self._connection.execute(_ARRIVALS, {"after": after})
        return [Arrival(row[0], row[1], row[2], MessageKind(row[3]), row[4], row[5]) for row in rows]

    def heard(self, after: int = 0, person_id: int | None = None) -> list[Heard]:
        """Inbound messages, by id."""
        columns = [_INBOUND.c[name] for name in ("id", "at", "channel", "sender", "person_id", "text")]
        query = select(*columns).where(_INBOUND.c.id > after).order_by(_INBOUND.c.id)
        rows = self._rows(query, _INBOUND.c.person_id, person_id)
        intents = self._intents(after)
        return [Heard(intents=tuple(intents[row.id]), **row._mapping) for row in rows]

    def about(self, after: int = 0) -> dict[int, list[About]]:
        """By message: which units' reminders it carried, in administrative order."""
        query = (
            select(_REMINDER.c.message_id, _UNIT.c.short_name, _REMINDER.c.rung)
            .join(_TASK, _TASK.c.id == _REMINDER.c.task_id)
            .join(_UNIT, _UNIT.c.id == _TASK.c.unit_id)
            .where(_REMINDER.c.message_id > after, _REMINDER.c.dropped == "")
            .order_by(_REMINDER.c.message_id, _UNIT.c.position)
        )
        found: dict[int, list[About]] = defaultdict(list)
        for message_id, unit, rung in self._connection.execute(query):
            found[message_id].append(About(unit, rung))
        return found

    def reminded(self, period_ids: tuple[int, ...]) -> dict[int, int]:
        """By task of these periods: how many reminders to persons were really sent."""
        query = (
            select(_REMINDER.c.task_id, func.count())
            .join(_TASK, _TASK.c.id == _REMINDER.c.task_id)
            .join(_MESSAGE, _MESSAGE.c.id == _REMINDER.c.message_id)
            .where(_TASK.c.period_id.in_(period_ids), _MESSAGE.c.state == MessageState.SENT.value, _REMINDER.c.dropped == "")
            .where(_MESSAGE.c.kind != MessageKind.GROUP_NOTICE.value)
            .group_by(_REMINDER.c.task_id)
        )
        return {row.task_id: row[1] for row in self._connection.execute(query)}

    def _intents(self, after: int) -> defaultdict[int, list[Intent]]:
        intents: defaultdict[int, list[Intent]] = defaultdict(list)
        query = select(_REPLY.c.inbound_id, _REPLY.c.intent).where(_REPLY.c.inbound_id > after).order_by(_REPLY.c.id)
        for inbound_id, intent in self._connection.execute(query):
            if Intent(intent) not in intents[inbound_id]:
                intents[inbound_id].append(Intent(intent))
        return intents

    def _rows(self, query: Select[Any], column: Any, person_id: int | None) -> Iterator[Row[Any]]:
        return iter(self._connection.execute(query if person_id is None else query.where(column == person_id)))


def _said(row: Row[Any]) -> Said:
    parts = row.rendered["parts"]
    return Said(
        id=row.id,
        at=row.sent_at or row.not_before,
        kind=MessageKind(row.kind),
        state=MessageState(row.state),
        channel=row.channel,
        address=row.address,
        person_id=row.person_id,
        subject=parts[0]["subject"],
        bodies=tuple(part["body"] for part in parts),
        reason=row.reason,
        reply_to=row.reply_to,
    )


_ARRIVALS = (
    select(_DELIVERY.c.id, _DELIVERY.c.at, _MESSAGE.c.id, _MESSAGE.c.kind, _MESSAGE.c.channel, _MESSAGE.c.person_id)
    .join(_MESSAGE, _MESSAGE.c.id == _DELIVERY.c.message_id)
    .where(_DELIVERY.c.id > bindparam("after"), _DELIVERY.c.outcome == Handed.SENT.value, _DELIVERY.c.part == _MESSAGE.c.parts)
    .order_by(_DELIVERY.c.id)
)

"""The book of one task: every message that spoke of it with what the platform said, every answer about it, what is still to come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, select

from bot.domain.ladder import Release
from bot.domain.words import Intent, MessageKind, MessageState, Role
from bot.store import letters, tables
from bot.store.letters import Delivery

_REMINDER = tables.of(tables.Reminder)
_MESSAGE = tables.of(tables.Message)
_PERSON = tables.of(tables.Person)
_STEP = tables.of(tables.Step)
_TASK = tables.of(tables.Task)
_REPLY = tables.of(tables.Reply)
_INBOUND = tables.of(tables.Inbound)


@dataclass(frozen=True, slots=True)
class Carried:
    """A reminder of the task and the message that took it along. `message_id` None: it waits, or (`dropped`) was not needed any more."""

    rung: str
    planned_at: datetime
    dropped: str
    person_id: int
    person: str
    message_id: int | None
    kind: MessageKind | None
    channel: str
    state: MessageState | None
    not_before: datetime | None
    sent_at: datetime | None
    subject: str
    bodies: tuple[str, ...]
    last_code: str
    last_detail: str
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """An answer about the task: its words, and what they were understood as, by which rule. `event_id`: the fact it became."""

    inbound_id: int
    at: datetime
    channel: str
    sender: str
    person: str
    text: str
    intent: Intent
    day: date | None
    event_id: int | None
    reasons: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step that will remind of the task, unless it is closed before. Not `released`: it waits for a click."""

    rung: str
    role: Role
    fires_at: datetime
    released: bool


class Taskbook:
    """Queries about everything around one task."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def carried(self, task_id: int) -> list[Carried]:
        """Its reminders with their messages, in the order they were planned."""
        message = [
            _MESSAGE.c[name] for name in ("kind", "channel", "state", "not_before", "sent_at", "rendered", "last_code", "last_detail")
        ]
        own = [_REMINDER.c[name] for name in ("rung", "planned_at", "dropped", "person_id", "message_id")]
        query = select(*own, _PERSON.c.name.label("person"), *message).join_from(_REMINDER, _PERSON, _PERSON.c.id == _REMINDER.c.person_id)
        query = query.outerjoin(_MESSAGE, _MESSAGE.c.id == _REMINDER.c.message_id).where(_REMINDER.c.task_id == task_id)
        return [self._carried(dict(row._mapping)) for row in self._connection.execute(query.order_by(_REMINDER.c.id)).all()]

    def said(self, task_id: int) -> list[Said]:
        """What was answered about it, in order."""
        reply = [_REPLY.c[name] for name in ("inbound_id", "intent", "day", "event_id", "reasons", "counts")]
        inbound = [_INBOUND.c[name] for name in ("at", "channel", "sender", "text")]
        query = select(*reply, *inbound, _PERSON.c.name.label("person")).join_from(_REPLY, _INBOUND, _INBOUND.c.id == _REPLY.c.inbound_id)
        query = query.outerjoin(_PERSON, _PERSON.c.id == _INBOUND.c.person_id).where(_REPLY.c.task_id == task_id).order_by(_REPLY.c.id)
        rows = self._connection.execute(query)
        return [
            Said(**{**row._mapping, "intent": Intent(row.intent), "reasons": tuple(row.reasons), "person": row.person or ""})
            for row in rows
        ]

    def ahead(self, task_id: int) -> list[Ahead]:
        """The steps that are not planned yet, in order of time."""
        own = (_STEP.c.task_id == _TASK.c.id) | (~_TASK.c.own_steps & _STEP.c.task_id.is_(None))
        query = select(_STEP.c.rung, _STEP.c.role, _STEP.c.fires_at, _STEP.c.release, _STEP.c.released_at)
        query = query.join(_TASK, _TASK.c.period_id == _STEP.c.period_id).where(_TASK.c.id == task_id, own, _STEP.c.planned_at.is_(None))
        rows = self._connection.execute(query.order_by(_STEP.c.fires_at, _STEP.c.id))
        return [Ahead(row.rung, Role(row.role), row.fires_at, row.release == Release.AUTO or row.released_at is not None) for row in rows]

    def _carried(self, row: Mapping[str, object]) -> Carried:
        values = {name: row[name] or "" for name in ("channel", "last_code", "last_detail")}
        rendered = row["rendered"]
        parts = rendered["parts"] if isinstance(rendered, dict) else []
        message_id = row["message_id"]
        same = {name: row[name] for name in ("rung", "planned_at", "dropped", "person_id", "person", "message_id", "not_before", "sent_at")}
        return Carried(
            **same,  # type: ignore[arg-type]  # columns of the tables
            **values,  # type: ignore[arg-type]
            kind=MessageKind(str(row["kind"])) if row["kind"] else None,
            state=MessageState(str(row["state"])) if row["state"] else None,
            subject=parts[0]["subject"] if parts else "",
            bodies=tuple(part["body"] for part in parts),
            deliveries=tuple(letters.deliveries(self._connection, int(str(message_id)))) if message_id else (),
        )

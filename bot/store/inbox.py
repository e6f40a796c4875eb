"""What arrived: kept raw before anyone interprets it, once per platform id, and what it was understood to mean."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, text, true, update

from bot.domain import inbound
from bot.domain.inbound import InboundKind
from bot.domain.words import Intent
from bot.store import chain, citations, files, tables
from bot.store.tables.columns import storable
from bot.store.tables.talk import LOOK

INBOUND = tables.of(tables.Inbound)
REPLY = tables.of(tables.Reply)

NEW = "state = 'new'"
"""The condition of the partial index; queries use it word for word."""

LONGEST_KEY = 160
"""Characters of a platform id that the column holds; a longer one (some Message-IDs) is kept as its SHA-256."""


class InboxState(StrEnum):
    """Where an inbound stands. Only NEW ones are still to be read."""

    NEW = "new"
    READ = "read"  # understood and acted upon
    ASKED = "asked"  # one question was put, nothing changed
    STRANGER = "stranger"  # nobody knows the sender
    IGNORED = "ignored"  # out-of-office, receipt, list mail
    TROUBLE = "trouble"  # could not be processed; the reason stands beside it


@dataclass(frozen=True, slots=True)
class Reply:
    """The understood form of an inbound for one task, or for none. `reasons` say from which words; `event_id` what it changed."""

    intent: Intent
    task_id: int | None = None
    event_id: int | None = None
    day: date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """An inbound with what became of it."""

    inbound: inbound.Inbound
    received_at: datetime
    state: InboxState
    person_id: int | None
    trouble: str


class Inbox:
    """Queries about inbound messages."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, message: inbound.Inbound, received_at: datetime) -> int | None:
        """Store it as it came; its id, or None if the platform delivered it before."""
        return self.keep_all([message], received_at)[0]

    def keep_all(self, messages: Sequence[inbound.Inbound], received_at: datetime) -> list[int | None]:
        """Store them as they came, in this order; of each its id, or None if the platform delivered it before.

        A Message-ID of one of our mails in `about` becomes the key of that message.
        """
        abouts = citations.resolved(self._connection, [message.about for message in messages])
        rows = [_row(message, about, received_at) for message, about in zip(messages, abouts, strict=True)]
        keys = [(row["channel"], row["platform_id"]) for row in rows]
        head = chain.lock(self._connection, INBOUND)  # who comes second waits here, then sees the first one's row
        seen = self._seen(keys)
        fresh = {key: row for key, row in zip(reversed(keys), reversed(rows), strict=True) if key not in seen}  # of equal ones the first
        order = [key for key in dict.fromkeys(keys) if key in fresh]
        ids = chain.hang(self._connection, INBOUND, head, [fresh[key] for key in order]) if order else []
        numbers = dict(zip(order, ids, strict=True))
        kept = [numbers.pop(key, None) for key in keys]
        files.attach(self._connection, [(id_, message.attachments) for id_, message in zip(kept, messages, strict=True) if id_])
        return kept

    def unread(self, limit: int) -> list[inbound.Inbound]:
        """Those nobody has interpreted yet, oldest first."""
        rows = self._connection.execute(_UNREAD, {"limit": limit})
        return [_inbound(row) for row in rows]

    def settle(
        self,
        inbound_id: int,
        state: InboxState,
        at: datetime,
        person_id: int | None = None,
        replies: Sequence[Reply] = (),
        trouble: str = "",
    ) -> None:
        """It has been interpreted, as these replies; `trouble` is for administrators if it could not be."""
        values = {"of": inbound_id, "state": state.value, "person_id": person_id, "trouble": trouble[:300]}
        self._connection.execute(_SETTLE, values)
        if replies:
            self._connection.execute(_REPLY, [_reply_row(inbound_id, reply, at) for reply in replies])

    def get(self, inbound_id: int) -> Received:
        """One inbound. Raises LookupError."""
        row = self._connection.execute(select(INBOUND).where(INBOUND.c.id == inbound_id)).first()
        if row is None:
            raise LookupError(f"inbound {inbound_id}")
        return _received(row)

    def list(
        self, person_id: int | None = None, state: InboxState | None = None, limit: int = 50, before: int | None = None
    ) -> Sequence[Received]:
        """Newest first; `before` is the id of the last one of the page before."""
        older = INBOUND.c.id < before if before is not None else true()
        query = select(INBOUND).where(older).order_by(INBOUND.c.id.desc()).limit(limit)
        if person_id is not None:
            query = query.where(INBOUND.c.person_id == person_id)
        if state is not None:
            query = query.where(INBOUND.c.state == state.value)
        return [_received(row) for row in self._connection.execute(query)]

    def recent(self, people: Collection[int] | None, limit: int, before: int | None = None) -> Sequence[Received]:
        """Newest first (of what these people said); `before` is the id of the last one of the page before."""
        older = INBOUND.c.id < before if before is not None else true()
        query = select(INBOUND).where(older).order_by(INBOUND.c.id.desc()).limit(limit)
        rows = self._connection.execute(query if people is None else query.where(INBOUND.c.person_id.in_(people)))
        return [_received(row) for row in rows]

    def reopen(self, inbound_id: int) -> None:
        """It is to be interpreted again: whoever sent it is known now."""
        again = {"state": InboxState.NEW.value, "trouble": ""}
        self._connection.execute(update(INBOUND).where(INBOUND.c.id == inbound_id).values(again))

    def looks(self, people: Collection[int] | None, limit: int) -> Sequence[Received]:
        """What a person has to look at, newest first: what could not be processed, and what came from strangers; with `people` only
        what these said."""
        query = select(INBOUND).where(text(LOOK)).order_by(INBOUND.c.id.desc()).limit(limit)
        rows = self._connection.execute(query if people is None else query.where(INBOUND.c.person_id.in_(people)))
        return [_received(row) for row in rows]

    def count(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How many came by each channel in (since, until]."""
        came = (INBOUND.c.received_at > since, INBOUND.c.received_at <= until)
        found = self._connection.execute(select(INBOUND.c.channel, func.count()).where(*came).group_by(INBOUND.c.channel))
        return {row[0]: row[1] for row in found}

    def _seen(self, keys: Collection[tuple[object, object]]) -> set[tuple[object, object]]:
        channels, ids = {channel for channel, _ in keys}, {platform_id for _, platform_id in keys}
        return {(row.channel, row.platform_id) for row in self._connection.execute(_SEEN, {"channels": [*channels], "ids": [*ids]})}

    def replies(self, inbound_id: int) -> Sequence[Reply]:
        """How it was understood."""
        rows = self._connection.execute(select(REPLY).where(REPLY.c.inbound_id == inbound_id).order_by(REPLY.c.id))
        return [Reply(Intent(row.intent), row.task_id, row.event_id, row.day, row.counts, tuple(row.reasons)) for row in rows]


def _row(message: inbound.Inbound, about: str, received_at: datetime) -> dict[str, object]:
    return {
        "channel": message.channel,
        "platform_id": _key(message.platform_id),
        "sender": storable(message.sender)[:200],
        "chat": storable(message.chat)[:200],
        "answer_to": storable(message.answer_to),
        "at": message.at,
        "received_at": received_at,
        "text": storable(message.text),
        "raw": message.raw,
        "state": InboxState.NEW.value,
        "person_id": None,
        "trouble": "",
        "kind": message.kind.value,
        "about": storable(about),
    }


def _key(platform_id: str) -> str:
    key = storable(platform_id)
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _reply_row(inbound_id: int, reply: Reply, at: datetime) -> dict[str, object]:
    return {
        "inbound_id": inbound_id,
        "task_id": reply.task_id,
        "event_id": reply.event_id,
        "intent": reply.intent.value,
        "day": reply.day,
        "counts": dict(reply.counts),
        "reasons": list(reply.reasons),
        "at": at,
    }


def _inbound(row: Row[Any]) -> inbound.Inbound:
    kind = InboundKind(row.kind)
    return inbound.Inbound(
        row.channel, row.platform_id, row.sender, row.at, row.text, row.raw, row.chat, row.answer_to, row.id, kind, row.about
    )


def _received(row: Row[Any]) -> Received:
    return Received(_inbound(row), row.received_at, InboxState(row.state), row.person_id, row.trouble)


_SEEN = select(INBOUND.c.channel, INBOUND.c.platform_id).where(
    INBOUND.c.channel.in_(bindparam("channels", expanding=True)), INBOUND.c.platform_id.in_(bindparam("ids", expanding=True))
)
_UNREAD = select(INBOUND).where(text(NEW)).order_by(INBOUND.c.id).limit(bindparam("limit"))
_SETTLE = update(INBOUND).where(INBOUND.c.id == bindparam("of"))
_REPLY = insert(REPLY)

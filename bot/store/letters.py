"""Messages as the rest of the house sees them, and the questions that can be asked about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, text, true

from bot.domain.messages import Draft, Rendered
from bot.domain.words import MessageKind, MessageState
from bot.store import frozen, tables
from bot.store.routes import Route
from bot.store.tables.outbox import OPEN, SENDING, STUCK

MESSAGE = tables.of(tables.Message)
DELIVERY = tables.of(tables.Delivery)
PERSON = tables.of(tables.Person)
ROBOT = tables.of(tables.Robot)

Said = tuple[tuple[int, str], ...]
"""Which (task id, rung) the words of a letter speak of."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The words a message goes out in, one `Rendered` per part, and what they speak of."""

    message_id: int
    parts: tuple[Rendered, ...]
    said: Said = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in the hands of `owner`. `words` are None until frozen; `part` (from 1) is the one to send now.

    An empty `view` says that the message carries reminders: its view is made of the tasks still open now.
    """

    id: int
    kind: MessageKind
    person_id: int | None
    channel: str
    address: str
    robot: str
    dedupe: str
    thread: str
    view: Mapping[str, Any]
    words: tuple[Rendered, ...] | None
    said: Said
    part: int
    owner: str
    attempt: int
    leased_until: datetime

    @property
    def key(self) -> str:
        """Ours, unique for ever, the same on a resend: the dedupe key, with the number of the part after the first."""
        return self.dedupe if self.part == 1 else f"{self.dedupe}#{self.part}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for; `group`: a chat and not a person."""

    message_id: int
    person_id: int
    name: str
    group: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A message as administrators see it. `doubts` counts the attempts of which nobody knows whether they arrived."""

    id: int
    kind: MessageKind
    person_id: int | None
    channel: str
    address: str
    robot: str
    state: MessageState
    priority: int
    not_before: datetime
    dedupe: str
    reason: str
    words: tuple[Rendered, ...]
    part: int
    parts: int
    reply_to: int | None
    attempt: int
    failures: int
    doubts: int
    last_code: str
    last_detail: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt with the platform's own code; `outcome` is a word of `domain.deliveries.Handed`."""

    id: int
    message_id: int
    robot: str
    attempt: int
    part: int
    at: datetime
    outcome: str
    code: str
    detail: str
    platform_id: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages; `where` is the condition of a partial index."""

    state: MessageState | None = None
    person_id: int | None = None
    where: str = ""


def new_row(draft: Draft, route: Route, thread: str, now: datetime) -> dict[str, object]:
    """The row of a new message."""
    return {
        "kind": draft.kind.value,
        "person_id": draft.person_id,
        "channel": route.channel,
        "address": route.address,
        "robot": route.robot,
        "state": MessageState.PENDING.value,
        "priority": draft.priority,
        "not_before": draft.not_before,
        "dedupe": draft.dedupe,
        "thread": thread,
        "reason": draft.reason[:300],
        "view": dict(draft.view),
        "reply_to": draft.reply_to,
        "created_at": now,
        **_FRESH,
    }


def claimed(row: Row[Any], leased_until: datetime) -> Claimed:
    """A claimed row, read (`claims.TAKEN`)."""
    words, said = _thawed(row.rendered)
    return Claimed(
        id=row.id,
        kind=MessageKind(row.kind),
        person_id=row.person_id,
        channel=row.channel,
        address=row.address,
        robot=row.robot,
        dedupe=row.dedupe,
        thread=row.thread,
        view=row.view,
        words=words or None,
        said=said,
        part=row.part,
        owner=row.owner,
        attempt=row.attempt,
        leased_until=leased_until,
    )


def frozen_row(letter: Frozen) -> dict[str, object]:
    """What `freeze` writes."""
    parts = frozen.dump(letter.parts)
    return {"of": letter.message_id, "parts_": len(parts), "words": {"parts": parts, "said": [list(each) for each in letter.said]}}


def get(connection: Connection, message_id: int) -> Message:
    """One message. Raises LookupError."""
    row = connection.execute(select(MESSAGE).where(MESSAGE.c.id == message_id)).first()
    if row is None:
        raise LookupError(f"message {message_id}")
    return _message(row)


def recipients(connection: Connection, message_ids: Sequence[int]) -> dict[int, Recipient]:
    """Whom these messages are for, by message id; those to strangers are left out."""
    columns = (MESSAGE.c.id, PERSON.c.id.label("person_id"), PERSON.c.name, PERSON.c.kind)
    query = select(*columns).join_from(MESSAGE, PERSON, PERSON.c.id == MESSAGE.c.person_id).where(MESSAGE.c.id.in_(message_ids))
    return {row.id: Recipient(row.id, row.person_id, row.name, row.kind == "group") for row in connection.execute(query)}


def page(connection: Connection, wanted: Filter, limit: int, before: int | None) -> list[Message]:
    """Newest first, starting below id `before`."""
    query = select(MESSAGE).order_by(MESSAGE.c.id.desc()).limit(limit)
    if wanted.where:
        query = query.where(text(wanted.where))
    if wanted.state is not None:
        query = query.where(MESSAGE.c.state == wanted.state.value, text(_INDEXED.get(wanted.state, "1=1")))
    if wanted.person_id is not None:
        query = query.where(MESSAGE.c.person_id == wanted.person_id)
    return [_message(row) for row in connection.execute(query.where(MESSAGE.c.id < before if before is not None else true()))]


def deliveries(connection: Connection, message_id: int) -> list[Delivery]:
    """Every attempt of a message, in order."""
    rows = connection.execute(select(DELIVERY).where(DELIVERY.c.message_id == message_id).order_by(DELIVERY.c.id))
    return [Delivery(*(getattr(row, name) for name in Delivery.__slots__)) for row in rows]


def counts(connection: Connection) -> dict[MessageState, int]:
    """From the partial indexes and the robots' own counters: never a walk over what is long done."""
    found = dict.fromkeys(MessageState, 0)
    for condition in (OPEN, SENDING, STUCK):
        for state, count in connection.execute(select(MESSAGE.c.state, func.count()).where(text(condition)).group_by(MESSAGE.c.state)):
            found[MessageState(state)] = count
    found[MessageState.SENT] = connection.execute(select(func.coalesce(func.sum(ROBOT.c.sent), 0))).scalar_one()
    return found


def _message(row: Row[Any]) -> Message:
    plain = {name: getattr(row, name) for name in Message.__slots__ if name not in ("kind", "state", "words")}
    return Message(kind=MessageKind(row.kind), state=MessageState(row.state), words=_thawed(row.rendered)[0], **plain)


def _thawed(rendered: Mapping[str, Any] | None) -> tuple[tuple[Rendered, ...], Said]:
    if rendered is None:
        return (), ()
    return tuple(frozen.load(rendered["parts"])), tuple((task_id, rung) for task_id, rung in rendered["said"])


_INDEXED = {
    MessageState.PENDING: OPEN,
    MessageState.RETRY: OPEN,
    MessageState.SENDING: SENDING,
    MessageState.UNKNOWN: STUCK,
    MessageState.DEAD: STUCK,
}
_FRESH: Mapping[str, object] = {
    "rendered": None,
    "part": 1,
    "parts": 1,
    "attempt": 0,
    "failures": 0,
    "doubts": 0,
    "owner": "",
    "leased_until": None,
    "last_code": "",
    "last_detail": "",
    "sent_at": None,
}

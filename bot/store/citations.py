"""Which of our mails another mail answers: by the Message-ID it cites, or by the tag in its subject."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, text

from bot.store import tables
from bot.store.tables.outbox import MAILED

MESSAGE = tables.of(tables.Message)
DELIVERY = tables.of(tables.Delivery)
INBOUND = tables.of(tables.Inbound)
MARK = "mid:"
"""Before a Message-ID in what an inbound is about."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """All mails to one person: they bear one tag, made of the key of the first of them. An answer to a mailbox that spoke for a person
    is that person's too."""

    key: str
    person_id: int | None


def resolved(connection: Connection, abouts: Iterable[str]) -> list[str]:
    """The same, each `mid:<…>` that is one of our mails made into `message:KEY`."""
    words = [about.split() for about in abouts]
    cited = {mark.removeprefix(MARK) for marks in words for mark in marks if mark.startswith(MARK)}
    keys = _keys(connection, cited) if cited else {}
    return [" ".join(_key(mark, keys) for mark in marks) for marks in words]


def by_tag(connection: Connection, tag: str, tag_of: Callable[[str], str]) -> Conversation | None:
    """The conversation whose mails bear this tag; `tag_of` makes the tag of a key. Walks over the first mails: for strangers only."""
    rows = connection.execute(_FIRST.with_only_columns(MESSAGE.c.dedupe, _WHOSE))
    return next((Conversation(row.dedupe, row.person_id) for row in rows if tag_of(row.dedupe) == tag), None)


def begun(connection: Connection, person_id: int) -> list[str]:
    """The keys of the mails to a person with which a conversation began; usually there is one."""
    return list(connection.execute(_FIRST.with_only_columns(MESSAGE.c.dedupe).where(MESSAGE.c.person_id == person_id)).scalars())


def mailed_to(connection: Connection, person_id: int, keys: Collection[str]) -> bool:
    """Whether one of these keys is that of a mail to the person."""
    query = select(MESSAGE.c.id).where(MESSAGE.c.person_id == person_id, MESSAGE.c.channel == "mail", MESSAGE.c.dedupe.in_(list(keys)))
    return bool(keys) and connection.execute(query.limit(1)).first() is not None


def addressees(connection: Connection, keys: Collection[str]) -> set[int]:
    """To which persons the mails of these keys went."""
    query = select(_WHOSE).where(MESSAGE.c.channel == "mail", MESSAGE.c.dedupe.in_(list(keys)))
    return {found for found in connection.execute(query).scalars() if found is not None} if keys else set()


def _keys(connection: Connection, ids: Iterable[str]) -> Mapping[str, str]:
    return {row.platform_id: row.dedupe for row in connection.execute(MAILED_BY_ID, {"ids": sorted(ids)})}


def _key(mark: str, keys: Mapping[str, str]) -> str:
    key = keys.get(mark.removeprefix(MARK)) if mark.startswith(MARK) else None
    return f"message:{key}" if key else mark


MAILED_BY_ID = (
    select(DELIVERY.c.platform_id, MESSAGE.c.dedupe)
    .join_from(DELIVERY, MESSAGE, MESSAGE.c.id == DELIVERY.c.message_id)
    .where(text(MAILED))
    .where(DELIVERY.c.platform_id.in_(bindparam("ids", expanding=True)))
)
_WHOSE = func.coalesce(
    MESSAGE.c.person_id, select(INBOUND.c.person_id).where(INBOUND.c.id == MESSAGE.c.reply_to).correlate(MESSAGE).scalar_subquery()
).label("person_id")
_FIRST = (
    select(MESSAGE.c.dedupe, MESSAGE.c.person_id).where(MESSAGE.c.channel == "mail", MESSAGE.c.thread == "").order_by(MESSAGE.c.id.desc())
)

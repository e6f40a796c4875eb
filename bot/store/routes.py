"""Where a message goes: the way the question came, or the person's best address."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, false, select, true

from bot.store import tables

PERSON = tables.of(tables.Person)
ADDRESS = tables.of(tables.Address)
INBOUND = tables.of(tables.Inbound)


@dataclass(frozen=True, slots=True)
class Route:
    """A channel, an address on it, and the budget it is counted against."""

    channel: str
    address: str
    robot: str


def best(connection: Connection, person_id: int, channels: Collection[str]) -> Route | None:
    """The most preferred good address of an active person on one of the channels.

    A group chat has a robot of its own, with a budget of its own; persons are reached through the channel's one account.
    """
    row = connection.execute(_BEST, {"person": person_id, "channels": sorted(channels)}).first()
    if row is None:
        return None
    return Route(row.channel, row.value, f"{row.channel}:{row.value}" if row.kind == "group" else row.channel)


def back(connection: Connection, inbound_id: int, channels: Collection[str]) -> Route | None:
    """The way an inbound came: the place it named for answers, else its sender; None if that channel is not enabled."""
    row = connection.execute(_BACK, {"inbound": inbound_id}).one()
    return Route(row.channel, row.answer_to or row.sender, row.channel) if row.channel in channels else None


_BEST = (
    select(PERSON.c.kind, ADDRESS.c.channel, ADDRESS.c.value)
    .join_from(ADDRESS, PERSON, PERSON.c.id == ADDRESS.c.person_id)
    .where(ADDRESS.c.person_id == bindparam("person"), PERSON.c.active == true(), ADDRESS.c.bad == false())
    .where(ADDRESS.c.channel.in_(bindparam("channels", expanding=True)))
    .order_by(ADDRESS.c.rank, ADDRESS.c.id)
    .limit(1)
)
_BACK = select(INBOUND.c.channel, INBOUND.c.sender, INBOUND.c.answer_to).where(INBOUND.c.id == bindparam("inbound"))

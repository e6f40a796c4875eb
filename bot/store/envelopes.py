"""Many messages at once: what a tick that reminds thousands puts into the outbox, in five statements however many they are.

The same rules as `Outbox.put`: the best good address, one row for a dedupe key for ever, the thread of the first message.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, false, func, select, true

from bot.domain.messages import Draft
from bot.store import conflict, letters, tables
from bot.store.robots import Robots
from bot.store.routes import ADDRESS, PERSON, Route

_MESSAGE = tables.of(tables.Message)


@dataclass(frozen=True, slots=True)
class Posted:
    """The new messages as person id → message id, and the persons who have no usable address on the channels."""

    messages: Mapping[int, int]
    unreachable: tuple[int, ...]


def post(connection: Connection, drafts: Sequence[Draft], channels: Collection[str], now: datetime) -> Posted:
    """Put drafts to different persons into the outbox, none of them an answer. A dedupe key that was ever used makes no message."""
    persons = [draft.person_id for draft in drafts if draft.person_id is not None]
    routes = _routes(connection, persons, channels)
    threads = _threads(connection, persons)
    rows = []
    for draft in drafts:
        if draft.person_id in routes:
            route = routes[draft.person_id]
            rows.append(letters.new_row(draft, route, threads.get((draft.person_id, route.channel), ""), now))
    for robot, channel in {(route.robot, route.channel) for route in routes.values()}:
        Robots(connection).ensure(robot, channel)
    known = _ids(connection, [draft.dedupe for draft in drafts])
    if rows:
        connection.execute(conflict.insert_new(connection, _MESSAGE, ["dedupe"]), rows)
    made = _ids(connection, [draft.dedupe for draft in drafts])
    return Posted(
        {person: id_ for dedupe, (id_, person) in made.items() if dedupe not in known},
        tuple(person for person in persons if person not in routes),
    )


def _routes(connection: Connection, person_ids: Sequence[int], channels: Collection[str]) -> dict[int, Route]:
    """The best good address of each active person, as `routes.best` finds it for one."""
    query = select(ADDRESS.c.person_id, PERSON.c.kind, ADDRESS.c.channel, ADDRESS.c.value)
    query = query.join_from(ADDRESS, PERSON, PERSON.c.id == ADDRESS.c.person_id).where(ADDRESS.c.person_id.in_(person_ids))
    query = query.where(PERSON.c.active == true(), ADDRESS.c.bad == false(), ADDRESS.c.channel.in_(sorted(channels)))
    found: dict[int, Route] = {}
    for row in connection.execute(query.order_by(ADDRESS.c.person_id, ADDRESS.c.rank, ADDRESS.c.id)):
        robot = f"{row.channel}:{row.value}" if row.kind == "group" else row.channel
        found.setdefault(row.person_id, Route(row.channel, row.value, robot))
    return found


def _threads(connection: Connection, person_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """The key of the first message to each person on each channel."""
    first = select(func.min(_MESSAGE.c.id)).where(_MESSAGE.c.person_id.in_(person_ids)).group_by(_MESSAGE.c.person_id, _MESSAGE.c.channel)
    query = select(_MESSAGE.c.person_id, _MESSAGE.c.channel, _MESSAGE.c.dedupe).where(_MESSAGE.c.id.in_(first))
    return {(row.person_id, row.channel): row.dedupe for row in connection.execute(query)}


def _ids(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
    query = select(_MESSAGE.c.dedupe, _MESSAGE.c.id, _MESSAGE.c.person_id).where(_MESSAGE.c.dedupe.in_(keys))
    return {row.dedupe: (row.id, row.person_id) for row in connection.execute(query)}

"""Who can be reached for a unit: contacts, substitutes, leaders and group chats, with their addresses in order of preference."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Row, Select, and_, bindparam, exists, false, insert, or_, select, true, update

from bot.domain import times
from bot.domain.words import CHASING, MessageState, Role
from bot.store import conflict, tables
from bot.store.units import in_force

PERSON = tables.of(tables.Person)
ROLE = tables.of(tables.Role)
ADDRESS = tables.of(tables.Address)
_UNIT = tables.of(tables.Unit)
_MESSAGE = tables.of(tables.Message)
_OVER = (MessageState.DEAD.value, MessageState.SUPERSEDED.value)
_CHASING = [kind.value for kind in CHASING]


@dataclass(frozen=True, slots=True)
class Post:
    """What a person is to one unit."""

    unit_id: int
    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach a person; `bad` with its `reason` once a platform refused it."""

    channel: str
    value: str
    bad: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Person:
    """A contact or a group chat (`kind` person, group). Addresses are in order of preference."""

    id: int
    name: str
    kind: str
    phone: str
    roles: tuple[Post, ...]
    addresses: tuple[Address, ...]
    active: bool = True
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A unit with nobody who could be reached in this role."""

    unit_id: int
    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class _Queries:
    """The three statements that read persons whole."""

    persons: Select[Any]
    posts: Select[Any]
    addresses: Select[Any]


class People:
    """Queries about people. Mail addresses are compared without regard to case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, name: str, kind: str = "person", phone: str = "", sample: bool = False) -> int:
        """A new person; returns the id."""
        values = {"name": name, "kind": kind, "phone": phone, "sample": sample, "active": True}
        return int(self._connection.execute(insert(PERSON).values(values).returning(PERSON.c.id)).scalar_one())

    def retire(self, person_id: int) -> None:
        """The person has left: kept for the evidence, never written to again."""
        self._connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(active=False))

    def assign(self, person_id: int, unit_id: int, role: Role, since: date | None = None, until: date | None = None) -> None:
        """Give a role at a unit, or change its days; `until` is exclusive, None is without end."""
        key = {"unit_id": unit_id, "role": role.value, "person_id": person_id}
        days = {"since": since, "until": until}
        statement = conflict.insert(self._connection, ROLE).values(key | days)
        self._connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=days))

    def end(self, person_id: int, unit_id: int, role: Role, until: date) -> None:
        """The role is over from that day on; since when it was held stays."""
        held = (ROLE.c.person_id == person_id) & (ROLE.c.unit_id == unit_id) & (ROLE.c.role == role.value)
        self._connection.execute(update(ROLE).where(held).values(until=until))

    def with_phone(self, phone: str) -> Person | None:
        """The active person with exactly this number; the newest if there are several."""
        found = self._load((PERSON.c.phone == phone) & PERSON.c.active & (PERSON.c.kind == "person"))
        return found[-1] if found else None

    def add_address(self, person_id: int, channel: str, value: str, rank: int) -> None:
        """Add an address or make a known one good again; the lowest rank is tried first."""
        key = {"person_id": person_id, "channel": channel, "value": _written(channel, value)}
        fresh = {"rank": rank, "bad": False, "reason": "", "changed_at": None}
        statement = conflict.insert(self._connection, ADDRESS).values(key | fresh)
        self._connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=fresh))

    def by_address(self, channel: str, value: str) -> Person | None:
        """Who is reached at this address, or at the same one on a channel of the same platform; the newest if several people share it."""
        for kin in (channel, *_KIN.get(channel, ())):
            if found := self._read(_AT_ADDRESS, {"channel_": kin, "value_": _written(channel, value)}):
                return found[-1]
        return None

    def get(self, person_id: int) -> Person:
        """One person. Raises LookupError."""
        found = self._read(_BY_ID, {"of": person_id})
        if not found:
            raise LookupError(f"person {person_id}")
        return found[0]

    def all(self, kind: str | None = None) -> list[Person]:
        """Everybody who is active, by id."""
        return self._load(PERSON.c.active & (PERSON.c.kind == kind if kind else true()))

    def holders(self, unit_id: int, role: Role, on: date | None = None) -> list[Person]:
        """Who holds the role at the unit (on that day, if given), by id; SUPERIOR are the primary contacts of the unit above."""
        at = ROLE.c.unit_id == unit_id
        if role is Role.SUPERIOR:
            at, role = ROLE.c.unit_id == select(_UNIT.c.parent_id).where(_UNIT.c.id == unit_id).scalar_subquery(), Role.PRIMARY
        held = select(ROLE.c.person_id).where(at, ROLE.c.role == role.value, held_on(on) if on else true())
        return self._load(PERSON.c.id.in_(held) & PERSON.c.active)

    def administrators(self, on: date) -> list[Person]:
        """Who looks after the installation: the administrators of units with none above them, on that day, by id."""
        top = select(_UNIT.c.id).where(_UNIT.c.parent_id.is_(None))
        held = select(ROLE.c.person_id).where(ROLE.c.role == Role.ADMIN.value, held_on(on), ROLE.c.unit_id.in_(top))
        return self._load(PERSON.c.id.in_(held) & PERSON.c.active)

    def posts(self, person_id: int, on: date) -> list[Post]:
        """What the person is to which unit on a day, in administrative order; a group chat's units are none of this."""
        return [Post(row.unit_id, row.name, Role(row.role)) for row in self._connection.execute(_POSTS, {"person": person_id, "on": on})]

    def told_on(self, person_id: int, day: date) -> bool:
        """Whether a message that chases them goes or went on that Shanghai day: there is at most one."""
        begins, ends = times.end_of(day - timedelta(days=1)), times.end_of(day)
        query = select(_MESSAGE.c.id).where(_MESSAGE.c.person_id == person_id, _MESSAGE.c.kind.in_(_CHASING))
        query = query.where(_MESSAGE.c.not_before >= begins, _MESSAGE.c.not_before < ends, _MESSAGE.c.state.not_in(_OVER))
        return self._connection.execute(query.limit(1)).first() is not None

    def of_units(self, unit_ids: Collection[int]) -> set[int]:
        """The ids of everybody, groups too, who holds or held a role at one of these units."""
        return set(self._connection.execute(select(ROLE.c.person_id).where(ROLE.c.unit_id.in_(list(unit_ids)))).scalars())

    def best_address(self, person_id: int, channels: Collection[str]) -> Address | None:
        """The most preferred good address on one of the channels."""
        row = self._connection.execute(_BEST, {"person": person_id, "channels": sorted(channels)}).first()
        return None if row is None else _address(row)

    def mark_bad(self, channel: str, value: str, at: datetime, reason: str) -> None:
        """The platform said nobody is reached there; nothing is sent to it until it is added again."""
        where = (ADDRESS.c.channel == channel) & (ADDRESS.c.value == _written(channel, value))
        self._connection.execute(update(ADDRESS).where(where).values(bad=True, reason=reason[:300], changed_at=at))

    def unreachable_units(self, channels: Collection[str], on: date, roles: Iterable[Role] = (Role.PRIMARY,)) -> list[Gap]:
        """Units in force on a day that some armed obligation concerns, with nobody reachable in the role, in administrative order."""
        owing = tables.of(tables.ObligationUnit)
        gaps = []
        for role in roles:
            held = exists().where(ROLE.c.unit_id == _UNIT.c.id, ROLE.c.role == role.value, held_on(on), reachable(channels))
            concerned = exists().where(owing.c.unit_id == _UNIT.c.id)
            query = select(_UNIT.c.id, _UNIT.c.name).where(in_force(on), concerned, ~held).order_by(_UNIT.c.position, _UNIT.c.id)
            gaps += [Gap(id_, name, role) for id_, name in self._connection.execute(query)]
        return gaps

    def _load(self, where: ColumnElement[bool]) -> list[Person]:
        return self._read(_queries(where), {})

    def _read(self, queries: _Queries, values: Mapping[str, object]) -> list[Person]:
        posts, addresses = defaultdict[int, list[Post]](list), defaultdict[int, list[Address]](list)
        for row in self._connection.execute(queries.posts, values):
            posts[row.person_id].append(Post(row.unit_id, row.name, Role(row.role)))
        for row in self._connection.execute(queries.addresses, values):
            addresses[row.person_id].append(_address(row))
        return [
            Person(row.id, row.name, row.kind, row.phone, tuple(posts[row.id]), tuple(addresses[row.id]), row.active, row.sample)
            for row in self._connection.execute(queries.persons, values)
        ]


def _queries(where: ColumnElement[bool]) -> _Queries:
    ids = select(PERSON.c.id).where(where)
    posts = select(ROLE.c.person_id, ROLE.c.unit_id, ROLE.c.role, _UNIT.c.name).join(_UNIT, _UNIT.c.id == ROLE.c.unit_id)
    return _Queries(
        persons=select(PERSON).where(where).order_by(PERSON.c.id),
        posts=posts.where(ROLE.c.person_id.in_(ids)).order_by(_UNIT.c.position, ROLE.c.id),
        addresses=select(ADDRESS).where(ADDRESS.c.person_id.in_(ids)).order_by(ADDRESS.c.rank, ADDRESS.c.id),
    )


def _address(row: Row[Any]) -> Address:
    return Address(row.channel, row.value, row.bad, row.reason)


def held_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The condition on table `role` that it is held on that day."""
    return and_(or_(ROLE.c.since.is_(None), ROLE.c.since <= day), or_(ROLE.c.until.is_(None), ROLE.c.until > day))


def reachable(channels: Collection[str]) -> ColumnElement[bool]:
    """The condition that the person of a row of table `role` is active and has a good address on one of the channels."""
    return exists().where(
        PERSON.c.id == ROLE.c.person_id,
        PERSON.c.active == true(),
        ADDRESS.c.person_id == PERSON.c.id,
        ADDRESS.c.bad == false(),
        ADDRESS.c.channel.in_(sorted(channels)),
    )


_KIN: Mapping[str, tuple[str, ...]] = {"wecom_bot": ("wecom_app",), "wecom_app": ("wecom_bot",)}
"""Channels on which a person of an organisation has the same address."""


def _written(channel: str, value: str) -> str:
    return value.strip().lower() if channel == "mail" else value.strip()


_POSTS = (
    select(ROLE.c.unit_id, ROLE.c.role, _UNIT.c.name)
    .join(_UNIT, _UNIT.c.id == ROLE.c.unit_id)
    .where(ROLE.c.person_id == bindparam("person"), ROLE.c.role != Role.GROUP.value, held_on(bindparam("on", type_=Date)))
    .order_by(_UNIT.c.position, ROLE.c.id)
)
_HELD = select(ADDRESS.c.person_id).where(ADDRESS.c.channel == bindparam("channel_"), ADDRESS.c.value == bindparam("value_"))
_AT_ADDRESS = _queries(PERSON.c.id.in_(_HELD) & PERSON.c.active)
_BY_ID = _queries(PERSON.c.id == bindparam("of"))
_BEST = (
    select(ADDRESS)
    .where(ADDRESS.c.person_id == bindparam("person"), ADDRESS.c.bad == false())
    .where(ADDRESS.c.channel.in_(bindparam("channels", expanding=True)))
    .order_by(ADDRESS.c.rank, ADDRESS.c.id)
    .limit(1)
)

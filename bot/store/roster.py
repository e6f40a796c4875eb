"""What a table of units and people is compared with, and the changes that only such a table makes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, exists, select, update

from bot.domain.words import Role
from bot.store import people, tables
from bot.store.units import UnitRow, in_force

PERSON, ROLE, ADDRESS = people.PERSON, people.ROLE, people.ADDRESS
_UNIT = tables.of(tables.Unit)


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit as stored: its id, the unit above it, and everything else as a row of a table."""

    id: int
    parent_id: int | None
    row: UnitRow


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """One address with its rank (the lowest is tried first); `reason` says why it is `bad`."""

    channel: str
    value: str
    rank: int
    bad: bool
    reason: str


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An active person or group (`kind`) with the posts held on the day asked for, and addresses in order of preference."""

    id: int
    name: str
    kind: str
    phone: str
    posts: frozenset[tuple[int, Role]]
    addresses: tuple[KnownAddress, ...]


class Roster:
    """Queries about units and people as a table has them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def units(self) -> dict[str, KnownUnit]:
        """Every unit by its code, in administrative order; of one that moved, the row that began last."""
        above = _UNIT.alias()
        query = select(_UNIT, above.c.code.label("parent_code")).join(above, above.c.id == _UNIT.c.parent_id, isouter=True)
        found: dict[str, KnownUnit] = {}
        for row in self._connection.execute(query.order_by(_UNIT.c.position, _UNIT.c.id)):
            values = {name: getattr(row, name) for name in UnitRow.__dataclass_fields__}
            known = KnownUnit(row.id, row.parent_id, UnitRow(**values | {"parent_code": row.parent_code or ""}))
            before = found.get(known.row.code)
            if before is None or (before.row.since or date.min, before.id) < (known.row.since or date.min, known.id):
                found[known.row.code] = known
        return found

    def move(self, unit_id: int, parent_id: int | None) -> None:
        """Correct which unit stands above; its tasks and people stay with it."""
        self._connection.execute(update(_UNIT).where(_UNIT.c.id == unit_id).values(parent_id=parent_id))

    def people(self, on: date) -> list[KnownPerson]:
        """Everybody who is active, by id."""
        posts: defaultdict[int, set[tuple[int, Role]]] = defaultdict(set)
        for row in self._connection.execute(select(ROLE).where(people.held_on(on))):
            posts[row.person_id].add((row.unit_id, Role(row.role)))
        addresses: defaultdict[int, list[KnownAddress]] = defaultdict(list)
        for row in self._connection.execute(select(ADDRESS).order_by(ADDRESS.c.rank, ADDRESS.c.id)):
            addresses[row.person_id].append(KnownAddress(row.channel, row.value, row.rank, row.bad, row.reason))
        return [
            KnownPerson(row.id, row.name, row.kind, row.phone, frozenset(posts[row.id]), tuple(addresses[row.id]))
            for row in self._connection.execute(select(PERSON).where(PERSON.c.active).order_by(PERSON.c.id))
        ]

    def describe(self, person_id: int, name: str, phone: str) -> None:
        """Write a person's name and telephone number."""
        self._connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(name=name, phone=phone))

    def leave(self, person_id: int, unit_id: int, role: Role, on: date) -> None:
        """The person no longer holds this role from that day on."""
        held = (ROLE.c.person_id == person_id) & (ROLE.c.unit_id == unit_id) & (ROLE.c.role == role.value)
        self._connection.execute(update(ROLE).where(held).values(until=on))

    def prefer(self, person_id: int, channel: str, value: str, rank: int) -> None:
        """Give a known address its place; a bad one stays bad."""
        self._connection.execute(update(ADDRESS).where(self._at(person_id, channel, value)).values(rank=rank))

    def withdraw(self, person_id: int, address: KnownAddress, at: datetime, reason: str) -> None:
        """This person is not to be written to there any more; who writes from there is still recognised."""
        where = self._at(person_id, address.channel, address.value)
        self._connection.execute(update(ADDRESS).where(where).values(bad=True, reason=reason, changed_at=at))

    def unreachable(self, unit_ids: Collection[int], channels: Collection[str], on: date) -> list[str]:
        """Names of those of these units where neither a contact nor a substitute can be reached, in administrative order."""
        roles = (Role.PRIMARY.value, Role.SUBSTITUTE.value)
        held = exists().where(ROLE.c.unit_id == _UNIT.c.id, ROLE.c.role.in_(roles), people.held_on(on), people.reachable(channels))
        query = select(_UNIT.c.id, _UNIT.c.name).where(in_force(on), ~held).order_by(_UNIT.c.position, _UNIT.c.id)
        wanted = set(unit_ids)
        return [name for id_, name in self._connection.execute(query) if id_ in wanted]

    def _at(self, person_id: int, channel: str, value: str) -> ColumnElement[bool]:
        return (ADDRESS.c.person_id == person_id) & (ADDRESS.c.channel == channel) & (ADDRESS.c.value == value)

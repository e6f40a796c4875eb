"""Who is where, as the pages about units show it: units with their holders, a unit's people with past roles, addresses with their fate."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, case, func, select, true, update

from bot.domain.deliveries import Handed
from bot.domain.words import Role
from bot.store import tables
from bot.store.people import ADDRESS, PERSON, ROLE, held_on, reachable
from bot.store.units import Unit, in_force, under, worded

_UNIT = tables.of(tables.Unit)
_MESSAGE = tables.of(tables.Message)
_DELIVERY = tables.of(tables.Delivery)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which units: of these ids (None: any), this one and those below it, named so, beyond this place in administrative order."""

    unit_ids: Collection[int] | None = None
    top: int | None = None
    words: str = ""
    after: tuple[int, int] | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a role at a unit; `reached`: by a good address on one of the channels asked for."""

    person_id: int
    name: str
    role: Role
    reached: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A role at a unit and its days; `since` None: from the beginning, `until` is exclusive, None: still."""

    unit_id: int
    unit: str
    role: Role
    since: date | None
    until: date | None

    def held(self, on: date) -> bool:
        """Whether it is held on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or self.until > on)


@dataclass(frozen=True, slots=True)
class Way:
    """An address with what became of what was sent there; `code` is the platform's own at the last failure."""

    id: int
    channel: str
    value: str
    rank: int
    bad: bool
    reason: str
    changed_at: datetime | None
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A person or group chat with every role ever held, and addresses in order of preference."""

    id: int
    name: str
    kind: str
    phone: str
    active: bool
    terms: tuple[Term, ...]
    ways: tuple[Way, ...]

    def at(self, unit_id: int) -> tuple[Term, ...]:
        """The roles at one unit."""
        return tuple(term for term in self.terms if term.unit_id == unit_id)

    def elsewhere(self, unit_id: int, on: date) -> tuple[Term, ...]:
        """The roles held on a day at other units."""
        return tuple(term for term in self.terms if term.unit_id != unit_id and term.held(on))


class Directory:
    """Queries for the pages about units and people."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, wanted: Wanted, on: date) -> list[Unit]:
        """Units in force on a day, in administrative order, at most `limit`."""
        query = select(*(_UNIT.c[name] for name in Unit.__dataclass_fields__)).where(in_force(on), *_narrowed(wanted))
        rows = self._connection.execute(query.order_by(_UNIT.c.position, _UNIT.c.id).limit(wanted.limit))
        return [Unit(**row._mapping) for row in rows]

    def holders(self, unit_ids: Collection[int], channels: Collection[str], on: date) -> Mapping[int, list[Holder]]:
        """Who holds what at each of these units on a day; active people only."""
        reached = case((reachable(channels), True), else_=False).label("reached")
        query = select(ROLE.c.unit_id, ROLE.c.role, PERSON.c.id, PERSON.c.name, reached).join(PERSON, PERSON.c.id == ROLE.c.person_id)
        query = query.where(ROLE.c.unit_id.in_(list(unit_ids)), held_on(on), PERSON.c.active == true()).order_by(ROLE.c.id)
        found: defaultdict[int, list[Holder]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.unit_id].append(Holder(row.id, row.name, Role(row.role), bool(row.reached)))
        return found

    def at(self, unit_id: int) -> list[Card]:
        """Everybody who holds or held a role at the unit, by id."""
        return self._cards(PERSON.c.id.in_(select(ROLE.c.person_id).where(ROLE.c.unit_id == unit_id)))

    def card(self, person_id: int) -> Card:
        """One person. Raises LookupError."""
        found = self._cards(PERSON.c.id == person_id)
        if not found:
            raise LookupError(f"person {person_id}")
        return found[0]

    def named(self, name: str, kind: str) -> list[Card]:
        """Active people or groups of exactly this name, by id."""
        return self._cards((PERSON.c.name == name) & (PERSON.c.kind == kind) & (PERSON.c.active == true()))

    def describe(self, person_id: int, values: Mapping[str, object]) -> None:
        """Write `name`, `phone` or `active` of a person."""
        self._connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(values))

    def rank(self, address_ids: Collection[int]) -> None:
        """Give addresses their places in this order."""
        for place, address_id in enumerate(address_ids):
            self._connection.execute(update(ADDRESS).where(ADDRESS.c.id == address_id).values(rank=place))

    def judge(self, address_id: int, at: datetime, reason: str) -> None:
        """Mark an address bad for a reason; an empty one makes it good again."""
        values = {"bad": bool(reason), "reason": reason, "changed_at": at}
        self._connection.execute(update(ADDRESS).where(ADDRESS.c.id == address_id).values(values))

    def _cards(self, where: ColumnElement[bool]) -> list[Card]:
        people = self._connection.execute(select(PERSON).where(where).order_by(PERSON.c.id)).all()
        ids = [row.id for row in people]
        terms, ways = self._terms(ids), self._ways(ids)
        return [Card(row.id, row.name, row.kind, row.phone, row.active, tuple(terms[row.id]), tuple(ways[row.id])) for row in people]

    def _terms(self, ids: Collection[int]) -> Mapping[int, list[Term]]:
        query = select(ROLE, _UNIT.c.name).join(_UNIT, _UNIT.c.id == ROLE.c.unit_id).where(ROLE.c.person_id.in_(ids))
        found: defaultdict[int, list[Term]] = defaultdict(list)
        for row in self._connection.execute(query.order_by(_UNIT.c.position, ROLE.c.id)):
            found[row.person_id].append(Term(row.unit_id, row.name, Role(row.role), row.since, row.until))
        return found

    def _ways(self, ids: Collection[int]) -> Mapping[int, list[Way]]:
        fates, found = self._fates(ids), defaultdict[int, list[Way]](list)
        for row in self._connection.execute(select(ADDRESS).where(ADDRESS.c.person_id.in_(ids)).order_by(ADDRESS.c.rank, ADDRESS.c.id)):
            fate = fates.get((row.person_id, row.channel, row.value), (None, None, ""))
            found[row.person_id].append(Way(row.id, row.channel, row.value, row.rank, row.bad, row.reason, row.changed_at, *fate))
        return found

    def _fates(self, ids: Collection[int]) -> Mapping[tuple[int, str, str], tuple[datetime | None, datetime | None, str]]:
        """By person, channel and address: the last success, the last failure and its code."""
        sent = func.max(case((_DELIVERY.c.outcome == Handed.SENT.value, _DELIVERY.c.id))).label("sent")
        failed = func.max(case((_DELIVERY.c.outcome != Handed.SENT.value, _DELIVERY.c.id))).label("failed")
        to = (_MESSAGE.c.person_id, _MESSAGE.c.channel, _MESSAGE.c.address)
        last = select(*to, sent, failed).join(_DELIVERY, _DELIVERY.c.message_id == _MESSAGE.c.id)
        rows = self._connection.execute(last.where(_MESSAGE.c.person_id.in_(ids)).group_by(*to)).all()
        told = self._deliveries([number for row in rows for number in (row.sent, row.failed) if number])
        return {(row.person_id, row.channel, row.address): _fate(told.get(row.sent), told.get(row.failed)) for row in rows}

    def _deliveries(self, ids: Collection[int]) -> Mapping[int, tuple[datetime, str]]:
        query = select(_DELIVERY.c.id, _DELIVERY.c.at, _DELIVERY.c.code).where(_DELIVERY.c.id.in_(ids))
        return {id_: (at, code) for id_, at, code in self._connection.execute(query)}


def _fate(sent: tuple[datetime, str] | None, failed: tuple[datetime, str] | None) -> tuple[datetime | None, datetime | None, str]:
    return sent[0] if sent else None, failed[0] if failed else None, failed[1] if failed else ""


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit_ids is not None:
        found.append(_UNIT.c.id.in_(list(wanted.unit_ids)))
    if wanted.top is not None:
        found.append(under(wanted.top))
    if wanted.words:
        found.append(worded(wanted.words))
    if wanted.after is not None:
        position, id_ = wanted.after
        found.append((_UNIT.c.position > position) | ((_UNIT.c.position == position) & (_UNIT.c.id > id_)))
    return found

"""Acts on the people of a unit: who they are, what they hold and until when, where they are reached and where first.

Each carries the stamp of what its page showed (`units.stamp`) and is told, not overwritten, when the person changed since. The audit
log names fields, roles and days; numbers and addresses stay out of it (PROMISES E4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.desk import people_problems as told
from bot.desk import problems, units
from bot.desk.desk import Actor, Desk
from bot.domain import roster, roster_cells, times
from bot.domain.words import Role
from bot.settings import CHANNELS
from bot.store.directory import Card, Way
from bot.store.tx import Tx

NONE = "-"
"""Typed in place of a number that is to be removed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody new at a unit, as a form describes them. `since` is the first day, `last` the last one; None: open."""

    name: str
    role: str
    phone: str = ""
    channel: str = ""
    address: str = ""
    since: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The person of a form: at which unit's page, who, and what the page showed of them."""

    unit_id: int
    person_id: int
    seen: str


def add(desk: Desk, actor: Actor, unit_id: int, entry: Entry) -> tuple[int, bool]:
    """Give a role to somebody; returns who, and whether they were known already: by name with number or address. Raises Refused."""
    _may(actor)
    clean = cleaned(entry)
    role = _role(clean.role)
    with desk.store.begin() as tx:
        units.of(tx, actor, unit_id)
        known = _known(tx, actor, clean, _kind(role))
        if known is not None and any(term.role is role and term.held(times.civil_day(desk.now())) for term in known.at(unit_id)):
            raise told.holds_it(clean.name, role)
        free(tx, actor, clean.channel, clean.address, known.id if known else None)
        has = {(way.channel, way.value) for way in known.ways} if known else set()
        fresh = bool(clean.address) and (clean.channel, clean.address) not in has
        if fresh and known is not None and not units.theirs(known, actor):
            raise told.not_ours()
        person_id = known.id if known else tx.people.put(clean.name, _kind(role), clean.phone)
        if fresh:
            tx.people.add_address(person_id, clean.channel, clean.address, len(known.ways) if known else 0)
        tx.people.assign(person_id, unit_id, role, clean.since, _after(clean.last))
        after = {"unit": unit_id, "role": role.value, "known": known is not None, **_days(clean.since, clean.last)}
        _write(tx, desk, actor, "person.added", person_id, after=after)
    return person_id, known is not None


def describe(desk: Desk, actor: Actor, place: Place, name: str, phone: str) -> None:
    """Another name or number; an empty number is left as it is, `NONE` removes it. Raises LookupError, Refused, Changed."""
    values = {"name": _cell("name", roster.PERSON, name)}
    if phone.strip():
        values["phone"] = "" if phone.strip() == NONE else _cell("phone", roster.PHONE, phone)
    if not values["name"]:
        raise told.no_name()
    with desk.store.begin() as tx:
        card = _card(tx, actor, place, whole=True)
        fields = [field for field, value in values.items() if value != getattr(card, field)]
        tx.directory.describe(card.id, values)
        if fields:
            _write(tx, desk, actor, "person.changed", card.id, after={"fields": fields})


def assign(desk: Desk, actor: Actor, place: Place, role: str, since: date | None, last: date | None) -> None:
    """A role at the unit of the page, or other days of one. Raises LookupError, Refused, Changed."""
    wanted = _role(role)
    if since is not None and last is not None and last < since:
        raise told.backwards(since, last)
    with desk.store.begin() as tx:
        card = _card(tx, actor, place)
        if (wanted is Role.GROUP) is not (card.kind == "group"):
            raise told.kinds_differ(wanted, card.kind)
        before = next((term for term in card.at(place.unit_id) if term.role is wanted), None)
        tx.people.assign(card.id, place.unit_id, wanted, since, _after(last))
        about = {"unit": place.unit_id, "role": wanted.value}
        was = _days(before.since, before.until - timedelta(days=1) if before.until else None) if before else {}
        _write(tx, desk, actor, "role.assigned", card.id, before=was, after={**about, **_days(since, last)})


def end(desk: Desk, actor: Actor, place: Place, role: str) -> None:
    """The role is over from today on; since when it was held stays. Raises LookupError, Refused, Changed."""
    wanted, today = _role(role), times.civil_day(desk.now())
    with desk.store.begin() as tx:
        card = _card(tx, actor, place)
        if not any(term.role is wanted for term in card.at(place.unit_id)):
            raise LookupError(f"role {role}")
        tx.people.end(card.id, place.unit_id, wanted, today)
        _write(tx, desk, actor, "role.ended", card.id, after={"unit": place.unit_id, "role": wanted.value, "until": today.isoformat()})


def add_address(desk: Desk, actor: Actor, place: Place, channel: str, address: str) -> None:
    """Another way to reach them, the least preferred. Raises LookupError, Refused, Changed."""
    with desk.store.begin() as tx:
        card = _card(tx, actor, place, whole=True)
        role = Role.GROUP if card.kind == "group" else Role.PRIMARY
        way = _way(role, channel, _cell("address", roster.ADDRESS, address))
        if not way[1]:
            raise told.half("address")
        if any((one.channel, one.value) == way for one in card.ways):
            raise told.known_there(way[1])
        free(tx, actor, *way, card.id)
        tx.people.add_address(card.id, *way, rank=max((one.rank for one in card.ways), default=-1) + 1)
        _write(tx, desk, actor, "address.added", card.id, after={"channel": way[0]})


def prefer(desk: Desk, actor: Actor, place: Place, address_id: int) -> None:
    """Try this address before all the others. Raises LookupError, Refused, Changed."""
    with desk.store.begin() as tx:
        card = _card(tx, actor, place, whole=True)
        first = _address(card, address_id)
        order = [first, *(way for way in card.ways if way.id != address_id)]
        tx.directory.rank([way.id for way in order])
        before, after = ([way.channel for way in ways] for ways in (card.ways, order))
        _write(tx, desk, actor, "address.ordered", card.id, before={"order": before}, after={"order": after})


def judge(desk: Desk, actor: Actor, place: Place, address_id: int, *, good: bool) -> None:
    """Use an address again, or no more: who writes from there is recognised all the same. Raises LookupError, Refused, Changed."""
    with desk.store.begin() as tx:
        card = _card(tx, actor, place, whole=True)
        way = _address(card, address_id)
        tx.directory.judge(way.id, desk.now(), "" if good else roster.WITHDRAWN)
        act, was = "address.good" if good else "address.withdrawn", {"bad": way.bad, "reason": way.reason}
        _write(tx, desk, actor, act, card.id, before=was, after={"channel": way.channel, "bad": not good})


def retire(desk: Desk, actor: Actor, place: Place, *, back: bool = False) -> None:
    """They have left (or are `back`): kept for the evidence, not written to. Raises LookupError, Refused, Changed."""
    with desk.store.begin() as tx:
        card = _card(tx, actor, place, whole=True)
        tx.directory.describe(card.id, {"active": back})
        _write(
            tx,
            desk,
            actor,
            "person.restored" if back else "person.retired",
            card.id,
            before={"active": card.active},
            after={"active": back},
        )


def cleaned(entry: Entry) -> Entry:
    """The same as a roster would store it. Raises Refused for the first field that cannot be used."""
    name, phone = _cell("name", roster.PERSON, entry.name), _cell("phone", roster.PHONE, entry.phone)
    if not name:
        raise told.no_name()
    role = _role(entry.role)
    if role is Role.GROUP and phone:
        raise told.group_phone(phone)
    channel, address = _way(role, entry.channel, _cell("address", roster.ADDRESS, entry.address))
    if entry.since is not None and entry.last is not None and entry.last < entry.since:
        raise told.backwards(entry.since, entry.last)
    return Entry(name, entry.role, phone, channel, address, entry.since, entry.last)


def free(tx: Tx, actor: Actor, channel: str, address: str, own: int | None) -> None:
    """Raises Refused if the account is somebody else's. People of the actor's units may have a mailbox in common; who is outside of them
    would no longer be heard from theirs."""
    holder = tx.people.by_address(channel, address) if address else None
    if holder is None or holder.id == own:
        return
    ours = actor.sees_all or any(actor.sees(post.unit_id) for post in holder.roles)
    if channel not in roster.SHARED or not ours:
        raise told.taken(address, holder.name if ours else "")


def _may(actor: Actor) -> None:
    if not actor.may_act:
        raise problems.Forbidden


def _card(tx: Tx, actor: Actor, place: Place, *, whole: bool = False) -> Card:
    """The person as they are now. `whole`: the act touches more than their roles at this unit."""
    _may(actor)
    units.of(tx, actor, place.unit_id)
    card = tx.directory.card(place.person_id)
    if not card.at(place.unit_id):
        raise LookupError(f"person {place.person_id}")
    if whole and not units.theirs(card, actor):
        raise told.not_ours()
    if units.stamp(card) != place.seen:
        raise told.changed_person()
    return card


def _address(card: Card, address_id: int) -> Way:
    found = next((way for way in card.ways if way.id == address_id), None)
    if found is None:
        raise LookupError(f"address {address_id}")
    return found


def _cell(field: str, column: str, value: str) -> str:
    """The value as a roster would store it. Raises Refused."""
    clean = roster_cells.clean(column, value)
    expected = roster_cells.flaw(column, clean) if clean else ""
    if expected:
        raise told.cell(field, value, expected)
    return clean


def _way(role: Role, channel: str, address: str) -> tuple[str, str]:
    """Channel and address if they go together, two empty ones if there is none. Raises Refused."""
    if not address:
        return "", ""
    if not channel:
        raise told.half("channel")
    if channel not in CHANNELS:
        raise told.no_choice("channel", channel)
    written = address.lower() if channel == "mail" else address
    if wrong := roster_cells.channel_flaw(role, channel):
        raise told.cell("channel", channel, wrong)
    if wrong := roster_cells.address_flaw(channel, written, role):
        raise told.cell("address", address, wrong)
    return channel, written


def _role(role: str) -> Role:
    if role not in told.ROLES:
        raise told.no_choice("role", role)
    return Role(role)


def _kind(role: Role) -> str:
    return "group" if role is Role.GROUP else "person"


def _known(tx: Tx, actor: Actor, entry: Entry, kind: str) -> Card | None:
    """Who this is if they are known to the actor: one name with one number, or with one address."""
    for card in tx.directory.named(entry.name, kind):
        same = (entry.phone and entry.phone == card.phone) or any(
            (way.channel, way.value) == (entry.channel, entry.address) for way in card.ways
        )
        if same and (actor.units is None or any(actor.sees(term.unit_id) for term in card.terms)):
            return card
    return None


def _after(last: date | None) -> date | None:
    return last + timedelta(days=1) if last is not None else None


def _days(since: date | None, last: date | None) -> dict[str, Any]:
    return {"since": since.isoformat() if since else None, "last": last.isoformat() if last else None}


def _write(
    tx: Tx, desk: Desk, actor: Actor, act: str, person_id: int, *, before: Mapping[str, Any] | None = None, after: Mapping[str, Any]
) -> None:
    tx.audit.write(actor.by, act, desk.wall(), about=f"person:{person_id}", before=before, after=after)

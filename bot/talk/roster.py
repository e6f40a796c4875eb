"""A table of units and people comes in: all of it is taken over or nothing, and the same table again changes nothing.

A later table updates what it names: an empty cell keeps what is known, a person's addresses become those of the table in its order,
whoever it does not name stays. Loaded as `complete` it says who holds the roles it names at the units it names: others leave
these posts today.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.domain import roster, times
from bot.domain.roster import Address, Contact, Place, Post, RosterError, UnitEntry
from bot.domain.words import Role
from bot.store import Store
from bot.store.roster import KnownAddress, KnownPerson, KnownUnit, Roster
from bot.store.tx import Tx
from bot.store.units import UnitRow
from bot.talk import pinyin, roster_match


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were new, changed, and as they were."""

    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit as it will be, and as it was (None: new)."""

    after: UnitRow
    before: KnownUnit | None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person as the table has it, who it was (None: new), and which of name, phone, posts and addresses differ."""

    contact: Contact
    before: KnownPerson | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """A post that somebody holds whom the table does not name, though it names others for it."""

    person_id: int
    name: str
    unit_id: int
    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a table changes, or would change. `refused` are addresses it lists that a platform has refused: they stay bad."""

    units: Counts
    people: Counts
    unit_changes: tuple[UnitChange, ...]
    person_changes: tuple[PersonChange, ...]
    others: tuple[Holding, ...]
    refused: tuple[tuple[str, KnownAddress], ...]
    leaving: tuple[Holding, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether everything is as the table has it already."""
        return not (self.unit_changes or self.person_changes or self.leaving)


def preview(tx: Tx, given: roster.Roster, on: date, *, complete: bool = False, within: Collection[int] | None = None) -> Outcome:
    """What the table would change; `within` are the units that may be touched, None: all.

    Raises RosterError with every problem, of cells and of the tree.
    """
    known = Roster(tx.connection)
    units = known.units()
    places = {code: Place(unit.row.level, unit.row.parent_code) for code, unit in units.items()}
    people = _Known(known.people(on), units)
    matches = roster_match.match(given.contacts, people.people, people.codes)
    problems = [*given.problems, *roster.misplaced(given, places), *roster_match.claimed(matches, people.people, within)]
    problems += [] if within is None else roster_match.outside(given, matches, units, within)
    if problems:
        raise RosterError(problems)
    unit_changes = tuple(_unit_changes(given.units, units))
    person_changes = tuple(_person_changes(matches, people.codes))
    double, others = _double(matches, people), _others(matches, people)
    return Outcome(
        units=_counts(len(given.units), unit_changes),
        people=_counts(len(matches), person_changes),
        unit_changes=unit_changes,
        person_changes=person_changes,
        others=() if complete else others,
        refused=tuple(_refused(matches)),
        leaving=(*double, *others) if complete else double,
    )


def load(store: Store, given: roster.Roster, now: datetime, *, by: str, filename: str = "", complete: bool = False) -> Outcome:
    """Take the table over in one transaction and write it into the audit log; `by` is who did. Raises RosterError."""
    with store.begin() as tx:
        found = preview(tx, given, times.civil_day(now), complete=complete)
        put(tx, found, now, by=by, filename=filename)
    return found


def put(tx: Tx, found: Outcome, now: datetime, *, by: str, filename: str) -> int:
    """Write what `preview` found in this same transaction; returns its audit entry, 0 if nothing was to be changed."""
    if found.nothing:
        return 0
    ids = _put_units(tx, found.unit_changes)
    written = [_put_person(tx, change, ids, now) for change in found.person_changes]
    for post in found.leaving:
        Roster(tx.connection).leave(post.person_id, post.unit_id, post.role, times.civil_day(now))
    before, after = _told(found, written)
    return tx.audit.write(by, "roster.loaded", now, about=f"roster:{filename}"[:120], before=before, after=after)


@dataclass(frozen=True, slots=True)
class _Known:
    people: Sequence[KnownPerson]
    units: Mapping[str, KnownUnit]

    @property
    def codes(self) -> dict[int, str]:
        return {unit.id: code for code, unit in self.units.items()}


def _counts(total: int, changes: Sequence[UnitChange] | Sequence[PersonChange]) -> Counts:
    new = sum(change.before is None for change in changes)
    return Counts(new, len(changes) - new, total - len(changes))


def _unit_changes(entries: Sequence[UnitEntry], known: Mapping[str, KnownUnit]) -> Iterator[UnitChange]:
    """New units follow the known ones in administrative order, unless the table names all there are: then its order is the order."""
    listed = {entry.code for entry in entries}
    all_listed = all(unit.row.until is not None or code in listed for code, unit in known.items())
    last = max((unit.row.position for unit in known.values()), default=0)
    for place, entry in enumerate(entries, 1):
        before = known.get(entry.code)
        if before is None:
            last += 1
        position = place if all_listed else last if before is None else before.row.position
        after = _merged(entry, before, position)
        if before is None or after != before.row:
            yield UnitChange(after, before)


def _merged(entry: UnitEntry, before: KnownUnit | None, position: int) -> UnitRow:
    row = UnitRow(entry.code, entry.name, entry.name[:60], entry.level) if before is None else before.row
    short = entry.short_name or row.short_name
    typed = pinyin.of(short) if before is None or short != row.short_name else (row.pinyin, row.initials)
    return replace(
        row,
        name=entry.name or row.name,
        short_name=short,
        level=entry.level or row.level,
        parent_code=entry.parent_code or row.parent_code,
        position=position,
        pinyin=typed[0],
        initials=typed[1],
    )


def _person_changes(matches: Sequence[roster_match.Match], codes: Mapping[int, str]) -> Iterator[PersonChange]:
    for match in matches:
        fields = _differing(match.contact, match.person, codes)
        if fields:
            yield PersonChange(match.contact, match.person, fields)


def _differing(contact: Contact, person: KnownPerson | None, codes: Mapping[int, str]) -> tuple[str, ...]:
    if person is None:
        return ("name", "phone", "posts", "addresses")
    held = {(codes[unit_id], role) for unit_id, role in person.posts if unit_id in codes}
    differs = {
        "name": contact.name != person.name,
        "phone": bool(contact.phone) and contact.phone != person.phone,
        "posts": not held.issuperset(contact.posts),
        "addresses": bool(contact.addresses) and list(contact.addresses) != _listed(person),
    }
    return tuple(field for field, different in differs.items() if different)


def _listed(person: KnownPerson) -> list[Address]:
    return [(each.channel, each.value) for each in person.addresses if each.reason != roster.WITHDRAWN]


def _double(matches: Sequence[roster_match.Match], people: _Known) -> tuple[Holding, ...]:
    """Posts of people who turned out to be one with somebody else: that one holds them from now on."""
    return tuple(
        _holding(person, people.units[code], role)
        for match in matches
        for person in match.same
        for code, role in match.contact.posts
        if code in people.units and (people.units[code].id, role) in person.posts
    )


def _others(matches: Sequence[roster_match.Match], people: _Known) -> tuple[Holding, ...]:
    named = {person.id for match in matches for person in (match.person, *match.same) if person is not None}
    filled: dict[Post, None] = dict.fromkeys(post for match in matches for post in match.contact.posts)
    holders: defaultdict[tuple[int, Role], list[KnownPerson]] = defaultdict(list)
    for person in people.people:
        for post in person.posts if person.id not in named else ():
            holders[post].append(person)
    units = [(people.units[code], role) for code, role in filled if code in people.units]
    return tuple(_holding(person, unit, role) for unit, role in units for person in holders.get((unit.id, role), ()))


def _holding(person: KnownPerson, unit: KnownUnit, role: Role) -> Holding:
    return Holding(person.id, person.name, unit.id, unit.row.name, role)


def _refused(matches: Iterable[roster_match.Match]) -> Iterator[tuple[str, KnownAddress]]:
    for match in matches:
        for address in match.person.addresses if match.person else ():
            if address.bad and address.reason != roster.WITHDRAWN and (address.channel, address.value) in match.contact.addresses:
                yield match.contact.name, address


def _put_units(tx: Tx, changes: Sequence[UnitChange]) -> dict[str, int]:
    """Writes them; returns every unit's id by code. New ones first, because a known one may move below a new one."""
    tx.units.put_many(change.after for change in changes if change.before is None)
    ids = {code: unit.id for code, unit in Roster(tx.connection).units().items()}
    known = [(change.after, change.before) for change in changes if change.before is not None]
    for after, before in known:
        if after.parent_code != before.row.parent_code:
            Roster(tx.connection).move(before.id, ids.get(after.parent_code))
    tx.units.put_many(after for after, _ in known)
    return ids


def _put_person(tx: Tx, change: PersonChange, ids: Mapping[str, int], now: datetime) -> int:
    contact, before = change.contact, change.before
    if before is None:
        person_id = tx.people.put(contact.name, "group" if contact.group else "person", contact.phone)
    else:
        person_id = before.id
        Roster(tx.connection).describe(person_id, contact.name, contact.phone or before.phone)
    for code, role in contact.posts:
        if before is None or (ids[code], role) not in before.posts:
            tx.people.assign(person_id, ids[code], role)
    if contact.addresses:
        _put_addresses(tx, person_id, contact.addresses, before.addresses if before else (), now)
    return person_id


def _put_addresses(tx: Tx, person_id: int, wanted: Sequence[Address], known: Sequence[KnownAddress], now: datetime) -> None:
    store, kept = Roster(tx.connection), {(each.channel, each.value) for each in known if each.reason != roster.WITHDRAWN}
    for rank, (channel, value) in enumerate(wanted):
        if (channel, value) in kept:
            store.prefer(person_id, channel, value, rank)
        else:
            tx.people.add_address(person_id, channel, value, rank)
    for each in known:
        if (each.channel, each.value) not in wanted:
            store.withdraw(person_id, each, now, roster.WITHDRAWN)


def _told(found: Outcome, person_ids: Sequence[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The audit's before and after: units with their values, people by id with what changed and not what it is (PROMISES E4)."""
    before = {
        "units": {change.after.code: _values(change.before.row) for change in found.unit_changes if change.before is not None},
        "left": [[post.person_id, post.unit_id, post.role.value] for post in found.leaving],
    }
    people = zip(person_ids, found.person_changes, strict=True)
    after = {
        "units": {change.after.code: _values(change.after) for change in found.unit_changes},
        "people": {str(id_): [*change.fields] if change.before else ["new"] for id_, change in people},
    }
    return before, after


def _values(row: UnitRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "short_name", "level", "parent_code", "position")}

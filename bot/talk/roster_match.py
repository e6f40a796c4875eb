"""Who of a table is whom: matches what an office wrote with the people who are known."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import roster
from bot.domain.roster import Address, Contact, Identity, Problem, Roster
from bot.store.roster import KnownPerson, KnownUnit


@dataclass(frozen=True, slots=True)
class Match:
    """A contact of the table and who it is (None: nobody known). `same` are others who are the same person by the table's account."""

    contact: Contact
    person: KnownPerson | None
    same: tuple[KnownPerson, ...] = ()


def match(contacts: Sequence[Contact], people: Sequence[KnownPerson], codes: Mapping[int, str]) -> list[Match]:
    """Match every contact: by name, unit and role, by name and an address, and what is left by a personal account.

    `codes` are the codes of units by id. A person is matched once.
    """
    by_identity: defaultdict[Identity, list[KnownPerson]] = defaultdict(list)
    by_account: defaultdict[Identity, list[KnownPerson]] = defaultdict(list)
    for person in people:
        for identity in _of_person(person, codes):
            by_identity[identity].append(person)
        for account in roster.accounts(_addresses(person)):
            by_account[person.kind, *account].append(person)
    taken: set[int] = set()
    found = [_first(contact, by_identity, _of_contact(contact), taken) for contact in contacts]
    return [each if each.person else _first(each.contact, by_account, _accounts(each.contact), taken) for each in found]


def claimed(matches: Sequence[Match], people: Sequence[KnownPerson], within: Collection[int] | None = None) -> Iterator[Problem]:
    """Accounts of the table that somebody else has and keeps: one of the two would get what is meant for the other.

    Who holds a post at none of the units `within` (None: all) is not named.
    """
    listed = {person.id: each.contact.addresses for each in matches for person in (each.person, *each.same) if person}
    keepers: dict[Address, KnownPerson] = {}
    for person in people:
        kept = [address for address in _addresses(person) if not listed.get(person.id) or address in listed[person.id]]
        keepers |= dict.fromkeys(roster.accounts(kept), person)
    for each in matches:
        own = {person.id for person in (each.person, *each.same) if person}
        for account in roster.accounts(each.contact.addresses):
            if account in keepers and keepers[account].id not in own:
                keeper = keepers[account]
                known = within is None or any(unit_id in within for unit_id, _ in keeper.posts)
                yield roster.held_by(keeper.name if known else "", each.contact, account)


def outside(given: Roster, matches: Sequence[Match], units: Mapping[str, KnownUnit], within: Collection[int]) -> Iterator[Problem]:
    """What of the table touches units, or people of units, that may not be touched."""
    inside = {code for code, unit in units.items() if unit.id in within}
    for entry in given.units:
        known = entry.code in units
        moved = known and entry.parent_code not in ("", units[entry.code].row.parent_code)
        allowed = entry.code in inside if known else _reaches(entry.parent_code, given, inside)
        if not allowed or (moved and not _reaches(entry.parent_code, given, inside)):
            yield roster.not_yours(entry)
    for each in matches:
        people = [person for person in (each.person, *each.same) if person is not None]
        if any(unit_id not in within for person in people for unit_id, _ in person.posts):
            yield roster.serves_others(each.contact)


def _reaches(code: str, given: Roster, inside: Collection[str]) -> bool:
    """Whether the way up from a unit of the table ends at one that may be touched."""
    above = {entry.code: entry.parent_code for entry in given.units}
    passed: set[str] = set()
    while code not in inside and code in above and code not in passed:
        passed.add(code)
        code = above[code]
    return code in inside


def _first(contact: Contact, known: Mapping[Identity, Sequence[KnownPerson]], identities: Sequence[Identity], taken: set[int]) -> Match:
    people = {person.id: person for identity in identities for person in known.get(identity, ()) if person.id not in taken}
    taken.update(people)
    found = tuple(people.values())
    return Match(contact, found[0] if found else None, found[1:])


def _kind(contact: Contact) -> str:
    return "group" if contact.group else "person"


def _of_contact(contact: Contact) -> list[Identity]:
    posts = [(_kind(contact), contact.name, code, role.value) for code, role in contact.posts]
    return [*posts, *roster.named(contact.group, contact.name, contact.addresses)]


def _of_person(person: KnownPerson, codes: Mapping[int, str]) -> list[Identity]:
    posts = [(person.kind, person.name, codes[unit_id], role.value) for unit_id, role in person.posts if unit_id in codes]
    return [*posts, *roster.named(person.kind == "group", person.name, _addresses(person))]


def _accounts(contact: Contact) -> list[Identity]:
    return [(_kind(contact), *account) for account in roster.accounts(contact.addresses)]


def _addresses(person: KnownPerson) -> list[Address]:
    return [(each.channel, each.value) for each in person.addresses if each.reason != roster.WITHDRAWN]

"""A change of contact: what somebody announces is only kept; an administrator accepts or refuses it, and only then the roster changes.

The pages and the command line call `accept` and `refuse`; each is written into the audit log with before and after.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain import successor, times
from bot.domain.words import Role
from bot.store.handovers import Announced, Handover, HandoverState
from bot.store.people import Person
from bot.store.tx import Tx
from bot.talk.turn import Turn

CONTACTS = (Role.PRIMARY, Role.SUBSTITUTE)
"""Roles that can be handed over by a word; a leader's is none of these."""


class Verdict(StrEnum):
    """What became of a decision. Only the first two changed anything."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED_BEFORE = "decided_before"
    NAMELESS = "nameless"  # nobody said who it is to be
    UNREACHABLE = "unreachable"  # the new contact has no address on any channel, so the unit would be without anybody
    NO_ROLE = "no_role"  # who hands over is no contact of the unit any more


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An administrator's yes. `name` and `phone` replace what was announced if they are given; `channel` and `address` are where
    the new contact is reached, needed unless somebody with this number is known already. `by` is the administrator (`admin:1`)."""

    handover_id: int
    by: str
    name: str = ""
    phone: str = ""
    channel: str = ""
    address: str = ""


def announce(hearing: Turn, person: Person, unit_ids: Collection[int]) -> list[Handover]:
    """Keep what the person announced for these units (none named: for all where he is a contact today); nothing else changes."""
    posts = hearing.tx.people.posts(person.id, times.civil_day(hearing.at))
    theirs = list(dict.fromkeys(post.unit_id for post in posts if post.role in CONTACTS))
    wanted = tuple(unit_id for unit_id in theirs if unit_id in unit_ids) or tuple(theirs)
    found = successor.named(hearing.own)
    said = Announced(person.id, wanted, hearing.inbound.id, found.name, found.phone, hearing.own)
    return [hearing.tx.handovers.get(draft) for draft in hearing.tx.handovers.draft(said, hearing.at)]


def accept(tx: Tx, acceptance: Acceptance, now: datetime, channels: Collection[str]) -> Verdict:
    """Put the new contact in the place of the old one from today. Raises LookupError for an unknown change."""
    change = tx.handovers.get(acceptance.handover_id)
    name, phone = acceptance.name or change.name, acceptance.phone or change.phone
    today = times.civil_day(now)
    held = [post for post in tx.people.posts(change.person_id, today) if post.unit_id == change.unit_id and post.role in CONTACTS]
    known = tx.people.with_phone(phone) if phone else None
    verdict = _verdict(change, name, held=bool(held), reached=bool(acceptance.address) or _reached(tx, known, channels))
    if verdict is not Verdict.ACCEPTED:
        return verdict
    new = known.id if known else tx.people.put(name, phone=phone)
    if acceptance.address:
        tx.people.add_address(new, acceptance.channel, acceptance.address, 0)
    for post in held:
        tx.people.end(change.person_id, change.unit_id, post.role, today)
        tx.people.assign(new, change.unit_id, post.role, since=today)
    tx.handovers.decide(change.id, HandoverState.ACCEPTED, acceptance.by, now, successor_id=new)
    roles = sorted(post.role.value for post in held)
    before, after = {"person": change.person_id, "roles": roles}, {"person": new, "roles": roles, "handover": change.id}
    tx.audit.write(acceptance.by, "contact.changed", now, about=f"unit:{change.unit_id}", before=before, after=after)
    return verdict


def refuse(tx: Tx, handover_id: int, by: str, now: datetime, note: str = "") -> Verdict:
    """Leave everything as it is. Raises LookupError for an unknown change."""
    change = tx.handovers.get(handover_id)
    if not tx.handovers.decide(handover_id, HandoverState.REFUSED, by, now, note):
        return Verdict.DECIDED_BEFORE
    tx.audit.write(by, "contact.refused", now, about=f"unit:{change.unit_id}", after={"handover": handover_id, "note": note})
    return Verdict.REFUSED


def _verdict(change: Handover, name: str, *, held: bool, reached: bool) -> Verdict:
    if change.state is not HandoverState.OPEN:
        return Verdict.DECIDED_BEFORE
    if not name:
        return Verdict.NAMELESS
    if not held:
        return Verdict.NO_ROLE
    return Verdict.ACCEPTED if reached else Verdict.UNREACHABLE


def _reached(tx: Tx, person: Person | None, channels: Collection[str]) -> bool:
    return person is not None and tx.people.best_address(person.id, channels) is not None

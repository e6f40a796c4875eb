"""Whether an answer proves where it comes from.

A platform vouches for its members. A mail says of itself who wrote it, and anybody can write anything there; no receiving server's opinion
(`Authentication-Results`) is asked, for the providers in use here write none or let others write it (read 2026-11-23). What cannot be made
up is what only the mailbox has seen: a Message-ID of ours, or the tag of its subjects. Both are made with the installation's secret.
"""

from collections.abc import Iterator

from bot.store.people import Person
from bot.talk.turn import Turn

MAIL = "mail"
MESSAGE, TAG = "message:", "tag:"
"""Kinds of marks (`Inbound.about`)."""


def given(hearing: Turn, person: Person) -> bool:
    """Whether it came through a platform, or knows what only mails of ours to this person say."""
    inbound = hearing.inbound
    if inbound.channel != MAIL:
        return True
    if hearing.tx.outbox.mailed_to(person.id, list(_marks(hearing, MESSAGE))):
        return True
    tags = set(_marks(hearing, TAG))
    return bool(tags) and not tags.isdisjoint(map(hearing.tag_of, hearing.tx.outbox.conversations(person.id)))


def addressee(hearing: Turn) -> Person | None:
    """Whose mail from us an unknown mailbox answers (a contact forwarded it to a colleague); None without proof, or if it proves two.

    It may report for that person (PROMISES C6); it is never taken for that person.
    """
    if hearing.inbound.channel != MAIL or not hearing.inbound.sender:
        return None
    outbox = hearing.tx.outbox
    found = outbox.addressees(list(_marks(hearing, MESSAGE)))
    begun = [outbox.by_tag(tag, hearing.tag_of) for tag in _marks(hearing, TAG)]
    found |= {one.person_id for one in begun if one is not None and one.person_id is not None}
    if len(found) != 1:
        return None
    person = hearing.tx.people.get(found.pop())
    return person if person.active and person.kind == "person" else None


def _marks(hearing: Turn, kind: str) -> Iterator[str]:
    return (mark.removeprefix(kind) for mark in hearing.inbound.about.split() if mark.startswith(kind))

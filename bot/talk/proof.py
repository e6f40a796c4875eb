"""Whether an answer proves where it comes from.

A platform vouches for its members. A mail says of itself who wrote it, and anybody can write anything there; no receiving server's opinion
(`Authentication-Results`) is asked, for the providers in use here write none or let others write it (read 2026-11-23). What cannot be made
up is what only the mailbox has seen: a Message-ID of ours, or the tag of its subjects. Both are made with the installation's secret.
"""

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
    marks = inbound.about.split()
    if hearing.tx.outbox.mailed_to(person.id, [mark.removeprefix(MESSAGE) for mark in marks if mark.startswith(MESSAGE)]):
        return True
    tags = {mark.removeprefix(TAG) for mark in marks if mark.startswith(TAG)}
    return bool(tags) and not tags.isdisjoint(map(hearing.tag_of, hearing.tx.outbox.conversations(person.id)))

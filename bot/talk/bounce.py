"""A mail of ours came back: nobody is reached at that mailbox, and what it said goes to the person's next address (PROMISES B7).

Never answered, never a status: no person spoke.
"""

from bot.store.inbox import InboxState
from bot.store.people import Person
from bot.talk import proof
from bot.talk.turn import Turn

REFUSED = "returned mail"
"""Why an address is bad, for administrators; the returned mail itself is kept."""
UNPROVED = f"{REFUSED} without a sign of ours"
"""Why a human has to look: anybody can write such a mail, and whoever believes it leaves a unit without reminders."""


def take(hearing: Turn, person: Person | None) -> InboxState:
    """Mark the mailbox bad and send what came back to the next address; if there is none, an administrator has to look."""
    inbound = hearing.inbound
    if person is None:
        return hearing.settle(InboxState.IGNORED, None)
    if not proof.given(hearing, person):
        return hearing.settle(InboxState.TROUBLE, person, trouble=UNPROVED)
    hearing.tx.people.mark_bad(inbound.channel, inbound.sender, hearing.now, f"{REFUSED}, inbound {inbound.id}")
    keys = [mark.removeprefix("message:") for mark in inbound.about.split() if mark.startswith("message:")]
    moved = hearing.tx.outbox.redirect(person.id, inbound.channel, inbound.sender.strip().lower(), keys, hearing.channels, hearing.now)
    after = {"channel": inbound.channel, "inbound": inbound.id, "messages": moved}
    hearing.tx.audit.write("system", "address.bad", hearing.now, about=f"person:{person.id}", after=after)
    reachable = hearing.tx.people.best_address(person.id, hearing.channels) is not None
    if reachable:
        return hearing.settle(InboxState.READ, person)
    return hearing.settle(InboxState.TROUBLE, person, trouble=f"{REFUSED}: no other address")

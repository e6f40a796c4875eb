"""Telephone numbers: shown with their middle hidden; in full only to who may see them, and each time is written down."""

from bot.desk import problems
from bot.desk.desk import Actor, Desk


def masked(phone: str) -> str:
    """The number with all but its beginning and end hidden: `138****0001`."""
    if len(phone) < 7:
        return "*" * len(phone)
    return f"{phone[:3]}****{phone[-4:]}"


def reveal(desk: Desk, actor: Actor, person_id: int) -> str:
    """The number of a person in the actor's units; kept in the audit log. Raises Forbidden, LookupError."""
    if not actor.may_reveal:
        raise problems.Forbidden
    with desk.store.begin() as tx:
        person = tx.people.get(person_id)
        if actor.units is not None and not any(actor.sees(post.unit_id) for post in person.roles):
            raise LookupError(f"person {person_id}")
        tx.audit.write(actor.by, "phone.revealed", desk.wall(), about=f"person:{person_id}")
    return person.phone

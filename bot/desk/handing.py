"""Changes of contact that wait for a decision: an administrator accepts or refuses what somebody announced (`talk.handover`)."""

from dataclasses import replace

from bot.desk import people, people_problems, problems, units
from bot.desk.desk import Actor, Desk
from bot.desk.people import Entry
from bot.domain.words import Role
from bot.store.handovers import Handover
from bot.store.tx import Tx
from bot.talk import handover
from bot.talk.handover import Acceptance, Verdict

NOTE = 300


def accept(desk: Desk, actor: Actor, unit_id: int, handover_id: int, entry: Entry) -> None:
    """Put the new contact in the place of the old one from today. Raises Forbidden, LookupError, Refused."""
    with desk.store.begin() as tx:
        change = _change(tx, actor, unit_id, handover_id)
        wish = _wish(tx, actor, change, entry)
        verdict = handover.accept(tx, wish, desk.now(), desk.channels)
        if verdict is not Verdict.ACCEPTED:
            raise people_problems.handover(verdict)


def refuse(desk: Desk, actor: Actor, unit_id: int, handover_id: int, note: str) -> None:
    """Leave everything as it is. Raises Forbidden, LookupError, Refused."""
    if len(note) > NOTE:
        raise problems.long("note", len(note), NOTE)
    with desk.store.begin() as tx:
        _change(tx, actor, unit_id, handover_id)
        verdict = handover.refuse(tx, handover_id, actor.by, desk.now(), note.strip())
        if verdict is not Verdict.REFUSED:
            raise people_problems.handover(verdict)


def _change(tx: Tx, actor: Actor, unit_id: int, handover_id: int) -> Handover:
    """What was announced for this unit of the actor's. Raises Forbidden, LookupError."""
    if not actor.may_act:
        raise problems.Forbidden
    units.of(tx, actor, unit_id)
    change = tx.handovers.get(handover_id)
    if change.unit_id != unit_id:
        raise LookupError(f"handover {handover_id}")
    return change


def _wish(tx: Tx, actor: Actor, change: Handover, entry: Entry) -> Acceptance:
    """What the administrator typed over what was announced, as a roster would store it. Raises Refused."""
    name, phone = entry.name.strip() or change.name, entry.phone.strip() or change.phone
    if not name:
        raise people_problems.handover(Verdict.NAMELESS)
    clean = people.cleaned(replace(entry, name=name, phone=phone, role=Role.PRIMARY.value))
    known = tx.people.with_phone(clean.phone) if clean.phone else None
    people.free(tx, actor, clean.channel, clean.address, known.id if known else None)
    if known is not None and clean.address and not all(actor.sees(post.unit_id) for post in known.roles):
        raise people_problems.not_ours()  # their messages about other units would go there
    return Acceptance(change.id, actor.by, clean.name, clean.phone, clean.channel, clean.address)

"""What came in and what goes out, as administrators look after it: strangers tied to people, readings corrected, messages resent or
dropped, sending accounts paused. Every act is in the audit log; corrections can be taken away from there as test cases."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.desk import problems, rereading
from bot.desk.desk import Actor, Desk
from bot.desk.rereading import Corrected, Meant
from bot.domain import times
from bot.domain.deliveries import InDoubt
from bot.domain.words import Intent, MessageState, Role
from bot.store.audit import Search
from bot.store.inbox import InboxState, Received, Reply
from bot.store.letters import Message, Recipient
from bot.store.robots import Robot
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import turn

PAGE = 50
REASON = 300
_CASE = ("text", "asked_at", "intent", "day")


@dataclass(frozen=True, slots=True)
class Letter:
    """One inbound with what it was understood as, and who said it (empty: a stranger). `tasks` are those a correction may be about."""

    received: Received
    replies: tuple[Reply, ...]
    person: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The calls of a channel in this calendar month, and how many the platform allows (0: no wall known)."""

    channel: str
    calls: int
    wall: int

    @property
    def left(self) -> int:
        """How many are left."""
        return max(0, self.wall - self.calls)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages of one state, the newest first, with whom they are for; counts by state; the accounts; what is left of the month."""

    messages: tuple[Message, ...]
    to: Mapping[int, Recipient]
    counts: Mapping[MessageState, int]
    robots: tuple[Robot, ...]
    months: tuple[Month, ...]


def inbox(desk: Desk, actor: Actor, *, looks: bool, before: int | None = None) -> list[Letter]:
    """What came in, the newest first; `looks`: only what a person has to look at. Strangers are for who sees everything."""
    with desk.store.read() as tx:
        people = None if actor.units is None else tx.people.of_units(actor.units)
        found = tx.inbox.looks(people, PAGE) if looks else tx.inbox.recent(people, PAGE, before)
        names = {one.person_id: tx.people.get(one.person_id).name for one in found if one.person_id is not None}
        return [_opened(tx, one, names.get(one.person_id or 0, "")) for one in found]


def handled(desk: Desk, actor: Actor, inbound_id: int) -> None:
    """Somebody has looked at it and it needs nothing more. Raises Forbidden, LookupError."""
    now = desk.now()
    with desk.store.begin() as tx:
        found = _letter(tx, actor, inbound_id)
        tx.inbox.settle(inbound_id, InboxState.READ, now, found.person_id, trouble=found.trouble)
        before = {"state": found.state.value, "trouble": found.trouble}
        tx.audit.write(actor.by, "inbound.handled", now, about=f"inbound:{inbound_id}", before=before)


def bind(desk: Desk, actor: Actor, inbound_id: int, words: str) -> None:
    """The stranger is the contact of this unit: the address is added to them, and what they said is heard again. Raises Refused.

    Raises LookupError for a letter whose sender is known, or unknown even to the platform: nobody's address is taken from them.
    """
    now = desk.now()
    with desk.store.begin() as tx:
        found = _letter(tx, actor, inbound_id)
        if not _nobody_knows(tx, found):
            raise LookupError(f"stranger {inbound_id}")
        units = [unit for unit in tx.units.find(words) if words.strip() and actor.sees(unit.id)]
        exact = [unit for unit in units if words.strip() in (unit.name, unit.short_name, unit.code)] or units
        if len(exact) != 1:
            raise problems.not_one_unit(words, [unit.name for unit in exact[:5]])
        holders = tx.people.holders(exact[0].id, Role.PRIMARY, times.civil_day(now))
        if not holders:
            raise problems.no_contact(exact[0].name)
        person, inbound = holders[0], found.inbound
        tx.people.add_address(person.id, inbound.channel, inbound.sender, len(person.addresses))
        tx.inbox.reopen(inbound_id)
        after = {"person": person.id, "channel": inbound.channel}
        tx.audit.write(actor.by, "sender.bound", now, about=f"inbound:{inbound_id}", after=after)


def correct(desk: Desk, actor: Actor, inbound_id: int, intent: str, day: date | None = None, task_id: int | None = None) -> Corrected:
    """What it should have been read as, with what follows for its tasks (`rereading`). Raises Refused, Forbidden, LookupError."""
    if intent not in tuple(Intent):
        raise problems.no_choice("intent", intent)
    with desk.store.begin() as tx:
        return rereading.correct(tx, desk, actor, _letter(tx, actor, inbound_id), Meant(Intent(intent), day, task_id))


def corrections(desk: Desk, actor: Actor) -> Iterator[str]:
    """Every correction as a line of JSON, the newest first: what `cuibao reply read` takes, and what it should have said. They quote
    letters of all units: for who sees everything."""
    if not actor.may_audit or not actor.sees_all:
        raise problems.Forbidden
    with desk.store.read() as tx:
        entries = tx.audit.search(Search(act=rereading.CORRECTED), limit=10_000)
    for entry in entries:
        yield json.dumps({key: entry.after[key] for key in _CASE if key in entry.after}, ensure_ascii=False) + "\n"


def outbox(desk: Desk, actor: Actor, state: MessageState | None, before: int | None = None) -> Outbox:
    """The outbox; for who sees everything. Raises Forbidden."""
    _everything(actor)
    now = desk.now()
    begins = times.instant(times.civil_day(now).replace(day=1), time(0))
    with desk.store.read() as tx:
        found = tuple(tx.outbox.list(state, limit=PAGE, before=before))
        to = tx.outbox.recipients([message.id for message in found])
        return Outbox(found, to, tx.outbox.counts(), tuple(tx.robots.all()), _months(tx.robots.calls(begins, now), desk.walls))


def decide(desk: Desk, actor: Actor, message_id: int, reason: str, *, resend: bool) -> None:
    """Resend or drop what is in doubt or dead; takes a reason. Raises Refused, Forbidden."""
    why, now = _acting(actor, reason), desk.now()
    with desk.store.begin() as tx:
        if not tx.outbox.resolve(message_id, InDoubt.RESEND if resend else None, actor.by, now):
            raise problems.nothing_to_decide()
        tx.audit.write(actor.by, "message.decided", now, about=f"message:{message_id}", after={"resend": resend, "reason": why})


def pause(desk: Desk, actor: Actor, key: str, reason: str) -> None:
    """Nothing more leaves through this account until it is resumed; takes a reason. Raises Refused, Forbidden, LookupError."""
    why = _acting(actor, reason)
    _switch(desk, actor, key, "robot.paused_by_hand", why)


def resume(desk: Desk, actor: Actor, key: str) -> None:
    """It may send again. Raises Forbidden, LookupError."""
    _acting(actor, "-")
    _switch(desk, actor, key, "robot.resumed", "")


def _months(calls: Mapping[str, int], walls: Mapping[str, int]) -> tuple[Month, ...]:
    return tuple(Month(name, calls.get(name, 0), walls.get(name, 0)) for name in sorted({*calls, *walls}))


def _switch(desk: Desk, actor: Actor, key: str, act: str, why: str) -> None:
    now: datetime = desk.now()
    with desk.store.begin() as tx:
        known = {robot.key: robot for robot in tx.robots.all()}
        if key not in known:
            raise LookupError(f"robot {key}")
        before = {"paused": known[key].paused, "reason": known[key].reason}
        if why:
            tx.robots.pause(key, why)
        else:
            tx.robots.resume(key)
        tx.audit.write(actor.by, act, now, about=f"robot:{key}"[:120], before=before, after={"paused": bool(why), "reason": why})


def _opened(tx: Tx, found: Received, name: str) -> Letter:
    replies = tuple(tx.inbox.replies(found.inbound.id))
    return Letter(found, replies, name, rereading.candidates(tx, found, replies, times.civil_day(found.inbound.at)) if replies else ())


def _letter(tx: Tx, actor: Actor, inbound_id: int) -> Received:
    if not actor.may_act:
        raise problems.Forbidden
    found = tx.inbox.get(inbound_id)
    if actor.units is not None and found.person_id not in tx.people.of_units(actor.units):
        raise LookupError(f"inbound {inbound_id}")
    return found


def _nobody_knows(tx: Tx, found: Received) -> bool:
    """Whether it is from a sender who is nobody's yet, or was when a mailbox spoke for somebody."""
    inbound = found.inbound
    if not inbound.sender or found.state is InboxState.STRANGER:
        return bool(inbound.sender)
    spoke = found.trouble.startswith(turn.ON_BEHALF)
    return spoke and found.state is InboxState.TROUBLE and tx.people.by_address(inbound.channel, inbound.sender) is None


def _everything(actor: Actor) -> None:
    if actor.units is not None:
        raise problems.Forbidden


def _acting(actor: Actor, reason: str) -> str:
    _everything(actor)
    if not actor.may_act:
        raise problems.Forbidden
    if not reason.strip():
        raise problems.no_reason()
    return reason.strip()[:REASON]

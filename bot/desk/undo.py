"""Taking an act back, named by its audit entry: by further facts, within a day, as long as nothing else has happened since."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.desk import problems
from bot.desk.desk import Actor, Desk
from bot.domain.status import Event, EventKind
from bot.store.audit import Entry
from bot.store.tx import Tx

WITHIN = timedelta(hours=24)


def undo(desk: Desk, actor: Actor, audit_id: int) -> int:
    """Take the act back; returns how many of its tasks were left because something has happened to them since.

    Raises Forbidden, LookupError for an act that is none or touches a unit outside the subtree, Refused if nothing is left to take back.
    """
    if not actor.may_act:
        raise problems.Forbidden
    now = desk.now()
    with desk.store.begin() as tx:
        entry = tx.audit.get(audit_id)
        way = _WAYS.get(entry.act)
        if way is None:
            raise LookupError(f"audit entry {audit_id}")
        task_ids = _tasks(entry)
        if not all(actor.sees(task.unit_id) for task in tx.tasks.many(task_ids)):
            raise LookupError(f"audit entry {audit_id}")
        done = way(tx, actor, entry, desk) if now - entry.at < WITHIN else 0
        if not done:
            raise problems.undone_already()
        tx.audit.write(actor.by, "act.undone", now, about=entry.about, before={"act": entry.act, "entry": entry.id}, after={"undone": done})
    return max(0, len(task_ids) - done)


def _tasks(entry: Entry) -> list[int]:
    named = entry.after.get("tasks")
    return [int(one) for one in named] if isinstance(named, list) else [int(entry.about.partition(":")[2])]


def _facts(tx: Tx, actor: Actor, entry: Entry, desk: Desk) -> int:
    """By an UNDONE for each fact of the act, the latest first, where it is still the last thing that happened to its task."""
    made, done = set(entry.after["events"]), 0
    for task_id in _tasks(entry):
        events = tx.tasks.events(task_id)
        if events and events[-1].id in made:
            for fact in [event for event in reversed(events) if event.id in made]:
                tx.tasks.append(task_id, Event(EventKind.UNDONE, desk.now(), actor.by, undoes=fact.id))
            done += 1
    return done


def _extension(tx: Tx, actor: Actor, entry: Entry, desk: Desk) -> int:
    task_id = _tasks(entry)[0]
    last = tx.tasks.events(task_id)[-1]
    if last.kind not in (EventKind.EXTENDED, EventKind.EXTENSION_REFUSED) or last.by != entry.by or last.at != entry.at:
        return 0
    tx.tasks.append(task_id, Event(EventKind.UNDONE, desk.now(), actor.by, undoes=last.id))
    return 1


def _silences(tx: Tx, actor: Actor, entry: Entry, desk: Desk) -> int:
    active = {one.id for one in tx.silences.active(desk.now())}
    ended = [number for number in entry.after["silences"] if number in active]
    for number in ended:
        tx.silences.end(number, desk.now())
    return len(ended)


def _reminders(tx: Tx, actor: Actor, entry: Entry, desk: Desk) -> int:
    """Those that no tick has planned yet."""
    return tx.periods.withdraw_at_once(_tasks(entry), entry.at)


_WAYS: Mapping[str, Callable[[Tx, Actor, Entry, Desk], int]] = {
    "task.reported": _facts,
    "task.zero_report": _facts,
    "task.accepted": _facts,
    "task.exempted": _facts,
    "task.returned": _facts,
    "task.reread": _facts,
    "task.silenced": _silences,
    "task.reminded": _reminders,
    "extension.granted": _extension,
    "extension.refused": _extension,
}

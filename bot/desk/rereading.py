"""A letter was misread: what its answer did to tasks is taken back by further facts, and what it really said is recorded instead.

What the person said keeps its moment; the sender gets no message of it. The correction itself stays as a test case for the reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk import problems
from bot.desk.desk import Actor, Desk
from bot.domain import status, times
from bot.domain.status import Course, Decision, Event, EventKind
from bot.domain.words import Intent
from bot.store.inbox import InboxState, Received, Reply
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import reply_links

CORRECTED, REREAD = "reply.corrected", "task.reread"
"""Acts in the audit log: the test case, and what became of the tasks."""
OFFERED = 12
"""Open tasks offered for a letter that was tied to none."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a letter should have been read as. `day` is the day that was promised, asked for or handed in on, if the reading had none
    or another; `task_id` is the one task that is meant, None: all that the letter was tied to."""

    intent: Intent
    day: date | None = None
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """`audit_id` is the handle for `undo`, 0 if no task was touched; `tasks` how many were."""

    audit_id: int
    tasks: int


def candidates(tx: Tx, found: Received, replies: Sequence[Reply], on: date) -> tuple[Task, ...]:
    """The tasks the letter was tied to; if to none, the open ones of who said it."""
    if tied := [reply.task_id for reply in replies if reply.task_id is not None]:
        return tuple(tx.tasks.many(tied))
    return tuple(tx.tasks.open_of(found.person_id, on)[:OFFERED]) if found.person_id is not None else ()


def correct(tx: Tx, desk: Desk, actor: Actor, found: Received, meant: Meant) -> Corrected:
    """Record the correction and what follows of it. Raises Refused: a day is missing or impossible, something has happened since."""
    now, inbound = desk.now(), found.inbound
    replies = tx.inbox.replies(inbound.id)
    tasks = _tasks(tx, actor, found, replies, meant)
    made = {task.id: _reread(tx, desk, actor, found, task, _with_day(meant, replies, task)) for task in tasks}
    asked_at = times.local(inbound.at).isoformat(timespec="minutes")
    case: dict[str, object] = {"text": reply_links.hidden(inbound.text), "asked_at": asked_at, "intent": meant.intent.value}
    if meant.day is not None:
        case["day"] = meant.day.isoformat()
    before = {"read": [reply.intent.value for reply in replies]}
    tx.audit.write(actor.by, CORRECTED, now, about=f"inbound:{inbound.id}", before=before, after=case)
    if not tasks:
        return Corrected(0, 0)
    _settle(tx, found, [_reply(tx, task, meant, made[task.id]) for task in tasks], now)
    about = f"task:{tasks[0].id}" if len(tasks) == 1 else f"tasks:{len(tasks)}"
    after = {"tasks": [*made], "events": [number for numbers in made.values() for number in numbers], "inbound": inbound.id}
    stood = {str(task.id): task.status.value for task in tasks}
    return Corrected(tx.audit.write(actor.by, REREAD, now, about=about, before=stood, after=after), len(tasks))


def _tasks(tx: Tx, actor: Actor, found: Received, replies: Sequence[Reply], meant: Meant) -> list[Task]:
    """What the correction is about. Raises LookupError for a task that is not offered or lies outside the subtree."""
    offered = candidates(tx, found, replies, times.civil_day(found.inbound.at))
    tied = {reply.task_id for reply in replies}
    chosen = [task for task in offered if task.id == meant.task_id] if meant.task_id else [task for task in offered if task.id in tied]
    if (meant.task_id and not chosen) or not all(actor.sees(task.unit_id) for task in chosen):
        raise LookupError(f"task {meant.task_id}")
    return chosen


def _with_day(meant: Meant, replies: Sequence[Reply], task: Task) -> Meant:
    """With the day that was read, if none was given."""
    read = next((reply.day for reply in reversed(replies) if reply.task_id in (task.id, None) and reply.day), None)
    return Meant(meant.intent, meant.day or read, task.id)


def _reread(tx: Tx, desk: Desk, actor: Actor, found: Received, task: Task, meant: Meant) -> list[int]:
    """Take back what stands of this letter and append what it means; the ids of the facts that were appended."""
    events, inbound = tx.tasks.events(task.id), found.inbound
    if any(event.inbound_id != inbound.id and event.at > inbound.at for event in events):
        raise problems.happened_since()
    gone = {event.undoes for event in events}
    stands = [event for event in events if event.inbound_id == inbound.id and event.kind is not EventKind.UNDONE and event.id not in gone]
    undone = [Event(EventKind.UNDONE, desk.now(), actor.by, undoes=event.id, inbound_id=inbound.id) for event in reversed(stands)]
    before = status.fold([event for event in events if event not in stands], task.due, desk.calendar())
    decision = status.from_reading(meant.intent, meant.day, task.due, inbound.at, extended_to=before.extended_to)
    if decision.course is Course.ASK:
        raise problems.impossible_day(meant.day)
    return [tx.tasks.append(task.id, event).id for event in (*undone, *_facts(decision, actor, found, stands))]


def _facts(decision: Decision, actor: Actor, found: Received, stood: Sequence[Event]) -> list[Event]:
    """At the moment it was said, with the figures that were read from it."""
    counts = next((event.counts for event in stood if event.counts), {})
    at, number = found.inbound.at, found.inbound.id
    return [Event(kind, at, actor.by, day=decision.day, counts=counts, inbound_id=number) for kind in decision.kinds]


def _reply(tx: Tx, task: Task, meant: Meant, made: Sequence[int]) -> Reply:
    facts = [event.id for event in tx.tasks.events(task.id) if event.id in made and event.kind is not EventKind.UNDONE]
    return Reply(meant.intent, task.id, facts[-1] if facts else None, meant.day, {}, (CORRECTED,))


def _settle(tx: Tx, found: Received, replies: Sequence[Reply], now: datetime) -> None:
    """Nothing is left to look at, and nothing to ask the person."""
    tx.inbox.settle(found.inbound.id, InboxState.READ, now, found.person_id, replies)
    pending = tx.questions.open(found.person_id) if found.person_id is not None else None
    if pending is not None and pending.inbound_id == found.inbound.id:
        tx.questions.answer(pending.id, now)

"""What an administrator does by hand to one task or to many: each in one transaction, with its audit entry, which is also its handle
for `undo`. What has no meaning for a task leaves it as it is and is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk import problems
from bot.desk.desk import Actor, Desk
from bot.domain import holds, ladder, times
from bot.domain.status import Event, EventKind, TaskState
from bot.domain.words import CLOSED, Role, Status
from bot.store.silences import Scope
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import decide
from bot.talk.decide import Verdict

NOTE = 300
"""Characters of a note or a reason."""
Fits = Callable[[TaskState], bool]
"""Whether an act has a meaning for a task that stands there."""
_REPORTED = frozenset({Status.REPORTED, Status.ZERO_REPORT, Status.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: its audit entry (0: it changed nothing), the tasks it changed, and how many it had no meaning for."""

    audit_id: int
    changed: tuple[int, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tasks of an act. `seen` is the last fact that the page of a single task showed; None for many at once: nothing is compared.
    `period_id` is the period whose page they were ticked on, None: any."""

    task_ids: tuple[int, ...]
    seen: int | None = None
    period_id: int | None = None


def report(desk: Desk, actor: Actor, chosen: Chosen, at: datetime, note: str, *, zero: bool = False) -> Done:
    """It was reported at that instant, by telephone or on paper. Raises Refused for one that is still to come."""
    if at > desk.now():
        raise problems.future("at", at, desk.now())
    kind = EventKind.ZERO_REPORT if zero else EventKind.REPORTED

    def fits(state: TaskState) -> bool:
        return state.status not in CLOSED or (state.status in _REPORTED and (state.reported_at is None or at < state.reported_at))

    return _append(desk, actor, chosen, Event(kind, at, actor.by, note=_note(note)), fits)


def accept(desk: Desk, actor: Actor, chosen: Chosen, note: str) -> Done:
    """What was reported was looked at and is good."""
    event = Event(EventKind.ACCEPTED, desk.now(), actor.by, note=_note(note))
    return _append(desk, actor, chosen, event, lambda state: state.status in _REPORTED - {Status.ACCEPTED})


def exempt(desk: Desk, actor: Actor, chosen: Chosen, reason: str) -> Done:
    """Nothing is owed; takes a reason."""
    event = Event(EventKind.EXEMPTED, desk.now(), actor.by, note=_reason(reason))
    return _append(desk, actor, chosen, event, lambda state: state.status is not Status.EXEMPT)


def send_back(desk: Desk, actor: Actor, chosen: Chosen, reason: str) -> Done:
    """What was reported has to be done again; takes a reason. The moment of the first report stands."""
    event = Event(EventKind.RETURNED, desk.now(), actor.by, note=_reason(reason))
    return _append(desk, actor, chosen, event, lambda state: state.status in CLOSED)


def extend(desk: Desk, actor: Actor, chosen: Chosen, day: date | None, note: str) -> Done:
    """Grant a later last day, or (None) refuse the one that was asked for; the person is told (`talk.decide`)."""
    now, office, told = desk.now(), desk.office(), _note(note)
    with desk.store.begin() as tx:
        task = _tasks(tx, actor, chosen)[0]
        if day is not None and day <= times.civil_day(now):
            raise problems.past("day", day, times.civil_day(now))
        verdict = decide.decide(tx, decide.Decision(task.id, day, actor.by, told), now, office)
        if verdict is Verdict.NOTHING_OWED:
            raise problems.does_not_fit(task.status)
        if verdict is Verdict.NOT_ASKED:
            raise problems.not_asked()
        if verdict is Verdict.NOT_LATER and day is not None:
            raise problems.not_later(day, holds.last_day(task.due, task.state.extended_to))
        return Done(tx.audit.list(f"task:{task.id}", limit=1)[0].id, (task.id,), 0)


def silence(desk: Desk, actor: Actor, chosen: Chosen, until: date, reason: str) -> Done:
    """No reminders of these tasks up to and including a day; takes a reason."""
    now, why = desk.now(), _reason(reason)
    if until < times.civil_day(now):
        raise problems.past("day", until, times.civil_day(now))
    with desk.store.begin() as tx:
        tasks = [task for task in _tasks(tx, actor, chosen) if not task.closed]
        scopes = [Scope(task.unit_id, task.obligation_id, task.period_id) for task in tasks]
        made = [tx.silences.add(scope, now, times.end_of(until), actor.by, why) for scope in scopes]
        after: dict[str, object] = {"silences": made, "until": until.isoformat(), "reason": why}
        return _finish(tx, actor, "task.silenced", now, tasks, chosen, after)


def remind(desk: Desk, actor: Actor, chosen: Chosen) -> Done:
    """Remind at once, by the rules that hold for every reminder: sending hours, one message a day. Of one task the reason is told
    why it cannot be; of many those that cannot are left."""
    now = desk.now()
    with desk.store.begin() as tx:
        fit = []
        for task in _tasks(tx, actor, chosen):
            refusal = unfit_to_remind(tx, desk, task, now)
            if refusal is None:
                fit.append(task)
            elif chosen.seen is not None:
                raise refusal
        for task in fit:
            tx.periods.put_steps(task.period_id, [ladder.at_once_step(now, task.due, extended_to=task.state.extended_to)], task.id)
        return _finish(tx, actor, "task.reminded", now, fit, chosen, {"at": now.isoformat()})


def release(desk: Desk, actor: Actor, step_id: int) -> int:
    """Let a step go that waits for this click; returns the audit entry. For who sees everything: it speaks to all units at once."""
    if not actor.may_act or actor.units is not None:
        raise problems.Forbidden
    now = desk.now()
    with desk.store.begin() as tx:
        found = next((one for one in tx.reminders.waiting(now) if one.step_id == step_id), None)
        if found is None:
            raise LookupError(f"step {step_id}")
        tx.reminders.release([step_id], now)
        after = {"rung": found.rung, "tasks": found.open_tasks}
        return tx.audit.write(actor.by, "step.released", now, about=f"step:{step_id}", after=after)


def _append(desk: Desk, actor: Actor, chosen: Chosen, event: Event, fits: Fits) -> Done:
    with desk.store.begin() as tx:
        tasks = _tasks(tx, actor, chosen)
        fit = [task for task in tasks if fits(task.state)]
        if chosen.seen is not None and not fit:
            raise problems.does_not_fit(tasks[0].status)
        made = [tx.tasks.append(task.id, event).id for task in fit]
        facts: dict[str, object] = {"events": made, "at": event.at.isoformat(), "note": event.note}
        return _finish(tx, actor, f"task.{event.kind.value}", desk.now(), fit, chosen, facts)


def _finish(tx: Tx, actor: Actor, act: str, now: datetime, fit: Sequence[Task], chosen: Chosen, after: dict[str, object]) -> Done:
    ids = tuple(task.id for task in fit)
    if not ids:
        return Done(0, (), len(chosen.task_ids))
    about = f"task:{ids[0]}" if len(ids) == 1 else f"tasks:{len(ids)}"
    before = {str(task.id): task.status.value for task in fit}
    audit_id = tx.audit.write(actor.by, act, now, about=about, before=before, after={"tasks": list(ids), **after})
    return Done(audit_id, ids, len(chosen.task_ids) - len(ids))


def _tasks(tx: Tx, actor: Actor, chosen: Chosen) -> list[Task]:
    """The chosen tasks. Raises Forbidden, Refused for none, LookupError for one outside the subtree or of another period, Changed."""
    if not actor.may_act:
        raise problems.Forbidden
    if not chosen.task_ids:
        raise problems.nothing_chosen()
    tasks = tx.tasks.many(chosen.task_ids)
    if len(tasks) != len(set(chosen.task_ids)) or not all(actor.sees(task.unit_id) for task in tasks):
        raise LookupError("task")
    if chosen.period_id is not None and any(task.period_id != chosen.period_id for task in tasks):
        raise LookupError(f"period {chosen.period_id}")
    if chosen.seen is not None and last_fact(tx, tasks[0].id) != chosen.seen:
        raise problems.task_changed()
    return tasks


def last_fact(tx: Tx, task_id: int) -> int:
    """The version stamp of a task: the id of the last fact about it, 0 for none."""
    return max((event.id for event in tx.tasks.events(task_id)), default=0)


def unfit_to_remind(tx: Tx, desk: Desk, task: Task, now: datetime) -> problems.Refused | None:
    """Why nobody would be reminded of it now; None if somebody would."""
    state, today = task.state, times.civil_day(now)
    if task.closed or state.disputed:
        return problems.does_not_fit(task.status)
    if state.quiet_until is not None and now < state.quiet_until:
        return problems.quiet(state.quiet_until)
    if any(one.covers(task.unit_id, task.obligation_id, task.period_id) for one in tx.silences.active(now)):
        return problems.silenced()
    people = [person for role in (Role.PRIMARY, Role.SUBSTITUTE) for person in tx.people.holders(task.unit_id, role, today)]
    reachable = any(address.channel in desk.channels and not address.bad for person in people for address in person.addresses)
    return None if reachable else problems.nobody_reachable()


def _note(text: str) -> str:
    if len(text) > NOTE:
        raise problems.long("note", len(text), NOTE)
    return text.strip()


def _reason(text: str) -> str:
    found = text.strip()
    if not found:
        raise problems.no_reason()
    if len(found) > NOTE:
        raise problems.long("reason", len(found), NOTE)
    return found

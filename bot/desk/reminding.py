"""What a reminder at once would be: to whom, by which way, when it would go, in which words. The look before the click (PROMISES B14)."""

from dataclasses import dataclass
from datetime import datetime

from bot.desk import acts, problems
from bot.desk.desk import Actor, Desk
from bot.domain import ladder, reminders, times, windows
from bot.domain.reminders import Line
from bot.domain.words import Role
from bot.store.people import Person
from bot.store.tasks import Task
from bot.store.tx import Tx

LONGEST = 100_000
"""Bytes of the preview: it is shown whole, whatever a platform takes."""


@dataclass(frozen=True, slots=True)
class To:
    """One who would be told: by which channel. `waits`: there was a message for them today, so it goes on the next workday."""

    person: Person
    channel: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The reminder as it would be. `refusal` says why there would be none; then the rest is empty."""

    task: Task
    seen: int
    at: datetime | None = None
    to: tuple[To, ...] = ()
    subject: str = ""
    body: str = ""
    refusal: str = ""


def preview(desk: Desk, actor: Actor, task_id: int) -> Preview:
    """What `acts.remind` would do to this task now. Raises Forbidden, LookupError."""
    now, calendar = desk.now(), desk.calendar()
    if not actor.may_act:
        raise problems.Forbidden
    with desk.store.read() as tx:
        task = tx.tasks.get(task_id)
        if not actor.sees(task.unit_id):
            raise LookupError(f"task {task_id}")
        seen = acts.last_fact(tx, task_id)
        refusal = acts.unfit_to_remind(tx, desk, task, now)
        if refusal is not None:
            return Preview(task, seen, refusal=refusal.says)
        step = ladder.at_once_step(now, task.due, extended_to=task.state.extended_to)
        to = _to(tx, desk, task, now, exempt=step.last_day)
        line = _line(tx, task, step.rung)
    at = windows.defer(now, calendar, desk.windows, last_day=step.last_day)
    letter = reminders.letter([line], now, calendar, person=to[0].person.name, serial=0)
    words = desk.renderer.render(step.kind, reminders.view(letter), max_bytes=LONGEST, format="text")[0]
    return Preview(task, seen, at, to, words.subject, words.body)


def _to(tx: Tx, desk: Desk, task: Task, now: datetime, *, exempt: bool) -> tuple[To, ...]:
    """The contacts who can be reached, or their substitutes; as planning has it."""
    today = times.civil_day(now)
    for role in (Role.PRIMARY, Role.SUBSTITUTE):
        reached = [(person, tx.people.best_address(person.id, desk.channels)) for person in tx.people.holders(task.unit_id, role, today)]
        found = tuple(
            To(person, address.channel, not exempt and tx.people.told_on(person.id, today)) for person, address in reached if address
        )
        if found:
            return found
    raise problems.nobody_reachable()


def _line(tx: Tx, task: Task, rung: str) -> Line:
    duty, due, state = tx.obligations.get(task.obligation_id), task.due, task.state
    return Line(
        task_id=task.id,
        obligation_id=task.obligation_id,
        unit_id=task.unit_id,
        unit=task.unit,
        what=task.what,
        period=due.period,
        nominal=due.nominal,
        target=due.target,
        limit=due.limit,
        hour=due.hour,
        status=state.status,
        promised_on=state.promised_on,
        extended_to=state.extended_to,
        rung=rung,
        recipient=duty.recipient,
        emails=duty.emails,
        phones=duty.phones,
        sentence=duty.sentence,
        published=duty.published,
    )

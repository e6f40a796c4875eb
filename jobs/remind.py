"""task → outbox: which steps are due by now, who is to be told, and one message for each of them.

Asks "due by now and not yet done?": twice, late or after a week of darkness gives the same letters once. Missed rungs collapse into
the latest (PROMISES B9), all duties of a person go into one message (B3), and nobody gets a second one on the same day but for a
duty's last day (B12). Planning is done in sets of a few hundred, a transaction each, so that replies land in between.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import ladder, times, windows
from bot.domain.windows import Windows
from bot.domain.words import Role
from bot.domain.workdays import WorkCalendar
from bot.store.engine import Store
from bot.store.envelopes import Slot
from bot.store.planning import Part, Reach
from bot.store.reminders import StepRow
from bot.store.tx import Tx

CHUNK = 2000
"""Tasks looked at in one transaction: some 10 ms."""

PEOPLE = 500
"""Persons written to, or steps of single tasks planned, in one transaction."""

PROMISES = (timedelta(days=31), timedelta(days=366))
"""How far back and ahead promised days are looked at: after a longer darkness the ladder itself has spoken."""

UNREACHABLE = "unreachable"
"""Where the last tick's list of units with nobody reachable stands in `meta`, as JSON: [[unit id, role], …]."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a tick did: reminders planned, messages made, messages of the day that took reminders along, steps that collapsed,
    units (with the role) of whom nobody could be reached, and persons whose last address has gone bad since they were chosen."""

    planned: int = 0
    messages: int = 0
    joined: int = 0
    collapsed: int = 0
    unreachable: tuple[tuple[int, Role], ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """What a tick works with: the moment, the channels that are switched on, the calendar and the sending windows."""

    now: datetime
    channels: Collection[str]
    calendar: WorkCalendar
    windows: Windows

    @property
    def reach(self) -> Reach:
        """Whom planning can reach."""
        return Reach(self.now, tuple(sorted(self.channels)))


def run(now: datetime, store: Store, channels: Collection[str], calendar: WorkCalendar, sending: Windows = windows.DEFAULT) -> Reminded:
    """Plan what is due by `now` and put it into the outbox."""
    tick = Tick(now, channels, calendar, sending)
    _follow_promises(tick, store)
    with store.read() as tx:
        fire, skipped = _choose(tx.reminders.due_steps(now), now)
    if skipped:
        with store.begin() as tx:
            tx.reminders.collapse([step.id for step in skipped], now)
    planned, unreachable = _plan(tick, store, fire)
    if fire:
        with store.begin() as tx:
            tx.meta.set(UNREACHABLE, json.dumps(sorted(unreachable)))
    messages, joined, lost = _write(tick, store)
    return Reminded(planned, messages, joined, len(skipped), tuple(sorted(unreachable)), lost)


def _follow_promises(tick: Tick, store: Store) -> None:
    """Lay the question on the promised day for every promise that has none yet (B5)."""
    today = times.civil_day(tick.now)
    with store.read() as tx:
        promises = tx.tasks.unfollowed(today - PROMISES[0], today + PROMISES[1])
    laid = []
    for promise in promises:
        state, due = promise.task.state, promise.task.due
        step = ladder.promise_step(promise.promised, promise.said, due, tick.calendar, tick.windows, extended_to=state.extended_to)
        if step is not None:
            laid.append((promise.task, step))
    if laid:
        with store.begin() as tx:
            for task, step in laid:
                tx.periods.put_steps(task.period_id, [step], task.id)


def _choose(steps: Sequence[StepRow], now: datetime) -> tuple[list[StepRow], list[StepRow]]:
    """Which of the due steps fire, and which a later rung of the same period or task stands in for."""
    groups: defaultdict[tuple[int, int | None], list[StepRow]] = defaultdict(list)
    for step in steps:
        groups[step.period_id, step.task_id].append(step)
    fire: list[StepRow] = []
    skipped: list[StepRow] = []
    for group in groups.values():
        now_due, earlier = ladder.collapse(group, now)
        fire += now_due
        skipped += earlier
    return fire, skipped


def _plan(tick: Tick, store: Store, fire: Sequence[StepRow]) -> tuple[int, set[tuple[int, Role]]]:
    """Make the reminders of the steps that fire; a step counts as planned only when all of its parts are."""
    planned, unreachable = 0, set[tuple[int, Role]]()
    for steps in _batches(fire):
        after: int | None = 0
        while after is not None:
            with store.begin() as tx:
                upto = _next(tx, steps, after)
                planned += tx.reminders.plan(steps, tick.reach, Part(after, upto))
            after = upto
        instead, missed = _stand_in(tick, store, steps)
        planned += instead
        unreachable |= missed
        with store.begin() as tx:
            tx.reminders.planned([step.id for step in steps], tick.now)
    return planned, unreachable


def _stand_in(tick: Tick, store: Store, steps: Sequence[StepRow]) -> tuple[int, set[tuple[int, Role]]]:
    """Substitutes for whoever cannot be reached (B7), and the units where nobody can be."""
    with store.read() as tx:
        missed = tx.reminders.missed(steps, tick.reach)
    if not missed:
        return 0, set()
    with store.begin() as tx:
        made = tx.reminders.stand_in(steps, tick.reach, missed)
        return made, tx.reminders.missed(steps, tick.reach)


def _batches(fire: Sequence[StepRow]) -> Iterator[list[StepRow]]:
    """The steps of one period together; those of single tasks some hundred at a time."""
    by_period: defaultdict[int, list[StepRow]] = defaultdict(list)
    own = [step for step in fire if step.task_id is not None]
    for step in fire:
        if step.task_id is None:
            by_period[step.period_id].append(step)
    yield from by_period.values()
    yield from (own[start : start + PEOPLE] for start in range(0, len(own), PEOPLE))


def _next(tx: Tx, steps: Sequence[StepRow], after: int) -> int | None:
    """Up to which unit the next part of a period goes; None: to the end."""
    return None if steps[0].task_id is not None else tx.reminders.chunk(steps[0].period_id, after, CHUNK)


def _write(tick: Tick, store: Store) -> tuple[int, int, tuple[int, ...]]:
    """One message for each person with loose reminders, or a place in the one that waits for today already."""
    with store.read() as tx:
        if not tx.reminders.any_loose():
            return 0, 0, ()
        last_day = tx.reminders.last_day_today(tick.now)
    with store.begin() as tx:
        tx.reminders.drop_stale(tick.now)
    messages, joined = 0, 0
    lost: list[int] = []
    after: int | None = 0
    while after is not None:
        with store.begin() as tx:
            people = tx.reminders.people(after, PEOPLE)
            for slot in _slots(tick, tx, last_day):
                posted = tx.reminders.post(slot, people)
                messages, joined = messages + posted.messages, joined + posted.joined
            lost += tx.reminders.give_up(slot, people)
        after = people.upto
    return messages, joined, tuple(lost)


def _slots(tick: Tick, tx: Tx, any_last_day: bool) -> Iterator[Slot]:
    """Reminders of a duty's last day go today whatever the hour; the others in the next sending window."""
    for last_day in (True, False) if any_last_day else (False,):
        at = windows.defer(tick.now, tick.calendar, tick.windows, last_day=last_day)
        yield tx.reminders.slot(tick.now, at, tick.channels, last_day=last_day)

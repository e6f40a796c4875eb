"""The story of one task: what was owed and why then, every fact, reminder, delivery and answer, in order of time (PROMISES E2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk import acts
from bot.desk.desk import Actor, Desk
from bot.domain import due as dues
from bot.domain import holds, lamps, times
from bot.domain.lamps import Lamp
from bot.domain.status import Event
from bot.domain.words import MessageKind, Role
from bot.store.audit import Entry
from bot.store.files import Kept
from bot.store.people import Person
from bot.store.silences import Silence
from bot.store.taskbook import Ahead, Carried, Said
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import decide


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: exactly one of the others is set."""

    at: datetime
    fact: Event | None = None
    sent: Carried | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """All that the page shows. `last` is the last day on time; `seen` the version stamp that its forms carry; `names` who `by` is;
    `mailboxes` from where what became a fact was written, by the id of the fact."""

    task: Task
    lamp: Lamp
    now: datetime
    last: date
    explained: str
    sentence: str
    moments: tuple[Moment, ...]
    ahead: tuple[Ahead, ...]
    people: tuple[tuple[Role, Person], ...]
    silences: tuple[Silence, ...]
    files: tuple[Kept, ...]
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    mailboxes: Mapping[int, str]
    seen: int

    @property
    def reminded(self) -> int:
        """How many reminders of it went to persons."""
        sent = [one.sent for one in self.moments if one.sent is not None]
        return sum(one.sent_at is not None and one.kind is not MessageKind.GROUP_NOTICE for one in sent)


def view(desk: Desk, actor: Actor, task_id: int) -> Story:
    """The story of a task in the actor's units. Raises LookupError."""
    now, calendar = desk.now(), desk.calendar()
    with desk.store.read() as tx:
        task = tx.tasks.get(task_id)
        if not actor.sees(task.unit_id):
            raise LookupError(f"task {task_id}")
        facts = tx.tasks.events(task_id)
        state, late_from = task.state, lamps.end(task.limit_at, task.state.extended_to)
        return Story(
            task=task,
            lamp=lamps.lamp(task.status, state.reported_at, late_from, now, disputed=state.disputed),
            now=now,
            last=holds.last_day(task.due, state.extended_to),
            explained=dues.explain(task.due, calendar),
            sentence=tx.obligations.get(task.obligation_id).sentence,
            moments=_moments(tx, task_id, facts),
            ahead=() if task.closed or state.disputed else tuple(tx.taskbook.ahead(task_id)),
            people=_people(tx, task.unit_id, times.civil_day(now)),
            silences=tuple(one for one in tx.silences.active(now) if one.covers(task.unit_id, task.obligation_id, task.period_id)),
            files=tuple(tx.files.of_task(task_id)),
            entries=tuple(tx.audit.list(f"task:{task_id}", limit=50)) if actor.may_audit else (),
            mailboxes={one.event_id: one.sender for one in tx.taskbook.said(task_id) if one.event_id is not None},
            names=_names(tx, [fact.by for fact in facts]),
            seen=acts.last_fact(tx, task_id),
        )


def _moments(tx: Tx, task_id: int, facts: list[Event]) -> tuple[Moment, ...]:
    """In order of time; at one instant an answer stands before the fact it became."""
    found = [Moment(one.at, said=one) for one in tx.taskbook.said(task_id)]
    found += [Moment(one.sent_at or one.not_before or one.planned_at, sent=one) for one in tx.taskbook.carried(task_id)]
    found += [Moment(fact.at, fact=fact) for fact in facts]
    return tuple(sorted(found, key=lambda moment: moment.at))


def _people(tx: Tx, unit_id: int, on: date) -> tuple[tuple[Role, Person], ...]:
    roles = (Role.PRIMARY, Role.SUBSTITUTE, Role.LEADER)
    return tuple((role, person) for role in roles for person in tx.people.holders(unit_id, role, on))


def _names(tx: Tx, actors: list[str]) -> dict[str, str]:
    """Who `person:7` and `admin:1` are; what is nobody is left out."""
    found: dict[str, str] = {}
    for by in dict.fromkeys(actors):
        kind, _, number = by.partition(":")
        if kind in decide.SPEAKERS and number.isdecimal():
            found[by] = tx.people.get(int(number)).name
        elif kind == "admin" and number.isdecimal() and (account := tx.accounts.find(int(number))):
            found[by] = account.name
    return found

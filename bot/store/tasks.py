"""What is owed, by whom, and how it stands: the facts are appended, the status columns are their projection.

`Tasks.append` is the only place where a fact about a task is written, and the only one that writes its status.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Row, Select, String, bindparam, cast, exists, false, func, literal, select, update

from bot.domain import ladder, status
from bot.domain.due import Due
from bot.domain.status import Event, EventKind, TaskState
from bot.domain.words import CLOSED, Role, Status
from bot.domain.workdays import WorkCalendar
from bot.store import chain, matrix, people, periods, tables, tally
from bot.store.calendar import Calendar
from bot.store.obligations import OBLIGATION
from bot.store.periods import PERIOD, STEP

TASK = tables.of(tables.Task)
EVENT = tables.of(tables.Event)
_UNIT = tables.of(tables.Unit)
_ROLE = tables.of(tables.Role)

BATCH = 500
"""Tasks read at a time when the whole ledger is folded."""


@dataclass(frozen=True, slots=True)
class Task:
    """One duty of one unit for one period. `due_at` is when we ask for it, `limit_at` the first instant that is late."""

    id: int
    obligation_id: int
    period_id: int
    unit_id: int
    unit: str
    unit_short: str
    what: str
    recipient: str
    due: Due
    due_at: datetime
    limit_at: datetime
    state: TaskState

    @property
    def period(self) -> str:
        """The period's name, e.g. `2018Q3`."""
        return self.due.period

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.state.status

    @property
    def closed(self) -> bool:
        """Whether nothing is owed any more."""
        return self.state.status in CLOSED


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored status that is not what the facts add up to."""

    task_id: int
    stored: TaskState
    folded: TaskState


@dataclass(frozen=True, slots=True)
class Promise:
    """An open task with a promised day that nothing follows up yet; `said` is when the promise was made."""

    task: Task
    promised: date
    said: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A task and all of its facts in the order they were appended, ours until the transaction ends."""

    task: Task
    events: tuple[Event, ...]


class Tasks:
    """Queries about tasks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, task_id: int) -> Task:
        """One task. Raises LookupError."""
        row = self._connection.execute(_ONE, {"of": task_id}).first()
        if row is None:
            raise LookupError(f"task {task_id}")
        return _read(row)

    def many(self, task_ids: Collection[int]) -> list[Task]:
        """These tasks, the most urgent first; ids without a task are left out."""
        return self._list(TASK.c.id.in_(list(task_ids)))

    def open_of(self, person_id: int, on: date, upto: datetime | None = None) -> list[Task]:
        """What the units owe at which the person holds a role on a day, the most urgent first; with `upto` only what is due by then.

        Whatever the role; a group chat owes nothing.
        """
        if upto is None:
            return self._read(_OPEN, {"person": person_id, "on": on})
        return self._read(_OPEN_UPTO, {"person": person_id, "on": on, "upto": upto})

    def find(self, unit_id: int, obligation_id: int | None = None, period: str | None = None) -> list[Task]:
        """The tasks of a unit, open and closed, the earliest due first."""
        where = TASK.c.unit_id == unit_id
        if obligation_id is not None:
            where &= TASK.c.obligation_id == obligation_id
        return self._list(where if period is None else where & (PERIOD.c.name == period))

    def closed_of(self, person_id: int, on: date, since: datetime) -> list[Task]:
        """Closed tasks, due at `since` or later, of the units where the person holds a role on that day; the latest first, at most 50."""
        return self._read(_CLOSED, {"person": person_id, "on": on, "since": since})

    def asking(self) -> list[Task]:
        """Open tasks whose unit asked for a later day and has no decision yet, the most urgent first."""
        return self._read(_ASKING)

    def of_period(self, period_id: int) -> list[Task]:
        """Every task of a period, in administrative order of the units."""
        return self._list(TASK.c.period_id == period_id)

    def append(self, task_id: int, event: Event) -> Event:
        """Add a fact and write what the facts now add up to; returns the fact with its id. Raises LookupError."""
        return self.append_to(self.hold(task_id), [event]).events[-1]

    def hold(self, task_id: int) -> Held:
        """A task with its facts, to which no other fact comes until the transaction ends. Raises LookupError."""
        chain.lock(self._connection, EVENT)  # first: what is read after it stands still
        return Held(self.get(task_id), tuple(self.events(task_id)))

    def append_to(self, held: Held, facts: Sequence[Event]) -> Held:
        """Add facts, at least one, in this order, and write what all of them now add up to; returns the task as it stands then."""
        ids = chain.append(self._connection, EVENT, [_row(held.task.id, fact) for fact in facts])
        events = (*held.events, *(replace(fact, id=number) for fact, number in zip(facts, ids, strict=True)))
        return Held(self._project(held.task, events), events)

    def events(self, task_id: int) -> list[Event]:
        """The facts about a task in the order they were appended."""
        return [_event(row) for row in self._connection.execute(_EVENTS, {"of": task_id})]

    def extend(self, task_id: int, day: date, steps: Sequence[ladder.Step]) -> None:
        """Chase this task by steps of its own (`ladder.extension_steps` for the granted `day`); the period's no longer apply.

        The granted day itself is a fact: append EXTENDED too, in the same transaction.
        """
        task = self.get(task_id)
        self._withdraw(task_id, lambda rung: not rung.startswith(ladder.PROMISE) and not rung.endswith(f"@{day}"))
        periods.Periods(self._connection).put_steps(task.period_id, steps, task_id)
        self._connection.execute(update(TASK).where(TASK.c.id == task_id).values(own_steps=True))

    def unfollowed(self, since: date, upto: date) -> list[Promise]:
        """Open tasks with a promised day in [since, upto] that has no step of its own yet."""
        tasks = self._read(_UNFOLLOWED, {"since": since, "upto": upto})
        said = self._said([task.id for task in tasks]) if tasks else {}
        return [Promise(task, task.state.promised_on, said[task.id]) for task in tasks if task.state.promised_on and task.id in said]

    def totals(self, period_ids: Collection[int], person_id: int | None = None) -> dict[int, tally.Totals]:
        """Tasks in all, reported and open of each period; with `person_id` only of the units that person or group belongs to."""
        if person_id is None:
            return tally.totals(tally.counts(self._connection, period_ids))
        return tally.totals(tally.counts_for(self._connection, period_ids, person_id))

    def counts(self, period_ids: Collection[int]) -> dict[int, dict[Status, int]]:
        """Tasks by status of each period."""
        return tally.counts(self._connection, period_ids)

    def matrix(self, obligation_ids: Collection[int] | None = None, page: matrix.Page = matrix.EVERYTHING) -> matrix.Matrix:
        """Unit × period with the status of each task; see `matrix.Page` for what is shown."""
        return matrix.read(self._connection, obligation_ids, page)

    def recompute(self, period_id: int | None = None) -> Iterator[Difference]:
        """Every task (of one period) whose stored status is not the fold of its facts; for `cuibao doctor` the whole ledger is read."""
        touched = exists().where(EVENT.c.task_id == TASK.c.id)
        where = touched | (TASK.c.status != Status.PENDING.value) | TASK.c.closed | TASK.c.reported_at.is_not(None)
        if period_id is not None:
            where &= TASK.c.period_id == period_id
        for task, events in self._told(where):
            folded = status.fold(events, task.due, self._calendar)
            if folded != task.state:
                yield Difference(task.id, task.state, folded)

    def refold(self, period_id: int | None = None) -> int:
        """Write the projection anew where it differs (of one period: its days moved); returns how many tasks changed."""
        found = list(self.recompute(period_id))
        if found:
            chain.lock(self._connection, EVENT)
        for difference in found:
            self._project(self.get(difference.task_id), self.events(difference.task_id))
        return len(found)

    def miscounts(self) -> list[tally.Miscount]:
        """Every counter that is not the number of tasks it stands for; all tasks are counted, for `cuibao doctor`."""
        return tally.recount(self._connection)

    def recount(self) -> int:
        """Set the counters that are wrong; returns how many."""
        found = self.miscounts()
        for wrong in found:
            tally.add(self._connection, wrong.period_id, wrong.status, wrong.tasks - wrong.counted)
        return len(found)

    @cached_property
    def _calendar(self) -> WorkCalendar:
        return WorkCalendar(Calendar(self._connection).overrides())

    def _project(self, task: Task, events: Sequence[Event]) -> Task:
        """Write what the facts add up to, and return the task so; `task` was read while no other fact could come."""
        state = status.fold(events, task.due, self._calendar)
        self._connection.execute(_WRITE, {"of": task.id} | _projection(state))
        tally.move(self._connection, task.period_id, task.status, state.status)
        if (state.promised_on, state.extended_to) != (task.state.promised_on, task.state.extended_to):
            self._withdraw(task.id, lambda rung: not _holds(rung, state))
        return replace(task, state=state)

    def _withdraw(self, task_id: int, stale: Callable[[str], bool]) -> None:
        own = self._connection.execute(_OWN_STEPS, {"of": task_id})
        periods.withdraw(self._connection, [row.id for row in own if stale(row.rung)])

    def _said(self, task_ids: list[int]) -> dict[int, datetime]:
        query = select(EVENT.c.task_id, func.max(EVENT.c.at)).group_by(EVENT.c.task_id)
        query = query.where(EVENT.c.task_id.in_(task_ids), EVENT.c.kind == EventKind.PROMISED.value)
        return {row.task_id: row[1] for row in self._connection.execute(query)}

    def _told(self, where: ColumnElement[bool]) -> Iterator[tuple[Task, list[Event]]]:
        """Tasks with their facts, some hundred at a time, so that the memory it takes does not grow with the ledger."""
        after = 0
        while True:
            ids = select(TASK.c.id).where(where, TASK.c.id > after).order_by(TASK.c.id).limit(BATCH)
            batch = list(self._connection.execute(ids).scalars())
            if not batch:
                return
            events = defaultdict(list)
            for row in self._connection.execute(select(EVENT).where(EVENT.c.task_id.in_(batch)).order_by(EVENT.c.id)):
                events[row.task_id].append(_event(row))
            yield from ((task, events[task.id]) for task in self._list(TASK.c.id.in_(batch)))
            after = batch[-1]

    def _list(self, where: ColumnElement[bool]) -> list[Task]:
        return self._read(_TASKS.where(where))

    def _read(self, query: Select[Any], values: Mapping[str, object] | None = None) -> list[Task]:
        return [_read(row) for row in self._connection.execute(query, values)]


def _holds(rung: str, state: TaskState) -> bool:
    """Whether a step of a task's own still has its day: the promise, or the granted one."""
    if rung.startswith(ladder.PROMISE):
        return rung == f"{ladder.PROMISE}{state.promised_on}"
    return rung.endswith(f"@{state.extended_to}")


_STATE = ("status", "reported_at", "promised_on", "quiet_until", "extended_to", "disputed", "asked_for")
_STATE_COLUMNS = tuple((name, TASK.c[name]) for name in _STATE)


def _select() -> Select[Any]:
    own = [TASK.c[name] for name in ("id", "obligation_id", "period_id", "unit_id", *_STATE)]
    named = [_UNIT.c.name.label("unit"), _UNIT.c.short_name, OBLIGATION.c.what, OBLIGATION.c.recipient, PERIOD.c.due_at, PERIOD.c.limit_at]
    query = select(*own, *named, *periods.DAYS, *periods.STATED).select_from(TASK)
    query = query.join(PERIOD, PERIOD.c.id == TASK.c.period_id).join(OBLIGATION, OBLIGATION.c.id == TASK.c.obligation_id)
    query = query.join(_UNIT, _UNIT.c.id == TASK.c.unit_id)
    return query.order_by(PERIOD.c.due_at, TASK.c.obligation_id, _UNIT.c.position, TASK.c.id)


def _read(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        obligation_id=row.obligation_id,
        period_id=row.period_id,
        unit_id=row.unit_id,
        unit=row.unit,
        unit_short=row.short_name,
        what=row.what,
        recipient=row.recipient,
        due=periods.read_due(row),
        due_at=row.due_at,
        limit_at=row.limit_at,
        state=_state(row),
    )


def _state(row: Row[Any]) -> TaskState:
    columns = row._mapping
    stored = {name: columns[column] for name, column in _STATE_COLUMNS}
    return TaskState(**stored | {"status": Status(stored["status"])})


def _projection(state: TaskState) -> dict[str, Any]:
    columns = {name: getattr(state, name) for name in _STATE}
    projected = columns | {"status": state.status.value, "closed": state.status in CLOSED}
    return projected if state.extended_to else projected | {"own_steps": False}


def _row(task_id: int, event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in Event.__dataclass_fields__ if name != "id"}
    return values | {"task_id": task_id, "kind": event.kind.value, "counts": dict(event.counts)}


def _event(row: Row[Any]) -> Event:
    values = {name: row._mapping[name] for name in Event.__dataclass_fields__}
    return Event(**values | {"kind": EventKind(row.kind), "counts": dict(row.counts)})


_TASKS = _select()
"""The most urgent first, in administrative order of the units; the statements below are made once, and not for every call."""
_UNITS = select(_ROLE.c.unit_id).where(
    _ROLE.c.person_id == bindparam("person"), _ROLE.c.role != Role.GROUP.value, people.held_on(bindparam("on", type_=Date))
)
_FOLLOWED = exists().where(STEP.c.task_id == TASK.c.id, STEP.c.rung == literal(ladder.PROMISE) + cast(TASK.c.promised_on, String))
_PROMISED = (TASK.c.promised_on >= bindparam("since")) & (TASK.c.promised_on <= bindparam("upto"))
_ONE = _TASKS.where(TASK.c.id == bindparam("of"))
_OPEN = _TASKS.where(TASK.c.closed == false(), TASK.c.unit_id.in_(_UNITS))
_OPEN_UPTO = _OPEN.where(PERIOD.c.due_at <= bindparam("upto"))
_LATEST = (PERIOD.c.due_at.desc(), TASK.c.id)
_CLOSED = _TASKS.where(TASK.c.closed, TASK.c.unit_id.in_(_UNITS), PERIOD.c.due_at >= bindparam("since"))
_CLOSED = _CLOSED.order_by(None).order_by(*_LATEST).limit(50)
_ASKING = _TASKS.where(TASK.c.asked_for.is_not(None), TASK.c.closed == false())
_UNFOLLOWED = _TASKS.where(_PROMISED, TASK.c.closed == false(), ~_FOLLOWED)
_EVENTS = select(EVENT).where(EVENT.c.task_id == bindparam("of")).order_by(EVENT.c.id)
_WRITE = update(TASK).where(TASK.c.id == bindparam("of"))
_OWN_STEPS = select(STEP.c.id, STEP.c.rung).where(STEP.c.task_id == bindparam("of"), STEP.c.planned_at.is_(None))

"""What administrators have before them: what comes due, who is late, what waits for a decision. Each query takes the units they see.

Nothing here walks through the history: the counters name the periods in which something is still owed, and only those are looked at.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from bot.domain.ladder import Release
from bot.domain.words import CLOSED, Role, Status
from bot.store import tables, tally
from bot.store.obligations import ARMED
from bot.store.people import held_on

_PERIOD = tables.of(tables.Period)
_OBLIGATION = tables.of(tables.Obligation)
_TASK = tables.of(tables.Task)
_UNIT = tables.of(tables.Unit)
_STEP = tables.of(tables.Step)
_ROLE = tables.of(tables.Role)
_PERSON = tables.of(tables.Person)
_MESSAGE = tables.of(tables.Message)
_OWED = [status.value for status in Status if status not in CLOSED]


@dataclass(frozen=True, slots=True)
class Coming:
    """A period that comes due: how many tasks it has and how many are still open. `limit` is the last day on time."""

    period_id: int
    obligation_id: int
    what: str
    period: str
    target: date
    limit: date
    due_at: datetime
    provisional: bool
    owed: int
    open: int


@dataclass(frozen=True, slots=True)
class Owing:
    """An open task, as a list shows it. `asked_for` is the later day that was asked for."""

    task_id: int
    unit_id: int
    unit: str
    what: str
    period: str
    status: Status
    limit: date
    limit_at: datetime
    extended_to: date | None
    disputed: bool
    asked_for: date | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call at a unit. `told_at`: when a message last went out to them, None for never."""

    unit_id: int
    person_id: int
    name: str
    phone: str
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Next:
    """A step of the ladder that fires next, for so many open tasks; not `released`: it waits for an administrator's click."""

    period_id: int
    what: str
    period: str
    rung: str
    role: Role
    fires_at: datetime
    tasks: int
    released: bool


class Worklist:
    """Queries for the home page."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def coming(self, now: datetime, until: datetime, units: Collection[int] | None) -> list[Coming]:
        """Periods whose last day on time is not over and whose target lies before `until`, the nearest first."""
        rows = self._connection.execute(_coming(now, until)).all()
        counts = self._counts([row.id for row in rows], units)
        return [
            Coming(row.id, row.obligation_id, row.what, row.name, row.target, row.limit_day, row.due_at, row.provisional, *counts[row.id])
            for row in rows
            if counts[row.id][0]
        ]

    def late(self, now: datetime, today: date, units: Collection[int] | None, limit: int) -> tuple[list[Owing], int]:
        """Open tasks whose last day on time is over, the oldest first, and how many there are; disputed ones are left out."""
        granted = or_(_TASK.c.extended_to.is_(None), _TASK.c.extended_to < today)
        where = and_(_TASK.c.disputed == false(), _PERIOD.c.limit_at <= now, granted)
        found = self._owing(where, units, limit)
        if len(found) < limit:
            return found, len(found)
        counted = _live(select(func.count()), units).where(where)
        return found, int(self._connection.execute(counted).scalar_one())

    def troubled(self, units: Collection[int] | None, limit: int) -> list[Owing]:
        """Open tasks that wait for a person: more time was asked for, there is a difficulty, or the unit says it is not theirs."""
        where = or_(_TASK.c.asked_for.is_not(None), _TASK.c.status == Status.BLOCKED.value, _TASK.c.disputed)
        return self._owing(where, units, limit)

    def contacts(self, unit_ids: Collection[int], on: date) -> dict[int, Contact]:
        """The primary contact of each of these units on a day; units without one are left out."""
        told = select(func.max(_MESSAGE.c.sent_at)).where(_MESSAGE.c.person_id == _PERSON.c.id).correlate(_PERSON).scalar_subquery()
        query = select(_ROLE.c.unit_id, _PERSON.c.id, _PERSON.c.name, _PERSON.c.phone, told.label("told_at"))
        query = query.join(_PERSON, _PERSON.c.id == _ROLE.c.person_id)
        held = (_ROLE.c.unit_id.in_(list(unit_ids)), _ROLE.c.role == Role.PRIMARY.value, held_on(on), _PERSON.c.active == true())
        rows = self._connection.execute(query.where(*held).order_by(_ROLE.c.id.desc()))
        return {row.unit_id: Contact(*row) for row in rows}

    def next_steps(self, until: datetime, units: Collection[int] | None, limit: int) -> list[Next]:
        """The steps that fire before `until` and concern somebody, in order of time; what is overdue comes first."""
        rows = self._connection.execute(_next(until, units, limit))
        return [Next(row.period_id, row.what, row.name, row.rung, Role(row.role), row.fires_at, row.tasks, bool(row.free)) for row in rows]

    def provisional(self, now: datetime) -> list[Coming]:
        """Periods ahead whose days rest on a calendar that is not published yet, the nearest first; without counts."""
        p = _PERIOD.c
        query = select(p.id, p.obligation_id, _OBLIGATION.c.what, p.name, p.target, p.limit_day, p.due_at, p.provisional)
        query = query.join(_OBLIGATION, _OBLIGATION.c.id == p.obligation_id).where(p.limit_at > now, p.provisional == true())
        return [Coming(*row, 0, 0) for row in self._connection.execute(query.order_by(p.due_at, p.id).limit(10))]

    def _owing(self, where: ColumnElement[bool], units: Collection[int] | None, limit: int) -> list[Owing]:
        named = [_UNIT.c.name.label("unit"), _OBLIGATION.c.what, _PERIOD.c.name.label("period")]
        days = [_PERIOD.c.limit_day.label("limit"), _PERIOD.c.limit_at]
        own = [_TASK.c[name] for name in ("unit_id", "status", "extended_to", "disputed", "asked_for")]
        query = _live(select(_TASK.c.id.label("task_id"), *own, *named, *days), units)
        query = query.join(_OBLIGATION, _OBLIGATION.c.id == _TASK.c.obligation_id).join(_UNIT, _UNIT.c.id == _TASK.c.unit_id)
        query = query.where(where).order_by(_PERIOD.c.limit_at, _UNIT.c.position, _TASK.c.id).limit(limit)
        return [Owing(**{**row._mapping, "status": Status(row.status)}) for row in self._connection.execute(query)]

    def _counts(self, period_ids: list[int], units: Collection[int] | None) -> dict[int, tuple[int, int]]:
        """Tasks in all and open ones: from the counters, or counted over the units of a subtree."""
        by_status = tally.counts(self._connection, period_ids) if units is None else counted(self._connection, period_ids, units)
        return {period: (sum(found.values()), _open(found)) for period, found in by_status.items()}


def counted(connection: Connection, period_ids: list[int], units: Collection[int]) -> dict[int, dict[Status, int]]:
    """Tasks by status of each period, counted over these units."""
    found: dict[int, dict[Status, int]] = {period_id: {} for period_id in period_ids}
    query = select(_TASK.c.period_id, _TASK.c.status, func.count()).group_by(_TASK.c.period_id, _TASK.c.status)
    for period_id, status, tasks in connection.execute(query.where(_TASK.c.period_id.in_(period_ids), within(units))):
        found[period_id][Status(status)] = tasks
    return found


def within(units: Collection[int] | None) -> ColumnElement[bool]:
    """The condition on table `task` that its unit is one of these; None: any."""
    return true() if units is None else _TASK.c.unit_id.in_(units)


def _open(by_status: Mapping[Status, int]) -> int:
    return sum(tasks for status, tasks in by_status.items() if status not in CLOSED)


def _live(query: Select[*tuple[Any, ...]], units: Collection[int] | None) -> Select[Any]:
    """Over the open tasks of the periods in which the counters say something is open."""
    owed = select(tally.TALLY.c.period_id).where(tally.TALLY.c.status.in_(_OWED), tally.TALLY.c.tasks > 0)
    query = query.select_from(_TASK).join(_PERIOD, _PERIOD.c.id == _TASK.c.period_id)
    return query.where(_TASK.c.period_id.in_(owed), _TASK.c.closed == false(), within(units))


def _coming(now: datetime, until: datetime) -> Select[Any]:
    p = _PERIOD.c
    query = select(p.id, p.obligation_id, _OBLIGATION.c.what, p.name, p.target, p.limit_day, p.due_at, p.provisional)
    query = query.join(_OBLIGATION, _OBLIGATION.c.id == p.obligation_id).where(p.limit_at > now, p.due_at < until)
    return query.order_by(p.due_at, p.id)


def _next(until: datetime, units: Collection[int] | None, limit: int) -> Select[Any]:
    of = or_(and_(_STEP.c.task_id.is_(None), _TASK.c.own_steps == false()), _STEP.c.task_id == _TASK.c.id)
    open_ = (_TASK.c.period_id == _STEP.c.period_id, _TASK.c.closed == false(), _TASK.c.disputed == false(), of, within(units))
    tasks = select(func.count()).where(*open_).correlate(_STEP).scalar_subquery().label("tasks")
    free = or_(_STEP.c.release == Release.AUTO.value, _STEP.c.released_at.is_not(None)).label("free")
    step = [_STEP.c[name] for name in ("period_id", "rung", "role", "fires_at")]
    query = select(*step, _OBLIGATION.c.what, _PERIOD.c.name, tasks, free)
    query = query.join_from(_STEP, _PERIOD, _PERIOD.c.id == _STEP.c.period_id)
    query = query.join(_OBLIGATION, _OBLIGATION.c.id == _PERIOD.c.obligation_id)
    query = query.where(_STEP.c.planned_at.is_(None), _STEP.c.fires_at < until, _OBLIGATION.c.state == ARMED)
    ordered = query.order_by(_STEP.c.fires_at, _STEP.c.id).limit(limit * 4).subquery()
    return select(ordered).where(ordered.c.tasks > 0).order_by(ordered.c.fires_at).limit(limit)

"""From steps that are due to reminders, in sets: one INSERT … SELECT for each role, whatever the number of units.

Who is not chased (closed, disputed, quiet) is left out here; silences and the message of the day are looked at when the
reminders are put into a message. Whoever cannot be reached is replaced by the substitute (PROMISES B7).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, FromClause, Select, and_, bindparam, exists, false, literal, or_, select, true
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain import times
from bot.domain.words import Role
from bot.store import tables

REMINDER = tables.of(tables.Reminder)
STEP = tables.of(tables.Step)
TASK = tables.of(tables.Task)
_UNIT = tables.of(tables.Unit)
_ROLE = tables.of(tables.Role)
_PERSON = tables.of(tables.Person)
_ADDRESS = tables.of(tables.Address)

STAND_IN = {Role.PRIMARY: Role.SUBSTITUTE, Role.SUPERIOR: Role.SUBSTITUTE}
"""Who is told instead if nobody in the role can be reached; for SUPERIOR that of the unit above."""

OPTIONAL = frozenset({Role.GROUP, Role.SUBSTITUTE})
"""Roles a unit may do without: nobody is missed."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Steps of one role, of periods or (`own`) of single tasks."""

    step_ids: tuple[int, ...]
    role: Role
    own: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom to reach: by which channels at which moment."""

    now: datetime
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The units with an id in (after, upto]; `upto` None: to the end."""

    after: int = 0
    upto: int | None = None

    @property
    def bounds(self) -> dict[str, int]:
        """The values of the parameters that every statement here has."""
        return {"after_": self.after, "upto_": _END if self.upto is None else self.upto}


_END = 2**31 - 1
EVERYWHERE = Part()


def plan(connection: Connection, aim: Aim, reach: Reach, part: Part) -> int:
    """Make the missing reminders for everybody in the role who can be reached; returns how many."""
    return max(0, int(connection.execute(_planning(connection.dialect.name, aim, reach), part.bounds).rowcount))


def missed(connection: Connection, aim: Aim, reach: Reach) -> set[int]:
    """Units that are chased by these steps and of which nobody is told: nobody there in the role, or nobody to be reached."""
    if aim.role in OPTIONAL:
        return set()
    this_step = REMINDER.c.step_id + 0 == STEP.c.id  # the sum keeps SQLite from walking all reminders of the step for each task
    told = exists().where(REMINDER.c.task_id == TASK.c.id, REMINDER.c.rung == STEP.c.rung, this_step)
    query = select(TASK.c.unit_id).select_from(_tasks(aim)).where(STEP.c.id.in_(aim.step_ids), *_open(aim, reach), ~told)
    return set(connection.execute(query, EVERYWHERE.bounds).scalars())


def stand_in(connection: Connection, aim: Aim, reach: Reach, unit_ids: Collection[int]) -> int:
    """Tell the substitute of these units instead; returns how many reminders that made."""
    if aim.role not in STAND_IN:
        return 0
    instead = _found(aim, reach, STAND_IN[aim.role]).where(TASK.c.unit_id.in_(unit_ids))
    return max(0, int(connection.execute(_insert(connection.dialect.name, instead, reach.now), EVERYWHERE.bounds).rowcount))


@lru_cache(maxsize=8)
def _planning(dialect: str, aim: Aim, reach: Reach) -> Executable:
    """The INSERT … SELECT of a step: the same for all of its parts."""
    return _insert(dialect, _found(aim, reach), reach.now)


def _insert(dialect: str, found: Select[Any], now: datetime) -> Executable:
    rows = found.add_columns(literal(now, REMINDER.c.planned_at.type), literal(""))
    columns = ["task_id", "rung", "person_id", "step_id", "planned_at", "dropped"]
    insert = sqlite.insert(REMINDER) if dialect == "sqlite" else postgresql.insert(REMINDER)
    return insert.from_select(columns, rows, include_defaults=False).on_conflict_do_nothing()


def _found(aim: Aim, reach: Reach, instead: Role | None = None) -> Select[Any]:
    """Task, rung, person, step of everybody to be told."""
    held = instead or (Role.PRIMARY if aim.role is Role.SUPERIOR else aim.role)
    at = _ROLE.c.unit_id == (_UNIT.c.parent_id if aim.role is Role.SUPERIOR else TASK.c.unit_id)
    query = select(TASK.c.id, STEP.c.rung, _ROLE.c.person_id, STEP.c.id).select_from(_tasks(aim).join(_ROLE, at))
    return query.where(STEP.c.id.in_(aim.step_ids), *_open(aim, reach), _ROLE.c.role == held.value, _in_force(reach), _reachable(reach))


def _tasks(aim: Aim) -> FromClause:
    """Steps with the tasks they concern; of a single task, or of the period for tasks without steps of their own."""
    joined = STEP.join(TASK, TASK.c.id == STEP.c.task_id if aim.own else TASK.c.period_id == STEP.c.period_id)
    return joined.join(_UNIT, _UNIT.c.id == TASK.c.unit_id) if aim.role is Role.SUPERIOR else joined


def _open(aim: Aim, reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """Tasks to be chased at `now` (`status.held` in SQL), within the part given by the parameters."""
    chased = (
        TASK.c.closed == false(),
        TASK.c.disputed == false(),
        or_(TASK.c.quiet_until.is_(None), TASK.c.quiet_until <= reach.now),
        TASK.c.unit_id > bindparam("after_"),
        TASK.c.unit_id <= bindparam("upto_"),
    )
    return chased if aim.own else (*chased, TASK.c.own_steps == false(), STEP.c.task_id.is_(None))


def _in_force(reach: Reach) -> ColumnElement[bool]:
    today = times.civil_day(reach.now)
    return and_(or_(_ROLE.c.since.is_(None), _ROLE.c.since <= today), or_(_ROLE.c.until.is_(None), _ROLE.c.until > today))


def _reachable(reach: Reach) -> ColumnElement[bool]:
    return exists().where(
        _PERSON.c.id == _ROLE.c.person_id,
        _PERSON.c.active == true(),
        _ADDRESS.c.person_id == _PERSON.c.id,
        _ADDRESS.c.bad == false(),
        _ADDRESS.c.channel.in_(reach.channels),
    )

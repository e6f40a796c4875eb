"""From steps that are due to reminders, in sets: one INSERT … SELECT for each role, whatever the number of units.

Who is not chased (closed, disputed, quiet) is left out here; silences and the message of the day are looked at when the
reminders are put into a message. Whoever cannot be reached is replaced by the substitute (PROMISES B7).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, false, literal, or_, select, true

from bot.domain import times
from bot.domain.words import Role
from bot.store import conflict, tables

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

    step_ids: Sequence[int]
    role: Role
    own: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom to reach: by which channels at which moment, and for the units with an id in (after, upto] only (None: no end)."""

    now: datetime
    channels: Collection[str]
    after: int = 0
    upto: int | None = None


def plan(connection: Connection, aim: Aim, reach: Reach) -> int:
    """Make the missing reminders for everybody in the role who can be reached; returns how many."""
    return _insert(connection, _found(aim, reach), reach.now)


def missed(connection: Connection, aim: Aim, reach: Reach) -> set[int]:
    """Units that are chased by these steps and of which nobody is told: nobody there in the role, or nobody to be reached."""
    if aim.role in OPTIONAL:
        return set()
    this_step = REMINDER.c.step_id + 0 == STEP.c.id  # the sum keeps SQLite from walking all reminders of the step for each task
    told = exists().where(REMINDER.c.task_id == TASK.c.id, REMINDER.c.rung == STEP.c.rung, this_step)
    query = select(TASK.c.unit_id).select_from(_tasks(aim)).where(STEP.c.id.in_(aim.step_ids), *_open(aim, reach), ~told)
    return set(connection.execute(query).scalars())


def stand_in(connection: Connection, aim: Aim, reach: Reach, unit_ids: Collection[int]) -> int:
    """Tell the substitute of these units instead; returns how many reminders that made."""
    if aim.role not in STAND_IN:
        return 0
    return _insert(connection, _found(aim, reach, STAND_IN[aim.role]).where(TASK.c.unit_id.in_(unit_ids)), reach.now)


def _insert(connection: Connection, found: Select[Any], now: datetime) -> int:
    rows = found.add_columns(literal(now, REMINDER.c.planned_at.type), literal(""))
    columns = ["task_id", "rung", "person_id", "step_id", "planned_at", "dropped"]
    statement = conflict.insert(connection, REMINDER).from_select(columns, rows, include_defaults=False)
    return max(0, int(connection.execute(statement.on_conflict_do_nothing()).rowcount))


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
    """Tasks to be chased at `now` (`status.held` in SQL), within the part asked for."""
    chased = (
        TASK.c.closed == false(),
        TASK.c.disputed == false(),
        or_(TASK.c.quiet_until.is_(None), TASK.c.quiet_until <= reach.now),
        TASK.c.unit_id > reach.after,
        TASK.c.unit_id <= reach.upto if reach.upto is not None else true(),
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
        _ADDRESS.c.channel.in_(sorted(reach.channels)),
    )

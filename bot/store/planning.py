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


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom to reach: by which channels at which moment, and for the units with an id in (after, upto] only (None: no end)."""

    now: datetime
    channels: Collection[str]
    after: int = 0
    upto: int | None = None


def plan(connection: Connection, step_ids: Sequence[int], role: Role, own: bool, reach: Reach) -> int:
    """Make the missing reminders of steps for one role, of periods or (`own`) of single tasks; returns how many.

    Units where only the stand-in can be reached have the stand-in reminded.
    """
    made = _insert(connection, _found(step_ids, role, own, reach), reach.now)
    if role in STAND_IN and (missing := _nobody(connection, step_ids, role, own, reach)):
        instead = _found(step_ids, role, own, reach, STAND_IN[role]).where(TASK.c.unit_id.in_(missing))
        made += _insert(connection, instead, reach.now)
    return made


def unreachable(connection: Connection, step_ids: Sequence[int], role: Role, own: bool, reach: Reach) -> set[int]:
    """Units that owe something and where neither the role nor its stand-in can be reached. A unit without a group chat is none."""
    if role is Role.GROUP or role is Role.SUBSTITUTE:
        return set()
    missing = _nobody(connection, step_ids, role, own, reach)
    if missing and role in STAND_IN:
        instead = _chased(step_ids, role, own, reach).where(TASK.c.unit_id.in_(missing), ~_holder(role, reach, STAND_IN[role]))
        return set(connection.execute(instead).scalars())
    return missing


def _insert(connection: Connection, found: Select[Any], now: datetime) -> int:
    rows = found.add_columns(literal(now, REMINDER.c.planned_at.type), literal(""))
    columns = ["task_id", "rung", "person_id", "step_id", "planned_at", "dropped"]
    statement = conflict.insert(connection, REMINDER).from_select(columns, rows, include_defaults=False)
    return max(0, int(connection.execute(statement.on_conflict_do_nothing()).rowcount))


def _found(step_ids: Sequence[int], role: Role, own: bool, reach: Reach, instead: Role | None = None) -> Select[Any]:
    """Task, rung, person, step of everybody to be told."""
    query = select(TASK.c.id, STEP.c.rung, _ROLE.c.person_id, STEP.c.id).select_from(_tasks(own, role).join(_ROLE, _at(role)))
    held = (_ROLE.c.role == _held(role, instead).value, _in_force(reach), _reachable(reach))
    return query.where(STEP.c.id.in_(step_ids), *_open(own, reach), *held)


def _nobody(connection: Connection, step_ids: Sequence[int], role: Role, own: bool, reach: Reach) -> set[int]:
    """Units that owe something and where nobody in the role can be reached."""
    return set(connection.execute(_chased(step_ids, role, own, reach).where(~_holder(role, reach))).scalars())


def _chased(step_ids: Sequence[int], role: Role, own: bool, reach: Reach) -> Select[Any]:
    query = select(TASK.c.unit_id).select_from(_tasks(own, role))
    return query.where(STEP.c.id.in_(step_ids), *_open(own, reach))


def _tasks(own: bool, role: Role) -> FromClause:
    """Steps with the tasks they concern; of a single task, or of the period for tasks without steps of their own."""
    concerned = TASK.c.id == STEP.c.task_id if own else TASK.c.period_id == STEP.c.period_id
    joined = STEP.join(TASK, concerned)
    return joined.join(_UNIT, _UNIT.c.id == TASK.c.unit_id) if role is Role.SUPERIOR else joined


def _open(own: bool, reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """Tasks to be chased at `now` (`status.held` in SQL), within the part asked for."""
    chased = (
        TASK.c.closed == false(),
        TASK.c.disputed == false(),
        or_(TASK.c.quiet_until.is_(None), TASK.c.quiet_until <= reach.now),
        TASK.c.unit_id > reach.after,
        TASK.c.unit_id <= reach.upto if reach.upto is not None else true(),
    )
    return chased if own else (*chased, TASK.c.own_steps == false(), STEP.c.task_id.is_(None))


def _holder(role: Role, reach: Reach, instead: Role | None = None) -> ColumnElement[bool]:
    return exists().where(_at(role), _ROLE.c.role == _held(role, instead).value, _in_force(reach), _reachable(reach))


def _at(role: Role) -> ColumnElement[bool]:
    return _ROLE.c.unit_id == (_UNIT.c.parent_id if role is Role.SUPERIOR else TASK.c.unit_id)


def _held(role: Role, instead: Role | None) -> Role:
    """The role to look for in the table: a superior is the primary contact of the unit above."""
    return instead or (Role.PRIMARY if role is Role.SUPERIOR else role)


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

"""The last look before a message is put into words: which of its reminders still concern something owed (DESIGN 5.4)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, false, select, update

from bot.domain import ladder, times
from bot.domain.reminders import Line
from bot.domain.words import Status
from bot.store import silences, tables

_REMINDER = tables.of(tables.Reminder)
_STEP = tables.of(tables.Step)
_TASK = tables.of(tables.Task)
_PERIOD = tables.of(tables.Period)
_OBLIGATION = tables.of(tables.Obligation)
_UNIT = tables.of(tables.Unit)


class Dropped(StrEnum):
    """Why a planned reminder is not sent after all."""

    CLOSED = "closed"
    DISPUTED = "disputed"
    QUIET = "quiet"
    MOVED = "moved"  # an extension or a new promise: it belongs to a day that no longer counts
    UNREACHABLE = "unreachable"


def read(connection: Connection, message_ids: Collection[int], now: datetime) -> dict[int, list[Line]]:
    """What each message still has to say, for all of them in one query; a message without reminders has no key.

    Reminders of tasks that are no longer chased are marked with the reason; those that a silence covers leave the message
    and wait for its end. A task named by several rungs has one line, that of the latest.
    """
    found: dict[int, dict[int, Line]] = {}
    gone: defaultdict[Dropped, list[int]] = defaultdict(list)
    waiting: list[int] = []
    for row in connection.execute(_REMINDERS, {"ids": list(message_ids), "now": now}):
        lines = found.setdefault(row.message_id, {})
        why = None if row.dropped else _why(row, now)
        if why is not None:
            gone[why].append(row.id)
        elif not row.dropped and row.silenced:
            waiting.append(row.id)
        elif not row.dropped:
            lines[row.task_id] = _line(row)
    for reason, ids in gone.items():
        connection.execute(update(_REMINDER).where(_REMINDER.c.id.in_(ids)).values(dropped=reason.value))
    if waiting:
        connection.execute(update(_REMINDER).where(_REMINDER.c.id.in_(waiting)).values(message_id=None))
    return {message_id: list(lines.values()) for message_id, lines in found.items()}


def _why(row: Row[Any], now: datetime) -> Dropped | None:
    """`status.held` on the columns, and whether the step still belongs to a day that counts."""
    if row.closed:
        return Dropped.CLOSED
    if row.disputed:
        return Dropped.DISPUTED
    if row.quiet_until is not None and now < row.quiet_until:
        return Dropped.QUIET
    return None if _current(row) else Dropped.MOVED


def _current(row: Row[Any]) -> bool:
    if row.own_task is None:
        return not row.own_steps
    if row.rung.startswith(ladder.PROMISE):
        return bool(row.rung == f"{ladder.PROMISE}{row.promised_on}")
    return bool(row.rung.endswith(f"@{row.extended_to}"))


def _line(row: Row[Any]) -> Line:
    columns = row._mapping
    values = {name: columns[name] for name in Line.__dataclass_fields__ if name != "resumed_on"}
    values["resumed_on"] = times.civil_day(row.resumed) if row.resumed else None
    lists = {"emails": tuple(row.emails), "phones": tuple(row.phones)}
    return Line(**values | lists | {"status": Status(row.status)})


def _reminders() -> Select[Any]:
    """In order of the steps, so that the latest rung of a task comes last; in administrative order within one."""
    task = [_TASK.c[name] for name in ("obligation_id", "unit_id", "status", "promised_on", "extended_to")]
    held = [_TASK.c[name] for name in ("closed", "disputed", "quiet_until", "own_steps")]
    period = [_PERIOD.c.name.label("period"), _PERIOD.c.limit_day.label("limit"), _PERIOD.c.nominal, _PERIOD.c.target, _PERIOD.c.hour]
    duty = [_OBLIGATION.c[name] for name in ("what", "recipient", "emails", "phones", "sentence", "published")]
    own = [_REMINDER.c[name] for name in ("id", "message_id", "task_id", "dropped")]
    step = [_STEP.c.rung, _STEP.c.task_id.label("own_task")]
    resumed = silences.just_ended(silences.NOW).label("resumed")
    silenced = (silences.silenced(silences.NOW) & (_STEP.c.last_day == false())).label("silenced")
    query = select(*own, *step, *task, *held, *period, *duty, _UNIT.c.name.label("unit"), silenced, resumed).select_from(
        _REMINDER.join(_STEP, _STEP.c.id == _REMINDER.c.step_id)
        .join(_TASK, _TASK.c.id == _REMINDER.c.task_id)
        .join(_PERIOD, _PERIOD.c.id == _TASK.c.period_id)
        .join(_OBLIGATION, _OBLIGATION.c.id == _TASK.c.obligation_id)
        .join(_UNIT, _UNIT.c.id == _TASK.c.unit_id)
    )
    query = query.where(_REMINDER.c.message_id.in_(bindparam("ids", expanding=True)))
    return query.order_by(_STEP.c.fires_at, _UNIT.c.position, _REMINDER.c.id)


_REMINDERS = _reminders()

"""How many tasks of a period stand at each status, kept up to date so that no page ever counts tasks."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.domain.words import CLOSED, Status
from bot.store import conflict, tables

TALLY = tables.of(tables.Tally)
_TASK = tables.of(tables.Task)
_ROLE = tables.of(tables.Role)
_REPORTED = frozenset({Status.REPORTED, Status.ZERO_REPORT, Status.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Totals:
    """What a group is told about one period: tasks in all, reported (zero reports included), still open. The rest is exempt."""

    total: int
    reported: int
    open: int


def add(connection: Connection, period_id: int, status: Status, tasks: int) -> None:
    """Count `tasks` more (or fewer) at this status."""
    _add(connection, period_id, {status: tasks})


def move(connection: Connection, period_id: int, before: Status, after: Status) -> None:
    """One task went from one status to another. In a fixed order, so that two transactions never wait for each other."""
    if before is not after:
        _add(connection, period_id, {status: 1 if status is after else -1 for status in sorted((before, after))})


def _add(connection: Connection, period_id: int, moved: Mapping[Status, int]) -> None:
    more = conflict.accumulate(connection, TALLY, ["period_id", "status"], "tasks")
    connection.execute(more, [{"period_id": period_id, "status": status.value, "tasks": tasks} for status, tasks in moved.items()])


def counts(connection: Connection, period_ids: Collection[int]) -> dict[int, dict[Status, int]]:
    """Tasks by status of these periods, from the counters."""
    query = select(TALLY.c.period_id, TALLY.c.status, TALLY.c.tasks).where(TALLY.c.period_id.in_(list(period_ids)), TALLY.c.tasks != 0)
    found: dict[int, dict[Status, int]] = {period_id: {} for period_id in period_ids}
    for period_id, status, tasks in connection.execute(query):
        found[period_id][Status(status)] = tasks
    return found


def counts_for(connection: Connection, period_ids: Collection[int], person_id: int) -> dict[int, dict[Status, int]]:
    """The same, counted over the units at which this person (or group chat) holds a role."""
    units = select(_ROLE.c.unit_id).where(_ROLE.c.person_id == person_id)
    query = select(_TASK.c.period_id, _TASK.c.status, func.count()).group_by(_TASK.c.period_id, _TASK.c.status)
    query = query.where(_TASK.c.period_id.in_(list(period_ids)), _TASK.c.unit_id.in_(units))
    found: dict[int, dict[Status, int]] = {period_id: {} for period_id in period_ids}
    for period_id, status, tasks in connection.execute(query):
        found[period_id][Status(status)] = tasks
    return found


def totals(counted: dict[int, dict[Status, int]]) -> dict[int, Totals]:
    """Counts by status as the three figures of a group notice."""
    return {period_id: _sum(by_status) for period_id, by_status in counted.items()}


def _sum(by_status: dict[Status, int]) -> Totals:
    reported = sum(tasks for status, tasks in by_status.items() if status in _REPORTED)
    still_open = sum(tasks for status, tasks in by_status.items() if status not in CLOSED)
    return Totals(sum(by_status.values()), reported, still_open)


@dataclass(frozen=True, slots=True)
class Miscount:
    """A counter that differs from the tasks themselves."""

    period_id: int
    status: Status
    counted: int
    tasks: int


def recount(connection: Connection) -> list[Miscount]:
    """Every counter that is wrong, by counting all tasks: for `cuibao doctor` only."""
    query = select(_TASK.c.period_id, _TASK.c.status, func.count()).group_by(_TASK.c.period_id, _TASK.c.status)
    real: defaultdict[tuple[int, str], int] = defaultdict(int, {(period, status): n for period, status, n in connection.execute(query)})
    kept: defaultdict[tuple[int, str], int] = defaultdict(
        int, {(period, status): n for period, status, n in connection.execute(select(TALLY.c.period_id, TALLY.c.status, TALLY.c.tasks))}
    )
    return [Miscount(key[0], Status(key[1]), kept[key], real[key]) for key in sorted({*real, *kept}) if kept[key] != real[key]]

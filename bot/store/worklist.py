"""What administrators have before them: what comes due, who is late, what waits for a decision. Each query takes the units they see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from bot.domain.words import CLOSED, Status
from bot.store import tables, tally

_PERIOD = tables.of(tables.Period)
_OBLIGATION = tables.of(tables.Obligation)
_TASK = tables.of(tables.Task)


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

    def _counts(self, period_ids: list[int], units: Collection[int] | None) -> dict[int, tuple[int, int]]:
        """Tasks in all and open ones: from the counters, or counted over the units of a subtree."""
        by_status = tally.counts(self._connection, period_ids) if units is None else self._counted(period_ids, units)
        return {
            period: (sum(found.values()), sum(n for status, n in found.items() if status not in CLOSED))
            for period, found in by_status.items()
        }

    def _counted(self, period_ids: list[int], units: Collection[int]) -> dict[int, dict[Status, int]]:
        found: dict[int, dict[Status, int]] = {period_id: {} for period_id in period_ids}
        query = select(_TASK.c.period_id, _TASK.c.status, func.count()).group_by(_TASK.c.period_id, _TASK.c.status)
        for period_id, status, tasks in self._connection.execute(query.where(_TASK.c.period_id.in_(period_ids), within(units))):
            found[period_id][Status(status)] = tasks
        return found


def _open(by_status: Mapping[Status, int]) -> int:
    return sum(tasks for status, tasks in by_status.items() if status not in CLOSED)


def within(units: Collection[int] | None) -> ColumnElement[bool]:
    """The condition on table `task` that its unit is one of these; None: any."""
    return true() if units is None else _TASK.c.unit_id.in_(units)


def _coming(now: datetime, until: datetime) -> Select[Any]:
    p = _PERIOD.c
    query = select(p.id, p.obligation_id, _OBLIGATION.c.what, p.name, p.target, p.limit_day, p.due_at, p.provisional)
    query = query.join(_OBLIGATION, _OBLIGATION.c.id == p.obligation_id).where(p.limit_at > now, p.due_at < until)
    return query.order_by(p.due_at, p.id)

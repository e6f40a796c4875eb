"""The periods of an obligation, when each is due, the ladder's steps laid on the calendar, and the tasks of its units."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, false, func, literal, or_, select, update

from bot.domain import due as dues
from bot.domain import ladder
from bot.domain.due import Due, Shift
from bot.domain.ladder import Step
from bot.domain.words import Status
from bot.store import conflict, tables, tally
from bot.store.obligations import OBLIGATION, OWES
from bot.store.units import in_force

PERIOD = tables.of(tables.Period)
STEP = tables.of(tables.Step)
TASK = tables.of(tables.Task)
_UNIT = tables.of(tables.Unit)

PLANNED, COLLAPSED, WITHDRAWN = "planned", "collapsed", "withdrawn"
"""Outcomes of a step: its reminders were planned, a later rung stood in for it, or its day moved and it no longer exists."""


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One period as stored. `version` grows each time its days move; `revision` is the obligation's at which its tasks were made."""

    id: int
    obligation_id: int
    due: Due
    due_at: datetime
    limit_at: datetime
    version: int
    revision: int

    @property
    def name(self) -> str:
        """The period's name, e.g. `2018Q3`."""
        return self.due.period


class Periods:
    """Queries about periods, their steps and the making of their tasks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, obligation_id: int, due: Due) -> tuple[int, bool]:
        """Add a period unless the obligation has one of this name; returns its id and whether it is new. Known ones stay as they are."""
        values = {"obligation_id": obligation_id, "name": due.period, "version": 1, "revision": 0} | _days(due)
        statement = conflict.insert_new(self._connection, PERIOD, ["obligation_id", "name"]).values(values).returning(PERIOD.c.id)
        made = self._connection.execute(statement).scalar()
        if made is not None:
            return int(made), True
        named = (PERIOD.c.obligation_id == obligation_id) & (PERIOD.c.name == due.period)
        return int(self._connection.execute(select(PERIOD.c.id).where(named)).scalar_one()), False

    def redate(self, period_id: int, due: Due) -> None:
        """The days moved: write them and raise the version. Lay the steps anew after it."""
        values = _days(due) | {"version": PERIOD.c.version + 1}
        self._connection.execute(update(PERIOD).where(PERIOD.c.id == period_id).values(values))

    def put_steps(self, period_id: int, steps: Iterable[Step], task_id: int | None = None) -> None:
        """Lay steps. For a period: exactly these; one that is not planned yet moves or is withdrawn, a planned one stays as it was.

        For one task (`task_id`): add them, or move those of the same key that are not planned yet.
        """
        rows = [_step(period_id, task_id, step) for step in steps]
        if rows:
            self._connection.execute(self._lay(task_id), rows)
        if task_id is None:
            laid = [(row["rung"], row["role"]) for row in rows]
            self._withdraw(period_id, laid)

    def make_tasks(self, period_id: int, after: int = 0, upto: int | None = None) -> int:
        """Make the tasks that are missing for the units that owe it and exist on the nominal day; returns how many.

        Only units with an id in (after, upto], so that a large obligation takes several short transactions.
        """
        row = self._connection.execute(select(PERIOD.c.obligation_id, PERIOD.c.nominal).where(PERIOD.c.id == period_id)).one()
        owing = select(
            literal(period_id), OWES.c.obligation_id, OWES.c.unit_id, literal(Status.PENDING.value), false(), false(), false()
        ).join(_UNIT, _UNIT.c.id == OWES.c.unit_id)
        owing = owing.where(OWES.c.obligation_id == row.obligation_id, OWES.c.unit_id > after, in_force(row.nominal))
        if upto is not None:
            owing = owing.where(OWES.c.unit_id <= upto)
        columns = ["period_id", "obligation_id", "unit_id", "status", "closed", "disputed", "own_steps"]
        statement = conflict.insert(self._connection, TASK).from_select(columns, owing, include_defaults=False)
        made = self._connection.execute(statement.on_conflict_do_nothing()).rowcount
        if made > 0:
            tally.add(self._connection, period_id, Status.PENDING, made)
        return made

    def made(self, period_id: int, revision: int) -> None:
        """Its tasks are complete for this revision of the obligation."""
        self._connection.execute(update(PERIOD).where(PERIOD.c.id == period_id).values(revision=revision))

    def get(self, period_id: int) -> PeriodRow:
        """One period. Raises LookupError."""
        row = self._connection.execute(_select().where(PERIOD.c.id == period_id)).first()
        if row is None:
            raise LookupError(f"period {period_id}")
        return _read(row)

    def of(self, obligation_id: int, since: date | None = None) -> list[PeriodRow]:
        """The periods of an obligation (with a nominal day on or after `since`), the earliest first."""
        query = _select().where(PERIOD.c.obligation_id == obligation_id).order_by(PERIOD.c.nominal, PERIOD.c.id)
        return [_read(row) for row in self._connection.execute(query if since is None else query.where(PERIOD.c.nominal >= since))]

    def last_nominal(self, obligation_id: int) -> date | None:
        """The latest nominal day of an obligation's periods; None if it has none."""
        return self._connection.execute(select(func.max(PERIOD.c.nominal)).where(PERIOD.c.obligation_id == obligation_id)).scalar()

    def unmade(self, obligation_id: int, revision: int, now: datetime) -> list[PeriodRow]:
        """Periods whose tasks are not complete for this revision of the obligation: open ones, and any that never had tasks made."""
        open_or_empty = or_(PERIOD.c.limit_at > now, PERIOD.c.revision == 0)
        query = _select().where(PERIOD.c.obligation_id == obligation_id, PERIOD.c.revision < revision, open_or_empty)
        return [_read(row) for row in self._connection.execute(query.order_by(PERIOD.c.nominal, PERIOD.c.id))]

    def open(self, now: datetime) -> list[PeriodRow]:
        """Every period whose legal limit lies after `now`, the earliest first."""
        query = _select().where(PERIOD.c.limit_at > now).order_by(PERIOD.c.limit_at, PERIOD.c.id)
        return [_read(row) for row in self._connection.execute(query)]

    def owing_units(self, period_id: int) -> tuple[int, ...]:
        """The units whose task of this period is still open, by id."""
        query = select(TASK.c.unit_id).where(TASK.c.period_id == period_id, TASK.c.closed == false()).order_by(TASK.c.unit_id)
        return tuple(self._connection.execute(query).scalars())

    def withdraw_at_once(self, task_ids: Collection[int], at: datetime) -> int:
        """Take back the reminders that were asked for at that instant for these tasks, as far as they are not planned; how many."""
        asked = STEP.c.rung.startswith(ladder.AT_ONCE) & (STEP.c.fires_at == at) & STEP.c.planned_at.is_(None)
        found = list(self._connection.execute(select(STEP.c.id).where(STEP.c.task_id.in_(list(task_ids)), asked)).scalars())
        withdraw(self._connection, found)
        return len(found)

    def _lay(self, task_id: int | None) -> Any:
        statement = conflict.insert(self._connection, STEP)
        fresh = {name: statement.excluded[name] for name in ("kind", "fires_at", "last_day", "release")}
        fresh |= {"outcome": "", "planned_at": None}
        key = ["period_id", "rung", "role"] if task_id is None else ["task_id", "rung", "role"]
        which = STEP.c.task_id.is_(None) if task_id is None else STEP.c.task_id.is_not(None)
        movable = STEP.c.planned_at.is_(None) | (STEP.c.outcome == WITHDRAWN)
        return statement.on_conflict_do_update(index_elements=key, index_where=which, set_=fresh, where=movable)

    def _withdraw(self, period_id: int, laid: list[tuple[str, str]]) -> None:
        open_ = select(STEP.c.id, STEP.c.rung, STEP.c.role).where(
            STEP.c.period_id == period_id, STEP.c.task_id.is_(None), STEP.c.planned_at.is_(None)
        )
        gone = [row.id for row in self._connection.execute(open_) if (row.rung, row.role) not in laid]
        withdraw(self._connection, gone)


def withdraw(connection: Connection, step_ids: list[int]) -> None:
    """Take steps off the calendar: they are never planned, unless they are laid again."""
    if step_ids:
        connection.execute(update(STEP).where(STEP.c.id.in_(step_ids)).values(planned_at=STEP.c.fires_at, outcome=WITHDRAWN))


STATED = [OBLIGATION.c.rule, OBLIGATION.c.hour_stated, OBLIGATION.c.shift_stated]
DAYS = [PERIOD.c[name] for name in ("name", "nominal", "target", "limit_day", "hour", "shift", "provisional")]


def read_due(row: Row[Any]) -> Due:
    """A due date from a row that holds DAYS and STATED."""
    days = row._mapping
    return Due(
        period=days[PERIOD.c.name],
        nominal=days[PERIOD.c.nominal],
        target=days[PERIOD.c.target],
        limit=days[PERIOD.c.limit_day],
        hour=days[PERIOD.c.hour],
        shift=Shift(days[PERIOD.c.shift]),
        provisional=days[PERIOD.c.provisional],
        rule=days[OBLIGATION.c.rule],
        hour_stated=days[OBLIGATION.c.hour_stated],
        shift_stated=days[OBLIGATION.c.shift_stated],
    )


def _select() -> Select[Any]:
    own = [PERIOD.c[name] for name in ("id", "obligation_id", "due_at", "limit_at", "version", "revision")]
    return select(*own, *DAYS, *STATED).join(OBLIGATION, OBLIGATION.c.id == PERIOD.c.obligation_id)


def _read(row: Row[Any]) -> PeriodRow:
    return PeriodRow(row.id, row.obligation_id, read_due(row), row.due_at, row.limit_at, row.version, row.revision)


def _days(due: Due) -> dict[str, Any]:
    return {
        "nominal": due.nominal,
        "target": due.target,
        "limit_day": due.limit,
        "hour": due.hour,
        "shift": due.shift.value,
        "provisional": due.provisional,
        "due_at": dues.due_at(due),
        "limit_at": dues.limit_at(due),
    }


def _step(period_id: int, task_id: int | None, step: Step) -> dict[str, Any]:
    return {
        "period_id": period_id,
        "task_id": task_id,
        "rung": step.rung,
        "role": step.role.value,
        "kind": step.kind.value,
        "fires_at": step.fires_at,
        "release": step.release.value,
        "last_day": step.last_day,
        "outcome": "",
    }

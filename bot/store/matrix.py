"""The one page that answers who owes what: unit × period. A page costs the same however long the history is."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, or_, select, true, tuple_

from bot.domain import times
from bot.domain.lamps import Lamp
from bot.domain.words import CLOSED, Status
from bot.store import tables
from bot.store.units import Unit, under, worded

_PERIOD = tables.of(tables.Period)
_OBLIGATION = tables.of(tables.Obligation)
_TASK = tables.of(tables.Task)
_UNIT = tables.of(tables.Unit)


@dataclass(frozen=True, slots=True)
class Page:
    """What to show: the last `columns` periods with a nominal day in [since, until] and, of the units, `limit` beyond the one at `after`.

    `after` is (position, unit id) of the last unit seen; `unit_ids` narrows to these (an administrator's own subtree) and to the periods
    in which one of them has a task, `top` to a unit and those under it, `words` to those whose name, pinyin or code fits, `lamp` to
    those with a task of that lamp at `now` (OPEN: any that is still owed).
    """

    since: date | None = None
    until: date | None = None
    unit_ids: frozenset[int] | None = None
    after: tuple[int, int] | None = None
    limit: int | None = None
    columns: int | None = None
    period_id: int | None = None
    top: int | None = None
    words: str = ""
    lamp: Lamp | None = None
    now: datetime | None = None


EVERYTHING = Page()


@dataclass(frozen=True, slots=True)
class Column:
    """One period of one obligation. `limit_at` is the first instant that is late."""

    period_id: int
    obligation_id: int
    what: str
    period: str
    nominal: date
    target: date
    due_at: datetime
    limit_at: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """How one task stands."""

    task_id: int
    status: Status
    closed: bool
    reported_at: datetime | None
    promised_on: date | None
    extended_to: date | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit with its cells by period id; a period the unit does not owe has none."""

    unit: Unit
    cells: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Columns by nominal day, rows in administrative order; `after` is where the next page begins, None on the last."""

    columns: tuple[Column, ...]
    rows: tuple[MatrixRow, ...]
    after: tuple[int, int] | None


def read(connection: Connection, obligation_ids: Collection[int] | None, page: Page) -> Matrix:
    """Three indexed queries: the periods, the units of the page, their tasks."""
    columns = _columns(connection, obligation_ids, page)
    period_ids = [column.period_id for column in columns]
    units = _units(connection, period_ids, page)
    cells = _cells(connection, period_ids, [unit.id for unit in units], page)
    full = page.limit is not None and len(units) == page.limit
    after = (units[-1].position, units[-1].id) if full else None
    return Matrix(tuple(columns), tuple(MatrixRow(unit, cells[unit.id]) for unit in units), after)


def _columns(connection: Connection, obligation_ids: Collection[int] | None, page: Page) -> list[Column]:
    p = _PERIOD.c
    query = select(p.id, p.obligation_id, _OBLIGATION.c.what, p.name, p.nominal, p.target, p.due_at, p.limit_at)
    query = query.join(_OBLIGATION, _OBLIGATION.c.id == p.obligation_id).order_by(p.nominal.desc(), p.id.desc()).limit(page.columns)
    if obligation_ids is not None:
        query = query.where(p.obligation_id.in_(list(obligation_ids)))
    query = query.where(p.nominal >= page.since if page.since else true(), p.nominal <= page.until if page.until else true())
    if page.period_id is not None:
        query = query.where(p.id == page.period_id)
    if page.unit_ids is not None:
        query = query.where(exists().where(_TASK.c.period_id == p.id, _TASK.c.unit_id.in_(list(page.unit_ids))))
    return [Column(*row) for row in connection.execute(query)][::-1]


def _units(connection: Connection, period_ids: list[int], page: Page) -> list[Unit]:
    owes = exists().where(_TASK.c.unit_id == _UNIT.c.id, _TASK.c.period_id.in_(period_ids), _shines(page))
    query = select(*(_UNIT.c[name] for name in Unit.__dataclass_fields__)).where(owes, _wanted(page))
    query = query.order_by(_UNIT.c.position, _UNIT.c.id).limit(page.limit)
    return [Unit(**row._mapping) for row in connection.execute(query)]


def _wanted(page: Page) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = true()
    if page.unit_ids is not None:
        wanted &= _UNIT.c.id.in_(page.unit_ids)
    if page.after is not None:
        wanted &= tuple_(_UNIT.c.position, _UNIT.c.id) > tuple_(*page.after)
    if page.top is not None:
        wanted &= under(page.top)
    return wanted & worded(page.words) if page.words else wanted


def _shines(page: Page) -> ColumnElement[bool]:
    """The condition on table `task` that it has the lamp (`lamps.lamp` in SQL)."""
    if page.lamp is None or page.now is None:
        return true()
    status, over = _TASK.c.status, _over(page.now)
    conditions: dict[Lamp, ColumnElement[bool]] = {
        Lamp.OPEN: _TASK.c.closed == false(),
        Lamp.MISSING: and_(_TASK.c.closed == false(), _TASK.c.disputed == false(), over),
        Lamp.PROMISED: status == Status.PROMISED.value,
        Lamp.BLOCKED: or_(status == Status.BLOCKED.value, _TASK.c.asked_for.is_not(None), _TASK.c.disputed),
        Lamp.EXEMPT: status == Status.EXEMPT.value,
        Lamp.OK: status.in_([each.value for each in CLOSED - {Status.EXEMPT}]),
        Lamp.LATE: and_(_TASK.c.closed, status != Status.EXEMPT.value, _late()),
    }
    return conditions[page.lamp]


def _over(now: datetime) -> ColumnElement[bool]:
    passed = exists().where(_PERIOD.c.id == _TASK.c.period_id, _PERIOD.c.limit_at <= now).correlate(_TASK)
    return passed & or_(_TASK.c.extended_to.is_(None), _TASK.c.extended_to < times.civil_day(now))


def _late() -> ColumnElement[bool]:
    """Without regard to a granted day: whoever used it shows among them, with its lamp green."""
    return exists().where(_PERIOD.c.id == _TASK.c.period_id, _PERIOD.c.limit_at <= _TASK.c.reported_at).correlate(_TASK)


def _cells(connection: Connection, period_ids: list[int], unit_ids: list[int], page: Page) -> defaultdict[int, dict[int, Cell]]:
    found: defaultdict[int, dict[int, Cell]] = defaultdict(dict)
    for row in connection.execute(_tasks(period_ids, unit_ids, page)):
        found[row.unit_id][row.period_id] = Cell(
            row.id, Status(row.status), row.closed, row.reported_at, row.promised_on, row.extended_to, row.disputed
        )
    return found


def _tasks(period_ids: list[int], unit_ids: list[int], page: Page) -> Select[Any]:
    """Of a page the units are named; of everything the periods are enough."""
    query = select(_TASK).where(_TASK.c.period_id.in_(period_ids))
    whole = Page(page.since, page.until, columns=page.columns)
    return query if page == whole else query.where(_TASK.c.unit_id.in_(unit_ids))

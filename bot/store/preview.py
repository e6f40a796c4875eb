"""Who would get what: the steps that lie ahead, with the people they would reach as the installation stands now (PROMISES B14)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, false, select

from bot.domain.ladder import Release
from bot.domain.words import MessageKind, Role
from bot.store.obligations import ARMED, OBLIGATION
from bot.store.periods import PERIOD, STEP, TASK
from bot.store.planning import OPTIONAL, STAND_IN
from bot.store.roster import Roster


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step that is not planned yet, for its open tasks: how many people it would reach by which channel, and the units of which
    nobody would be told. `released`: it goes by itself or an administrator let it go. It can be given to `ladder.collapse` as it is."""

    id: int
    period_id: int
    task_id: int | None
    what: str
    period: str
    rung: str
    role: Role
    kind: MessageKind
    fires_at: datetime
    released: bool
    tasks: int
    people: Mapping[str, int]
    missed: tuple[str, ...]


def ahead(
    connection: Connection,
    until: datetime,
    channels: Collection[str],
    on: date,
    *,
    units: Collection[int] | None = None,
    obligation_id: int | None = None,
) -> list[Ahead]:
    """Steps of armed obligations that fire before `until` and concern somebody, in order of time; people as of `on`.

    Only of these `units` and of this obligation, if they are given.
    """
    columns = [STEP.c[name] for name in ("id", "period_id", "task_id", "rung", "role", "kind", "fires_at", "release", "released_at")]
    named = [*columns, OBLIGATION.c.what, PERIOD.c.name.label("period")]
    query = select(*named).join(PERIOD, PERIOD.c.id == STEP.c.period_id)
    query = query.join(OBLIGATION, OBLIGATION.c.id == PERIOD.c.obligation_id).order_by(STEP.c.fires_at, STEP.c.id)
    query = query.where(STEP.c.planned_at.is_(None), STEP.c.fires_at < until, OBLIGATION.c.state == ARMED)
    rows = connection.execute(query if obligation_id is None else query.where(OBLIGATION.c.id == obligation_id)).all()
    open_, office = _open(connection, {row.period_id for row in rows}, units), _Office.read(connection, channels, on)
    found = (_step(row, [task for task in open_[row.period_id] if _concerned(row, task)], office) for row in rows)
    return [step for step in found if step.tasks]


def _open(connection: Connection, period_ids: Collection[int], units: Collection[int] | None) -> defaultdict[int, list[Row[Any]]]:
    query = select(*[TASK.c[name] for name in ("id", "period_id", "unit_id", "own_steps", "quiet_until")])
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for task in connection.execute(query.where(TASK.c.closed == false(), TASK.c.disputed == false()).order_by(TASK.c.unit_id)):
        if task.period_id in period_ids and (units is None or task.unit_id in units):
            found[task.period_id].append(task)
    return found


def _concerned(step: Row[Any], task: Row[Any]) -> bool:
    """As `planning` has it: a step of one task is for that one, a step of a period for the tasks without steps of their own."""
    own = task.id == step.task_id if step.task_id is not None else not task.own_steps
    return own and (task.quiet_until is None or task.quiet_until <= step.fires_at)


@dataclass(frozen=True, slots=True)
class _Office:
    """Units by id (name, unit above), and who can be reached by unit and role, each with the channel that would be used."""

    units: Mapping[int, tuple[str, int | None]]
    holders: Mapping[tuple[int | None, Role], Mapping[int, str]]

    @classmethod
    def read(cls, connection: Connection, channels: Collection[str], on: date) -> "_Office":
        roster = Roster(connection)
        holders: defaultdict[tuple[int | None, Role], dict[int, str]] = defaultdict(dict)
        for person in roster.people(on):
            best = next((each.channel for each in person.addresses if not each.bad and each.channel in channels), None)
            for post in person.posts if best else ():
                holders[post][person.id] = best or ""
        return cls({unit.id: (unit.row.name, unit.parent_id) for unit in roster.units().values()}, holders)

    def told(self, unit_id: int, role: Role) -> Mapping[int, str]:
        """Who would be told of the unit's task, by person: the role itself or, if nobody there can be reached, the substitute."""
        at = self.units.get(unit_id, ("", None))[1] if role is Role.SUPERIOR else unit_id
        held = Role.PRIMARY if role is Role.SUPERIOR else role
        found = self.holders.get((at, held), {})
        return found or (self.holders.get((at, STAND_IN[role]), {}) if role in STAND_IN else {})


def _step(row: Row[Any], tasks: Iterable[Row[Any]], office: _Office) -> Ahead:
    role, units = Role(row.role), [task.unit_id for task in tasks]
    told = {unit_id: office.told(unit_id, role) for unit_id in units}
    channels = {person: channel for people in told.values() for person, channel in people.items()}
    missed = () if role in OPTIONAL else tuple(office.units[unit_id][0] for unit_id in units if not told[unit_id])
    return Ahead(
        row.id,
        row.period_id,
        row.task_id,
        row.what,
        row.period,
        row.rung,
        role,
        MessageKind(row.kind),
        row.fires_at,
        row.release == Release.AUTO.value or row.released_at is not None,
        len(units),
        dict(Counter(channels.values())),
        missed,
    )

"""From steps that are due to messages that carry reminders.

A step fires once; its reminders are planned in sets (`planning.py`), stay loose until a message takes them along, and are looked
at once more before the message is put into words (`lines.py`). A silence leaves them loose: they are held back, never lost.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, false, func, or_, select, update

from bot.domain import times
from bot.domain.ladder import Release
from bot.domain.reminders import Line
from bot.domain.words import MessageKind, Role
from bot.store import envelopes, lines, planning, silences, tables
from bot.store.envelopes import LOOSE, People, Slot
from bot.store.lines import Dropped
from bot.store.obligations import ARMED, OBLIGATION
from bot.store.periods import COLLAPSED, PERIOD, PLANNED, STEP
from bot.store.planning import EVERYWHERE, REMINDER, Aim, Part, Reach

TASK = tables.of(tables.Task)
MESSAGE = tables.of(tables.Message)


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step that is due and not planned; `task_id` if it is of a single task. It can be given to `ladder.collapse` as it is."""

    id: int
    period_id: int
    task_id: int | None
    rung: str
    role: Role
    kind: MessageKind
    fires_at: datetime
    last_day: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """How many messages were made, and how many that waited for the day took reminders along."""

    messages: int
    joined: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that waits for an administrator's click: whom it would tell about how many open tasks."""

    step_id: int
    obligation_id: int
    what: str
    period: str
    rung: str
    role: Role
    fires_at: datetime
    open_tasks: int


class Reminders:
    """Queries about steps that are due and the reminders they make."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due_steps(self, now: datetime) -> list[StepRow]:
        """Steps of armed obligations that fire by `now`, are released and not yet planned, in order of time."""
        return [
            StepRow(row.id, row.period_id, row.task_id, row.rung, Role(row.role), MessageKind(row.kind), row.fires_at, row.last_day)
            for row in self._connection.execute(_DUE, {"now": now})
        ]

    def plan(self, steps: Sequence[StepRow], reach: Reach, part: Part = EVERYWHERE) -> int:
        """Make the missing reminders of these steps in a part of the units; returns how many are new.

        Planning what is planned changes nothing. Mark the steps with `planned` when all parts are done.
        """
        return sum(planning.plan(self._connection, aim, reach, part) for aim in _aims(steps))

    def missed(self, steps: Sequence[StepRow], reach: Reach) -> set[tuple[int, Role]]:
        """The units, with the role, that are chased by these steps, already planned, and of which nobody is told."""
        return {(unit_id, aim.role) for aim in _aims(steps) for unit_id in planning.missed(self._connection, aim, reach)}

    def stand_in(self, steps: Sequence[StepRow], reach: Reach, missed: Collection[tuple[int, Role]]) -> int:
        """Tell the substitutes of the units that were missed; returns how many reminders that made (B7)."""
        made = 0
        for aim in _aims(steps):
            made += planning.stand_in(self._connection, aim, reach, [unit_id for unit_id, role in missed if role is aim.role])
        return made

    def chunk(self, period_id: int, after: int, size: int) -> int | None:
        """The unit id of the `size`-th next task of a period, beyond `after`; None when fewer are left."""
        units = select(TASK.c.unit_id).where(TASK.c.period_id == period_id, TASK.c.unit_id > after).order_by(TASK.c.unit_id)
        return self._connection.execute(units.limit(1).offset(size - 1)).scalar()

    def planned(self, step_ids: Collection[int], now: datetime) -> None:
        """All reminders of these steps are made: they never fire again."""
        self._settle(step_ids, now, PLANNED)

    def collapse(self, step_ids: Collection[int], now: datetime) -> None:
        """A later rung stands in for these steps: they never fire."""
        self._settle(step_ids, now, COLLAPSED)

    def waiting(self, now: datetime) -> list[Waiting]:
        """Steps that would fire by `now` if an administrator released them and that still concern somebody, in order of time."""
        return [
            Waiting(row.id, row.obligation_id, row.what, row.name, row.rung, Role(row.role), row.fires_at, row.open_tasks)
            for row in self._connection.execute(_WAITING, {"now": now})
            if row.open_tasks
        ]

    def release(self, step_ids: Collection[int], at: datetime) -> None:
        """An administrator let these steps go; write it into the audit log too."""
        self._connection.execute(update(STEP).where(STEP.c.id.in_(step_ids), STEP.c.planned_at.is_(None)).values(released_at=at))

    def any_loose(self) -> bool:
        """Whether any reminder waits for a message."""
        return self._connection.execute(_LOOSE).first() is not None

    def people(self, after: int, size: int) -> People:
        """The next `size` persons with loose reminders, beyond the id `after`; with `upto` None they are the last."""
        return People(after, envelopes.chunk(self._connection, after, size))

    def last_day_today(self, now: datetime) -> bool:
        """Whether a step fires today that belongs to the last day of its duty."""
        return envelopes.last_day_today(self._connection, now)

    def slot(self, now: datetime, at: datetime, channels: Collection[str], *, last_day: bool) -> Slot:
        """Messages made now, to go at `at`; of reminders of a duty's last day today, or of the others."""
        return Slot(now, at, last_day, tuple(sorted(channels)), bool(silences.Silences(self._connection).active(now)))

    def post(self, slot: Slot, people: People) -> Posted:
        """Put the loose reminders of these persons into messages, as far as the rule of one message a day lets them go."""
        joined = envelopes.join(self._connection, slot, people)
        made = envelopes.post(self._connection, slot, people)
        return Posted(made, joined)

    def give_up(self, slot: Slot, people: People) -> list[int]:
        """Persons of whom no address is good any more: their loose reminders are dropped, with that as the reason; by id."""
        lost = envelopes.lost(self._connection, slot, people)
        if lost:
            envelopes.give_up(self._connection, lost, Dropped.UNREACHABLE.value)
        return lost

    def drop_stale(self, now: datetime) -> int:
        """Loose reminders from before this tick whose tasks have been closed or disputed since: nobody needs them; returns how many."""
        return self._connection.execute(_STALE, {"now": now}).rowcount

    def lines(self, message_ids: Collection[int], now: datetime) -> dict[int, list[Line]]:
        """What these messages still have to say; see `lines.read`. Call it in the transaction that claims them."""
        return lines.read(self._connection, message_ids, now)

    def next_wake(self, now: datetime) -> datetime | None:
        """The next instant at which there is something to plan; `now` or before it if that is overdue, None if nothing is laid."""
        found = [self._connection.execute(_NEXT).scalar()]
        if self.any_loose():
            found.append(times.end_of(times.civil_day(now)))
        return min((at for at in found if at is not None), default=None)

    def _settle(self, step_ids: Collection[int], now: datetime, outcome: str) -> None:
        self._connection.execute(_SETTLE, {"ids": list(step_ids), "at": now, "became": outcome})


_RELEASED = or_(STEP.c.release == Release.AUTO.value, STEP.c.released_at.is_not(None))
_OPEN_TASKS = (
    select(func.count())
    .where(TASK.c.period_id == STEP.c.period_id, TASK.c.closed == false())
    .where(or_(STEP.c.task_id.is_(None), STEP.c.task_id == TASK.c.id))
    .scalar_subquery()
    .label("open_tasks")
)


def _by_now(*columns: ColumnElement[Any]) -> Select[Any]:
    """Of the steps of armed obligations that fire by now and are not planned, in order of time."""
    query = select(*columns).join_from(STEP, PERIOD, PERIOD.c.id == STEP.c.period_id)
    query = query.join(OBLIGATION, OBLIGATION.c.id == PERIOD.c.obligation_id).order_by(STEP.c.fires_at, STEP.c.id)
    return query.where(STEP.c.planned_at.is_(None), STEP.c.fires_at <= bindparam("now"), OBLIGATION.c.state == ARMED)


_DUE = _by_now(*(STEP.c[name] for name in StepRow.__dataclass_fields__)).where(_RELEASED)
_WAITING = _by_now(
    STEP.c.id, PERIOD.c.obligation_id, OBLIGATION.c.what, PERIOD.c.name, STEP.c.rung, STEP.c.role, STEP.c.fires_at, _OPEN_TASKS
).where(~_RELEASED)
_LOOSE = select(REMINDER.c.id).where(LOOSE).limit(1)
_OVER = exists().where(TASK.c.id == REMINDER.c.task_id, or_(TASK.c.closed, TASK.c.disputed))
_STALE = update(REMINDER).where(LOOSE, REMINDER.c.planned_at < bindparam("now"), _OVER).values(dropped=Dropped.CLOSED.value)
_SETTLE = (
    update(STEP)
    .where(STEP.c.id.in_(bindparam("ids", expanding=True)), STEP.c.planned_at.is_(None))
    .values(planned_at=bindparam("at"), outcome=bindparam("became"))
)
_NEXT = select(func.min(STEP.c.fires_at)).where(STEP.c.planned_at.is_(None), _RELEASED)


def _aims(steps: Sequence[StepRow]) -> list[Aim]:
    """The steps by role, the primary contacts first: who holds two roles is told as the first."""
    found: defaultdict[tuple[Role, bool], list[int]] = defaultdict(list)
    for step in steps:
        found[step.role, step.task_id is not None].append(step.id)
    order = list(Role)
    return [Aim(tuple(ids), role, own) for (role, own), ids in sorted(found.items(), key=lambda item: order.index(item[0][0]))]

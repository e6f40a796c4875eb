"""From steps that are due to messages that carry reminders.

A step fires once; its reminders are planned in sets (`planning.py`), stay loose until a message takes them along, and are looked
at once more before the message is put into words (`lines.py`). A silence leaves them loose: they are held back, never lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, exists, false, func, or_, select, text, true, update

from bot.domain import times
from bot.domain.ladder import Release
from bot.domain.messages import Draft
from bot.domain.reminders import Line
from bot.domain.words import MessageKind, MessageState, Role
from bot.store import envelopes, lines, planning, silences, tables
from bot.store.envelopes import Posted
from bot.store.lines import Dropped
from bot.store.obligations import ARMED, OBLIGATION
from bot.store.periods import COLLAPSED, PERIOD, PLANNED, STEP
from bot.store.planning import REMINDER, Reach

TASK = tables.of(tables.Task)
MESSAGE = tables.of(tables.Message)

LOOSE = text("reminder.message_id IS NULL AND reminder.dropped = ''")
"""Word for word the condition of the partial index `ix_reminder_loose`: with a bound value SQLite would not use it."""

CHASING = (MessageKind.GROUP_NOTICE, MessageKind.FIRST_NOTICE, MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.ESCALATION)
"""Kinds of messages that carry reminders, the mildest first."""


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
class Loose:
    """A person with reminders that no message carries yet: the worst kind, the rungs in order of time, how many reminders.

    `last_day`: one of them belongs to today, the last day of its duty; it is told today whatever else was told.
    """

    person_id: int
    kind: MessageKind
    rungs: tuple[str, ...]
    reminders: int
    last_day: bool


@dataclass(frozen=True, slots=True)
class Today:
    """The messages that chase one person on one day: how many, and the one that is not yet put into words and may take more along."""

    messages: int
    standing: int
    joinable: int | None
    kind: MessageKind | None


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
        columns = [STEP.c[name] for name in StepRow.__dataclass_fields__]
        query = select(*columns).join(PERIOD, PERIOD.c.id == STEP.c.period_id).join(OBLIGATION, OBLIGATION.c.id == PERIOD.c.obligation_id)
        query = query.where(STEP.c.planned_at.is_(None), STEP.c.fires_at <= now, _RELEASED, OBLIGATION.c.state == ARMED)
        return [
            StepRow(row.id, row.period_id, row.task_id, row.rung, Role(row.role), MessageKind(row.kind), row.fires_at, row.last_day)
            for row in self._connection.execute(query.order_by(STEP.c.fires_at, STEP.c.id))
        ]

    def plan(self, steps: Sequence[StepRow], reach: Reach) -> int:
        """Make the missing reminders of these steps in the part of the units that `reach` names; returns how many are new.

        Planning what is planned changes nothing. Mark the steps with `planned` when all parts are done.
        """
        return sum(planning.plan(self._connection, ids, role, own, reach) for (role, own), ids in _by_role(steps).items())

    def unreachable(self, steps: Sequence[StepRow], reach: Reach) -> set[tuple[int, Role]]:
        """The units, with the role, of whom nobody and no stand-in can be reached about these steps."""
        found = set()
        for (role, own), ids in _by_role(steps).items():
            found |= {(unit_id, role) for unit_id in planning.unreachable(self._connection, ids, role, own, reach)}
        return found

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
        open_tasks = select(func.count()).where(TASK.c.period_id == STEP.c.period_id, TASK.c.closed == false())
        open_tasks = open_tasks.where(or_(STEP.c.task_id.is_(None), STEP.c.task_id == TASK.c.id))
        columns = (STEP.c.id, PERIOD.c.obligation_id, OBLIGATION.c.what, PERIOD.c.name, STEP.c.rung, STEP.c.role, STEP.c.fires_at)
        query = select(*columns, open_tasks.scalar_subquery()).join(PERIOD, PERIOD.c.id == STEP.c.period_id)
        query = query.join(OBLIGATION, OBLIGATION.c.id == PERIOD.c.obligation_id).order_by(STEP.c.fires_at, STEP.c.id)
        query = query.where(STEP.c.planned_at.is_(None), STEP.c.fires_at <= now, ~_RELEASED, OBLIGATION.c.state == ARMED)
        rows = self._connection.execute(query)
        return [Waiting(*row[:5], Role(row[5]), row[6], row[7]) for row in rows if row[7]]

    def release(self, step_ids: Collection[int], at: datetime) -> None:
        """An administrator let these steps go; write it into the audit log too."""
        self._connection.execute(update(STEP).where(STEP.c.id.in_(step_ids), STEP.c.planned_at.is_(None)).values(released_at=at))

    def any_loose(self) -> bool:
        """Whether any reminder waits for a message."""
        return self._connection.execute(select(REMINDER.c.id).where(LOOSE).limit(1)).first() is not None

    def loose_people(self, now: datetime, after: int, limit: int) -> list[Loose]:
        """Of the persons with an id beyond `after`, the first `limit` that have reminders to be told of, by id."""
        persons = select(REMINDER.c.person_id).distinct().where(LOOSE, REMINDER.c.person_id > after, self._spoken(now))
        ids = list(self._connection.execute(persons.order_by(REMINDER.c.person_id).limit(limit)).scalars())
        query = select(REMINDER.c.person_id, STEP.c.fires_at, STEP.c.kind, STEP.c.rung, STEP.c.last_day, func.count().label("reminders"))
        query = query.join(STEP, STEP.c.id == REMINDER.c.step_id).where(LOOSE, REMINDER.c.person_id.in_(ids), self._spoken(now))
        query = query.group_by(REMINDER.c.person_id, STEP.c.id, STEP.c.fires_at, STEP.c.kind, STEP.c.rung, STEP.c.last_day)
        grouped, today = defaultdict(list), times.civil_day(now)
        for row in self._connection.execute(query.order_by(REMINDER.c.person_id, STEP.c.fires_at)):
            grouped[row.person_id].append(row)
        return [
            Loose(
                person_id,
                worst(MessageKind(row.kind) for row in rows),
                tuple(dict.fromkeys(row.rung for row in rows)),
                sum(row.reminders for row in rows),
                any(row.last_day and times.civil_day(row.fires_at) == today for row in rows),
            )
            for person_id, rows in grouped.items()
        ]

    def today(self, person_ids: Collection[int], day: date) -> dict[int, Today]:
        """The chasing messages of these persons that may go on `day` (Shanghai); persons without any have no entry."""
        columns = [MESSAGE.c[name] for name in ("id", "person_id", "kind", "state", "attempt", "rendered")]
        begin, end = times.end_of(day - timedelta(days=1)), times.end_of(day)
        query = select(*columns).where(MESSAGE.c.person_id.in_(person_ids), MESSAGE.c.not_before >= begin, MESSAGE.c.not_before < end)
        query = query.where(MESSAGE.c.kind.in_([kind.value for kind in CHASING])).order_by(MESSAGE.c.id).with_for_update()
        grouped = defaultdict(list)
        for row in self._connection.execute(query):
            grouped[row.person_id].append(row)
        return {person_id: _today(rows) for person_id, rows in grouped.items()}

    def bind(self, messages: Iterable[tuple[int, int]], now: datetime) -> int:
        """Let each message (person id, message id) take along all loose reminders of its person; returns how many went."""
        rows = [{"person": person_id, "message": message_id} for person_id, message_id in messages]
        if not rows:
            return 0
        statement = update(REMINDER).where(REMINDER.c.person_id == bindparam("person"), LOOSE, self._spoken(now))
        return self._connection.execute(statement.values(message_id=bindparam("message")), rows).rowcount

    def post(self, drafts: Sequence[Draft], channels: Collection[str], now: datetime) -> Posted:
        """Put one draft for each of many persons into the outbox; see `envelopes.post`. Then `bind` what they carry."""
        return envelopes.post(self._connection, drafts, channels, now)

    def worsen(self, kinds: Iterable[tuple[int, MessageKind]]) -> None:
        """Messages (id, kind) that took along something more pressing change their kind."""
        rows = [{"message": message_id, "worse": kind.value} for message_id, kind in kinds]
        if rows:
            self._connection.execute(update(MESSAGE).where(MESSAGE.c.id == bindparam("message")).values(kind=bindparam("worse")), rows)

    def drop_stale(self, now: datetime) -> int:
        """Loose reminders from before this tick whose tasks have been closed or disputed since: nobody needs them; returns how many."""
        over = select(TASK.c.id).where(TASK.c.id == REMINDER.c.task_id, or_(TASK.c.closed, TASK.c.disputed))
        stale = update(REMINDER).where(LOOSE, REMINDER.c.planned_at < now, exists(over)).values(dropped=Dropped.CLOSED.value)
        return self._connection.execute(stale).rowcount

    def give_up(self, person_id: int) -> None:
        """Nobody can be reached there any more: the loose reminders of this person are dropped, with that as the reason."""
        where = and_(LOOSE, REMINDER.c.person_id == person_id)
        self._connection.execute(update(REMINDER).where(where).values(dropped=Dropped.UNREACHABLE.value))

    def lines(self, message_ids: Collection[int], now: datetime) -> dict[int, list[Line]]:
        """What these messages still have to say; see `lines.read`. Call it in the transaction that claims them."""
        return lines.read(self._connection, message_ids, now)

    def next_wake(self, now: datetime) -> datetime | None:
        """The next instant at which there is something to plan; `now` or before it if that is overdue, None if nothing is laid."""
        steps = select(func.min(STEP.c.fires_at)).where(STEP.c.planned_at.is_(None), _RELEASED)
        found = [self._connection.execute(steps).scalar()]
        if self.any_loose():
            found.append(times.end_of(times.civil_day(now)))
        return min((at for at in found if at is not None), default=None)

    def _settle(self, step_ids: Collection[int], now: datetime, outcome: str) -> None:
        open_ = update(STEP).where(STEP.c.id.in_(step_ids), STEP.c.planned_at.is_(None))
        self._connection.execute(open_.values(planned_at=now, outcome=outcome))

    def _spoken(self, now: datetime) -> ColumnElement[bool]:
        """The condition on table `reminder` that no silence covers it; a reminder of the last day is spoken all the same (B4)."""
        if not silences.Silences(self._connection).active(now):
            return true()
        covered = select(TASK.c.id).where(TASK.c.id == REMINDER.c.task_id, silences.silenced(now))
        last = select(STEP.c.id).where(STEP.c.id == REMINDER.c.step_id, STEP.c.last_day == true())
        return or_(~exists(covered), exists(last))


_RELEASED = or_(STEP.c.release == Release.AUTO.value, STEP.c.released_at.is_not(None))


def worst(kinds: Iterable[MessageKind]) -> MessageKind:
    """The most pressing of several kinds."""
    return max(kinds, key=CHASING.index)


def _by_role(steps: Sequence[StepRow]) -> dict[tuple[Role, bool], list[int]]:
    found: defaultdict[tuple[Role, bool], list[int]] = defaultdict(list)
    for step in steps:
        found[step.role, step.task_id is not None].append(step.id)
    return found


def _today(rows: Sequence[Row[Any]]) -> Today:
    standing = [row for row in rows if row.state not in _OVER]
    joinable = [row for row in standing if row.state == MessageState.PENDING.value and row.rendered is None and not row.attempt]
    return Today(len(rows), len(standing), joinable[-1].id if joinable else None, MessageKind(joinable[-1].kind) if joinable else None)


_OVER = (MessageState.DEAD.value, MessageState.SUPERSEDED.value)

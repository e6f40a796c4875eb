"""From loose reminders to messages, in sets: a handful of statements for some hundred persons, however many reminders each has.

One message a person and day (PROMISES B3, B12): loose reminders go into the message of the day that is not yet put into words; if
one is already on its way they wait for tomorrow, those of a duty's last day excepted. The address, the budget and the thread are
chosen as `Outbox.put` chooses them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain import times
from bot.domain.words import MessageKind, MessageState
from bot.store import silences, tables
from bot.store.robots import Robots

MESSAGE = tables.of(tables.Message)
REMINDER = tables.of(tables.Reminder)
_STEP = tables.of(tables.Step)
_TASK = tables.of(tables.Task)
_PERSON = tables.of(tables.Person)
_ADDRESS = tables.of(tables.Address)
_ROBOT = tables.of(tables.Robot)

LOOSE = text("reminder.message_id IS NULL AND reminder.dropped = ''")
"""Word for word the condition of the partial index `ix_reminder_loose`: with a bound value SQLite would not use it."""

CHASING = (MessageKind.GROUP_NOTICE, MessageKind.FIRST_NOTICE, MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.ESCALATION)
"""Kinds of messages that carry reminders, the mildest first."""

PRIORITY = 5
"""Of reminders: answers to a person go before them (`messages.Draft`)."""

_CHASING = [kind.value for kind in CHASING]
_OVER = [MessageState.DEAD.value, MessageState.SUPERSEDED.value]


@dataclass(frozen=True, slots=True)
class Slot:
    """When messages made now may go: `at`, for reminders of a duty's last day (`last_day`) or for the others, by these channels.

    `silenced`: some silence holds now, so it has to be looked at.
    """

    now: datetime
    at: datetime
    last_day: bool
    channels: tuple[str, ...]
    silenced: bool

    @property
    def day(self) -> date:
        """The Shanghai day they go on: at most one message a person on it."""
        return times.civil_day(self.at)


@dataclass(frozen=True, slots=True)
class People:
    """The persons with an id in (after, upto]; `upto` None: to the end."""

    after: int
    upto: int | None

    @property
    def bounds(self) -> dict[str, int]:
        """The values of the parameters that every statement here has."""
        return {"after_": self.after, "upto_": _END if self.upto is None else self.upto}


_END = 2**31 - 1


def chunk(connection: Connection, after: int, size: int) -> int | None:
    """The id of the `size`-th next person with loose reminders, beyond `after`; None when fewer are left."""
    persons = select(REMINDER.c.person_id).distinct().where(LOOSE, REMINDER.c.person_id > after).order_by(REMINDER.c.person_id)
    return connection.execute(persons.limit(1).offset(size - 1)).scalar()


def join(connection: Connection, slot: Slot, people: People) -> int:
    """Put loose reminders into the messages of the day that are not yet put into words; returns how many messages took some along."""
    waiting = _waiting(slot).correlate(REMINDER)
    found = select(waiting.scalar_subquery().label("message_id")).distinct().where(*_loose(slot))
    ids = [id_ for id_ in connection.execute(found, people.bounds).scalars() if id_ is not None]
    if ids:
        ours = select(MESSAGE.c.id).where(MESSAGE.c.id.in_(ids), *_UNSPOKEN).with_for_update()  # no claim takes them meanwhile
        waiting = waiting.where(MESSAGE.c.id.in_(ids := list(connection.execute(ours).scalars())))
        taken = update(REMINDER).where(*_loose(slot), exists(waiting.with_only_columns(MESSAGE.c.id)))
        connection.execute(taken.values(message_id=waiting.scalar_subquery()), people.bounds)
        connection.execute(update(MESSAGE).where(MESSAGE.c.id.in_(ids)).values(kind=_kind(_worst_bound())))
    return len(ids)


def post(connection: Connection, slot: Slot, people: People) -> int:
    """A new message for everybody who may have one on the day, with all loose reminders of that person; returns how many."""
    mark = connection.execute(select(func.coalesce(func.max(MESSAGE.c.id), 0))).scalar_one()
    made = max(0, int(connection.execute(_posting(connection.dialect.name, slot), people.bounds).rowcount))
    if made:
        new = and_(MESSAGE.c.id > mark, MESSAGE.c.person_id == REMINDER.c.person_id, MESSAGE.c.kind.in_(_CHASING))
        connection.execute(update(REMINDER).where(*_loose(slot), new).values(message_id=MESSAGE.c.id), people.bounds)
        _ensure_robots(connection, mark)
    return made


def lost(connection: Connection, slot: Slot, people: People) -> list[int]:
    """Persons with loose reminders and no good address any more: chosen while they had one, or on a channel switched off since."""
    reached = exists(_routes(slot, REMINDER.c.person_id).correlate(REMINDER))
    query = select(REMINDER.c.person_id).distinct().where(*_loose(slot), ~reached).order_by(REMINDER.c.person_id)
    return list(connection.execute(query, people.bounds).scalars())


def give_up(connection: Connection, person_ids: Iterable[int], reason: str) -> None:
    """Drop the loose reminders of these persons."""
    gone = REMINDER.c.person_id.in_(list(person_ids))
    connection.execute(update(REMINDER).where(LOOSE, gone).values(dropped=reason))


_UNSPOKEN = (MESSAGE.c.state == MessageState.PENDING.value, MESSAGE.c.attempt == 0)
"""A message that no claim has put into words yet."""


def _waiting(slot: Slot) -> Select[Any]:
    """The message of the day that takes more along, per person of table `reminder`."""
    return select(func.max(MESSAGE.c.id)).where(_of_the_day(slot, REMINDER.c.person_id), *_UNSPOKEN)


def _loose(slot: Slot) -> tuple[ColumnElement[bool], ...]:
    """Loose reminders of the persons in question that may be spoken of: no silence covers them, or it is the last day (B4)."""
    person = REMINDER.c.person_id
    conditions: list[ColumnElement[bool]] = [and_(LOOSE), person > bindparam("after_"), person <= bindparam("upto_")]
    if slot.silenced:
        covered = exists().where(_TASK.c.id == REMINDER.c.task_id, silences.silenced(slot.now)).correlate(REMINDER)
        last = exists().where(_STEP.c.id == REMINDER.c.step_id, of_last_day(slot.now)).correlate(REMINDER)
        conditions.append(or_(~covered, last))
    return tuple(conditions)


def of_last_day(now: datetime) -> ColumnElement[bool]:
    """A step that fires today, the last day of its duty."""
    today = times.civil_day(now)
    begins, ends = times.end_of(today - timedelta(days=1)), times.end_of(today)
    return and_(_STEP.c.last_day == true(), _STEP.c.fires_at >= begins, _STEP.c.fires_at < ends)


def _of_the_day(slot: Slot, person: ColumnElement[int]) -> ColumnElement[bool]:
    """Messages that chase the person and may go on the day of the slot."""
    begins, ends = times.end_of(slot.day - timedelta(days=1)), times.end_of(slot.day)
    on_the_day = and_(MESSAGE.c.not_before >= begins, MESSAGE.c.not_before < ends)
    return and_(MESSAGE.c.person_id == person, on_the_day, MESSAGE.c.kind.in_(_CHASING))


@lru_cache(maxsize=8)
def _posting(dialect: str, slot: Slot) -> Executable:
    """The INSERT … SELECT of a tick: the same for all of its parts, and building it costs as much as some hundred letters."""
    letters = _letters(dialect, slot)
    insert = sqlite.insert(MESSAGE) if dialect == "sqlite" else postgresql.insert(MESSAGE)
    filled = insert.from_select([column.name for column in letters.c], select(letters).where(true()), include_defaults=False)
    return filled.on_conflict_do_nothing()


def _letters(dialect: str, slot: Slot) -> Subquery:
    """The rows of the new messages: who has loose reminders and may have a message, with the best address."""
    who, worst, named = _gathered(dialect, slot)
    address = _routes(slot, who.c.person_id).correlate(who).scalar_subquery()
    number = select(func.count()).where(_of_the_day(slot, who.c.person_id)).correlate(who).scalar_subquery() + 1
    dedupe = literal("remind:") + cast(who.c.person_id, String) + literal(f":{slot.day}:") + cast(number, String)
    grouped = _PERSON.c.kind == "group"
    robot = case((grouped, _ADDRESS.c.channel + literal(":") + _ADDRESS.c.value), else_=_ADDRESS.c.channel)
    rows = select(
        _kind(worst).label("kind"),
        who.c.person_id.label("person_id"),
        _ADDRESS.c.channel.label("channel"),
        _ADDRESS.c.value.label("address"),
        robot.label("robot"),
        literal(MessageState.PENDING.value).label("state"),
        literal(PRIORITY).label("priority"),
        literal(slot.at, MESSAGE.c.not_before.type).label("not_before"),
        dedupe.label("dedupe"),
        func.coalesce(_thread(who.c.person_id), literal("")).label("thread"),
        named.label("reason"),
        literal({}, MESSAGE.c.view.type).label("view"),
        literal(1).label("part"),
        literal(1).label("parts"),
        *(literal(0).label(name) for name in ("attempt", "failures", "doubts")),
        *(literal("").label(name) for name in ("owner", "last_code", "last_detail")),
        literal(slot.now, MESSAGE.c.created_at.type).label("created_at"),
    )
    rows = rows.select_from(who.join(_ADDRESS, _ADDRESS.c.id == address).join(_PERSON, _PERSON.c.id == who.c.person_id))
    standing = exists().where(_of_the_day(slot, who.c.person_id), MESSAGE.c.state.not_in(_OVER)).correlate(who)
    return rows.where(true() if slot.last_day else ~standing).subquery()


def _gathered(dialect: str, slot: Slot) -> tuple[Subquery, ColumnElement[int], ColumnElement[str]]:
    """Per person: how pressing the worst of the loose reminders is, and their rungs with the number of reminders."""
    severity = case(*((_STEP.c.kind == kind, rank) for rank, kind in enumerate(_CHASING)), else_=0)
    last = func.max(case((of_last_day(slot.now), 1), else_=0))
    rungs = func.string_agg(distinct(_STEP.c.rung), text("','"))
    if dialect == "sqlite":
        rungs = func.group_concat(distinct(_STEP.c.rung))
    who = (
        select(REMINDER.c.person_id, func.max(severity).label("worst"), rungs.label("rungs"), func.count().label("reminders"))
        .join(_STEP, _STEP.c.id == REMINDER.c.step_id)
        .where(*_loose(slot))
        .group_by(REMINDER.c.person_id)
        .having(last == int(slot.last_day))
        .subquery("who")
    )
    named = func.substr(who.c.rungs, 1, 280) + literal(" ×") + cast(who.c.reminders, String)
    return who, who.c.worst, named


def _routes(slot: Slot, person: ColumnElement[int]) -> Select[Any]:
    """The person's best good address on the channels that are switched on."""
    usable = (_ADDRESS.c.person_id == person, _ADDRESS.c.bad == false(), _ADDRESS.c.channel.in_(slot.channels))
    active = exists().where(_PERSON.c.id == _ADDRESS.c.person_id, _PERSON.c.active == true()).correlate(_ADDRESS)
    return select(_ADDRESS.c.id).where(*usable, active).order_by(_ADDRESS.c.rank, _ADDRESS.c.id).limit(1)


def _thread(person: ColumnElement[int]) -> ScalarSelect[str]:
    """The key of the first message to the person on this channel: mail programs gather what follows under it."""
    first = MESSAGE.alias("first")
    same = select(first.c.dedupe).where(first.c.person_id == person, first.c.channel == _ADDRESS.c.channel)
    return same.order_by(first.c.id).limit(1).scalar_subquery()


def _worst_bound() -> ScalarSelect[int]:
    """How pressing the worst reminder in a message is."""
    severity = case(*((_STEP.c.kind == kind, rank) for rank, kind in enumerate(_CHASING)), else_=0)
    bound = select(func.max(severity)).join(_STEP, _STEP.c.id == REMINDER.c.step_id).where(REMINDER.c.message_id == MESSAGE.c.id)
    return bound.where(REMINDER.c.dropped == "").correlate(MESSAGE).scalar_subquery()


def _kind(rank: ColumnElement[int] | ScalarSelect[int]) -> ColumnElement[str]:
    return case(dict(enumerate(_CHASING)), value=rank)


def _ensure_robots(connection: Connection, mark: int) -> None:
    known = exists().where(_ROBOT.c.key == MESSAGE.c.robot)
    new = select(MESSAGE.c.robot, MESSAGE.c.channel).distinct().where(MESSAGE.c.id > mark, ~known)
    for row in connection.execute(new).all():
        Robots(connection).ensure(row.robot, row.channel)

"""From loose reminders to messages, in sets: a handful of statements for some hundred persons, however many reminders each has.

One message a person and day (PROMISES B3, B12): loose reminders go into the message of the day that is not yet put into words; if
one is already on its way they wait for tomorrow, those of a duty's last day excepted. The address, the budget and the thread are
chosen as `Outbox.put` chooses them.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Update,
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
from bot.domain.words import CHASING, MessageState
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

    def values(self) -> dict[str, object]:
        """The values of the parameters that the statements of a slot have."""
        return {
            "now": self.now,
            "slot_at": self.at,
            "channels": self.channels,
            "day_": str(times.civil_day(self.at)),
            **_bounds("day", self.at),
            **_bounds("today", self.now),
        }

    def shape(self, connection: Connection) -> "_Shape":
        """What its statements are made of: few shapes, so that no tick makes them anew."""
        return _Shape(connection.dialect.name, self.last_day, self.silenced)


def _bounds(name: str, at: datetime) -> dict[str, object]:
    """Begin (inclusive) and end (exclusive) of the Shanghai day of an instant, as parameters."""
    day = times.civil_day(at)
    return {f"{name}_begins": times.end_of(day - timedelta(days=1)), f"{name}_ends": times.end_of(day)}


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


@dataclass(frozen=True, slots=True)
class _Shape:
    """Whether a slot is for reminders of a duty's last day, and whether silences have to be looked at; in a dialect."""

    dialect: str
    last_day: bool
    silenced: bool


@dataclass(frozen=True, slots=True)
class _Statements:
    """The statements of one shape. Each has the parameters of `Slot.values` and `People.bounds` as far as it needs them."""

    waiting: Select[Any]
    join: Update
    post: Executable
    attach: Update
    lost: Select[Any]


def chunk(connection: Connection, after: int, size: int) -> int | None:
    """The id of the `size`-th next person with loose reminders, beyond `after`; None when fewer are left."""
    return connection.execute(_CHUNK, {"after_": after, "skip": size - 1}).scalar()


def join(connection: Connection, slot: Slot, people: People) -> int:
    """Put loose reminders into the messages of the day that are not yet put into words; returns how many messages took some along."""
    made, values = _statements(slot.shape(connection)), slot.values() | people.bounds
    ids = [id_ for id_ in connection.execute(made.waiting, values).scalars() if id_ is not None]
    if ids:
        ids = list(connection.execute(_HOLD, {"ids": ids}).scalars())  # no claim takes them meanwhile
        connection.execute(made.join, values | {"ids": ids})
        connection.execute(_RENAME, {"ids": ids})
    return len(ids)


def post(connection: Connection, slot: Slot, people: People) -> int:
    """A new message for everybody who may have one on the day, with all loose reminders of that person; returns how many."""
    statements, values = _statements(slot.shape(connection)), slot.values() | people.bounds
    mark = connection.execute(_NEWEST).scalar_one()
    made = max(0, int(connection.execute(statements.post, values).rowcount))
    if made:
        connection.execute(statements.attach, values | {"mark": mark})
        _ensure_robots(connection, mark)
    return made


def lost(connection: Connection, slot: Slot, people: People) -> list[int]:
    """Persons with loose reminders and no good address any more: chosen while they had one, or on a channel switched off since."""
    values = slot.values() | people.bounds
    return list(connection.execute(_statements(slot.shape(connection)).lost, values).scalars())


def give_up(connection: Connection, person_ids: Iterable[int], reason: str) -> None:
    """Drop the loose reminders of these persons."""
    gone = REMINDER.c.person_id.in_(list(person_ids))
    connection.execute(update(REMINDER).where(LOOSE, gone).values(dropped=reason))


@functools.cache
def _statements(shape: _Shape) -> _Statements:
    loose, waiting = _loose(shape), _waiting().correlate(REMINDER)
    chosen = waiting.where(MESSAGE.c.id.in_(_IDS))
    taken = update(REMINDER).where(*loose, exists(chosen.with_only_columns(MESSAGE.c.id)))
    new = and_(MESSAGE.c.id > bindparam("mark"), MESSAGE.c.person_id == REMINDER.c.person_id, MESSAGE.c.kind.in_(_CHASING))
    reached = exists(_routes(REMINDER.c.person_id).correlate(REMINDER))
    return _Statements(
        waiting=select(waiting.scalar_subquery().label("message_id")).distinct().where(*loose),
        join=taken.values(message_id=chosen.scalar_subquery()),
        post=_posting(shape),
        attach=update(REMINDER).where(*loose, new).values(message_id=MESSAGE.c.id),
        lost=select(REMINDER.c.person_id).distinct().where(*loose, ~reached).order_by(REMINDER.c.person_id),
    )


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NOW = silences.NOW
_UNSPOKEN = (MESSAGE.c.state == MessageState.PENDING.value, MESSAGE.c.attempt == 0)
"""A message that no claim has put into words yet."""


def _waiting() -> Select[Any]:
    """The message of the day that takes more along, per person of table `reminder`."""
    return select(func.max(MESSAGE.c.id)).where(_of_the_day(REMINDER.c.person_id), *_UNSPOKEN)


def _loose(shape: _Shape) -> tuple[ColumnElement[bool], ...]:
    """Loose reminders of the persons in question that may be spoken of: no silence covers them, or it is the last day (B4)."""
    person = REMINDER.c.person_id
    conditions: list[ColumnElement[bool]] = [and_(LOOSE), person > bindparam("after_"), person <= bindparam("upto_")]
    if shape.silenced:
        covered = exists().where(_TASK.c.id == REMINDER.c.task_id, silences.silenced(_NOW)).correlate(REMINDER)
        last = exists().where(_STEP.c.id == REMINDER.c.step_id, _OF_LAST_DAY).correlate(REMINDER)
        conditions.append(or_(~covered, last))
    return tuple(conditions)


def last_day_today(connection: Connection, now: datetime) -> bool:
    """Whether a step fires today that belongs to the last day of its duty."""
    return connection.execute(_LAST_DAY, _bounds("today", now)).first() is not None


def _within(column: ColumnElement[datetime], name: str) -> ColumnElement[bool]:
    """The condition that an instant lies on the day whose bounds are parameters of that name (`_bounds`)."""
    return and_(column >= bindparam(f"{name}_begins", type_=column.type), column < bindparam(f"{name}_ends", type_=column.type))


_OF_LAST_DAY = and_(_STEP.c.last_day == true(), _within(_STEP.c.fires_at, "today"))
"""A step that fires today, the last day of its duty."""


def _of_the_day(person: ColumnElement[int]) -> ColumnElement[bool]:
    """Messages that chase the person and may go on the day of the slot."""
    return and_(MESSAGE.c.person_id == person, _within(MESSAGE.c.not_before, "day"), MESSAGE.c.kind.in_(_CHASING))


def _posting(shape: _Shape) -> Executable:
    """The INSERT … SELECT of a tick."""
    letters = _letters(shape)
    insert = sqlite.insert(MESSAGE) if shape.dialect == "sqlite" else postgresql.insert(MESSAGE)
    filled = insert.from_select([column.name for column in letters.c], select(letters).where(true()), include_defaults=False)
    return filled.on_conflict_do_nothing()


def _letters(shape: _Shape) -> Subquery:
    """The rows of the new messages: who has loose reminders and may have a message, with the best address."""
    who, worst, named = _gathered(shape)
    address = _routes(who.c.person_id).correlate(who).scalar_subquery()
    number = select(func.count()).where(_of_the_day(who.c.person_id)).correlate(who).scalar_subquery() + 1
    day = literal(":") + bindparam("day_", type_=String) + literal(":")
    dedupe = literal("remind:") + cast(who.c.person_id, String) + day + cast(number, String)
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
        bindparam("slot_at", type_=MESSAGE.c.not_before.type).label("not_before"),
        dedupe.label("dedupe"),
        func.coalesce(_thread(who.c.person_id), literal("")).label("thread"),
        named.label("reason"),
        literal({}, MESSAGE.c.view.type).label("view"),
        literal(1).label("part"),
        literal(1).label("parts"),
        *(literal(0).label(name) for name in ("attempt", "failures", "doubts")),
        *(literal("").label(name) for name in ("owner", "last_code", "last_detail")),
        _NOW.label("created_at"),
    )
    rows = rows.select_from(who.join(_ADDRESS, _ADDRESS.c.id == address).join(_PERSON, _PERSON.c.id == who.c.person_id))
    standing = exists().where(_of_the_day(who.c.person_id), MESSAGE.c.state.not_in(_OVER)).correlate(who)
    return rows.where(true() if shape.last_day else ~standing).subquery()


def _gathered(shape: _Shape) -> tuple[Subquery, ColumnElement[int], ColumnElement[str]]:
    """Per person: how pressing the worst of the loose reminders is, and their rungs with the number of reminders."""
    severity = case(*((_STEP.c.kind == kind, rank) for rank, kind in enumerate(_CHASING)), else_=0)
    last = func.max(case((_OF_LAST_DAY, 1), else_=0))
    rungs = func.string_agg(distinct(_STEP.c.rung), text("','"))
    if shape.dialect == "sqlite":
        rungs = func.group_concat(distinct(_STEP.c.rung))
    who = (
        select(REMINDER.c.person_id, func.max(severity).label("worst"), rungs.label("rungs"), func.count().label("reminders"))
        .join(_STEP, _STEP.c.id == REMINDER.c.step_id)
        .where(*_loose(shape))
        .group_by(REMINDER.c.person_id)
        .having(last == int(shape.last_day))
        .subquery("who")
    )
    named = func.substr(who.c.rungs, 1, 280) + literal(" ×") + cast(who.c.reminders, String)
    return who, who.c.worst, named


def _routes(person: ColumnElement[int]) -> Select[Any]:
    """The person's best good address on the channels that are switched on."""
    channels = _ADDRESS.c.channel.in_(bindparam("channels", expanding=True))
    usable = (_ADDRESS.c.person_id == person, _ADDRESS.c.bad == false(), channels)
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
    for row in connection.execute(_NEW_ROBOTS, {"mark": mark}).all():
        Robots(connection).ensure(row.robot, row.channel)


_PERSONS = select(REMINDER.c.person_id).distinct().where(LOOSE, REMINDER.c.person_id > bindparam("after_")).order_by(REMINDER.c.person_id)
_CHUNK = _PERSONS.limit(1).offset(bindparam("skip"))
_HOLD = select(MESSAGE.c.id).where(MESSAGE.c.id.in_(_IDS), *_UNSPOKEN).with_for_update()
_RENAME = update(MESSAGE).where(MESSAGE.c.id.in_(_IDS)).values(kind=_kind(_worst_bound()))
_NEWEST = select(func.coalesce(func.max(MESSAGE.c.id), 0))
_LAST_DAY = select(_STEP.c.id).where(_OF_LAST_DAY).limit(1)
_NEW_ROBOTS = (
    select(MESSAGE.c.robot, MESSAGE.c.channel)
    .distinct()
    .where(MESSAGE.c.id > bindparam("mark"), ~exists().where(_ROBOT.c.key == MESSAGE.c.robot))
)

"""Which messages go next, and whose they are: budgets, fairness between robots, ownership.

A robot is asked for what it owes by one index probe, however much the others owe. A limited robot never gets more than its budget
in any sixty seconds: attempts recorded in the last minute, attempts on their way, and the new claim together stay within it.
All of this stands in the database, so it holds over restarts and over several workers.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BindParameter, Connection, Row, Select, and_, bindparam, case, exists, func, null, or_, select, text, update
from sqlmodel import UTCDateTime

from bot.domain.deliveries import Handed, Outcome
from bot.domain.words import MessageState
from bot.store import robots, tables
from bot.store.tables.outbox import OPEN, SENDING

MESSAGE = tables.of(tables.Message)
ROBOT = tables.of(tables.Robot)
DELIVERY = tables.of(tables.Delivery)

MINUTE = timedelta(seconds=60)
"""The window of the budgets."""

_SINCE: BindParameter[datetime] = bindparam("since", type_=UTCDateTime)
_UNTIL: BindParameter[datetime] = bindparam("until", type_=UTCDateTime)

PRIORITIES = tuple(range(10))
"""Every priority there is. A claim names them all: so it walks one index in order, over what is due and nothing else."""

IN_HAND = 128
"""A robot without a limit has at most this many messages claimed by one owner, those whose results are not yet written included:
what a crash leaves in doubt stays small, and there is always something to send."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims: `owner` until `leased_until`, at most `limit` messages; `budgets` are messages per minute (0: no limit) by channel."""

    owner: str
    now: datetime
    leased_until: datetime
    budgets: Mapping[str, int]
    limit: int


@dataclass(frozen=True, slots=True)
class _Due:
    """A robot with something to send. `room` is how many more it may take."""

    key: str
    room: int


def take(connection: Connection, claim: Claim) -> list[Row[Any]]:
    """Mark up to `limit` messages as being sent by the owner; the columns of `TAKEN`, in the order in which they go."""
    due = _due_robots(connection, claim)[: claim.limit]
    ids = _pick(connection, claim, due) if due else []
    if not ids:
        return []
    values = {"ids": ids, "owner_": claim.owner, "until": claim.leased_until}
    rows = {row.id: row for row in connection.execute(_MARK, values)}
    return [rows[id_] for id_ in ids]


def _due_robots(connection: Connection, claim: Claim) -> list[_Due]:
    """Robots that owe something now and may send, those in hand least and heard of longest ago first."""
    rows = connection.execute(_DUE, _window(claim)).all()
    if connection.dialect.name == "postgresql":
        rows = _locked(connection, claim, rows)
    return [_Due(row.key, room) for row in rows if (room := _room(claim, row)) > 0]


def _locked(connection: Connection, claim: Claim, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Leave out limited robots another worker is claiming from at this moment, keep the others still, and count again: ours alone now."""
    limited = [row.key for row in rows if claim.budgets[row.channel]]
    wanted = select(ROBOT.c.key).where(ROBOT.c.key.in_(limited)).order_by(ROBOT.c.key).with_for_update(skip_locked=True)
    ours = set(connection.execute(wanted).scalars()) if limited else set()
    return [row for row in connection.execute(_DUE, _window(claim)) if row.key in ours or not claim.budgets[row.channel]]


def _window(claim: Claim) -> dict[str, object]:
    """Deliveries up to a minute ahead count too: the clock may just have been set back a little."""
    return {
        "now": claim.now,
        "owner": claim.owner,
        "absurd": claim.now + robots.SET_BACK,
        "since": claim.now - MINUTE,
        "until": claim.now + MINUTE,
        "channels": sorted(claim.budgets),
        "limited": [name for name, budget in sorted(claim.budgets.items()) if budget] or [""],
    }


def _room(claim: Claim, row: Row[Any]) -> int:
    budget = claim.budgets[row.channel]
    return int(budget - row.used - row.sending if budget else IN_HAND - row.mine)


def _pick(connection: Connection, claim: Claim, due: Sequence[_Due]) -> list[int]:
    """The first messages of each robot, the same share for all; nobody else can take them until the transaction ends."""
    share = max(1, claim.limit // len(due))
    values = {"keys": [robot.key for robot in due], "share": share, "now": claim.now}
    first: dict[str, list[int]] = {row.key: row.ids or [] for row in connection.execute(_pick_statement(connection.dialect.name), values)}
    ids = [id_ for robot in due for id_ in first.get(robot.key, ())[: robot.room]]
    return ids[: claim.limit]


def expired(connection: Connection, now: datetime, is_alive: Callable[[str], bool | None]) -> list[Outcome]:
    """The attempts of owners who are gone, as outcomes in doubt: nobody knows how far they came.

    `is_alive` says None if it cannot tell; then the lease decides. Who lives keeps his claims, however late they are.
    """
    owners = connection.execute(_OWNERS).scalars().all()
    gone = {owner: alive for owner in owners if (alive := is_alive(owner)) is not True}
    dead = [owner for owner, alive in gone.items() if alive is False]
    rows = connection.execute(_GONE, {"gone": list(gone), "dead": dead, "now": now}).all() if gone else []
    return [Outcome(row.id, row.owner, row.attempt, now, Handed.UNKNOWN, code="owner-gone") for row in rows]


def next_wake(connection: Connection, now: datetime, budgets: Mapping[str, int] | None) -> datetime | None:
    """The earliest instant at which a claim would find something, in the past if it would now; None: nothing waits.

    Without `budgets` only what is planned counts, with them also penalties and what the last minute has used up.
    """
    if budgets is None:
        first: datetime | None = connection.execute(select(func.min(MESSAGE.c.not_before)).where(text(OPEN))).scalar()
        return first
    found: list[datetime] = []
    for channel in connection.execute(_WAITING).scalars():
        if channel in budgets:
            values = {"channel": channel, "since": now - MINUTE, "until": now + MINUTE}
            found += (_ready(row, now) for row in connection.execute(_wakes(budgets[channel]), values))
    return min(found, default=None)


def _ready(row: Row[Any], now: datetime) -> datetime:
    at: datetime = row.first
    if row.blocked_until is not None and row.blocked_at <= now + robots.SET_BACK:
        at = max(at, row.blocked_until)
    return max(at, row.full + MINUTE) if row.full is not None else at


@functools.cache
def _wakes(budget: int) -> Select[Any]:
    """Per robot of a channel: its first message, its penalty, and the attempt that must leave the window before it may send again."""
    first = select(func.min(MESSAGE.c.not_before)).where(MESSAGE.c.robot == ROBOT.c.key, text(OPEN)).scalar_subquery()
    window = robots.attempted(ROBOT.c.key, _SINCE, _UNTIL)
    full = select(DELIVERY.c.at).where(window).order_by(DELIVERY.c.at.desc()).limit(1).offset(max(budget - 1, 0)).scalar_subquery()
    columns = (ROBOT.c.blocked_at, ROBOT.c.blocked_until, first.label("first"), (full if budget else null()).label("full"))
    return select(*columns).where(ROBOT.c.channel == bindparam("channel"), ~ROBOT.c.paused, first.is_not(None))


def _due_statement() -> Select[Any]:
    mine = MESSAGE.c.robot == ROBOT.c.key
    count = select(func.count())
    used = count.where(robots.attempted(ROBOT.c.key, _SINCE, _UNTIL)).scalar_subquery()
    sending = count.where(mine, text(SENDING)).scalar_subquery()
    in_hand = count.where(mine, MESSAGE.c.owner == bindparam("owner"), text(SENDING)).scalar_subquery()
    last = select(func.max(DELIVERY.c.at)).where(DELIVERY.c.robot == ROBOT.c.key).scalar_subquery()
    free = or_(ROBOT.c.blocked_until.is_(None), ROBOT.c.blocked_until <= bindparam("now"), ROBOT.c.blocked_at > bindparam("absurd"))
    limited = ROBOT.c.channel.in_(bindparam("limited", expanding=True))
    return (
        select(ROBOT.c.key, ROBOT.c.channel, case((limited, used), else_=0).label("used"), sending.label("sending"), in_hand.label("mine"))
        .where(~ROBOT.c.paused, ROBOT.c.channel.in_(bindparam("channels", expanding=True)), free)
        .where(exists().where(mine, text(OPEN), MESSAGE.c.not_before <= bindparam("now")))
        .order_by(in_hand, last.asc().nulls_first(), ROBOT.c.key)
    )


@functools.cache
def _pick_statement(dialect: str) -> Select[Any]:
    """Per robot the ids of its first messages as a list: one probe of the index each, in one statement for all robots."""
    due = and_(MESSAGE.c.robot == ROBOT.c.key, MESSAGE.c.priority.in_(PRIORITIES), MESSAGE.c.not_before <= bindparam("now"))
    first = select(MESSAGE.c.id).where(due, text(OPEN)).order_by(MESSAGE.c.priority, MESSAGE.c.not_before, MESSAGE.c.id)
    taken = first.limit(bindparam("share")).with_for_update(skip_locked=True).correlate(ROBOT).subquery("first")
    gather = func.json_group_array if dialect == "sqlite" else func.json_agg
    ids = select(gather(taken.c.id, type_=JSON)).scalar_subquery()
    return select(ROBOT.c.key, ids.label("ids")).where(ROBOT.c.key.in_(bindparam("keys", expanding=True)))


TAKEN = ("id", "kind", "person_id", "channel", "address", "robot", "dedupe", "thread", "view", "rendered", "part", "owner", "attempt")
_DUE = _due_statement()
_MARK = (
    update(MESSAGE)
    .where(MESSAGE.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=MessageState.SENDING.value, owner=bindparam("owner_"), attempt=MESSAGE.c.attempt + 1, leased_until=bindparam("until"))
    .returning(*(MESSAGE.c[name] for name in TAKEN))
)
_WAITING = select(ROBOT.c.channel).distinct().where(exists().where(MESSAGE.c.robot == ROBOT.c.key, text(OPEN)))
"""The channels on which anything waits at all: mostly none."""
_OWNERS = select(MESSAGE.c.owner).where(text(SENDING)).distinct()
_GONE = (
    select(MESSAGE.c.id, MESSAGE.c.owner, MESSAGE.c.attempt)
    .where(text(SENDING), MESSAGE.c.owner.in_(bindparam("gone", expanding=True)))
    .where(or_(MESSAGE.c.owner.in_(bindparam("dead", expanding=True)), MESSAGE.c.leased_until <= bindparam("now")))
    .with_for_update(skip_locked=True)
)

"""Sending budgets: what each robot or account may send now, who stopped it, and what it has sent."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, String, bindparam, case, cast, distinct, func, or_, select, update

from bot.domain.deliveries import Handed
from bot.store import conflict, tables

ROBOT = tables.of(tables.Robot)
_Moment = datetime | ColumnElement[datetime]

DELIVERY = tables.of(tables.Delivery)

SET_BACK = timedelta(minutes=1)
"""A penalty that begins later than this from now was written by a clock that has been set back since: it does not hold."""


@dataclass(frozen=True, slots=True)
class Robot:
    """A budget. `paused` until somebody resumes it, with the `reason`; `blocked_until` by the platform's penalty; `sent` in all."""

    key: str
    channel: str
    paused: bool
    reason: str
    blocked_until: datetime | None
    sent: int


class Robots:
    """Queries about robots."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ensure(self, key: str, channel: str) -> None:
        """Make it known; its state stays as it is if it was."""
        if self._connection.execute(_KNOWN, {"key_": key}).first() is None:
            self._connection.execute(conflict.insert_new(self._connection, ROBOT, ["key"]), _new(key, channel))

    def all(self) -> list[Robot]:
        """Every robot by key."""
        rows = self._connection.execute(select(ROBOT).order_by(ROBOT.c.key))
        return [Robot(row.key, row.channel, row.paused, row.reason, row.blocked_until, row.sent) for row in rows]

    def pause(self, key: str, reason: str) -> None:
        """Nothing more leaves through it until it is resumed; its messages wait."""
        self._connection.execute(update(ROBOT).where(ROBOT.c.key == key).values(paused=True, reason=reason[:300]))

    def resume(self, key: str) -> None:
        """It may send again, and a penalty is forgotten."""
        self._connection.execute(
            update(ROBOT).where(ROBOT.c.key == key).values(paused=False, reason="", blocked_at=None, blocked_until=None)
        )

    def block(self, key: str, now: datetime, until: datetime) -> None:
        """The platform's penalty: from `now` nothing leaves before `until`. The later of two penalties holds."""
        over = or_(ROBOT.c.blocked_until.is_(None), ROBOT.c.blocked_until < until, ROBOT.c.blocked_at > now + SET_BACK)
        self._connection.execute(update(ROBOT).where(ROBOT.c.key == key, over).values(blocked_at=now, blocked_until=until))

    def count_sent(self, sent: Mapping[str, int]) -> None:
        """Add to what each of them has sent."""
        if sent:
            self._connection.execute(_COUNT, [{"of": key, "more": sent[key]} for key in sorted(sent)])

    def calls(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """Calls by channel in (since, until]: what a monthly quota is counted by (PROMISES B13).

        Messages that shared a call have the platform's id in common. What the platform held back or never got is not counted.
        """
        spent = select(func.count(distinct(_CALL))).where(attempted(ROBOT.c.key, since, until), DELIVERY.c.outcome.not_in(_FREE))
        found = self._connection.execute(select(ROBOT.c.channel, spent.scalar_subquery()))
        calls: Counter[str] = Counter()
        for channel, count in found:
            calls[channel] += count
        return +calls


def attempted(robot: ColumnElement[str], since: _Moment, until: _Moment) -> ColumnElement[bool]:
    """The condition on table `delivery`: attempts of the robot in (since, until]."""
    return (DELIVERY.c.robot == robot) & (DELIVERY.c.at > since) & (DELIVERY.c.at <= until)


def _new(key: str, channel: str) -> dict[str, object]:
    return {"key": key, "channel": channel, "paused": False, "reason": "", "blocked_at": None, "blocked_until": None, "sent": 0}


_CALL = case((DELIVERY.c.platform_id == "", cast(DELIVERY.c.id, String)), else_=DELIVERY.c.platform_id)
_FREE = (Handed.THROTTLED.value, Handed.TRANSIENT.value)
_KNOWN = select(ROBOT.c.key).where(ROBOT.c.key == bindparam("key_"))
_COUNT = update(ROBOT).where(ROBOT.c.key == bindparam("of")).values(sent=ROBOT.c.sent + bindparam("more"))

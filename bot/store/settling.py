"""Attempts as they ended: one fact each, and the state of the message that follows from it.

The fact is written whoever reports it; the state moves only if the message is still his who reports (same owner, same attempt), so that
somebody who comes late changes nothing. What an administrator has to know becomes a fact of the audit chain in the same transaction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, null, select, text, update

from bot.domain import deliveries
from bot.domain.deliveries import Handed, InDoubt, Outcome, Standing, Verdict
from bot.domain.words import MessageState
from bot.store import chain, routes, tables
from bot.store.audit import Audit
from bot.store.people import People
from bot.store.robots import Robots
from bot.store.tables.columns import storable
from bot.store.tables.outbox import SENDING

MESSAGE = tables.of(tables.Message)
DELIVERY = tables.of(tables.Delivery)


@dataclass(frozen=True, slots=True)
class Alert:
    """What an administrator has to know. `act` is its word in the audit, `about` the thing: `robot:mail`, `person:7`, `message:12`."""

    act: str
    about: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Settled:
    """How many messages each state has gained, and what an administrator has to know."""

    sent: int = 0
    retried: int = 0
    unknown: int = 0
    dead: int = 0
    alerts: tuple[Alert, ...] = ()


class Settling:
    """One group of outcomes on its way into the database. `channels` are those a message with a dead address may move to."""

    def __init__(self, connection: Connection, now: datetime, policies: Mapping[str, InDoubt], channels: Iterable[str]) -> None:
        self._connection, self._now = connection, now
        self._policies, self._channels = policies, frozenset(channels)
        self._alerts: list[Alert] = []
        self._states: Counter[MessageState] = Counter()

    def settle(self, outcomes: Sequence[Outcome]) -> Settled:
        """Write every fact, move every message that is still the reporter's."""
        rows = self._rows(outcomes)
        self._record([outcome for outcome in outcomes if outcome.handed is not Handed.BACK], rows)
        mine = [(outcome, rows[outcome.message_id]) for outcome in outcomes if _is_his(outcome, rows[outcome.message_id])]
        self._finish([row.id for outcome, row in mine if outcome.handed is Handed.SENT and row.part >= row.parts])
        self._move([(outcome, row) for outcome, row in mine if outcome.handed is not Handed.SENT or row.part < row.parts])
        Robots(self._connection).count_sent(Counter(row.robot for outcome, row in mine if outcome.handed is Handed.SENT))
        self._audit()
        states = self._states
        moved = states[MessageState.PENDING] + states[MessageState.RETRY]
        return Settled(states[MessageState.SENT], moved, states[MessageState.UNKNOWN], states[MessageState.DEAD], tuple(self._alerts))

    def _rows(self, outcomes: Sequence[Outcome]) -> dict[int, Row[Any]]:
        rows = self._connection.execute(_HELD, {"ids": [outcome.message_id for outcome in outcomes]})
        return {row.id: row for row in rows}

    def _record(self, outcomes: Sequence[Outcome], rows: Mapping[int, Row[Any]]) -> None:
        facts = [_fact(outcome, rows[outcome.message_id]) for outcome in outcomes]
        chain.append(self._connection, DELIVERY, facts)

    def _finish(self, ids: Sequence[int]) -> None:
        if ids:
            self._connection.execute(_SENT, {"ids": ids, "at": self._now})
            self._states[MessageState.SENT] += len(ids)

    def _move(self, held: Sequence[tuple[Outcome, Row[Any]]]) -> None:
        if held:
            self._connection.execute(_MOVE, [self._moved(outcome, row) for outcome, row in held])

    def _moved(self, outcome: Outcome, row: Row[Any]) -> dict[str, object]:
        standing = Standing(row.id, row.not_before, row.failures, row.doubts, row.part, row.parts)
        verdict = deliveries.judge(outcome, standing, self._policies.get(row.channel, InDoubt.RESEND), self._now)
        route = routes.Route(row.channel, row.address, row.robot)
        if outcome.handed is Handed.ADDRESS_BAD:
            verdict, route = self._redirected(outcome, row, verdict)
        self._consequences(outcome, row, verdict)
        self._states[verdict.state] += 1
        return _new_row(outcome, verdict, route)

    def _redirected(self, outcome: Outcome, row: Row[Any], verdict: Verdict) -> tuple[Verdict, routes.Route]:
        """The whole message again to the next good address of the person, if there is one."""
        People(self._connection).mark_bad(row.channel, row.address, outcome.at, _reason(outcome))
        self._alert("address.bad", f"person:{row.person_id}", outcome)
        route = routes.best(self._connection, row.person_id, self._channels) if row.person_id is not None else None
        if route is None or (route.channel, route.address) == (row.channel, row.address):
            return verdict, routes.Route(row.channel, row.address, row.robot)
        Robots(self._connection).ensure(route.robot, route.channel)
        return Verdict(MessageState.PENDING, verdict.not_before, 0, verdict.doubts, 1, thaw=True), route

    def _consequences(self, outcome: Outcome, row: Row[Any], verdict: Verdict) -> None:
        robots = Robots(self._connection)
        if outcome.handed is Handed.THROTTLED:
            rest = deliveries.block(outcome.retry_after)
            robots.block(row.robot, self._now, self._now + rest)
            if rest > deliveries.LONGEST_WAIT:
                self._alert("robot.blocked", f"robot:{row.robot}", outcome)
        if outcome.handed is Handed.CREDENTIAL_BAD:
            robots.pause(row.robot, _reason(outcome))
            self._alert("robot.paused", f"robot:{row.robot}", outcome)
        if verdict.state is MessageState.DEAD:
            self._alert("message.dead", f"message:{row.id}", outcome)
        if verdict.state is MessageState.UNKNOWN:
            self._alert("message.unknown", f"message:{row.id}", outcome)

    def _alert(self, act: str, about: str, outcome: Outcome) -> None:
        alert = Alert(act, about, _short(outcome.code, 60), _short(outcome.detail, 300))
        if alert not in self._alerts:
            self._alerts.append(alert)

    def _audit(self) -> None:
        audit = Audit(self._connection)
        for alert in self._alerts:
            audit.write("system", alert.act, self._now, about=alert.about, after={"code": alert.code, "detail": alert.detail})


def _is_his(outcome: Outcome, row: Row[Any]) -> bool:
    return bool(row.state == MessageState.SENDING and row.owner == outcome.owner and row.attempt == outcome.attempt)


def _fact(outcome: Outcome, row: Row[Any]) -> dict[str, object]:
    return {
        "message_id": outcome.message_id,
        "robot": row.robot,
        "attempt": outcome.attempt,
        "part": row.part,
        "at": outcome.at,
        "outcome": outcome.handed.value,
        "code": _short(outcome.code, 60),
        "detail": _short(outcome.detail, 300),
        "platform_id": _short(outcome.platform_id, 120),
    }


def _new_row(outcome: Outcome, verdict: Verdict, route: routes.Route) -> dict[str, object]:
    return {
        "of": outcome.message_id,
        "state_": verdict.state.value,
        "at": verdict.not_before,
        "failures_": verdict.failures,
        "doubts_": verdict.doubts,
        "part_": verdict.part,
        "thaw": verdict.thaw,
        "channel_": route.channel,
        "address_": route.address,
        "robot_": route.robot,
        "code": "" if outcome.handed is Handed.BACK else _short(outcome.code or outcome.handed.value, 60),
        "detail": _short(outcome.detail, 300),
    }


def _reason(outcome: Outcome) -> str:
    """Why an account or an address is not used any more."""
    return _short(f"{outcome.code} {outcome.detail}".strip(), 300)


def _short(words: str, longest: int) -> str:
    """What a platform said, cut to the column."""
    return storable(words)[:longest]


_AMONG = MESSAGE.c.id.in_(bindparam("ids", expanding=True))
_FREE: dict[str, Any] = {"owner": "", "leased_until": null()}
_COLUMNS = "id state owner attempt robot channel address person_id not_before failures doubts part parts"
_HELD = select(*(MESSAGE.c[name] for name in _COLUMNS.split(" "))).where(_AMONG).order_by(MESSAGE.c.id).with_for_update()
_SENT = update(MESSAGE).where(_AMONG).values(state=MessageState.SENT.value, sent_at=bindparam("at"), last_code="", last_detail="", **_FREE)
_MOVE = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("of"), text(SENDING))
    .values(
        state=bindparam("state_"),
        not_before=bindparam("at"),
        failures=bindparam("failures_"),
        doubts=bindparam("doubts_"),
        part=bindparam("part_"),
        rendered=case((bindparam("thaw"), null()), else_=MESSAGE.c.rendered),
        channel=bindparam("channel_"),
        address=bindparam("address_"),
        robot=bindparam("robot_"),
        last_code=bindparam("code"),
        last_detail=bindparam("detail"),
        **_FREE,
    )
)

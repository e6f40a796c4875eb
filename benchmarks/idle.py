"""P4: a tick at which nothing is due, with years of history behind it and without."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from datetime import time as hour
from pathlib import Path

from sqlalchemy import Connection

from benchmarks import delivery, office
from benchmarks.figure import Figure, Measure
from bot import rehearse
from bot.render import Renderer
from bot.store import Store, tables
from jobs import bulletin, deliver, due, listen, remind

QUARTERS = 20
TICKS = 15
QUIET = timedelta(hours=3)
"""After the messages of the day have gone, before anything else is due."""


def prepare(units: int, folder: Path) -> None:
    """The office after its first notice, with five years of closed quarters behind it and without."""
    office.fill(folder / "fresh.db", units)
    store = office.open_store(folder / "fresh.db")
    remind.run(office.NOW, store, {office.CHANNEL}, office.CALENDAR)
    _deliver(store, office.NOW + timedelta(hours=2))
    store.close()
    store = office.copy(folder / "fresh.db", folder / "history.db")
    for quarter in range(QUARTERS):
        with store.begin() as tx:
            _past(tx.connection, quarter, units)
    store.close()


def fresh(_units: int, folder: Path) -> dict[str, float]:
    """Without history."""
    return _ticks(folder / "fresh.db")


def history(_units: int, folder: Path) -> dict[str, float]:
    """With it."""
    return _ticks(folder / "history.db")


def _ticks(path: Path) -> dict[str, float]:
    store = office.open_store(path)
    renderer, taken = Renderer(), []
    for number in range(TICKS):
        now = office.NOW + QUIET + timedelta(seconds=20 * number)
        began = time.perf_counter()
        due.run(now, store, office.CALENDAR)
        remind.run(now, store, {office.CHANNEL}, office.CALENDAR)
        _deliver(store, now)
        listen.run(now, store, {office.CHANNEL}, office.CALENDAR)
        bulletin.run(now, store, office.CALENDAR, rehearse.circular(renderer))
        taken.append(time.perf_counter() - began)
    store.close()
    return {"ms": statistics.median(taken) * 1000}


def _deliver(store: Store, now: object) -> None:
    clock = office.Clock(now)  # type: ignore[arg-type]
    asyncio.run(deliver.run(clock, store, {office.CHANNEL: delivery.Instant()}, Renderer().render))


def _past(connection: Connection, quarter: int, units: int) -> None:
    """One closed quarter: everybody reported after one reminder, which was sent; its circular is drafted."""
    period_id, at = 1000 + quarter, office.NOW - timedelta(days=91 * (QUARTERS - quarter))
    day, first = at.date(), 10_000_000 + quarter * units
    connection.execute(tables.of(tables.Period).insert(), _period(period_id, day, quarter))
    step = {"id": period_id, "period_id": period_id, "rung": "T-5", "role": "primary", "kind": "reminder", "fires_at": at}
    laid = {"task_id": None, "last_day": False, "release": "auto", "released_at": None, "planned_at": at, "outcome": "planned"}
    connection.execute(tables.of(tables.Step).insert(), step | laid)
    office.load(connection, tables.of(tables.Task), (_task(first + n, period_id, n, at) for n in range(1, units + 1)))
    office.load(connection, tables.of(tables.Message), (_message(first + n, n, at) for n in range(1, units + 1)))
    office.load(connection, tables.of(tables.Reminder), (_reminder(first + n, n, period_id, at) for n in range(1, units + 1)))
    office.load(connection, tables.of(tables.Delivery), _deliveries(first, units, at))
    edition = {"period_id": period_id, "edition": 1, "as_of": at, "figures": {}, "text": "", "hash": ""}
    connection.execute(tables.of(tables.Bulletin).insert(), edition)


def _period(period_id: int, day: date, quarter: int) -> dict[str, object]:
    ends = office.NOW - timedelta(days=91 * (QUARTERS - quarter) - 1)
    days = {"nominal": day, "target": day, "limit_day": day, "hour": hour(17), "shift": "earlier", "provisional": False}
    return {
        "id": period_id,
        "obligation_id": 1,
        "name": f"past{quarter}",
        "due_at": ends,
        "limit_at": ends,
        "version": 1,
        "revision": 9,
    } | days


def _task(task_id: int, period_id: int, unit: int, at: object) -> dict[str, object]:
    state = {"status": "reported", "closed": True, "reported_at": at, "promised_on": None, "quiet_until": None, "extended_to": None}
    of = {"id": task_id, "period_id": period_id, "obligation_id": 1, "unit_id": unit}
    return of | state | {"disputed": False, "asked_for": None, "own_steps": False}


def _message(message_id: int, person: int, at: object) -> dict[str, object]:
    to = {
        "id": message_id,
        "kind": "reminder",
        "person_id": person,
        "channel": office.CHANNEL,
        "address": "robot1",
        "robot": office.CHANNEL,
    }
    sent = {"state": "sent", "priority": 5, "not_before": at, "created_at": at, "sent_at": at, "dedupe": f"past:{message_id}"}
    words = {"thread": "", "reason": "T-5 ×1", "view": {}, "rendered": {"parts": [], "said": []}, "part": 1, "parts": 1, "reply_to": None}
    return (
        to
        | sent
        | words
        | {"attempt": 1, "failures": 0, "doubts": 0, "owner": "", "leased_until": None, "last_code": "", "last_detail": ""}
    )


def _reminder(number: int, person: int, step: int, at: object) -> dict[str, object]:
    of = {"task_id": number, "rung": "T-5", "person_id": person, "step_id": step}
    return of | {"planned_at": at, "message_id": number, "dropped": ""}


def _deliveries(first: int, units: int, at: object) -> Iterator[dict[str, object]]:
    for n in range(1, units + 1):
        of = {"id": first + n, "message_id": first + n, "robot": office.CHANNEL, "attempt": 1, "part": 1, "at": at}
        yield of | {"outcome": "sent", "code": "0", "detail": "", "platform_id": "", "prev_hash": "", "hash": ""}


FIGURE = Figure(
    id="P4",
    what="a tick when nothing is due, {size} units",
    module="idle",
    variants=("history", "fresh"),
    measures=(
        Measure("20 quarters of history against none", "history.ms", "ms", "fresh.ms", must=1.5, aim=1.1, at_most=True),
        Measure("the tick itself", "history.ms", "ms"),
    ),
    size=3_000,
    quick=500,
    full=10_000,
    prepare="prepare",
)

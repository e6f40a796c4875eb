"""P6: claim and settle in batches, against the bare SQL of these two statements."""

import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from benchmarks import office
from benchmarks.figure import Figure, Measure
from benchmarks.process import Broken
from bot.domain.deliveries import Handed, Outcome
from bot.store import Store, tables

BATCH = 50
LEASE = timedelta(minutes=10)
BUDGETS = {office.CHANNEL: 0}
CLAIM = (
    "UPDATE message SET state = 'sending', owner = ?, attempt = attempt + 1, leased_until = ? WHERE id IN (SELECT id FROM message"
    " WHERE robot = ? AND state IN ('pending','retry') AND not_before <= ? ORDER BY priority, not_before, id LIMIT ?) RETURNING *"
)
SETTLE = "UPDATE message SET state = 'sent', sent_at = ?, owner = '', leased_until = NULL WHERE id = ? AND state = 'sending'"


def prepare(messages: int, folder: Path) -> None:
    """Messages that wait, spread over many robots, and the same through one account."""
    office.fill(folder / "office.db", 1)
    store = office.copy(folder / "office.db", folder / "robots.db")
    with store.begin() as tx:
        office.letters(tx.connection, messages, office.view())
    store.close()
    store = office.copy(folder / "robots.db", folder / "account.db")
    message = tables.of(tables.Message)
    with store.begin() as tx:
        tx.connection.execute(update(message).values(robot=f"{office.CHANNEL}:robot0"))
    store.close()


def account(messages: int, folder: Path) -> dict[str, float]:
    """Ours, all messages through one account."""
    return _ours(office.copy(folder / "account.db", folder / "ours.db"), messages)


def robots(messages: int, folder: Path) -> dict[str, float]:
    """Ours, fair between many robots."""
    return _ours(office.copy(folder / "robots.db", folder / "ours.db"), messages)


def bare(messages: int, folder: Path) -> dict[str, float]:
    """The two statements, each in a transaction flushed to disk, without a layer between."""
    office.copy(folder / "account.db", folder / "bare.db").close()
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    now, until = _text(office.NOW), _text(office.NOW + LEASE)
    began = time.perf_counter()
    while rows := _claim(connection, ("me", until, f"{office.CHANNEL}:robot0", now, BATCH)):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(SETTLE, [(now, row[0]) for row in rows])
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return {"rate": messages / seconds}


def _claim(connection: sqlite3.Connection, values: tuple[object, ...]) -> list[tuple[object, ...]]:
    connection.execute("BEGIN IMMEDIATE")
    rows = connection.execute(CLAIM, values).fetchall()
    connection.execute("COMMIT")
    return rows


def _ours(store: Store, messages: int) -> dict[str, float]:
    settled, owner = 0, store.owner.name
    began = time.perf_counter()
    while True:
        with store.begin() as tx:
            claimed = tx.outbox.claim(office.NOW, owner, LEASE, BUDGETS, BATCH)
        if not claimed:
            break
        outcomes = [Outcome(one.id, owner, one.attempt, office.NOW, Handed.SENT, "0", "") for one in claimed]
        with store.begin() as tx:
            settled += tx.outbox.settle(outcomes, office.NOW).sent
    seconds = time.perf_counter() - began
    store.close()
    if settled != messages:
        raise Broken(f"{settled} settled of {messages}")
    return {"rate": messages / seconds}


def _text(at: object) -> str:
    return str(at)[:19] + ".000000"


FIGURE = Figure(
    id="P6",
    what="claim and settle 50 at a time",
    module="claims",
    variants=("account", "robots", "bare"),
    measures=(
        Measure("one account", "account.rate", "rows/s", "bare.rate", must=0.3, aim=0.6),
        Measure("200 robots in turn", "robots.rate", "rows/s", "bare.rate", must=0.3, aim=0.6),
    ),
    size=3_000,
    quick=500,
    full=10_000,
    prepare="prepare",
)

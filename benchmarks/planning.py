"""P2 and P3: from steps that are due to reminders and messages, for many units in one tick; replies land meanwhile."""

import threading
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, event, insert, select, update
from sqlalchemy.exc import OperationalError

from benchmarks import office
from benchmarks.figure import Figure, Measure
from benchmarks.process import Broken
from bot.domain.status import Event, EventKind
from bot.store import Store, tables
from jobs import remind

PAUSE = 0.005
"""Seconds between two replies."""


def prepare(units: int, folder: Path) -> None:
    """Two databases: one before the tick, one after it."""
    office.fill(folder / "before.db", units)
    store = office.copy(folder / "before.db", folder / "after.db")
    _tick(store, units)
    store.close()


def ours(units: int, folder: Path) -> dict[str, float]:
    """One tick: reminders and the messages that carry them."""
    store = office.copy(folder / "before.db", folder / "ours.db")
    seconds = _tick(store, units)
    store.close()
    return {"seconds": seconds, "rate": units / seconds}


def core(units: int, folder: Path) -> dict[str, float]:
    """The bare limit: the same rows, read from where they were planned, by SQLAlchemy Core in bulk and one transaction."""
    names = ("reminder", "message")
    store = office.open_store(folder / "after.db")
    with store.read() as tx:
        rows = {name: [dict(row._mapping) for row in tx.connection.execute(select(tables.METADATA.tables[name]))] for name in names}
    store.close()
    office.copy(folder / "before.db", folder / "core.db").close()
    engine = create_engine(f"sqlite:///{folder / 'core.db'}")
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=FULL"))
    began = time.perf_counter()
    with engine.begin() as connection:
        for name in names:
            connection.execute(insert(tables.METADATA.tables[name]), rows[name])
    seconds = time.perf_counter() - began
    engine.dispose()
    return {"seconds": seconds, "rate": units / seconds}


def replies(units: int, folder: Path) -> dict[str, float]:
    """The same tick while another thread records answers, one every few milliseconds."""
    store = office.copy(folder / "before.db", folder / "replies.db")
    replying = _Replies(store, units)
    replying.start()
    _tick(store, 0)
    replying.stop()
    store.close()
    waits = sorted(replying.waits) or [0.0]
    return {"locked": replying.locked, "replies": len(replying.waits), "p99_ms": waits[int(len(waits) * 0.99)] * 1000}


def again(units: int, folder: Path) -> dict[str, float]:
    """The next tick, nothing having changed."""
    store = office.copy(folder / "after.db", folder / "again.db")
    seconds = _time(store)
    store.close()
    return {"seconds": seconds}


def replanned(units: int, folder: Path) -> dict[str, float]:
    """The tick after a crash that left the step open: every reminder is planned again and found to be there."""
    store = office.copy(folder / "after.db", folder / "replanned.db")
    step = tables.of(tables.Step)
    with store.begin() as tx:
        tx.connection.execute(update(step).where(step.c.outcome == "planned").values(planned_at=None, outcome=""))
    seconds = _time(store)
    store.close()
    return {"seconds": seconds}


def _time(store: Store) -> float:
    began = time.perf_counter()
    made = remind.run(office.NOW, store, {office.CHANNEL}, office.CALENDAR)
    if made.planned:
        raise Broken(f"{made.planned} reminders planned twice")
    return time.perf_counter() - began


def _tick(store: Store, wanted: int) -> float:
    began = time.perf_counter()
    made = remind.run(office.NOW, store, {office.CHANNEL}, office.CALENDAR)
    if made.planned < wanted or made.messages < wanted:
        raise Broken(f"{made.planned} reminders and {made.messages} messages of {wanted}")
    return time.perf_counter() - began


class _Replies(threading.Thread):
    """Records an answer to one task after another; `waits` are the seconds from the wish to the commit."""

    def __init__(self, store: Store, units: int) -> None:
        super().__init__()
        self._store, self._units = store, units
        self._over = threading.Event()
        self.waits: list[float] = []
        self.locked = 0

    def run(self) -> None:
        number = 0
        while not self._over.wait(PAUSE):
            number = number % self._units + 1
            self._reply(number)

    def _reply(self, task_id: int) -> None:
        fact = Event(EventKind.IN_PROGRESS, office.NOW - timedelta(minutes=1), "person:1")
        began = time.perf_counter()
        try:
            with self._store.begin() as tx:
                tx.tasks.append(task_id, fact)
        except OperationalError:
            self.locked += 1
        self.waits.append(time.perf_counter() - began)

    def stop(self) -> None:
        self._over.set()
        self.join()


FIGURES = (
    Figure(
        id="P2",
        what="planning {size} reminders and their messages in one tick",
        module="planning",
        variants=("ours", "core", "replies"),
        measures=(
            Measure("against Core bulk insert of the same rows", "ours.rate", "reminders/s", "core.rate", must=0.8, aim=2.0),
            Measure("replies refused as locked", "replies.locked", "replies", must=0, aim=0, at_most=True),
            Measure("commit of a reply meanwhile, p99", "replies.p99_ms", "ms", must=100, at_most=True),
        ),
        size=30_000,
        quick=2_000,
        full=100_000,
        prepare="prepare",
    ),
    Figure(
        id="P3",
        what="planning again",
        module="planning",
        variants=("ours", "again", "replanned"),
        measures=(
            Measure("nothing changed", "ours.seconds", "s", "again.seconds", must=5, aim=10),
            Measure("after a crash, all reminders there", "ours.seconds", "s", "replanned.seconds", must=5, aim=10),
        ),
        size=30_000,
        quick=2_000,
        full=100_000,
        prepare="prepare",
    ),
)

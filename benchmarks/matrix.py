"""P10: the matrix page of many units with years of history, through the whole application, against the one indexed query for its cells."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import select

from benchmarks import idle, office
from benchmarks.figure import Figure, Measure
from benchmarks.process import Broken
from bot.desk import doorway, progress
from bot.desk.desk import Desk
from bot.desk.seal import Seal
from bot.domain.secret import Secret
from bot.domain.windows import DEFAULT
from bot.render import Renderer
from bot.store import Store, tables
from bot.store.sessions import Client, Life
from bot.web import app

QUARTERS, PAGES, WARM = 24, 40, 5
SECRET = b"s" * 32


@dataclass(frozen=True, slots=True)
class House:
    """As much of a house as the matrix needs."""

    desk: Desk
    secret: bytes = SECRET
    secure_cookies: bool = False
    mode: str = "live"

    def now(self) -> datetime:
        """The clock of the office."""
        return office.NOW


def prepare(units: int, folder: Path) -> None:
    """The office with six years of closed quarters: as many periods as one view shows, and the running one."""
    office.fill(folder / "office.db", units)
    store = office.open_store(folder / "office.db")
    for quarter in range(QUARTERS):
        with store.begin() as tx:
            idle._past(tx.connection, quarter - QUARTERS + idle.QUARTERS, units)
    store.close()


def page(_units: int, folder: Path) -> dict[str, float]:
    """The page as a browser asks for it, up to its last byte."""
    store = office.open_store(folder / "office.db")
    found = asyncio.run(_asked(store))
    store.close()
    return found


def query(_units: int, folder: Path) -> dict[str, float]:
    """The cells of the rows that are seen, by the index."""
    store, task = office.open_store(folder / "office.db"), tables.of(tables.Task)
    period = tables.of(tables.Period)
    taken = []
    with store.read() as tx:
        periods = list(tx.connection.execute(select(period.c.id).order_by(period.c.nominal.desc()).limit(progress.COLUMNS)).scalars())
    cells = select(task).where(task.c.period_id.in_(periods), task.c.unit_id <= progress.ROWS)
    for _ in range(PAGES):
        began = time.perf_counter()
        with store.read() as tx:
            tx.connection.execute(cells).all()
        taken.append(time.perf_counter() - began)
    store.close()
    return {"ms": statistics.median(taken) * 1000}


async def _asked(store: Store) -> dict[str, float]:
    desk = _desk(store)
    cookie = f"cuibao={doorway.by_link(desk, Client())}"
    transport = httpx.ASGITransport(app.build(House(desk)))  # type: ignore[arg-type]
    taken, size = [], 0
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers={"cookie": cookie}) as client:
        for _ in range(PAGES + WARM):
            began = time.perf_counter()
            answer = await client.get("/progress")
            taken.append(time.perf_counter() - began)
            size = int(answer.headers["content-length"])
            if answer.status_code != 200:
                raise Broken(str(answer.status_code))
    return {"ms": sorted(taken[WARM:])[int(PAGES * 0.95)] * 1000, "kb": size / 1024}


def _desk(store: Store) -> Desk:
    def now() -> datetime:
        return office.NOW

    life = Life(timedelta(hours=2), timedelta(hours=12))
    channels = frozenset({office.CHANNEL})
    seal = Seal(Secret(SECRET.decode()))
    return Desk(store, now, now, lambda: office.CALENDAR, Renderer(), seal, channels, DEFAULT, life, rehearsing=False)


FIGURE = Figure(
    id="P10",
    what="the matrix page, 24 periods and the history",
    module="matrix",
    variants=("page", "query"),
    measures=(
        Measure("p95 against the indexed query of its cells", "page.ms", "ms", "query.ms", must=25, aim=10, at_most=True),
        Measure("sent, compressed", "page.kb", "KB", must=40, at_most=True),
    ),
    size=3_000,
    quick=300,
    prepare="prepare",
)

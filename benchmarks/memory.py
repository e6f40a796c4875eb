"""P13: what delivering very many messages adds to the memory of the process that does it."""

import asyncio
from datetime import timedelta
from pathlib import Path

from benchmarks import delivery, office, process
from benchmarks.figure import Figure, Measure
from bot.render import Renderer
from jobs import deliver

BEFORE = 200
"""Messages after which everything is loaded and warm."""


def prepare(messages: int, folder: Path) -> None:
    """So many messages that wait."""
    office.fill(folder / "office.db", 1)
    for name, count in (("warm", BEFORE), ("waiting", messages)):
        store = office.copy(folder / "office.db", folder / f"{name}.db")
        with store.begin() as tx:
            office.letters(tx.connection, count, office.view())
        store.close()


def ours(_messages: int, folder: Path) -> dict[str, float]:
    """Deliver a few, read the memory, deliver the rest, read again."""
    _deliver(folder, "warm")
    before = process.resident()
    _deliver(folder, "waiting")
    return {"added_mb": process.resident(what="VmHWM") - before}


def _deliver(folder: Path, name: str) -> None:
    store = office.copy(folder / f"{name}.db", folder / f"{name}-ours.db")
    clock = office.Clock(office.NOW + timedelta(hours=2))
    asyncio.run(deliver.run(clock, store, {office.CHANNEL: delivery.Instant()}, Renderer().render))
    store.close()


FIGURE = Figure(
    id="P13",
    what="memory added by delivering",
    module="memory",
    variants=("ours",),
    measures=(Measure("{size} messages", "ours.added_mb", "MB", must=60, at_most=True),),
    size=10_000,
    quick=500,
    full=100_000,
    prepare="prepare",
)

"""The circular of one period over any number of units (P14)."""

import time
from datetime import timedelta
from pathlib import Path

from benchmarks import office
from bot import rehearse
from bot.render import Renderer
from jobs import bulletin


def drafted(_units: int, folder: Path) -> dict[str, float]:
    """Seconds to draft it: read every task, judge, count, put into words, keep."""
    store = office.copy(folder / "before.db", folder / "drafted.db")
    text, now = rehearse.circular(Renderer()), office.NOW + timedelta(days=40)
    began = time.perf_counter()
    bulletin.draft(now, store, office.CALENDAR, text, 1)
    seconds = time.perf_counter() - began
    store.close()
    return {"seconds": seconds}

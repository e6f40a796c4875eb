"""P11: a whole rehearsal: the sample's 70 units, two years of quarters, stand-in contacts who answer."""

import time
from datetime import date, timedelta
from datetime import time as hour
from pathlib import Path

from benchmarks.figure import Figure, Measure
from bot.domain import times, windows
from bot.render import Renderer
from bot.wiring import playing

BEGINS = date(2018, 8, 27)
QUARTER = timedelta(days=92)


def ours(quarters: int, _folder: Path) -> dict[str, float]:
    """From the notice to the circular of the last quarter."""
    sample = playing.sample_play()
    ends = date(2018, 11, 30) + QUARTER * (quarters - 1)
    with playing.temporary_store() as store:
        playing.prepare(store, playing.Play(sample.raw, sample.name, BEGINS, ends))
        start = times.instant(BEGINS, hour(0))
        rehearsal = playing.open_rehearsal(store, Renderer(), windows.DEFAULT, start=start, until=ends, seed=2018)
        began, worked = time.perf_counter(), time.process_time()
        rehearsal.to_end()
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
        sent = rehearsal.sent()
        rehearsal.close()
    return {"seconds": seconds, "cpu": cpu, "sent": sent}


FIGURE = Figure(
    id="P11",
    what="rehearsal of 70 units, {size} quarters",
    module="rehearsal",
    variants=("ours",),
    measures=(
        Measure("", "ours.seconds", "s", must=10, aim=2, at_most=True),
        Measure("processor time", "ours.cpu", "s"),
        Measure("messages sent in it", "ours.sent", "messages"),
    ),
    size=8,
    quick=1,
)

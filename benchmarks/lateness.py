"""P5: many reminders due at one instant: how late each is claimed from the schedule, that is, durably in the outbox as a message.

That is what a scheduler does when it fires a job, and where it drops or delays them: the figure of others is the time until a job begins.
What follows is paced by the platforms, twenty a minute for a robot: so delivery takes and words messages in small groups just before it
sends them, which keeps what a crash leaves in doubt small and lets the last look be the last. How long that takes where the platform
answers at once is shown beside it.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from benchmarks import delivery, office
from benchmarks.figure import Figure, Measure
from bot.domain.messages import Rendered
from bot.domain.words import MessageKind
from bot.render import Renderer
from jobs import deliver, remind


def prepare(reminders: int, folder: Path) -> None:
    """An office in which the step is due and nothing is planned."""
    office.fill(folder / "office.db", reminders)


def ours(reminders: int, folder: Path) -> dict[str, float]:
    """Claimed by one tick that begins at the instant, then delivered; the platform answers at once."""
    store = office.copy(folder / "office.db", folder / "ours.db")
    renderer, worded = Renderer(), []

    def render(kind: MessageKind, view: Mapping[str, object], *, max_bytes: int, format: str, channel: str) -> list[Rendered]:
        worded.append(time.perf_counter())
        return renderer.render(kind, view, max_bytes=max_bytes, format=format, channel=channel)

    began = time.perf_counter()
    remind.run(office.NOW, store, {office.CHANNEL}, office.CALENDAR)
    planned = time.perf_counter() - began
    clock = office.Clock(office.NOW + timedelta(hours=2))
    asyncio.run(deliver.run(clock, store, {office.CHANNEL: delivery.Instant()}, render))
    store.close()
    late = sorted(at - began for at in worded)
    return {"planned": planned, "p50": late[len(late) // 2], "p99": late[int(len(late) * 0.99)], "count": len(late)}


FIGURE = Figure(
    id="P5",
    what="{size} reminders due at one instant",
    module="lateness",
    variants=("ours",),
    measures=(
        Measure("the last one claimed after", "ours.planned", "s", must=1, aim=0.2, at_most=True),
        Measure("put into words to be sent at once, p50", "ours.p50", "s"),
        Measure("put into words to be sent at once, p99", "ours.p99", "s"),
    ),
    size=10_000,
    quick=500,
    prepare="prepare",
)

"""The metronome: name · seconds · function, and the only import of APScheduler.

A beat asks the database what is due; it carries nothing. So a late beat is never dropped (`misfire_grace_time=None`) and
several missed ones become one (`coalesce=True`). A beat that fails is logged and recorded, and the next one comes all the same.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.times import SHANGHAI

log = structlog.get_logger()
Record = Callable[[str, str], None]
"""Writes down that the beat of this name ran, and what went wrong (empty: nothing)."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A job that runs every `seconds`, in a thread, never twice at once."""

    name: str
    seconds: int
    run: Callable[[], object]


class Metronome:
    """Beats while it is started. `record` is called after every run, in the thread of the run."""

    def __init__(self, beats: Sequence[Beat], record: Record) -> None:
        self._beats, self._record = beats, record
        self._scheduler = AsyncIOScheduler(timezone=SHANGHAI)
        self._turns = {beat.name: asyncio.Lock() for beat in beats}

    async def start(self) -> None:
        """Run every beat once now, in order, then keep time."""
        for beat in self._beats:
            await self.strike(beat.name)
            self._scheduler.add_job(
                self.strike,
                IntervalTrigger(seconds=beat.seconds),
                [beat.name],
                name=beat.name,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.start()

    async def strike(self, name: str) -> None:
        """Run one beat now; a second strike waits for the first."""
        beat = next(beat for beat in self._beats if beat.name == name)
        async with self._turns[name]:
            await asyncio.to_thread(self._once, beat)

    def stop(self) -> None:
        """No more beats; what runs is finished by its own thread."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _once(self, beat: Beat) -> None:
        try:
            beat.run()
        except Exception as trouble:  # one of two broad excepts of the house: a beat that fails must not stop the others
            log.exception("beat_failed", job=beat.name)
            self._record(beat.name, f"{type(trouble).__name__}: {trouble}")
        else:
            self._record(beat.name, "")

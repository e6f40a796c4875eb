"""The metronome: name · seconds · function, and the only import of APScheduler.

A beat asks the database what is due; it carries nothing. So a late beat is never dropped (`misfire_grace_time=None`) and
several missed ones become one (`coalesce=True`). A beat that fails is logged and recorded, and the next one comes all the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
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
        trouble = ""
        try:
            beat.run()
        except Exception as error:  # noqa: BLE001 - a job that fails must not stop the others
            trouble = _told(beat.name, error)
        _write_down(self._record, beat.name, trouble)


class Loop:
    """A job that runs again as soon as it is woken, or after its nap; a run that fails is recorded and the next one comes.

    `run` returns the seconds until something is known to be due.
    """

    def __init__(self, name: str, run: Callable[[], Awaitable[float]], record: Record, nap: float) -> None:
        self._name, self._run, self._record, self._nap = name, run, record, nap
        self._woken, self._stopped = asyncio.Event(), False

    def wake(self) -> None:
        """There is something to do. Call it in the loop's own thread."""
        self._woken.set()

    def stop(self) -> None:
        """End after the run that is under way."""
        self._stopped = True
        self._woken.set()

    async def keep_on(self) -> None:
        """Run until stopped."""
        while not self._stopped:
            self._woken.clear()
            nap = self._nap
            trouble = ""
            try:
                nap = min(max(await self._run(), 0.0), self._nap)
            except Exception as error:  # noqa: BLE001 - nor itself the next time
                trouble = _told(self._name, error)
            await asyncio.to_thread(_write_down, self._record, self._name, trouble)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), nap)


def _told(name: str, error: Exception) -> str:
    """Log what a run raised: a job that fails must not stop the others, nor itself the next time."""
    log.error("job_failed", job=name, exc_info=error)
    return f"{type(error).__name__}: {error}"


def _write_down(record: Record, name: str, trouble: str) -> None:
    """Record the run. If even that cannot be written, the log has it and the machine goes on."""
    try:
        record(name, trouble)
    except Exception as error:
        log.error("heartbeat_not_written", job=name, exc_info=error)

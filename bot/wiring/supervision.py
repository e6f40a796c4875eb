"""Keeps listeners listening: one process an account, a dead connection noticed, a bad credential not tried for ever.

A listener holds one connection; everything between two connections is here. Waits grow with each failure and are spread, so that
what failed together does not come back together. A connection that has been silent for too long is given up and opened anew,
because an end that has vanished never says so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.base import Clock
from bot.channels.listener import Bookmark, Listener, ListenFailed
from bot.domain import backoff
from bot.domain.inbound import Inbound
from bot.domain.words import FailureKind
from bot.store import Store
from bot.store.ears import EarState

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=60)
"""How long an account stays with a process that has died."""
RENEW: Final = LEASE / 3
NOTED: Final = timedelta(seconds=10)
"""Signs of life are written down at most this often."""
PATIENCE: Final = timedelta(minutes=5)
"""No wait between two connections is longer, unless the platform named one."""
LOOK: Final = 1.0
"""Seconds between two looks at the watch, the lease and a pause."""

Sleep = Callable[[float], Awaitable[None]]


class Supervisor:
    """Runs one listener until stopped. `rang` is called after something new was kept."""

    def __init__(self, listener: Listener, store: Store, clock: Clock, rang: Callable[[], None], sleep: Sleep = asyncio.sleep) -> None:
        self._listener, self._store, self._clock, self._rang, self._sleep = listener, store, clock, rang, sleep
        self._frame_at, self._noted_at, self._failures = clock(), datetime.min.replace(tzinfo=clock().tzinfo), 0
        self._leased_at: datetime | None = None

    async def keep_on(self) -> None:
        """Listen for ever; cancel it to stop. Faults of the database are waited out like those of the platform."""
        try:
            while True:
                try:
                    await self._sleep(await self._turn())
                except ListenFailed as failed:
                    await self._sleep(await self._failed(failed))
                except Exception as error:
                    log.error("listener_failed", listener=self._listener.key, exc_info=error)
                    await self._sleep(await self._failed(ListenFailed(FailureKind.TRANSIENT, type(error).__name__, "unexpected")))
        finally:
            await self._write(lambda: self._release())

    async def _turn(self) -> float:
        """One connection, if it is ours to hold; returns the seconds until the next look."""
        if not await asyncio.to_thread(self._may):
            return LOOK
        self._frame_at = self._clock()
        await self._note(EarState.OPEN, "")
        await self._watched(asyncio.ensure_future(self._listener.listen(_Desk(self))))
        await self._note(EarState.WAITING, "the platform ended the connection")
        return LOOK

    async def _watched(self, listening: "asyncio.Future[None]") -> None:
        """Wait for the end of the connection, and make one if it is silent or no longer ours."""
        try:
            while not (await asyncio.wait([listening], timeout=LOOK))[0]:
                self._require_signs_of_life()
                if self._clock() - (self._leased_at or self._clock()) >= RENEW and not await asyncio.to_thread(self._may):
                    raise ListenFailed(FailureKind.TRANSIENT, "lease_lost", "another process listens, or it was paused")
            await listening
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await listening

    def _require_signs_of_life(self) -> None:
        silent = self._clock() - self._frame_at
        if silent >= self._listener.silence:
            raise ListenFailed(FailureKind.TRANSIENT, "silent", f"no frame for {silent.total_seconds():.0f} s")

    async def _failed(self, failed: ListenFailed) -> float:
        """Write down why; returns the seconds until the next attempt."""
        log.warning("listener_down", listener=self._listener.key, kind=failed.kind.value, code=failed.code, detail=failed.detail)
        if failed.kind is FailureKind.CREDENTIAL_BAD:
            await self._write(lambda: self._pause(f"{failed.code} {failed.detail}".strip()))
            return LOOK
        self._failures += 1
        await self._note(EarState.WAITING, f"{failed.code} {failed.detail}".strip())
        wait = failed.retry_after or min(backoff.delay(self._failures, self._listener.key) / 30, PATIENCE)
        return wait.total_seconds()

    def heard(self) -> None:
        """A frame came: the connection lives, and what failed before is forgiven."""
        self._frame_at, self._failures = self._clock(), 0
        if self._frame_at - self._noted_at >= NOTED:
            self._noted_at = self._frame_at
            _ = asyncio.get_running_loop().run_in_executor(None, self._note_frame)

    async def keep(self, arrived: Sequence[Inbound], bookmark: Bookmark | None) -> None:
        """Store what came and how far was read, in one transaction."""
        if await asyncio.to_thread(self._keep, arrived, bookmark):
            self._rang()

    async def bookmark(self, place: str) -> str:
        """How far was read before."""
        return await asyncio.to_thread(self._bookmark, place)

    def _keep(self, arrived: Sequence[Inbound], bookmark: Bookmark | None) -> bool:
        with self._store.begin() as tx:
            kept = tx.inbox.keep_all(arrived, self._clock()) if arrived else []
            if bookmark is not None:
                tx.ears.mark(self._listener.key, bookmark.place, bookmark.value)
        return any(number is not None for number in kept)

    def _bookmark(self, place: str) -> str:
        with self._store.read() as tx:
            return tx.ears.bookmark(self._listener.key, place)

    def _may(self) -> bool:
        """Take or prolong the lease; False if it is another's, or an administrator has to look first."""
        now, listener = self._clock(), self._listener
        with self._store.begin() as tx:
            ear = tx.ears.get(listener.key)
            if ear is not None and ear.state is EarState.PAUSED:
                return False
            mine = tx.ears.lease(listener.key, listener.name, self._store.owner.name, now, now + LEASE)
        self._leased_at = now if mine else None
        return mine

    def _release(self) -> None:
        with self._store.begin() as tx:
            tx.ears.release(self._listener.key, self._store.owner.name)

    def _pause(self, reason: str) -> None:
        now, key = self._clock(), self._listener.key
        with self._store.begin() as tx:
            tx.ears.note(key, EarState.PAUSED, reason, now)
            tx.audit.write("system", "listener.paused", now, about=f"listener:{key}", after={"detail": reason})

    def _note_frame(self) -> None:
        with self._store.begin() as tx:
            tx.ears.frame(self._listener.key, self._frame_at)

    async def _note(self, state: EarState, detail: str) -> None:
        def write() -> None:
            with self._store.begin() as tx:
                tx.ears.note(self._listener.key, state, detail, self._clock())

        await self._write(write)

    async def _write(self, write: Callable[[], None]) -> None:
        """What is written here is for the eyes only: it must not end the listening."""
        try:
            await asyncio.to_thread(write)
        except Exception as error:
            log.error("listener_not_noted", listener=self._listener.key, exc_info=error)


class _Desk:
    """What the listener sees of its supervisor."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def frame(self) -> None:
        self._supervisor.heard()

    async def keep(self, arrived: Sequence[Inbound], bookmark: Bookmark | None = None) -> None:
        self._supervisor.heard()
        await self._supervisor.keep(arrived, bookmark)

    async def bookmark(self, place: str) -> str:
        return await self._supervisor.bookmark(place)

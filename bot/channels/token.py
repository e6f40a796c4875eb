"""An access token that is fetched once, shared, and fetched again when it ages or the platform ends it early."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.channels.base import Clock, SendFailed
from bot.domain.words import FailureKind

MARGIN: Final = timedelta(minutes=5)
"""A token is replaced this long before its end, so that it does not end under way."""

Fetch = Callable[[], Awaitable[tuple[str, timedelta]]]
"""Asks the platform for a token and its life. Raises SendFailed."""


class Token:
    """One token of one app; however many senders wait, one of them asks the platform."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch, self._clock = fetch, clock
        self._alone = asyncio.Lock()
        self._token = ""
        self._until: datetime | None = None

    async def get(self, *, refused: str = "") -> str:
        """A token that is not the `refused` one. Raises SendFailed, never IN_DOUBT: without a token nothing was sent."""
        if self._fresh(refused):
            return self._token
        async with self._alone:
            if not self._fresh(refused):
                await self._renew()
            return self._token

    def _fresh(self, refused: str) -> bool:
        return self._until is not None and self._token != refused and self._clock() < self._until

    async def _renew(self) -> None:
        self._until = None
        try:
            self._token, life = await self._fetch()
        except SendFailed as failed:
            if failed.kind is not FailureKind.IN_DOUBT:
                raise
            raise SendFailed(FailureKind.TRANSIENT, failed.code, "no token; nothing was sent", failed.retry_after) from None
        self._until = self._clock() + max(life - MARGIN, timedelta(0))

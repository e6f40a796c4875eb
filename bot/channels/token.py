"""An access token that is fetched once, shared, and fetched again when it ages or the platform ends it early."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.channels.answer import Answer, Json
from bot.channels.base import Clock, SendFailed, unsent
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

    async def spend(self, call: Callable[[str], Awaitable[Answer]], ended: Callable[[Json], bool]) -> tuple[Answer, str]:
        """The answer to a call with a token, and that token; one that has `ended` by the answer is replaced and the call repeated, once.

        Raises SendFailed.
        """
        token = await self.get()
        answer = await call(token)
        if ended(answer.body):
            token = await self.get(refused=token)
            answer = await call(token)
        return answer, token

    def _fresh(self, refused: str) -> bool:
        return self._until is not None and self._token != refused and self._clock() < self._until

    async def _renew(self) -> None:
        self._until = None
        try:
            self._token, life = await self._fetch()
        except SendFailed as failed:
            raise unsent(failed, "no token; nothing was sent") from None
        self._until = self._clock() + max(life - MARGIN, timedelta(0))


def granted(body: Json, token: str, seconds: str) -> tuple[str, timedelta]:
    """The token and its life out of these fields of an answer. Raises SendFailed."""
    given, life = body.get(token), body.get(seconds)
    if not isinstance(given, str) or not isinstance(life, int):
        raise SendFailed(FailureKind.TRANSIENT, "no_token", "the platform's answer holds no token")
    return given, timedelta(seconds=life)

"""Waits for what happens elsewhere: on sockets, in threads, in servers."""

import asyncio
from collections.abc import Callable

PATIENCE = 40.0
"""Seconds; on a busy machine everything takes long. Nothing is asserted about how long it took."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 there is no event to wait for: it happens elsewhere
            await asyncio.sleep(0.01)

"""A listener under our supervisor, and what the database then holds."""

import asyncio
from collections.abc import Callable

from bot.channels.base import Clock
from bot.channels.listener import Listener
from bot.store import Store
from bot.store.ears import Ear
from bot.wiring.supervision import Supervisor


def supervised(listener: Listener, store: Store, clock: Clock, rang: Callable[[], None] = lambda: None) -> "asyncio.Task[None]":
    """Listen until `end`, with next to no wait between two connections."""
    return asyncio.create_task(Supervisor(listener, store, clock, rang, _nap).keep_on())


async def end(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def heard(store: Store) -> list[str]:
    with store.read() as tx:
        return [inbound.text for inbound in tx.inbox.unread(99)]


def ear(store: Store) -> Ear:
    """What is known of the one account that is listened to."""
    with store.read() as tx:
        [found] = tx.ears.all()
    return found


async def _nap(_: float) -> None:
    await asyncio.sleep(0.01)

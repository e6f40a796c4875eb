"""Many callers, one flush: what arrives while a group is being written goes into the next one.

A flush to disk costs the same for one message as for fifty. Nobody is kept waiting for company: who comes first is written at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

MOST: Final = 64
"""Items in one group: a group is one transaction, and others write too."""


class Gathering(Generic[Item]):
    """Writes items in groups, in the order they came, one group at a time; to live in one event loop.

    `write` is called in a thread. It keeps all it is given and returns, or keeps none and raises.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None]) -> None:
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> None:
        """Returns once the item is written; raises what kept this one, and no other, from being written."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._writer is None:
            self._writer = asyncio.create_task(self._work())
        await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._together(group)
        finally:
            self._writer = None

    async def _together(self, group: Sequence[tuple[Item, "asyncio.Future[None]"]]) -> None:
        """One write for all. If it fails, one for each: whose fault it was must not be everybody's."""
        error = await self._failure([item for item, _ in group])
        if error is not None and len(group) > 1:
            for one in group:
                await self._together([one])
            return
        for _, done in group:
            _settle(done, error)

    async def _failure(self, items: Sequence[Item]) -> BaseException | None:
        (error,) = await asyncio.gather(asyncio.to_thread(self._write, items), return_exceptions=True)
        return error


def _settle(done: "asyncio.Future[None]", error: BaseException | None) -> None:
    """Tell the caller, if he has not left."""
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)

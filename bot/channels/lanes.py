"""Sending side by side: every robot has its lane, every channel its slots, so that who is slow delays nobody else."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")

SLOTS = 16
"""Messages on their way at one time, per channel: a platform that hangs fills its own slots only."""


@dataclass(slots=True)
class _Lane(Generic[Item]):
    """What waits for one robot, in order, and how many runners work it off."""

    slots: asyncio.Semaphore
    waiting: deque[Item] = field(default_factory=deque)
    runners: int = 0


class Lanes(Generic[Item]):
    """Hands items to `work`, in order within a robot. `work` must not raise; to live in one event loop."""

    def __init__(self, work: Callable[[Item], Awaitable[None]], slots: int = SLOTS) -> None:
        self._work = work
        self._most = slots
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._lanes: dict[str, _Lane[Item]] = {}
        self._runners: set[asyncio.Task[None]] = set()
        self.waiting = 0
        self.busy = 0

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing is on its way."""
        return not self.waiting and not self.busy

    def put(self, item: Item, *, channel: str, robot: str, width: int) -> None:
        """Queue an item; at most `width` of one robot are on their way at a time. The first of a channel makes room for its width."""
        lane = self._lanes.get(robot)
        if lane is None:
            slots = self._slots.setdefault(channel, asyncio.Semaphore(max(self._most, width)))
            lane = self._lanes[robot] = _Lane(slots)
        lane.waiting.append(item)
        self.waiting += 1
        if lane.runners < width:
            lane.runners += 1
            runner = asyncio.create_task(self._run(lane))
            self._runners.add(runner)
            runner.add_done_callback(self._runners.discard)

    def withdraw(self, robot: str) -> list[Item]:
        """Take back what waits for this robot and has not begun."""
        lane = self._lanes[robot]
        items = list(lane.waiting)
        lane.waiting.clear()
        self.waiting -= len(items)
        return items

    async def close(self) -> list[Item]:
        """Cancel what is on its way and take back everything that has not begun."""
        items = [item for robot in self._lanes for item in self.withdraw(robot)]
        runners = list(self._runners)
        for runner in runners:
            runner.cancel()
        await asyncio.gather(*runners, return_exceptions=True)
        return items

    async def _run(self, lane: _Lane[Item]) -> None:
        try:
            while lane.waiting:
                async with lane.slots:
                    if lane.waiting:
                        await self._next(lane)
        finally:
            lane.runners -= 1

    async def _next(self, lane: _Lane[Item]) -> None:
        item = lane.waiting.popleft()
        self.waiting -= 1
        self.busy += 1
        try:
            await self._work(item)
        finally:
            self.busy -= 1

"""Every job by its name, ready to run on an opened installation: the metronome and `cuibao run` share it."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot import rehearse
from bot.channels.base import Channel
from bot.domain.errors import CuibaoError
from bot.wiring import channels
from bot.wiring.clock import RealClock
from bot.wiring.ground import Ground, GroundError
from jobs import alert, bulletin, deliver, due, listen, quota, remind, tidy

HEARTBEAT = "heartbeat:"
"""Start of the keys in `meta` under which each job's last run stands."""
NAMES = ("due", "remind", "deliver", "listen", "bulletin", "quota", "alert", "tidy")


class UnknownJob(CuibaoError):
    """There is no job of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有名为“{name}”的作业，可用：{'、'.join(NAMES)}")


def table(ground: Ground, clock: RealClock, ways: Mapping[str, Channel]) -> Mapping[str, Callable[[], object]]:
    """The jobs that run in a thread (all but `deliver`), by name."""
    store, sending = ground.store, ground.settings.cuibao_send_windows
    tag_of = channels.tags(ground.secret)
    return {
        "due": lambda: due.run(clock.now(), store, ground.calendar, sending),
        "remind": lambda: remind.run(clock.now(), store, ways, ground.calendar, sending),
        "listen": lambda: listen.run(clock.now(), store, ways, ground.calendar, tag_of),
        "bulletin": lambda: bulletin.run(clock.now(), store, ground.calendar, rehearse.circular(ground.renderer), sending),
        "quota": lambda: quota.run(clock.now(), store, ways),
        "alert": lambda: alert.run(clock.now(), store, ways),
        "tidy": lambda: tidy.run(clock.now(), store),
    }


def run(ground: Ground, name: str, clock: RealClock) -> dict[str, Any]:
    """Run one job once and say what it did. Raises UnknownJob."""
    if name not in NAMES:
        raise UnknownJob(name)
    return asyncio.run(_run(ground, name, clock))


@asynccontextmanager
async def ways_out(ground: Ground, clock: RealClock) -> AsyncIterator[Mapping[str, Channel]]:
    """The ways out of this installation, closed at the end: none in a rehearsal, and none for people who are only stand-ins.

    Raises GroundError.
    """
    ways = _ways(ground, clock)
    try:
        yield ways
    finally:
        for channel in ways.values():
            await channel.close()


def _ways(ground: Ground, clock: RealClock) -> Mapping[str, Channel]:
    if ground.settings.cuibao_mode != "live":
        return {}
    with ground.store.read() as tx:
        if tx.meta.get("sample") is not None:
            raise GroundError("这个数据目录里是演练样例，不能用于实发。请把 CUIBAO_DATA 指到一个新目录")
    return channels.build(ground.settings, clock.now, ground.secret)


async def _run(ground: Ground, name: str, clock: RealClock) -> dict[str, Any]:
    async with ways_out(ground, clock) as ways:
        if name == "deliver":
            manners = channels.manners(ground.settings, ground.links())
            return plain(await deliver.run(clock, ground.store, channels.ready(ways), ground.renderer.render, manners))
        return plain(await asyncio.to_thread(table(ground, clock, ways)[name]))


def plain(outcome: object) -> dict[str, Any]:
    """A job's result as JSON values: fields by name, lists by their length."""
    if dataclasses.is_dataclass(outcome) and not isinstance(outcome, type):
        named = {field.name: getattr(outcome, field.name) for field in dataclasses.fields(outcome)}
    else:
        named = {str(key): value for key, value in dict(outcome).items()} if isinstance(outcome, Mapping) else {}
    return {key: len(value) if isinstance(value, tuple) else value for key, value in named.items()}

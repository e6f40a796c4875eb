"""P1: from the durable outbox to a platform over real HTTP, against bare httpx posting the same bodies; P13 and P14 use it too."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx

from benchmarks import office, process
from benchmarks.figure import Figure, Measure
from benchmarks.process import Broken
from bot.channels import http, wecom_robot
from bot.channels.base import Channel, Limits, Receipt
from bot.channels.lanes import SLOTS
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret
from bot.render import Renderer
from bot.store import Store
from jobs import deliver, remind

LIMITS = Limits(wecom_robot.MAX_MARKDOWN, 0, wecom_robot.PENALTY, "markdown", group=True)
"""WeCom's robot without its minute: what is measured is us and not the platform's pace."""
BREAK = b"\n"


class Unhurried:
    """The WeCom robot channel without its limit a minute."""

    name = office.CHANNEL
    limits = LIMITS

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def robot(self, address: str) -> str:
        """The budget of the channel behind."""
        return self._channel.robot(address)

    async def send(self, message: Outgoing) -> Receipt:
        """Send by the channel behind."""
        return await self._channel.send(message)

    async def close(self) -> None:
        """Close the channel behind."""
        await self._channel.close()


class Instant:
    """A platform in this process that takes everything at once; keeps the bodies if asked to."""

    name = office.CHANNEL
    limits = LIMITS

    def __init__(self, keep: bool = False) -> None:
        self.taken, self.bodies, self._keep = 0, list[bytes](), keep

    def robot(self, address: str) -> str:
        """Every address has a budget of its own."""
        return f"{self.name}:{address}"

    async def send(self, message: Outgoing) -> Receipt:
        """Take it."""
        self.taken += 1
        if self._keep:
            content = {"msgtype": "markdown", "markdown": {"content": message.rendered.body}}
            self.bodies.append(http.encode(content))
        return Receipt("0")

    async def close(self) -> None:
        """Nothing is open."""


def prepare(messages: int, folder: Path) -> None:
    """Outboxes that wait: of reminders through one account, of ready views through many robots; and the bodies they become."""
    office.fill(folder / "office.db", messages)
    store = office.copy(folder / "office.db", folder / "account.db")
    remind.run(office.NOW, store, {office.CHANNEL}, office.CALENDAR)
    store.close()
    store = office.copy(folder / "office.db", folder / "robots.db")
    with store.begin() as tx:
        office.letters(tx.connection, messages, office.view())
    store.close()
    store = office.copy(folder / "account.db", folder / "bodies.db")
    platform = Instant(keep=True)
    asyncio.run(deliver.run(_later(), store, {office.CHANNEL: platform}, Renderer().render))
    store.close()
    (folder / "bodies.txt").write_bytes(BREAK.join(platform.bodies))


def account(messages: int, folder: Path) -> dict[str, float]:
    """Ours: reminders looked at once more, put into words, frozen, posted, settled; all through one account."""
    return _ours(folder, "account", messages)


def robots(messages: int, folder: Path) -> dict[str, float]:
    """Ours again, through many robots that are served in turn."""
    return _ours(folder, "robots", messages)


def bare(messages: int, folder: Path) -> dict[str, float]:
    """The limit: httpx posts the same bodies, one client with one connection for each sending slot."""
    bodies = (folder / "bodies.txt").read_bytes().split(BREAK)
    with process.server("benchmarks.sink") as port:
        return _rate(messages, port, lambda: _post(f"http://127.0.0.1:{port}{wecom_robot.PATH}?key=k", bodies))


def in_process(messages: int, folder: Path) -> dict[str, float]:
    """Ours with a platform in this process: what is left when no HTTP is spoken."""
    store = office.copy(folder / "before.db", folder / "delivered.db")
    remind.run(office.NOW, store, {office.CHANNEL}, office.CALENDAR)
    began = time.perf_counter()
    done = asyncio.run(deliver.run(_later(), store, {office.CHANNEL: Instant()}, Renderer().render))
    seconds = time.perf_counter() - began
    store.close()
    if done.sent != messages:
        raise Broken(f"{done.sent} sent of {messages}")
    return {"seconds": seconds, "rate": messages / seconds}


def _ours(folder: Path, outbox: str, messages: int) -> dict[str, float]:
    store = office.copy(folder / f"{outbox}.db", folder / f"{outbox}-ours.db")
    with process.server("benchmarks.sink") as port:
        found = _rate(messages, port, lambda: _deliver(store, port))
    store.close()
    return found


def _rate(messages: int, port: int, work: Callable[[], Awaitable[None]]) -> dict[str, float]:
    began = time.perf_counter()
    asyncio.run(_run(work))
    seconds = time.perf_counter() - began
    taken = int(httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).text)
    if taken != messages:
        raise Broken(f"the platform counted {taken} of {messages}")
    return {"seconds": seconds, "rate": messages / seconds}


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()


async def _deliver(store: Store, port: int) -> None:
    keys = {f"robot{number}": Secret("k") for number in range(office.ROBOTS)}
    config = wecom_robot.WeComRobotConfig(keys, f"http://127.0.0.1:{port}")
    channel = Unhurried(wecom_robot.WeComRobot(config, http.Client(slots=SLOTS)))
    await deliver.run(_later(), store, {office.CHANNEL: channel}, Renderer().render)
    await channel.close()


async def _post(url: str, bodies: list[bytes]) -> None:
    waiting = iter(bodies)
    await asyncio.gather(*(_slot(url, waiting) for _ in range(SLOTS)))


async def _slot(url: str, waiting: Iterator[bytes]) -> None:
    one = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    async with httpx.AsyncClient(limits=one, trust_env=False, headers={"Content-Type": "application/json"}) as client:
        for body in waiting:
            answer = await client.post(url, content=body)
            if answer.json()["errcode"] != 0:
                raise Broken(answer.text)


def _later() -> office.Clock:
    """A moment at which everything that was planned may go."""
    return office.Clock(office.NOW.replace(hour=office.NOW.hour + 2))


FIGURE = Figure(
    id="P1",
    what="delivery of {size} messages over HTTP",
    module="delivery",
    variants=("account", "robots", "bare"),
    measures=(
        Measure("reminders through one account", "account.rate", "messages/s", "bare.rate", must=0.7, aim=0.9),
        Measure("through 200 robots in turn", "robots.rate", "messages/s", "bare.rate", must=0.7, aim=0.9),
    ),
    size=3_000,
    quick=500,
    full=10_000,
    prepare="prepare",
)

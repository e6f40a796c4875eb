"""The running process: pages, metronome, delivery loop, all in one event loop; the database in threads."""

import asyncio
import errno
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import FrameType

import structlog
import uvicorn

from bot.channels.base import Channel
from bot.channels.wecom_crypto import Keys
from bot.desk import doorway
from bot.domain import times
from bot.domain.inbound import Inbound
from bot.domain.secret import Secret
from bot.settings import Settings
from bot.store import filelock
from bot.talk import hear
from bot.talk.counter import Counter
from bot.talk.doors import Doors
from bot.web import app
from bot.web.house import House
from bot.wiring import address, channels, health, jobbing, listeners, playing
from bot.wiring.clock import RealClock
from bot.wiring.ground import Ground, GroundError, unusable
from bot.wiring.house import LiveHouse, RehearsalHouse, virtual_now
from bot.wiring.supervision import Supervisor
from jobs import deliver
from jobs.schedule import Beat, Loop, Metronome

log = structlog.get_logger()
REHEARSING = "rehearsal.lock"
"""The file in the data directory that the process holds which plays the rehearsal in it."""
LONGEST_NAP = 1.0
"""Seconds the delivery loop sleeps at most: another process may have put something into the outbox."""
HEARTBEAT = timedelta(seconds=30)
"""How often the delivery loop writes that it is alive."""
SEED = 2018
"""Of the stand-in contacts, who answer when the rehearsal is played to its end."""
HOUR, DAY = 3600, 86_400


class Stopping:
    """Listens for SIGINT and SIGTERM from the first moment, so that one that comes before uvicorn listens ends the process in order too.

    uvicorn takes the signals while it serves and raises them once more at its end: they come here as well, and change nothing then.
    Whoever signals again after that, while we tidy up, ends the process at once.
    """

    def __init__(self) -> None:
        self._told = False
        self._server: uvicorn.Server | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._tell)

    def end(self, server: uvicorn.Server) -> None:
        """From now on a signal ends this server; one that has come already does so before it serves anybody."""
        self._server = server
        if self._told:
            server.should_exit = True

    def _tell(self, number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        self._told = True
        if self._server is not None:
            self._server.should_exit = True


@dataclass(frozen=True, slots=True)
class Door:
    """Where people come in: the socket, the address they type, and what closes it."""

    listener: socket.socket
    address: str
    stopping: Stopping


def run(ground: Ground, clock: RealClock) -> None:
    """Serve until SIGINT or SIGTERM. Raises GroundError if it cannot begin."""
    settings = ground.settings
    stopping = Stopping()
    live = settings.cuibao_mode == "live"
    with (
        nullcontext() if live else _alone(ground),
        _listen(settings.cuibao_host, settings.cuibao_port) as listener,
        address.served(ground, int(listener.getsockname()[1])) as here,
    ):
        asyncio.run((_live if live else _rehearsal)(ground, clock, Door(listener, here, stopping)))


@contextmanager
def _alone(ground: Ground) -> Iterator[None]:
    """A rehearsal has one clock, in one process: a second one would play the same days once more."""
    try:
        lock = filelock.take(ground.settings.cuibao_data / REHEARSING)
    except BlockingIOError as error:
        there = address.known(ground)
        raise GroundError(
            f"数据目录 {ground.settings.cuibao_data} 的演练已经在运行{f'（{there}）' if there else ''}。"
            "请直接打开它（登录链接用 python3 -m bot link 打印），或先停止它；要另开一个演练，请用 --data 另指一个目录"
        ) from error
    except OSError as error:
        raise unusable(ground.settings.cuibao_data, error) from error
    try:
        yield
    finally:
        lock.release()


def _listen(host: str, port: int) -> socket.socket:
    """Bind at once, so that an address that cannot be used is an error before anything else is done."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except (OSError, UnicodeError) as error:
        raise GroundError(_not_listening(host, port, error)) from error


def _not_listening(host: str, port: int, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else None
    if number == errno.EADDRINUSE:
        return f"端口 {port} 已被占用。请停止占用它的程序，或用 --port 换一个端口（--port 0 任选空闲端口）"
    if number == errno.EACCES:
        return f"没有权限使用端口 {port}。请用 --port 换一个 1024 以上的端口"
    return f"监听地址“{host}”不是本机的地址。请把 --host（CUIBAO_HOST）改为 127.0.0.1（只供本机）或 0.0.0.0（供其他机器访问）"


async def _rehearsal(ground: Ground, clock: RealClock, door: Door) -> None:
    said = []
    with ground.store.read() as tx:
        fresh = tx.meta.get("sample") is None
    if fresh:
        await asyncio.to_thread(playing.prepare, ground.store, playing.sample_play())
        said.append("已建库并载入样例：吉林省单位树、随附通知、虚构联络员")
    since, until = playing.SAMPLE_SPAN
    start = virtual_now(ground, times.instant(since, time(0)))
    links = ground.links(door.address)
    play = playing.open_rehearsal(
        ground.store, ground.renderer, ground.settings.cuibao_send_windows, start=start, until=until, seed=SEED, links=links
    )
    await asyncio.to_thread(play.begin)
    counter = Counter(ground.store, links, play.clock.now, play.tapped)
    house = RehearsalHouse(ground, clock, play.doors, play.cast.stage.channels, {}, counter, rehearsal=play)
    said.append(f"演练方式：虚拟日期 {times.civil_day(start)}，任何消息都不会离开本机")
    try:
        await _serve(house, door, await _announcement(ground, clock, door, said))
    finally:
        await asyncio.to_thread(play.close)


async def _live(ground: Ground, clock: RealClock, door: Door) -> None:
    async with jobbing.ways_out(ground, clock) as ways:
        await _live_with(ways, ground, clock, door)


async def _live_with(ways: Mapping[str, Channel], ground: Ground, clock: RealClock, door: Door) -> None:
    jobs, seconds = jobbing.table(ground, clock, ways), _beats(ground.settings)
    metronome = Metronome(
        [Beat(name, beat, jobs[name]) for name, beat in seconds.items()],
        lambda name, error: health.record(ground, name, error, clock.now()),
    )
    stop = asyncio.Event()
    delivery = _delivery(ground, clock, ways, stop)
    listening = Loop("listen_now", lambda: _listen_now(metronome), _unrecorded, HOUR)
    loop = asyncio.get_running_loop()
    doors = Doors(ground.store, clock.now, *_keys(ground.settings), lambda: _ring(loop, listening), wecom_bot=_bot_keys(ground.settings))
    house = LiveHouse(ground, clock, doors, ways, {**seconds, "deliver": 60}, _counter(ground, clock, frozenset(ways)))
    await metronome.start()
    tasks = [asyncio.create_task(each.keep_on()) for each in (delivery, listening)]
    ears = [
        asyncio.create_task(Supervisor(listener, ground.store, clock.now, listening.wake).keep_on())
        for listener in listeners.build(ground.settings, clock.now, ground.secret, ways)
    ]
    try:
        said = [f"实发方式：已启用渠道 {'、'.join(ways) or '无'}"]
        await _serve(house, door, await _announcement(ground, clock, door, said))
    finally:
        stop.set()
        metronome.stop()
        for each in (delivery, listening):
            each.stop()
        for ear in ears:
            ear.cancel()
        await asyncio.gather(*tasks)
        await asyncio.gather(*ears, return_exceptions=True)


def _beats(settings: Settings) -> dict[str, int]:
    """Seconds between two runs of the jobs that the metronome strikes."""
    return {
        "due": HOUR,
        "remind": settings.cuibao_tick_seconds,
        "listen": 30,
        "bulletin": HOUR,
        "quota": HOUR,
        "alert": 60,
        "tidy": DAY,
    }


def _counter(ground: Ground, clock: RealClock, channels: frozenset[str]) -> Counter:
    """What stands behind the reply page: what is tapped is heard before the page answers."""

    def take(inbound: Inbound) -> None:
        hear.at_once(ground.store, inbound, clock.now(), channels, ground.calendar)

    return Counter(ground.store, ground.links(), clock.now, take)


def _delivery(ground: Ground, clock: RealClock, ways: Mapping[str, Channel], stop: asyncio.Event) -> Loop:
    """The delivery loop: send what may go, then sleep until the next message may. Once `stop` is set nothing new is begun."""
    manners = channels.manners(ground.settings, ground.links())

    def until_next() -> float:
        budgets = {name: channel.limits.per_minute for name, channel in channels.ready(ways).items()}
        with ground.store.read() as tx:
            wake = tx.outbox.next_wake(clock.now(), budgets)
        return (wake - clock.now()).total_seconds() if wake else LONGEST_NAP

    async def once() -> float:
        await deliver.run(clock, ground.store, channels.ready(ways), ground.renderer.render, manners, stop=stop)
        return await asyncio.to_thread(until_next)

    heartbeat = _Seldom(lambda name, error: health.record(ground, name, error, clock.now()), clock)
    return Loop("deliver", once, heartbeat, LONGEST_NAP)


async def _listen_now(metronome: Metronome) -> float:
    """Understand at once what has just come in; the beat of `listen` is only the second line."""
    await metronome.strike("listen")
    return HOUR


def _ring(loop: asyncio.AbstractEventLoop, listening: Loop) -> None:
    """Callbacks are served in threads; the loop is woken in its own."""
    loop.call_soon_threadsafe(listening.wake)


def _unrecorded(name: str, error: str) -> None:
    """The beat that was struck has recorded itself."""


class _Seldom:
    """Passes a heartbeat on when it brings news or the last one is old: a loop that turns every second need not write every second."""

    def __init__(self, record: Callable[[str, str], None], clock: RealClock) -> None:
        self._record, self._clock, self._last = record, clock, (datetime.min.replace(tzinfo=UTC), "")

    def __call__(self, name: str, error: str) -> None:
        at, last = self._last
        if error != last or self._clock.now() - at >= HEARTBEAT:
            self._record(name, error)
            self._last = (self._clock.now(), error)


def _bot_keys(settings: Settings) -> Keys | None:
    """What opens the callbacks of WeCom's smart robot, if it is set up that way: its envelopes name no receiver."""
    has_keys = settings.wecom_bot_token and settings.wecom_bot_aes_key
    return Keys(settings.wecom_bot_token, settings.wecom_bot_aes_key, "") if has_keys else None


def _keys(settings: Settings) -> tuple[Keys | None, Secret | None]:
    """What opens the callbacks that are configured."""
    wecom = None
    if settings.wecom_token and settings.wecom_aes_key and settings.wecom_corp_id:
        wecom = Keys(settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id)
    return wecom, settings.dingtalk_app_secret or None


async def _announcement(ground: Ground, clock: RealClock, door: Door, said: list[str]) -> str:
    """What whoever starts the program reads: what was done, the address, the way in, how to stop."""
    entrance = await asyncio.to_thread(_entrance, ground, clock.now())
    goodbye = "按 Ctrl-C 停止；再次启动接着用同样的数据。要新的登录链接：python3 -m bot link"
    return "\n".join([*said, f"网址 {door.address}", entrance, goodbye, ""])


def _entrance(ground: Ground, now: datetime) -> str:
    """A login link; but none once people have accounts of their own on a live installation: what is printed may end in a journal."""
    with ground.store.read() as tx:
        peopled = any(account.active and account.login != doorway.LINK_LOGIN for account in tx.accounts.all())
    if ground.settings.cuibao_mode == "live" and peopled:
        return "请用自己的账号登录；进不去时运行 python3 -m bot link"
    return f"一次性登录链接（请在浏览器打开，一小时内有效） {address.login_link(ground, now)}"


async def _serve(house: House, door: Door, announcement: str) -> None:
    """Serve pages until told to stop."""
    config = uvicorn.Config(
        app.build(house), log_config=None, access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    door.stopping.end(server)
    sys.stdout.write(announcement)
    sys.stdout.flush()
    gc.freeze()  # what is loaded now stays: looking through it again and again held every caller up for a tenth of a second
    await server.serve(sockets=[door.listener])
    sys.stdout.write("已停止，数据都在\n")

"""The running process: pages, metronome, delivery loop, all in one event loop; the database in threads."""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from types import FrameType

import structlog
import uvicorn

from bot.channels.base import Channel
from bot.channels.wecom_crypto import Keys
from bot.domain import times
from bot.domain.secret import Secret
from bot.settings import Settings
from bot.talk.doors import Doors
from bot.web import app
from bot.web.house import House
from bot.wiring import health, jobbing, listeners, playing
from bot.wiring.clock import RealClock
from bot.wiring.ground import Ground, GroundError
from bot.wiring.house import LiveHouse, RehearsalHouse, virtual_now
from bot.wiring.supervision import Supervisor
from jobs import deliver
from jobs.schedule import Beat, Loop, Metronome

log = structlog.get_logger()
LINK_LIFE = timedelta(hours=1)
"""How long a printed login link can be used."""
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


def run(ground: Ground, clock: RealClock) -> None:
    """Serve until SIGINT or SIGTERM. Raises GroundError if it cannot begin."""
    settings = ground.settings
    stopping = Stopping()
    listener = _listen(settings.cuibao_host, settings.cuibao_port)
    try:
        port = int(listener.getsockname()[1])
        if settings.cuibao_mode == "live":
            asyncio.run(_live(ground, clock, listener, port, stopping))
        else:
            asyncio.run(_rehearsal(ground, clock, listener, port, stopping))
    finally:
        listener.close()


def login_link(ground: Ground, now: datetime, port: int) -> str:
    """A fresh one-time link for an administrator."""
    with ground.store.begin() as tx:
        token = tx.links.issue(now, LINK_LIFE)
    base = ground.settings.cuibao_base_url or f"http://{ground.settings.cuibao_host}:{port}"
    return f"{base}/login/{token}"


def _listen(host: str, port: int) -> socket.socket:
    """Bind at once, so that a port in use is an error before anything else is done."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except OSError as error:
        raise GroundError(f"无法监听 {host}:{port}：{error.strerror}。可用 --port 换一个端口") from error


async def _rehearsal(ground: Ground, clock: RealClock, listener: socket.socket, port: int, stopping: Stopping) -> None:
    said = []
    with ground.store.read() as tx:
        fresh = tx.meta.get("sample") is None
    if fresh:
        await asyncio.to_thread(playing.prepare, ground.store, playing.sample_play())
        said.append("已建库并载入样例：吉林省单位树、随附通知、虚构联络员")
    since, until = playing.SAMPLE_SPAN
    start = virtual_now(ground, times.instant(since, time(0)))
    play = playing.open_rehearsal(ground.store, ground.renderer, ground.settings.cuibao_send_windows, start=start, until=until, seed=SEED)
    await asyncio.to_thread(play.begin)
    house = RehearsalHouse(ground, clock, play.doors, play.cast.stage.channels, {}, rehearsal=play)
    said.append(f"演练方式：虚拟日期 {times.civil_day(start)}，任何消息都不会离开本机")
    try:
        await _serve(house, listener, await _announcement(ground, clock, port, said), stopping)
    finally:
        await asyncio.to_thread(play.close)


async def _live(ground: Ground, clock: RealClock, listener: socket.socket, port: int, stopping: Stopping) -> None:
    ways = jobbing.open_ways(ground, clock)
    jobs = jobbing.table(ground, clock, ways)
    seconds = {"due": HOUR, "remind": ground.settings.cuibao_tick_seconds, "listen": 30, "bulletin": HOUR, "tidy": DAY}
    metronome = Metronome(
        [Beat(name, beat, jobs[name]) for name, beat in seconds.items()],
        lambda name, error: health.record(ground, name, error, clock.now()),
    )
    stop = asyncio.Event()
    delivery = _delivery(ground, clock, ways, stop)
    listening = Loop("listen_now", lambda: _listen_now(metronome), _unrecorded, HOUR)
    loop = asyncio.get_running_loop()
    doors = Doors(ground.store, clock.now, *_keys(ground.settings), lambda: _ring(loop, listening))
    house = LiveHouse(ground, clock, doors, ways, {**seconds, "deliver": 60})
    await metronome.start()
    tasks = [asyncio.create_task(each.keep_on()) for each in (delivery, listening)]
    ears = [
        asyncio.create_task(Supervisor(listener, ground.store, clock.now, listening.wake).keep_on())
        for listener in listeners.build(ground.settings, clock.now, ground.secret)
    ]
    try:
        said = [f"实发方式：已启用渠道 {'、'.join(ways) or '无'}"]
        await _serve(house, listener, await _announcement(ground, clock, port, said), stopping)
    finally:
        stop.set()
        metronome.stop()
        for each in (delivery, listening):
            each.stop()
        for ear in ears:
            ear.cancel()
        await asyncio.gather(*tasks)
        await asyncio.gather(*ears, return_exceptions=True)
        for channel in ways.values():
            await channel.close()


def _delivery(ground: Ground, clock: RealClock, ways: Mapping[str, Channel], stop: asyncio.Event) -> Loop:
    """The delivery loop: send what may go, then sleep until the next message may. Once `stop` is set nothing new is begun."""
    budgets = {name: channel.limits.per_minute for name, channel in ways.items()}

    def until_next() -> float:
        with ground.store.read() as tx:
            wake = tx.outbox.next_wake(clock.now(), budgets)
        return (wake - clock.now()).total_seconds() if wake else LONGEST_NAP

    async def once() -> float:
        await deliver.run(clock, ground.store, ways, ground.renderer.render, stop=stop)
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


def _keys(settings: Settings) -> tuple[Keys | None, Secret | None]:
    """What opens the callbacks that are configured."""
    wecom = None
    if settings.wecom_token and settings.wecom_aes_key and settings.wecom_corp_id:
        wecom = Keys(settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id)
    return wecom, settings.dingtalk_app_secret or None


async def _announcement(ground: Ground, clock: RealClock, port: int, said: list[str]) -> str:
    """What whoever starts the program reads: what was done, the address, a login link, how to stop."""
    link = await asyncio.to_thread(login_link, ground, clock.now(), port)
    address = f"网址 http://{ground.settings.cuibao_host}:{port}"
    return "\n".join([*said, address, f"一次性登录链接（一小时内有效） {link}", "按 Ctrl-C 停止", ""])


async def _serve(house: House, listener: socket.socket, announcement: str, stopping: Stopping) -> None:
    """Serve pages until told to stop."""
    config = uvicorn.Config(
        app.build(house), log_config=None, access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    stopping.end(server)
    sys.stdout.write(announcement)
    sys.stdout.flush()
    gc.freeze()  # what is loaded now stays: looking through it again and again held every caller up for a tenth of a second
    await server.serve(sockets=[listener])
    sys.stdout.write("已停止，数据都在\n")

"""The other end: a loopback server that writes down what it was handed, by our keys. Its list is the only witness of a crash test."""

import asyncio
import threading
from collections import Counter
from datetime import timedelta

from bot.channels.base import Limits, Receipt, SendFailed
from bot.domain.messages import Outgoing
from bot.domain.words import FailureKind


class Receiver:
    """Accepts one key per line and answers `ok`. Use it as a context manager."""

    def __init__(self, delay: float = 0.0) -> None:
        self.keys: list[str] = []
        self._delay = delay
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Receiver":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    @property
    def copies(self) -> Counter[str]:
        return Counter(self.keys)

    def _serve(self) -> None:
        self._loop.run_until_complete(self._accept())
        self._loop.close()

    async def _accept(self) -> None:
        self._stopped = asyncio.Event()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        async with server:
            await self._stopped.wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        key = (await reader.readline()).decode().strip()
        if key:
            self.keys.append(key)
            await asyncio.sleep(self._delay)
            writer.write(b"ok\n")
        writer.close()


class LoopbackChannel:
    """Hands a message's key to the receiver; `hook` is called right before the request leaves and right after its answer came."""

    def __init__(self, name: str, port: int, hook=lambda _where: None, per_minute: int = 0) -> None:
        self.name, self.port, self._hook = name, port, hook
        self.limits = Limits(2000, per_minute, timedelta(minutes=1), "text", False)

    def robot(self, _address: str) -> str:
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        self._hook("before send")
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError as error:
            raise SendFailed(FailureKind.TRANSIENT, "no connection", "") from error
        writer.write(f"{message.key}\n".encode())
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
        if answer != b"ok\n":
            raise SendFailed(FailureKind.IN_DOUBT, "no answer", "")
        self._hook("after send")
        return Receipt("ok")

    async def close(self) -> None:
        pass


class HastyChannel(LoopbackChannel):
    """A seeded bug: says `sent` before the platform has answered."""

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self._sending: set[asyncio.Task] = set()

    async def send(self, message: Outgoing) -> Receipt:
        self._sending.add(asyncio.create_task(self._later(message)))
        return Receipt("ok")

    async def _later(self, message: Outgoing) -> None:
        await asyncio.sleep(0.005)
        await super().send(message)

    async def close(self) -> None:
        await asyncio.gather(*self._sending)

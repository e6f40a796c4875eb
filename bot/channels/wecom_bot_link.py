"""One open connection of a smart robot: frames of JSON, each answered by one that has the same `req_id` and no `cmd`.

Protocol: developer.work.weixin.qq.com /document/path/101463, read 2026-11-23.
"""

import asyncio
import itertools
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from bot.channels.answer import json_object
from bot.channels.base import SendFailed
from bot.channels.listener import ListenFailed
from bot.domain.words import FailureKind

PING: Final = 30.0
"""Seconds between two signs of life, and how long an answer to one is waited for; two without an answer are a dead connection."""
MISSED: Final = 2
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the platform tells of its own accord; `body` is JSON as it came."""

    cmd: str
    request: str
    body: bytes


class Link:
    """Serves one connection. `take` gets what the platform tells, `alive` is called for every frame."""

    def __init__(
        self, socket: ClientConnection, take: Callable[[Frame], Awaitable[None]], alive: Callable[[], None], *, ping: float, patience: float
    ) -> None:
        self._socket, self._take, self._alive, self._ping, self._patience = socket, take, alive, ping, patience
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._numbers, self._series = itertools.count(1), secrets.token_hex(4)

    async def serve(self, begin: Callable[[], Awaitable[None]]) -> None:
        """Read until the connection ends. `begin` runs beside it first; then signs of life are asked for. Raises ListenFailed."""
        reading = asyncio.create_task(self._read())
        living = asyncio.create_task(self._live(begin))
        try:
            await asyncio.wait({reading, living}, return_when=asyncio.FIRST_COMPLETED)
            for task in (reading, living):
                if task.done():
                    task.result()
        finally:
            for task in (reading, living):
                task.cancel()
            await asyncio.gather(reading, living, return_exceptions=True)
            self._end()

    async def close(self) -> None:
        """End it, whatever it is doing."""
        await self._socket.close()

    async def call(self, cmd: str, body: Json | None = None, request: str = "") -> Json:
        """Send a frame and wait for its answer. `request` is that of what it answers itself, if anything.

        Raises SendFailed; IN_DOUBT if it may have arrived.
        """
        request = request or f"{self._series}-{next(self._numbers)}"
        if request in self._waiting:
            raise SendFailed(FailureKind.TRANSIENT, "busy", "another answer to the same is on its way; nothing was sent")
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[request] = answered
        try:
            await self._send({"cmd": cmd, "headers": {"req_id": request}, **({"body": body} if body is not None else {})})
            async with asyncio.timeout(self._patience):
                return await answered
        except TimeoutError:
            raise SendFailed(FailureKind.IN_DOUBT, "no_answer", f"no answer within {self._patience:g} s") from None
        finally:
            self._waiting.pop(request, None)

    async def _send(self, frame: Json) -> None:
        try:
            text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
            await self._socket.send(text.encode().decode())
        except UnicodeEncodeError:
            raise SendFailed(FailureKind.CONTENT_BAD, "not_unicode", "the text holds half a character") from None
        except ConnectionClosed:
            raise SendFailed(FailureKind.TRANSIENT, "closed", "the connection is closed; nothing was sent") from None

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                self._alive()
                await self._hear(text)
        except ConnectionClosed as closed:
            code = str(closed.rcvd.code) if closed.rcvd else "aborted"
            raise ListenFailed(FailureKind.TRANSIENT, code, "the connection broke") from None

    async def _hear(self, text: str | bytes) -> None:
        frame = json_object(text) or {}
        headers = frame.get("headers")
        request = str(headers.get("req_id", "")) if isinstance(headers, dict) else ""
        if frame.get("cmd"):
            body = json.dumps(frame.get("body"), ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
            await self._take(Frame(str(frame["cmd"]), request, body))
        elif (waiting := self._waiting.get(request)) is not None and not waiting.done():
            waiting.set_result(frame)

    async def _live(self, begin: Callable[[], Awaitable[None]]) -> None:
        await begin()
        missed = 0
        while missed < MISSED:
            await asyncio.sleep(self._ping)
            try:
                async with asyncio.timeout(self._ping):
                    await self.call("ping")
                missed = 0
            except (SendFailed, TimeoutError):
                missed += 1
        raise ListenFailed(FailureKind.TRANSIENT, "no_pong", f"{MISSED} signs of life were not answered")

    def _end(self) -> None:
        """Whoever waits for an answer learns that none will come: what was sent may have arrived."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(SendFailed(FailureKind.IN_DOUBT, "broken", "the connection broke after the message went out"))

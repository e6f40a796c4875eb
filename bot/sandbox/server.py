"""The stand-ins behind a real socket on loopback: HTTP/1.1, just enough of it, and able to break off wherever a fault says so."""

import asyncio
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.sandbox.clock import Clock
from bot.sandbox.exchange import Answer, Platform, Request, Wire

HOST: Final = "127.0.0.1"
LARGEST_HEAD: Final = 65_536
LARGEST_BODY: Final = 20_000_000
DRIBBLE_SECONDS: Final = 0.2
"""Between two bytes of a dribbled answer."""


class Server:
    """Serves `platforms` until closed. Use as `async with Server(…) as server`; the port is then known."""

    def __init__(self, platforms: Sequence[Platform], clock: Clock, port: int = 0) -> None:
        self._platforms, self._clock = platforms, clock
        self.port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Server":
        self._server = await asyncio.start_server(self._accept, HOST, self.port, limit=LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    @property
    def url(self) -> str:
        """The base URL to put into the settings."""
        return f"http://{HOST}:{self.port}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await _read(reader)
        platform = next((platform for platform in self._platforms if platform.owns(request.path)), None)
        answer = platform.handle(request, self._clock()) if platform else Answer(HTTPStatus.NOT_FOUND, b"not found")
        return await _write(writer, answer)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head[:-4].split("\r\n")
    method, target, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= LARGEST_BODY:
        raise ValueError("body too large")
    url = urlsplit(target)
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return Request(method, unquote(url.path), query, headers, await reader.readexactly(length))


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    """Answers as the answer's wire says. Returns whether the connection goes on."""
    match answer.wire:
        case Wire.ANSWER:
            writer.write(_bytes(answer))
            await writer.drain()
            return True
        case Wire.HANG:
            await asyncio.Event().wait()
        case Wire.RESET:
            _reset(writer)
        case Wire.DROP:
            writer.close()
        case Wire.DRIBBLE:
            await _dribble(writer, _bytes(answer))
    return False


def _bytes(answer: Answer) -> bytes:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST instead of FIN."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _dribble(writer: asyncio.StreamWriter, content: bytes) -> None:
    for byte in content:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(DRIBBLE_SECONDS)

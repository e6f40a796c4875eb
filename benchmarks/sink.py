"""A platform that takes everything: counts POSTs and answers them as fast as one asyncio process can.

Run as a process of its own: `python -m benchmarks.sink`; it prints its port and ends when its standard input is closed.
"""

import asyncio
import re
import sys

from benchmarks import process

ANSWER = b'{"errcode":0,"errmsg":"ok"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Sink(asyncio.Protocol):
    """One connection. `POST` of anything is counted and answered; `GET` tells how many there were."""

    count = 0

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            self._answer(self._buffer[:4] == b"POST")
            self._buffer = self._buffer[whole:]

    def _answer(self, posted: bool) -> None:
        Sink.count += posted
        body = ANSWER if posted else str(Sink.count).encode()
        self._transport.write(HEAD % len(body) + body)  # type: ignore[attr-defined]


async def serve() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await process.until_input_ends()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())

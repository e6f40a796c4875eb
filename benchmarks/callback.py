"""P8: an answer comes in by WeCom's callback: verified, decrypted, stored durably, acknowledged; 32 clients at a time."""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import doorkeeper, office, process
from benchmarks.figure import Figure, Measure
from benchmarks.process import Broken
from bot.sandbox import callbacks

CLIENTS = 32
WARM = 8 * CLIENTS
"""Callbacks that come first and are not counted: the server is still starting and makes its statements for the first time."""
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def prepare(_count: int, folder: Path) -> None:
    """An empty database."""
    office.fill(folder / "office.db", 1)


def ours(count: int, folder: Path) -> dict[str, float]:
    """Our application; everything acknowledged is in the database afterwards."""
    office.copy(folder / "office.db", folder / "ours.db").close()
    found = _served("ours", count, folder / "ours.db")
    store = office.open_store(folder / "ours.db")
    with store.read() as tx:
        kept = len(tx.inbox.unread(count + WARM + 1))
    store.close()
    if kept != count + WARM:
        raise Broken(f"{kept} kept of {count + WARM}")
    return found


def bare(count: int, folder: Path) -> dict[str, float]:
    """A Starlette handler on the same server that reads the body and answers 200."""
    return _served("bare", count, folder / "none.db")


def _served(which: str, count: int, path: Path) -> dict[str, float]:
    tenant = doorkeeper.tenant()
    spoken = [callbacks.wecom_text(tenant, f"zs{number}", "已报", office.NOW, str(number)) for number in range(count + WARM)]
    with process.server("benchmarks.doorkeeper", which, str(path)) as port:
        requests = [_request(each, port) for each in spoken]
        asyncio.run(_call(port, requests[:WARM]))
        began = time.perf_counter()
        waits = sorted(asyncio.run(_call(port, requests[WARM:])))
        seconds = time.perf_counter() - began
    return {"rate": count / seconds, "p99_ms": waits[int(count * 0.99)] * 1000}


def _request(spoken: callbacks.Callback, port: int) -> bytes:
    head = f"POST /callbacks/wecom?{urlencode(spoken.query)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(spoken.body)}\r\n\r\n".encode() + spoken.body


async def _call(port: int, requests: list[bytes]) -> list[float]:
    waiting, waits = iter(requests), list[float]()
    await asyncio.gather(*(_client(port, waiting, waits) for _ in range(CLIENTS)))
    return waits


async def _client(port: int, waiting: Iterator[bytes], waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        await reader.readexactly(int(found[1]) if found else 0)
        waits.append(time.perf_counter() - began)
        if not head.startswith(b"HTTP/1.1 200"):
            raise Broken(head.decode())
    writer.close()
    await writer.wait_closed()


FIGURE = Figure(
    id="P8",
    what="an answer by WeCom's callback, 32 clients",
    module="callback",
    variants=("ours", "bare"),
    measures=(
        Measure("against a bare handler", "ours.rate", "callbacks/s", "bare.rate", must=0.25, aim=0.4),
        Measure("acknowledged after, p99", "ours.p99_ms", "ms", must=50, at_most=True),
    ),
    size=2_000,
    quick=200,
    full=10_000,
    prepare="prepare",
)

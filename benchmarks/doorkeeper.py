"""The web part in a process of its own for P8: `python -m benchmarks.doorkeeper ours|bare DATABASE`; prints its port."""

import asyncio
import gc
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks import office, process
from bot.channels.wecom_crypto import Keys
from bot.domain.secret import Secret
from bot.sandbox.wecom import WeComTenant
from bot.talk.doors import Doors
from bot.web import app
from bot.web.house import CallbackAnswer

App = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Gate:
    """As much of a house as a callback needs."""

    doors: Doors
    secret: bytes = b"s" * 32
    secure_cookies: bool = False
    mode: str = "live"

    def now(self) -> datetime:
        """The clock of the office."""
        return office.NOW

    async def receive(self, channel: str, method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> CallbackAnswer:
        """Verify, store, acknowledge."""
        answer = await self.doors.take(channel, method, query, headers, body)
        return CallbackAnswer(answer.status, answer.body, answer.media_type)


def tenant() -> WeComTenant:
    """The stand-in organisation whose callbacks are believed."""
    return WeComTenant({})


def _ours(path: Path) -> App:
    store, trusted = office.open_store(path), tenant()
    keys = Keys(Secret(trusted.token), Secret(trusted.aes_key), trusted.corp_id)
    return app.build(Gate(Doors(store, lambda: office.NOW, keys, None, lambda: None)))  # type: ignore[arg-type]


def _bare(_path: Path) -> App:
    async def take(request: Request) -> Response:
        await request.body()
        return Response()

    return Starlette(routes=[Route("/callbacks/wecom", take, methods=["POST"])])


async def serve(which: str, path: str) -> None:
    """Serve until standard input ends."""
    served = {"ours": _ours, "bare": _bare}[which](Path(path))
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = uvicorn.Server(uvicorn.Config(served, log_config=None, access_log=False, server_header=False))
    gc.freeze()  # as `bot.wiring.serve` does
    running = asyncio.create_task(server.serve(sockets=[listener]))  # who calls before it is ready waits in the backlog
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await process.until_input_ends()
    server.should_exit = True
    await running


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))

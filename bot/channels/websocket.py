"""The one place that opens connections which stay open: how long we wait, how much we read, and what it means that nobody answers."""

import logging
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidURI

from bot.channels import http
from bot.channels.listener import ListenFailed
from bot.domain.words import FailureKind

LARGEST: Final = 2**20
"""Bytes of one frame that are read."""
DIAL: Final = 10.0
"""Seconds until a connection must be open."""
FAREWELL: Final = 1.0
"""Seconds that the other side has to say good-bye."""


async def dial(url: str, *, keepalive: float | None = None, log: logging.Logger | None = None) -> ClientConnection:
    """A connection; the environment is never asked. Raises ListenFailed.

    `keepalive` are the seconds between two signs of life that WebSocket itself asks for (None: the protocol above has its own). The
    library writes every frame at DEBUG: `log` is where, its own logger by default.
    """
    try:
        return await connect(
            url,
            ssl=http.tls() if url.startswith("wss:") else None,
            proxy=None,
            compression=None,
            open_timeout=DIAL,
            close_timeout=FAREWELL,
            ping_interval=keepalive,
            ping_timeout=keepalive,
            max_size=LARGEST,
            user_agent_header="cuibao",
            logger=log,
        )
    except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
        raise ListenFailed(FailureKind.TRANSIENT, type(error).__name__, "the gateway could not be reached") from None

"""For networks that carry messages by hand: every message is appended to a file (or a terminal), and a person takes it from there."""

import asyncio
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.channels.base import Clock, Limits, Receipt, SendFailed, check_body
from bot.domain import times
from bot.domain.messages import Outgoing
from bot.domain.words import FailureKind

MAX_BYTES: Final = 20_000
"""Bytes of one message: what a person copies in one go (our own choice)."""
RULE: Final = "─" * 40


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """The file that grows, readable by its owner only; `/dev/stdout` is the terminal."""

    path: Path


class Console:
    """Writes each message with its address on top; the address is whatever the person who carries it understands."""

    name: Final = "console"

    def __init__(self, config: ConsoleConfig, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._alone = asyncio.Lock()
        self.limits = Limits(MAX_BYTES, 0, timedelta(0), "text", group=False)

    def robot(self, address: str) -> str:
        """One file, one budget."""
        return self.name

    async def send(self, message: Outgoing) -> Receipt:
        """Appends the message as one block. Raises SendFailed; IN_DOUBT if the disk failed half way."""
        check_body(message, self.limits)
        block = self._block(message).encode()
        async with self._alone:
            await asyncio.to_thread(_append, self._config.path, block)
        return Receipt("written")

    async def close(self) -> None:
        """Holds nothing open."""

    def _block(self, message: Outgoing) -> str:
        head = f"{RULE}\n{times.local(self._clock()):%Y-%m-%d %H:%M}  → {message.address}  [{message.key}]"
        return "\n".join(line for line in (head, message.rendered.subject, message.rendered.body, "") if line) + "\n\n"


def _append(path: Path, block: bytes) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise SendFailed(FailureKind.TRANSIENT, "cannot_open", type(error).__name__) from None
    try:
        written = os.write(file, block)
    except OSError as error:
        raise SendFailed(FailureKind.IN_DOUBT, "cannot_write", type(error).__name__) from None
    finally:
        os.close(file)
    if written != len(block):
        raise SendFailed(FailureKind.IN_DOUBT, "half_written", f"{written} of {len(block)} bytes")

"""What every way in that keeps a connection open promises to its supervisor: DingTalk Stream, the WeCom bot, IMAP.

A listener knows one platform and nothing else: it opens one connection, hands over what arrives, and ends. When to try again,
whose turn it is and who has to be told is the supervisor's business (`bot.wiring.supervision`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.channels.base import SendFailed
from bot.domain.inbound import Inbound
from bot.domain.words import FailureKind


class ListenFailed(Exception):
    """The connection could not be opened or broke. `kind` is TRANSIENT, THROTTLED or CREDENTIAL_BAD; the text holds no secret.

    `retry_after` is the wait the platform asked for, None if it named none.
    """

    def __init__(self, kind: FailureKind, code: str, detail: str, retry_after: timedelta | None = None) -> None:
        self.kind, self.code, self.detail, self.retry_after = kind, code, detail, retry_after
        super().__init__(f"{kind.value} {code}: {detail}")


def refused(failed: SendFailed) -> ListenFailed:
    """What a call that did not open a connection means: whatever is neither the credentials nor haste may pass."""
    kept = failed.kind in (FailureKind.CREDENTIAL_BAD, FailureKind.THROTTLED)
    return ListenFailed(failed.kind if kept else FailureKind.TRANSIENT, failed.code, failed.detail, failed.retry_after)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a listener has read: `place` names what (a folder), `value` is its own word for how far, opaque to others."""

    place: str
    value: str


class Desk(Protocol):
    """What a listener is given while it listens."""

    def frame(self) -> None:
        """Something came over the connection, be it a sign of life: the watchdog starts anew."""
        ...

    async def keep(self, arrived: Sequence[Inbound], bookmark: Bookmark | None = None) -> None:
        """Store what arrived, and in the same transaction how far was read. Durable when it returns; only then acknowledge."""
        ...

    async def bookmark(self, place: str) -> str:
        """How far was read before, empty for never."""
        ...


class Listener(Protocol):
    """One account of one platform that is listened to."""

    @property
    def name(self) -> str:
        """The channel whose answers it brings, as addresses and settings call it."""
        ...

    @property
    def key(self) -> str:
        """The account, e.g. `mail:bot@example.com`: one process listens to it at a time. Holds no secret."""
        ...

    @property
    def silence(self) -> timedelta:
        """A connection without a frame for so long is dead, whatever the socket says, and is opened anew."""
        ...

    async def listen(self, desk: Desk) -> None:
        """Hold one connection until it ends or is cancelled. Returns when the platform ended it in order. Raises ListenFailed."""
        ...

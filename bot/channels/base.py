"""What every channel promises to the outbox."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.messages import Outgoing
from bot.domain.words import FailureKind


@dataclass(frozen=True, slots=True)
class Limits:
    """What the platform takes. `max_bytes` counts the UTF-8 bytes of one body; `per_minute` is per robot or account (0: no limit).

    `penalty` is how long the platform punishes one message too many; `format` is `text` or `markdown`.
    """

    max_bytes: int
    per_minute: int
    penalty: timedelta
    format: str
    group: bool  # True: the address is a group chat, not a person


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform accepted the message (accepted is not read). `platform_id` is its id, empty if it gives none."""

    code: str
    platform_id: str = ""


class SendFailed(Exception):
    """The platform did not accept, or did not say. `code` is the platform's own; the text holds no secret and no address.

    `retry_after` is the wait the platform asked for, None if it named none.
    """

    def __init__(self, kind: FailureKind, code: str, detail: str, retry_after: timedelta | None = None) -> None:
        self.kind, self.code, self.detail, self.retry_after = kind, code, detail, retry_after
        super().__init__(f"{kind.value} {code}: {detail}")


class Channel(Protocol):
    """One way to one platform with one set of credentials."""

    @property
    def name(self) -> str:
        """The word used in addresses, settings and templates, e.g. `wecom_robot`."""
        ...

    @property
    def limits(self) -> Limits:
        """What the platform takes."""
        ...

    def robot(self, address: str) -> str:
        """The budget this address is counted against: the robot itself, or the account (`mail`)."""
        ...

    async def send(self, message: Outgoing) -> Receipt:
        """Hand the frozen message to the platform once. Raises SendFailed and nothing else; IN_DOUBT if it may have arrived."""
        ...

    async def close(self) -> None:
        """Release connections. Safe to call twice."""
        ...

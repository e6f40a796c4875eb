"""What every channel promises to the outbox."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from bot.domain.messages import Outgoing, Rendered
from bot.domain.words import FailureKind, MessageKind

Format = Literal["text", "markdown", "markdown_v2", "card", "textcard"]
"""How a message is worded (`messages.Rendered.format`)."""
Clock = Callable[[], datetime]
"""Gives the aware present. Channels need it to sign and to age tokens; wiring hands it in."""

EVERYBODY: Final = "@all"
"""The mention that highlights the whole group."""

_MOBILE: Final = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of message is worded, and how many UTF-8 bytes of that the platform takes in one body."""

    format: str
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What the platform takes. `max_bytes` counts the UTF-8 bytes of one body; `per_minute` is per robot or account (0: no limit).

    `penalty` is how long the platform punishes one message too many; `format` is one of `Format`, and `forms` holds the kinds of messages
    that are worded in another one.
    `per_month` counts the calls of the whole organisation in a calendar month of Shanghai (0: no wall known).
    `batch`: so many messages of equal words go in one call if they are handed over at one moment; no robot's order is kept then.
    `deduplicates`: the platform itself drops a second message with our key, so a message in doubt may be sent again.
    """

    max_bytes: int
    per_minute: int
    penalty: timedelta
    format: str
    group: bool  # True: the address is a group chat, not a person
    per_month: int = 0
    deduplicates: bool = False
    batch: int = 1
    forms: Mapping[MessageKind, Form] = field(default_factory=dict)

    def form(self, kind: MessageKind) -> Form:
        """How messages of this kind are worded."""
        return self.forms.get(kind) or Form(self.format, self.max_bytes)


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


def unsent(failed: SendFailed, detail: str) -> SendFailed:
    """What a call before the message itself failed of: whatever became of it, no message can have arrived."""
    if failed.kind is not FailureKind.IN_DOUBT:
        return failed
    return SendFailed(FailureKind.TRANSIENT, failed.code, detail, failed.retry_after)


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


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who is to be highlighted in a group, apart by what the platforms keep apart."""

    mobiles: tuple[str, ...]
    users: tuple[str, ...]
    everybody: bool


def mentions(names: Iterable[str]) -> Mentions:
    """Sorts mentions into mainland mobile numbers, platform user ids, and `@all`; the order is kept."""
    known = tuple(dict.fromkeys(name for name in names if name))
    mobiles = tuple(name for name in known if _MOBILE.fullmatch(name))
    users = tuple(name for name in known if name not in mobiles and name != EVERYBODY)
    return Mentions(mobiles, users, EVERYBODY in known)


def check_body(message: Outgoing, limits: Limits, max_bytes: int = 0) -> None:
    """Refuses what the platform would refuse or silently cut: empty, over `max_bytes`, or no Unicode. Raises SendFailed(CONTENT_BAD).

    `max_bytes` is that of the message's own format, 0 for the one in `limits`.
    """
    if not message.rendered.body.strip():
        raise SendFailed(FailureKind.CONTENT_BAD, "empty", "the body is empty")
    try:
        size = message.rendered.size
    except UnicodeEncodeError:
        raise SendFailed(FailureKind.CONTENT_BAD, "not_unicode", "the body holds half a character") from None
    longest = max_bytes or limits.max_bytes
    if size > longest:
        raise SendFailed(FailureKind.CONTENT_BAD, "too_long", f"{size} bytes where {longest} are taken")


def title(rendered: Rendered) -> str:
    """What a chat list or the head of a card shows: the subject, or the beginning of the body's first line."""
    return rendered.subject.strip() or rendered.body.strip().splitlines()[0][:50]


def append_within(body: str, additions: Iterable[str], max_bytes: int) -> str:
    """`body` with each addition that it does not hold already, as long as the whole stays within `max_bytes` of UTF-8."""
    for addition in additions:
        if addition.strip() in body:
            continue
        if len((body + addition).encode()) > max_bytes:
            break
        body += addition
    return body

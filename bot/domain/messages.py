"""What is said to whom, before and after it is put into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.cards import Card
from bot.domain.inbound import Attachment
from bot.domain.words import MessageKind


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be put into the outbox: who gets it, what it is about, and since when it may go.

    `view` is what the templates need, JSON values only; empty for messages that carry reminders, whose view is built from
    the tasks still open at the moment of sending. `dedupe` is unique for ever: a second draft with the same one is dropped.
    `reason` says in words for administrators why this message exists.
    """

    kind: MessageKind
    person_id: int | None  # None: an answer to a sender nobody knows (then `reply_to` says where it goes)
    dedupe: str
    not_before: datetime
    reason: str
    view: Mapping[str, object] = field(default_factory=dict)
    reply_to: int | None = None  # inbound id this answers; the answer goes back the way the question came
    priority: int = 5  # 0 first; answers to a person go before reminders


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that goes with a message: how it is called there, what it is, and its key in the store (SHA-256 in hex)."""

    name: str
    media_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words, as frozen in the outbox before its first POST. Immutable: a resend sends this again.

    `body` is in `format` (`text`, `markdown`, `markdown_v2`; `html` is an addition for mail only); a `format` of `card` or `textcard`
    says that `card` is to be shown and `body`, in markdown, is for whoever cannot see cards. An empty `format` is the channel's own.
    `mentions` are platform user ids or mobile numbers to highlight in a group. `part`/`parts` count from 1; `files` go with the
    first part or, where the platform sends a file as a message of its own, as parts whose body is the file's name. Words in several
    parts have no card.
    """

    subject: str
    body: str
    html: str | None = None
    mentions: tuple[str, ...] = ()
    part: int = 1
    parts: int = 1
    format: str = ""
    card: Card | None = None
    files: tuple[FileRef, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the body in UTF-8: the unit in which platforms count."""
        return len(self.body.encode())


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One frozen message with its envelope, as handed to a channel.

    `key` is ours, unique for ever and the same on a resend; channels pass it on where the platform de-duplicates.
    `address` is what the channel understands: a robot's name, a userid, a mailbox.
    `thread` is the key of the first message of the same conversation (mail threading), or None.
    `files` are those that `rendered` refers to, in its order, with their content. `answers`: somebody has asked for it by writing.
    """

    key: str
    address: str
    rendered: Rendered
    thread: str | None = None
    files: tuple[Attachment, ...] = ()
    answers: bool = False

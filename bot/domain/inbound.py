"""What arrived from a platform, taken out of its envelope but not yet interpreted."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InboundKind(StrEnum):
    """What kind of thing arrived, as far as its envelope tells. Only what a person SAID is interpreted as an answer."""

    SAID = "said"  # words, a click, a file
    AUTO = "auto"  # a machine answered: out of office, receipt
    BOUNCE = "bounce"  # our mail could not be delivered; `sender` is the mailbox that failed
    OTHER = "other"  # list mail, advertising, platform events without words


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with an inbound. `name` is what the sender called it: shown, never used as a path."""

    name: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the content in hex: its key in the store."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or click from a person. `raw` is kept as it came; `platform_id` is the platform's own id and the key.

    `channel` is the name of the channel that can answer (`wecom_app`, `dingtalk_app`, `mail`); `sender` the platform's id of
    the person as addresses hold it (userid, staff id, mailbox); `chat` the group it was said in, empty in private.
    `answer_to` is where a direct answer goes if the platform gave a place for it (DingTalk's session webhook), else empty.
    `at` is when it was said, by the platform's clock, in UTC. `id` is 0 until stored.
    `about` are the keys, separated by blanks and the surest first, of what the envelope proves it to be about: `task:12` of a
    card or a link, `message:KEY` with the key of one of our messages (a quotation, a reference), `tag:XXXXXXXXXX` of a subject.
    """

    channel: str
    platform_id: str
    sender: str
    at: datetime
    text: str
    raw: bytes
    chat: str = ""
    answer_to: str = ""
    id: int = 0
    kind: InboundKind = InboundKind.SAID
    about: str = ""
    attachments: tuple[Attachment, ...] = ()

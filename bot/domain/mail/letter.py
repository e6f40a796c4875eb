"""What a mail turned out to be."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.inbound import Attachment


class LetterKind(StrEnum):
    """Who or what wrote it."""

    REPLY = "reply"  # a person
    AUTO_REPLY = "auto_reply"  # a machine in a person's name: out of office, receipt
    BOUNCE = "bounce"  # a mail system: ours could not be delivered, or not yet
    OTHER = "other"  # list mail, advertising, invitations, notifications, our own


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mailbox that was not reached. `code` is the enhanced status (`5.1.1`), else the reply code (`550`), else empty.

    `permanent` is False while the mail system goes on trying.
    """

    mailbox: str
    code: str
    permanent: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail taken apart.

    `text` is what its writer wrote himself: no quotation, no signature. `sender` is the mailbox in From, in lower case, empty for none.
    `token` are the ten characters of our subject tag as it stands there: not yet looked up. `references` are the Message-IDs it
    answers, the nearest first; of a bounce that of the mail that came back. `sent_at` is its own word, in UTC.
    """

    kind: LetterKind
    text: str
    sender: str
    subject: str
    token: str | None
    message_id: str
    references: tuple[str, ...]
    sent_at: datetime | None
    attachments: tuple[Attachment, ...] = ()
    bounce: Bounce | None = None

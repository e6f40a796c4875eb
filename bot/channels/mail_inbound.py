"""A mail as it came becomes an inbound: bytes in, value out, nothing looked up."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Final

from bot.domain import mail
from bot.domain.inbound import Inbound, InboundKind
from bot.domain.mail import Letter, LetterKind

BELIEVED: Final = timedelta(hours=2)
"""A mail may say that it was written so long before it arrived. Beyond that its arrival counts: dates in mails can be set at will."""
MOST_REFERENCES: Final = 5
OWN_ID: Final = re.compile(r"<cb\.[0-9a-f]{32}@[^<>\s]+>")
"""Our own Message-IDs (`mail_message.message_id`)."""
_KINDS: Final = {
    LetterKind.REPLY: InboundKind.SAID,
    LetterKind.AUTO_REPLY: InboundKind.AUTO,
    LetterKind.BOUNCE: InboundKind.BOUNCE,
    LetterKind.OTHER: InboundKind.OTHER,
}


def read(raw: bytes, arrived_at: datetime, *, size: int | None = None) -> Inbound:
    """The mail that reached our mailbox at `arrived_at`. `size` is its whole length if `raw` is only its beginning.

    `about` holds, the surest first: `mid:<…>` for each mail it answers (the store makes `message:KEY` of ours), `tag:…` of its subject,
    of a bounce `failed:5.1.1` (for good) or `delayed:4.4.1`, and `oversize:BYTES` if the mail was cut. A bounce that is not for good
    is no BOUNCE: the mail system goes on trying, and the mailbox is not to be given up.
    """
    letter = mail.read(raw)
    bounced = letter.bounce
    return Inbound(
        channel="mail",
        platform_id=letter.message_id or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        sender=bounced.mailbox if bounced is not None else letter.sender,
        at=_at(letter, arrived_at),
        text=_text(letter),
        raw=raw,
        kind=InboundKind.AUTO if bounced is not None and not bounced.permanent else _KINDS[letter.kind],
        about=" ".join(_about(letter, size)),
        attachments=letter.attachments if size is None else (),
    )


def is_ours(inbound: Inbound) -> bool:
    """Whether it bears a tag or answers a Message-ID in the form of ours."""
    return "tag:" in inbound.about or OWN_ID.search(inbound.about) is not None


def _text(letter: Letter) -> str:
    """What was said; of a mail with nothing in it its subject, if the writer made that one himself."""
    own_subject = letter.kind is LetterKind.REPLY and letter.token is None and not mail.is_answer(letter.subject)
    return letter.text or (letter.subject if own_subject and not letter.attachments else "")


def _at(letter: Letter, arrived_at: datetime) -> datetime:
    said = letter.sent_at
    return said if said is not None and arrived_at - BELIEVED <= said <= arrived_at else arrived_at


def _about(letter: Letter, size: int | None) -> list[str]:
    ours = sorted(letter.references[: MOST_REFERENCES * 4], key=lambda id_: OWN_ID.fullmatch(id_) is None)
    found = [f"mid:{id_}" for id_ in ours[:MOST_REFERENCES]]
    if letter.token:
        found.append(f"tag:{letter.token}")
    if letter.bounce is not None:
        found.append(f"{'failed' if letter.bounce.permanent else 'delayed'}:{letter.bounce.code}")
    return [*found, f"oversize:{size}"] if size is not None else found

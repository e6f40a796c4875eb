"""An e-mail in bytes: headers by which an answer finds its way back, text first, HTML beside it.

The subject carries a tag because that is what survives Chinese providers; QQ replaces our Message-ID and mail programs drop
References. Nothing here talks to a server.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from bot.channels import crockford
from bot.domain import times
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret

TAG: Final = re.compile(r"\[CB-([0-9A-HJKMNP-TV-Z]{10})\]")
"""The subject tag in its printed form: 50 bits that nobody can guess without the secret."""
TAG_LENGTH: Final = 10


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the mailbox, the name people see, and the secret from which tags and Message-IDs are made."""

    mailbox: str
    display_name: str
    tag_secret: Secret

    @property
    def domain(self) -> str:
        """The part after the @: our Message-IDs end in it."""
        return self.mailbox.rpartition("@")[2]


def tag(sender: Sender, key: str) -> str:
    """The ten characters in the subject of every mail whose conversation began with the message `key`."""
    return crockford.encode(_digest(sender, "tag", key), TAG_LENGTH)


def message_id(sender: Sender, key: str) -> str:
    """The Message-ID of the message `key`: the same on a resend, so that receiving systems can drop the second."""
    return f"<cb.{_digest(sender, 'id', key)[:16].hex()}@{sender.domain}>"


def compose(message: Outgoing, sender: Sender, now: datetime) -> bytes:
    """The whole mail with CRLF line ends, in pure ASCII. Raises ValueError if the address cannot stand in a header."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.display_name, addr_spec=sender.mailbox)
    mail["To"] = Address(addr_spec=message.address)
    mail["Subject"] = _subject(message, sender)
    mail["Date"] = format_datetime(times.local(now))
    mail["Message-ID"] = message_id(sender, message.key)
    if message.thread and message.thread != message.key:
        mail["In-Reply-To"] = mail["References"] = message_id(sender, message.thread)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail["X-Cuibao-Id"] = _digest(sender, "x", message.key)[:16].hex()
    _fill(mail, message)
    return mail.as_bytes()


def _subject(message: Outgoing, sender: Sender) -> str:
    subject = " ".join(message.rendered.subject.split())
    return subject if TAG.search(subject) else f"[CB-{tag(sender, message.thread or message.key)}] {subject}"


def _fill(mail: EmailMessage, message: Outgoing) -> None:
    """Both parts in base64: Python's default of 8bit breaks at old gateways."""
    mail.set_content(message.rendered.body, cte="base64")
    if message.rendered.html is not None:
        mail.add_alternative(message.rendered.html, subtype="html", cte="base64")
        mail.set_boundary(f"=_{hashlib.sha256(message.key.encode()).hexdigest()[:32]}")


def _digest(sender: Sender, use: str, key: str) -> bytes:
    return hmac.new(sender.tag_secret.reveal().encode(), f"{use}\0{key}".encode(), hashlib.sha256).digest()

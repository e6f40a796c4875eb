"""An e-mail in bytes: headers by which an answer finds its way back, text first, HTML beside it.

The subject carries a tag because that is what survives Chinese providers; QQ replaces our Message-ID and mail programs drop
References. Nothing here talks to a server.
"""

import binascii
import functools
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
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
LINE: Final = 57
"""Bytes that make a line of 76 characters in base64."""


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
    """The whole mail with CRLF line ends, in pure ASCII. Raises ValueError if the address cannot stand in a header.

    Written line by line, as `email.message.EmailMessage` would: that one parses every header it is given, at four times the price.
    """
    lines = [
        _from(sender),
        _folded("To", Address(addr_spec=message.address)),
        _folded("Subject", _subject(message, sender)),
        f"Date: {format_datetime(times.local(now))}",
        f"Message-ID: {message_id(sender, message.key)}",
        *_answering(message, sender),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        f"X-Cuibao-Id: {_digest(sender, 'x', message.key)[:16].hex()}",
        *_content(message),
    ]
    return "\r\n".join(lines).encode("ascii")


@functools.lru_cache(maxsize=16)
def _from(sender: Sender) -> str:
    return _folded("From", Address(sender.display_name, addr_spec=sender.mailbox))


def _folded(name: str, value: str | Address) -> str:
    """A header whose value may be long or Chinese, without its last line end."""
    folded: str = SMTP.fold(*SMTP.header_store_parse(name, value))
    return folded.removesuffix("\r\n")


def _answering(message: Outgoing, sender: Sender) -> list[str]:
    if not message.thread or message.thread == message.key:
        return []
    first = message_id(sender, message.thread)
    return [f"In-Reply-To: {first}", f"References: {first}"]


def _subject(message: Outgoing, sender: Sender) -> str:
    subject = " ".join(message.rendered.subject.split())
    return subject if TAG.search(subject) else f"[CB-{tag(sender, message.thread or message.key)}] {subject}"


def _content(message: Outgoing) -> list[str]:
    """The body, after a blank line; with HTML beside it if there is any."""
    plain, html = message.rendered.body, message.rendered.html
    if html is None:
        text = _part("plain", plain)
        return [text[0], text[1], "MIME-Version: 1.0", *text[2:]]
    boundary = f"=_{hashlib.sha256(message.key.encode()).hexdigest()[:32]}"
    start, end = f"--{boundary}", f"--{boundary}--"
    head = ["MIME-Version: 1.0", "Content-Type: multipart/alternative;", f' boundary="{boundary}"', ""]
    return [*head, start, *_part("plain", plain), start, *_part("html", html), end, ""]


def _part(kind: str, words: str) -> list[str]:
    """In base64: 8bit breaks at old gateways."""
    raw = b"".join(line + b"\r\n" for line in words.encode().splitlines())
    coded = (binascii.b2a_base64(raw[at : at + LINE], newline=False).decode("ascii") for at in range(0, len(raw), LINE))
    return [f'Content-Type: text/{kind}; charset="utf-8"', "Content-Transfer-Encoding: base64", "", *coded, ""]


def _digest(sender: Sender, use: str, key: str) -> bytes:
    return hmac.new(sender.tag_secret.reveal().encode(), f"{use}\0{key}".encode(), hashlib.sha256).digest()

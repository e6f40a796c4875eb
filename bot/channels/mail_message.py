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
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from bot.channels import crockford
from bot.domain import times
from bot.domain.inbound import Attachment
from bot.domain.messages import Outgoing
from bot.domain.secret import Secret

TAG: Final = re.compile(r"\[CB-([0-9A-HJKMNP-TV-Z]{10})\]")
"""The subject tag in its printed form: 50 bits that nobody can guess without the secret."""
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+", re.IGNORECASE)
TAG_LENGTH: Final = 10
LINE: Final = 57
"""Bytes that make a line of 76 characters in base64."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the mailbox, the name people see, the secret from which tags and Message-IDs are made, where answers go if not there."""

    mailbox: str
    display_name: str
    tag_secret: Secret
    reply_to: str = ""

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
        _to(message.address),
        _folded("Subject", _subject(message, sender)),
        f"Date: {format_datetime(times.local(now))}",
        f"Message-ID: {message_id(sender, message.key)}",
        *_answering(message, sender),
        *([_folded("Reply-To", Address(addr_spec=sender.reply_to))] if sender.reply_to else []),
        f"Auto-Submitted: {'auto-replied' if message.answers else 'auto-generated'}",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        f"X-Cuibao-Id: {_digest(sender, 'x', message.key)[:16].hex()}",
        *_content(message),
    ]
    return "\r\n".join(lines).encode("ascii")


@functools.lru_cache(maxsize=16)
def _from(sender: Sender) -> str:
    return _folded("From", Address(sender.display_name, addr_spec=sender.mailbox))


@functools.lru_cache(maxsize=1024)
def _to(mailbox: str) -> str:
    """Who gets mail gets more of it, and folding a header costs as much as rendering a template."""
    return _folded("To", Address(addr_spec=mailbox))


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
    """The body with its header lines before the blank line: text, with HTML beside it and files behind it if there are any."""
    first, *rest = _said(message)
    if not message.files:
        return _headed(first, rest)
    mixed = _boundary(message.key, "files")
    files = [line for file in message.files for line in (f"--{mixed}", *_file(file))]
    head = ["Content-Type: multipart/mixed;", f' boundary="{mixed}"', "MIME-Version: 1.0", ""]
    return [*head, f"--{mixed}", first, *rest, *files, f"--{mixed}--", ""]


def _headed(first: str, rest: list[str]) -> list[str]:
    """The same where it is the whole mail."""
    return ["MIME-Version: 1.0", first, *rest]


def _said(message: Outgoing) -> list[str]:
    plain, html = message.rendered.body, message.rendered.html
    if html is None:
        return _part("plain", plain)
    boundary = _boundary(message.key, "")
    start, end = f"--{boundary}", f"--{boundary}--"
    head = ["Content-Type: multipart/alternative;", f' boundary="{boundary}"', ""]
    return [*head, start, *_part("plain", plain), start, *_part("html", html), end, ""]


def _boundary(key: str, use: str) -> str:
    return f"=_{hashlib.sha256((key + use).encode()).hexdigest()[:32]}"


def _file(file: Attachment) -> list[str]:
    """A file: its name twice, as RFC 2231 wants it and as programs that do not know that understand it."""
    name = " ".join(file.name.split()) or "file"
    return [
        f"Content-Type: {file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else 'application/octet-stream'};",
        f' name="{Header(name, "utf-8", maxlinelen=60).encode(linesep="") if not name.isascii() else _quotable(name)}"',
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment;",
        f" filename*=utf-8''{quote(name, safe='')}",
        "",
        *_base64(file.content),
        "",
    ]


def _quotable(name: str) -> str:
    return name.replace("\\", "_").replace('"', "_")


def _part(kind: str, words: str) -> list[str]:
    """In base64: 8bit breaks at old gateways."""
    raw = b"".join(line + b"\r\n" for line in words.encode().splitlines())
    return [f'Content-Type: text/{kind}; charset="utf-8"', "Content-Transfer-Encoding: base64", "", *_base64(raw), ""]


def _base64(raw: bytes) -> list[str]:
    return [binascii.b2a_base64(raw[at : at + LINE], newline=False).decode("ascii") for at in range(0, len(raw), LINE)]


def _digest(sender: Sender, use: str, key: str) -> bytes:
    return hmac.new(sender.tag_secret.reveal().encode(), f"{use}\0{key}".encode(), hashlib.sha256).digest()

"""Of the parts of a mail: which are what somebody said, and which are files."""

import re
from dataclasses import dataclass, field
from typing import Final

from bot.domain.inbound import Attachment
from bot.domain.mail import headers, lines, markup, mime, wrapped
from bot.domain.mail.mime import Part

MOST_FILES: Final = 100
MOST_BYTES: Final = 50_000_000
"""Bytes of all files of one mail that are kept; those beyond are left out, the mail itself is kept as it came."""
_UNSHOWN: Final = re.compile(
    r"does not support html|cannot (?:show|display)|html (?:format|e-?mail|message)|不支持.{0,6}html|"
    r"请使用.{0,12}html|view this.{0,20}html",
    re.I,
)
_SIGNATURES: Final = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys"}
)
_REPORTS: Final = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "message/disposition-notification", "message/feedback-report"}
)
_CID: Final = re.compile(r"cid:([^\"'\s>)]{1,200})", re.IGNORECASE)


@dataclass(slots=True)
class Contents:
    """What a mail holds: its words as text and as HTML, its files, and `calendar`, the method of an invitation."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    calendar: str = ""
    _shown: set[str] = field(default_factory=set)
    _bytes: int = 0

    @property
    def text(self) -> str:
        """The words, quotations marked. Plain text is preferred unless it is missing, a stub, or flattened to one line."""
        plain, html = "\n".join(self.plain), "\n".join(self.html)
        if not html.strip():
            return plain
        shown = markup.text(html)
        return shown if not plain.strip() or _is_worse(plain, shown) else plain

    def keep(self, file: Attachment) -> None:
        """Keep a file, within bounds."""
        if len(self.attachments) < MOST_FILES and self._bytes + len(file.content) <= MOST_BYTES:
            self.attachments.append(file)
            self._bytes += len(file.content)


def contents(mail: Part) -> Contents:
    """Go through the parts once."""
    found = Contents()
    found._shown.update(cid for part in mail.walk() if part.media_type == "text/html" for cid in _CID.findall(part.words[: markup.LONGEST]))
    _read(mail, found, 0)
    return found


def _is_worse(plain: str, shown: str) -> bool:
    if not shown.strip():
        return False
    if len(plain) * 10 < len(shown) or (len(plain) < 1000 and _UNSHOWN.search(plain)):
        return True
    flattened = len(plain) > 120 and "\n" not in plain.strip() and shown.count("\n") >= 3
    return flattened or (plain.count("\ufffd") + plain.count("??") > 2 and shown.count("\ufffd") + shown.count("??") <= 2)


def _read(part: Part, found: Contents, level: int) -> None:
    if part.parts:
        for each in part.parts:
            _read(each, found, level)
    elif part.media_type in _SIGNATURES or part.media_type in _REPORTS or part.media_type == "text/rfc822-headers":
        return
    elif part.media_type == "text/calendar":
        found.calendar = part.parameters.get("method", "").lower() or _method(part)
        if part.name:
            _file(part, found)
    elif part.media_type in wrapped.TNEF or part.name.lower() == "winmail.dat":
        _open(part, found)
    elif part.media_type in wrapped.SMIME and level == 0 and (inner := wrapped.signed(part.content)):
        _read(mime.parse(inner), found, level + 1)
    elif part.media_type in ("text/plain", "text/html") and part.disposition != "attachment" and not part.name:
        _say(part, found)
    else:
        _file(part, found)


def _say(part: Part, found: Contents) -> None:
    words = part.words
    if part.media_type == "text/html" or (not found.html and re.match(r"\s*(?:<!doctype html|<html)", words[:200], re.IGNORECASE)):
        found.html.append(words)
    elif part.parameters.get("format", "").lower() == "flowed":
        found.plain.append(lines.unflowed(words, delete_space=part.parameters.get("delsp", "").lower() == "yes"))
    else:
        found.plain.append(words)


def _file(part: Part, found: Contents) -> None:
    cid = headers.words(headers.first(part.headers, "content-id")).strip("<> ")
    if cid and cid in found._shown and part.media_type.startswith("image/"):
        return  # a picture within the words: a logo, a line
    if not part.content and not part.name:
        return
    found.keep(Attachment(_name(part, len(found.attachments) + 1), part.media_type, part.content))


def _name(part: Part, number: int) -> str:
    if part.media_type == "message/rfc822":
        subject = headers.words(headers.first(mime.split(part.content)[0], "subject"))
        return part.name or f"{headers.file_name(subject) or f'attachment-{number}'}.eml"
    return part.name or f"attachment-{number}"


def _open(part: Part, found: Contents) -> None:
    inside = wrapped.opened(part.content)
    if inside is None:
        _file(part, found)
        return
    if inside.text.strip() and not any(text.strip() for text in [*found.plain, *found.html]):
        found.plain.append(inside.text)
    for file in inside.attachments:
        found.keep(file)


def _method(part: Part) -> str:
    method = re.search(rb"^METHOD:([A-Za-z]+)", part.content[:20_000], re.MULTILINE)
    return method[1].decode().lower() if method else ""

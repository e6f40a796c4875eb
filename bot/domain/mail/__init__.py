"""Mails: from bytes to what a person, or a machine, said.

`read` is pure and never raises, whatever the bytes are, and takes time in proportion to their length. Its layers, each one file:
`charset` (words from bytes), `headers`, `mime` (parts), `wrapped` (winmail.dat, S/MIME), `contents` (words and files), `markup` (HTML),
`lines`, `boundaries`, `signatures`, `cut` (what the writer wrote himself), `bounces`, `robots` (who or what wrote it).
The forms come from real mails of QQ, Foxmail, NetEase, Coremail, DingTalk, Outlook, Apple Mail, Gmail and Thunderbird (read 2026-11-23).
No parser of replies that could be installed knew a third of them.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.domain import inbound
from bot.domain.mail import bounces, cut, headers, mime, robots
from bot.domain.mail.contents import Contents, contents
from bot.domain.mail.headers import Headers
from bot.domain.mail.letter import Bounce, Letter, LetterKind
from bot.domain.mail.mime import MOST_BYTES, Part

__all__ = ["MOST_BYTES", "Bounce", "Letter", "LetterKind", "is_answer", "read"]

_TAG: Final = re.compile(r"[\[【［(（]?CB[-－–—_]([0-9A-HJKMNP-TV-Z]{10})(?![0-9A-Z])[\]】］)）]?", re.IGNORECASE)
_MOST_REFERENCES: Final = 20


def read(raw: bytes) -> Letter:
    """The mail taken apart. Never raises; what cannot be made out is empty."""
    mail = mime.parse(raw)
    found = contents(mail)
    sender, subject = headers.address(headers.first(mail.headers, "from")), headers.words(headers.first(mail.headers, "subject"))
    text = found.text
    said = cut.visible(text)
    kind = robots.kind(mail, sender, subject, found, said)
    back = bounces.returned(mail) if kind is LetterKind.BOUNCE else {}
    bounce = bounces.read(mail, text, _ours(mail.headers, sender)) if kind is LetterKind.BOUNCE else None
    return Letter(
        kind=kind,
        text=_told(bounce) if bounce is not None else said,
        sender=sender,
        subject=subject,
        token=_token([subject, headers.words(headers.first(back, "subject")), text]),
        message_id=next(iter(headers.message_ids(headers.first(mail.headers, "message-id"))), ""),
        references=_references(mail, back),
        sent_at=headers.date(headers.first(mail.headers, "date")),
        attachments=tuple(_files(found, kind)),
        bounce=bounce,
    )


def is_answer(subject: str) -> bool:
    """Whether the subject is that of an answer or of something passed on ("Re:", "回复："), so that its words are not the writer's."""
    return robots.ANSWERS.match(subject) is not None


def _files(found: Contents, kind: LetterKind) -> Sequence[inbound.Attachment]:
    """Of a bounce the only file is the mail that came back, which is ours."""
    return () if kind is LetterKind.BOUNCE else found.attachments


def _told(bounce: Bounce) -> str:
    return " ".join(filter(None, (bounce.mailbox, bounce.code, bounce.detail)))


def _ours(fields: Headers, sender: str) -> tuple[str, ...]:
    return (sender, *(headers.address(headers.first(fields, name)) for name in ("to", "delivered-to", "x-original-to")))


def _token(places: Sequence[str]) -> str | None:
    """The tag in the first place that bears one; in a place that bears several nobody can say which is meant."""
    for place in places:
        tight = re.sub(r"\s", "", unicodedata.normalize("NFKC", place[:100_000]))
        tags = {tag.upper() for tag in _TAG.findall(tight)}
        if tags:
            return tags.pop() if len(tags) == 1 else None
    return None


def _references(mail: Part, back: Headers) -> tuple[str, ...]:
    """What it answers, the nearest first: In-Reply-To, then References from their end; of a bounce the mail that came back."""
    said: list[str] = []
    for fields, name in ((back, "message-id"), (mail.headers, "original-message-id"), (mail.headers, "in-reply-to")):
        said += headers.message_ids(headers.first(fields, name))
    said += reversed(headers.message_ids(headers.first(mail.headers, "references")))
    return tuple(dict.fromkeys(said))[:_MOST_REFERENCES]

"""How DingTalk's app puts a message: the robot's `msgKey` and `msgParam`, the work notice's `msg`, the interactive card's fields.

Read on 2026-11-23: open.dingtalk.com, "robot message types", "work notification messages", "create and deliver cards".
"""

import hashlib
from typing import Final

from bot.channels import crockford, http
from bot.channels.answer import Json
from bot.channels.base import Format, SendFailed, title
from bot.domain.cards import Card
from bot.domain.messages import Outgoing, Rendered
from bot.domain.words import FailureKind

MAX_PARAM: Final = 15_000
"""Bytes of `msgParam`, a string that holds JSON (read 2026-11-23)."""
MAX_NOTICE: Final = 2048
"""Bytes of a work notice's `msg` (read 2026-11-23)."""
NOTICE_BYTES: Final = 1700
"""Bytes of a work notice's words: its title, its mark and JSON's escapes need room."""
NOTICE_USERS: Final = 100
"""Members that one call for a work notice reaches (read 2026-11-23)."""
MAX_FIELD: Final = 1000
"""Bytes of one field of a card: the platform takes 1 KB (read 2026-11-23)."""
BUTTONS: Final = 6
"""Buttons that our card template has."""
MARK: Final = 6
"""Characters of the mark at the end of a work notice: the same content reaches a member once a day only (read 2026-11-23)."""
TITLE: Final = 30
"""Characters of a title where room is short."""


def robot(rendered: Rendered, kind: Format) -> tuple[str, str]:
    """`msgKey` and `msgParam`. Raises SendFailed if the platform would not take so much."""
    card = rendered.card
    key, content = "sampleMarkdown", {"title": title(rendered), "text": rendered.body}
    if kind == "text":
        key, content = "sampleText", {"content": rendered.body}
    elif card is not None and card.url:
        key, content = "sampleActionCard", content | {"singleTitle": card.link or card.title, "singleURL": card.url}
    return key, _within(content, MAX_PARAM, "msgParam")


def notice(rendered: Rendered, kind: Format, mark: str) -> Json:
    """A work notice's `msg`, its words ended by `mark`. Raises SendFailed if the platform would not take so much."""
    head, card, body = title(rendered)[:TITLE], rendered.card, f"{rendered.body}\n\n[{mark}]"
    message: Json = {"msgtype": "markdown", "markdown": {"title": head, "text": body}}
    if kind == "text":
        message = {"msgtype": "text", "text": {"content": body}}
    elif card is not None and card.url:
        content = {"title": head, "markdown": body, "single_title": (card.link or card.title)[:TITLE], "single_url": card.url}
        shown: Json = {"msgtype": "action_card", "action_card": content}
        message = shown if len(http.encode(shown)) <= MAX_NOTICE else message  # the words have the link too
    _within(message, MAX_NOTICE, "msg")
    return message


def mark(message: Outgoing) -> str:
    """Made of our key: the same for the same message sent again, another for one that happens to read alike."""
    return crockford.encode(hashlib.sha256(message.key.encode()).digest(), MARK)


def card(shown: Card) -> dict[str, str] | None:
    """The fields of our card template, all text; None if this card cannot be drawn with them: words do then."""
    lines = "\n\n".join(f"**{name}** {value}" for name, value in shown.lines)
    fields = {"title": shown.title, "text": lines, "note": shown.note, "answered": "false", "url": shown.url}
    for number, tap in enumerate(shown.buttons, 1):
        fields |= {f"label{number}": tap.label, f"say{number}": tap.key}
    drawable = 0 < len(shown.buttons) <= BUTTONS and not shown.options
    return fields if drawable and all(len(value.encode()) <= MAX_FIELD for value in fields.values()) else None


def _within(content: Json, most: int, what: str) -> str:
    encoded = http.encode(content)
    if len(encoded) > most:
        raise SendFailed(FailureKind.CONTENT_BAD, "too_long", f"{len(encoded)} bytes of {what} where {most} are taken")
    return encoded.decode()

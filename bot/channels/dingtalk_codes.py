"""What DingTalk's group robot, app robot and callbacks share: the signature, the codes, and the shape of a group message.

Read on 2026-11-23: open.dingtalk.com, "custom robot access", "robot message types", "error codes of custom robots", and for the
new host "server API error codes".
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.channels import errcode
from bot.channels.answer import Json
from bot.channels.base import Form, Format, SendFailed, append_within, mentions, title
from bot.channels.errcode import Verdict
from bot.channels.redact import hide
from bot.domain.messages import Rendered
from bot.domain.words import FailureKind, MessageKind

OLD_HOST: Final = "https://oapi.dingtalk.com"
NEW_HOST: Final = "https://api.dingtalk.com"

MAX_BYTES: Final = 18_000
"""Bytes of one group message: the platform refuses 20,000 for the whole body (read 2026-11-23); the rest is for the envelope."""
ROBOT_PENALTY: Final = timedelta(minutes=10)
"""A robot that sends a 21st message in a minute is silenced this long (read 2026-11-23)."""
ADDRESS_BLOCK: Final = timedelta(minutes=5)
"""An IP address that calls more than 10,000 times in 20 s is shut out this long, with `status` 1111 (read 2026-11-23)."""
MAX_AT: Final = 50
"""People who can be highlighted in one message (read 2026-11-23)."""

WITH_CARD: Final = (MessageKind.REMINDER, MessageKind.OVERDUE, MessageKind.GROUP_NOTICE, MessageKind.QUESTION)
"""Kinds of messages that may be shown as a card."""

SECURITY: Final = 310000
"""Four faults share this code; only here the platform's words are read."""
_SECURITY_WORDS: Final = (("keyword", "keyword"), ("timestamp", "clock"), ("sign", "sign"), ("whitelist", "ip"))


def _all(kind: FailureKind, *codes: int) -> dict[int, Verdict]:
    return dict.fromkeys(codes, Verdict(kind))


CODES: Final[Mapping[int, Verdict]] = {
    -1: Verdict(FailureKind.TRANSIENT),
    410100: Verdict(FailureKind.THROTTLED, ROBOT_PENALTY),
    130101: Verdict(FailureKind.THROTTLED, ROBOT_PENALTY),
    **dict.fromkeys((90002, 90018), Verdict(FailureKind.THROTTLED, timedelta(seconds=1))),  # calls per second
    # 400013 group dissolved, 400101 token unknown, 400102 robot stopped, 400106 robot gone, 90020 the month's calls are used up
    **_all(FailureKind.CREDENTIAL_BAD, SECURITY, 400013, 400101, 400102, 400106, 90020),
    # 40035 no JSON, 43004 content type, 400105 message type, 460101 too long, 430101-430104 unsafe link, text, image, content
    **_all(FailureKind.CONTENT_BAD, 40035, 43004, 400105, 460101, 430101, 430102, 430103, 430104),
}


def sign(timestamp: str, secret: str) -> str:
    """Base64 of the HMAC-SHA256 that both directions use; percent-encode it once where it goes into a URL. `timestamp` is in ms."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def require_ok(body: Json, *hidden: str) -> None:
    """Returns if the old host accepted, else raises SendFailed. `hidden` are words to keep out of the error."""
    if "errcode" not in body and str(body.get("status")) == "1111":
        raise SendFailed(FailureKind.THROTTLED, "1111", "the platform shut this address out", ADDRESS_BLOCK)
    if errcode.of(body) == SECURITY:
        words = str(body.get("errmsg", ""))
        fault = next((name for word, name in _SECURITY_WORDS if word in words), "security")
        raise SendFailed(FailureKind.CREDENTIAL_BAD, f"{SECURITY}:{fault}", hide(words, *hidden))
    errcode.require_ok(body, CODES, *hidden)


def forms(kind: Format, max_bytes: int = MAX_BYTES) -> dict[MessageKind, Form]:
    """Kinds that bring a card along, unless only plain text is wanted."""
    return {} if kind == "text" else dict.fromkeys(WITH_CARD, Form("card", max_bytes))


def group_payload(rendered: Rendered, kind: Format, *, keyword: str = "") -> dict[str, object]:
    """A message for a group. Whoever is highlighted must stand in `at` and in the words; so does the keyword.

    A card that leads somewhere becomes an actionCard, unless somebody is to be highlighted: whether that works there is not known.
    """
    called = mentions(rendered.mentions)
    mobiles, users = called.mobiles[:MAX_AT], called.users[: max(0, MAX_AT - len(called.mobiles))]
    body = append_within(rendered.body, [f"\n{keyword}"] if keyword else [], MAX_BYTES)
    body = append_within(body, (f" @{name}" for name in (*mobiles, *users)), MAX_BYTES)
    card = rendered.card
    if kind != "text" and card is not None and card.url and not rendered.mentions:
        button = {"singleTitle": card.link or card.title, "singleURL": card.url, "btnOrientation": "0"}
        return {"msgtype": "actionCard", "actionCard": {"title": title(rendered), "text": body} | button}
    content = {"content": body} if kind == "text" else {"title": title(rendered), "text": body}
    return {"msgtype": kind, kind: content, "at": {"atMobiles": [*mobiles], "atUserIds": [*users], "isAtAll": called.everybody}}

"""What a member says to DingTalk's app robot or presses in a card, as the platform posts it to our address or sends it by Stream.

Protocol: open.dingtalk.com, "receive robot messages" and "card callback", read 2026-11-23. The body is plain JSON and not covered
by the signature, which only proves that the sender holds the app's secret and when it signed: HTTPS is essential. Answer within
2.5 s. By Stream the same body comes over a connection that we opened, and needs no signature.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.channels import dingtalk_codes
from bot.channels.answer import json_object
from bot.channels.callback import CallbackRefused, Refusal
from bot.domain import cards
from bot.domain.inbound import Inbound
from bot.domain.secret import Secret

CHANNEL: Final = "dingtalk_app"
WINDOW: Final = timedelta(hours=1)
"""A signature older or younger than this is refused (read 2026-11-23)."""
MAX_BODY: Final = 200_000
"""Bytes of a request that are read."""
SAYS, CHOSEN = "say", "choice"
"""The parameters in which our cards give back the button that was pressed and the line that was chosen (`domain.cards.Tap.key`)."""
_GROUP: Final = "2"


def read(app_secret: Secret, headers: Mapping[str, str], body: bytes, now: datetime) -> Inbound:
    """A posted message. Without a staff id (an outsider, an unpublished robot) `sender` is empty: never guess by the nickname.

    `headers` are looked up whatever their case. Raises CallbackRefused.
    """
    _verify(app_secret, {name.lower(): value for name, value in headers.items()}, now)
    return message(body)


def message(body: bytes) -> Inbound:
    """A message whose sender is known to be the platform. Over the month's quota it comes without words. Raises CallbackRefused."""
    content = _parse(body)
    group = content.get("conversationType") == _GROUP
    return Inbound(
        CHANNEL,
        _required(content, "msgId"),
        _string(content, "senderStaffId"),
        _instant(content.get("createAt")),
        _text(content),
        body,
        chat=_string(content, "conversationId") if group else "",
        answer_to=_string(content, "sessionWebhook"),
    )


def click(body: bytes, message_id: str, now: datetime) -> Inbound:
    """A button of a card, pressed `now`: what our card gave to it, after what was chosen there. Raises CallbackRefused.

    A button to which nothing was given says the name of its action. The card's own id is the key of the message that carried it.
    """
    content = _parse(body)
    private = _object(_object(content, "content"), "cardPrivateData")
    params, actions = _object(private, "params"), private.get("actionIds")
    named = " ".join(action for action in actions if isinstance(action, str)) if isinstance(actions, list) else ""
    given = cards.tapped(filter(None, (_string(params, CHOSEN), _string(params, SAYS) or named)))
    about = f"{given.about} message:{_required(content, 'outTrackId')}".strip()
    return Inbound(CHANNEL, f"click:{message_id}", _string(content, "userId"), now, given.text, body, about=about)


def _object(content: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A field that holds an object, or the text of one."""
    value = content.get(name)
    if isinstance(value, str):
        return json_object(value) or {}
    return value if isinstance(value, dict) else {}


def _verify(app_secret: Secret, headers: Mapping[str, str], now: datetime) -> None:
    timestamp, claimed = headers.get("timestamp", ""), headers.get("sign", "")
    expected = dingtalk_codes.sign(timestamp, app_secret.reveal())
    if not hmac.compare_digest(expected.encode(), claimed.encode()):
        raise CallbackRefused(Refusal.SIGNATURE)
    if abs(_instant(timestamp) - now) > WINDOW:
        raise CallbackRefused(Refusal.WINDOW)


def _parse(body: bytes) -> Mapping[str, object]:
    content = json_object(body) if len(body) <= MAX_BODY else None
    if content is None:
        raise CallbackRefused(Refusal.CONTENT)
    return content


def _text(content: Mapping[str, object]) -> str:
    """The words without the space that the removed @ leaves; rich text is joined, pictures say nothing."""
    text = content.get("text")
    if isinstance(text, dict):
        return _string(text, "content").strip()
    rich = content.get("content")
    parts = rich.get("richText") if isinstance(rich, dict) else None
    return "".join(_string(part, "text") for part in parts if isinstance(part, dict)).strip() if isinstance(parts, list) else ""


def _string(content: Mapping[str, object], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""


def _required(content: Mapping[str, object], name: str) -> str:
    value = _string(content, name)
    if not value:
        raise CallbackRefused(Refusal.CONTENT)
    return value


def _instant(milliseconds: object) -> datetime:
    """Milliseconds since 1970, as a number or in digits."""
    try:
        return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise CallbackRefused(Refusal.CONTENT) from None

"""What a member says or taps in WeCom's application, as the platform posts it to our address.

Protocol: developer.work.weixin.qq.com /document/path/90930, 90238 (envelope), 90239 (messages), 90240 (events), read
2026-11-23. Answer 200 with an empty body at once: after 5 s the platform sends the same again, three times in all.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError  # the type only; parsing is defusedxml's

from defusedxml import DefusedXmlException, ElementTree

from bot.channels import wecom_app, wecom_cards, wecom_crypto
from bot.channels.callback import CallbackRefused, Refusal
from bot.channels.wecom_crypto import Keys
from bot.domain import cards
from bot.domain.cards import Tapped
from bot.domain.inbound import Inbound, InboundKind

CHANNEL: Final = "wecom_app"
MAX_BODY: Final = 200_000
"""Bytes of a request that are read; the platform's own messages hold at most 2048 bytes of text."""
_SPOKEN: Final = frozenset({"click", "template_card_event", "template_card_menu_event"})
"""Events in which a person pressed something of ours; every other event says nothing."""
_EVENT_ID: Final = ("FromUserName", "CreateTime", "Event", "EventKey", "TaskId")


def check_url(keys: Keys, query: Mapping[str, str]) -> bytes:
    """The bare text to answer when an administrator saves the callback address (GET). Raises CallbackRefused."""
    return opened(keys, query, _parameter(query, "echostr"))


def read(keys: Keys, query: Mapping[str, str], body: bytes) -> Inbound:
    """A posted message or event, its XML kept as `raw`. Raises CallbackRefused.

    A tap on a card says what its button and its choices say, about the task they name and the message that the card is. Pictures,
    voice, files and places were sent by a person and have no words: their text is empty. Events that nobody spoke are OTHER.
    """
    if len(body) > MAX_BODY:
        raise CallbackRefused(Refusal.CONTENT)
    raw = opened(keys, query, _field(_parse(body), "Encrypt"))
    message = _parse(raw)
    sender = _field(message, "FromUserName")
    said = _said(message)
    answer_to = wecom_app.reply_address(_field(message, "ResponseCode"), sender)
    kind = InboundKind.SAID if _field(message, "MsgType") != "event" or _field(message, "Event") in _SPOKEN else InboundKind.OTHER
    at, key = _said_at(message), _platform_id(message)
    return Inbound(CHANNEL, key, sender, at, said.text, raw, answer_to=answer_to, about=said.about, kind=kind)


def opened(keys: Keys, query: Mapping[str, str], encrypted: str) -> bytes:
    """What is in an envelope, after its signature was verified. Raises CallbackRefused."""
    claimed, timestamp, nonce = (_parameter(query, name) for name in ("msg_signature", "timestamp", "nonce"))
    wecom_crypto.verify(keys, claimed, timestamp, nonce, encrypted)
    return wecom_crypto.decrypt(keys, encrypted)


def _parameter(query: Mapping[str, str], name: str) -> str:
    value = query.get(name)
    if not value:
        raise CallbackRefused(Refusal.PARAMETERS)
    return value


def _parse(xml: bytes) -> Element:
    try:
        root: Element = ElementTree.fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise CallbackRefused(Refusal.CONTENT) from None
    return root


def _field(root: Element, name: str) -> str:
    return (root.findtext(name) or "").strip()


def _said(message: Element) -> Tapped:
    if _field(message, "MsgType") != "event":
        return Tapped(_field(message, "Content"), "")
    if _field(message, "Event") not in _SPOKEN:
        return Tapped("", "")
    chosen = [(option.text or "").strip() for option in message.iterfind("SelectedItems/SelectedItem/OptionIds/OptionId")]
    tapped = cards.tapped(key for key in (*chosen, _field(message, "EventKey")) if key)
    marks = (tapped.about, wecom_cards.mark(_field(message, "TaskId")))
    return Tapped(tapped.text, " ".join(mark for mark in marks if mark))


def _platform_id(message: Element) -> str:
    """Messages have an id. Events have none: who, when, which button and which card tell two clicks of one second apart."""
    own = _field(message, "MsgId")
    if own:
        return own
    parts = "\0".join(_field(message, name) for name in _EVENT_ID)
    return f"event-{hashlib.sha256(parts.encode()).hexdigest()[:40]}"


def _said_at(message: Element) -> datetime:
    try:
        return datetime.fromtimestamp(int(_field(message, "CreateTime")), UTC)
    except (ValueError, OverflowError, OSError):
        raise CallbackRefused(Refusal.CONTENT) from None

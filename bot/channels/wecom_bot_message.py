"""What WeCom's smart robot brings, in both of its modes: one JSON object a message or event. Nothing here touches the network.

Protocol: developer.work.weixin.qq.com /document/path/101039, 100719, 101027, 101463, read 2026-11-23. In a group only what names the robot
arrives, with that name before it. `from.userid` is the plain userid where an administrator of the whole organisation made the robot.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from bot.channels import wecom_cards
from bot.channels.answer import json_object
from bot.channels.callback import CallbackRefused, Refusal
from bot.domain import cards
from bot.domain.inbound import Inbound, InboundKind

CHANNEL: Final = "wecom_bot"
WORDLESS: Final = ("image", "file", "video")
"""Messages that a member sends on purpose, without a word."""
TAPPED: Final = "template_card_event"
DISPLACED: Final = "disconnected_event"
"""Another connection took our place."""
LONGEST_PLACE: Final = 400
"""Characters of an address that answers go to; what is longer is not ours."""

_NAMED: Final = re.compile(r"\s*@\S+\s+")
"""The robot's name, with which everything said to it in a group begins."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes: the conversation, the request it answers (`req_id` of a connection, or a `response_code`), the card tapped."""

    chat: str
    request: str = ""
    card: str = ""

    @property
    def address(self) -> str:
        """As the outbox keeps it: `reply:REQUEST:CARD:CHAT`, or the conversation alone if there is no more that can be told this way."""
        told = f"reply:{self.request}:{self.card}:{self.chat}"
        return told if len(told) <= LONGEST_PLACE and _PLACE.fullmatch(told) else self.chat


_PLACE: Final = re.compile(r"reply:(?P<request>[^:\s]+):(?P<card>[^:\s]*):(?P<chat>[^:\s]+)")


_CHAT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


def place(address: str) -> Place | None:
    """What an address of the outbox says; None if it is none, so that neither a list nor `@all` ever passes for one."""
    found = _PLACE.fullmatch(address)
    read = Place(found["chat"], found["request"], found["card"]) if found else Place(address)
    return read if _CHAT.fullmatch(read.chat) else None


def read(raw: bytes, now: datetime, request: str = "") -> Inbound:
    """A message or an event. `request` is what it can be answered by, where its own `response_url` does not say so.

    What nobody said (events, a picture without words in a group) is kept as OTHER. Raises CallbackRefused(CONTENT)
    for what is no JSON object.
    """
    body = _object(raw)
    request = request or _response_code(body)
    event = body.get("event")
    if isinstance(event, dict):
        return _event(body, event, raw, now, request)
    sender, group = _sender(body), _text(body.get("chatid")) if body.get("chattype") == "group" else ""
    text = " ".join(_words(body)).strip()
    said = _NAMED.sub("", text, count=1) if group else text
    answer_to = Place(group or sender, request).address if request and sender else ""
    return Inbound(
        CHANNEL, _key(body, raw), sender, now, said + _quoted(body), raw, chat=group, answer_to=answer_to,
        kind=InboundKind.SAID if said or (body.get("msgtype") in WORDLESS and not group) else InboundKind.OTHER,
    )  # fmt: skip


def unread(raw: bytes, now: datetime) -> Inbound:
    """What we do not understand, kept all the same for people to look at."""
    return Inbound(CHANNEL, f"frame-{hashlib.sha256(raw).hexdigest()[:40]}", "", now, "", raw, kind=InboundKind.OTHER)


def event_type(raw: bytes) -> str:
    """Which event it is; empty if it is none. Raises CallbackRefused(CONTENT) for what is no JSON object."""
    event = _object(raw).get("event")
    return _text(event.get("eventtype")) if isinstance(event, dict) else ""


def _event(body: dict[str, Any], event: dict[str, Any], raw: bytes, now: datetime, request: str) -> Inbound:
    sender, at = _sender(body), _at(body, now)
    tap = event.get(TAPPED) if event.get("eventtype") == TAPPED else None
    if not isinstance(tap, dict):
        return Inbound(CHANNEL, _key(body, raw), sender, at, "", raw, kind=InboundKind.OTHER)
    name = _text(tap.get("task_id"))
    tapped = cards.tapped(key for key in (*_chosen(tap), _text(tap.get("event_key"))) if key)
    about = " ".join(mark for mark in (tapped.about, wecom_cards.mark(name)) if mark)
    answer_to = Place(sender, request, name).address if request and sender else ""
    return Inbound(CHANNEL, _key(body, raw), sender, at, tapped.text, raw, answer_to=answer_to, about=about)


def _object(raw: bytes) -> dict[str, Any]:
    body = json_object(raw)
    if body is None:
        raise CallbackRefused(Refusal.CONTENT)
    return body


def _words(body: dict[str, Any]) -> Iterator[str]:
    """The words of a text, of a voice (the platform has written it down), and those between pictures."""
    kind = body.get("msgtype")
    if kind in ("text", "voice") and isinstance(body.get(kind), dict):
        yield _text(body[kind].get("content"))
    mixed = body.get("mixed")
    items = mixed.get("msg_item") if kind == "mixed" and isinstance(mixed, dict) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield from _words(item)


def _quoted(body: dict[str, Any]) -> str:
    """What was quoted, marked as such: the number of a letter of ours stands in it."""
    quote = body.get("quote")
    words = " ".join(_words(quote)) if isinstance(quote, dict) else ""
    return "".join(f"\n> {line}" for line in words.splitlines())


def _chosen(tap: dict[str, Any]) -> Iterator[str]:
    selected = tap.get("selected_items")
    items = selected.get("selected_item") if isinstance(selected, dict) else None
    for item in items if isinstance(items, list) else ():
        ids = item.get("option_ids") if isinstance(item, dict) else None
        listed = ids.get("option_id") if isinstance(ids, dict) else None
        yield from (_text(each) for each in listed) if isinstance(listed, list) else ()


def _response_code(body: dict[str, Any]) -> str:
    """The code in `response_url`; the host in it is never used."""
    return parse_qs(urlsplit(_text(body.get("response_url"))).query).get("response_code", [""])[0]


def _sender(body: dict[str, Any]) -> str:
    sender = body.get("from")
    return _text(sender.get("userid")) if isinstance(sender, dict) else ""


def _key(body: dict[str, Any], raw: bytes) -> str:
    """The platform's id. An event may have none: who, when, what, as they stand in it, tell two of them apart."""
    return _text(body.get("msgid"))[:100] or f"event-{hashlib.sha256(raw).hexdigest()[:40]}"


def _at(body: dict[str, Any], now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(int(body["create_time"]), UTC)
    except (KeyError, ValueError, TypeError, OverflowError, OSError):
        return now


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""

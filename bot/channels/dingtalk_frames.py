"""DingTalk Stream's frames: JSON in text, whose `data` is a string that holds JSON again. Nothing here touches the network.

Protocol: the vendor's "Stream mode protocol", read 2026-11-23.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.channels.answer import json_object

MESSAGE_TOPIC: Final = "/v1.0/im/bot/messages/get"
CARD_TOPIC: Final = "/v1.0/card/instances/callback"


class FrameType(StrEnum):
    """What a frame is; an unknown type is UNKNOWN."""

    SYSTEM = "SYSTEM"
    CALLBACK = "CALLBACK"
    EVENT = "EVENT"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the gateway. `message_id` is its own and what it is acknowledged by; `data` is JSON in text."""

    type: FrameType
    topic: str
    message_id: str
    data: str


def read(text: str | bytes) -> Frame | None:
    """A frame, None if it cannot be acknowledged: no JSON object, no headers, no id. Headers may be numbers or text."""
    content = json_object(text) or {}
    headers = content.get("headers")
    if not isinstance(headers, dict) or not headers.get("messageId"):
        return None
    data = content.get("data")
    kind = FrameType(content["type"]) if content.get("type") in tuple(FrameType) else FrameType.UNKNOWN
    return Frame(kind, str(headers.get("topic", "")), str(headers["messageId"]), data if isinstance(data, str) else "{}")


def acknowledged(frame: Frame, response: object) -> str:
    """We have it: a callback is answered with our response to whoever pushed it."""
    return _ack(frame, 200, "OK", json.dumps({"response": response}))


def echoed(frame: Frame) -> str:
    """The answer to a ping: what it brought."""
    return _ack(frame, 200, "OK", frame.data)


def unknown(frame: Frame) -> str:
    """We do not serve this topic."""
    return _ack(frame, 404, "not found", "{}")


def _ack(frame: Frame, code: int, words: str, data: str) -> str:
    headers = {"messageId": frame.message_id, "contentType": "application/json"}
    return json.dumps({"code": code, "headers": headers, "message": words, "data": data})

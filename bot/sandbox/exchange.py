"""What a stand-in hears, says and remembers, whichever door the request came through."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Header names are in lower case; the query is decoded once."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Wire(StrEnum):
    """What happens on the wire instead of, or with, the answer."""

    ANSWER = "answer"
    HANG = "hang"
    RESET = "reset"
    DROP = "drop"
    DRIBBLE = "dribble"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wire: Wire = Wire.ANSWER


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a person on the other side would find it. `to` is a group, a member or a mailbox.

    `mentions` are those really highlighted. `key` is what the sender gave to recognise a repeat (empty: nothing). `shown` is False
    for what the platform accepted and then kept to itself (limits per member, repeats). `taps` are what can be tapped on a card: its words
    and the key that comes back.
    """

    channel: str
    to: str
    at: datetime
    subject: str
    text: str
    html: str = ""
    mentions: tuple[str, ...] = ()
    key: str = ""
    shown: bool = True
    sender: str = ""
    taps: Mapping[str, str] = field(default_factory=dict)


class Platform(Protocol):
    """One vendor's servers."""

    def owns(self, path: str) -> bool:
        """Whether this vendor serves the path."""
        ...

    def handle(self, request: Request, now: datetime) -> Answer:
        """Serves one request at the platform's time `now`. Raises nothing."""
        ...


def json_answer(content: object, status: int = 200) -> Answer:
    """An answer in JSON, as both vendors write it."""
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), {"Content-Type": "application/json; charset=utf-8"})


def json_object(body: bytes) -> dict[str, object] | None:
    """The object in a body, None if there is none."""
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def inner(content: Mapping[str, object], *names: str) -> Mapping[str, object]:
    """The object under this name, within it the one under the next, and so on; empty where there is none."""
    for name in names:
        found = content.get(name)
        content = found if isinstance(found, dict) else {}
    return content


def objects(content: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """The objects in the list under this name; none if there is no list."""
    found = content.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

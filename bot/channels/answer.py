"""What an HTTP answer tells before any platform is known: a JSON object to be judged, or a failure by its status alone."""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

from bot.channels.base import SendFailed
from bot.domain.words import FailureKind

LONGEST_WAIT: Final = timedelta(days=1)
"""A Retry-After beyond this is a mistake of the sender's and is cut."""

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the JSON object."""

    status: int
    body: Json
    retry_after: timedelta | None = None


def json_object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object in it, None if there is none: no JSON, JSON of another kind, or nested without end."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def understand(status: int, headers: Mapping[str, str], body: bytes, also: Collection[int]) -> Answer:
    """Reads an answer whose status is 200 or one of `also`, if it is a JSON object. Raises SendFailed for every other."""
    wait = _retry_after(headers)
    content = json_object(body)
    if content is not None and (status == HTTPStatus.OK or status in also):
        return Answer(status, content, wait)
    raise SendFailed(_meaning(status), f"http_{status}", "no answer in the platform's own form", wait)


def _meaning(status: int) -> FailureKind:
    """What a status without the platform's own code tells. 504: the gateway gave up waiting, the platform may have taken it."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return FailureKind.THROTTLED
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return FailureKind.CONTENT_BAD
    if 200 <= status < 300 or status == HTTPStatus.GATEWAY_TIMEOUT:
        return FailureKind.IN_DOUBT
    return FailureKind.TRANSIENT


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Seconds, or a date read against the answer's own Date: the platform's clock, not ours."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    with suppress(ValueError, TypeError):
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
        return min(max(wait, timedelta(0)), LONGEST_WAIT)
    return None

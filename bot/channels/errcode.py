"""The `{"errcode": 0, "errmsg": "ok"}` dialect that WeCom and DingTalk's old host share: the code decides, never the status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.base import SendFailed
from bot.channels.redact import hide
from bot.domain.words import FailureKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one code of a platform means for the outbox, and how long the platform wants to be left alone."""

    kind: FailureKind
    wait: timedelta | None = None


UNKNOWN = Verdict(FailureKind.CONTENT_BAD)
"""A code nobody has listed: this message stops and the code is shown to the administrator (STYLE 25)."""


def of(body: Mapping[str, object]) -> int | None:
    """The code in an answer, None if there is none that reads as a number."""
    code = body.get("errcode")
    if isinstance(code, str) and code.lstrip("-").isascii() and code.lstrip("-").isdigit():
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def require_ok(body: Mapping[str, object], table: Mapping[int, Verdict], *hidden: str, unlisted: Verdict = UNKNOWN) -> None:
    """Returns if the code is 0, else raises SendFailed by the table. `hidden` are words to keep out of the error's text.

    An answer without a code is IN_DOUBT: something on the way answered for the platform.
    """
    code = of(body)
    if code == 0:
        return
    if code is None:
        raise SendFailed(FailureKind.IN_DOUBT, "no_code", "the answer names no errcode")
    verdict = table.get(code, unlisted)
    raise SendFailed(verdict.kind, str(code), hide(str(body.get("errmsg", "")), *hidden), verdict.wait)

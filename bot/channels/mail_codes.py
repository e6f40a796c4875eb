"""What a mail server's reply means for the outbox.

Reply codes: RFC 5321 §4.2; the providers' own words (`MI:SFQ`, `DT:SPM`, …): NetEase's and QQ's help pages on returned mail,
read 2026-11-23. The provider's words win over the code, because 550 and 554 stand for everything.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain import times
from bot.domain.words import FailureKind


class Stage(StrEnum):
    """How far the dialogue had come when the server answered."""

    CONNECT = "connect"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's last word: 250 after the content means that it took the mail."""

    stage: Stage
    code: int
    text: str

    @property
    def accepted(self) -> bool:
        """Whether the server has taken the mail over."""
        return self.stage is Stage.CONTENT and self.code == 250


@dataclass(frozen=True, slots=True)
class Meaning:
    """Kind of failure and the wait the provider is known to want."""

    kind: FailureKind
    wait: timedelta | None = None


QUARTER: Final = timedelta(minutes=15)
"""NetEase counts mails in quarters of an hour (`MI:SFQ`, read 2026-11-23)."""

_ANY: Final = frozenset(Stage)


def _words(pattern: str) -> Callable[[Reply], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda reply: compiled.search(reply.text) is not None


_DAY_LIMIT: Final = _words(r"MI:STC|daily.{0,20}(limit|quota)")

_TABLE: Final[tuple[tuple[frozenset[Stage], Callable[[Reply], bool], Meaning], ...]] = (
    (
        _ANY,
        _words(r"MI:SFQ|MI:DMC|RP:DRC|RP:RCL|HL:ICC|HL:IFC|frequency limited|too (fast|frequent)"),
        Meaning(FailureKind.THROTTLED, QUARTER),
    ),
    (_ANY, _words(r"DT:SUM|MI:SPF|MI:DMA|same as authorization|authorized user|relay"), Meaning(FailureKind.CREDENTIAL_BAD)),
    (_ANY, lambda reply: 400 <= reply.code < 500, Meaning(FailureKind.TRANSIENT)),
    (_ANY, lambda reply: reply.code in (530, 534, 535, 538), Meaning(FailureKind.CREDENTIAL_BAD)),
    (frozenset({Stage.CONNECT, Stage.LOGIN}), lambda reply: True, Meaning(FailureKind.CREDENTIAL_BAD)),
    (_ANY, _words(r"DT:SPM|spam|content denied"), Meaning(FailureKind.CONTENT_BAD)),
    (frozenset({Stage.SENDER}), lambda reply: reply.code != 552, Meaning(FailureKind.CREDENTIAL_BAD)),
    (frozenset({Stage.RECIPIENT}), lambda reply: True, Meaning(FailureKind.ADDRESS_BAD)),
    (
        frozenset({Stage.CONTENT}),
        _words(r"5\.1\.\d|user unknown|not found|no such|deactivated|does not exist|mailbox unavailable"),
        Meaning(FailureKind.ADDRESS_BAD),
    ),
)


def meaning(reply: Reply, now: datetime) -> Meaning:
    """What a reply other than acceptance means. What no rule knows is the content's fault: it stops and is shown."""
    if _DAY_LIMIT(reply):
        return Meaning(FailureKind.THROTTLED, times.end_of(times.civil_day(now)) - now)
    return next((found for stages, fits, found in _TABLE if reply.stage in stages and fits(reply)), Meaning(FailureKind.CONTENT_BAD))

"""What became of one attempt to send, and what follows from it for the message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain import backoff
from bot.domain.words import FailureKind, MessageState

MOST_FAILURES = 8
"""A message is given up after this many failures; waiting for a throttled robot is none."""

MOST_DOUBTS = 3
"""A message whose arrival stays in doubt is sent again at most this often; then somebody is asked. Each time may be one copy too many."""

LONGEST_BLOCK = timedelta(days=32)
"""Platforms' longest penalty: the rest of the month in which an organisation's calls are used up. A longer wish is shortened."""

LONGEST_WAIT = timedelta(hours=1)
"""A throttled message itself waits at most this long: its robot's penalty may be lifted before it ends."""


class InDoubt(StrEnum):
    """What happens to a message that may or may not have arrived: it is sent again, or an administrator decides."""

    RESEND = "resend"
    ASK = "ask"


class Handed(StrEnum):
    """How an attempt ended. The failures are those of `words.FailureKind` but for UNKNOWN, which it calls `in_doubt`."""

    SENT = "sent"
    UNKNOWN = "unknown"
    THROTTLED = "throttled"
    TRANSIENT = "transient"
    ADDRESS_BAD = "address_bad"
    CREDENTIAL_BAD = "credential_bad"
    CONTENT_BAD = "content_bad"
    BACK = "back"  # never sent: the claim is given back, nothing is recorded


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt of one owner, as it ended at `at`. `code` and `detail` are the platform's own words, without secrets.

    `retry_after` is the wait the platform asked for, None if it named none.
    """

    message_id: int
    owner: str
    attempt: int
    at: datetime
    handed: Handed
    code: str = ""
    detail: str = ""
    platform_id: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the outbox holds of the message while it is being sent; `part` of `parts` (from 1) is the one on its way."""

    message_id: int
    not_before: datetime
    failures: int
    doubts: int
    part: int
    parts: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the message becomes. `thaw`: nothing of it has arrived, so it is put into words anew next time."""

    state: MessageState
    not_before: datetime
    failures: int
    doubts: int
    part: int
    thaw: bool = False


def failure(kind: FailureKind) -> Handed:
    """The end of an attempt that failed in this way."""
    return Handed.UNKNOWN if kind is FailureKind.IN_DOUBT else Handed(kind.value)


def judge(outcome: Outcome, standing: Standing, policy: InDoubt, now: datetime) -> Verdict:
    """What follows from how the attempt ended (DESIGN 5.3, 5.5). ADDRESS_BAD is judged as if no other address were left."""
    match outcome.handed:
        case Handed.SENT:
            return _sent(standing)
        case Handed.UNKNOWN:
            return _in_doubt(standing, policy, now)
        case Handed.TRANSIENT:
            return _failed(standing, now)
        case Handed.THROTTLED:
            return _again(standing, now + min(block(outcome.retry_after), LONGEST_WAIT))
        case Handed.CREDENTIAL_BAD | Handed.BACK:  # the fault is not the message's: it waits as it is
            return _again(standing, standing.not_before)
        case Handed.ADDRESS_BAD | Handed.CONTENT_BAD:
            return _as(standing, MessageState.DEAD, standing.not_before)


def block(retry_after: timedelta | None) -> timedelta:
    """How long a throttled robot rests: what the platform asked for within reason, the first back-off if it did not say."""
    return min(retry_after, LONGEST_BLOCK) if retry_after else backoff.FIRST


def _sent(standing: Standing) -> Verdict:
    if standing.part < standing.parts:
        return Verdict(MessageState.PENDING, standing.not_before, 0, standing.doubts, standing.part + 1)
    return _as(standing, MessageState.SENT, standing.not_before)


def _in_doubt(standing: Standing, policy: InDoubt, now: datetime) -> Verdict:
    doubts = standing.doubts + 1
    again = policy is InDoubt.RESEND and doubts <= MOST_DOUBTS
    wait = now + backoff.delay(doubts, str(standing.message_id)) if again else standing.not_before
    return Verdict(MessageState.RETRY if again else MessageState.UNKNOWN, wait, standing.failures, doubts, standing.part)


def _failed(standing: Standing, now: datetime) -> Verdict:
    failures = standing.failures + 1
    if failures >= MOST_FAILURES:
        return Verdict(MessageState.DEAD, standing.not_before, failures, standing.doubts, standing.part)
    wait = now + backoff.delay(failures, str(standing.message_id))
    return Verdict(MessageState.RETRY, wait, failures, standing.doubts, standing.part, thaw=_untouched(standing))


def _again(standing: Standing, at: datetime) -> Verdict:
    return Verdict(MessageState.RETRY, at, standing.failures, standing.doubts, standing.part, thaw=_untouched(standing))


def _as(standing: Standing, state: MessageState, at: datetime) -> Verdict:
    return Verdict(state, at, standing.failures, standing.doubts, standing.part)


def _untouched(standing: Standing) -> bool:
    """Whether nothing of it can have arrived anywhere; only then may its words change."""
    return standing.part == 1 and standing.doubts == 0

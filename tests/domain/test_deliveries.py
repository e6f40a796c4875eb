"""What follows from how an attempt ended, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import backoff, deliveries
from bot.domain.deliveries import Handed, InDoubt, Outcome, Standing
from bot.domain.words import FailureKind, MessageState

NOW = datetime(2018, 9, 25, 2, 0, tzinfo=UTC)
THEN = NOW - timedelta(hours=1)
PENDING, SENT, RETRY, UNKNOWN, DEAD = (MessageState(word) for word in ("pending", "sent", "retry", "unknown", "dead"))
RESEND, ASK = InDoubt


def wait(count):
    return NOW + backoff.delay(count, "7")


@pytest.mark.parametrize(
    ("handed", "failures", "doubts", "part", "policy", "expected", "why"),
    [
        (Handed.SENT, 3, 1, 2, RESEND, (SENT, THEN, 3, 1, 2, False), "the last part is the end"),
        (Handed.SENT, 3, 0, 1, RESEND, (PENDING, THEN, 0, 0, 2, False), "the next part goes at once, with a clean sheet"),
        (Handed.TRANSIENT, 0, 0, 1, RESEND, (RETRY, wait(1), 1, 0, 1, True), "nothing arrived, so new words are welcome"),
        (Handed.TRANSIENT, 6, 0, 1, RESEND, (RETRY, wait(7), 7, 0, 1, True), "the seventh failure is not the last"),
        (Handed.TRANSIENT, 7, 0, 1, RESEND, (DEAD, THEN, 8, 0, 1, False), "the eighth is"),
        (Handed.TRANSIENT, 0, 1, 1, RESEND, (RETRY, wait(1), 1, 1, 1, False), "it may have arrived before: same words"),
        (Handed.TRANSIENT, 0, 0, 2, RESEND, (RETRY, wait(1), 1, 0, 2, False), "its first part has arrived: same words"),
        (Handed.THROTTLED, 7, 0, 1, RESEND, (RETRY, NOW + timedelta(seconds=90), 7, 0, 1, True), "waiting is no failure"),
        (Handed.CREDENTIAL_BAD, 7, 0, 1, RESEND, (RETRY, THEN, 7, 0, 1, True), "not the message's fault"),
        (Handed.BACK, 7, 0, 2, RESEND, (RETRY, THEN, 7, 0, 2, False), "never sent"),
        (Handed.ADDRESS_BAD, 0, 0, 1, RESEND, (DEAD, THEN, 0, 0, 1, False), "unless there is another address"),
        (Handed.CONTENT_BAD, 0, 0, 1, RESEND, (DEAD, THEN, 0, 0, 1, False), "it will never be taken"),
        (Handed.UNKNOWN, 2, 0, 1, RESEND, (RETRY, wait(1), 2, 1, 1, False), "again, in the same words"),
        (Handed.UNKNOWN, 2, 2, 1, RESEND, (RETRY, wait(3), 2, 3, 1, False), "a third time"),
        (Handed.UNKNOWN, 2, 3, 1, RESEND, (UNKNOWN, THEN, 2, 4, 1, False), "enough copies: somebody decides"),
        (Handed.UNKNOWN, 0, 0, 1, ASK, (UNKNOWN, THEN, 0, 1, 1, False), "the channel asks at once"),
    ],
)
def test_an_ended_attempt_decides_what_the_message_becomes(handed, failures, doubts, part, policy, expected, why):
    outcome = Outcome(7, "me", 1, NOW, handed, retry_after=timedelta(seconds=90))
    verdict = deliveries.judge(outcome, Standing(7, THEN, failures, doubts, part, 2), policy, NOW)
    assert (verdict.state, verdict.not_before, verdict.failures, verdict.doubts, verdict.part, verdict.thaw) == expected, why


@pytest.mark.parametrize("kind", FailureKind)
def test_every_failure_of_a_channel_has_an_ending(kind):
    assert deliveries.failure(kind).value == ("unknown" if kind is FailureKind.IN_DOUBT else kind.value)


@pytest.mark.parametrize(
    ("asked", "rest"),
    [
        (None, backoff.FIRST),
        (timedelta(0), backoff.FIRST),
        (timedelta(seconds=5), timedelta(seconds=5)),
        (timedelta(days=9), timedelta(days=9)),
        (timedelta(days=90), timedelta(days=32)),
    ],
)
def test_a_throttled_robot_rests_as_long_as_asked_within_reason(asked, rest):
    assert deliveries.block(asked) == rest

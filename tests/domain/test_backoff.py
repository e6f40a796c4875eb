"""The wait before the next attempt."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import backoff


@given(failures=st.integers(1, 1000), seed=st.text())
def test_the_wait_is_the_same_each_time_and_within_its_bounds(failures, seed):
    wait = backoff.delay(failures, seed)
    plain = min(backoff.FIRST * backoff.FACTOR ** min(failures - 1, 16), backoff.LONGEST)
    assert wait == backoff.delay(failures, seed)
    assert plain * (1 - backoff.JITTER) <= wait <= plain * (1 + backoff.JITTER)


def test_waits_grow_until_the_longest():
    waits = [backoff.delay(failures, "m") for failures in range(1, 7)]
    assert waits == sorted(waits)
    assert backoff.delay(40, "m") <= backoff.LONGEST * (1 + backoff.JITTER)


def test_messages_that_failed_together_do_not_return_together():
    waits = {backoff.delay(1, str(message)) for message in range(200)}
    assert len(waits) > 190
    assert max(waits) - min(waits) > timedelta(seconds=8)

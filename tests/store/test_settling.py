"""What follows from how an attempt ended."""

from datetime import timedelta

import pytest
from post import BUDGETS, NOW

from bot.domain import backoff
from bot.domain.deliveries import MOST_DOUBTS, MOST_FAILURES, Handed, InDoubt, Outcome
from bot.domain.inbound import Inbound
from bot.domain.words import MessageState
from bot.store import chain

MAIL, APP = ("mail", "zhang@example.com"), ("wecom_app", "zhangsan")
ASK = {"mail": InDoubt.ASK}


@pytest.fixture
def message(post):
    """A message on its way."""
    post.put(post.person(MAIL, APP), "a")
    (claimed,) = post.claim()
    post.freeze(claimed.id, "您好")
    return claimed


def test_a_transient_failure_is_tried_again_later_and_in_new_words(post, message):
    settled = post.settle(message, Handed.TRANSIENT, code="503", detail="busy")
    row = post.get(message.id)
    assert (settled.retried, row.state, row.failures, row.last_code, row.words) == (1, MessageState.RETRY, 1, "503", ())
    assert row.not_before == NOW + backoff.delay(1, str(message.id))
    assert post.claim() == []
    (again,) = post.claim(row.not_before)
    assert (again.attempt, again.words) == (2, None)


def test_a_message_is_given_up_after_eight_failures_and_the_administrator_learns_of_it(post, message):
    now = NOW
    for attempt in range(1, MOST_FAILURES + 1):
        settled = post.settle(message, Handed.TRANSIENT, now, code="503")
        row = post.get(message.id)
        if attempt < MOST_FAILURES:
            now = row.not_before
            (message,) = post.claim(now)
    assert (row.state, row.failures, settled.dead) == (MessageState.DEAD, MOST_FAILURES, 1)
    assert [(alert.act, alert.about) for alert in settled.alerts] == [("message.dead", f"message:{message.id}")]
    with post.store.read() as tx:
        assert len(tx.outbox.deliveries(message.id)) == MOST_FAILURES
        assert [entry.act for entry in tx.audit.list()] == ["message.dead"]


def test_throttling_blocks_the_robot_and_counts_as_no_failure(post, message):
    post.put(post.person(MAIL), "b")
    post.settle(message, Handed.THROTTLED, retry_after=timedelta(seconds=90))
    assert (post.get(message.id).state, post.get(message.id).failures) == (MessageState.RETRY, 0)
    assert post.claim(NOW + timedelta(seconds=89)) == []
    with post.store.read() as tx:
        assert tx.outbox.next_wake(NOW, BUDGETS) == NOW + timedelta(seconds=90)
    assert {claimed.dedupe for claimed in post.claim(NOW + timedelta(seconds=90))} == {"a", "b"}


def test_the_longer_of_two_penalties_holds_and_none_is_longer_than_a_month(post, message):
    post.put(post.person(MAIL), "b")
    (other,) = post.claim()
    post.settle(message, Handed.THROTTLED, retry_after=timedelta(days=300))
    post.settle(other, Handed.THROTTLED, retry_after=timedelta(seconds=1))
    with post.store.read() as tx:
        assert tx.robots.all()[0].blocked_until == NOW + timedelta(days=32)
    assert post.get(message.id).not_before == NOW + timedelta(hours=1)


def test_a_bad_address_is_marked_and_the_next_one_is_used(post, message):
    settled = post.settle(message, Handed.ADDRESS_BAD, code="550", detail="no such user")
    row = post.get(message.id)
    assert (row.state, row.channel, row.address, row.robot, row.words) == (MessageState.PENDING, "wecom_app", "zhangsan", "wecom_app", ())
    assert [alert.act for alert in settled.alerts] == ["address.bad"]
    with post.store.read() as tx:
        assert tx.people.by_address("mail", "zhang@example.com").addresses[0].reason == "550 no such user"
    (again,) = post.claim()
    assert again.channel == "wecom_app"


def test_a_bad_address_without_another_ends_the_message(post, message):
    post.settle(message, Handed.ADDRESS_BAD, code="550")
    (again,) = post.claim()
    settled = post.settle(again, Handed.ADDRESS_BAD, code="60111")
    assert post.get(message.id).state is MessageState.DEAD
    assert [alert.act for alert in settled.alerts] == ["address.bad", "message.dead"]


def test_a_bad_address_in_the_middle_of_a_letter_sends_all_of_it_to_the_next(post, message):
    post.freeze(message.id, "一", "二")
    post.settle(message, Handed.SENT)
    (second,) = post.claim()
    post.settle(second, Handed.ADDRESS_BAD, code="550")
    assert (post.get(message.id).part, post.get(message.id).words) == (1, ())


def test_a_dead_session_address_falls_back_to_the_person(post):
    """An answer went to a place that was open for a while only; the address book does not know it."""
    person = post.person(MAIL)
    with post.store.begin() as tx:
        inbound = tx.inbox.keep(Inbound("wecom_app", "1", "zs", NOW, "已报", b"", answer_to="https://127.0.0.1/session"), NOW)
    post.put(person, "a", reply_to=inbound)
    (claimed,) = post.claim()
    post.settle(claimed, Handed.ADDRESS_BAD, code="expired")
    assert post.get(claimed.id).address == "zhang@example.com"


@pytest.mark.parametrize("handed", [Handed.TRANSIENT, Handed.CREDENTIAL_BAD, Handed.ADDRESS_BAD])
def test_whatever_a_platform_says_can_be_written_down(post, message, handed):
    """Half a character or a NUL in one answer must not keep the results of all others from being written."""
    post.settle(message, handed, code="4\x00\ud800", detail="\udfff" + "很" * 400)
    assert post.get(message.id).last_code == "4?"


def test_a_bad_credential_pauses_the_robot_and_loses_nothing(post, message):
    settled = post.settle(message, Handed.CREDENTIAL_BAD, code="535", detail="authentication failed")
    assert (post.get(message.id).state, post.get(message.id).failures) == (MessageState.RETRY, 0)
    assert [(alert.act, alert.about, alert.code) for alert in settled.alerts] == [("robot.paused", "robot:mail", "535")]
    assert post.claim(NOW + timedelta(days=1)) == []
    with post.store.begin() as tx:
        assert tx.robots.all()[0].reason == "535 authentication failed"
        tx.robots.resume("mail")
    assert len(post.claim()) == 1


def test_refused_content_is_a_dead_letter(post, message):
    assert post.settle(message, Handed.CONTENT_BAD, code="44004").dead == 1
    assert (post.get(message.id).state, post.get(message.id).last_code) == (MessageState.DEAD, "44004")


def test_a_message_in_doubt_goes_again_in_the_same_words_and_stays_on_the_list(post, message):
    post.settle(message, Handed.UNKNOWN, code="timeout")
    row = post.get(message.id)
    assert (row.state, row.doubts) == (MessageState.RETRY, 1)
    (again,) = post.claim(row.not_before)
    assert again.words[0].body == "您好"
    post.settle(again, Handed.SENT, row.not_before)
    with post.store.read() as tx:
        assert [listed.id for listed in tx.outbox.in_doubt()] == [message.id]
        assert [delivery.outcome for delivery in tx.outbox.deliveries(message.id)] == ["unknown", "sent"]


def test_words_that_may_have_arrived_stay_frozen_through_a_later_plain_failure(post, message):
    post.settle(message, Handed.UNKNOWN)
    (again,) = post.claim(NOW + timedelta(hours=1))
    post.settle(again, Handed.TRANSIENT, NOW + timedelta(hours=1))
    assert post.get(message.id).words[0].body == "您好"


def test_doubt_upon_doubt_ends_with_a_question_to_the_administrator(post, message):
    now = NOW
    for _ in range(MOST_DOUBTS + 1):
        settled = post.settle(message, Handed.UNKNOWN, now)
        now += timedelta(hours=5)
        (message,) = post.claim(now) or (message,)
    assert post.get(message.id).state is MessageState.UNKNOWN
    assert [alert.act for alert in settled.alerts] == ["message.unknown"]


def test_where_the_policy_says_ask_a_doubtful_message_waits_for_a_decision(post, message):
    _settle_asking(post, message)
    assert post.get(message.id).state is MessageState.UNKNOWN
    assert post.claim(NOW + timedelta(days=30)) == []
    with post.store.begin() as tx:
        assert tx.outbox.resolve(message.id, InDoubt.RESEND, "admin:1", NOW) is True
        assert tx.outbox.resolve(message.id, InDoubt.RESEND, "admin:1", NOW) is False
        assert (tx.audit.list()[0].by, tx.audit.list()[0].about) == ("admin:1", f"message:{message.id}")
    (again,) = post.claim()
    assert again.words[0].body == "您好"


def test_a_doubtful_message_can_be_dropped_by_decision(post, message):
    _settle_asking(post, message)
    with post.store.begin() as tx:
        assert tx.outbox.resolve(message.id, None, "admin:1", NOW) is True
    assert post.get(message.id).state is MessageState.SUPERSEDED


def test_what_was_never_sent_is_given_back_without_a_trace(post, message):
    post.settle(message, Handed.BACK)
    assert (post.get(message.id).state, post.get(message.id).failures) == (MessageState.RETRY, 0)
    with post.store.read() as tx:
        assert tx.outbox.deliveries(message.id) == []
    assert len(post.claim()) == 1


def test_who_comes_late_changes_nothing_but_what_is_known(post, message):
    with post.store.begin() as tx:
        tx.outbox.recover(NOW + timedelta(minutes=11), lambda _owner: None)
    (again,) = post.claim(NOW + timedelta(hours=1), owner="other")
    post.settle(message, Handed.CONTENT_BAD, NOW + timedelta(hours=1))
    row = post.get(message.id)
    assert (row.state, row.attempt) == (MessageState.SENDING, 2)
    post.settle(again, Handed.SENT, NOW + timedelta(hours=1))
    with post.store.read() as tx:
        assert [delivery.outcome for delivery in tx.outbox.deliveries(message.id)] == ["unknown", "content_bad", "sent"]


def test_what_a_dead_owner_had_claimed_is_taken_back_at_once_and_is_in_doubt(post, message):
    with post.store.begin() as tx:
        settled = tx.outbox.recover(NOW, lambda owner: owner != "me")
    row = post.get(message.id)
    assert (settled.retried, row.state, row.doubts) == (1, MessageState.RETRY, 1)
    with post.store.read() as tx:
        (delivery,) = tx.outbox.deliveries(message.id)
        assert (delivery.outcome, delivery.code) == ("unknown", "owner-gone")
        assert [listed.id for listed in tx.outbox.in_doubt()] == [message.id]


@pytest.mark.parametrize(("alive", "minutes", "taken"), [(True, 600, 0), (None, 9, 0), (None, 10, 1), (False, 0, 1)])
def test_a_lease_decides_only_where_nobody_can_tell_whether_the_owner_lives(post, message, alive, minutes, taken):
    with post.store.begin() as tx:
        assert tx.outbox.recover(NOW + timedelta(minutes=minutes), lambda _owner: alive).retried == taken


def test_a_group_of_outcomes_is_settled_together_and_chained(post):
    person = post.person(MAIL)
    for number in range(12):
        post.put(person, f"m{number}")
    claimed = post.claim()
    kinds = [Handed.SENT, Handed.TRANSIENT, Handed.CONTENT_BAD, Handed.UNKNOWN] * 3
    outcomes = [Outcome(message.id, "me", message.attempt, NOW, kind) for message, kind in zip(claimed, kinds, strict=True)]
    with post.store.begin() as tx:
        settled = tx.outbox.settle(outcomes, NOW)
        assert (settled.sent, settled.retried, settled.dead, settled.unknown) == (3, 6, 3, 0)
        assert tx.outbox.settle([], NOW).sent == 0
    with post.store.read() as tx:
        assert chain.verify_all(tx.connection) == []


def test_what_a_platform_says_fits_into_the_row_however_long_and_odd(post, message):
    post.settle(message, Handed.CONTENT_BAD, code="x" * 500, detail="\0详" * 500, platform_id="y" * 500)
    with post.store.read() as tx:
        (delivery,) = tx.outbox.deliveries(message.id)
        assert (len(delivery.code), len(delivery.detail), "\0" in delivery.detail) == (60, 300, False)
        assert chain.verify_all(tx.connection) == []


def _settle_asking(post, message):
    outcome = Outcome(message.id, message.owner, message.attempt, NOW, Handed.UNKNOWN)
    with post.store.begin() as tx:
        assert tx.outbox.settle([outcome], NOW, ASK).unknown == 1

"""Did we tell them, when, how, did it arrive, what did they say: both sides, by id, as far as one has followed."""

from datetime import timedelta

import pytest
from bureau import CHANNELS, Bureau, at

from bot.domain.deliveries import Handed, Outcome
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft, Rendered
from bot.domain.words import Intent, MessageKind, MessageState, Role
from bot.store.inbox import InboxState, Reply
from bot.store.letters import Frozen
from bot.store.story import About

NOW = at("2018-10-16 09:12")
LEASE = timedelta(minutes=10)


@pytest.fixture
def bureau(store) -> Bureau:
    return Bureau(store)


def sends(bureau: Bureau, *bodies: str, handed: Handed = Handed.SENT) -> int:
    """Everything that waits is put into these words and handed over, part by part."""
    with bureau.store.begin() as tx:
        claimed = tx.outbox.claim(NOW, "me", LEASE, dict.fromkeys(CHANNELS, 0), 50)
        for message in claimed:
            parts = tuple(Rendered("主题", body, part=n, parts=len(bodies)) for n, body in enumerate(bodies, 1))
            if message.words is None:
                tx.outbox.freeze([Frozen(message.id, parts)])
            tx.outbox.settle([Outcome(message.id, "me", message.attempt, NOW, handed)], NOW)
    return len(claimed)


def put(bureau: Bureau, person: int, dedupe: str, reply_to: int | None = None) -> int:
    with bureau.store.begin() as tx:
        return tx.outbox.put(Draft(MessageKind.ANSWER, person, dedupe, NOW, "why", {"x": 1}, reply_to), CHANNELS, NOW)


def test_said_is_what_was_put_into_words_with_every_part(bureau):
    person = bureau.person(bureau.unit("榆树市"))
    message = put(bureau, person, "a")
    put_only = bureau.person(bureau.unit("农安县"))
    sends(bureau, "一", "二")
    put(bureau, put_only, "b")
    with bureau.store.read() as tx:
        (said,) = tx.story.said()
        assert tx.story.said(after=message) == []
        assert tx.story.said(person_id=put_only) == []
    assert (said.id, said.kind, said.person_id, said.subject, said.bodies) == (message, MessageKind.ANSWER, person, "主题", ("一", "二"))
    assert (said.channel, said.address, said.reason, said.at) == ("wecom_app", f"zs{person}", "why", NOW)


def test_an_arrival_is_a_message_whose_last_part_was_accepted(bureau):
    person = bureau.person(bureau.unit("榆树市"))
    message = put(bureau, person, "a")
    sends(bureau, "一", "二")
    with bureau.store.read() as tx:
        assert tx.story.arrivals() == []
    assert sends(bureau, "一", "二") == 1
    with bureau.store.read() as tx:
        (arrival,) = tx.story.arrivals()
        assert tx.story.arrivals(arrival.delivery_id) == []
    assert (arrival.message_id, arrival.person_id, arrival.channel, arrival.at) == (message, person, "wecom_app", NOW)


def test_a_failed_attempt_is_no_arrival(bureau):
    put(bureau, bureau.person(bureau.unit("榆树市")), "a")
    sends(bureau, "一", handed=Handed.UNKNOWN)
    with bureau.store.read() as tx:
        assert tx.story.arrivals() == []
        assert [said.state for said in tx.story.said()] == [MessageState.RETRY]


def test_heard_tells_each_intent_once_and_in_order(bureau):
    unit = bureau.unit("榆树市")
    person = bureau.person(unit)
    bureau.duty([unit])
    bureau.due(NOW)
    with bureau.store.begin() as tx:
        first = tx.inbox.keep(Inbound("wecom_app", "1", f"zs{person}", NOW, "1报了 2明天", b"x"), NOW)
        second = tx.inbox.keep(Inbound("wecom_app", "2", "nobody", NOW, "你好", b"x"), NOW)
        replies = [Reply(intent, bureau_task, None) for intent in (Intent.DONE, Intent.PROMISE, Intent.DONE) for bureau_task in (None,)]
        tx.inbox.settle(first, InboxState.READ, NOW, person, replies)
    with bureau.store.read() as tx:
        heard = tx.story.heard()
        assert [one.id for one in tx.story.heard(after=first)] == [second]
        assert [one.id for one in tx.story.heard(person_id=person)] == [first]
    assert [(one.text, one.intents) for one in heard] == [("1报了 2明天", (Intent.DONE, Intent.PROMISE)), ("你好", ())]


def test_about_names_the_units_of_a_letter_in_administrative_order(bureau):
    units = [bureau.unit("农安县", position=2), bureau.unit("榆树市", position=1)]
    person = bureau.person(units[0])
    with bureau.store.begin() as tx:
        tx.people.assign(person, units[1], Role.PRIMARY)
    bureau.duty(units)
    bureau.tick(NOW)
    (message,) = bureau.messages(person)
    with bureau.store.read() as tx:
        about = tx.story.about()
        assert tx.story.about(after=message.id) == {}
        assert tx.story.reminded((bureau.task(units[0], "2018Q3").period_id,)) == {}
    assert [one.unit for one in about[message.id]] == ["榆树市", "农安县"]
    assert isinstance(about[message.id][0], About)


def test_reminded_counts_what_was_really_sent(bureau):
    unit = bureau.unit("榆树市")
    bureau.person(unit)
    bureau.duty([unit])
    bureau.tick(NOW)
    sends(bureau, "催报")
    task = bureau.task(unit, "2018Q3")
    with bureau.store.read() as tx:
        assert tx.story.reminded((task.period_id,)) == {task.id: 1}
        assert tx.story.reminded((999,)) == {}

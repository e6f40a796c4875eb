"""What a conversation is about, as the database tells it."""

import threading
from datetime import timedelta

import pytest
from bureau import Bureau, at
from sqlalchemy.exc import IntegrityError

from bot.domain.deliveries import Handed, Outcome
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft, Rendered
from bot.domain.status import Event, EventKind
from bot.domain.words import MessageKind, Role
from bot.store.context import REFUSED, Told
from bot.store.inbox import InboxState
from bot.store.letters import Frozen

NOW = at("2018-10-16 09:12")
LEASE = timedelta(minutes=10)
CHANNELS = ("wecom_app", "mail")


@pytest.fixture
def bureau(store) -> Bureau:
    return Bureau(store, CHANNELS)


def goes(bureau: Bureau, person: int, when, *said: tuple[int, str], kind=MessageKind.REMINDER, handed=Handed.SENT, body="催报") -> int:
    """A message of these words goes out, and this becomes of it."""
    with bureau.store.begin() as tx:
        message = tx.outbox.put(Draft(kind, person, f"{kind}:{when}:{body}", when, "test"), CHANNELS, when)
        (claimed,) = tx.outbox.claim(when, "me", LEASE, dict.fromkeys(CHANNELS, 0), 1)
        tx.outbox.freeze([Frozen(message, (Rendered("s", body),), said)])
        tx.outbox.settle([Outcome(message, "me", claimed.attempt, when, handed)], when)
    return message


def told(bureau: Bureau, person: int, when) -> Told | None:
    with bureau.store.read() as tx:
        return tx.context.told(person, when)


def test_told_are_the_tasks_of_the_last_letter_in_its_order_and_each_once(bureau):
    person = bureau.person(bureau.unit("榆树市"))
    assert told(bureau, person, NOW) is None
    goes(bureau, person, NOW, (3, "T-3"))
    goes(bureau, person, NOW + LEASE, (7, "T-1"), (2, "T-3"), (7, "promise@2018-10-16"))
    assert told(bureau, person, NOW + 2 * LEASE) == Told(NOW + LEASE, (7, 2))


def test_a_letter_that_went_after_the_words_were_said_was_not_known_then(bureau):
    person = bureau.person(bureau.unit("榆树市"))
    goes(bureau, person, NOW, (3, "T-3"))
    goes(bureau, person, NOW + LEASE, (7, "T-1"))
    assert told(bureau, person, NOW + LEASE / 2) == Told(NOW, (3,))


@pytest.mark.parametrize(("handed", "counts"), [(Handed.SENT, True), (Handed.UNKNOWN, True), (Handed.CONTENT_BAD, False)])
def test_a_letter_that_may_have_arrived_was_told(bureau, handed, counts):
    person = bureau.person(bureau.unit("榆树市"))
    goes(bureau, person, NOW, (3, "T-3"), handed=handed)
    assert (told(bureau, person, NOW) is not None) is counts


def test_answers_and_letters_to_others_are_no_letter(bureau):
    unit = bureau.unit("榆树市")
    person, other = bureau.person(unit), bureau.person(unit)
    goes(bureau, person, NOW, kind=MessageKind.CONFIRMATION)
    goes(bureau, other, NOW, (3, "T-3"))
    assert told(bureau, person, NOW) is None


def test_acts_are_what_stands_of_ones_own_words_the_latest_first(bureau):
    unit = bureau.unit("榆树市")
    bureau.person(unit)
    bureau.duty([unit])
    bureau.due(NOW)
    task = bureau.task(unit)
    first = bureau.append(task, EventKind.IN_PROGRESS, NOW)
    second = bureau.append(task, EventKind.REPORTED, NOW + LEASE)
    with bureau.store.begin() as tx:
        tx.tasks.append(task.id, Event(EventKind.ACCEPTED, NOW + LEASE, "admin:1"))
        assert [act.event_id for act in tx.context.acts("person:1", NOW)] == [second.id, first.id]
        assert [act.event_id for act in tx.context.acts("person:1", NOW + LEASE)] == [second.id]
        tx.tasks.append(task.id, Event(EventKind.UNDONE, NOW + LEASE, "person:1", undoes=second.id))
        assert [act.event_id for act in tx.context.acts("person:1", NOW)] == [first.id]


def test_answered_counts_questions_and_answers_by_day_and_channel(bureau):
    unit = bureau.unit("榆树市")
    person = bureau.person(unit, Role.PRIMARY, ("mail", "a@example.com"))
    goes(bureau, person, NOW - timedelta(days=1), kind=MessageKind.ANSWER)
    goes(bureau, person, NOW, kind=MessageKind.ANSWER)
    goes(bureau, person, NOW, kind=MessageKind.QUESTION)
    goes(bureau, person, NOW, kind=MessageKind.CONFIRMATION)
    goes(bureau, person, NOW, kind=MessageKind.QUESTION, handed=Handed.CONTENT_BAD, body="broken")
    with bureau.store.read() as tx:
        assert tx.context.answered(person, NOW) == 2
        assert tx.context.mailed(person, NOW, NOW + timedelta(days=1)) == 3  # confirmations are mails too
        assert tx.context.mailed(person, NOW + timedelta(days=1), NOW + timedelta(days=2)) == 0


def test_words_are_the_last_bodies_we_sent(bureau):
    person = bureau.person(bureau.unit("榆树市"))
    for number in range(7):
        goes(bureau, person, NOW + number * LEASE, (3, "T-3"), body=f"催报{number}")
    with bureau.store.read() as tx:
        assert tx.context.words(person, NOW + 9 * LEASE) == [f"催报{number}" for number in (6, 5, 4, 3, 2)]
        assert tx.context.words(person, NOW) == ["催报0"]


def test_an_inbound_is_held_by_one_and_only_while_it_is_new(bureau):
    with bureau.store.begin() as tx:
        number = tx.inbox.keep(Inbound("mail", "m", "a@example.com", NOW, "已报", b"x"), NOW)
    held = []

    def hear():
        with bureau.store.begin() as tx:
            mine = tx.context.hold(number)
            held.append(mine)
            if mine:
                tx.inbox.settle(number, InboxState.READ, NOW)

    threads = [threading.Thread(target=hear) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held) == [False, False, False, True]


def test_what_a_database_refuses_of_one_row_is_not_the_fault_of_the_connection(bureau):
    assert issubclass(IntegrityError, REFUSED)
    with pytest.raises(REFUSED), bureau.store.begin() as tx:
        tx.questions.ask(99, 99, [], NOW)

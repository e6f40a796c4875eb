"""The one question open with a person."""

from datetime import timedelta

import pytest
from bureau import Bureau, at

from bot.domain.inbound import Inbound

NOW = at("2018-10-12 10:00")


@pytest.fixture
def asked(store):
    """A store, a person, and something he said."""
    person_id = Bureau(store).person(Bureau(store).unit("220100"))
    with store.begin() as tx:
        inbound_id = tx.inbox.keep(Inbound("wecom_app", "m1", "zs", NOW, "嗯", b"<xml/>"), NOW)
    return store, person_id, inbound_id


def test_a_question_is_open_until_it_is_answered(asked):
    store, person_id, inbound_id = asked
    with store.begin() as tx:
        question_id = tx.questions.ask(person_id, inbound_id, [{"task": 1, "intent": "done"}], NOW)
        question = tx.questions.open(person_id)
        assert (question.id, question.inbound_id, question.choices, question.asked_at) == (
            question_id,
            inbound_id,
            ({"task": 1, "intent": "done"},),
            NOW,
        )
        tx.questions.answer(question_id, NOW)
        assert tx.questions.open(person_id) is None


def test_a_new_question_takes_the_place_of_the_old_one(asked):
    store, person_id, inbound_id = asked
    with store.begin() as tx:
        tx.questions.ask(person_id, inbound_id, [], NOW)
        second = tx.questions.ask(person_id, inbound_id, [], NOW)
        assert tx.questions.open(person_id).id == second


def test_a_question_nobody_answers_lapses(asked):
    store, person_id, inbound_id = asked
    with store.begin() as tx:
        tx.questions.ask(person_id, inbound_id, [], NOW)
        assert tx.questions.lapse(NOW, NOW) == 0
        assert tx.questions.lapse(NOW + timedelta(seconds=1), NOW) == 1
        assert tx.questions.open(person_id) is None

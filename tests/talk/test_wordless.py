"""A picture, a voice or a file without a word: one line how to answer, once a day, and nothing else."""

import pytest
from office import texts

from bot.domain.words import MessageKind, Status
from bot.store.inbox import InboxState

Q3 = ("榆树市", "2018Q3")


def test_a_picture_without_words_gets_one_line_a_day_how_to_answer(office):
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", Q3)
    [answer] = office.say(person, "", "10-16 09:20")
    assert (answer.kind, answer.person_id) == (MessageKind.QUESTION, person)
    assert "请回复一句话，如“已报”" in answer.text
    assert office.say(person, " ", "10-16 15:20") == []
    assert len(office.say(person, "", "10-17 09:20")) == 1
    assert (office.task(*Q3).status, office.events(office.task(*Q3))) == (Status.PENDING, [])
    assert {received.state for received in office.received()} == {InboxState.IGNORED}


def test_the_line_is_no_question_and_the_next_word_is_heard_as_ever(office):
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", Q3)
    office.say(person, "", "10-16 09:20")
    with office.store.read() as tx:
        assert tx.questions.open(person) is None
    assert "已报" in texts(office.say(person, "已报", "10-16 09:21"))
    assert office.task(*Q3).status is Status.REPORTED


def test_who_owes_nothing_gets_no_answer_to_a_picture(office):
    assert office.say(office.person(name="王五"), "", "10-16 09:20") == []


@pytest.mark.parametrize("fields", [{"chat": "group-1"}, {"about": "message:nothing"}, {"channel": "mail"}])
def test_a_group_a_card_and_a_mail_without_words_are_not_told_how_to_answer(office, fields):
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", Q3)
    assert "请回复一句话" not in texts(office.say(person, "", "10-16 09:20", **fields))

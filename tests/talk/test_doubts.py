"""Two doubtful things in one answer are asked about one after the other."""

import pytest
from office import Office, texts

from bot.domain.words import MessageKind, Status

LIST, Q3, NONG_LIST, NONG_Q3 = ("榆树市", "once"), ("榆树市", "2018Q3"), ("农安县", "once"), ("农安县", "2018Q3")
R, N, I = Status.REPORTED, Status.PENDING, Status.IN_PROGRESS  # noqa: E741


@pytest.fixture
def person(office: Office) -> int:
    person = office.person("榆树市", "农安县")
    office.letter(person, "09-25 09:10", LIST, Q3, NONG_LIST, NONG_Q3)
    return person


def stands(office: Office) -> list[Status]:
    return [office.task(*which).status for which in (LIST, Q3, NONG_LIST, NONG_Q3)]


def test_the_second_is_asked_once_the_first_is_answered(office, person):
    (first,) = office.say(person, "榆树报了，农安还没", "09-25 09:20")
    assert "农安" not in first.text.partition("哪一项")[2]
    confirmed, second = office.say(person, "2", "09-25 09:25")
    assert (confirmed.kind, second.kind) == (MessageKind.CONFIRMATION, MessageKind.QUESTION)
    assert "1. 农安县" in second.text
    assert "您的回复" not in second.text
    assert stands(office) == [N, R, N, N]
    (last,) = office.say(person, "1", "09-25 09:30")
    assert "办理中" in last.text
    assert stands(office) == [N, R, I, N]
    assert office.say(person, "1", "09-25 09:35") != []  # the number is that of the letter again


def test_only_one_question_is_open_at_any_time(office, person):
    office.say(person, "榆树报了，农安还没", "09-25 09:20")
    office.say(person, "1", "09-25 09:25")
    with office.store.read() as tx:
        question = tx.questions.open(person)
    assert {task_id for choice in question.choices for task_id in choice["task_ids"]} == {
        office.task(*NONG_LIST).id,
        office.task(*NONG_Q3).id,
    }


def test_what_was_not_settled_asks_nothing_more(office, person):
    office.say(person, "榆树报了，农安还没", "09-25 09:20")
    answers = office.say(person, "4", "09-25 09:25")
    assert "转管理员" in texts(answers)
    with office.store.read() as tx:
        assert tx.questions.open(person) is None
    assert stands(office) == [N, N, N, N]


def test_a_newer_letter_ends_what_waited(office, person):
    office.say(person, "榆树报了，农安还没", "09-25 09:20")
    office.letter(person, "10-16 09:10", Q3)
    office.say(person, "已报", "10-16 09:20")
    assert stands(office) == [N, R, N, N]
    with office.store.read() as tx:
        assert tx.questions.open(person) is None

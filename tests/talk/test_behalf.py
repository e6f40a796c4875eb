"""An unknown mailbox answers a mail of ours that a contact forwarded to it: it reports for the contact, and is never taken for him."""

import pytest
from office import Office, tag_of, texts

from bot.domain.words import MessageKind, Role, Status
from bot.store.inbox import InboxState
from bot.store.units import UnitRow

Q3, LIST = ("榆树市", "2018Q3"), ("榆树市", "once")
COLLEAGUE = "zhaoliu@example.com"


def colleague(office: Office, text: str, when: str, about: str, sender: str = COLLEAGUE):
    return office.stranger(text, when, sender, "mail", about=about)


@pytest.fixture
def asked(office):
    """A contact got a reminder by mail and forwarded it: the person, and what an answer to it says it is about."""
    person = office.person("榆树市", channel="mail")
    return person, office.sign_of(office.letter(person, "10-16 09:10", Q3))


def test_a_colleague_who_answers_the_forwarded_mail_reports_for_the_contact(office, asked):
    person, sign = asked
    [answer] = colleague(office, "已报", "10-16 09:20", sign)
    assert (office.task(*Q3).status, office.task(*LIST).status) == (Status.REPORTED, Status.PENDING)
    assert (answer.kind, answer.address, answer.person_id) == (MessageKind.CONFIRMATION, COLLEAGUE, None)
    with office.store.read() as tx:
        [event] = tx.tasks.events(office.task(*Q3).id)
    assert (event.by, event.inbound_id) == (f"behalf:{person}", office.received()[0].inbound.id)


def test_the_mailbox_is_put_before_the_administrators_with_the_person_it_spoke_for(office, asked):
    person, sign = asked
    colleague(office, "已报", "10-16 09:20", sign)
    [received] = office.received()
    assert (received.state, received.person_id) == (InboxState.TROUBLE, person)
    assert received.trouble == "a mailbox nobody knows spoke for this person"


def test_the_tag_of_the_subject_proves_it_as_well(office):
    person = office.person("榆树市", channel="mail")
    letter = office.letter(person, "10-16 09:10", Q3)
    with office.store.read() as tx:
        tag = tag_of(tx.outbox.get(letter).dedupe)
    colleague(office, "三季度已报", "10-16 09:20", f"mid:<x@example.com> tag:{tag}")
    assert office.task(*Q3).status is Status.REPORTED


@pytest.mark.parametrize("about", ["", "mid:<cb.00@example.com>", "message:nothing", "tag:GUESSED", "tag:"])
def test_who_proves_nothing_stays_a_stranger(office, asked, about):
    colleague(office, "已报", "10-16 09:20", about)
    assert office.task(*Q3).status is Status.PENDING
    assert office.received()[0].state is InboxState.STRANGER


def test_proof_of_two_conversations_is_proof_of_none(office, asked):
    other = office.person("农安县", channel="mail", name="李四")
    colleague(office, "已报", "10-16 09:20", f"{asked[1]} {office.sign_of(office.letter(other, '10-16 09:11', ('农安县', '2018Q3')))}")
    assert office.received()[0].state is InboxState.STRANGER


def test_a_mail_to_somebody_who_has_left_proves_nothing_any_more(office, asked):
    with office.store.begin() as tx:
        tx.people.retire(asked[0])
    colleague(office, "已报", "10-16 09:20", asked[1])
    assert office.received()[0].state is InboxState.STRANGER


def test_the_colleague_takes_back_what_he_said_by_answering_our_answer(office, asked):
    colleague(office, "已报", "10-16 09:20", asked[1])
    with office.store.read() as tx:
        key = tx.outbox.list(limit=1)[0].dedupe
    colleague(office, "撤回", "10-16 09:30", f"message:{key} tag:{tag_of(key)}")
    assert office.task(*Q3).status is Status.PENDING
    assert office.events(office.task(*Q3)) == ["reported", "undone"]


def test_a_colleague_takes_back_nothing_that_the_contact_said(office, asked):
    office.say(asked[0], "已报", "10-16 09:15")
    colleague(office, "撤回", "10-16 09:20", asked[1])
    assert office.task(*Q3).status is Status.REPORTED


def test_the_mailbox_gets_one_answer_a_day_and_what_came_later_the_next_morning(office, asked):
    assert len(colleague(office, "收到", "10-16 09:20", asked[1])) == 1
    assert colleague(office, "三季度已报", "10-16 09:30", asked[1]) == []
    [morning] = office.deliver("10-17 09:30")
    assert morning.address == COLLEAGUE
    assert "已报" in morning.text


def test_the_contacts_own_answer_of_that_day_is_not_used_up(office, asked):
    colleague(office, "正在办理", "10-16 09:20", asked[1])
    [own] = office.say(asked[0], "三季度已报", "10-16 09:30")
    assert own.address == f"p{asked[0]}@example.com"


def test_what_is_unclear_is_left_to_administrators_and_no_question_stands_open_with_the_contact(office):
    person = office.person("榆树市", "农安县", channel="mail")
    letter = office.letter(person, "10-16 09:10", Q3, ("农安县", "2018Q3"))
    answers = colleague(office, "已报", "10-16 09:20", office.sign_of(letter))
    assert "已转管理员" in texts(answers)
    with office.store.read() as tx:
        assert tx.questions.open(person) is None
    assert office.task(*Q3).status is Status.PENDING


def test_a_number_answers_no_question_that_the_contact_was_asked_elsewhere(office):
    person = office.person("榆树市", channel="mail")
    office.letter(person, "10-16 09:10", Q3, LIST)
    office.say(person, "已报", "10-16 09:12")
    with office.store.read() as tx:
        first = tx.outbox.conversations(person)[-1]
        assert tx.questions.open(person) is not None
    colleague(office, "1", "10-16 09:20", f"tag:{tag_of(first)}")
    assert not any(office.task(*each).closed for each in (Q3, LIST))


def test_nobody_decides_on_more_time_in_the_place_of_who_decides(office):
    with office.store.begin() as tx:
        centre = tx.units.put_many([UnitRow("SX", "省促进中小企业发展服务中心", "省中心", "province")])["SX"]
        decider = tx.people.put("王五")
        tx.people.assign(decider, centre, Role.ADMIN)
        tx.people.add_address(decider, "mail", "wangwu@example.com", 0)
    contact = office.person("榆树市")
    office.letter(contact, "10-16 09:10", Q3)
    office.say(contact, "申请延到10月30日", "10-16 09:15")
    with office.store.read() as tx:
        [asked] = tx.outbox.conversations(decider)
    colleague(office, "同意", "10-16 09:20", f"message:{asked}")
    assert office.task(*Q3).state.extended_to is None
    colleague(office, "同意", "10-16 09:25", f"message:{asked}", sender="wangwu@example.com")
    assert office.task(*Q3).state.extended_to is not None

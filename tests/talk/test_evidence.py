"""By what evidence an answer belongs to which task: each kind is stronger than the next."""

import pytest
from office import CHANNELS, Office, at, texts

from bot.domain.inbound import Attachment, InboundKind
from bot.domain.words import MessageKind, Role, Status
from bot.store.inbox import InboxState

LIST, Q3 = ("榆树市", "once"), ("榆树市", "2018Q3")
NONG_Q3, NONG_LIST = ("农安县", "2018Q3"), ("农安县", "once")
R, N, P, I = Status.REPORTED, Status.PENDING, Status.PROMISED, Status.IN_PROGRESS  # noqa: E741


def stand(office: Office, *which: tuple[str, str]) -> list[Status]:
    return [office.task(*each).status for each in which]


# what the channel knows


def test_a_mark_of_one_task_is_stronger_than_the_last_letter(office):
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", Q3)
    office.say(person, "已报", "10-16 09:20", about=f"task:{office.task(*LIST).id}")
    assert stand(office, LIST, Q3) == [R, N]


def test_a_mark_of_a_task_that_is_not_ones_own_closes_nothing(office):
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", Q3)
    answers = office.say(person, "已报", "10-16 09:20", about=f"task:{office.task(*NONG_Q3).id}")
    assert stand(office, Q3, LIST, NONG_Q3) == [N, N, N]
    assert [answer.kind for answer in answers] == [MessageKind.QUESTION]


def test_a_reference_to_an_older_letter_is_stronger_than_the_last_one(office):
    person = office.person("榆树市")
    older = office.letter(person, "09-20 09:10", LIST)
    office.letter(person, "09-25 09:10", Q3)
    with office.store.read() as tx:
        key = tx.outbox.get(older).dedupe
    office.say(person, "已报", "09-25 09:20", about=f"message:{key}")
    assert stand(office, LIST, Q3) == [R, N]


def test_the_numbers_are_those_of_the_letter_that_is_referred_to(office):
    person = office.person("榆树市")
    older = office.letter(person, "09-20 09:10", LIST, Q3)
    office.letter(person, "09-25 09:10", Q3, LIST)
    with office.store.read() as tx:
        key = tx.outbox.get(older).dedupe
    office.say(person, "1报了", "09-25 09:20", about=f"message:{key}#2 message:unknown")
    assert stand(office, LIST, Q3) == [R, N]


def test_a_reference_to_a_question_answers_that_question_even_twice(office):
    person = office.person("榆树市")
    office.letter(person, "09-25 09:10", LIST, Q3)
    office.say(person, "已报", "09-25 09:20")
    with office.store.read() as tx:
        asked = tx.questions.open(person).inbound_id
    office.say(person, "1", "09-25 09:25", about=f"message:answer:{asked}")
    again = office.say(person, "1", "09-25 09:26", about=f"message:answer:{asked}")
    assert stand(office, LIST, Q3) == [R, N]
    assert office.events(office.task(*LIST)) == ["reported"]
    assert "已在记录中" in texts(again)


# what is quoted


def test_a_quoted_letter_is_found_by_its_number(office):
    person = office.person("榆树市")
    older = office.letter(person, "09-20 09:10", LIST)
    office.letter(person, "09-25 09:10", Q3)
    office.say(person, f"已报\n\n-------- 原始邮件 --------\n榆树市 名单：请按时报送。\n谢谢。编号{older:04d}", "09-25 09:20")
    assert stand(office, LIST, Q3) == [R, N]


def test_a_substitute_who_quotes_the_contacts_letter_answers_for_it(office):
    contact, substitute = office.person("榆树市"), office.person("榆树市", role=Role.SUBSTITUTE, name="李四")
    number = office.letter(contact, "09-20 09:10", LIST)
    office.letter(substitute, "09-25 09:10", Q3)
    office.say(substitute, f"「张三：请按时报送。编号{number:04d}」\n- - - - - - -\n这个我已经报了", "09-25 09:20")
    assert stand(office, LIST, Q3) == [R, N]


def test_a_quoted_letter_about_others_changes_nothing_of_theirs(office):
    other, person = office.person("农安县", name="李四"), office.person("榆树市")
    number = office.letter(other, "10-16 09:10", NONG_Q3)
    office.say(person, f"已报\n> 谢谢。编号{number:04d}", "10-16 09:20")
    assert stand(office, NONG_Q3, NONG_LIST, Q3, LIST) == [N, N, N, N]


def test_a_name_is_stronger_than_a_quotation_only_within_it(office):
    person = office.person("榆树市", "农安县")
    number = office.letter(person, "10-16 09:10", Q3, NONG_Q3)
    office.letter(person, "10-16 09:15", LIST)
    office.say(person, f"农安报了\n> 谢谢。编号{number:04d}", "10-16 09:20")
    assert stand(office, NONG_Q3, Q3, LIST, NONG_LIST) == [R, N, N, N]


@pytest.mark.parametrize("quoted", ["编号99999999", "编号0000", "编号12345678901234567890"])
def test_a_number_of_no_letter_is_no_evidence(office, quoted):
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", Q3)
    office.say(person, f"已报\n> 谢谢。{quoted}", "10-16 09:20")
    assert stand(office, Q3, LIST) == [R, N]


# numbers


MIXES = (
    ("1报了 2延到10月19日 3换李四", [R, P, N]),
    ("1-3都报了", [R, R, R]),
    ("第一个报了，第二个还没", [R, I, N]),
    ("1、3报了，2后天", [R, P, R]),
    ("1已报，其他的还没", [R, I, I]),
    ("前两个报了", [R, R, N]),
    ("最后一个报了", [N, N, R]),
    ("1-9都报了", [N, N, N]),
)


@pytest.mark.parametrize(("text", "stands"), MIXES)
def test_answers_that_mix_are_taken_apart_by_their_numbers(office, text, stands):
    person = office.person("榆树市", "农安县")
    office.letter(person, "10-16 09:10", LIST, Q3, NONG_Q3)
    office.say(person, text, "10-16 09:20")
    assert stand(office, LIST, Q3, NONG_Q3) == stands
    assert stand(office, NONG_LIST) == [N]


# who


def test_whoever_no_longer_holds_a_role_or_not_yet_closes_nothing(office):
    person = office.person("榆树市")
    with office.store.begin() as tx:
        tx.people.assign(person, office.units["榆树市"], Role.PRIMARY, until=at("10-16 00:00").date())
        tx.people.assign(person, office.units["农安县"], Role.PRIMARY, since=at("10-20 00:00").date())
    answers = office.say(person, "已报", "10-16 09:20")
    assert stand(office, Q3, LIST, NONG_Q3) == [N, N, N]
    assert "没有待报事项" in texts(answers)
    office.letter(person, "10-22 09:10", NONG_Q3)
    office.say(person, "已报", "10-22 09:20")
    assert stand(office, Q3, NONG_Q3) == [N, R]


def test_a_substitute_answers_for_the_contact_and_the_contact_hears_it_stands(office):
    contact, substitute = office.person("榆树市"), office.person("榆树市", role=Role.SUBSTITUTE, name="李四")
    office.letter(contact, "10-16 09:10", Q3)
    office.letter(substitute, "10-16 09:11", Q3)
    office.say(substitute, "已报", "10-16 09:20")
    answers = office.say(contact, "报了", "10-16 09:30")
    assert office.events(office.task(*Q3)) == ["reported"]
    assert "已在记录中" in texts(answers)


def test_of_several_contacts_each_can_take_back_only_what_he_said(office):
    first, second = office.person("榆树市"), office.person("榆树市", name="李四")
    for person in (first, second):
        office.letter(person, "10-16 09:10", Q3)
    office.say(first, "已报", "10-16 09:20")
    answers = office.say(second, "撤回", "10-16 09:30")
    assert stand(office, Q3) == [R]
    assert "没有可以撤回" in texts(answers)


def test_several_who_answer_in_a_row_in_a_group_speak_each_for_his_own_unit(office):
    yushu, nongan = office.person("榆树市"), office.person("农安县", name="李四")
    for person, task in ((yushu, Q3), (nongan, NONG_Q3)):
        office.letter(person, "10-16 09:10", task)
    office.keep(yushu, "已报", "10-16 09:20", chat="group-1")
    office.keep(nongan, "我们后天报", "10-16 09:21", chat="group-1")
    office.keep(yushu, "收到", "10-16 09:22", chat="group-1")
    answers = office.hear("10-16 09:23")
    assert stand(office, Q3, NONG_Q3, LIST, NONG_LIST) == [R, P, N, N]
    assert {answer.person_id for answer in answers} == {yushu, nongan}
    assert all(answer.address in {f"p{yushu}", f"p{nongan}"} for answer in answers)  # in private: a group sees no names


# machines


@pytest.mark.parametrize("kind", [InboundKind.AUTO, InboundKind.OTHER])
def test_what_no_person_said_is_neither_answered_nor_a_status(office, kind):
    person = office.person("榆树市", channel="mail")
    office.letter(person, "10-16 09:10", Q3)
    assert office.say(person, "已报", "10-16 09:20", kind=kind) == []
    assert stand(office, Q3) == [N]
    assert office.received()[0].state is InboxState.IGNORED


def test_a_bounce_marks_the_mailbox_bad_and_the_letter_goes_to_the_next_address(office_anywhere):
    office = office_anywhere
    person = office.person("榆树市", channel="mail")
    with office.store.begin() as tx:
        tx.people.add_address(person, "wecom_app", f"w{person}", 5)
    letter = office.letter(person, "10-16 09:10", Q3)
    answers = office.say(person, "系统退信", "10-16 09:20", kind=InboundKind.BOUNCE, about=office.sign_of(letter))
    assert [(answer.channel, answer.address) for answer in answers] == [("wecom_app", f"w{person}")]
    assert stand(office, Q3) == [N]
    with office.store.read() as tx:
        mailbox = next(address for address in tx.people.get(person).addresses if address.channel == "mail")
        moved = tx.outbox.get(letter)
        (entry,) = tx.audit.list(f"person:{person}")
    assert (mailbox.bad, moved.channel) == (True, "wecom_app")
    assert (entry.act, entry.after["messages"]) == ("address.bad", 1)


def test_a_bounce_of_an_older_letter_sends_that_one_again(office):
    person = office.person("榆树市", channel="mail")
    with office.store.begin() as tx:
        tx.people.add_address(person, "wecom_app", f"w{person}", 5)
    older = office.letter(person, "09-20 09:10", LIST)
    last = office.letter(person, "09-25 09:10", Q3)
    with office.store.read() as tx:
        key = tx.outbox.get(older).dedupe
    office.say(person, "系统退信", "09-25 09:20", kind=InboundKind.BOUNCE, about=f"message:{key}")
    with office.store.read() as tx:
        assert (tx.outbox.get(older).channel, tx.outbox.get(last).channel) == ("wecom_app", "mail")


def test_a_bounce_without_another_address_is_left_to_a_human_and_nothing_is_said(office):
    person = office.person("榆树市", channel="mail")
    letter = office.letter(person, "10-16 09:10", Q3)
    assert office.say(person, "系统退信", "10-16 09:20", kind=InboundKind.BOUNCE, about=office.sign_of(letter)) == []
    found = office.received()[0]
    assert (found.state, found.trouble) == (InboxState.TROUBLE, "returned mail: no other address")
    with office.store.read() as tx:
        assert tx.people.best_address(person, CHANNELS) is None


@pytest.mark.parametrize("about", ["", "message:letter:99", "tag:0123456789", "mid:<cb.0@example.com>"])
def test_a_bounce_that_shows_nothing_of_our_mails_silences_nobody_and_is_left_to_a_human(office, about):
    person = office.person("榆树市", channel="mail")
    letter = office.letter(person, "10-16 09:10", Q3)
    office.say(person, "系统退信", "10-16 09:20", kind=InboundKind.BOUNCE, about=about)
    with office.store.read() as tx:
        assert not any(address.bad for address in tx.people.get(person).addresses)
        assert tx.outbox.get(letter).channel == "mail"
    assert (office.received()[0].state, office.received()[0].trouble) == (InboxState.TROUBLE, "returned mail without a sign of ours")


def test_a_bounce_about_a_mailbox_nobody_has_is_only_kept(office):
    office.stranger("系统退信", "10-16 09:20", sender="gone@example.com", channel="mail", kind=InboundKind.BOUNCE)
    assert office.received()[0].state is InboxState.IGNORED


# files


@pytest.mark.parametrize(("text", "tied"), [("已报，见附件", True), ("1报了 2报了", False)])
def test_files_belong_to_the_task_of_the_answer_if_it_is_one(office, text, tied):
    person = office.person("榆树市", channel="mail")
    office.letter(person, "10-16 09:10", *((Q3,) if tied else (LIST, Q3)))
    office.say(person, text, "10-16 09:20", attachments=(Attachment("名单.xlsx", "application/x", b"1"),))
    with office.store.read() as tx:
        assert [kept.name for kept in tx.files.of_task(office.task(*Q3).id)] == (["名单.xlsx"] if tied else [])
        assert len(tx.files.of_inbound(office.received()[0].inbound.id)) == 1

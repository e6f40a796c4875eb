"""Who decides on more time is asked and answers in a word."""

from datetime import date

import pytest
from office import Office, at, tag_of, texts

from bot.domain.words import Role, Status
from bot.store.inbox import InboxState
from bot.store.units import UnitRow
from bot.talk import deciding

Q3, NONG_Q3 = ("榆树市", "2018Q3"), ("农安县", "2018Q3")
CENTRE = "省促进中小企业发展服务中心"
LATER = date(2018, 10, 30)


def unit(office: Office, code: str, name: str) -> int:
    with office.store.begin() as tx:
        return tx.units.put_many([UnitRow(code, name, name, "province")])[code]


def administrator(office: Office, unit_id: int, name: str = "王五") -> int:
    with office.store.begin() as tx:
        person = tx.people.put(name)
        tx.people.assign(person, unit_id, Role.ADMIN)
        tx.people.add_address(person, "wecom_app", f"a{person}", 0)
    return person


@pytest.fixture
def decider(office: Office) -> int:
    return administrator(office, unit(office, "SX", CENTRE))


def ask(office: Office, name: str = "榆树市", text: str = "申请延到10月30日") -> tuple[int, list]:
    contact = office.person(name)
    office.letter(contact, "10-16 09:10", (name, "2018Q3"))
    return contact, office.say(contact, text, "10-16 09:20")


def test_the_administrator_of_the_receiving_unit_is_asked(office, decider):
    contact, answers = ask(office)
    asked = next(answer for answer in answers if answer.person_id == decider)
    assert "榆树市 2018年三季度 本地区培育工作开展情况 → 未报；申请展期 10月30日；最迟10月22日" in asked.text
    assert "回复“同意”或“不同意”" in asked.text
    assert {answer.person_id for answer in answers} == {contact, decider}


def test_consent_grants_the_day_lays_the_ladder_anew_and_tells_both(office, decider):
    contact, _ = ask(office)
    answers = office.say(decider, "同意", "10-16 10:00")
    assert (office.task(*Q3).state.extended_to, office.task(*Q3).state.asked_for) == (LATER, None)
    assert office.events(office.task(*Q3)) == ["extension_asked", "extended"]
    assert {answer.person_id for answer in answers} == {contact, decider}
    assert "展期申请已获同意" in texts(answers)
    with office.store.read() as tx:
        assert {step.rung.partition("@")[2] for step in tx.reminders.due_steps(at("11-30 00:00")) if step.task_id} == {str(LATER)}
        (entry,) = tx.audit.list(f"task:{office.task(*Q3).id}")
    assert (entry.by, entry.act) == (f"decider:{decider}", "extension.granted")


def test_a_refusal_refuses_and_another_day_is_granted_instead(office, decider):
    ask(office)
    office.say(decider, "不同意", "10-16 10:00")
    assert office.events(office.task(*Q3)) == ["extension_asked", "extension_refused"]
    other = office.person("榆树市", name="李四")
    office.say(other, "三季度申请延到10月30日", "10-16 11:00")
    office.say(decider, "同意延到10月25日", "10-16 11:10")
    assert office.task(*Q3).state.extended_to == date(2018, 10, 25)


def test_of_several_requests_one_is_named_or_all(office, decider):
    ask(office)
    ask(office, "农安县")
    answers = office.say(decider, "同意", "10-16 10:00")
    assert "不止一项" in texts(answers)
    assert office.task(*Q3).state.extended_to is None
    office.say(decider, "榆树同意", "10-16 10:05")
    assert (office.task(*Q3).state.extended_to, office.task(*NONG_Q3).state.extended_to) == (LATER, None)
    office.say(decider, "不同意", "10-16 10:06")
    assert office.task(*NONG_Q3).state.asked_for is None


def test_all_at_once(office, decider):
    ask(office)
    ask(office, "农安县")
    office.say(decider, "全部同意", "10-16 10:00")
    assert {office.task(*each).state.extended_to for each in (Q3, NONG_Q3)} == {LATER}


@pytest.mark.parametrize("text", ["同意吗", "领导同意了", "还没同意", "要是同意就报", "收到", "可以", "等局长同意", "已报，同意"])
def test_what_is_no_decision_decides_nothing(office, decider, text):
    ask(office)
    office.say(decider, text, "10-16 10:00")
    assert office.events(office.task(*Q3)) == ["extension_asked"]


def test_nobody_else_can_decide(office, decider):
    contact, _ = ask(office)
    other = office.person("农安县", name="李四")
    for person in (contact, other):
        office.say(person, "同意", "10-16 10:00")
    assert office.task(*Q3).state.extended_to is None


def test_decided_once_a_second_word_changes_nothing(office, decider):
    ask(office)
    office.say(decider, "同意", "10-16 10:00")
    office.say(decider, "不同意", "10-16 10:01")
    assert office.task(*Q3).state.extended_to == LATER


def test_without_a_receiving_unit_the_nearest_unit_above_is_asked(office):
    with office.store.begin() as tx:
        city = tx.units.put_many([UnitRow("CC", "长春市工信局", "长春", "prefecture")])["CC"]
        tx.units.put_many([UnitRow("YS2", "双阳区经济局", "双阳区", "county", parent_code="CC")])
        below = tx.units.by_code("YS2").id
        tx.people.assign(tx.people.put("赵六"), below, Role.ADMIN)
    person = administrator(office, city)
    with office.store.read() as tx:
        task = office.task(*Q3)
        assert deciding.deciders(tx, task, date(2018, 10, 16)) == []
        moved = type(task)(**{name: getattr(task, name) for name in task.__dataclass_fields__} | {"unit_id": below})
        assert [each.id for each in deciding.deciders(tx, moved, date(2018, 10, 16))] == [person]


def test_where_nobody_decides_the_request_waits_for_the_administrators_pages(office):
    contact, answers = ask(office)
    assert {answer.person_id for answer in answers} == {contact}
    with office.store.read() as tx:
        assert [task.id for task in tx.tasks.asking()] == [office.task(*Q3).id]
    assert office.task(*Q3).status is Status.PENDING


@pytest.fixture
def by_mail(office: Office, decider: int) -> int:
    """The decider, now reached by mail, who has been asked about one request."""
    with office.store.begin() as tx:
        tx.people.add_address(decider, "mail", "wangwu@example.com", 0)
        tx.people.mark_bad("wecom_app", f"a{decider}", at("10-16 09:00"), "left the application")
    ask(office)
    return decider


def signs(office: Office, person: int) -> tuple[str, str]:
    """What only the person's mailbox has seen: a Message-ID (made a key already), and the tag of its subjects."""
    with office.store.read() as tx:
        (asked,) = [message for message in tx.outbox.list(person_id=person) if message.dedupe.startswith("decide:")]
        return f"message:{asked.dedupe}", f"tag:{tag_of(tx.outbox.conversations(person)[0])}"


def test_a_mail_in_the_name_of_who_decides_decides_nothing_and_is_shown_to_a_human(office, by_mail):
    contact = office.person("农安县", channel="mail", name="李四")
    letter = office.letter(contact, "10-16 09:30", NONG_Q3)
    for about in ("", office.sign_of(letter), f"tag:{tag_of('another')}", "task:1", "mid:<cb.0@example.com>"):
        answers = office.say(by_mail, "同意", "10-16 10:00", channel="mail", about=about)
        assert office.events(office.task(*Q3)) == ["extension_asked"], about
        assert [answer.address for answer in answers] in (["wangwu@example.com"], []), about  # once a day
        assert "无法确认出自您本人" in texts(answers) or not answers
        assert (office.received()[0].state, office.received()[0].trouble) == (InboxState.TROUBLE, deciding.UNPROVED)


@pytest.mark.parametrize("sign", [0, 1])
def test_a_mail_that_answers_ours_or_bears_its_tag_decides(office, by_mail, sign):
    office.say(by_mail, "同意", "10-16 10:00", channel="mail", about=signs(office, by_mail)[sign])
    assert office.task(*Q3).state.extended_to == LATER

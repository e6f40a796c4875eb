"""An extension is decided: the fact, the ladder laid anew, the person told, the act in the books."""

from datetime import date

import pytest
from office import CHANNELS, Office, at

from bot.domain.words import Role, Status
from bot.domain.workdays import WorkCalendar
from bot.store.tasks import Task
from bot.talk.decide import Decision, Verdict, decide
from bot.talk.decide import Office as Desk

Q3 = ("榆树市", "2018Q3")
DESK = Desk(WorkCalendar(), CHANNELS)
LATER = date(2018, 10, 30)


def ask(office: Office, **person: object) -> int:
    """A contact asks for more time."""
    who = office.person("榆树市", **person)
    office.letter(who, "10-16 09:10", Q3)
    office.say(who, "申请延到10月30日", "10-16 09:20")
    return who


def decided(office: Office, granted: date | None, when: str = "10-17 10:00", task: Task | None = None) -> Verdict:
    with office.store.begin() as tx:
        return decide(tx, Decision((task or office.task()).id, granted, "admin:1", "电话核实"), at(when), DESK)


def rungs(office: Office, until: str) -> list[str]:
    """The steps of tasks of their own that are laid."""
    with office.store.read() as tx:
        return [step.rung for step in tx.reminders.due_steps(at(until)) if step.task_id is not None]


def test_a_granted_day_is_a_fact_lays_the_ladder_anew_and_is_told(office_anywhere):
    office = office_anywhere
    person = ask(office)
    assert decided(office, LATER) is Verdict.GRANTED
    state = office.task().state
    assert (state.extended_to, state.asked_for, state.quiet_until) == (LATER, None, None)
    assert rungs(office, "11-30 00:00") == [f"{rung}@{LATER}" for rung in ("T-5", "T-3", "T-1", "T0am", "T0pm", "L+1", "L+1")]
    (told,) = office.deliver("10-17 10:01")
    assert told.person_id == person
    assert told.text == (
        "已记录：\n榆树市 2018年三季度 本地区培育工作开展情况 → 未报；已同意展期至10月30日；最迟10月30日\n展期申请已获同意，之后按新的日期提醒。\n谢谢。"
    )


def test_a_refusal_is_a_fact_ends_the_quiet_and_is_told(office):
    ask(office)
    assert decided(office, None) is Verdict.REFUSED
    state = office.task().state
    assert (state.extended_to, state.asked_for, state.quiet_until) == (None, None, None)
    assert rungs(office, "11-30 00:00") == []
    (told,) = office.deliver("10-17 10:01")
    assert "最迟10月22日" in told.text
    assert "未获同意" in told.text


def test_the_act_stands_in_the_audit_log_with_before_and_after(office):
    ask(office)
    decided(office, LATER)
    with office.store.read() as tx:
        (entry,) = tx.audit.list(f"task:{office.task().id}")
        note = tx.tasks.events(office.task().id)[-1].note
    assert (entry.by, entry.act, note) == ("admin:1", "extension.granted", "电话核实")
    assert entry.before == {"asked_for": "2018-10-30", "extended_to": None}
    assert entry.after == {"asked_for": None, "extended_to": "2018-10-30"}


@pytest.mark.parametrize(("granted", "second"), [(LATER, Verdict.NOT_LATER), (None, Verdict.NOT_ASKED)])
def test_a_second_click_changes_nothing(office, granted, second):
    ask(office)
    decided(office, granted)
    before = office.events(office.task())
    assert decided(office, granted) is second
    assert office.events(office.task()) == before
    assert len(office.deliver("10-17 10:01")) == 1


def test_another_day_than_the_one_asked_for_can_be_granted_and_moved_again(office):
    ask(office)
    assert decided(office, date(2018, 10, 25)) is Verdict.GRANTED
    assert decided(office, LATER) is Verdict.GRANTED
    assert {rung.partition("@")[2] for rung in rungs(office, "11-30 00:00")} == {str(LATER)}


def test_time_can_be_given_to_somebody_who_did_not_ask_and_the_contact_is_told(office):
    contact = office.person("榆树市")
    assert decided(office, LATER) is Verdict.GRANTED
    assert [told.person_id for told in office.deliver("10-17 10:01")] == [contact]


@pytest.mark.parametrize(
    ("granted", "verdict"), [(date(2018, 10, 22), Verdict.NOT_LATER), (date(2018, 10, 1), Verdict.NOT_LATER), (None, Verdict.NOT_ASKED)]
)
def test_what_decides_nothing_is_refused_with_the_reason(office, granted, verdict):
    assert decided(office, granted) is verdict
    assert office.events(office.task()) == []
    with office.store.read() as tx:
        assert tx.audit.list() == []


def test_nothing_is_decided_about_what_was_reported_since(office):
    person = ask(office)
    office.say(person, "已报", "10-17 09:00")
    assert decided(office, LATER) is Verdict.NOTHING_OWED
    assert office.task().status is Status.REPORTED


def test_an_unknown_task_is_an_error(office):
    with office.store.begin() as tx, pytest.raises(LookupError):
        decide(tx, Decision(999, LATER, "admin:1"), at("10-17 10:00"), DESK)


def test_the_one_who_asked_is_told_even_if_it_was_the_substitute(office):
    office.person("榆树市")
    substitute = ask(office, role=Role.SUBSTITUTE, name="李四")
    decided(office, LATER)
    assert [told.person_id for told in office.deliver("10-17 10:01")] == [substitute]


def test_whoever_asked_and_cannot_be_reached_any_more_leaves_it_to_the_contact(office):
    contact = office.person("榆树市")
    substitute = ask(office, role=Role.SUBSTITUTE, name="李四")
    with office.store.begin() as tx:
        tx.people.retire(substitute)
    decided(office, LATER)
    assert [told.person_id for told in office.deliver("10-17 10:01")] == [contact]


def test_a_decision_stands_even_if_nobody_can_be_told(office):
    assert decided(office, LATER) is Verdict.GRANTED
    assert office.deliver("10-17 10:01") == []
    assert office.task().state.extended_to == LATER


def test_the_confirmation_of_a_decision_is_not_taken_back_by_the_person(office):
    person = ask(office)
    decided(office, LATER)
    office.deliver("10-17 10:01")
    office.say(person, "撤回", "10-17 10:05")
    assert office.task().state.extended_to == LATER

"""task → outbox: who is told what, once, in one message."""

import json
from datetime import date, timedelta

import pytest
from bureau import Bureau, at

from bot.domain import ladder, times
from bot.domain.due import Shift
from bot.domain.status import EventKind
from bot.domain.words import MessageKind, MessageState, Role
from bot.store.silences import Scope
from jobs import remind

FIRST = at("2018-09-21 09:25")
T5, T3, T1 = at("2018-10-12 09:25"), at("2018-10-16 09:25"), at("2018-10-18 09:25")
T0AM, T0PM = at("2018-10-19 09:25"), at("2018-10-19 14:25")
L1 = at("2018-10-23 09:25")


@pytest.fixture
def bureau(store):
    return Bureau(store)


@pytest.fixture
def unit(bureau):
    return bureau.unit("220100")


def sent(bureau: Bureau, now, *, person: int | None = None) -> list:
    """Ticks, lets everything go that may, and returns what went."""
    before = {message.id for message in bureau.messages() if message.state != MessageState.PENDING}
    bureau.tick(now)
    bureau.send(now)
    return [m for m in bureau.messages(person) if m.id not in before and m.state is MessageState.SENDING]


def test_a_quarter_without_an_answer_fires_every_rung_once_at_its_day(bureau, unit):
    contact, group = bureau.person(unit), bureau.person(unit, Role.GROUP, ("wecom_robot", "changchun"))
    bureau.duty([unit])
    told = []
    for days in range(0, 45):
        for hour in ("09:25", "14:25"):
            now = at(f"{date(2018, 9, 21) + timedelta(days=days)} {hour}")
            told += [(times.local(now).strftime("%m-%d %H"), m.person_id, m.kind, m.reason) for m in sent(bureau, now)]
    assert told == [
        ("09-21 09", contact, MessageKind.FIRST_NOTICE, "first ×1"),
        ("09-21 09", group, MessageKind.GROUP_NOTICE, "first ×1"),
        ("09-30 09", group, MessageKind.GROUP_NOTICE, "T-10 ×1"),
        ("10-12 09", contact, MessageKind.REMINDER, "T-5 ×1"),
        ("10-16 09", contact, MessageKind.REMINDER, "T-3 ×1"),
        ("10-18 09", contact, MessageKind.REMINDER, "T-1 ×1"),
        ("10-19 09", contact, MessageKind.REMINDER, "T0am ×1"),
        ("10-19 14", contact, MessageKind.REMINDER, "T0pm ×1"),
        ("10-23 09", contact, MessageKind.OVERDUE, "L+1 ×1"),
    ]


def test_an_outage_across_three_rungs_ends_in_one_message_worded_for_today(bureau, unit):
    contact = bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    result = bureau.tick(at("2018-10-18 10:00"))
    assert (result.planned, result.messages, result.collapsed) == (1, 1, 3)
    message = bureau.messages(contact)[-1]
    assert [line.rung for line in bureau.lines(message, T1)] == ["T-1"]
    assert bureau.tick(at("2018-10-18 10:01")) == remind.Reminded()


def test_a_tick_that_runs_twice_or_late_says_nothing_twice(bureau, unit):
    bureau.person(unit)
    bureau.duty([unit])
    bureau.tick(FIRST)
    for _ in range(3):
        assert bureau.tick(FIRST) == remind.Reminded()
    assert bureau.tick(FIRST + timedelta(hours=1)) == remind.Reminded()
    assert len(bureau.messages()) == 1


def test_all_duties_of_a_person_go_into_one_message_of_the_worst_kind(bureau):
    units = [bureau.unit(code) for code in ("220100", "220200")]
    contact = bureau.person(units[0])
    with bureau.store.begin() as tx:
        tx.people.assign(contact, units[1], Role.PRIMARY)
    bureau.duty(units)
    bureau.duty(units, rule="once:2018-10-11", what="名单")
    sent(bureau, FIRST)
    message = sent(bureau, T5)[0]
    assert message.kind is MessageKind.OVERDUE
    assert sorted((line.what, line.rung) for line in bureau.lines(message, T5)) == [("名单", "L+1")] * 2 + [("工作情况报告", "T-5")] * 2
    assert len(bureau.messages(contact)) == 2


def test_nobody_gets_a_second_message_on_one_day_but_on_a_last_day(bureau, unit):
    contact = bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    sent(bureau, T5)
    bureau.duty([unit], rule="once:2018-10-30", what="名单", published=at("2018-10-12 10:00"), begins=date(2018, 10, 12))
    assert sent(bureau, at("2018-10-12 14:00")) == []
    tomorrow = sent(bureau, at("2018-10-15 09:25"), person=contact)
    assert [message.kind for message in tomorrow] == [MessageKind.FIRST_NOTICE]
    sent(bureau, T3)
    sent(bureau, T1)
    assert len(sent(bureau, T0AM)) == 1
    assert len(sent(bureau, T0PM)) == 1


def test_what_comes_due_later_joins_the_message_of_the_day_that_is_not_yet_in_words(bureau, unit):
    contact = bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    sent(bureau, T0PM)
    early, later = at("2018-10-23 09:07"), at("2018-10-23 09:12")
    bureau.duty([unit], rule="once:2018-11-16", what="名单", published=at("2018-10-23 09:02"), begins=date(2018, 10, 12))
    assert bureau.tick(early).messages == 1
    assert bureau.messages(contact)[-1].kind is MessageKind.FIRST_NOTICE
    result = bureau.tick(later)
    assert (result.planned, result.messages, result.joined) == (1, 0, 1)
    assert bureau.messages(contact)[-1].kind is MessageKind.OVERDUE
    assert {line.what for line in bureau.lines(bureau.messages(contact)[-1], later)} == {"名单", "工作情况报告"}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (EventKind.REPORTED, 0),
        (EventKind.ZERO_REPORT, 0),
        (EventKind.EXEMPTED, 0),
        (EventKind.DISPUTED, 0),
        (EventKind.IN_PROGRESS, 0),
        (EventKind.BLOCKED, 0),
        (EventKind.ACKNOWLEDGED, 1),
        (EventKind.RETURNED, 1),
    ],
)
def test_only_who_still_owes_is_chased(bureau, unit, kind, told):
    bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    bureau.append(bureau.task(unit), kind, at("2018-10-11 10:00"))
    assert len(sent(bureau, T5)) == told


def test_a_report_between_planning_and_sending_drops_the_reminder(bureau, unit):
    bureau.person(unit)
    bureau.duty([unit])
    bureau.tick(FIRST)
    bureau.append(bureau.task(unit), EventKind.REPORTED, FIRST)
    assert bureau.lines(bureau.messages()[-1], FIRST) == []


def test_under_way_holds_the_chase_for_some_days_and_not_into_the_last_ones(bureau, unit):
    bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    bureau.append(bureau.task(unit), EventKind.IN_PROGRESS, at("2018-10-11 10:00"))
    assert sent(bureau, T5) == []
    assert sent(bureau, T3) == []
    assert len(sent(bureau, T1)) == 1
    bureau.append(bureau.task(unit), EventKind.IN_PROGRESS, at("2018-10-18 10:00"))
    assert len(sent(bureau, T0AM)) == 1


def test_a_promised_day_is_asked_about_on_that_day(bureau, unit):
    bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    bureau.append(bureau.task(unit), EventKind.PROMISED, at("2018-10-11 10:00"), day=date(2018, 10, 17))
    assert sent(bureau, T5) == []
    assert sent(bureau, T3) == []
    with bureau.store.read() as tx:
        assert tx.reminders.next_wake(T3) == at("2018-10-17 09:10")
    asked = sent(bureau, at("2018-10-17 09:25"))
    lines = bureau.lines(asked[0], at("2018-10-17 09:25"))
    assert [(line.rung, line.promised_on) for line in lines] == [("promise@2018-10-17", date(2018, 10, 17))]


def test_a_new_promise_takes_the_place_of_the_old_one(bureau, unit):
    bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    bureau.append(bureau.task(unit), EventKind.PROMISED, at("2018-10-11 10:00"), day=date(2018, 10, 15))
    bureau.tick(at("2018-10-11 11:00"))
    bureau.append(bureau.task(unit), EventKind.PROMISED, at("2018-10-11 11:30"), day=date(2018, 10, 17))
    assert sent(bureau, at("2018-10-15 09:25")) == []
    assert len(sent(bureau, at("2018-10-17 09:25"))) == 1


def test_an_extended_task_climbs_its_own_ladder(bureau):
    units = [bureau.unit(code) for code in ("220100", "220200")]
    persons = [bureau.person(unit) for unit in units]
    bureau.duty(units)
    sent(bureau, FIRST)
    task, decided, granted = bureau.task(units[0]), at("2018-10-11 10:00"), date(2018, 10, 31)
    bureau.append(task, EventKind.EXTENDED, decided, day=granted)
    with bureau.store.begin() as tx:
        tx.tasks.extend(task.id, granted, ladder.extension_steps(ladder.LADDERS["default"], task.due, granted, decided, bureau.calendar))
    assert [message.person_id for message in sent(bureau, T5)] == [persons[1]]
    own = sent(bureau, at("2018-10-24 09:25"))
    assert [(message.person_id, message.reason) for message in own] == [(persons[0], "T-5@2018-10-31 ×1"), (persons[1], "L+1 ×1")]


def test_a_silenced_unit_is_left_in_peace_but_not_on_the_last_day(bureau, unit):
    bureau.person(unit)
    bureau.duty([unit])
    sent(bureau, FIRST)
    with bureau.store.begin() as tx:
        tx.silences.add(Scope(unit_id=unit), T5, at("2018-12-31 00:00"), "admin:1", "防汛")
    assert sent(bureau, T5) == []
    assert sent(bureau, T1) == []
    assert len(sent(bureau, T0AM)) == 1


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        ("2018-10-12 07:00", "2018-10-12 09:10"),
        ("2018-10-12 09:25", "2018-10-12 09:25"),
        ("2018-10-12 12:00", "2018-10-12 13:40"),
        ("2018-10-12 18:00", "2018-10-15 09:10"),
        ("2018-10-13 10:00", "2018-10-15 09:10"),
    ],
)
def test_messages_go_in_the_sending_windows_of_workdays(bureau, unit, now, goes):
    bureau.person(unit)
    bureau.duty([unit], published=at("2018-10-10 09:00"))
    bureau.due(at("2018-10-10 08:00"))
    bureau.remind(at(now))
    assert [message.not_before for message in bureau.messages()] == [at(goes)]


def test_a_last_day_that_is_a_rest_day_is_not_put_off(bureau, unit):
    bureau.person(unit)
    bureau.duty([unit], rule="once:2018-10-20", shift=Shift.AS_IS)
    sent(bureau, FIRST)
    sent(bureau, at("2018-10-18 09:25"))
    bureau.tick(at("2018-10-20 09:12"))
    assert times.civil_day(bureau.messages()[-1].not_before) == date(2018, 10, 20)


def test_the_next_address_then_the_substitute_is_used_and_who_has_neither_is_listed(bureau):
    bad, second, deaf, empty = (bureau.unit(code) for code in ("220100", "220200", "220300", "220400"))
    bureau.person(bad, Role.PRIMARY, ("wecom_app", "gone"))
    substitute = bureau.person(bad, Role.SUBSTITUTE, name="李四")
    two_ways = bureau.person(second, Role.PRIMARY, ("wecom_app", "left"), ("mail", "zs@example.com"))
    bureau.person(deaf, Role.PRIMARY, ("dingtalk_app", "off"))
    with bureau.store.begin() as tx:
        tx.people.mark_bad("wecom_app", "gone", FIRST, "60111")
        tx.people.mark_bad("wecom_app", "left", FIRST, "60111")
    bureau.duty([bad, second, deaf, empty])
    result = bureau.tick(FIRST)
    assert [(message.person_id, message.channel) for message in bureau.messages()] == [(substitute, "wecom_app"), (two_ways, "mail")]
    assert result.unreachable == ((deaf, Role.PRIMARY), (empty, Role.PRIMARY))
    with bureau.store.read() as tx:
        assert json.loads(tx.meta.get(remind.UNREACHABLE)) == [[deaf, "primary"], [empty, "primary"]]


def test_an_address_that_goes_bad_after_planning_drops_the_reminder_with_the_reason(bureau, unit):
    contact = bureau.person(unit, Role.PRIMARY, ("wecom_app", "zs"))
    bureau.duty([unit])
    sent(bureau, FIRST)
    with bureau.store.begin() as tx:
        tx.silences.add(Scope(), T5, at("2018-10-15 09:00"), "admin:1", "防汛")
    bureau.tick(T5)
    with bureau.store.begin() as tx:
        tx.people.mark_bad("wecom_app", "zs", T5, "60111")
    assert bureau.tick(at("2018-10-15 09:25")).lost == (contact,)
    assert bureau.tick(at("2018-10-15 09:26")) == remind.Reminded()


def test_overdue_goes_to_contact_and_substitute_and_one_who_is_both_is_told_once(bureau):
    units = [bureau.unit(code) for code in ("220100", "220200")]
    one, two, three = bureau.person(units[0]), bureau.person(units[0], Role.SUBSTITUTE), bureau.person(units[1])
    with bureau.store.begin() as tx:
        tx.people.assign(three, units[1], Role.SUBSTITUTE)
    bureau.duty(units)
    sent(bureau, FIRST)
    result = bureau.tick(L1)
    assert (result.planned, result.unreachable) == (3, ())
    assert [message.person_id for message in bureau.messages()[2:]] == [one, two, three]


def test_an_automatic_ladder_tells_the_leader_and_then_the_unit_above(bureau):
    above = bureau.unit("220100")
    below = bureau.unit("220102", "220100")
    superior, leader = bureau.person(above), bureau.person(below, Role.LEADER)
    bureau.person(below)
    bureau.duty([below], ladder="automatic")
    sent(bureau, FIRST)
    sent(bureau, L1)
    three, five = sent(bureau, at("2018-10-25 09:45")), sent(bureau, at("2018-10-29 10:15"))
    assert [(message.person_id, message.kind) for message in three] == [(leader, MessageKind.ESCALATION)]
    assert [(message.person_id, message.kind) for message in five] == [(superior, MessageKind.ESCALATION)]
    assert [line.unit for line in bureau.lines(five[0], at("2018-10-29 10:15"))] == ["220102局"]


def test_a_group_hears_of_all_its_open_units_in_one_message(bureau):
    units = [bureau.unit(code) for code in ("220100", "220101", "220102")]
    group = bureau.person(units[0], Role.GROUP, ("wecom_robot", "changchun"))
    with bureau.store.begin() as tx:
        for unit in units[1:]:
            tx.people.assign(group, unit, Role.GROUP)
    bureau.duty(units)
    sent(bureau, FIRST)
    bureau.append(bureau.task(units[2]), EventKind.REPORTED, FIRST)
    message = sent(bureau, at("2018-09-30 09:25"))[0]
    assert (message.person_id, message.kind, message.robot) == (group, MessageKind.GROUP_NOTICE, "wecom_robot:changchun")
    assert len(bureau.lines(message, T5)) == 2


def test_a_group_whose_units_have_all_reported_hears_nothing(bureau, unit):
    bureau.person(unit, Role.GROUP, ("wecom_robot", "changchun"))
    bureau.duty([unit])
    sent(bureau, FIRST)
    bureau.append(bureau.task(unit), EventKind.REPORTED, FIRST)
    assert sent(bureau, at("2018-09-30 09:25")) == []


def test_mails_to_a_person_hang_together(bureau, unit):
    bureau.person(unit, Role.PRIMARY, ("mail", "zs@example.com"))
    bureau.duty([unit])
    sent(bureau, FIRST)
    sent(bureau, T5)
    with bureau.store.begin() as tx:
        later = tx.outbox.claim(T3, "other", timedelta(minutes=1), {"mail": 0}, 10)
    assert later == []
    one, two = bureau.messages()
    assert (one.dedupe, two.dedupe) == (f"remind:{one.person_id}:2018-09-21:1", f"remind:{one.person_id}:2018-10-12:1")


def test_more_people_than_one_transaction_takes_are_all_told(bureau):
    count = remind.PEOPLE + 1
    units = [bureau.unit("220100")]
    with bureau.store.begin() as tx:
        for number in range(count):
            person = tx.people.put("张三")
            tx.people.assign(person, units[0], Role.PRIMARY)
            tx.people.add_address(person, "wecom_app", f"zs{number}", 0)
    bureau.duty(units)
    result = bureau.tick(FIRST)
    assert (result.planned, result.messages) == (count, count)

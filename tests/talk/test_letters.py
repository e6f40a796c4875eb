"""The last look at a letter: its numbers are those by which it is answered, and who owes nothing any more is not written to."""

from datetime import date, timedelta

import pytest
from bureau import CHANNELS, Bureau, at

from bot.domain.messages import Draft
from bot.domain.status import EventKind
from bot.domain.words import MessageKind, Role
from bot.talk import letters

MORNING = at("2018-10-16 09:12")


@pytest.fixture
def bureau(sqlite_store) -> Bureau:
    return Bureau(sqlite_store)


def speeches(bureau: Bureau, now) -> list[letters.Speech | None]:
    with bureau.store.begin() as tx:
        claimed = tx.outbox.claim(now, "me", timedelta(minutes=10), dict.fromkeys(CHANNELS, 0), 50)
        said = letters.speeches(tx, claimed, now)
        return [said[message.id] for message in claimed]


def two_duties(bureau: Bureau, unit: int) -> None:
    bureau.duty([unit], what="工作情况报告")
    bureau.duty([unit], "once:2018-10-19", what="推荐名单")
    bureau.due(MORNING)
    bureau.remind(MORNING)


def test_what_a_letter_speaks_of_is_in_the_order_of_its_numbers(bureau):
    unit = bureau.unit("榆树市")
    bureau.person(unit)
    two_duties(bureau, unit)
    (speech,) = speeches(bureau, MORNING)
    with bureau.store.read() as tx:
        named = [tx.tasks.get(task_id).what for task_id, _ in speech.said]
    assert named == [item["what"] for item in speech.view["items"]]
    assert sorted(named) == ["工作情况报告", "推荐名单"]


def test_a_returned_report_keeps_its_number_in_step_with_its_place(bureau):
    unit = bureau.unit("榆树市")
    bureau.person(unit)
    bureau.duty([unit], "once:2018-09-28", what="推荐名单")
    bureau.duty([unit], what="工作情况报告")
    bureau.due(MORNING)
    late = next(task for task in _tasks(bureau, unit) if task.what == "推荐名单")
    for kind in (EventKind.REPORTED, EventKind.RETURNED):
        bureau.append(late, kind, at("2018-09-27 10:00"))
    bureau.remind(MORNING)
    for speech in speeches(bureau, MORNING):
        with bureau.store.read() as tx:
            assert [tx.tasks.get(task_id).what for task_id, _ in speech.said] == [item["what"] for item in speech.view["items"]]


def test_a_letter_about_what_was_reported_since_has_nothing_left_to_say(bureau):
    unit = bureau.unit("榆树市")
    bureau.person(unit)
    two_duties(bureau, unit)
    for task in _tasks(bureau, unit):
        bureau.append(task, EventKind.REPORTED, MORNING)
    assert speeches(bureau, MORNING) == [None]


def test_a_group_is_told_totals_and_no_names(bureau):
    units = [bureau.unit(code) for code in ("榆树市", "农安县")]
    with bureau.store.begin() as tx:
        group = tx.people.put("工作群", "group")
        tx.people.add_address(group, "wecom_robot", "key", 0)
        for unit in units:
            tx.people.assign(group, unit, Role.GROUP)
    bureau.duty(units)
    bureau.due(MORNING)
    bureau.append(_tasks(bureau, units[0])[0], EventKind.REPORTED, MORNING)
    bureau.remind(MORNING)
    (speech,) = speeches(bureau, MORNING)
    assert speech.view["items"] == []
    assert (speech.view["group"]["total"], speech.view["group"]["reported"]) == (2, 1)


def test_a_message_with_words_of_its_own_goes_as_it_is(bureau):
    unit = bureau.unit("榆树市")
    person = bureau.person(unit)
    two_duties(bureau, unit)
    with bureau.store.begin() as tx:
        tx.outbox.put(Draft(MessageKind.ANSWER, person, "x", MORNING, "x", {"about": "facts"}, priority=0), CHANNELS, MORNING)
    first, second = speeches(bureau, MORNING)
    assert first == letters.Speech({"about": "facts"})
    assert second.said


def _tasks(bureau: Bureau, unit: int):
    with bureau.store.read() as tx:
        return [task for task in tx.tasks.find(unit) if task.due.nominal <= date(2018, 10, 31)]

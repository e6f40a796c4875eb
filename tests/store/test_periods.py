"""Periods, their steps and their tasks."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from bureau import Bureau, at

from bot.domain.due import Due, Shift
from bot.domain.ladder import Release, Step
from bot.domain.words import MessageKind, Role, Status

Q3 = Due(
    "2018Q3", date(2018, 10, 20), date(2018, 10, 19), date(2018, 10, 22), time(17), Shift.EARLIER, False, "quarterly:next-month-day=20"
)
T5 = Step("T-5", Role.PRIMARY, MessageKind.REMINDER, at("2018-10-12 09:10"), Release.AUTO, False)
T3 = Step("T-3", Role.PRIMARY, MessageKind.REMINDER, at("2018-10-16 09:10"), Release.AUTO, False)


@pytest.fixture
def bureau(store):
    return Bureau(store)


@pytest.fixture
def duty(bureau):
    return bureau.duty([bureau.unit("220100"), bureau.unit("220200")])


def test_a_period_comes_back_with_its_due_date_and_its_instants(bureau, duty):
    with bureau.store.begin() as tx:
        period_id, created = tx.periods.put(duty, Q3)
        assert created
        assert tx.periods.put(duty, replace(Q3, target=date(2018, 10, 18))) == (period_id, False)
        row = tx.periods.get(period_id)
    assert row.due == Q3
    assert (row.due_at, row.limit_at) == (at("2018-10-19 17:00"), at("2018-10-23 00:00"))
    assert (row.name, row.version) == ("2018Q3", 1)


def test_days_that_moved_raise_the_version(bureau, duty):
    moved = replace(Q3, target=date(2018, 10, 18), limit=date(2018, 10, 23))
    with bureau.store.begin() as tx:
        period_id, _ = tx.periods.put(duty, Q3)
        tx.periods.redate(period_id, moved)
        row = tx.periods.get(period_id)
    assert (row.due, row.version, row.limit_at) == (moved, 2, at("2018-10-24 00:00"))


def test_steps_laid_again_move_and_those_no_longer_laid_never_fire(bureau, duty):
    now = at("2018-12-01 09:00")
    with bureau.store.begin() as tx:
        period_id, _ = tx.periods.put(duty, Q3)
        tx.periods.put_steps(period_id, [T5, T3])
        tx.periods.put_steps(period_id, [T5, T3])
        assert [step.rung for step in tx.reminders.due_steps(now)] == ["T-5", "T-3"]
        tx.periods.put_steps(period_id, [replace(T3, fires_at=T3.fires_at + timedelta(days=1))])
        steps = tx.reminders.due_steps(now)
        assert [(step.rung, step.fires_at) for step in steps] == [("T-3", at("2018-10-17 09:10"))]
        tx.periods.put_steps(period_id, [T5, T3])
        assert [step.rung for step in tx.reminders.due_steps(now)] == ["T-5", "T-3"]


def test_a_step_that_has_fired_stays_as_it_was(bureau, duty):
    now = at("2018-12-01 09:00")
    with bureau.store.begin() as tx:
        period_id, _ = tx.periods.put(duty, Q3)
        tx.periods.put_steps(period_id, [T5, T3])
        tx.reminders.planned([tx.reminders.due_steps(now)[0].id], now)
        tx.periods.put_steps(period_id, [replace(T5, fires_at=at("2018-10-13 09:10")), T3])
        assert [step.rung for step in tx.reminders.due_steps(now)] == ["T-3"]


def test_tasks_are_made_once_for_units_that_exist_on_the_nominal_day(bureau):
    there, gone, later = (
        bureau.unit("220100"),
        bureau.unit("220381", until=date(2018, 10, 20)),
        bureau.unit("220184", since=date(2018, 10, 21)),
    )
    last_day = bureau.unit("220382", since=date(2018, 10, 20), until=date(2018, 10, 21))
    duty = bureau.duty([there, gone, later, last_day])
    with bureau.store.begin() as tx:
        period_id, _ = tx.periods.put(duty, Q3)
        assert tx.periods.make_tasks(period_id) == 2
        assert tx.periods.make_tasks(period_id) == 0
        assert [task.unit_id for task in tx.tasks.of_period(period_id)] == [there, last_day]
        assert tx.tasks.counts([period_id]) == {period_id: {Status.PENDING: 2}}
        assert tx.periods.owing_units(period_id) == (there, last_day)


def test_tasks_can_be_made_in_parts(bureau):
    units = [bureau.unit(str(code)) for code in range(5)]
    duty = bureau.duty(units)
    with bureau.store.begin() as tx:
        period_id, _ = tx.periods.put(duty, Q3)
        assert tx.periods.make_tasks(period_id, 0, units[1]) == 2
        assert tx.periods.make_tasks(period_id, units[1], units[3]) == 2
        assert tx.periods.make_tasks(period_id, units[3]) == 1
        assert tx.tasks.totals([period_id])[period_id].total == 5


def test_periods_are_listed_by_what_still_lies_ahead(bureau, duty):
    q4 = replace(Q3, period="2018Q4", nominal=date(2019, 1, 20), target=date(2019, 1, 18), limit=date(2019, 1, 21))
    with bureau.store.begin() as tx:
        for due in (q4, Q3):
            tx.periods.put(duty, due)
        assert [row.name for row in tx.periods.of(duty)] == ["2018Q3", "2018Q4"]
        assert [row.name for row in tx.periods.of(duty, date(2018, 10, 21))] == ["2018Q4"]
        assert [row.name for row in tx.periods.open(at("2018-10-22 23:59"))] == ["2018Q3", "2018Q4"]
        assert [row.name for row in tx.periods.open(at("2018-10-23 00:00"))] == ["2018Q4"]
        assert tx.periods.last_nominal(duty) == date(2019, 1, 20)
        assert tx.periods.last_nominal(99) is None
        with pytest.raises(LookupError):
            tx.periods.get(99)

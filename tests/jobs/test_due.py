"""obligation → task."""

from datetime import date, timedelta

import pytest
from bureau import QUARTERLY, Bureau, at

from bot.domain.status import EventKind
from bot.domain.workdays import Override, WorkCalendar
from bot.store.obligations import DRAFT
from bot.store.units import UnitRow
from jobs import due

NOW = at("2018-09-25 09:00")


@pytest.fixture
def bureau(store):
    return Bureau(store)


@pytest.fixture
def units(bureau):
    return [bureau.unit(code) for code in ("220100", "220200")]


def periods(bureau: Bureau, duty: int) -> dict[str, tuple[date, date]]:
    with bureau.store.read() as tx:
        return {row.name: (row.due.target, row.due.limit) for row in tx.periods.of(duty)}


def test_the_golden_periods_of_the_notice_are_made_up_to_the_horizon(bureau, units):
    duty = bureau.duty(units, ends=None)
    assert bureau.due(NOW, horizon_days=600).periods == 7
    made = periods(bureau, duty)
    assert made["2018Q3"] == (date(2018, 10, 19), date(2018, 10, 22))
    assert made["2018Q4"] == (date(2019, 1, 18), date(2019, 1, 21))
    assert made["2019Q4"] == (date(2020, 1, 20), date(2020, 1, 20))
    assert list(made) == ["2018Q3", "2018Q4", "2019Q1", "2019Q2", "2019Q3", "2019Q4", "2020Q1"]


def test_the_horizon_counts_nominal_days_and_its_last_day_is_included(bureau, units):
    bureau.duty(units)
    assert bureau.due(NOW, horizon_days=(date(2018, 10, 20) - date(2018, 9, 25)).days - 1).periods == 0
    assert bureau.due(NOW, horizon_days=(date(2018, 10, 20) - date(2018, 9, 25)).days).periods == 1


def test_a_duty_counts_from_its_first_day_to_its_last(bureau, units):
    duty = bureau.duty(units, begins=date(2018, 10, 21), ends=date(2019, 4, 20))
    bureau.due(NOW, horizon_days=600)
    assert list(periods(bureau, duty)) == ["2018Q4", "2019Q1"]


def test_running_again_changes_nothing(bureau, units):
    bureau.duty(units)
    first = bureau.due(NOW)
    assert (first.periods, first.tasks, first.moved) == (1, 2, ())
    again = bureau.due(NOW)
    assert (again.periods, again.tasks, again.moved) == (0, 0, ())


def test_a_run_after_a_year_of_darkness_makes_what_the_daily_runs_would_have_made(bureau, units):
    daily, late = bureau.duty(units, rule="monthly:day=5", ends=None), bureau.duty(units, rule="monthly:day=5", ends=None, what="月报")
    with bureau.store.begin() as tx:
        tx.obligations.set_state(late, DRAFT)
    for days in range(0, 365, 30):
        bureau.due(NOW + timedelta(days=days))
    with bureau.store.begin() as tx:
        tx.obligations.set_state(late, "armed")
    bureau.due(NOW + timedelta(days=360))
    assert periods(bureau, late) == periods(bureau, daily)
    assert len(periods(bureau, late)) == 16


def test_receipt_is_the_day_of_publication(bureau, units):
    duty = bureau.duty(units, rule="workdays-after-receipt:5")
    bureau.due(NOW)
    assert periods(bureau, duty) == {"once": (date(2018, 9, 29), date(2018, 9, 29))}


def test_a_draft_makes_nothing(bureau, units):
    duty = bureau.duty(units)
    with bureau.store.begin() as tx:
        tx.obligations.set_state(duty, DRAFT)
    assert bureau.due(NOW).periods == 0


@pytest.mark.parametrize(("field", "value"), [("rule", "quarterly:someday"), ("ladder", "rope")])
def test_a_duty_that_cannot_be_read_is_named_and_holds_nobody_up(bureau, units, field, value):
    bad = bureau.duty(units, **{field: value})
    bureau.duty(units)
    planned = bureau.due(NOW)
    assert (planned.periods, planned.tasks) == (1, 2)
    assert [refused.obligation_id for refused in planned.refused] == [bad]
    assert value.split(":")[0] in planned.refused[0].reason


def test_a_unit_added_later_gets_the_tasks_of_open_periods_only(bureau, units):
    duty = bureau.duty(units, rule="monthly:day=5", ends=None)
    bureau.due(NOW, horizon_days=45)
    late = bureau.unit("220300")
    with bureau.store.begin() as tx:
        tx.obligations.set_units(duty, [*units, late])
    assert bureau.due(at("2018-10-10 09:00"), horizon_days=30).tasks == 1
    with bureau.store.read() as tx:
        assert [task.period for task in tx.tasks.find(late)] == ["2018-11"]


def test_a_county_that_moved_owes_under_its_new_code_from_that_day(bureau):
    old, new = bureau.unit("220381", until=date(2020, 6, 19)), bureau.unit("220184", since=date(2020, 6, 19))
    bureau.duty([old, new], ends=None, begins=date(2020, 1, 1), published=at("2020-01-02 09:00"))
    bureau.due(at("2020-03-01 09:00"), horizon_days=200)
    with bureau.store.read() as tx:
        assert [task.period for task in tx.tasks.find(old)] == ["2019Q4", "2020Q1"]
        assert [task.period for task in tx.tasks.find(new)] == ["2020Q2"]


def test_a_unit_that_is_abolished_gets_no_further_tasks_and_keeps_those_it_had(bureau, units):
    bureau.duty(units, rule="monthly:day=5", ends=None)
    bureau.due(NOW, horizon_days=45)
    with bureau.store.begin() as tx:
        tx.units.put_many([UnitRow("220100", "220100局", "220100", "county", until=date(2018, 11, 20))])
    bureau.due(NOW, horizon_days=90)
    with bureau.store.read() as tx:
        assert [task.period for task in tx.tasks.find(units[0])] == ["2018-10", "2018-11"]
        assert [task.period for task in tx.tasks.find(units[1])] == ["2018-10", "2018-11", "2018-12"]


OFF = {date(2018, 10, 19): Override(False, "", "测试")}


def test_an_amended_calendar_moves_the_open_periods_it_touches_and_names_the_units(bureau, units):
    duty = bureau.duty(units, ends=None)
    bureau.due(NOW, horizon_days=150)
    bureau.append(bureau.task(units[0], "2018Q3"), EventKind.REPORTED, NOW)
    bureau.calendar = WorkCalendar(OFF)
    moved = bureau.due(NOW, horizon_days=150).moved
    assert [(each.name, each.before.target, each.after.target, each.units) for each in moved] == [
        ("2018Q3", date(2018, 10, 19), date(2018, 10, 18), (units[1],))
    ]
    assert periods(bureau, duty)["2018Q4"] == (date(2019, 1, 18), date(2019, 1, 21))
    assert bureau.due(NOW, horizon_days=150).moved == ()
    with bureau.store.read() as tx:
        row = tx.periods.of(duty)[0]
        last_day = [step.fires_at for step in tx.reminders.due_steps(at("2018-10-22 00:00")) if step.rung == "T0am"]
    assert row.version == 2
    assert last_day == [at("2018-10-18 09:10")]


def test_a_period_that_is_over_stays_as_it_was_told(bureau, units):
    duty = bureau.duty(units)
    bureau.due(NOW)
    bureau.calendar = WorkCalendar(OFF)
    assert bureau.due(at("2018-10-23 00:00")).moved == ()
    assert periods(bureau, duty)["2018Q3"] == (date(2018, 10, 19), date(2018, 10, 22))


def test_what_rests_on_the_calendar_is_reckoned_again_when_it_is_amended(bureau, units):
    bureau.duty(units)
    bureau.due(NOW)
    task = bureau.task(units[0])
    bureau.append(task, EventKind.IN_PROGRESS, at("2018-10-16 10:00"))
    assert bureau.task(units[0]).state.quiet_until == at("2018-10-19 00:00")
    bureau.calendar = WorkCalendar(OFF)
    with bureau.store.begin() as tx:
        tx.calendar.put(OFF)
    bureau.due(at("2018-10-16 11:00"))
    assert bureau.task(units[0]).state.quiet_until == at("2018-10-18 00:00")


def test_a_duty_of_more_units_than_one_transaction_takes_is_made_in_parts(bureau):
    with bureau.store.begin() as tx:
        ids = tx.units.put_many(UnitRow(str(code), "某局", "某", "county") for code in range(due.CHUNK + 1))
    bureau.duty(ids.values(), rule=QUARTERLY)
    assert bureau.due(NOW).tasks == due.CHUNK + 1
    assert bureau.due(NOW).tasks == 0


def test_a_duty_from_the_beginning_of_all_calendars_holds_nobody_up(bureau, units):
    bad = bureau.duty(units, rule="weekly:fri", begins=date.min)
    bureau.duty(units)
    planned = bureau.due(NOW)
    assert (planned.periods, [refused.obligation_id for refused in planned.refused]) == (1, [bad])

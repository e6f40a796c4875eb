"""Facts and what they add up to."""

from datetime import date

import pytest
from bureau import QUARTERLY, Bureau, at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import ladder
from bot.domain.status import Event, EventKind
from bot.domain.words import Role, Status
from bot.store import chain, tables

NOW = at("2018-09-25 10:00")
TODAY = date(2018, 9, 25)


@pytest.fixture
def bureau(store):
    bureau = Bureau(store)
    units = [bureau.unit(code, position=position) for position, code in enumerate(("220100", "220200", "220300"))]
    for unit in units:
        bureau.person(unit)
    bureau.duty(units)
    bureau.due(NOW)
    return bureau


def first(bureau: Bureau):
    with bureau.store.read() as tx:
        return bureau.task(tx.units.by_code("220100").id)


def test_a_task_says_who_owes_what_by_when(bureau):
    task = first(bureau)
    assert (task.unit, task.unit_short, task.what, task.recipient, task.period) == (
        "220100局",
        "220100",
        "工作情况报告",
        "民营处",
        "2018Q3",
    )
    assert (task.due.target, task.due.limit, task.due.rule) == (date(2018, 10, 19), date(2018, 10, 22), QUARTERLY)
    assert (task.due_at, task.limit_at) == (at("2018-10-19 17:00"), at("2018-10-23 00:00"))
    assert (task.status, task.closed) == (Status.PENDING, False)


def test_a_fact_moves_the_status_and_the_counters(bureau):
    task = first(bureau)
    event = bureau.append(task, EventKind.REPORTED, NOW, counts={"百强": 3}, note="已报")
    assert event.id > 0
    assert first(bureau).state.reported_at == NOW
    with bureau.store.read() as tx:
        assert tx.tasks.events(task.id) == [event]
        totals = tx.tasks.totals([task.period_id])[task.period_id]
        assert (totals.total, totals.reported, totals.open) == (3, 1, 2)
        assert list(tx.tasks.recompute()) == []


def test_the_first_moment_is_kept_when_the_report_comes_again_and_undoing_takes_it_back(bureau):
    task = first(bureau)
    event = bureau.append(task, EventKind.REPORTED, NOW)
    again = bureau.append(task, EventKind.REPORTED, at("2018-10-30 10:00"))
    assert first(bureau).state.reported_at == NOW
    bureau.append(task, EventKind.UNDONE, at("2018-10-30 10:05"), undoes=again.id)
    assert first(bureau).closed
    bureau.append(task, EventKind.UNDONE, at("2018-10-30 10:06"), undoes=event.id)
    assert (first(bureau).status, first(bureau).state.reported_at) == (Status.PENDING, None)


def test_an_exempt_unit_is_neither_reported_nor_open(bureau):
    task = first(bureau)
    bureau.append(task, EventKind.EXEMPTED, NOW)
    with bureau.store.read() as tx:
        totals = tx.tasks.totals([task.period_id])[task.period_id]
    assert (totals.total, totals.reported, totals.open) == (3, 0, 2)


def test_facts_are_chained_in_the_order_they_came(bureau):
    for kind in (EventKind.ACKNOWLEDGED, EventKind.IN_PROGRESS, EventKind.REPORTED):
        bureau.append(first(bureau), kind, NOW)
    event = tables.of(tables.Event)
    with bureau.store.begin() as tx:
        assert chain.verify(tx.connection, event) is None
        tx.connection.execute(event.update().where(event.c.id == 2).values(note="昨天"))
        assert chain.verify(tx.connection, event).id == 2


def test_facts_added_to_a_held_task_stand_as_if_they_were_read_again(bureau):
    task = first(bureau)
    bureau.append(task, EventKind.ACKNOWLEDGED, NOW)
    facts = [Event(EventKind.PROMISED, NOW, "person:1", day=date(2018, 10, 12)), Event(EventKind.REPORTED, NOW, "person:1")]
    with bureau.store.begin() as tx:
        held = tx.tasks.append_to(tx.tasks.hold(task.id), facts)
        assert held == tx.tasks.hold(task.id)
        assert [event.kind for event in held.events] == [EventKind.ACKNOWLEDGED, EventKind.PROMISED, EventKind.REPORTED]
        assert tx.tasks.totals([task.period_id])[task.period_id].reported == 1
        assert list(tx.tasks.recompute()) == []


def test_closed_are_the_lately_due_and_closed_tasks_of_the_own_units(bureau):
    task = first(bureau)
    with bureau.store.read() as tx:
        other = bureau.task(tx.units.by_code("220200").id)
        person = tx.people.holders(task.unit_id, Role.PRIMARY)[0].id
    bureau.person(other.unit_id, Role.GROUP, ("mail", "group@example.com"))
    for each in (task, other):
        bureau.append(each, EventKind.REPORTED, NOW)
    with bureau.store.read() as tx:
        assert [closed.id for closed in tx.tasks.closed_of(person, NOW.date(), task.due_at)] == [task.id]
        assert tx.tasks.closed_of(person, NOW.date(), task.limit_at) == []


def test_a_fact_about_a_task_nobody_knows_is_refused_and_leaves_nothing(bureau):
    with pytest.raises(LookupError), bureau.store.begin() as tx:
        tx.tasks.append(99, Event(EventKind.ACKNOWLEDGED, NOW, "person:1"))
    with bureau.store.read() as tx:
        assert chain.head(tx.connection, tables.of(tables.Event)) == (0, "")


def test_a_status_written_behind_the_back_of_the_facts_is_found_and_mended(bureau):
    task = first(bureau)
    bureau.append(task, EventKind.IN_PROGRESS, NOW)
    with bureau.store.begin() as tx:
        tx.connection.execute(
            tables.of(tables.Task).update().where(tables.of(tables.Task).c.id == task.id).values(status="reported", closed=True)
        )
        found = list(tx.tasks.recompute())
        assert [(each.task_id, each.stored.status, each.folded.status) for each in found] == [
            (task.id, Status.REPORTED, Status.IN_PROGRESS)
        ]
        assert tx.tasks.refold() == 1
        assert list(tx.tasks.recompute()) == []


def test_a_counter_that_is_wrong_is_found_and_mended(bureau):
    task, counters = first(bureau), tables.of(tables.Tally)
    with bureau.store.begin() as tx:
        tx.connection.execute(counters.update().values(tasks=7))
        assert [(wrong.period_id, wrong.status, wrong.counted, wrong.tasks) for wrong in tx.tasks.miscounts()] == [
            (task.period_id, Status.PENDING, 7, 3)
        ]
        assert tx.tasks.recount() == 1
        assert tx.tasks.miscounts() == []
        assert tx.tasks.totals([task.period_id])[task.period_id].total == 3


def test_one_period_can_be_mended_alone(bureau):
    task = first(bureau)
    bureau.append(task, EventKind.REPORTED, NOW)
    with bureau.store.begin() as tx:
        tx.connection.execute(tables.of(tables.Task).update().values(status="blocked"))
        assert tx.tasks.refold(task.period_id + 1) == 0
        assert tx.tasks.refold(task.period_id) == 3


def test_a_person_sees_what_his_units_owe_the_most_urgent_first(bureau):
    with bureau.store.read() as tx:
        contact = tx.people.all()[0]
    unit = contact.roles[0].unit_id
    bureau.duty([unit], rule="once:2018-09-28", what="推荐名单")
    bureau.due(NOW)
    with bureau.store.read() as tx:
        assert [task.what for task in tx.tasks.open_of(contact.id, TODAY)] == ["推荐名单", "工作情况报告"]
        assert [task.what for task in tx.tasks.open_of(contact.id, TODAY, upto=at("2018-09-30 00:00"))] == ["推荐名单"]
    bureau.append(bureau.task(unit, "once"), EventKind.REPORTED, NOW)
    with bureau.store.read() as tx:
        assert [task.period for task in tx.tasks.open_of(contact.id, TODAY)] == ["2018Q3"]
        assert len(tx.tasks.find(unit)) == 2


def test_a_group_chat_owes_nothing_and_counts_its_own_units_only(bureau):
    with bureau.store.read() as tx:
        units = [tx.units.by_code(code).id for code in ("220100", "220200")]
    group = bureau.person(units[0], Role.GROUP, ("wecom_robot", "changchun"))
    with bureau.store.begin() as tx:
        tx.people.assign(group, units[1], Role.GROUP)
    task = first(bureau)
    bureau.append(task, EventKind.ZERO_REPORT, NOW)
    with bureau.store.read() as tx:
        assert tx.tasks.open_of(group, TODAY) == []
        totals = tx.tasks.totals([task.period_id], group)[task.period_id]
    assert (totals.total, totals.reported, totals.open) == (2, 1, 1)


def test_an_extension_gives_the_task_a_ladder_of_its_own(bureau):
    task = first(bureau)
    decided, granted = at("2018-10-15 10:00"), date(2018, 10, 31)
    bureau.append(task, EventKind.EXTENDED, decided, day=granted)
    steps = ladder.extension_steps(ladder.LADDERS["default"], task.due, granted, decided, bureau.calendar)
    with bureau.store.begin() as tx:
        tx.tasks.extend(task.id, granted, steps)
        own = [step for step in tx.reminders.due_steps(at("2018-12-01 10:00")) if step.task_id == task.id]
    assert {step.rung.partition("@")[2] for step in own} == {"2018-10-31"}
    assert first(bureau).state.extended_to == granted


def test_a_later_extension_or_taking_it_back_withdraws_the_steps_of_the_old_day(bureau):
    task = first(bureau)
    decided = at("2018-10-15 10:00")

    def extend(day):
        event = bureau.append(task, EventKind.EXTENDED, decided, day=day)
        with bureau.store.begin() as tx:
            tx.tasks.extend(task.id, day, ladder.extension_steps(ladder.LADDERS["default"], task.due, day, decided, bureau.calendar))
        return event

    def own():
        with bureau.store.read() as tx:
            return {step.rung.partition("@")[2] for step in tx.reminders.due_steps(at("2019-12-01 10:00")) if step.task_id == task.id}

    one, two = extend(date(2018, 10, 31)), extend(date(2018, 11, 15))
    assert own() == {"2018-11-15"}
    bureau.append(task, EventKind.UNDONE, decided, undoes=two.id)
    assert own() == set()
    bureau.append(task, EventKind.UNDONE, decided, undoes=one.id)
    with bureau.store.begin() as tx:
        plain = tx.connection.execute(tables.of(tables.Task).select().where(tables.of(tables.Task).c.id == task.id)).one()
    assert not plain.own_steps


KINDS = st.sampled_from([kind for kind in EventKind if kind is not EventKind.UNDONE])


@given(kinds=st.lists(st.tuples(st.integers(0, 2), KINDS), max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_appended_the_projection_and_the_counters_are_what_the_facts_add_up_to(bureau, kinds):
    with bureau.store.begin() as tx:
        tasks = tx.tasks.of_period(1)
        for number, kind in kinds:
            tx.tasks.append(tasks[number].id, Event(kind, NOW, "person:1", day=date(2018, 10, 18)))
    with bureau.store.read() as tx:
        assert list(tx.tasks.recompute()) == []
        assert tx.tasks.miscounts() == []

"""Steps that are due, reminders that wait for a message, and the last look."""

import re
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from bureau import Bureau, at
from sqlalchemy import Engine, event, make_url

from bot.domain.status import EventKind
from bot.domain.words import Role, Status
from bot.store import tables
from bot.store.planning import Reach
from bot.store.silences import Scope

T5 = at("2018-10-12 09:25")


@pytest.fixture
def bureau(store):
    """Two units whose contact is one person; the first notice has gone, T-5 is in the outbox."""
    bureau = Bureau(store)
    units = [bureau.unit(code, position=position) for position, code in enumerate(("220100", "220200"), 1)]
    person = bureau.person(units[0])
    with store.begin() as tx:
        tx.people.assign(person, units[1], Role.PRIMARY)
    bureau.duty(units)
    bureau.tick(at("2018-09-21 09:25"))
    bureau.send(at("2018-09-21 09:25"))
    bureau.tick(T5)
    return bureau


def last(bureau: Bureau):
    return bureau.messages()[-1]


def test_a_line_says_all_a_letter_needs(bureau):
    first, second = bureau.lines(last(bureau), T5)
    assert (first.unit, second.unit) == ("220100局", "220200局")
    assert (first.what, first.period, first.rung, first.status) == ("工作情况报告", "2018Q3", "T-5", Status.PENDING)
    assert (first.nominal, first.target, first.limit) == (date(2018, 10, 20), date(2018, 10, 19), date(2018, 10, 22))
    assert (first.emails, first.recipient, first.sentence[:5]) == (("a@example.com",), "民营处", "每季度次月")


@pytest.mark.parametrize(
    ("kind", "left", "why"),
    [
        (EventKind.REPORTED, 1, "closed"),
        (EventKind.ZERO_REPORT, 1, "closed"),
        (EventKind.EXEMPTED, 1, "closed"),
        (EventKind.DISPUTED, 1, "disputed"),
        (EventKind.IN_PROGRESS, 1, "quiet"),
        (EventKind.BLOCKED, 1, "quiet"),
        (EventKind.EXTENSION_ASKED, 1, "quiet"),
        (EventKind.ACKNOWLEDGED, 2, ""),
        (EventKind.EXTENSION_REFUSED, 2, ""),
    ],
)
def test_an_answer_between_planning_and_sending_drops_its_reminder_and_no_other(bureau, kind, left, why):
    bureau.append(bureau.task(1), kind, T5, day=date(2018, 10, 26))
    assert len(bureau.lines(last(bureau), T5)) == left
    assert dropped(bureau) == ([why] if why else [])


def test_a_message_with_nothing_left_to_say_has_no_lines_and_one_without_reminders_no_entry(bureau):
    for unit in (1, 2):
        bureau.append(bureau.task(unit), EventKind.REPORTED, T5)
    assert bureau.lines(last(bureau), T5) == []
    with bureau.store.begin() as tx:
        assert tx.reminders.lines([999], T5) == {}


def test_an_extension_after_planning_drops_the_reminder_of_the_old_day(bureau):
    task = bureau.task(1)
    bureau.append(task, EventKind.EXTENDED, T5, day=date(2018, 10, 31))
    with bureau.store.begin() as tx:
        tx.tasks.extend(task.id, date(2018, 10, 31), ())
    assert [line.unit for line in bureau.lines(last(bureau), T5)] == ["220200局"]
    assert dropped(bureau) == ["moved"]


def test_a_silence_holds_reminders_back_and_they_come_in_one_letter_when_it_ends(bureau):
    with bureau.store.begin() as tx:
        tx.silences.add(Scope(unit_id=1), T5, at("2018-10-16 09:20"), "admin:1", "防汛")
    assert [line.unit for line in bureau.lines(last(bureau), T5)] == ["220200局"]
    assert dropped(bureau) == []
    bureau.send(T5)
    assert bureau.tick(at("2018-10-15 09:25")).messages == 0
    bureau.tick(at("2018-10-16 09:25"))
    lines = bureau.lines(last(bureau), at("2018-10-16 09:25"))
    assert [(line.unit, line.rung) for line in lines] == [("220100局", "T-3"), ("220200局", "T-3")]


@pytest.mark.parametrize(
    ("scope", "left"),
    [(Scope(), 0), (Scope(unit_id=1), 1), (Scope(obligation_id=1), 0), (Scope(period_id=1), 0), (Scope(unit_id=1, obligation_id=99), 2)],
)
def test_a_silence_covers_what_it_names(bureau, scope, left):
    with bureau.store.begin() as tx:
        if scope.obligation_id == 99:
            scope = Scope(1, bureau_duty(tx))
        tx.silences.add(scope, T5, at("2018-10-16 00:00"), "admin:1", "防汛")
    assert len(bureau.lines(last(bureau), T5)) == left


def bureau_duty(tx):
    """Another duty, whose silence does not touch ours."""
    return tx.obligations.add(tx.obligations.get(1), [1])


def test_escalations_wait_for_a_click(bureau):
    late = at("2018-11-01 10:00")
    bureau.person(1, Role.LEADER)
    bureau.tick(late)
    with bureau.store.read() as tx:
        waiting = tx.reminders.waiting(late)
    assert [(step.rung, step.role, step.open_tasks) for step in waiting] == [("L+3", Role.LEADER, 2), ("L+5", Role.SUPERIOR, 2)]
    before = len(bureau.messages())
    with bureau.store.begin() as tx:
        tx.reminders.release([waiting[0].step_id], late)
    assert bureau.remind(at("2018-11-02 09:25")).planned == 1
    assert len(bureau.messages()) == before + 1
    with bureau.store.read() as tx:
        assert [step.rung for step in tx.reminders.waiting(late)] == ["L+5"]


def test_nothing_waits_for_a_click_when_all_have_reported(bureau):
    for unit in (1, 2):
        bureau.append(bureau.task(unit), EventKind.REPORTED, T5)
    with bureau.store.read() as tx:
        assert tx.reminders.waiting(at("2018-11-01 10:00")) == []


def test_the_next_wake_is_the_next_step_or_tomorrow_if_something_is_held(bureau):
    with bureau.store.begin() as tx:
        assert tx.reminders.next_wake(T5) == at("2018-10-16 09:10")
        tx.silences.add(Scope(), T5, at("2019-01-01 00:00"), "admin:1", "防汛")
    bureau.lines(last(bureau), T5)
    with bureau.store.read() as tx:
        assert tx.reminders.next_wake(T5) == at("2018-10-13 00:00")


def test_nothing_laid_is_nothing_to_wake_for(store):
    with store.read() as tx:
        assert tx.reminders.next_wake(T5) is None


def test_planning_twice_makes_nothing_twice(bureau):
    now = at("2018-10-16 09:25")
    with bureau.store.begin() as tx:
        steps = tx.reminders.due_steps(now)
        assert tx.reminders.plan(steps, Reach(now, tuple(bureau.channels))) == 2
        assert tx.reminders.plan(steps, Reach(now, tuple(bureau.channels))) == 0


def test_no_query_of_a_tick_walks_through_a_growing_table(sqlite_store, sqlite_url):
    bureau = Bureau(sqlite_store)
    unit = bureau.unit("220100")
    bureau.person(unit)
    bureau.duty([unit])
    statements: list[str] = []
    listen = (Engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: statements.append(statement))
    event.listen(*listen)
    try:
        for now in (T5, at("2018-10-16 09:25"), at("2018-10-19 09:25"), at("2018-10-19 09:26")):
            bureau.tick(now)
    finally:
        event.remove(*listen)
    assert len(statements) > 40
    with closing(sqlite3.connect(make_url(sqlite_url).database)) as connection:
        plans = {
            statement: _plan(connection, statement) for statement in statements if statement.startswith(("SELECT", "UPDATE", "INSERT"))
        }
    growing = re.compile(r"SCAN (task|reminder|message|event|delivery|inbound|person|role|address)\b(?! USING .*ix_reminder_loose)")
    assert {statement: plan for statement, plan in plans.items() if growing.search(plan)} == {}


def _plan(connection: sqlite3.Connection, statement: str) -> str:
    values = [None] * len(re.findall(r"\?", statement))
    return "; ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))


def dropped(bureau: Bureau) -> list[str]:
    reminder = tables.of(tables.Reminder)
    with bureau.store.read() as tx:
        return list(
            tx.connection.execute(reminder.select().with_only_columns(reminder.c.dropped).where(reminder.c.dropped != "")).scalars()
        )

"""By what evidence a statement is tied to a task: pure, on tasks made by hand."""

from datetime import date, datetime, timedelta

import pytest
from office import at

from bot.domain import due, periods, replies, rules
from bot.domain.status import TaskState
from bot.domain.words import Status
from bot.domain.workdays import WorkCalendar
from bot.store.tasks import Task
from bot.talk.route import Evidence, Numbered, picked, route

CALENDAR = WorkCalendar()
NOW = at("10-16 09:20")
WHATS = {
    "once": "“百千万”中小企业推荐名单",
    "2018Q3": "本地区培育工作开展情况",
    "2018-09": "本地区用电量统计表",
    "2018-10": "本地区用电量统计表",
}
RULES = {
    "once": "once:2018-09-28",
    "2018Q3": "quarterly:next-month-day=20",
    "2018-09": "monthly:next-month-day=5",
    "2018-10": "monthly:next-month-day=5",
}


def task(number: int, unit: str, period: str, *, closed: bool = False) -> Task:
    rule = rules.parse(RULES[period])
    found = next(p for p in periods.expand(rule, date(2018, 9, 1), date(2018, 12, 1), calendar=CALENDAR) if p.name == period)
    when = due.due(rule, found, calendar=CALENDAR)
    state = TaskState(Status.REPORTED if closed else Status.PENDING)
    return Task(number, 1, 1, 1, f"{unit}局", unit, WHATS[period], "", when, due.due_at(when), due.limit_at(when), state)


YS_LIST, YS_Q3, NA_LIST, NA_Q3 = (
    task(1, "榆树市", "once"),
    task(2, "榆树市", "2018Q3"),
    task(3, "农安县", "once"),
    task(4, "农安县", "2018Q3"),
)
DONE_LIST, SEP, OCT = task(5, "榆树市", "once", closed=True), task(6, "榆树市", "2018-09"), task(7, "榆树市", "2018-10")
FOUR = (YS_LIST, YS_Q3, NA_LIST, NA_Q3)


def tied(text: str, tasks: tuple[Task, ...], told: tuple[int, ...] = (), at_: datetime = NOW) -> tuple[list[int], list[list[int]]]:
    """Ids of the tasks that statements were tied to, and the candidates of what could not be."""
    evidence = Evidence(told, tuple(Numbered((number,)) for number in told))
    routed = route(replies.read(text, at_, CALENDAR), text, tasks, evidence)
    return [said.task.id for said in routed.statements], [[each.id for each in doubt.candidates] for doubt in routed.doubts]


ROWS = (
    # text, tasks, told, tied to, doubts
    ("已报", (YS_Q3,), (), [2], []),
    ("已报", (YS_LIST, YS_Q3), (), [], [[1, 2]]),
    ("已报", (YS_LIST, YS_Q3), (2,), [2], []),
    ("已报", (YS_LIST, YS_Q3), (2, 1), [], [[1, 2]]),
    ("已报", (DONE_LIST, YS_Q3), (5,), [5], []),
    ("已报", (DONE_LIST, YS_Q3), (2, 5), [2], []),
    ("已报", (DONE_LIST, YS_Q3), (), [2], []),
    ("已报", (YS_Q3,), (99,), [], [[2]]),
    ("三季度报了", (YS_Q3,), (99,), [2], []),
    ("名单报了", FOUR, (), [], [[1, 3]]),
    ("名单报了", FOUR, (1, 2), [1], []),
    ("榆树报了", FOUR, (), [], [[1, 2]]),
    ("榆树三季度报了", FOUR, (), [2], []),
    ("榆树名单报了", FOUR, (2, 4), [1], []),
    ("榆树报了，农安还没", (YS_Q3, NA_Q3), (), [2, 4], []),
    ("榆树、农安都报了", (YS_Q3, NA_Q3), (), [2, 4], []),
    ("长春报了", (YS_Q3,), (2,), [], [[2]]),
    ("2报了", (YS_LIST, YS_Q3), (2, 1), [1], []),
    ("3报了", (YS_LIST, YS_Q3), (2, 1), [], [[1, 2]]),
    ("1报了", (YS_LIST, YS_Q3), (), [], [[1, 2]]),
    ("用电量的报了", (YS_Q3, OCT), (2, 7), [7], []),
    ("没有这类企业，零报告", (YS_LIST, YS_Q3), (2,), [2], []),
    ("收到", (YS_LIST, YS_Q3), (1, 2), [1, 2], []),
    ("收到", FOUR, (4,), [4], []),
    ("两项都报了", (YS_LIST, YS_Q3), (1, 2), [1, 2], []),
    ("三项都报了", (YS_LIST, YS_Q3), (1, 2), [], [[1, 2]]),
    ("都报了", (YS_LIST, YS_Q3), (1, 2), [], [[1, 2]]),
    ("已报", (DONE_LIST,), (), [5], []),
    ("名单和季报都报了", (YS_LIST, YS_Q3), (1, 2), [1, 2], []),
    ("名单和季报都报了", FOUR, (1, 2), [1, 2], []),
    ("名单和季报都报了", (DONE_LIST, YS_Q3), (2,), [5, 2], []),
)


@pytest.mark.parametrize(("text", "tasks", "told", "statements", "doubts"), ROWS, ids=[f"{row[0]}-{row[2]}-{len(row[1])}" for row in ROWS])
def test_a_statement_is_tied_to_the_task_the_evidence_names(text, tasks, told, statements, doubts):
    assert tied(text, tasks, told) == (statements, doubts)


def test_a_choice_that_was_offered_with_another_outcome_is_not_what_was_meant():
    reading = replies.read("2已报", NOW, CALENDAR)
    other = Evidence(
        (2,), (Numbered((2,), replies.read("已报", NOW, CALENDAR).intent), Numbered((2,), replies.read("正在统计", NOW, CALENDAR).intent))
    )
    assert route(reading, "2已报", (YS_Q3,), other).statements == ()
    assert [said.task.id for said in route(replies.read("1已报", NOW, CALENDAR), "1已报", (YS_Q3,), other).statements] == [2]


@pytest.mark.parametrize(
    ("text", "hint", "tasks", "found"),
    [("名单", None, (YS_LIST, YS_Q3), 1), ("三季度的", "2018Q3", (YS_LIST, YS_Q3), 2), ("榆树", None, (YS_Q3, NA_Q3), 2), ("榆树", None, (YS_Q3, YS_LIST), None),
     ("四季度", "2018Q4", (YS_LIST, YS_Q3), None), ("随便", None, (YS_Q3,), None), ("那个", None, (YS_LIST, YS_Q3), None)],
)  # fmt: skip
def test_a_bare_name_picks_one_task_or_none(text, hint, tasks, found):
    task = picked(text, hint, tasks)
    assert (task.id if task else None) == found


def test_a_day_that_was_named_goes_with_its_own_part():
    text = "榆树报了，农安下周三"
    routed = route(replies.read(text, NOW, CALENDAR), text, (YS_Q3, NA_Q3), Evidence())
    assert [(said.task.id, said.day) for said in routed.statements] == [(2, None), (4, (NOW + timedelta(days=8)).date())]

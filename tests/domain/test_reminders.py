"""One person, one letter: merged, worst first, worded for today; a group hears totals only."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import reminders, times
from bot.domain.reminders import Line, Total, Urgency
from bot.domain.words import Status
from bot.domain.workdays import WorkCalendar

CALENDAR = WorkCalendar()
THIRD = Line(
    task_id=1,
    obligation_id=2,
    unit_id=7,
    unit="榆树市工信局",
    what="本地区培育工作开展情况",
    period="2018Q3",
    nominal=date(2018, 10, 20),
    target=date(2018, 10, 19),
    limit=date(2018, 10, 22),
    hour=time(17, 0),
    status=Status.PENDING,
    promised_on=None,
    extended_to=None,
    rung="T-3",
    recipient="省促进中小企业发展服务中心",
    emails=("jl@example.com",),
    phones=("13800000000",),
    sentence="每季度次月20日前上报本地区培育工作开展情况",
    published=times.instant(date(2018, 9, 21), time(0)),
)
NOMINATION = replace(
    THIRD,
    task_id=9,
    obligation_id=1,
    what="推荐名单",
    period="once",
    nominal=date(2018, 9, 28),
    target=date(2018, 9, 28),
    limit=date(2018, 9, 28),
    rung="L+1",
)


def at(text: str) -> datetime:
    return times.parse_instant(text)


def seen(*lines: Line, now: str = "2018-10-16T09:10") -> dict[str, object]:
    return reminders.view(reminders.letter(lines, at(now), CALENDAR, person="张三", serial=17))


def item(line: Line, now: str) -> dict[str, object]:
    items = seen(line, now=now)["items"]
    assert isinstance(items, list)
    only: dict[str, object] = items[0]
    return only


def test_the_view_of_a_letter_to_one_person() -> None:
    assert seen(THIRD) == {
        "now": "2018-10-16",
        "person": "张三",
        "serial": "0017",
        "urgency": "soon",
        "count": 1,
        "items": [
            {
                "task": 1,
                "unit": "榆树市工信局",
                "what": "本地区培育工作开展情况",
                "period": "2018年三季度",
                "target": "10月19日（星期五）17:00",
                "limit": "10月22日（星期一）",
                "days_left": 3,
                "days_word": "还有3个工作日",
                "status": "未报",
                "promised": "",
                "recipient": "省促进中小企业发展服务中心",
                "emails": ["jl@example.com"],
                "phones": ["13800000000"],
                "sentence": "每季度次月20日前上报本地区培育工作开展情况",
                "note": "",
            }
        ],
        "group": None,
        "groups": [],
        "answer_hint": True,
    }


@pytest.mark.parametrize(
    ("now", "urgency", "days_left", "words"),
    [
        ("2018-09-30T09:10", "ahead", 10, "还有10个工作日"),
        ("2018-10-15T09:10", "ahead", 4, "还有4个工作日"),
        ("2018-10-16T09:10", "soon", 3, "还有3个工作日"),
        ("2018-10-18T09:10", "soon", 1, "还有1个工作日"),
        ("2018-10-19T09:10", "today", 0, "今天截止"),
        ("2018-10-20T09:10", "today", 1, "最迟10月22日"),
        ("2018-10-22T23:59", "today", 0, "今天截止"),
        ("2018-10-23T00:00", "overdue", -1, "已逾期1个工作日"),
        ("2018-10-29T09:10", "overdue", -5, "已逾期5个工作日"),
    ],
)
def test_a_line_is_worded_for_today(now: str, urgency: str, days_left: int, words: str) -> None:
    found = item(THIRD, now)
    assert (seen(THIRD, now=now)["urgency"], found["days_left"], found["days_word"]) == (urgency, days_left, words)


def test_a_rest_day_right_after_the_limit_counts_as_one_day() -> None:
    friday = replace(THIRD, target=date(2018, 10, 12), limit=date(2018, 10, 12))
    assert item(friday, "2018-10-13T09:10")["days_word"] == "已逾期1个工作日"


def test_a_granted_extension_moves_the_days_and_is_noted() -> None:
    found = item(replace(THIRD, extended_to=date(2018, 10, 26)), "2018-10-24T09:10")
    assert (found["target"], found["limit"]) == ("10月26日（星期五）17:00", "10月26日（星期五）")
    assert (found["days_left"], found["note"]) == (2, "已同意展期至10月26日")


def test_a_returned_report_is_asked_for_again_and_never_called_overdue() -> None:
    late = seen(replace(THIRD, status=Status.RETURNED), now="2018-10-29T09:10")
    found = item(replace(THIRD, status=Status.RETURNED), "2018-10-29T09:10")
    assert (late["urgency"], found["days_left"], found["days_word"], found["status"]) == ("today", 0, "已退回，请补正后重报", "退回")


@pytest.mark.parametrize(
    ("rung", "promised", "note"),
    [
        ("promise@2018-10-16", date(2018, 10, 16), "您说今天报"),
        ("L+3", date(2018, 10, 16), "已承诺10月16日报送"),
        ("T-3", date(2018, 10, 18), "已承诺10月18日报送"),
        ("T-3", date(2018, 10, 15), "已承诺10月15日报送，尚未收到"),
        ("promise@2018-10-15", date(2018, 10, 15), "已承诺10月15日报送，尚未收到"),
    ],
)
def test_a_promise_is_recalled_in_words_that_fit_the_reader(rung: str, promised: date, note: str) -> None:
    found = item(replace(THIRD, rung=rung, status=Status.PROMISED, promised_on=promised), "2018-10-16T09:10")
    assert found["note"] == note
    assert found["promised"] == f"10月{promised.day}日"


def test_both_notes_of_a_line_are_said() -> None:
    both = replace(THIRD, promised_on=date(2018, 10, 25), extended_to=date(2018, 10, 26))
    assert item(both, "2018-10-16T09:10")["note"] == "已同意展期至10月26日；已承诺10月25日报送"


def test_all_duties_of_a_person_merge_into_one_letter_worst_first() -> None:
    letter = reminders.letter([THIRD, NOMINATION], at("2018-10-16T09:10"), CALENDAR, person="张三", serial=1)
    assert [entry.line.what for entry in letter.items] == ["推荐名单", "本地区培育工作开展情况"]
    assert letter.urgency is Urgency.OVERDUE
    view = reminders.view(letter)
    assert (view["count"], view["urgency"]) == (2, "overdue")


def test_two_rungs_of_one_task_make_one_line_and_the_promise_speaks() -> None:
    promise = replace(THIRD, rung="promise@2018-10-16", promised_on=date(2018, 10, 16))
    for lines in ([THIRD, promise], [promise, THIRD]):
        letter = reminders.letter(lines, at("2018-10-16T09:10"), CALENDAR, person="张三", serial=1)
        assert [entry.line.rung for entry in letter.items] == ["promise@2018-10-16"]


def test_a_letter_about_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="line"):
        reminders.letter([], at("2018-10-16T09:10"), CALENDAR, person="张三", serial=1)
    with pytest.raises(ValueError, match="matter"):
        reminders.group_letter([], at("2018-10-16T09:10"), CALENDAR, group="工作群", serial=1)


# Groups

FAR = Total("本地区培育工作开展情况", "2018Q3", date(2018, 10, 19), date(2018, 10, 22), time(17, 0), total=70, reported=12)
NEAR = Total("推荐名单", "once", date(2018, 9, 28), date(2018, 9, 28), time(17, 0), total=70, reported=69)


def test_a_group_hears_totals_of_each_matter_and_is_not_asked_to_answer() -> None:
    view = reminders.view(reminders.group_letter([FAR, NEAR], at("2018-09-27T09:10"), CALENDAR, group="全省工作群", serial=3))
    assert view["group"] == {
        "what": "推荐名单",
        "period": "",
        "target": "9月28日（星期五）17:00",
        "total": 70,
        "reported": 69,
        "open": 1,
    }
    assert isinstance(view["groups"], list)
    assert [group["what"] for group in view["groups"]] == ["推荐名单", "本地区培育工作开展情况"]
    assert (view["items"], view["answer_hint"], view["count"], view["urgency"], view["person"]) == ([], False, 2, "soon", "全省工作群")


# Properties

DAYS = st.integers(0, 60).map(lambda count: date(2018, 9, 10) + timedelta(days=count))


@st.composite
def some_line(draw: st.DrawFn) -> Line:
    target = draw(DAYS)
    return replace(
        THIRD,
        task_id=draw(st.integers(1, 6)),
        obligation_id=draw(st.integers(1, 3)),
        nominal=target,
        target=target,
        limit=target + timedelta(days=draw(st.integers(0, 3))),
        status=draw(st.sampled_from([Status.PENDING, Status.PROMISED, Status.RETURNED])),
        promised_on=draw(st.none() | DAYS),
        extended_to=draw(st.none() | DAYS),
        rung=draw(st.sampled_from(["T-3", "promise@2018-10-01"])),
    )


LINES = st.lists(some_line(), min_size=1, max_size=8)
MOMENTS = st.integers(0, 70 * 24).map(lambda hours: datetime(2018, 9, 10, tzinfo=UTC) + timedelta(hours=hours))


@given(LINES, MOMENTS)
def test_a_letter_holds_each_task_once_in_falling_urgency(lines: list[Line], now: datetime) -> None:
    letter = reminders.letter(lines, now, CALENDAR, person="李四", serial=5)
    assert sorted(entry.line.task_id for entry in letter.items) == sorted({line.task_id for line in lines})
    urgencies = [entry.urgency for entry in letter.items]
    assert urgencies == sorted(urgencies, reverse=True)
    assert letter.urgency is urgencies[0]
    for entry in letter.items:
        overdue = times.civil_day(now) > entry.limit and entry.line.status is not Status.RETURNED
        assert (entry.urgency is Urgency.OVERDUE) == overdue == (entry.days_left < 0)


@given(st.lists(some_line(), min_size=1, max_size=6, unique_by=lambda line: line.task_id), MOMENTS, st.randoms())
def test_the_order_in_which_lines_come_changes_nothing(lines: list[Line], now: datetime, random: object) -> None:
    mixed = list(lines)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' Random
    letters = [reminders.letter(some, now, CALENDAR, person="李四", serial=5) for some in (lines, mixed)]
    assert letters[0] == letters[1]


@given(LINES, MOMENTS)
def test_a_view_is_plain_json(lines: list[Line], now: datetime) -> None:
    view = reminders.view(reminders.letter(lines, now, CALENDAR, person="李四", serial=5))
    assert json.loads(json.dumps(view)) == view


def test_a_reminder_after_a_silence_says_why_it_comes_again() -> None:
    assert item(replace(THIRD, resumed_on=date(2018, 10, 15)), "2018-10-16T09:10")["note"] == "暂停提醒已于10月15日结束"

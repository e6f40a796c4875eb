"""On time by the reading kindest to the sender, to the second; and how late, in workdays."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import due, holds, periods, punctuality, rules, times
from bot.domain.due import Due, Shift
from bot.domain.status import TaskState
from bot.domain.words import Punctuality, Status
from bot.domain.workdays import WorkCalendar

CALENDAR = WorkCalendar()
P = Punctuality


def a_due(rule: str, begins: str, shift: Shift = Shift.EARLIER) -> Due:
    parsed = rules.parse(rule)
    return due.due(parsed, periods.first(parsed, date.fromisoformat(begins), 1)[0], calendar=CALENDAR, shift=shift)


NOMINATION = a_due("once:2018-09-28", "2018-09-28")
THIRD = a_due("quarterly:next-month-day=20", "2018-10-01")
"""Nominal Saturday 20 October 2018, target Friday 19, limit Monday 22."""


def at(text: str) -> datetime:
    return times.parse_instant(f"2018-{text}")


def reported(moment: str, **more: object) -> TaskState:
    return TaskState(Status.REPORTED, reported_at=at(moment), **more)  # type: ignore[arg-type]  # fields of TaskState by name


LONG_AFTER = at("12-01T00:00")


@pytest.mark.parametrize(
    ("some", "moment", "expected"),
    [
        (THIRD, "10-19T16:59", P.ON_TIME),
        (THIRD, "10-19T23:59:59", P.ON_TIME),
        (THIRD, "10-20T00:00", P.ON_TIME_DUE_DAY),
        (THIRD, "10-20T23:59:59", P.ON_TIME_DUE_DAY),
        (THIRD, "10-21T00:00", P.ON_TIME_SHIFTED),
        (THIRD, "10-22T23:59:59", P.ON_TIME_SHIFTED),
        (THIRD, "10-23T00:00", P.LATE),
        (NOMINATION, "09-28T18:00", P.ON_TIME),
        (NOMINATION, "09-28T23:59:59", P.ON_TIME),
        (NOMINATION, "09-29T00:00", P.LATE),
    ],
)
def test_a_report_is_judged_by_the_day_it_came_in(some: Due, moment: str, expected: Punctuality) -> None:
    assert punctuality.judge(reported(moment), some, LONG_AFTER) is expected


def test_with_the_target_on_the_later_workday_everything_up_to_it_is_plainly_on_time() -> None:
    later = a_due("quarterly:next-month-day=20", "2018-10-01", Shift.LATER)
    assert punctuality.judge(reported("10-22T20:00"), later, LONG_AFTER) is P.ON_TIME


def test_a_granted_extension_is_on_time_up_to_the_end_of_its_day() -> None:
    granted = date(2018, 10, 26)
    assert punctuality.judge(reported("10-26T23:59:59", extended_to=granted), THIRD, LONG_AFTER) is P.ON_TIME
    assert punctuality.judge(reported("10-27T00:00", extended_to=granted), THIRD, LONG_AFTER) is P.LATE
    assert punctuality.judge(TaskState(Status.PENDING, extended_to=granted), THIRD, at("10-26T23:59:59")) is P.OPEN


def test_an_extension_shorter_than_the_limit_takes_nothing_away() -> None:
    assert punctuality.judge(reported("10-22T10:00", extended_to=date(2018, 10, 21)), THIRD, LONG_AFTER) is P.ON_TIME_SHIFTED


@pytest.mark.parametrize("status", [Status.PENDING, Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.PROMISED, Status.BLOCKED])
def test_nothing_is_missing_before_the_limit_is_over(status: Status) -> None:
    assert punctuality.judge(TaskState(status), THIRD, at("10-22T23:59:59")) is P.OPEN
    assert punctuality.judge(TaskState(status), THIRD, at("10-23T00:00")) is P.MISSING


def test_a_unit_we_never_reached_or_that_disputes_the_duty_is_unclear_and_not_missing() -> None:
    after, before = at("10-23T00:00"), at("10-22T00:00")
    assert punctuality.judge(TaskState(Status.PENDING), THIRD, after, reached=False) is P.UNCLEAR
    assert punctuality.judge(TaskState(Status.PENDING, disputed=True), THIRD, after) is P.UNCLEAR
    assert punctuality.judge(TaskState(Status.PENDING, disputed=True), THIRD, before, reached=False) is P.OPEN


def test_an_exempt_unit_is_exempt_whatever_else_is_known() -> None:
    assert punctuality.judge(TaskState(Status.EXEMPT), THIRD, LONG_AFTER, reached=False) is P.EXEMPT
    assert punctuality.judge(TaskState(Status.EXEMPT, reported_at=at("11-01T00:00")), THIRD, LONG_AFTER) is P.EXEMPT


def test_a_returned_report_keeps_its_first_moment() -> None:
    returned = TaskState(Status.RETURNED, reported_at=at("10-18T10:00"))
    assert punctuality.judge(returned, THIRD, LONG_AFTER) is P.ON_TIME


@pytest.mark.parametrize(
    ("some", "moment", "workdays", "why"),
    [
        (THIRD, "10-22T23:59:59", 0, "the limit itself"),
        (THIRD, "10-23T00:00", 1, "the day after"),
        (THIRD, "10-29T10:00", 5, "the weekend does not count"),
        (NOMINATION, "09-30T10:00", 2, "a worked weekend does"),
        (NOMINATION, "10-05T10:00", 2, "a holiday does not"),
        (NOMINATION, "10-08T10:00", 3, "the first workday after it"),
    ],
)
def test_lateness_is_counted_in_workdays_from_the_limit(some: Due, moment: str, workdays: int, why: str) -> None:
    assert punctuality.days_late(at(moment), some, CALENDAR) == workdays, why


def test_a_rest_day_right_after_the_last_day_is_one_day_late() -> None:
    friday = a_due("once:2018-10-12", "2018-10-12")
    assert punctuality.days_late(at("10-13T10:00"), friday, CALENDAR) == 1
    assert punctuality.days_late(at("10-13T10:00"), friday, CALENDAR, extended_to=date(2018, 10, 13)) == 0


MOMENTS = st.integers(0, 60 * 24).map(lambda hours: times.instant(date(2018, 10, 1), time(0)) + timedelta(hours=hours))
STATES = st.builds(
    TaskState,
    status=st.sampled_from(Status),
    reported_at=st.none() | MOMENTS,
    extended_to=st.none() | st.integers(1, 30).map(lambda day: date(2018, 10, day)),
    disputed=st.booleans(),
)
BADNESS = [P.ON_TIME, P.ON_TIME_DUE_DAY, P.ON_TIME_SHIFTED, P.LATE]


@given(STATES, MOMENTS, MOMENTS, st.booleans())
def test_time_alone_only_ever_ends_the_open_state(state: TaskState, one: datetime, other: datetime, reached: bool) -> None:
    early, late = (punctuality.judge(state, THIRD, moment, reached=reached) for moment in sorted((one, other)))
    assert early is late or (early is P.OPEN and late in {P.MISSING, P.UNCLEAR})


@given(MOMENTS, MOMENTS, st.sampled_from([THIRD, NOMINATION]))
def test_who_reports_earlier_is_never_judged_worse(one: datetime, other: datetime, some: Due) -> None:
    first, second = (punctuality.judge(TaskState(Status.REPORTED, moment), some, LONG_AFTER) for moment in sorted((one, other)))
    assert BADNESS.index(first) <= BADNESS.index(second)


@given(STATES, MOMENTS)
def test_late_and_days_late_agree(state: TaskState, now: datetime) -> None:
    if state.reported_at is None or state.status is Status.EXEMPT:
        return
    days = punctuality.days_late(state.reported_at, THIRD, CALENDAR, extended_to=state.extended_to)
    assert (days > 0) == (punctuality.judge(state, THIRD, now) is P.LATE)
    assert (days > 0) == (state.reported_at >= times.end_of(holds.last_day(THIRD, state.extended_to)))

"""Sending windows: parsing, and where an instant is put off to."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import times, windows
from bot.domain.windows import DEFAULT, Windows
from bot.domain.workdays import WorkCalendar

CALENDAR = WorkCalendar()

FRIDAY, WORKED_SATURDAY, HOLIDAY = "2018-09-28", "2018-09-29", "2018-10-01"


def at(text: str) -> datetime:
    return times.parse_instant(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("09:00-11:30,13:30-16:30", "09:00-11:30,13:30-16:30"),
        ("9:00-11:30", "09:00-11:30"),
        (" 9:00 - 11:30 , 13:30-16:30 ", "09:00-11:30,13:30-16:30"),
        ("9：00—11：30，13：30～16：30", "09:00-11:30,13:30-16:30"),
        ("8:30-12:00、13:00-17:00", "08:30-12:00,13:00-17:00"),
        ("9:00-10:00,10:00-11:00", "09:00-10:00,10:00-11:00"),
    ],
)
def test_windows_are_read_as_administrators_type_them(text: str, canonical: str) -> None:
    assert str(windows.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9-11",
        "09:00",
        "25:00-26:00",
        "09:00-09:60",
        "11:30-09:00",
        "09:00-09:14",
        "09:00-11:30,13:30-13:40",
        "09:00-11:30,11:00-16:00",
        "13:30-16:30,09:00-11:30",
    ],
)
def test_windows_that_cannot_be_are_refused_with_the_expected_form(text: str) -> None:
    with pytest.raises(ValueError, match="09:00-11:30,13:30-16:30"):
        windows.parse(text)


def test_no_windows_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="发送时段"):
        Windows(())


def test_the_default_windows_are_those_that_suit_every_office() -> None:
    assert str(DEFAULT) == "09:00-11:30,13:30-16:30"
    assert DEFAULT.contain(time(9))
    assert DEFAULT.contain(time(16, 29))
    assert not DEFAULT.contain(time(11, 30))
    assert not DEFAULT.contain(time(12))


@pytest.mark.parametrize(
    ("asked", "goes", "why"),
    [
        (f"{FRIDAY}T09:20", f"{FRIDAY}T09:20", "inside: at once"),
        (f"{FRIDAY}T09:00", f"{FRIDAY}T09:10", "everybody's robots speak at the full hour"),
        (f"{FRIDAY}T10:30:59", f"{FRIDAY}T10:40:59", "and at half past"),
        (f"{FRIDAY}T08:00", f"{FRIDAY}T09:10", "before work"),
        (f"{FRIDAY}T11:29:59", f"{FRIDAY}T11:29:59", "the last second of the morning"),
        (f"{FRIDAY}T11:30", f"{FRIDAY}T13:40", "the end is excluded: lunch"),
        (f"{FRIDAY}T16:00", f"{FRIDAY}T16:10", "moved but still inside"),
        (f"{FRIDAY}T16:30", f"{WORKED_SATURDAY}T09:10", "after work; the Saturday is worked"),
        ("2018-09-30T20:00", "2018-10-08T09:10", "the whole holiday is skipped"),
        (f"{HOLIDAY}T10:00", "2018-10-08T09:10", "a holiday in office hours is no office hour"),
    ],
)
def test_an_instant_waits_for_the_next_window_of_a_workday(asked: str, goes: str, why: str) -> None:
    assert windows.defer(at(asked), CALENDAR) == at(goes), why


@pytest.mark.parametrize(
    ("asked", "goes", "why"),
    [
        (f"{FRIDAY}T02:00", f"{FRIDAY}T09:10", "waits for the morning of the day"),
        (f"{FRIDAY}T12:00", f"{FRIDAY}T13:40", "waits for the afternoon of the day"),
        (f"{FRIDAY}T17:45", f"{FRIDAY}T17:45", "no window is left: at once rather than never"),
        (f"{FRIDAY}T23:30", f"{FRIDAY}T23:40", "at once, off the half hour"),
        (f"{HOLIDAY}T07:00", f"{HOLIDAY}T09:10", "a last day that is a rest day: that day, in decent hours"),
    ],
)
def test_a_last_day_reminder_never_leaves_its_day(asked: str, goes: str, why: str) -> None:
    assert windows.defer(at(asked), CALENDAR, last_day=True) == at(goes), why


def test_an_instant_moved_out_of_a_short_window_goes_on_to_the_next() -> None:
    for short in ("09:50-10:05,14:00-15:00", "09:50-10:10,14:00-15:00"):
        assert windows.defer(at(f"{FRIDAY}T10:00"), CALENDAR, windows.parse(short)) == at(f"{FRIDAY}T14:10")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        windows.defer(datetime(2018, 9, 28, 9, 0), CALENDAR)  # noqa: DTZ001 the point of the test


INSTANTS = st.datetimes(datetime(2018, 1, 1), datetime(2020, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


@st.composite
def some_windows(draw: st.DrawFn) -> Windows:
    marks = sorted(draw(st.lists(st.integers(0, 95), min_size=2, max_size=6, unique=True)))
    marks = marks[: len(marks) // 2 * 2]
    hours = [time(mark // 4, mark % 4 * 15) for mark in marks]
    return Windows(tuple(zip(hours[::2], hours[1::2], strict=True)))


@given(some_windows())
def test_parsing_undoes_printing(some: Windows) -> None:
    assert windows.parse(str(some)) == some


@given(INSTANTS, some_windows())
def test_reminders_never_leave_the_window(moment: datetime, some: Windows) -> None:
    goes = windows.defer(moment, CALENDAR, some)
    local = times.local(goes)
    assert goes >= moment
    assert goes.tzinfo is UTC
    assert CALENDAR.is_workday(local.date())
    assert some.contain(local.time())
    assert local.minute not in windows.BUSY_MINUTES
    assert windows.defer(goes, CALENDAR, some) == goes


@given(INSTANTS, some_windows())
def test_nothing_is_put_off_further_than_to_the_first_window_there_is(moment: datetime, some: Windows) -> None:
    goes = windows.defer(moment, CALENDAR, some)
    day = times.civil_day(moment)
    while day < times.civil_day(goes):
        left = [end for _, end in some.spans if times.instant(day, end) > moment + windows.OFF_THE_MARK + timedelta(minutes=1)]
        assert not (left and CALENDAR.is_workday(day))
        day += timedelta(days=1)


@given(INSTANTS, some_windows())
def test_a_last_day_reminder_is_on_its_day_and_in_a_window_while_there_is_one(moment: datetime, some: Windows) -> None:
    goes = windows.defer(moment, CALENDAR, some, last_day=True)
    day = times.civil_day(moment)
    assert goes >= moment
    assert times.civil_day(goes) == day
    assert times.local(goes).minute not in windows.BUSY_MINUTES
    last_start = times.instant(day, some.spans[-1][0])
    if moment <= last_start:
        assert some.contain(times.local(goes).time())


def test_the_day_of_the_examples_is_what_they_say() -> None:
    assert [CALENDAR.is_workday(date.fromisoformat(day)) for day in (FRIDAY, WORKED_SATURDAY, HOLIDAY)] == [True, True, False]

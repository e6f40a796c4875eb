"""Which days are workdays: the library, the administrator's table above it, the law below it; and counting by them."""

import json
from datetime import date, timedelta
from math import radians, sin

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import holidays_file, statutory
from bot.domain.errors import CalendarError
from bot.domain.workdays import LIBRARY_YEARS, DayKind, Override, WorkCalendar

CALENDAR = WorkCalendar()
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
STEPS = st.integers(1, 400)


@pytest.mark.parametrize(
    ("day", "workday", "kind", "name", "source", "provisional"),
    [
        ("2018-09-28", True, "workday", "", "chinesecalendar", False),
        ("2018-09-22", False, "weekend", "", "chinesecalendar", False),
        ("2018-09-24", False, "holiday", "中秋", "chinesecalendar", False),
        ("2018-09-29", True, "makeup", "国庆节", "chinesecalendar", False),
        ("2018-09-30", True, "makeup", "国庆节", "chinesecalendar", False),
        ("2018-10-07", False, "holiday", "国庆节", "chinesecalendar", False),
        ("2018-10-20", False, "weekend", "", "chinesecalendar", False),
        ("2019-05-02", False, "holiday", "劳动节", "chinesecalendar", False),
        ("2020-01-31", False, "holiday", "春节", "chinesecalendar", False),
        ("2024-02-09", True, "workday", "", "chinesecalendar", False),
        ("2025-01-28", False, "holiday", "春节", "chinesecalendar", False),
        ("2026-12-31", True, "workday", "", "chinesecalendar", False),
        ("2027-01-01", False, "holiday", "元旦", "statutory", True),
        ("2027-02-05", False, "holiday", "春节", "statutory", True),
        ("2027-02-08", False, "holiday", "春节", "statutory", True),
        ("2027-02-09", True, "workday", "", "weekday", True),
        ("2027-05-02", False, "holiday", "劳动节", "statutory", True),
        ("2027-06-12", False, "weekend", "", "weekday", True),
        ("2031-10-01", False, "holiday", "国庆节", "statutory", True),
        ("2055-10-03", False, "holiday", "国庆节", "statutory", True),
        ("2003-05-02", True, "workday", "", "weekday", True),
        ("1900-01-01", False, "holiday", "元旦", "statutory", True),
        ("2100-12-31", True, "workday", "", "weekday", True),
    ],
)
def test_a_day_says_what_it_is_and_how_we_know(day: str, workday: bool, kind: str, name: str, source: str, provisional: bool) -> None:
    found = CALENDAR.day(date.fromisoformat(day))
    assert (found.workday, found.kind, found.name, found.source, found.provisional) == (workday, kind, name, source, provisional)


@given(DAYS)
def test_the_library_and_we_agree_on_every_day_it_knows(day: date) -> None:
    if day.year in LIBRARY_YEARS:
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day)
        assert not CALENDAR.provisional(day)
    else:
        assert CALENDAR.provisional(day)


def test_the_library_still_covers_the_years_this_was_written_for() -> None:
    assert LIBRARY_YEARS.start == 2004
    assert LIBRARY_YEARS.stop >= 2027


def test_the_administrators_table_wins_and_touches_only_the_days_it_names() -> None:
    named = {
        date(2018, 10, 8): Override(workday=False, name="临时放假", source="省政府通知"),
        date(2018, 10, 13): Override(workday=True, name="临时放假", source="省政府通知"),
        date(2018, 10, 1): Override(workday=True, name="", source="省政府通知"),
        date(2018, 10, 21): Override(workday=False, name="", source="省政府通知"),
    }
    amended = WorkCalendar(named)
    kinds = [amended.day(day).kind for day in named]
    assert kinds == [DayKind.HOLIDAY, DayKind.MAKEUP, DayKind.WORKDAY, DayKind.WEEKEND]
    assert {amended.day(day).source for day in named} == {"admin:省政府通知"}
    others = [date(2018, 1, 1) + timedelta(days=n) for n in range(365)]
    assert all(amended.day(day) == CALENDAR.day(day) for day in others if day not in named)


def test_a_calendar_does_not_change_when_the_table_it_was_made_from_does() -> None:
    table = {date(2018, 10, 9): Override(workday=False, name="停电", source="通知")}
    calendar = WorkCalendar(table)
    table.clear()
    assert not calendar.is_workday(date(2018, 10, 9))


def test_one_override_in_an_unpublished_year_leaves_the_rest_provisional() -> None:
    calendar = WorkCalendar({date(2027, 2, 9): Override(workday=False, name="春节", source="预告")})
    assert not calendar.provisional(date(2027, 2, 9))
    assert calendar.provisional(date(2027, 2, 10))
    assert not calendar.published(2027)


def _file(year: int, days: list[dict[str, object]], papers: object = None) -> str:
    return json.dumps({"$schema": "ignored", "year": year, "papers": papers or [], "days": days})


def _whole_year(year: int) -> str:
    days: list[dict[str, object]] = [{"name": n, "date": str(d), "isOffDay": True} for d, n in statutory.holidays(year).items()]
    return _file(year, [*days, {"name": "元旦", "date": f"{year}-01-09", "isOffDay": False}], ["https://example.com/paper"])


def test_a_loaded_file_makes_its_whole_year_certain() -> None:
    calendar = WorkCalendar(holidays_file.read(_whole_year(2027)))
    assert calendar.published(2027)
    assert not calendar.published(2028)
    makeup, plain = calendar.day(date(2027, 1, 9)), calendar.day(date(2027, 3, 1))
    assert (makeup.kind, makeup.name, makeup.source) == (DayKind.MAKEUP, "元旦", "admin:https://example.com/paper")
    assert (plain.kind, plain.source, plain.provisional) == (DayKind.WORKDAY, "admin:https://example.com/paper", False)


def test_a_file_without_a_paper_is_named_after_its_year() -> None:
    overrides = holidays_file.read(_file(2027, [{"name": "元旦", "date": "2026-12-26", "isOffDay": False}]))
    assert overrides == {date(2026, 12, 26): Override(workday=True, name="元旦", source="2027年放假安排")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "不是有效的 JSON"),
        ("{", "不是有效的 JSON"),
        ("[" * 100_000, "不是有效的 JSON"),
        ("[]", "缺少 year 或 days"),
        ('{"year": "2027", "days": []}', "缺少 year 或 days"),
        (_file(2027, []), "尚未公布"),
        ('{"year": 2027, "days": [1]}', "第 1 天不是一条记录"),
        (_file(2027, [{"name": "元旦", "date": "2027-01-01", "isOffDay": 1}]), "isOffDay"),
        (_file(2027, [{"date": "2027-01-01", "isOffDay": True}]), "name"),
        (_file(2027, [{"name": "元旦", "date": "2027-02-30", "isOffDay": True}]), "2027-02-30"),
        (_file(2027, [{"name": "元旦", "date": "2017-01-01", "isOffDay": True}]), "不属于2027年"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, says: str) -> None:
    with pytest.raises(CalendarError, match=says):
        holidays_file.read(text)


# The lunar table against the sky: new moons (Meeus, Astronomical Algorithms, ch. 49, main terms; good to some minutes) and
# the solar terms of chinese_calendar, neither of which the table was made from.


def _new_moons(year: int) -> set[date]:
    """The days in Beijing on which a new moon of that year falls; both days where it is within ten minutes of midnight."""
    first = round((year - 2000) * 12.3685)
    return {day for k in range(first - 1, first + 15) for day in _beijing_days(_new_moon(k))}


def _new_moon(k: int) -> float:
    """The instant of the k-th new moon since January 2000 as a Julian day (dynamical time)."""
    t = k / 1236.85
    sun = radians(2.5534 + 29.10535670 * k)
    moon = radians(201.5643 + 385.81693528 * k)
    latitude = radians(160.7108 + 390.67050284 * k)
    node = radians(124.7746 - 1.56375588 * k)
    e = 1 - 0.002516 * t
    terms = (
        -0.40720 * sin(moon) + 0.17241 * e * sin(sun) + 0.01608 * sin(2 * moon) + 0.01039 * sin(2 * latitude)
        + 0.00739 * e * sin(moon - sun) - 0.00514 * e * sin(moon + sun) + 0.00208 * e * e * sin(2 * sun)
        - 0.00111 * sin(moon - 2 * latitude) - 0.00057 * sin(moon + 2 * latitude) + 0.00056 * e * sin(2 * moon + sun)
        - 0.00042 * sin(3 * moon) + 0.00042 * e * sin(sun + 2 * latitude) + 0.00038 * e * sin(sun - 2 * latitude)
        - 0.00024 * e * sin(2 * moon - sun) - 0.00017 * sin(node)
    )  # fmt: skip
    return 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t + terms


def _beijing_days(julian: float) -> set[date]:
    since_2000 = julian - 2451544.5 + 8 / 24 - 75 / 86400  # midnight of 2000-01-01; east of Greenwich; dynamical time is 75 s ahead
    return {date(2000, 1, 1) + timedelta(days=int(since_2000 + minutes / 1440)) for minutes in (-10, 10)}


def _solar_term(year: int, name: str) -> date:
    terms: list[tuple[date, str]] = chinese_calendar.get_solar_terms(date(year, 1, 1), date(year, 12, 31))
    return next(day for day, term in terms if term == name)


@pytest.mark.parametrize("year", sorted(statutory.MOON_DAYS))
def test_the_lunar_holidays_agree_with_the_new_moons_and_the_solar_terms(year: int) -> None:
    spring, qingming, duanwu, mid_autumn = (date(year, month, day) for month, day in statutory.MOON_DAYS[year])
    fifth, eighth = duanwu - timedelta(days=4), mid_autumn - timedelta(days=14)
    assert {spring, fifth, eighth} <= _new_moons(year)
    assert qingming == _solar_term(year, "清明")
    for month, term in ((spring, "雨水"), (fifth, "夏至"), (eighth, "秋分")):
        if (year, term) != (2034, "雨水"):  # after the leap 11th month of 2033 雨水 falls into the 12th: the one known exception
            assert month <= _solar_term(year, term) < month + timedelta(days=30)


def test_the_moon_formula_finds_the_spring_festivals_that_are_known() -> None:
    known = ["2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"]
    assert all(date.fromisoformat(day) in _new_moons(int(day[:4])) for day in known)


def test_the_lunar_table_has_no_gap_and_starts_where_the_library_ended() -> None:
    assert sorted(statutory.MOON_DAYS) == list(range(2027, 2041))


def test_the_eve_and_the_second_of_may_are_holidays_only_since_the_law_of_2024() -> None:
    assert date(2025, 5, 2) in statutory.holidays(2025)
    assert date(2003, 5, 2) not in statutory.holidays(2003)
    assert len(statutory.holidays(2030)) == 13


# Counting.


@given(DAYS, STEPS)
def test_counting_back_what_was_added_gives_the_same_number(day: date, n: int) -> None:
    assert CALENDAR.count(day, CALENDAR.add(day, n)) == n


@given(DAYS, STEPS)
def test_the_nth_workday_is_a_workday_and_going_back_from_it_returns(day: date, n: int) -> None:
    there = CALENDAR.add(day, n)
    assert CALENDAR.is_workday(there)
    assert CALENDAR.add(there, -n) == CALENDAR.on_or_before(day)
    assert CALENDAR.add(CALENDAR.add(day, -n), n) == CALENDAR.on_or_after(day)


@given(DAYS, STEPS, STEPS)
def test_adding_twice_is_adding_the_sum(day: date, m: int, n: int) -> None:
    assert CALENDAR.add(CALENDAR.add(day, m), n) == CALENDAR.add(day, m + n)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 500))
def test_counting_is_what_walking_day_by_day_gives(day: date, length: int) -> None:
    end = day + timedelta(days=length)
    walked = sum(CALENDAR.is_workday(day + timedelta(days=n)) for n in range(1, length + 1))
    assert CALENDAR.count(day, end) == walked
    assert CALENDAR.count(end, day) == -walked


@given(DAYS)
def test_the_nearest_workdays_have_none_between_them_and_the_day(day: date) -> None:
    before, after = CALENDAR.on_or_before(day), CALENDAR.on_or_after(day)
    assert before <= day <= after
    assert CALENDAR.is_workday(before)
    assert CALENDAR.is_workday(after)
    assert CALENDAR.count(before, day) == 0
    assert CALENDAR.add(day, 0) == day
    assert CALENDAR.is_workday(day) == (before == day == after)


def test_the_seventh_workday_of_september_2014_is_the_tenth() -> None:
    assert CALENDAR.add(date(2014, 8, 31), 7) == date(2014, 9, 10)


def test_counting_out_of_the_calendar_is_an_error_of_ours() -> None:
    with pytest.raises(CalendarError, match="9999"):
        CALENDAR.add(date(9999, 12, 30), 5)
    with pytest.raises(CalendarError, match="越出"):
        CALENDAR.add(date(1, 1, 3), -5)

"""Which reports a rule asks for, what they are called, and on which day each is due by the rule alone."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import period_names, periods, rules
from bot.domain.periods import Period
from bot.domain.workdays import Override, WorkCalendar
from tests.domain.rule_strategies import RULES

CALENDAR = WorkCalendar()


@pytest.mark.parametrize(
    ("rule", "since", "expected"),
    [
        ("once:2018-09-28", "2018-09-28", ["once 2018-09-28"]),
        ("once:2018-09-28", "2018-09-29", []),
        ("dates:2010-04-12,2010-06-03", "2010-04-12", ["2010-04-12 2010-04-12", "2010-06-03 2010-06-03"]),
        ("daily", "2018-09-28", ["2018-09-28 2018-09-28", "2018-09-29 2018-09-29", "2018-09-30 2018-09-30"]),
        ("weekly:fri", "2018-09-24", ["2018-W39 2018-09-28", "2018-W40 2018-10-05", "2018-W41 2018-10-12"]),
        ("weekly:mon", "2018-12-31", ["2019-W01 2018-12-31", "2019-W02 2019-01-07", "2019-W03 2019-01-14"]),
        ("monthly:day=5", "2018-09-05", ["2018-09 2018-09-05", "2018-10 2018-10-05", "2018-11 2018-11-05"]),
        ("monthly:day=9,19,28", "2018-09-10", ["2018-09#2 2018-09-19", "2018-09#3 2018-09-28", "2018-10#1 2018-10-09"]),
        ("monthly:day=31", "2018-01-01", ["2018-01 2018-01-31", "2018-02 2018-02-28", "2018-03 2018-03-31"]),
        ("monthly:day=30", "2020-01-31", ["2020-02 2020-02-29", "2020-03 2020-03-30", "2020-04 2020-04-30"]),
        ("monthly:day=last", "2018-02-01", ["2018-02 2018-02-28", "2018-03 2018-03-31", "2018-04 2018-04-30"]),
        ("monthly:day=30,last", "2018-04-01", ["2018-04#1 2018-04-30", "2018-05#1 2018-05-30", "2018-05#2 2018-05-31"]),
        ("monthly:next-month-day=5", "2018-10-01", ["2018-09 2018-10-05", "2018-10 2018-11-05", "2018-11 2018-12-05"]),
        ("monthly:next-month-day=10", "2019-01-01", ["2018-12 2019-01-10", "2019-01 2019-02-10", "2019-02 2019-03-10"]),
        ("monthly:workday=7", "2018-10-01", ["2018-09 2018-10-16", "2018-10 2018-11-09", "2018-11 2018-12-11"]),
        ("monthly:workday=23", "2019-02-01", ["2019-01 2019-02-28", "2019-02 2019-03-29", "2019-03 2019-04-30"]),
        ("monthly:before-end=3", "2018-01-01", ["2018-01 2018-01-28", "2018-02 2018-02-25", "2018-03 2018-03-28"]),
        ("quarterly:next-month-day=20", "2018-09-21", ["2018Q3 2018-10-20", "2018Q4 2019-01-20", "2019Q1 2019-04-20"]),
        ("quarterly:month=3,day=25", "2018-09-01", ["2018Q3 2018-09-25", "2018Q4 2018-12-25", "2019Q1 2019-03-25"]),
        ("quarterly:month=2,day=31", "2018-01-01", ["2018Q1 2018-02-28", "2018Q2 2018-05-31", "2018Q3 2018-08-31"]),
        ("halfyearly:next-month-day=10", "2018-09-01", ["2018H2 2019-01-10", "2019H1 2019-07-10", "2019H2 2020-01-10"]),
        ("yearly:month=3,day=31", "2018-09-01", ["2019 2019-03-31", "2020 2020-03-31", "2021 2021-03-31"]),
        ("yearly:month=2,day=last", "2019-01-01", ["2019 2019-02-28", "2020 2020-02-29", "2021 2021-02-28"]),
        ("yearly:month=2,day=29", "2019-01-01", ["2019 2019-02-28", "2020 2020-02-29", "2021 2021-02-28"]),
        ("yearly:dates=04-30,10-31", "2018-09-01", ["2018#2 2018-10-31", "2019#1 2019-04-30", "2019#2 2019-10-31"]),
        ("yearly:dates=02-28,02-29", "2019-01-01", ["2019#1 2019-02-28", "2020#1 2020-02-28", "2020#2 2020-02-29"]),
    ],
)
def test_the_first_three_periods_of_a_rule(rule: str, since: str, expected: list[str]) -> None:
    found = periods.first(rules.parse(rule), date.fromisoformat(since), 3, calendar=CALENDAR)
    assert [f"{period.name} {period.nominal}" for period in found] == expected


@pytest.mark.parametrize(
    ("rule", "anchor", "nominal", "why"),
    [
        (
            "workdays-after-receipt:5",
            "2018-09-21",
            "2018-09-29",
            "the day of receipt is not counted; 25, 26, 27, 28 and the working Saturday",
        ),
        ("workdays-after-event:1", "2018-09-30", "2018-10-08", "over National Day"),
        ("days-after-receipt:15", "2018-09-21", "2018-10-06", "calendar days, never moved here"),
        ("days-after-event:30", "2018-09-21", "2018-10-21", "over the month's end"),
    ],
)
def test_rules_counted_from_something_need_its_day(rule: str, anchor: str, nominal: str, why: str) -> None:
    parsed, since = rules.parse(rule), date(2018, 1, 1)
    assert periods.first(parsed, since, 3, anchor=date.fromisoformat(anchor)) == [Period("once", date.fromisoformat(nominal))], why
    assert periods.first(parsed, since, 3) == []


def test_the_administrators_calendar_moves_the_rules_that_count_workdays() -> None:
    day_off = WorkCalendar({date(2018, 10, 9): Override(workday=False, name="停电", source="通知")})
    assert periods.first(rules.parse("monthly:workday=7"), date(2018, 10, 1), 1, calendar=day_off)[0].nominal == date(2018, 10, 17)


ANCHORS = st.none() | st.dates(date(2015, 1, 1), date(2030, 1, 1))
SPANS = st.lists(st.dates(date(2015, 1, 1), date(2030, 1, 1)), min_size=3, max_size=3).map(sorted)


@given(RULES, SPANS, ANCHORS)
def test_expanding_a_span_equals_expanding_its_halves(rule: rules.Rule, span: Sequence[date], anchor: date | None) -> None:
    since, middle, until = span
    whole = list(periods.expand(rule, since, until, anchor=anchor, calendar=CALENDAR))
    left = periods.expand(rule, since, middle, anchor=anchor, calendar=CALENDAR)
    right = periods.expand(rule, middle + timedelta(days=1), until, anchor=anchor, calendar=CALENDAR)
    assert whole == [*left, *right]


@given(RULES, SPANS, ANCHORS)
def test_periods_ascend_lie_in_the_span_and_have_names_of_their_own(rule: rules.Rule, span: Sequence[date], anchor: date | None) -> None:
    found = list(periods.expand(rule, span[0], span[2], anchor=anchor, calendar=CALENDAR))
    days = [period.nominal for period in found]
    assert all(span[0] <= day <= span[2] for day in days)
    assert days == sorted(set(days))
    assert len({period.name for period in found}) == len(found)


@given(RULES)
def test_nothing_is_expanded_beyond_the_horizon_or_before_the_dawn(rule: rules.Rule) -> None:
    late = periods.expand(rule, date(2100, 1, 1), date.max, anchor=date(2100, 12, 1), calendar=CALENDAR)
    early = periods.expand(rule, date.min, date(1900, 12, 31), anchor=date.min, calendar=CALENDAR)
    assert all(period.nominal <= periods.HORIZON for period in late)
    assert all(period.nominal >= periods.DAWN for period in early)
    assert periods.first(rule, date.max, 3, anchor=date.max, calendar=CALENDAR) == []
    assert list(periods.expand(rule, date(2018, 9, 2), date(2018, 9, 1), anchor=date(2018, 9, 1), calendar=CALENDAR)) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2018Q3", "2018年三季度"),
        ("2018-09", "2018年9月"),
        ("2018H1", "2018年上半年"),
        ("2018H2", "2018年下半年"),
        ("2018", "2018年"),
        ("2018#2", "2018年第2次"),
        ("2018-09#3", "2018年9月第3次"),
        ("2018-W05", "2018年第5周"),
        ("2018-09-28", "2018年9月28日"),
        ("once", "本次"),
        ("2018年三季度", "2018年三季度"),
    ],
)
def test_a_period_is_said_in_chinese(name: str, words: str) -> None:
    assert period_names.label(name) == words


@given(RULES, SPANS, ANCHORS)
def test_every_period_has_chinese_words(rule: rules.Rule, span: Sequence[date], anchor: date | None) -> None:
    for period in list(periods.expand(rule, span[0], span[2], anchor=anchor, calendar=CALENDAR))[:20]:
        assert period_names.label(period.name) != period.name

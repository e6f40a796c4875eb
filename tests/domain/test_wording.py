"""The phrases inside the views."""

from datetime import date, time

import pytest

from bot.domain import times, wording


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2018Q3", "2018年三季度"),
        ("2018-09", "2018年9月"),
        ("2018H2", "2018年下半年"),
        ("2018H1", "2018年上半年"),
        ("2018", "2018年"),
        ("once", ""),
    ],
)
def test_a_period_is_named_as_people_name_it(name: str, words: str) -> None:
    assert wording.period_word(name) == words


def test_a_day_of_another_year_says_its_year() -> None:
    today = date(2018, 12, 20)
    assert wording.day_word(date(2018, 12, 29), today) == "12月29日"
    assert wording.day_and_hour(date(2019, 1, 18), time(9, 5), today) == "2019年1月18日（星期五）09:05"
    assert wording.full_day(date(2018, 10, 21)) == "2018年10月21日（星期日）"


def test_a_moment_is_told_by_the_clocks_of_shanghai() -> None:
    assert wording.moment_word(times.parse_instant("2018-10-22T16:05:00+00:00")) == "2018年10月23日0:05"


def test_rates_are_written_with_one_decimal() -> None:
    assert [wording.percent(permille) for permille in (None, 0, 57, 957, 1000)] == ["", "0.0%", "5.7%", "95.7%", "100.0%"]

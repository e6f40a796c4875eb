"""Days are read as the table "Dates" of the labelling rules says, against the moment and the working calendar."""

import pytest

from bot.domain import replies, times
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

CALENDAR = WorkCalendar()
THURSDAY = "2018-09-27T14:05"
TUESDAY = "2018-09-25T09:10"

AHEAD = [
    ("今天报", THURSDAY, "2018-09-27"),
    ("今晚报", THURSDAY, "2018-09-27"),
    ("下班前报", THURSDAY, "2018-09-27"),
    ("下晌报", "2018-09-27T09:00", "2018-09-27"),
    ("3小时后报", THURSDAY, "2018-09-27"),
    ("12个小时后报", THURSDAY, "2018-09-28"),
    ("明天报", THURSDAY, "2018-09-28"),
    ("明儿个报", THURSDAY, "2018-09-28"),
    ("名天报", THURSDAY, "2018-09-28"),
    ("后天报", THURSDAY, "2018-09-29"),
    ("后儿个报", THURSDAY, "2018-09-29"),
    ("大后天报", THURSDAY, "2018-09-30"),
    ("明后天报", THURSDAY, "2018-09-29"),
    ("周五报", TUESDAY, "2018-09-28"),
    ("星期一报", TUESDAY, "2018-10-01"),
    ("礼拜三报", TUESDAY, "2018-09-26"),
    ("这周五报", TUESDAY, "2018-09-28"),
    ("下周一报", TUESDAY, "2018-10-01"),
    ("下周日报上去", TUESDAY, "2018-10-07"),
    ("本周内报", TUESDAY, "2018-09-28"),
    ("周末前报", TUESDAY, "2018-09-28"),
    ("28号报", THURSDAY, "2018-09-28"),
    ("27号报", THURSDAY, "2018-09-27"),
    ("5号报", THURSDAY, "2018-10-05"),
    ("9月28日前报", THURSDAY, "2018-09-28"),
    ("９月２８日报", THURSDAY, "2018-09-28"),
    ("9.28报", THURSDAY, "2018-09-28"),
    ("9/28报", THURSDAY, "2018-09-28"),
    ("十月八号报", THURSDAY, "2018-10-08"),
    ("1月5日报", "2018-12-28T10:00", "2019-01-05"),
    ("31号报", "2018-11-29T10:00", "2018-12-31"),
    ("三天内报", THURSDAY, "2018-09-30"),
    ("两天后报", THURSDAY, "2018-09-29"),
    ("一周内报", THURSDAY, "2018-10-04"),
    ("一两天就报", THURSDAY, "2018-09-29"),
    ("两三天报", THURSDAY, "2018-09-30"),
    ("过两天报", THURSDAY, "2018-09-29"),
    ("3个工作日内报", THURSDAY, "2018-09-30"),
    ("月底报", THURSDAY, "2018-09-30"),
    ("月末前报", "2018-10-15T10:00", "2018-10-31"),
    ("国庆前报", THURSDAY, "2018-09-30"),
    ("十一前报", THURSDAY, "2018-09-30"),
    ("节前报", "2018-09-18T10:20", "2018-09-30"),
    ("年前报", "2019-01-21T09:00", "2019-02-03"),
    ("节后报", THURSDAY, "2018-10-08"),
    ("过完节报", THURSDAY, "2018-10-08"),
    ("国庆后第三天报", THURSDAY, "2018-10-10"),
    ("节后报", "2018-10-03T09:00", "2018-10-08"),
    ("28号来不及，29号报", THURSDAY, "2018-09-29"),
    ("今天肯定不行了明天报", THURSDAY, "2018-09-28"),
    ("先报了3户，剩下的后天报", THURSDAY, "2018-09-29"),
    ("周四或者周五报", TUESDAY, "2018-09-28"),
    ("大概28号，最晚30号报", THURSDAY, "2018-09-30"),
]
BEHIND = [
    ("今天报了", THURSDAY, "2018-09-27"),
    ("今早报的", THURSDAY, "2018-09-27"),
    ("上午发了", THURSDAY, "2018-09-27"),
    ("昨天报了", THURSDAY, "2018-09-26"),
    ("前天报了", THURSDAY, "2018-09-25"),
    ("大前天报了", THURSDAY, "2018-09-24"),
    ("周五报的", TUESDAY, "2018-09-21"),
    ("周一报的", TUESDAY, "2018-09-24"),
    ("上周五报的", TUESDAY, "2018-09-21"),
    ("26号报的", THURSDAY, "2018-09-26"),
    ("28号报的", THURSDAY, "2018-08-28"),
    ("9月20日已报", THURSDAY, "2018-09-20"),
    ("12月30日已报", "2019-01-15T10:30", "2018-12-30"),
    ("三天前就报了", THURSDAY, "2018-09-24"),
    ("已于昨日17时报送", THURSDAY, "2018-09-26"),
]
NO_DAY = ["马上报", "尽快报", "一会儿报", "稍后报", "晚点报", "过几天报", "领导签完字就报"]
NO_DAY_BEHIND = ["刚报", "刚刚报了", "刚才发了", "早就报了", "上周就报了", "上个月就报了"]


@pytest.mark.parametrize(("text", "at", "day"), AHEAD)
def test_a_promised_day(text: str, at: str, day: str) -> None:
    reading = replies.read(text, times.parse_instant(at), CALENDAR)

    assert (reading.intent, str(reading.day)) == (Intent.PROMISE, day)


@pytest.mark.parametrize(("text", "at", "day"), BEHIND)
def test_a_day_of_handing_in(text: str, at: str, day: str) -> None:
    reading = replies.read(text, times.parse_instant(at), CALENDAR)

    assert (reading.intent, str(reading.day)) == (Intent.DONE, day)


@pytest.mark.parametrize("text", NO_DAY + NO_DAY_BEHIND)
def test_words_that_name_no_day(text: str) -> None:
    assert replies.read(text, times.parse_instant(THURSDAY), CALENDAR).day is None


def test_a_time_of_day_that_has_passed_is_asked_about() -> None:
    reading = replies.read("上午报", times.parse_instant(THURSDAY), CALENDAR)

    assert (reading.intent, reading.day, reading.unsure) == (Intent.PROMISE, None, True)
    assert str(replies.read("上午报", times.parse_instant("2018-09-27T09:00"), CALENDAR).day) == "2018-09-27"


def test_the_day_is_counted_from_the_day_in_shanghai() -> None:
    assert str(replies.read("明天报", times.parse_instant("2018-09-27T17:30:00+00:00"), CALENDAR).day) == "2018-09-29"


@pytest.mark.parametrize(
    "text",
    ["9月31日报", "2月30号报", "13.40报", "99号报", "九九九九九九九个工作日内报", "9999天后报", "九千个工作日内报", "九九九九九九九周后报"],
)
def test_a_day_that_does_not_exist_is_no_day(text: str) -> None:
    assert replies.read(text, times.parse_instant(THURSDAY), CALENDAR).day is None

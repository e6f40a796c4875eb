"""Several reports in one answer: each is a part, and the one furthest from done speaks for the whole."""

from datetime import date

from bot.domain import replies, times
from bot.domain.replies import Part
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

AT = times.parse_instant("2018-10-17T09:20")
CALENDAR = WorkCalendar()


def read(text: str) -> replies.Reading:
    return replies.read(text, AT, CALENDAR)


def test_an_answer_by_the_numbers_of_our_message() -> None:
    reading = read("1报了 2延到25日 3换李四")

    assert [(part.number, part.intent, part.day) for part in reading.parts] == [
        (1, Intent.DONE, None),
        (2, Intent.EXTENSION_REQUEST, date(2018, 10, 25)),
        (3, Intent.HANDOVER, None),
    ]
    assert reading.intent is Intent.EXTENSION_REQUEST


def test_two_numbers_may_share_a_report() -> None:
    assert read("1、2报了，3明天报").parts == (
        Part(None, 1, Intent.DONE, None),
        Part(None, 2, Intent.DONE, None),
        Part(None, 3, Intent.PROMISE, date(2018, 10, 18)),
    )


def test_an_answer_unit_by_unit() -> None:
    reading = read("榆树已报12户，德惠明天报，农安还没信儿")

    assert [(part.unit, part.intent, part.counts) for part in reading.parts] == [
        ("榆树", Intent.DONE, {"合计": 12}),
        ("德惠", Intent.PROMISE, {}),
        ("农安", Intent.IN_PROGRESS, {}),
    ]
    assert (reading.intent, reading.counts) == (Intent.IN_PROGRESS, {})


def test_a_stated_total_belongs_to_the_whole_and_not_to_the_last_unit() -> None:
    reading = read("龙潭区报了6户，船营区报了4户，合计10户")

    assert reading.counts == {"合计": 10}
    assert [part.counts for part in reading.parts] == [{"合计": 6}, {"合计": 4}]


def test_what_stands_before_the_first_unit_is_heard_too() -> None:
    assert read("还没报完，榆树已报，德惠已报").intent is Intent.IN_PROGRESS


def test_an_answer_matter_by_matter() -> None:
    reading = read("名单已报，三季度情况周五报")

    assert [(part.unit, part.intent) for part in reading.parts] == [("名单", Intent.DONE), ("季报", Intent.PROMISE)]
    assert (reading.intent, reading.period_hint) == (Intent.PROMISE, "2018Q3")


def test_a_number_of_enterprises_is_no_numbering() -> None:
    assert read("12户").parts == ()
    assert read("3小时后报").parts == ()
    assert read("10.19报").parts == ()


def test_one_unit_with_one_report_is_named() -> None:
    assert read("公主岭市已报送").parts == (Part("公主岭市", None, Intent.DONE, None),)


def test_periods_are_named_by_the_quarter_that_has_begun() -> None:
    assert read("三季度的明天报").period_hint == "2018Q3"
    assert replies.read("四季度的明天报", times.parse_instant("2019-01-15T10:30"), CALENDAR).period_hint == "2018Q4"
    assert read("推荐名单已报").period_hint == "NOM2018"
    assert read("明天报").period_hint is None


def test_another_quarter_is_not_the_one_that_is_owed() -> None:
    assert read("二季度的早报了").intent is Intent.IN_PROGRESS
    assert read("三季度的早报了").intent is Intent.DONE

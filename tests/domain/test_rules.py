"""The grammar of due rules: every form, its bounds, its errors, and its Chinese."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import rules
from bot.domain.errors import RuleError
from bot.domain.rule_kinds import WEEKDAYS
from tests.domain.rule_strategies import RULES

FORMS = [
    ("once:2018-09-28", rules.Once(date(2018, 9, 28)), "2018年9月28日前"),
    ("dates:2010-04-12,2010-06-03", rules.Dates((date(2010, 4, 12), date(2010, 6, 3))), "2010年4月12日、2010年6月3日前"),
    ("daily", rules.Daily(), "每日"),
    ("weekly:mon", rules.Weekly(0), "每周一前"),
    ("weekly:fri", rules.Weekly(4), "每周五前"),
    ("weekly:sun", rules.Weekly(6), "每周日前"),
    ("monthly:day=5", rules.Monthly((5,)), "每月5日前"),
    ("monthly:day=9,19,28", rules.Monthly((9, 19, 28)), "每月9日、19日、28日前"),
    ("monthly:day=last", rules.Monthly((rules.LAST,)), "每月底前"),
    ("monthly:day=10,20,last", rules.Monthly((10, 20, rules.LAST)), "每月10日、20日、月底前"),
    ("monthly:next-month-day=10", rules.MonthlyNext(10), "每月次月10日前"),
    ("monthly:workday=7", rules.MonthlyWorkday(7), "每月结束后7个工作日内"),
    ("monthly:before-end=3", rules.MonthlyBeforeEnd(3), "每月底3日前"),
    ("quarterly:next-month-day=20", rules.QuarterlyNext(20), "每季度次月20日前"),
    ("quarterly:month=3,day=25", rules.Quarterly(3, 25), "每季度最后一个月25日前"),
    ("quarterly:month=1,day=last", rules.Quarterly(1, rules.LAST), "每季度第一个月底前"),
    ("halfyearly:next-month-day=10", rules.HalfyearlyNext(10), "每半年次月10日前"),
    ("yearly:month=3,day=31", rules.Yearly(3, 31), "每年3月31日前"),
    ("yearly:month=3,day=last", rules.Yearly(3, rules.LAST), "每年3月底前"),
    ("yearly:dates=04-30,10-31", rules.YearlyDates(((4, 30), (10, 31))), "每年4月30日、10月31日前"),
    ("workdays-after-receipt:5", rules.After(5, True, rules.Start.RECEIPT), "收到通知后5个工作日内"),
    ("days-after-receipt:15", rules.After(15, False, rules.Start.RECEIPT), "收到通知后15日内"),
    ("workdays-after-event:2", rules.After(2, True, rules.Start.EVENT), "事项发生后2个工作日内"),
    ("days-after-event:30", rules.After(30, False, rules.Start.EVENT), "事项发生后30日内"),
]


@pytest.mark.parametrize(("text", "rule", "chinese"), FORMS)
def test_every_form_is_read_printed_and_said(text: str, rule: rules.Rule, chinese: str) -> None:
    assert rules.parse(text) == rule
    assert str(rule) == text
    assert rules.describe(rule) == chinese


@pytest.mark.parametrize(
    ("text", "printed", "why"),
    [
        ("dates:2010-06-03,2010-04-12,2010-06-03", "dates:2010-04-12,2010-06-03", "ascending, each once"),
        ("dates:2018-09-28", "dates:2018-09-28", "one date stays what was written"),
        ("monthly:day=28,9,last,19,9", "monthly:day=9,19,28,last", "last comes last"),
        ("monthly:day=31", "monthly:day=31", "a number is not turned into last"),
        ("monthly:day=05", "monthly:day=5", "no leading zero"),
        ("yearly:dates=10-31,04-30", "yearly:dates=04-30,10-31", "ascending"),
        ("yearly:month=2,day=29", "yearly:month=2,day=29", "exists in leap years"),
    ],
)
def test_lists_are_put_in_order_and_nothing_else_is_changed(text: str, printed: str, why: str) -> None:
    assert str(rules.parse(text)) == printed, why


@given(RULES)
def test_parse_undoes_print(rule: rules.Rule) -> None:
    assert rules.parse(str(rule)) == rule


@given(RULES)
def test_every_rule_can_be_said_in_chinese(rule: rules.Rule) -> None:
    assert rules.describe(rule)[-1] in "前内日"


def _refused(text: str) -> RuleError | None:
    try:
        rules.parse(text)
    except RuleError as error:
        return error
    return None


@given(st.text() | st.text(alphabet="oncedailywkmthqryf:=,-0123456789"))
def test_any_text_is_a_rule_or_an_error_at_a_place_inside_it(text: str) -> None:
    error = _refused(text)
    if error is None:
        assert rules.parse(str(rules.parse(text))) == rules.parse(text)
    else:
        assert 0 <= error.position <= len(text)
        assert "可用写法" in error.expected


@given(RULES, st.data())
def test_a_rule_with_one_character_cut_out_never_names_a_place_before_the_word_or_number_cut(rule: rules.Rule, data: st.DataObject) -> None:
    text = str(rule)
    cut = data.draw(st.integers(0, len(text) - 1))
    error = _refused(text[:cut] + text[cut + 1 :])
    if error is not None:
        assert error.position >= len(text[:cut].rstrip("last0123456789-"))


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "once、dates、daily"),
        ("quartely:next-month-day=20", 6, "quarterly:next-month-day=20"),
        ("每季度次月20日前", 0, "weekly:fri"),
        ("once", 4, "应为“:”"),
        ("once 2018-09-28", 4, "应为“:”"),
        ("once:2018-9-28", 5, "形如 2018-09-28"),
        ("once:2018-02-30", 5, "没有 2018-02-30 这一天"),
        ("once:2018-13-01", 5, "没有 2018-13-01 这一天"),
        ("once:1899-12-31", 5, "1900–2100"),
        ("once:2101-01-01", 5, "1900–2100"),
        ("once:２０１８-09-28", 5, "形如 2018-09-28"),
        ("dates:", 6, "形如 2018-09-28"),
        ("dates:2010-04-12,2010-06-31", 17, "没有 2010-06-31"),
        ("daily ", 5, "此后不应再有内容"),
        ("weekly:friday", 10, "此后不应再有内容"),
        ("weekly:thurs", 10, "此后不应再有内容"),
        ("weekly:tus", 9, "mon、tue、wed"),
        ("monthly:day=0", 12, "1–31"),
        ("monthly:day=32", 12, "1–31"),
        ("monthly:day=5,", 14, "1–31"),
        ("monthly:day=5;9", 13, "此后不应再有内容"),
        ("monthly:days=5", 11, "next-month-day"),
        ("monthly:workday=24", 16, "1–23"),
        ("monthly:before-end=28", 19, "1–27"),
        ("monthly:before-end=99999999999999999999", 19, "1–27"),
        ("quarterly:month=4,day=25", 16, "1–3"),
        ("quarterly:month=3;day=25", 17, "应为“,day=”"),
        ("quarterly:month=3,dya=25", 19, "应为“ay=”"),
        ("halfyearly:month=1,day=1", 11, "next-month-day="),
        ("yearly:month=13,day=1", 13, "1–12"),
        ("yearly:month=4,day=31", 19, "1–30"),
        ("yearly:month=2,day=30", 19, "1–29"),
        ("yearly:dates=4-30", 13, "形如 04-30"),
        ("yearly:dates=04-31", 13, "没有 04-31"),
        ("yearly:dates=00-01", 13, "没有 00-01"),
        ("workdays-after-receipt:0", 23, "1–999"),
        ("workdays-after-receipt:1000", 23, "1–999"),
        ("days-after-lunch:3", 11, "days-after-event"),
    ],
)
def test_a_rule_that_cannot_be_read_names_the_place_and_shows_the_forms(text: str, position: int, says: str) -> None:
    with pytest.raises(RuleError) as caught:
        rules.parse(text)
    assert caught.value.position == position
    assert says in str(caught.value)
    assert f"第 {position + 1} 个字符" in str(caught.value)


def test_an_error_shows_only_the_forms_of_the_head_once_it_is_known() -> None:
    with pytest.raises(RuleError) as caught:
        rules.parse("weekly:xyz")
    assert caught.value.expected.endswith("可用写法：weekly:fri")


def test_a_text_far_too_long_is_refused_without_being_repeated() -> None:
    with pytest.raises(RuleError) as caught:
        rules.parse("monthly:day=" + "1," * 100_000)
    assert len(str(caught.value)) < 1000


def test_the_forms_shown_in_errors_are_themselves_valid() -> None:
    shown = ["monthly:day=5", "monthly:day=9,19,28", "monthly:day=last", "monthly:next-month-day=10", "yearly:dates=04-30,10-31"]
    for text in shown:
        assert text in str(rules.FORMS) or text.split(":")[1] in str(rules.FORMS)
        rules.parse(text)


def test_the_weekdays_are_those_of_python() -> None:
    assert [date(2018, 10, 1 + n).strftime("%a").lower() for n in range(7)] == list(WEEKDAYS)

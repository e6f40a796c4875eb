"""The vocabulary of short answers: one row for each way of saying it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import choices

WORDS = ("已报", "承诺 10月16日", "办理中", "有困难")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1), ("２", 2), ("③", 3), ("四", 4), (" 1。", 1), ("1、", 1), ("2）", 2), ("选3", 3), ("我选2", 2), ("第二个", 2), ("是第1项", 1), ("3号", 3),
        ("已报", 1), ("1. 已报", 1), ("2. 承诺 10月16日", 2), ("承诺  10月16日", 2),
        ("5", None), ("0", None), ("9", None), ("12", None), ("1报了", None), ("", None), ("好", None), ("已报了", None), ("1户", None),
        ("1日", None), ("-1", None), ("1.5", None), ("第一", 1), ("1\n发自我的iPhone", None),
    ],
)  # fmt: skip
def test_a_number_or_the_very_words_choose(text, number):
    assert choices.chosen(text, WORDS) == ((number,) if number else ())


@given(text=st.text(max_size=30), count=st.integers(0, 9))
def test_a_choice_is_one_that_was_offered(text, count):
    numbers = choices.chosen(text, WORDS[:count])
    assert all(1 <= number <= len(WORDS[:count]) for number in numbers)


TWO = ("名单 → 已报", "季报 → 已报", f"{choices.ALL} → 已报", choices.NONE)
ONE = ("季报 → 已报", choices.NONE)
EACH = ("名单 → 已报", f"{choices.ALL} → 已报", f"{choices.ALL} → 办理中", choices.NONE)


@pytest.mark.parametrize(
    ("text", "words", "numbers"),
    [
        ("1和2", TWO, (1, 2)), ("1、2", TWO, (1, 2)), ("1 2", TWO, (1, 2)), ("1，2", TWO, (1, 2)), ("2和2", TWO, (2,)), ("1和5", TWO, ()), ("12", TWO, ()),
        ("全部", TWO, (3,)), ("都是", TWO, (3,)), ("都不是", TWO, (4,)), ("没有", TWO, (4,)), ("是的", TWO, ()), ("全部", EACH, ()), ("全部", ONE, ()),
        ("是的", ONE, (1,)), ("对。", ONE, (1,)), ("都不是", ONE, (2,)), ("是的", WORDS, ()), ("都不是", WORDS, ()), ("没有", WORDS, ()),
    ],
)  # fmt: skip
def test_several_numbers_all_none_and_yes_choose(text, words, numbers):
    assert choices.chosen(text, words) == numbers


@pytest.mark.parametrize(
    ("text", "all_"), [("都报了", True), ("全报了", True), ("两个都报了", True), ("我都报了", False), ("已报", False), ("", False)]
)
def test_what_begins_with_all_means_the_list(text, all_):
    assert choices.begins_with_all(text) is all_


@pytest.mark.parametrize(
    "text", ["撤回", "撤回。", " 撤回 ", "撤回！", "我要撤回", "请撤回一下", "撤销", "撤回吧", "撤回刚才的", "申请撤回", "麻烦撤回，谢谢"]
)
def test_these_take_back(text):
    assert choices.is_undo(text)


@pytest.mark.parametrize(
    "text", ["", "已报", "不撤回", "怎么撤回", "撤回三季度的", "张三撤回了一条消息", "你撤回了一条消息", "撤回了", "请问能撤回吗"]
)
def test_these_do_not_take_back(text):
    assert not choices.is_undo(text)


@pytest.mark.parametrize(
    ("text", "complains"),
    [("投诉", True), ("投诉。", True), ("我要投诉", True), ("投诉：天天催", True), ("投诉 太多了", True), ("已报投诉材料", False), ("投诉件已报", False), ("", False)],
)  # fmt: skip
def test_a_complaint_is_what_our_letters_offer(text, complains):
    assert choices.is_complaint(text) is complains


@pytest.mark.parametrize(
    ("text", "count", "all_of_them"),
    [
        ("两项都报了", 2, True), ("俩个都报了", 2, True), ("2项均已报送", 2, True), ("各项都已报送", 3, True), ("以上各项已报", 5, True), ("以上都报了", 2, True),
        ("两项都没报", 2, True), ("三项全报了", 3, True), ("几个单位都没报", 4, True), ("每项都报了", 4, True),
        ("两项都报了", 3, False), ("都报了", 2, False), ("我都报了", 2, False), ("全部报送", 2, False), ("两家企业都报了", 2, False), ("各县都报了", 2, False),
        ("两个县都报了", 2, False), ("", 0, False),
    ],
)  # fmt: skip
def test_all_of_them_is_said_in_so_many_words(text, count, all_of_them):
    assert choices.is_about_all(text, count) is all_of_them


@pytest.mark.parametrize(("text", "may"), [("三季度的", True), ("名单", True), ("不是名单", False), ("没有", False), ("x" * 40, False)])
def test_a_name_is_short_and_denies_nothing(text, may):
    assert choices.may_name(text) is may


@pytest.mark.parametrize(
    ("name", "period", "fits"),
    [
        ("季报", "2018Q3", True), ("季报", "once", False), ("月报", "2018-09", True), ("月报", "2018-09-03", False), ("年报", "2018", True),
        ("半年报", "2018H1", True), ("名单", "once", True), ("榆树", "2018Q3", False), ("", "once", False),
    ],
)  # fmt: skip
def test_a_kind_of_report_fits_its_periods(name, period, fits):
    assert choices.is_kind_of_report(name, period) is fits


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_vocabulary(text):
    assert choices.is_undo(text) in (True, False)
    assert choices.is_complaint(text) in (True, False)
    assert choices.is_about_all(text, 2) in (True, False)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("名单和季报都报了", ("名单", "季报")), ("三季度情况、推荐表已报", ("季报", "名单")), ("月报及年报已报送", ("月报", "年报")), ("名单报了，季报没报", ()),
        ("名单报了", ()), ("季报没有，名单报了", ()), ("", ()),
    ],
)  # fmt: skip
def test_two_reports_named_in_one_breath(text, kinds):
    assert choices.listed_reports(text) == kinds

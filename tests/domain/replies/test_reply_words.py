"""The tables hold together: one class for a word, rules in the spelling that tagging produces, one spelling of what is typed."""

from collections import Counter
from datetime import date, datetime

import pytest

from bot.domain import times
from bot.domain.replies import english, lexicon, normalise, numerals, periods, quote, rules, tagging
from bot.domain.replies.calendar_days import Moment
from bot.domain.replies.clauses import GROUPS
from bot.domain.workdays import WorkCalendar

MOMENT = Moment(datetime(2018, 9, 27, 14, 5, tzinfo=times.SHANGHAI), WorkCalendar())


def test_no_word_is_in_two_classes() -> None:
    classes = [*lexicon.TAGGED.values(), lexicon.PLAIN, *lexicon.SAME.values(), lexicon.FILLERS, lexicon.UNITS]
    counted = Counter(word for words in classes for word in set(words.split()))

    assert [word for word, times_found in counted.items() if times_found > 1] == []


def test_every_tag_in_a_rule_is_a_class_or_a_mark() -> None:
    known = set(lexicon.TAGGED) | set("DTPCIYUNF")
    used = {char for group in GROUPS.values() for rule, _, _ in group for text in rule.says + rule.unless for char in text}

    assert {char for char in used if char.isupper()} <= known


def test_rule_names_are_distinct_and_scores_are_shares() -> None:
    found = [rule for group in GROUPS.values() for rule, _, _ in group]

    assert len({rule.name for rule in found}) == len(found)
    assert all(0 < rule.score <= 1 for rule in found)


@pytest.mark.parametrize(
    ("typed", "tagged"),
    [
        ("已经报送", "XH"),
        ("己上传", "XH"),
        ("还没交", "ΓH"),
        ("俺们明儿发", "我们DH"),
        ("报局长了", "HB了"),
        ("百强3户", "C"),
        ("三季度总结", "MM"),
        ("二季度总结", "QM"),
        ("汇报", "汇报"),
    ],
)
def test_words_become_their_class(typed: str, tagged: str) -> None:
    assert tagging.tag(normalise.normalise(typed), MOMENT).text == tagged


def test_tagged_text_keeps_what_was_typed() -> None:
    tagged = tagging.tag("我们已经报送局长审了", MOMENT)

    assert tagged.typed(0, len(tagged.text)) == "我们已经报送局长审了"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ＯＫ，已报！", "ok,已报!"),
        ("己经報送", "已经报送"),
        ("以发邮箱", "已发邮箱"),
        ("以后再报", "以后再报"),
        ("名天交", "明天交"),
        ("正再汇总", "正在汇总"),
        ("收道", "收到"),
        ("已\u200b报\u202e", "已报"),
        ("专新特精5户", "专精特新5户"),
        ("9 月 28 日", "9月28日"),
    ],
)
def test_one_spelling_for_what_can_be_typed_in_many(typed: str, meant: str) -> None:
    assert normalise.normalise(typed) == meant


@pytest.mark.parametrize(
    ("mail", "own"),
    [
        ("明天报\n\n-----原始邮件-----\n发件人: 省中心\n已报送", "明天报"),
        ("明天报\n------------------ 原始邮件 ------------------\n已报", "明天报"),
        ("明天报\n在2018年9月27日 10:02,省中心<a@example.com> 写道:\n已报", "明天报"),
        ("明天报\n> 已报\n> 谢谢", "明天报"),
        ("明天报\n发自我的iphone", "明天报"),
        ("明天报\n来自 qq邮箱", "明天报"),
        ("re: 已报送情况\n明天报", "明天报"),
        ("「已报」\n- - - - - - -\n明天报", "明天报"),
        ("【催报】请回复:已报 / 今天报\n明天报", "明天报"),
        ("张主任:\n明天报", "明天报"),
        ("-----原始邮件-----\n> 已报\n明天报", "明天报"),
        ("-----原始邮件-----\n已报", ""),
    ],
)
def test_only_the_senders_own_words_are_read(mail: str, own: str) -> None:
    assert quote.own_words(mail) == own


@pytest.mark.parametrize(
    ("written", "number"), [("12", 12), ("二十八", 28), ("十", 10), ("一百零五", 105), ("一百二", 102), ("两", 2), ("零", 0)]
)
def test_numbers_in_both_scripts(written: str, number: int) -> None:
    assert numerals.value(written) == number


def test_a_rule_looks_for_its_words_and_is_silent_where_they_are_excused() -> None:
    ((rule, says, unless),) = rules.compiled((rules.Rule("r", next(iter(GROUPS["done"]))[0].intent, says=("WH",), unless=("G",)),))

    assert rule.name == "r"
    assert says.search("SH")
    assert unless is not None
    assert unless.search("ΓH")


def test_no_macro_is_left_unexpanded() -> None:
    assert [
        rule.name for group in GROUPS.values() for rule, says, unless in group if "‹" in says.pattern + (unless.pattern if unless else "")
    ] == []


def test_a_repeated_choice_of_words_has_one_reading_at_each_position() -> None:
    ((_, says, _),) = rules.compiled((rules.Rule("r", next(iter(GROUPS["done"]))[0].intent, says=("^(?:等|到|等到|等)*D$",)),))

    assert says.pattern == "^(?>等到|等|到)*D$"
    assert says.search("等到等D")


@pytest.mark.parametrize(
    ("typed", "rendered"),
    [
        ("working on it", "正在弄"),
        ("not sent yet", "还没报"),
        ("almost done", "快完了"),
        ("tomorrow给你", "明天给你"),
        ("3pm前send", "下午3点前报"),
        ("整理ing", "整理中"),
        ("a@send.com", "a@send.com"),
        ("sender", "sender"),
    ],
)
def test_english_words_are_read_in_chinese(typed: str, rendered: str) -> None:
    assert english.rendered(typed) == rendered


@pytest.mark.parametrize(
    ("typed", "today", "current"),
    [
        ("三季度", date(2018, 10, 19), True),
        ("2018年三季度", date(2018, 10, 19), True),
        ("2017年三季度", date(2018, 10, 19), False),
        ("去年四季度", date(2019, 2, 26), True),
        ("去年四季度", date(2018, 10, 19), False),
        ("二季度", date(2018, 10, 19), False),
    ],
)
def test_only_a_quarter_that_can_be_owed_today_is_ours(typed: str, today: date, current: bool) -> None:
    named = periods.NAMED.match(typed)

    assert named
    assert periods.is_current(named, today) is current

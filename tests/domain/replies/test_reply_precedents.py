"""The second opinion: it mends what the rules do not know, and never finds a report over a denial."""

from collections import Counter
from math import inf

import pytest

from bot.domain import replies, times
from bot.domain.replies import answered, precedents
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar

AT = times.parse_instant("2018-10-17T09:20")
CALENDAR = WorkCalendar()


def test_a_precedent_itself_is_settled() -> None:
    (own, tagged), intent = next(iter(precedents.table().settled.items()))
    found = precedents.opinion(own, tagged)

    assert found
    assert (found.intent, found.margin) == (intent, inf)


def test_an_answer_is_judged_by_those_written_alike() -> None:
    found = precedents.opinion("邮箱老是打不开", "A老是打不开")

    assert found
    assert found.intent is Intent.DIFFICULTY
    assert found.reason.words


def test_a_long_answer_has_no_opinion() -> None:
    assert precedents.opinion("报" * 81, "H" * 81) is None


def test_no_precedent_says_two_things() -> None:
    said = Counter(text for texts in answered.TEXTS.values() for text in {*texts.strip().replace("\n", " | ").split(" | ")})

    assert [text for text, times_said in said.items() if times_said > 1] == []


@pytest.mark.parametrize("matter", ["安全检查情况", "参会名单", "读书笔记", "煤炭消费量", "个人事项", "网络安全自查"])
@pytest.mark.parametrize("report", ["{}已报", "{}报了", "{}都报完了", "我们{}已经上报了", "{}早就交了"])
def test_a_report_about_another_matter_closes_nothing(matter: str, report: str) -> None:
    assert replies.read(report.format(matter), AT, CALENDAR).intent is not Intent.DONE


@pytest.mark.parametrize("to", ["市统计局", "李县长", "州发改委", "县政府办", "人大", "市局邮箱", "会计师事务所", "我们科长"])
@pytest.mark.parametrize("report", ["已报{}", "材料已报送{}", "昨天发给{}了", "{}那边已经报给{}了"])
def test_a_report_to_anybody_else_closes_nothing(to: str, report: str) -> None:
    assert replies.read(report.replace("{}", to), AT, CALENDAR).intent is not Intent.DONE


@pytest.mark.parametrize("who", ["隔壁县", "别的市", "兄弟单位", "人家", "其他科室"])
def test_what_other_units_handed_in_closes_nothing(who: str) -> None:
    assert replies.read(f"{who}都报了", AT, CALENDAR).intent is not Intent.DONE


def test_an_edge_of_time_is_read_by_its_verb() -> None:
    assert replies.read("国庆前就报了", AT, CALENDAR).intent is Intent.DONE
    assert replies.read("下班前报", AT, CALENDAR).intent is Intent.PROMISE

"""Whatever is pasted: no crash, spans that fit, rules that parse, time that does not explode."""

import time as clock
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notice_of_2018 import TEXT

from bot.domain import notices, rules

PIECES = st.sampled_from(
    [
        *"0123456789年月日号前后内底旬报交送发将向于每次本下，。；：、（）\n 〇一二三十廿",
        "季度",
        "半年",
        "次月",
        "收到通知",
        "工作日",
        "之日起",
        "报送",
        "省厅",
        "终了",
        "2018年",
    ]
)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2060, 12, 31))


def check(text: str, issued: date | None) -> None:
    reading = notices.read(text, issued)
    for one in reading.obligations:
        assert text[slice(*one.span)] == one.text
        assert str(rules.parse(one.rule)) == one.rule
        assert list(one.due) == sorted(set(one.due))
        assert len(one.due) <= 4
        assert one.what
    for doubt in reading.doubts:
        assert text[slice(*doubt.span)] == doubt.text


@given(st.lists(PIECES, max_size=60).map("".join), DAYS)
@settings(max_examples=300)
def test_any_mixture_of_the_words_of_notices_is_read_without_a_crash(text: str, issued: date | None) -> None:
    check(text, issued)


@given(st.text(max_size=200), DAYS)
def test_any_characters_are_read_without_a_crash(text: str, issued: date | None) -> None:
    check(text, issued)


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
@settings(max_examples=60)
def test_any_part_of_a_notice_is_read_without_a_crash(start: int, end: int) -> None:
    check(TEXT[start:end], None)


@given(st.integers(0, len(TEXT) - 1))
@settings(max_examples=40)
def test_reading_twice_gives_the_same(cut: int) -> None:
    assert notices.read(TEXT[:cut]) == notices.read(TEXT[:cut])


@pytest.mark.parametrize(
    "piece",
    ["报", "9月28日前", "于2018年9月28日前将", "\n", " ", "，", "每月5日、", "（", "a@", "向", "关于", "系统", "第一条", "1", "一", "通知"],
)
def test_time_grows_with_the_length_and_not_faster(piece: str) -> None:
    short, long = piece * (20_000 // len(piece)), piece * (80_000 // len(piece))
    assert _seconds(long) < 12 * _seconds(short) + 0.5


def _seconds(text: str) -> float:
    began = clock.process_time()
    notices.read(text, date(2018, 8, 27))
    return clock.process_time() - began

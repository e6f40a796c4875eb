"""Answers by number, one line for each number."""

import pytest

from bot.domain import numbering

WRITTEN = (
    # text, items of the letter, what it comes to
    ("1报了 2延到25日 3换李四", 3, "1 报了\n2 延到25日\n3 换李四"),
    ("1-4都报了", 4, "1 都报了\n2 都报了\n3 都报了\n4 都报了"),
    ("1~3报了", 3, "1 报了\n2 报了\n3 报了"),
    ("1到2都报了,3没报", 3, "1 都报了\n2 都报了\n3 没报"),
    ("第一个报了,第二个还没", 2, "1 报了\n2 还没"),
    ("第二个报了", 2, "2 报了"),
    ("一报了,二没报", 2, "1 报了\n2 没报"),
    ("1、3报了,2下周三", 3, "1 报了\n2 下周三\n3 报了"),
    ("1报了2没报", 2, "1 报了\n2 没报"),
    ("前两个报了,最后一个没报", 3, "1 报了\n2 报了\n3 没报"),
    ("后2项改到25日", 3, "2 改到25日\n3 改到25日"),
    ("1已报,其他的明天", 3, "1 已报\n2 明天\n3 明天"),
    ("1:已报;2:延到25号", 2, "1 已报\n2 延到25号"),
    ("1报了 3报了", 2, None),
)
UNCHANGED = (
    ("1-4都报了", 3),  # there are no four
    ("10-15报了", 3),  # a day
    ("10月15日报", 2),
    ("1号报", 2),
    ("2家没报", 3),
    ("一直没报", 2),
    ("一会儿报", 2),
    ("三季度报了", 4),
    ("前两天报了", 3),
    ("其他的报了", 3),  # than which?
    ("前三个报了", 2),
    ("都报了", 2),
    ("我看1报了", 2),
    ("1报了1没报", 2),
    ("1报了", 1),  # one item needs no numbers
    ("", 3),
)


@pytest.mark.parametrize(("text", "count", "lines"), WRITTEN)
def test_numbers_are_written_out(text, count, lines):
    assert numbering.written_out(text, count) == (text if lines is None else lines)


@pytest.mark.parametrize(("text", "count"), UNCHANGED)
def test_what_is_no_answer_by_number_stays_as_it_is(text, count):
    assert numbering.written_out(text, count) == text


def test_a_long_text_takes_no_time():
    assert numbering.written_out("1报了2" * 3000, 9) == "1报了2" * 3000

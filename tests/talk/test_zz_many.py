"""Properties over conversations: nothing is closed without a sure word, and 撤回 restores exactly what stood before."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import Office, at

from bot.domain import replies
from bot.domain.status import TaskState
from bot.domain.words import CLOSED, Intent
from bot.domain.workdays import WorkCalendar

LIST, Q3 = ("榆树市", "once"), ("榆树市", "2018Q3")
SAYINGS = (
    "已报", "报了", "收到", "正在统计", "后天报", "10月30日报", "能不能宽限到下周五", "零报告", "这块不归我管", "企业联系不上，报不了", "名单报了",
    "三季度还没", "1报了 2延到25日", "两项都报了", "名单报了，季报下周三", "1", "2", "说错了，还没报", "撤回", "以后找李四", "发哪个邮箱", "已报，百强3户",
)  # fmt: skip
FRAGMENTS = (
    "报",
    "已",
    "了",
    "没",
    "不",
    "明天",
    "1",
    "2",
    "，",
    "。",
    "\n",
    "榆树",
    "农安",
    "名单",
    "三季度",
    "都",
    "吗",
    "要是",
    "> ",
    "<b>",
    "'",
    "👌",
    "收到",
)
WORDS = st.one_of(st.sampled_from(SAYINGS), st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join), st.text(max_size=20))
CLAIMS = (Intent.DONE, Intent.ZERO_REPORT)
CALENDAR = WorkCalendar()

few = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def new_office(sqlite_template: Path, tmp_path: Path, make_store) -> Callable[[], Office]:
    """Another office at every call."""
    numbers = count()

    def make() -> Office:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        return Office(make_store(f"sqlite:///{path}")).open()

    return make


def states(office: Office) -> list[TaskState]:
    return [task.state for task in office.every_task()]


def claimed(text: str, when: str) -> bool:
    """Whether the reader is sure that something was handed in, or that there is nothing to hand in."""
    reading = replies.read(text, at(when), CALENDAR)
    return not reading.unsure and any(said.intent in CLAIMS for said in (reading, *reading.parts))


@few
@given(words=st.lists(WORDS.filter(lambda text: not text.strip().isdigit()), min_size=1, max_size=4), both=st.booleans())
def test_nothing_is_closed_unless_the_reader_is_surely_told_so(new_office, words, both):
    office = new_office()
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", *([LIST, Q3] if both else [Q3]))
    for minute, text in enumerate(words):
        when = f"10-16 09:{20 + minute}"
        before = {task.id for task in office.every_task() if task.closed}
        office.say(person, text, when)
        closed = {task.id for task in office.every_task() if task.closed}
        assert not closed - before or claimed(text, when)


@few
@given(words=st.lists(st.sampled_from(SAYINGS), max_size=3), last=st.sampled_from(SAYINGS))
def test_undo_restores_exactly_what_stood_before(new_office, words, last):
    office = new_office()
    person = office.person("榆树市", "农安县")
    office.letter(person, "10-16 09:10", LIST, Q3)
    for minute, text in enumerate(words):
        office.say(person, text, f"10-16 09:{20 + minute}")
    before = states(office)
    (*_, answer) = office.say(person, last, "10-16 10:00") or [None]
    if answer is not None and "回复“撤回”" in answer.text:
        assert states(office) != before
        office.say(person, "撤回", "10-17 09:59")
        assert states(office) == before


@few
@given(words=st.lists(st.sampled_from(SAYINGS), min_size=1, max_size=5))
def test_every_change_is_restated_exactly_once_and_the_books_agree(new_office, words):
    office = new_office()
    person = office.person("榆树市")
    office.letter(person, "10-16 09:10", LIST, Q3)
    for minute, text in enumerate(words):
        before = states(office)
        answers = office.say(person, text, f"10-16 09:{20 + minute}")
        assert len(answers) <= 1
        changed = states(office) != before
        assert changed == (bool(answers) and answers[0].text.startswith("已记录")) or text == "已报，百强3户"
    with office.store.read() as tx:
        assert list(tx.tasks.recompute()) == []
        assert all((task.state.status in CLOSED) == task.closed for task in office.every_task())

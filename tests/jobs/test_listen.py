"""What has arrived is heard by the clock: everything that waits, the oldest first, safe to run twice and late."""

from collections import Counter

import pytest
from bureau import CHANNELS, Bureau, at

from bot.domain.inbound import Inbound
from bot.domain.words import Status
from bot.store.inbox import InboxState
from jobs import listen

NOW = at("2018-10-16 10:00")


@pytest.fixture
def bureau(sqlite_store) -> Bureau:
    return Bureau(sqlite_store)


def arrives(bureau: Bureau, sender: str, text: str, when: str = "2018-10-16 09:20") -> None:
    with bureau.store.begin() as tx:
        number = len(tx.inbox.list()) + 1
        tx.inbox.keep(Inbound("wecom_app", f"m{number}", sender, at(when), text, text.encode()), NOW)


def test_an_empty_inbox_is_nothing_to_do(bureau):
    assert listen.run(NOW, bureau.store, CHANNELS, bureau.calendar) == Counter()


def test_everything_that_waits_is_heard_once_and_counted_by_what_became_of_it(bureau):
    unit = bureau.unit("榆树市")
    person = bureau.person(unit)
    bureau.duty([unit])
    bureau.due(NOW)
    for sender, text in ((f"zs{person}", "正在统计"), (f"zs{person}", "已报"), ("nobody", "已报"), (f"zs{person}", "自动回复：休假")):
        arrives(bureau, sender, text)
    heard = listen.run(NOW, bureau.store, CHANNELS, bureau.calendar)
    assert heard == {InboxState.READ: 2, InboxState.STRANGER: 1, InboxState.IGNORED: 1}
    assert bureau.task(unit).status is Status.REPORTED
    assert listen.run(NOW, bureau.store, CHANNELS, bureau.calendar) == Counter()


def test_what_was_said_in_time_and_heard_after_a_week_of_darkness_was_in_time(bureau):
    unit = bureau.unit("榆树市")
    person = bureau.person(unit)
    bureau.duty([unit])
    bureau.due(NOW)
    arrives(bureau, f"zs{person}", "已报", "2018-10-19 16:00")
    listen.run(at("2018-10-30 09:00"), bureau.store, CHANNELS, bureau.calendar)
    assert bureau.task(unit).state.reported_at == at("2018-10-19 16:00")

"""What arrives is kept raw, once, in order, and says what became of it."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.inbound import Inbound
from bot.domain.words import Intent
from bot.store import Store, chain
from bot.store.inbox import InboxState, Reply

NOW = datetime(2018, 9, 25, 2, 0, 7, tzinfo=UTC)


def _said(number: int = 1, text: str = "已报", channel: str = "wecom_app") -> Inbound:
    return Inbound(channel, f"id-{number}", "zhangsan", NOW, text, f"<xml>{number}</xml>".encode(), "群", "https://127.0.0.1/s")


def test_an_inbound_comes_back_as_it_went_in(store):
    with store.begin() as tx:
        number = tx.inbox.keep(_said(), NOW + timedelta(seconds=2))
    with store.read() as tx:
        received = tx.inbox.get(number)
    assert received.inbound == Inbound("wecom_app", "id-1", "zhangsan", NOW, "已报", b"<xml>1</xml>", "群", "https://127.0.0.1/s", number)
    assert (received.received_at, received.state, received.person_id) == (NOW + timedelta(seconds=2), InboxState.NEW, None)


def test_the_same_message_five_times_is_one(store):
    with store.begin() as tx:
        kept = [tx.inbox.keep(_said(), NOW) for _ in range(5)]
        other = tx.inbox.keep(_said(channel="mail"), NOW)
        assert len(tx.inbox.unread(10)) == 2
    assert kept == [1, None, None, None, None]
    assert other == 2


def test_a_group_is_kept_in_order_and_of_equal_ones_the_first(store):
    with store.begin() as tx:
        tx.inbox.keep(_said(1), NOW)
    with store.begin() as tx:
        group = [_said(2, "甲"), _said(1), _said(3), _said(2, "乙"), _said(1, channel="mail")]
        assert tx.inbox.keep_all(group, NOW) == [2, None, 3, None, 4]
        assert tx.inbox.keep_all(group, NOW) == [None] * 5
        assert tx.inbox.keep_all([], NOW) == []
    with store.read() as tx:
        assert [(m.channel, m.platform_id, m.text) for m in tx.inbox.unread(10)] == [
            ("wecom_app", "id-1", "已报"),
            ("wecom_app", "id-2", "甲"),
            ("wecom_app", "id-3", "已报"),
            ("mail", "id-1", "已报"),
        ]
        assert chain.verify_all(tx.connection) == []


def test_the_same_message_on_several_threads_at_once_is_one(store):
    kept = []

    def keep():
        with store.begin() as tx:
            kept.append(tx.inbox.keep(_said(), NOW))

    threads = [threading.Thread(target=keep) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept, key=str) == [1, None, None, None, None]


def test_what_is_unread_comes_oldest_first_and_once_settled_no_more(store):
    with store.begin() as tx:
        person = tx.people.put("张三")
        for number in range(3):
            tx.inbox.keep(_said(number), NOW)
        assert [message.platform_id for message in tx.inbox.unread(2)] == ["id-0", "id-1"]
        reply = Reply(Intent.PROMISE, day=date(2018, 9, 27), counts={"百强": 3}, reasons=("后天",))
        tx.inbox.settle(1, InboxState.READ, NOW, person, [reply])
        tx.inbox.settle(2, InboxState.TROUBLE, NOW, trouble="x" * 400)
        assert [message.platform_id for message in tx.inbox.unread(9)] == ["id-2"]
        assert tx.inbox.replies(1) == [reply]
        assert [received.inbound.id for received in tx.inbox.list(person_id=person)] == [1]
        assert [received.inbound.id for received in tx.inbox.list(state=InboxState.TROUBLE)] == [2]
        assert [received.inbound.id for received in tx.inbox.list(limit=2)] == [3, 2]
        assert [received.inbound.id for received in tx.inbox.list(before=2)] == [1]
        with pytest.raises(LookupError):
            tx.inbox.get(9)


def test_reading_an_inbound_leaves_its_chain_whole(store):
    with store.begin() as tx:
        tx.inbox.keep(_said(), NOW)
        tx.inbox.settle(1, InboxState.READ, NOW, tx.people.put("张三"))
        assert chain.verify_all(tx.connection) == []


def test_a_platform_id_longer_than_the_column_is_still_a_key(store):
    long = Inbound("mail", "<" + "a" * 900 + "@example.com>", "a@example.com", NOW, "", b"")
    with store.begin() as tx:
        assert [tx.inbox.keep(long, NOW), tx.inbox.keep(long, NOW)] == [1, None]


@settings(deadline=None)
@given(words=st.text(alphabet=st.characters(), max_size=40), key=st.text(min_size=1, max_size=300))
def test_any_text_can_be_kept_and_keeps_the_chain(shared_store: Store, words: str, key: str):
    with shared_store.begin() as tx:
        tx.inbox.keep(Inbound("mail", key, words, NOW, words, words.encode("utf-8", "surrogatepass"), words, words), NOW)
        assert tx.inbox.keep(Inbound("mail", key, words, NOW, words, b""), NOW) is None
        assert chain.verify_all(tx.connection, ["inbound"]) == []
        tx.connection.rollback()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_store(request, tmp_path_factory):
    """One store for all examples; each example takes back what it wrote."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('inbox')}/cuibao.db"
    else:
        url = request.getfixturevalue("postgres").url.render_as_string(hide_password=False)
    store = Store(url, durable=False)
    store.migrate()
    yield store
    store.close()

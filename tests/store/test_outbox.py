"""What goes out, to whom, when, and how far it has come."""

from datetime import timedelta

import pytest
from post import BUDGETS, LEASE, NOW

from bot.domain.cards import Card, Tap
from bot.domain.deliveries import Handed
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft, FileRef, Rendered
from bot.domain.words import MessageKind, MessageState
from bot.store import NoAddress
from bot.store.letters import Frozen

MAIL, APP = ("mail", "zhang@example.com"), ("wecom_app", "zhangsan")


def test_a_message_goes_to_the_first_good_address_of_an_enabled_channel(post):
    person = post.person(("dingtalk_app", "zs"), MAIL, APP)
    message = post.get(post.put(person, "a"))
    assert (message.channel, message.address, message.robot) == ("mail", "zhang@example.com", "mail")


def test_a_group_chat_has_a_budget_of_its_own(post):
    group = post.person(("wecom_robot", "省中心群"), kind="group", name="省中心群")
    assert post.get(post.put(group, "a")).robot == "wecom_robot:省中心群"


def test_a_bad_address_is_passed_over(post):
    person = post.person(MAIL, APP)
    with post.store.begin() as tx:
        tx.people.mark_bad("mail", "zhang@example.com", NOW, "550")
    assert post.get(post.put(person, "a")).channel == "wecom_app"


def test_nobody_reachable_is_an_error_with_the_person_in_it(post):
    person = post.person(("dingtalk_app", "zs"))
    with pytest.raises(NoAddress) as caught:
        post.put(person, "a")
    assert caught.value.person_id == person


def test_a_second_message_with_the_same_key_is_not_put_even_if_nobody_is_reachable_any_more(post):
    person = post.person(MAIL)
    assert post.put(person, "a") is not None
    assert post.put(person, "a") is None
    with post.store.begin() as tx:
        tx.people.mark_bad("mail", "zhang@example.com", NOW, "550")
    assert post.put(person, "a") is None


def test_an_answer_goes_back_the_way_the_question_came(post):
    person = post.person(MAIL, ("dingtalk_app", "zs"))
    with post.store.begin() as tx:
        inbound = tx.inbox.keep(Inbound("wecom_app", "1", "someone-else", NOW, "已报", b"{}"), NOW)
        session = tx.inbox.keep(Inbound("wecom_app", "2", "zs", NOW, "已报", b"{}", answer_to="https://127.0.0.1/s"), NOW)
    first, second = post.get(post.put(person, "a", reply_to=inbound)), post.get(post.put(None, "b", reply_to=session))
    assert (first.channel, first.address) == ("wecom_app", "someone-else")
    assert (second.person_id, second.channel, second.address) == (None, "wecom_app", "https://127.0.0.1/s")


def test_an_answer_to_a_channel_that_is_off_goes_to_the_best_address(post):
    person = post.person(MAIL)
    with post.store.begin() as tx:
        inbound = tx.inbox.keep(Inbound("dingtalk_app", "1", "zs", NOW, "已报", b"{}"), NOW)
    assert post.get(post.put(person, "a", reply_to=inbound)).channel == "mail"
    with pytest.raises(NoAddress):
        post.put(None, "b", reply_to=inbound)


def test_messages_to_one_person_on_one_channel_hang_on_the_first(post):
    person = post.person(MAIL)
    post.put(person, "first")
    post.put(person, "second")
    assert [message.thread for message in post.claim()] == ["", "first"]


def test_only_what_is_due_is_claimed_answers_first_then_by_time(post):
    person = post.person(MAIL)
    post.put(person, "later", not_before=NOW + timedelta(seconds=1))
    post.put(person, "second", not_before=NOW)
    post.put(person, "first", not_before=NOW - timedelta(hours=1))
    post.put(person, "answer", not_before=NOW, priority=0)
    assert [message.dedupe for message in post.claim()] == ["answer", "first", "second"]
    assert post.claim() == []


def test_a_priority_that_no_claim_looks_for_is_refused(post):
    person = post.person(MAIL)
    for priority in (-1, 10):
        with pytest.raises(ValueError, match="priority"):
            post.put(person, "a", priority=priority)
    for priority in range(10):
        post.put(person, f"m{priority}", priority=9 - priority)
    assert [message.dedupe for message in post.claim()] == [f"m{9 - priority}" for priority in range(10)]


def test_a_claim_does_not_walk_over_what_waits_for_tomorrow(sqlite_url, make_store):
    """SQLite must find the due ones by the index: no sorting, and no reading of rows that are not due."""
    plans = []
    store = make_store(sqlite_url, watch=plans.append)
    with store.begin() as tx:
        tx.robots.ensure("mail", "mail")
        person = tx.people.put("张三")
        tx.people.add_address(person, *MAIL, 0)
        tx.outbox.put(Draft(MessageKind.REMINDER, person, "a", NOW, "T-3"), ["mail"], NOW)
        assert len(tx.outbox.claim(NOW, "me", LEASE, BUDGETS, 5)) == 1
    (probe,) = [statement for statement in plans if "json_group_array" in statement]
    with store.read() as tx:
        steps = [row[3] for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {probe}", ("x",) * probe.count("?"))]
    assert any("ix_message_open (robot=? AND priority=? AND not_before<?)" in step for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


def test_a_claim_marks_owner_attempt_and_lease(post):
    post.put(post.person(MAIL), "a")
    (message,) = post.claim(owner="me")
    assert (message.owner, message.attempt, message.leased_until) == ("me", 1, NOW + LEASE)
    assert post.get(message.id).state is MessageState.SENDING


def test_a_channel_that_is_off_is_left_alone(post):
    post.put(post.person(MAIL), "a")
    assert post.claim(budgets={"wecom_app": 0}) == []
    assert post.claim(budgets={}) == []


def test_a_paused_robot_sends_nothing_until_it_is_resumed(post):
    post.put(post.person(MAIL), "a")
    with post.store.begin() as tx:
        tx.robots.pause("mail", "password changed")
    assert post.claim() == []
    with post.store.begin() as tx:
        assert tx.outbox.next_wake(NOW, BUDGETS) is None
        tx.robots.resume("mail")
    assert len(post.claim()) == 1


def test_a_budget_is_kept_in_every_sixty_seconds_whatever_the_order_of_claims(post):
    group = post.person(("wecom_robot", "g"), kind="group")
    for number in range(30):
        post.put(group, f"m{number}")
    budgets = {"wecom_robot": 5}
    sent = []
    for second in range(0, 200, 7):
        now = NOW + timedelta(seconds=second)
        for message in post.claim(now, budgets=budgets, limit=3):
            post.settle(message, Handed.SENT, now)
            sent.append(second)
    assert len(sent) == 20
    assert max(sum(1 for other in sent if start <= other < start + 60) for start in sent) == 5


def test_what_is_on_its_way_counts_against_the_budget(post):
    group = post.person(("wecom_robot", "g"), kind="group")
    for number in range(30):
        post.put(group, f"m{number}")
    assert len(post.claim(owner="me")) == 20
    assert post.claim(owner="other") == []
    assert post.claim(NOW + timedelta(minutes=5), owner="other") == []


def test_the_wake_up_call_comes_when_the_used_up_minute_ends(post):
    group = post.person(("wecom_robot", "g"), kind="group")
    for number in range(25):
        post.put(group, f"m{number}")
    for message in post.claim():
        post.settle(message, Handed.SENT)
    with post.store.read() as tx:
        assert tx.outbox.next_wake(NOW, BUDGETS) == NOW + timedelta(seconds=60)
        assert tx.outbox.next_wake(NOW) == NOW
    assert post.claim(NOW + timedelta(seconds=59)) == []
    assert len(post.claim(NOW + timedelta(seconds=60))) == 5


def test_the_wake_up_call_is_the_first_planned_instant(post):
    person = post.person(MAIL)
    with post.store.read() as tx:
        assert tx.outbox.next_wake(NOW, BUDGETS) is None
    post.put(person, "a", not_before=NOW + timedelta(hours=3))
    post.put(person, "b", not_before=NOW + timedelta(hours=2))
    with post.store.read() as tx:
        assert tx.outbox.next_wake(NOW, BUDGETS) == NOW + timedelta(hours=2)
        assert tx.outbox.oldest(NOW) is None
        assert tx.outbox.oldest(NOW + timedelta(hours=2)) == NOW + timedelta(hours=2)


def test_a_clock_set_back_by_a_month_blocks_nobody_for_a_month(post):
    group = post.person(("wecom_robot", "g"), kind="group")
    for number in range(40):
        post.put(group, f"m{number}", now=NOW - timedelta(days=30))
    for message in post.claim():
        post.settle(message, Handed.SENT)
    with post.store.begin() as tx:
        tx.robots.block("wecom_robot:g", NOW, NOW + timedelta(minutes=1))
    assert len(post.claim(NOW - timedelta(days=30))) == 20


def test_a_penalty_until_next_month_holds_and_wakes_at_its_end(post):
    group = post.person(("wecom_robot", "g"), kind="group")
    post.put(group, "m")
    end = NOW + timedelta(days=20)
    with post.store.begin() as tx:
        tx.robots.block("wecom_robot:g", NOW, end)
    assert post.claim(end - timedelta(seconds=1)) == []
    with post.store.read() as tx:
        assert tx.outbox.next_wake(NOW, BUDGETS) == end
    assert len(post.claim(end)) == 1


def test_a_claimed_message_that_may_not_go_yet_waits_and_is_nobodys(post):
    first, second = (post.put(post.person(MAIL), key) for key in ("a", "b"))
    assert [message.id for message in post.claim()] == [first, second]
    later = NOW + timedelta(hours=15)
    with post.store.begin() as tx:
        tx.outbox.postpone([(first, later, "outside the sending hours")])
        assert tx.outbox.recover(later, lambda owner: False).retried == 1
        assert tx.outbox.deliveries(first) == []
    row = post.get(first)
    assert (row.state, row.not_before, row.failures, row.doubts) == (MessageState.PENDING, later, 0, 0)
    assert first in [message.id for message in post.claim(later)]


def test_every_robot_is_served_although_one_owes_far_more(post):
    busy = post.person(("wecom_robot", "busy"), kind="group")
    for number in range(200):
        post.put(busy, f"busy{number}", not_before=NOW - timedelta(hours=2))
    for number in range(9):
        post.put(post.person(("wecom_robot", f"g{number}"), kind="group"), f"one{number}")
    robots = {message.robot for message in post.claim(limit=10)}
    assert len(robots) == 10


def test_robots_take_turns_when_there_are_more_of_them_than_room(post):
    groups = [post.person(("wecom_robot", f"g{number}"), kind="group") for number in range(6)]
    for number, group in enumerate(groups):
        post.put(group, f"a{number}")
        post.put(group, f"b{number}")
    first, second = post.claim(limit=3), post.claim(limit=3)
    assert {message.robot for message in first}.isdisjoint(message.robot for message in second)
    for message in (*first, *second):
        post.settle(message, Handed.SENT)
    assert len({message.robot for message in post.claim(limit=6)}) == 6


def test_an_account_without_a_limit_has_no_more_in_hand_than_a_crash_may_leave_in_doubt(post):
    person = post.person(MAIL)
    for number in range(200):
        post.put(person, f"m{number}")
    assert len(post.claim(limit=500)) == 128
    assert post.claim(limit=500) == []
    assert len(post.claim(limit=500, owner="other")) == 72


def test_a_sent_message_is_over(post):
    post.put(post.person(MAIL), "a")
    (message,) = post.claim()
    post.freeze(message.id, "您好")
    settled = post.settle(message, Handed.SENT, platform_id="<1@example.com>", code="250")
    done = post.get(message.id)
    assert (settled.sent, done.state, done.sent_at, done.words[0].body) == (1, MessageState.SENT, NOW, "您好")
    with post.store.read() as tx:
        (delivery,) = tx.outbox.deliveries(message.id)
        assert (delivery.outcome, delivery.code, delivery.platform_id, delivery.at) == ("sent", "250", "<1@example.com>", NOW)
        assert tx.outbox.counts()[MessageState.SENT] == 1
        assert tx.robots.calls(NOW - timedelta(days=1), NOW) == {"mail": 1}


def test_parts_go_one_after_the_other_and_each_has_its_key(post):
    person = post.person(MAIL)
    post.put(person, "a")
    post.put(person, "b")
    sent = []
    for _ in range(4):
        for message in post.claim(limit=1):
            if message.dedupe == "a" and message.words is None:
                post.freeze(message.id, "一", "二", "三")
            sent.append(message.key)
            post.settle(message, Handed.SENT)
    assert sent == ["a", "a#2", "a#3", "b"]
    with post.store.read() as tx:
        assert [message.state for message in tx.outbox.list()] == [MessageState.SENT, MessageState.SENT]


CARD = Card(
    "三季度台账", (("截止", "10月19日"),), "点一次即可", (Tap("全部", "全部"),), (Tap("已报", "已报", "task:7"),), "https://example.com/t"
)


@pytest.mark.parametrize(
    "words",
    [
        (Rendered("题", "正文", "<p>正文</p>", ("zs",), 1, 2), Rendered("题", "续", None, (), 2, 2)),
        (Rendered("题", "正文", format="card", card=CARD, files=(FileRef("未报名单.xlsx", "application/zip", "0" * 64),)),),
    ],
    ids=["parts", "card"],
)
def test_frozen_words_come_back_as_they_went_in(post, words):
    post.put(post.person(MAIL), "a")
    (message,) = post.claim()
    with post.store.begin() as tx:
        tx.outbox.freeze([Frozen(message.id, words, ((7, "T-3"),))])
    post.settle(message, Handed.UNKNOWN)
    (again,) = post.claim(NOW + timedelta(hours=1))
    assert (again.words, again.said) == (words, ((7, "T-3"),))


def test_dropping_keeps_the_reason_and_a_sent_message_cannot_be_dropped(post):
    person = post.person(MAIL)
    first, second = post.put(person, "a"), post.put(person, "b")
    (claimed, _) = post.claim(limit=2)
    post.settle(claimed, Handed.SENT)
    with post.store.begin() as tx:
        assert tx.outbox.drop(second, "已报") is True
        assert tx.outbox.drop(second, "已报") is False
        assert tx.outbox.drop(first, "已报") is False
    assert (post.get(second).state, post.get(second).last_detail) == (MessageState.SUPERSEDED, "已报")


def test_messages_are_listed_page_by_page_newest_first(post):
    zhang, li = post.person(MAIL), post.person(("mail", "li@example.com"), name="李四")
    ids = [post.put(person, f"{person}-{number}") for number in range(3) for person in (zhang, li)]
    with post.store.read() as tx:
        page = tx.outbox.list(limit=4)
        assert [message.id for message in page] == sorted(ids, reverse=True)[:4]
        assert [message.id for message in tx.outbox.list(limit=4, before=page[-1].id)] == sorted(ids, reverse=True)[4:]
        assert {message.person_id for message in tx.outbox.list(person_id=li)} == {li}
        assert len(tx.outbox.list(state=MessageState.PENDING)) == 6
        assert tx.outbox.list(state=MessageState.DEAD) == []
        with pytest.raises(LookupError):
            tx.outbox.get(99)


def test_counts_say_how_many_stand_where(post):
    person = post.person(MAIL)
    for number in range(7):
        post.put(person, f"m{number}")
    for message, handed in zip(post.claim(limit=4), (Handed.SENT, Handed.CONTENT_BAD, Handed.TRANSIENT), strict=False):
        post.settle(message, handed)
    with post.store.read() as tx:
        counts = tx.outbox.counts()
    wanted = {"pending": 3, "sending": 1, "sent": 1, "retry": 1, "dead": 1, "unknown": 0, "superseded": 0}
    assert {state.value: count for state, count in counts.items()} == wanted

"""A platform's monthly wall is spoken of before it is hit: once for each step and month, in calls as the platform counts them."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bureau import Bureau, at

from bot.channels.base import Limits
from bot.domain.deliveries import Handed, Outcome
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft
from bot.domain.words import MessageKind, Role
from bot.store import Store
from jobs import alert, quota

NOW = at("2018-10-12 10:07")
LEASE = timedelta(minutes=10)


def ways(wall: int) -> dict[str, Any]:
    limits = Limits(4000, 0, timedelta(0), "text", group=False, per_month=wall)
    unlimited = Limits(4000, 0, timedelta(0), "text", group=False)
    return {"dingtalk_robot": SimpleNamespace(limits=limits), "mail": SimpleNamespace(limits=unlimited)}


@pytest.fixture
def bureau(store: Store) -> Bureau:
    return Bureau(store, ("dingtalk_robot", "mail"))


def sent(bureau: Bureau, count: int, handed: Handed = Handed.SENT, call: str = "", when: datetime = NOW) -> None:
    """So many messages into a group, settled in this way."""
    with bureau.store.begin() as tx:
        group = tx.people.put(f"群{handed}{call}{when}{count}", kind="group")
        tx.people.add_address(group, "dingtalk_robot", f"g{group}", 0)
        for number in range(count):
            tx.outbox.put(Draft(MessageKind.GROUP_NOTICE, group, f"{group}:{number}", when, "test"), ("dingtalk_robot",), when)
        claimed = tx.outbox.claim(when, "me", LEASE, {"dingtalk_robot": 0}, count)
        outcomes = [Outcome(each.id, "me", each.attempt, when, handed, platform_id=call) for each in claimed]
        tx.outbox.settle(outcomes, when, {}, ("dingtalk_robot",))


def told(store: Store) -> list[tuple[str, dict[str, Any]]]:
    with store.read() as tx:
        return [(entry.about, dict(entry.after)) for entry in reversed(tx.audit.list()) if entry.act == "quota.near"]


def test_at_four_fifths_administrators_are_told_once_and_again_when_it_is_nearly_gone(bureau: Bureau) -> None:
    sent(bureau, 8)
    assert quota.run(NOW, bureau.store, ways(10)) == quota.Counted(1, 1)
    assert quota.run(NOW, bureau.store, ways(10)) == quota.Counted(1, 0)
    sent(bureau, 2)
    assert quota.run(NOW, bureau.store, ways(10)) == quota.Counted(1, 1)
    assert told(bureau.store) == [
        ("quota:dingtalk_robot", {"code": "8", "detail": "10", "until": "2018-10-15"}),
        ("quota:dingtalk_robot", {"code": "10", "detail": "10", "until": "2018-10-12"}),
    ]


def test_a_new_month_begins_at_nothing(bureau: Bureau) -> None:
    sent(bureau, 8, when=NOW - timedelta(days=20))
    assert quota.run(NOW, bureau.store, ways(10)) == quota.Counted(1, 0)


def test_messages_that_shared_a_call_count_once_and_what_was_held_back_not_at_all(bureau: Bureau) -> None:
    sent(bureau, 20, call="pq-1")
    sent(bureau, 3)
    sent(bureau, 1, Handed.THROTTLED)
    with bureau.store.read() as tx:
        assert tx.robots.calls(NOW - timedelta(days=1), NOW) == {"dingtalk_robot": 4}


def test_what_was_pushed_to_us_counts_too(bureau: Bureau) -> None:
    with bureau.store.begin() as tx:
        for number in range(8):
            tx.inbox.keep(Inbound("dingtalk_app", f"m{number}", "u1", NOW, "已报", b""), NOW)
    assert quota.run(NOW, bureau.store, ways(10)).told == 1


def test_without_a_wall_nothing_is_counted(bureau: Bureau) -> None:
    assert quota.run(NOW, bureau.store, ways(0)) == quota.Counted()


def test_the_administrator_reads_how_much_is_used_and_until_when_it_lasts(bureau: Bureau) -> None:
    admin = bureau.person(bureau.unit("220000"), Role.ADMIN, ("mail", "zhang@example.com"))
    sent(bureau, 8)
    quota.run(NOW, bureau.store, ways(10))
    assert alert.run(NOW, bureau.store, ("mail",)) == alert.Alerted(1, 1)
    with bureau.store.begin() as tx:
        [claimed] = tx.outbox.claim(NOW, "me", LEASE, {"mail": 0}, 9)
    assert claimed.person_id == admin
    [fact] = claimed.view["alerts"]
    assert (fact["act"], fact["about"], fact["code"], fact["detail"], fact["until"]) == (
        "quota.near",
        "dingtalk_robot",
        "8",
        "10",
        "2018-10-15",
    )

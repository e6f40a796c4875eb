"""What went wrong reaches the administrators: once, together, and never as a flood."""

from datetime import timedelta

import pytest
from bureau import Bureau, at

from bot.domain.messages import Draft
from bot.domain.words import MessageKind, Role
from jobs import alert

NOW = at("2018-10-12 10:07")
CHANNELS = ("mail", "wecom_app")


@pytest.fixture
def admin(store) -> int:
    bureau = Bureau(store)
    return bureau.person(bureau.unit("220000"), Role.ADMIN, ("mail", "zhang@example.com"))


def fact(store, act: str = "robot.paused", about: str = "robot:mail", when=NOW, **after: str) -> int:
    with store.begin() as tx:
        return tx.audit.write("system", act, when, about=about, after=after)


def alerts(store, person: int):
    with store.read() as tx:
        return [message for message in tx.outbox.list(person_id=person) if message.kind is MessageKind.ADMIN_ALERT]


def view(store, person: int):
    with store.begin() as tx:
        return [claimed.view for claimed in tx.outbox.claim(NOW, "me", timedelta(minutes=1), {"mail": 0}, 9) if claimed.person_id == person]


def test_what_went_wrong_is_told_once_and_together(store, admin):
    fact(store, code="535", detail="bad password")
    fact(store, "address.bad", f"person:{admin}", code="550")
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted(2, 1)
    assert alert.run(NOW + alert.PACE, store, CHANNELS) == alert.Alerted()
    [told] = view(store, admin)
    assert [(each["act"], each["about"], each["code"]) for each in told["alerts"]] == [
        ("robot.paused", "mail", "535"),
        ("address.bad", "张三", "550"),
    ]


def test_what_happens_within_the_hour_waits_for_the_next_message(store, admin):
    fact(store)
    alert.run(NOW, store, CHANNELS)
    fact(store, "listener.paused", "listener:mail:bot@example.com")
    assert alert.run(NOW + alert.PACE / 2, store, CHANNELS) == alert.Alerted()
    assert alert.run(NOW + alert.PACE, store, CHANNELS) == alert.Alerted(1, 1)
    assert len(alerts(store, admin)) == 2


def test_without_anybody_to_tell_nothing_is_forgotten(store):
    fact(store)
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted()
    bureau = Bureau(store)
    unit = bureau.unit("220000")
    admin = bureau.person(unit, Role.ADMIN, ("dingtalk_app", "zs"))
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted()  # there is no way to reach them yet
    with store.begin() as tx:
        tx.people.add_address(admin, "mail", "zhang@example.com", 1)
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted(1, 1)


def test_an_alert_that_cannot_be_sent_is_not_the_next_alert(store, admin):
    with store.begin() as tx:
        own = tx.outbox.put(Draft(MessageKind.ADMIN_ALERT, admin, "alert:1", NOW, "", {"count": 1}), CHANNELS, NOW)
    fact(store, "message.dead", f"message:{own}")
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted()
    assert len(alerts(store, admin)) == 1
    fact(store)
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted(1, 1)


def test_a_flood_is_a_number(store, admin):
    for number in range(25):
        fact(store, about=f"robot:{number}")
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted(25, 1)
    [told] = view(store, admin)
    assert (len(told["alerts"]), told["count"], told["more"]) == (alert.MOST, 25, 5)


def test_the_administrator_of_a_region_is_not_told_of_the_installation(store):
    bureau = Bureau(store)
    bureau.unit("220000", level="province")
    bureau.person(bureau.unit("220100", "220000", level="prefecture"), Role.ADMIN, ("mail", "li@example.com"))
    fact(store)
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted()


def test_who_is_an_administrator_no_longer_is_told_nothing(store):
    bureau = Bureau(store)
    unit = bureau.unit("220000")
    former = bureau.person(unit, Role.ADMIN, ("mail", "li@example.com"))
    with store.begin() as tx:
        tx.people.assign(former, unit, Role.ADMIN, until=NOW.date())
    fact(store)
    assert alert.run(NOW, store, CHANNELS) == alert.Alerted()

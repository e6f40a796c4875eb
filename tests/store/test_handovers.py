"""Changes of contact that wait for an administrator."""

import pytest
from bureau import Bureau, at

from bot.domain.inbound import Inbound
from bot.store.handovers import Announced, HandoverState

NOW, LATER = at("2018-10-16 09:20"), at("2018-10-17 09:00")


@pytest.fixture
def bureau(store):
    return Bureau(store)


def announce(bureau: Bureau, person: int, *units: int, name: str = "李四", number: str = "m1") -> list[int]:
    with bureau.store.begin() as tx:
        inbound = tx.inbox.keep(Inbound("wecom_app", number, "x", NOW, "以后找李四", b"x"), NOW)
        return tx.handovers.draft(Announced(person, units, inbound, name, "13800000001", "以后找李四" * 100), NOW)


def test_what_was_announced_waits_one_for_each_unit_with_its_words(bureau):
    first, second = bureau.unit("220100"), bureau.unit("220200", position=2)
    person = bureau.person(first)
    announce(bureau, person, first, second)
    with bureau.store.read() as tx:
        found = tx.handovers.open()
    assert [(each.unit_id, each.name, each.phone, each.state) for each in found] == [
        (first, "李四", "13800000001", HandoverState.OPEN),
        (second, "李四", "13800000001", HandoverState.OPEN),
    ]
    assert len(found[0].words) == 300


def test_a_second_announcement_replaces_the_first_for_the_same_unit(bureau):
    unit = bureau.unit("220100")
    person = bureau.person(unit)
    (first,) = announce(bureau, person, unit)
    (second,) = announce(bureau, person, unit, name="王五", number="m2")
    with bureau.store.read() as tx:
        assert [each.id for each in tx.handovers.open()] == [second]
        assert tx.handovers.get(first).state is HandoverState.REPLACED


def test_a_decision_is_made_once(bureau):
    unit = bureau.unit("220100")
    person = bureau.person(unit)
    (draft,) = announce(bureau, person, unit)
    with bureau.store.begin() as tx:
        assert tx.handovers.decide(draft, HandoverState.REFUSED, "admin:1", LATER, "查无此人")
        assert not tx.handovers.decide(draft, HandoverState.ACCEPTED, "admin:2", LATER, successor_id=person)
        found = tx.handovers.get(draft)
    assert (found.state, found.decided_by, found.decided_at, found.note) == (HandoverState.REFUSED, "admin:1", LATER, "查无此人")


def test_an_unknown_change_is_an_error(bureau):
    with bureau.store.read() as tx, pytest.raises(LookupError):
        tx.handovers.get(7)

"""Contacts, their posts and their addresses."""

from datetime import date

import pytest
from bureau import Bureau, at

from bot.domain.words import Role

NOW = at("2018-09-25 10:00")


@pytest.fixture
def bureau(store):
    return Bureau(store)


def test_a_person_has_posts_and_addresses_in_order_of_preference(bureau):
    unit = bureau.unit("220100")
    person_id = bureau.person(unit, Role.PRIMARY, ("wecom_app", "zs"), ("mail", " ZS@Example.com "))
    with bureau.store.read() as tx:
        person = tx.people.get(person_id)
    assert [(post.unit, post.role) for post in person.roles] == [("220100局", Role.PRIMARY)]
    assert [(address.channel, address.value) for address in person.addresses] == [("wecom_app", "zs"), ("mail", "zs@example.com")]


def test_a_member_who_speaks_to_the_smart_robot_is_known_by_the_address_in_the_application(bureau):
    person_id = bureau.person(bureau.unit("220100"), Role.PRIMARY, ("wecom_app", "zs"))
    with bureau.store.read() as tx:
        assert [tx.people.by_address(channel, "zs") for channel in ("wecom_bot", "dingtalk_app")] == [tx.people.get(person_id), None]


def test_the_best_address_is_the_first_good_one_on_a_channel_that_is_on(bureau):
    person_id = bureau.person(bureau.unit("220100"), Role.PRIMARY, ("wecom_app", "zs"), ("mail", "zs@example.com"))
    with bureau.store.begin() as tx:
        assert tx.people.best_address(person_id, {"mail", "wecom_app"}).value == "zs"
        assert tx.people.best_address(person_id, {"mail"}).value == "zs@example.com"
        tx.people.mark_bad("wecom_app", "zs", NOW, "60111 userid not found")
        assert tx.people.best_address(person_id, {"mail", "wecom_app"}).value == "zs@example.com"
        assert tx.people.best_address(person_id, {"wecom_app"}) is None
        assert tx.people.get(person_id).addresses[0].reason == "60111 userid not found"
        tx.people.add_address(person_id, "wecom_app", "zs", 0)
        assert tx.people.best_address(person_id, {"wecom_app"}).value == "zs"


def test_a_sender_is_found_by_address_whatever_the_case_of_a_mailbox(bureau):
    person_id = bureau.person(bureau.unit("220100"), Role.PRIMARY, ("wecom_app", "ZhangSan"), ("mail", "zs@example.com"))
    with bureau.store.begin() as tx:
        assert tx.people.by_address("mail", "ZS@example.COM").id == person_id
        assert tx.people.by_address("wecom_app", "zhangsan") is None
        tx.people.retire(person_id)
        assert tx.people.by_address("mail", "zs@example.com") is None
        assert tx.people.all() == []


def test_a_superior_is_the_primary_contact_of_the_unit_above(bureau):
    above = bureau.unit("220100")
    below = bureau.unit("220102", "220100")
    contact = bureau.person(above)
    bureau.person(below)
    with bureau.store.read() as tx:
        assert [person.id for person in tx.people.holders(below, Role.SUPERIOR)] == [contact]
        assert tx.people.holders(above, Role.SUPERIOR) == []


def test_a_post_has_its_days(bureau):
    unit = bureau.unit("220100")
    person_id = bureau.person(unit)
    with bureau.store.begin() as tx:
        tx.people.assign(person_id, unit, Role.PRIMARY, since=date(2018, 1, 1), until=date(2018, 10, 1))
        assert len(tx.people.holders(unit, Role.PRIMARY, date(2018, 9, 30))) == 1
        assert tx.people.holders(unit, Role.PRIMARY, date(2018, 10, 1)) == []
        assert len(tx.people.get(person_id).roles) == 1


def test_units_with_nobody_to_reach_are_reported_before_the_cycle_starts(bureau):
    reached, nobody, deaf, idle = (bureau.unit(code) for code in ("220100", "220200", "220300", "220400"))
    bureau.person(reached)
    bureau.person(deaf, Role.PRIMARY, ("mail", "deaf@example.com"))
    bureau.duty([reached, nobody, deaf])
    with bureau.store.begin() as tx:
        gaps = tx.people.unreachable_units({"wecom_app"}, date(2018, 9, 25))
        assert [gap.unit_id for gap in gaps] == [nobody, deaf]
        assert idle not in [gap.unit_id for gap in gaps]
        assert [gap.unit_id for gap in tx.people.unreachable_units({"wecom_app", "mail"}, date(2018, 9, 25))] == [nobody]
        leaders = tx.people.unreachable_units({"wecom_app", "mail"}, date(2018, 9, 25), [Role.LEADER])
        assert [gap.role for gap in leaders] == [Role.LEADER] * 3


def test_groups_are_told_apart_from_persons(bureau):
    unit = bureau.unit("220100")
    group = bureau.person(unit, Role.GROUP, ("wecom_robot", "changchun"), name="长春市工作群")
    bureau.person(unit)
    with bureau.store.read() as tx:
        assert [person.id for person in tx.people.all("group")] == [group]
        assert len(tx.people.all()) == 2
        with pytest.raises(LookupError):
            tx.people.get(99)

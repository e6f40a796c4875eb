"""The sample: Jilin's units on a day, and stand-in people."""

from collections import Counter
from datetime import date

import pytest

from bot.domain.words import Role
from bot.store import sample


@pytest.mark.parametrize(
    ("on", "counties"),
    [
        (date(2018, 9, 28), {"长春": 10, "吉林市": 9, "四平": 6, "辽源": 4, "通化市": 7, "白山": 6, "松原": 5, "白城": 5, "延边": 8}),
        (date(2026, 11, 23), {"长春": 11, "吉林市": 9, "四平": 5, "辽源": 4, "通化市": 7, "白山": 6, "松原": 5, "白城": 5, "延边": 8}),
    ],
)
def test_the_tree_of_the_day_is_complete(sqlite_store, on, counties):
    with sqlite_store.begin() as tx:
        loaded = sample.load(tx, on)
        units = {unit.id: unit for unit in tx.units.all(on)}
    levels = Counter(unit.level for unit in units.values())
    assert levels == {"province": 1, "prefecture": 9, "county": 60, "zone": 1}
    assert Counter(units[unit.parent_id].short_name for unit in units.values() if unit.level == "county") == counties
    assert len(loaded.owing) == 70


def test_every_unit_has_people_to_reach_by_two_ways_and_each_prefecture_a_group(store):
    with store.begin() as tx:
        loaded = sample.load(tx, date(2018, 9, 21))
        people = tx.people.all()
        gaps = tx.people.unreachable_units({"mail"}, date(2018, 9, 21))
    assert (loaded.people, loaded.groups, gaps) == (71 * 3, 9, [])
    assert all(person.sample for person in people)
    contacts = [person for person in people if any(post.role is Role.PRIMARY for post in person.roles)]
    assert Counter(person.addresses[0].channel for person in contacts) == {"wecom_app": 24, "dingtalk_app": 24, "mail": 23}
    assert all(person.addresses[-1].channel == "mail" for person in contacts)
    groups = [person for person in people if person.kind == "group"]
    assert {group.name for group in groups} >= {"长春市工作群", "延边朝鲜族自治州工作群"}
    assert sum(len(group.roles) for group in groups) == 69


def test_nobody_in_it_is_real(store):
    with store.begin() as tx:
        sample.load(tx, date(2018, 9, 21))
        people = tx.people.all("person")
    assert {person.name for person in people} == {"张三", "李四"}
    assert all(not person.phone or person.phone.startswith("138000") for person in people)
    mails = [address.value for person in people for address in person.addresses if address.channel == "mail"]
    assert all(mail.endswith("@example.com") for mail in mails)
    assert len(set(mails)) == len(people)


def test_the_same_arguments_give_the_same_sample_and_another_seed_other_channels(make_store, tmp_path):
    def load(name, seed):
        store = make_store(f"sqlite:///{tmp_path / name}.db")
        store.migrate()
        with store.begin() as tx:
            loaded = sample.load(tx, date(2018, 9, 21), seed)
            return loaded, [person.addresses for person in tx.people.all()]

    assert load("one", 0) == load("two", 0)
    assert load("three", 0) != load("four", 1)


def test_loading_again_leaves_the_people_alone(store):
    with store.begin() as tx:
        first = sample.load(tx, date(2018, 9, 21))
        assert sample.load(tx, date(2018, 9, 21)) == first
        assert tx.meta.get("sample") == "jilin 2018-09-21"


def test_a_county_that_moved_hangs_where_it_hung_on_the_day(store):
    with store.begin() as tx:
        sample.load(tx, date(2018, 9, 21))
        found = tx.units.find("gongzhuling")
        assert [unit.code for unit in found] == ["220381"]
        assert tx.units.get(found[0].parent_id).short_name == "四平"

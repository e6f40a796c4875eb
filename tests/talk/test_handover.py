"""A change of contact: announced, kept, accepted or refused by an administrator, and only then true."""

from datetime import date

from office import CHANNELS, Office, at, texts

from bot.domain.words import Role, Status
from bot.store.handovers import HandoverState
from bot.store.inbox import InboxState
from bot.talk import handover
from bot.talk.handover import Acceptance, Verdict

LIST, Q3, NONG_Q3 = ("榆树市", "once"), ("榆树市", "2018Q3"), ("农安县", "2018Q3")


def open_changes(office: Office):
    with office.store.read() as tx:
        return tx.handovers.open()


def announced(office: Office, *units: str, text: str = "以后找李四 13800000001") -> int:
    person = office.person(*units)
    office.say(person, text, "10-16 09:20")
    return person


def accept(office: Office, **changes: str) -> Verdict:
    (change, *_) = open_changes(office)
    with office.store.begin() as tx:
        return handover.accept(tx, Acceptance(change.id, "admin:1", **changes), at("10-17 10:00"), CHANNELS)


def contacts(office: Office, on: str = "10-17 10:00", unit: str = "榆树市") -> list[str]:
    with office.store.read() as tx:
        return [person.name for person in tx.people.holders(office.units[unit], Role.PRIMARY, at(on).date())]


def test_what_is_announced_is_kept_and_restated_and_changes_nothing(office_anywhere):
    office = office_anywhere
    person = office.person("榆树市")
    (answer,) = office.say(person, "以后找李四 13800000001", "10-16 09:20")
    (change,) = open_changes(office)
    assert (change.unit_id, change.name, change.phone, change.person_id) == (office.units["榆树市"], "李四", "13800000001", person)
    assert "榆树市经济局 → 李四 13800000001" in answer.text
    assert "仍按原来的联系人提醒" in answer.text
    assert contacts(office) == ["张三"]
    assert office.received()[0].state is InboxState.TROUBLE  # an administrator has to look


def test_it_needs_no_open_task_and_concerns_every_unit_of_the_contact(office):
    announced(office, "榆树市", "农安县")
    assert {change.unit_id for change in open_changes(office)} == set(office.units.values())


def test_with_a_number_it_concerns_that_unit_and_the_rest_is_recorded(office):
    person = office.person("榆树市", "农安县")
    office.letter(person, "10-16 09:10", LIST, Q3, NONG_Q3)
    answers = office.say(person, "1报了 2延到10月19日 3换李四", "10-16 09:20")
    assert [change.unit_id for change in open_changes(office)] == [office.units["农安县"]]
    assert (office.task(*LIST).status, office.task(*Q3).status) == (Status.REPORTED, Status.PROMISED)
    assert "换联系人一事已转管理员登记" in texts(answers)
    assert "其余内容" not in texts(answers)


def test_a_leader_who_names_somebody_hands_over_no_role_of_his(office):
    person = office.person("榆树市", role=Role.LEADER)
    office.say(person, "以后找李四 13800000001", "10-16 09:20")
    assert open_changes(office) == []


def test_accepted_the_new_contact_stands_in_the_old_ones_place_from_that_day(office_anywhere):
    office = office_anywhere
    old = announced(office, "榆树市")
    assert accept(office, channel="wecom_app", address="lisi") is Verdict.ACCEPTED
    assert (contacts(office, "10-16 10:00"), contacts(office)) == (["张三"], ["李四"])
    with office.store.read() as tx:
        new = tx.people.by_address("wecom_app", "lisi")
        (entry,) = tx.audit.list(f"unit:{office.units['榆树市']}")
        change = tx.handovers.get(1)
    assert (new.phone, entry.by, entry.act) == ("13800000001", "admin:1", "contact.changed")
    assert (entry.before["person"], entry.after["person"]) == (old, new.id)
    assert (change.state, change.successor_id, change.decided_by) == (HandoverState.ACCEPTED, new.id, "admin:1")
    office.say(new.id, "三季度报了", "10-17 11:00")
    assert office.task(*Q3).status is Status.REPORTED


def test_since_when_the_old_contact_held_the_role_is_not_lost(office):
    old = announced(office, "榆树市")
    with office.store.begin() as tx:
        tx.people.assign(old, office.units["榆树市"], Role.PRIMARY, since=date(2018, 1, 1))
    accept(office, channel="wecom_app", address="lisi")
    assert (contacts(office, "2017-12-31 10:00"), contacts(office, "01-01 10:00")) == ([], ["张三"])


def test_somebody_who_is_known_by_the_number_is_not_made_twice(office):
    known = office.person("农安县", name="李四")
    with office.store.begin() as tx:
        tx.people.put("王五", phone="13800000001", kind="group")
        tx.connection.exec_driver_sql("UPDATE person SET phone = '13800000001' WHERE id = ?", (known,))
    announced(office, "榆树市")
    assert accept(office) is Verdict.ACCEPTED
    with office.store.read() as tx:
        assert [person.id for person in tx.people.holders(office.units["榆树市"], Role.PRIMARY, date(2018, 10, 17))] == [known]


def test_nobody_is_put_where_nobody_could_reach_him(office):
    announced(office, "榆树市")
    assert accept(office) is Verdict.UNREACHABLE
    assert contacts(office) == ["张三"]
    assert len(open_changes(office)) == 1


def test_without_a_name_the_administrator_gives_one(office):
    announced(office, "榆树市", text="我调走了，以后不找我了，换人")
    assert accept(office, channel="wecom_app", address="lisi") is Verdict.NAMELESS
    assert accept(office, name="李四", channel="wecom_app", address="lisi") is Verdict.ACCEPTED
    assert contacts(office) == ["李四"]


def test_refused_everything_stays_as_it_is(office):
    announced(office, "榆树市")
    (change,) = open_changes(office)
    with office.store.begin() as tx:
        assert handover.refuse(tx, change.id, "admin:1", at("10-17 10:00"), "电话核实：没有换") is Verdict.REFUSED
        assert handover.refuse(tx, change.id, "admin:1", at("10-17 10:01")) is Verdict.DECIDED_BEFORE
        assert handover.accept(tx, Acceptance(change.id, "admin:1"), at("10-17 10:02"), CHANNELS) is Verdict.DECIDED_BEFORE
        assert [entry.act for entry in tx.audit.list(f"unit:{office.units['榆树市']}")] == ["contact.refused"]
    assert contacts(office) == ["张三"]


def test_who_is_no_contact_any_more_hands_nothing_over(office):
    old = announced(office, "榆树市")
    with office.store.begin() as tx:
        tx.people.end(old, office.units["榆树市"], Role.PRIMARY, date(2018, 10, 17))
    assert accept(office, channel="wecom_app", address="lisi") is Verdict.NO_ROLE


def test_announced_again_the_last_word_counts(office):
    person = announced(office, "榆树市")
    office.say(person, "以后找王五 13800000002", "10-16 09:30")
    assert [change.name for change in open_changes(office)] == ["王五"]

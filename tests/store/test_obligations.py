"""Duties and who owes them."""

from dataclasses import replace
from datetime import date, time

import pytest
from bureau import Bureau

from bot.domain.due import Shift
from bot.store.obligations import DRAFT, ENDED


@pytest.fixture
def bureau(store):
    return Bureau(store)


def test_a_duty_comes_back_as_it_was_given(bureau):
    unit = bureau.unit("220100")
    duty = bureau.duty([unit], shift=Shift.LATER, hour=time(16, 30), hour_stated=True, phones=("13800000000",), ends=None)
    with bureau.store.read() as tx:
        obligation = tx.obligations.get(duty)
    assert (obligation.id, obligation.shift, obligation.hour, obligation.hour_stated) == (duty, Shift.LATER, time(16, 30), True)
    assert (obligation.emails, obligation.phones, obligation.ends) == (("a@example.com",), ("13800000000",), None)


def test_the_units_that_owe_it_come_in_administrative_order(bureau):
    late, early = bureau.unit("220200", position=9), bureau.unit("220100", position=1)
    duty = bureau.duty([late, early, late])
    with bureau.store.read() as tx:
        assert [unit.id for unit in tx.obligations.units(duty)] == [early, late]


def test_only_armed_duties_are_worked_on(bureau):
    unit = bureau.unit("220100")
    first, second = bureau.duty([unit]), bureau.duty([unit], what="名单")
    with bureau.store.begin() as tx:
        tx.obligations.set_state(first, ENDED)
        tx.obligations.set_state(second, DRAFT)
        assert tx.obligations.armed() == []
        assert [duty.what for duty in tx.obligations.all(DRAFT)] == ["名单"]
        assert len(tx.obligations.all()) == 2


def test_a_change_of_the_duty_or_its_units_raises_its_revision(bureau):
    one, two = bureau.unit("220100"), bureau.unit("220200")
    duty = bureau.duty([one])
    with bureau.store.begin() as tx:
        before = tx.obligations.armed()[0].revision
        tx.obligations.set_units(duty, [one, two])
        tx.obligations.change(replace(tx.obligations.get(duty), ends=date(2019, 12, 31)))
        armed = tx.obligations.armed()[0]
        assert armed.revision == before + 2
        assert armed.obligation.ends == date(2019, 12, 31)
        assert [unit.id for unit in tx.obligations.units(duty)] == [one, two]


def test_units_are_walked_in_parts(bureau):
    units = [bureau.unit(str(code)) for code in range(5)]
    duty = bureau.duty(units)
    with bureau.store.read() as tx:
        assert tx.obligations.chunk(duty, 0, 2) == units[1]
        assert tx.obligations.chunk(duty, units[1], 2) == units[3]
        assert tx.obligations.chunk(duty, units[3], 2) is None


def test_a_duty_nobody_knows_is_a_lookup_error(store):
    with store.read() as tx, pytest.raises(LookupError, match="obligation 5"):
        tx.obligations.get(5)

"""The administrator's calendar table."""

from datetime import date

from bot.domain.workdays import Override, WorkCalendar

MAY = {
    date(2019, 5, 2): Override(False, "劳动节", "国办发明电〔2019〕3号"),
    date(2019, 5, 5): Override(True, "劳动节", "国办发明电〔2019〕3号"),
}


def test_a_day_that_was_put_rules_the_calendar(store):
    with store.begin() as tx:
        tx.calendar.put(MAY)
    with store.read() as tx:
        assert tx.calendar.overrides() == MAY
        assert not WorkCalendar(tx.calendar.overrides()).is_workday(date(2019, 5, 2))


def test_a_day_put_again_is_replaced_and_a_removed_one_is_the_librarys(store):
    with store.begin() as tx:
        tx.calendar.put(MAY)
        tx.calendar.put({date(2019, 5, 2): Override(True, "", "更正")})
        tx.calendar.remove([date(2019, 5, 5)])
        assert tx.calendar.overrides() == {date(2019, 5, 2): Override(True, "", "更正")}
        tx.calendar.put({})

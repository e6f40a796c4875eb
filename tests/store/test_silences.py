"""Who is left in peace until when."""

from datetime import date, timedelta

import pytest
from bureau import Bureau, at

from bot.domain.deliveries import Handed, Outcome
from bot.store.silences import Scope

FROM, TO = at("2018-10-12 00:00"), at("2018-10-15 00:00")


def test_a_silence_holds_from_its_start_up_to_its_end_exclusive(store):
    unit = Bureau(store).unit("220100")
    with store.begin() as tx:
        silence = tx.silences.add(Scope(unit_id=unit), FROM, TO, "admin:1", "防汛")
        for moment, holds in (
            ("2018-10-11 23:59", False),
            ("2018-10-12 00:00", True),
            ("2018-10-14 23:59", True),
            ("2018-10-15 00:00", False),
        ):
            assert [each.id for each in tx.silences.active(at(moment))] == ([silence] if holds else [])
        assert tx.silences.active(FROM)[0].reason == "防汛"


def test_one_that_was_stopped_ends_now_and_stays_in_the_book(store):
    with store.begin() as tx:
        silence = tx.silences.add(Scope(), FROM, TO, "admin:1", "防汛")
        tx.silences.end(silence, at("2018-10-13 09:00"))
        assert tx.silences.active(at("2018-10-13 09:00")) == []
        tx.silences.end(silence, at("2018-10-20 09:00"))
        assert [each.until for each in tx.silences.active(at("2018-10-13 08:59"))] == [at("2018-10-13 09:00")]


@pytest.mark.parametrize(("reason", "until"), [("", TO), ("  ", TO), ("防汛", FROM)])
def test_a_silence_without_reason_or_end_is_refused(store, reason, until):
    with store.begin() as tx, pytest.raises(ValueError, match="reason"):
        tx.silences.add(Scope(), FROM, until, "admin:1", reason)


def test_the_first_reminder_after_a_silence_says_that_it_ended_and_the_next_one_no_more(store):
    bureau = Bureau(store)
    unit = bureau.unit("220100")
    person = bureau.person(unit)
    bureau.duty([unit])
    bureau.tick(at("2018-10-10 09:10"))
    bureau.due(at("2018-10-10 09:10"))
    with store.begin() as tx:
        tx.silences.add(Scope(unit_id=unit), at("2018-10-11 00:00"), at("2018-10-15 00:00"), "admin:1", "防汛")
    seen = []
    for moment in ("2018-10-10 09:20", "2018-10-16 09:20", "2018-10-18 09:20"):
        bureau.tick(at(moment))
        last = bureau.messages(person)[-1]
        seen += [line.resumed_on for line in bureau.lines(last, at(moment))]
        with store.begin() as tx:
            [claimed] = [each for each in tx.outbox.claim(at(moment), "me", timedelta(hours=1), {"wecom_app": 0}, 9) if each.id == last.id]
            tx.outbox.settle([Outcome(claimed.id, "me", claimed.attempt, at(moment), Handed.SENT)], at(moment))
    assert seen == [None, date(2018, 10, 15), None]

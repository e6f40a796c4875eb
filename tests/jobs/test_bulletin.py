"""status → bulletin."""

from datetime import date, timedelta

import pytest
from bureau import Bureau, at

from bot.domain import bulletin as rules
from bot.domain.deliveries import Handed, Outcome
from bot.domain.status import EventKind
from jobs import bulletin

FIRST, LATE = at("2018-09-21 09:25"), at("2018-10-29 10:15")


@pytest.fixture
def bureau(store):
    """A prefecture with three counties, all told of the third quarter but the one whose contact nobody can reach."""
    bureau = Bureau(store)
    above = bureau.unit("220000", level="province", position=1)
    prefecture = bureau.unit("220100", "220000", level="prefecture", position=2)
    counties = [bureau.unit(code, "220100", position=position) for position, code in enumerate(("220102", "220103", "220104"), 3)]
    assert above
    for unit in (prefecture, *counties[:2]):
        bureau.person(unit)
    bureau.duty([prefecture, *counties])
    bureau.tick(FIRST)
    deliver(bureau)
    return bureau


def deliver(bureau: Bureau):
    with bureau.store.begin() as tx:
        claimed = tx.outbox.claim(FIRST, "me", timedelta(minutes=1), dict.fromkeys(bureau.channels, 0), 100)
        tx.outbox.settle([Outcome(each.id, "me", each.attempt, FIRST, Handed.SENT) for each in claimed], FIRST)


def words(view) -> str:
    return f"{view['title']}|{view['totals']['due']}"


def run(bureau: Bureau, now):
    return bulletin.run(now, bureau.store, bureau.calendar, words)


def task_of(bureau: Bureau, code: str):
    with bureau.store.read() as tx:
        return bureau.task(tx.units.by_code(code).id)


def test_a_circular_is_drafted_once_when_its_rung_has_come(bureau):
    assert run(bureau, at("2018-10-23 09:25")).editions == ()
    editions = run(bureau, LATE).editions
    assert [(each.period_id, each.edition, each.as_of, each.text) for each in editions] == [
        (1, 1, LATE, "关于2018年三季度工作情况报告报送情况的通报|4")
    ]
    assert run(bureau, LATE + timedelta(days=1)).editions == ()
    with bureau.store.read() as tx:
        assert tx.bulletins.of(1) == list(editions)
        assert tx.bulletins.get(editions[0].id) == editions[0]


def test_the_figures_say_who_was_on_time_late_missing_and_unclear(bureau):
    bureau.append(task_of(bureau, "220100"), EventKind.REPORTED, at("2018-10-19 16:00"))
    bureau.append(task_of(bureau, "220102"), EventKind.ZERO_REPORT, at("2018-10-24 10:00"))
    overall = run(bureau, LATE).editions[0].figures["overall"]
    assert {name: overall[name] for name in ("due", "on_time", "late", "missing", "unclear", "zero")} == {
        "due": 4,
        "on_time": 1,
        "late": 1,
        "missing": 1,
        "unclear": 1,
        "zero": 1,
    }


def test_a_unit_that_no_message_reached_is_unclear_and_not_missing(bureau):
    units = {row["unit"]: row for row in run(bureau, LATE).editions[0].figures["units"]}
    assert (units["220104局"]["punctuality"], units["220104局"]["delivered"]) == ("unclear", False)
    assert (units["220103局"]["punctuality"], units["220103局"]["delivered"]) == ("missing", True)


def test_an_extension_counts_and_what_was_stated_stands_beside_the_unit(bureau):
    bureau.append(task_of(bureau, "220102"), EventKind.EXTENDED, FIRST, day=date(2018, 10, 31))
    bureau.append(task_of(bureau, "220103"), EventKind.BLOCKED, FIRST, note="统计口径未定")
    bureau.append(task_of(bureau, "220103"), EventKind.DISPUTED, FIRST, note="不归我局管")
    units = {row["unit"]: row for row in run(bureau, LATE).editions[0].figures["units"]}
    assert (units["220102局"]["punctuality"], units["220102局"]["extension"]) == ("open", "2018-10-31")
    assert (units["220103局"]["punctuality"], units["220103局"]["note"]) == ("unclear", "不归我局管")


def test_units_stand_in_administrative_order_with_the_prefecture_they_are_counted_with(bureau):
    figures = run(bureau, LATE).editions[0].figures
    assert [row["unit"] for row in figures["units"]] == ["220100局", "220102局", "220103局", "220104局"]
    assert {row["prefecture"] for row in figures["units"]} == {"220100局"}
    assert list(figures["by_prefecture"]) == ["220100局"]


def test_a_draft_on_demand_is_a_new_edition_only_if_a_figure_changed(bureau):
    first = bulletin.draft(LATE, bureau.store, bureau.calendar, words, 1)
    assert bulletin.draft(LATE, bureau.store, bureau.calendar, words, 1) == first
    bureau.append(task_of(bureau, "220103"), EventKind.REPORTED, LATE)
    second = bulletin.draft(LATE, bureau.store, bureau.calendar, words, 1)
    assert (second.edition, second.hash == first.hash) == (2, False)
    assert run(bureau, LATE).editions == ()


def test_an_edition_recomputes_from_the_ledger(bureau):
    edition = run(bureau, LATE).editions[0]
    assert rules.digest(dict(edition.figures)) == edition.hash


def test_the_document_the_duty_comes_from_is_cited(bureau):
    seen = []
    with bureau.store.begin() as tx:
        notice_id = tx.notices.keep(b"x", "n.txt", FIRST)
        tx.notices.describe(notice_id, title="关于报送工作情况的通知", number="吉工信民营〔2018〕350号")
    bureau.duty([2], notice_id=notice_id, what="名单", rule="once:2018-09-28")
    bureau.tick(FIRST)
    bulletin.run(at("2018-10-20 10:00"), bureau.store, bureau.calendar, lambda view: seen.append(view) or "")
    assert seen[0]["opening"]["basis"] == "《关于报送工作情况的通知》（吉工信民营〔2018〕350号）"


def test_a_circular_nobody_drafted_is_a_lookup_error(store):
    with store.read() as tx, pytest.raises(LookupError):
        tx.bulletins.get(1)

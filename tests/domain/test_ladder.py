"""The ladder on the calendar: the golden days, what publication swallows, what an outage leaves, what cannot be saved."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import due, ladder, periods, rules, times, windows, wording
from bot.domain.due import Due, Shift
from bot.domain.errors import LadderError
from bot.domain.ladder import LADDERS, Anchor, DeadReason, Flaw, Ladder, Release, Rung, Step
from bot.domain.words import MessageKind, Role
from bot.domain.workdays import WorkCalendar

CALENDAR = WorkCalendar()
DEFAULT = LADDERS["default"]
LONG_AGO = times.instant(date(2017, 1, 3), time(9, 10))
PUBLISHED = times.instant(date(2018, 9, 21), time(0))
QUARTERLY = "quarterly:next-month-day=20"


def at(text: str) -> datetime:
    return times.parse_instant(text)


def a_due(rule: str, nominal: str, shift: Shift = Shift.EARLIER) -> Due:
    parsed = rules.parse(rule)
    return due.due(parsed, periods.first(parsed, date.fromisoformat(nominal), 1)[0], calendar=CALENDAR, shift=shift)


NOMINATION = a_due("once:2018-09-28", "2018-09-28")


def days(steps: tuple[Step, ...]) -> list[str]:
    return list(dict.fromkeys(f"{step.rung} {times.local(step.fires_at):%m-%d %H:%M}" for step in steps))


GOLDEN = [
    # nominal, T-10, T-5, T-3, T-1, T (DESIGN §6)
    ("2018-10-20", "2018-09-30", "2018-10-12", "2018-10-16", "2018-10-18", "2018-10-19"),
    ("2019-01-20", "2019-01-04", "2019-01-11", "2019-01-15", "2019-01-17", "2019-01-18"),
    ("2019-04-20", "2019-04-04", "2019-04-12", "2019-04-16", "2019-04-18", "2019-04-19"),
    ("2019-07-20", "2019-07-05", "2019-07-12", "2019-07-16", "2019-07-18", "2019-07-19"),
    ("2019-10-20", "2019-09-30", "2019-10-12", "2019-10-15", "2019-10-17", "2019-10-18"),
    ("2020-01-20", "2020-01-07", "2020-01-14", "2020-01-16", "2020-01-19", "2020-01-20"),
    ("2020-04-20", "2020-04-03", "2020-04-13", "2020-04-15", "2020-04-17", "2020-04-20"),
]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row[0])
def test_the_rungs_before_the_due_day_lie_on_the_days_of_the_golden_table(row: tuple[str, ...]) -> None:
    nominal, *before = row
    steps = ladder.steps(DEFAULT, a_due(QUARTERLY, nominal), PUBLISHED, CALENDAR)
    found = {step.rung: str(times.civil_day(step.fires_at)) for step in steps}
    assert [found[key] for key in ("T-10", "T-5", "T-3", "T-1", "T0am")] == before
    assert found["T0pm"] == found["T0am"]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row[0])
def test_every_rung_of_every_ladder_fires_in_a_full_period(row: tuple[str, ...]) -> None:
    for some in LADDERS.values():
        found = {step.rung for step in ladder.steps(some, a_due(QUARTERLY, row[0]), PUBLISHED, CALENDAR)}
        assert found == {rung.key for rung in some.rungs}
        assert ladder.dead_rungs(some, a_due(QUARTERLY, row[0]), PUBLISHED, CALENDAR) == []


def test_rungs_before_publication_give_way_to_one_first_notice() -> None:
    assert days(ladder.steps(DEFAULT, NOMINATION, PUBLISHED, CALENDAR)) == [
        "first 09-21 09:10",
        "T-3 09-25 09:10",
        "T-1 09-27 09:10",
        "T0am 09-28 09:10",
        "T0pm 09-28 14:20",
        "L+1 09-29 09:10",
        "L+3 10-08 09:10",
        "L+5 10-10 09:10",
    ]
    assert ladder.dead_rungs(DEFAULT, NOMINATION, PUBLISHED, CALENDAR) == [
        ("T-10", DeadReason.BEFORE_PUBLICATION),
        ("T-5", DeadReason.BEFORE_PUBLICATION),
    ]


def test_overdue_rungs_fire_on_working_weekends_and_not_in_the_holiday() -> None:
    overdue = tuple(Rung(f"L+{n}", Anchor.LIMIT, n, time(9, 10), (Role.PRIMARY,), MessageKind.OVERDUE) for n in (1, 2, 3))
    steps = ladder.steps(Ladder("overdue", overdue), NOMINATION, PUBLISHED, CALENDAR)
    assert [str(times.civil_day(step.fires_at)) for step in steps] == ["2018-09-29", "2018-09-30", "2018-10-08"]


def test_overdue_is_counted_from_the_kind_limit_and_not_from_our_target() -> None:
    steps = ladder.steps(DEFAULT, a_due(QUARTERLY, "2018-10-20"), PUBLISHED, CALENDAR)
    assert {step.rung: str(times.civil_day(step.fires_at)) for step in steps}["L+1"] == "2018-10-23"


def test_each_rung_speaks_to_its_roles_in_its_tone() -> None:
    steps = ladder.steps(DEFAULT, a_due(QUARTERLY, "2018-10-20"), PUBLISHED, CALENDAR)
    told = [(step.rung, step.role, step.kind, step.release, step.last_day) for step in steps]
    auto, click = Release.AUTO, Release.CLICK
    assert told == [
        ("first", Role.PRIMARY, MessageKind.FIRST_NOTICE, auto, False),
        ("first", Role.GROUP, MessageKind.GROUP_NOTICE, auto, False),
        ("T-10", Role.GROUP, MessageKind.GROUP_NOTICE, auto, False),
        ("T-5", Role.PRIMARY, MessageKind.REMINDER, auto, False),
        ("T-3", Role.PRIMARY, MessageKind.REMINDER, auto, False),
        ("T-1", Role.PRIMARY, MessageKind.REMINDER, auto, False),
        ("T0am", Role.PRIMARY, MessageKind.REMINDER, auto, True),
        ("T0pm", Role.PRIMARY, MessageKind.REMINDER, auto, True),
        ("L+1", Role.PRIMARY, MessageKind.OVERDUE, auto, False),
        ("L+1", Role.SUBSTITUTE, MessageKind.OVERDUE, auto, False),
        ("L+3", Role.LEADER, MessageKind.ESCALATION, click, False),
        ("L+5", Role.SUPERIOR, MessageKind.ESCALATION, click, False),
    ]
    automatic = ladder.steps(LADDERS["automatic"], a_due(QUARTERLY, "2018-10-20"), PUBLISHED, CALENDAR)
    assert automatic == tuple(replace(step, release=auto) for step in steps)


def test_a_later_period_is_announced_a_month_ahead_and_not_on_publication() -> None:
    steps = ladder.steps(DEFAULT, a_due(QUARTERLY, "2019-01-20"), PUBLISHED, CALENDAR)
    assert steps[0].fires_at == at("2018-12-20T09:10")


@pytest.mark.parametrize(
    ("published", "left", "why"),
    [
        ("2018-09-25T08:00", ["first 09-25 09:10", "T-1 09-27 09:10", "T0am 09-28 09:10", "T0pm 09-28 14:20"], "T-3 is the same day"),
        ("2018-09-27T15:00", ["first 09-27 15:10", "T0am 09-28 09:10", "T0pm 09-28 14:20"], "T-1 went by that morning"),
        ("2018-09-28T08:00", ["first 09-28 09:10", "T0pm 09-28 14:20"], "the first notice is the morning's message"),
        ("2018-09-28T11:10", ["first 09-28 11:10", "T0pm 09-28 14:20"], "more than three hours apart"),
        ("2018-09-28T11:20", ["first 09-28 11:20", "T0pm 09-28 14:20"], "three hours are enough"),
        ("2018-09-28T11:40", ["first 09-28 13:40"], "less is not"),
        ("2018-09-28T18:20", ["first 09-28 18:20"], "after the windows, but tomorrow it would be too late"),
        ("2018-09-29T10:00", ["first 09-29 10:10"], "after the limit: told once before anybody is accused"),
    ],
)
def test_a_late_publication_leaves_what_still_makes_sense(published: str, left: list[str], why: str) -> None:
    steps = ladder.steps(DEFAULT, NOMINATION, at(published), CALENDAR)
    assert [day for day in days(steps) if not day.startswith("L")] == left, why


def test_a_first_notice_on_the_last_day_is_a_last_day_reminder() -> None:
    published = ("2018-09-27T15:00", "2018-09-27T18:20", "2018-09-28T18:20", "2018-09-29T10:00")
    first = [ladder.steps(DEFAULT, NOMINATION, at(moment), CALENDAR)[0] for moment in published]
    assert [step.last_day for step in first] == [False, True, True, False]


def test_a_notice_published_on_the_rest_day_it_names_is_told_on_the_next_workday_which_is_on_time() -> None:
    first = ladder.steps(DEFAULT, a_due(QUARTERLY, "2018-10-20"), at("2018-10-20T10:00"), CALENDAR)[0]
    assert (first.fires_at, first.last_day) == (at("2018-10-22T09:10"), True)


def test_a_target_that_stays_on_a_rest_day_is_reminded_of_on_that_day() -> None:
    as_is = a_due(QUARTERLY, "2018-10-20", Shift.AS_IS)
    steps = [step for step in ladder.steps(DEFAULT, as_is, PUBLISHED, CALENDAR) if step.last_day]
    assert [step.fires_at for step in steps] == [at("2018-10-20T09:10"), at("2018-10-20T14:20")]


def test_nothing_fires_after_closing() -> None:
    closes = at("2018-10-08T09:10")
    steps = ladder.steps(DEFAULT, NOMINATION, PUBLISHED, CALENDAR, closes=closes)
    assert {step.rung for step in steps}.isdisjoint({"L+3", "L+5"})
    dead = ladder.dead_rungs(DEFAULT, NOMINATION, PUBLISHED, CALENDAR, closes=closes)
    assert dead[-2:] == [("L+3", DeadReason.AFTER_CLOSING), ("L+5", DeadReason.AFTER_CLOSING)]


def test_a_rung_that_its_windows_push_beyond_the_next_one_is_dead_and_says_so() -> None:
    mornings = windows.parse("09:00-09:15")
    evening = Rung("T-1", Anchor.TARGET, -1, time(18, 20), (Role.PRIMARY,), MessageKind.REMINDER)
    morning = Rung("T0am", Anchor.TARGET, 0, time(9, 10), (Role.PRIMARY,), MessageKind.REMINDER)
    some = Ladder("pushed", (evening, morning, replace(morning, key="T0pm", hour=time(14, 20))))
    assert ladder.dead_rungs(some, NOMINATION, LONG_AGO, CALENDAR, mornings) == [("T-1", DeadReason.OVERTAKEN)]
    assert days(ladder.steps(some, NOMINATION, LONG_AGO, CALENDAR, mornings)) == ["T0am 09-28 09:10", "T0pm 09-28 14:20"]


def test_the_circular_is_drafted_with_its_rung_or_not_at_all() -> None:
    assert ladder.bulletin_at(DEFAULT, NOMINATION, CALENDAR) == at("2018-10-10T09:10")
    assert ladder.bulletin_at(replace(DEFAULT, rungs=DEFAULT.rungs[:3]), NOMINATION, CALENDAR) is None


def test_every_reason_for_a_dead_rung_can_be_told() -> None:
    assert all(wording.dead_rung(reason.value) for reason in DeadReason)


# Collapse


def test_nothing_fires_before_its_time() -> None:
    steps = ladder.steps(DEFAULT, NOMINATION, PUBLISHED, CALENDAR)
    assert ladder.collapse(steps, at("2018-09-21T09:09:59")) == ((), ())
    assert ladder.collapse(steps, at("2018-09-21T09:10")) == (steps[:2], ())


def test_after_an_outage_the_latest_rung_fires_for_all_its_roles_and_the_earlier_ones_are_skipped() -> None:
    steps = ladder.steps(DEFAULT, NOMINATION, PUBLISHED, CALENDAR)[2:]  # the first notice went out long ago
    fire, skipped = ladder.collapse(steps, at("2018-09-29T10:00"))
    assert [(step.rung, step.role) for step in fire] == [("L+1", Role.PRIMARY), ("L+1", Role.SUBSTITUTE)]
    assert [step.rung for step in skipped] == ["T-3", "T-1", "T0am", "T0pm"]


def test_whoever_missed_the_first_notice_gets_that_one_first_however_late() -> None:
    steps = ladder.steps(DEFAULT, NOMINATION, PUBLISHED, CALENDAR)
    fire, skipped = ladder.collapse(steps, at("2018-09-28T15:00"))
    assert [(step.rung, step.role) for step in fire] == [("first", Role.PRIMARY), ("first", Role.GROUP)]
    assert [step.rung for step in skipped] == ["T-3", "T-1", "T0am", "T0pm"]


@given(st.lists(st.integers(0, 40 * 24), max_size=6), st.sampled_from(GOLDEN), st.integers(-60, 10))
def test_after_any_outage_a_tick_fires_at_most_one_rung_and_every_step_ends_once(wakes: list[int], row: tuple[str, ...], lag: int) -> None:
    some = a_due(QUARTERLY, row[0])
    published = times.instant(some.target + timedelta(days=lag), time(10, 12))
    open_steps = list(ladder.steps(LADDERS["automatic"], some, published, CALENDAR))
    total, ended = len(open_steps), 0
    start = times.instant(some.target - timedelta(days=32), time(0))
    for hours in [*sorted(wakes), 400 * 24]:
        now = start + timedelta(hours=hours)
        fire, skipped = ladder.collapse(open_steps, now)
        assert len({step.rung for step in fire}) <= 1
        assert bool(fire) == any(step.fires_at <= now for step in open_steps)
        open_steps = [step for step in open_steps if step not in fire and step not in skipped]
        ended += len(fire) + len(skipped)
        assert not any(step.fires_at <= now for step in open_steps)
    assert ended == total


@given(st.sampled_from(GOLDEN), st.integers(-60 * 24, 20 * 24), st.sampled_from(Shift))
def test_the_steps_of_any_publication_are_told_first_in_order_in_the_windows_and_once_a_day(
    row: tuple[str, ...], hours: int, shift: Shift
) -> None:
    some = a_due(QUARTERLY, row[0], shift)
    published = times.instant(some.target, time(10, 12)) + timedelta(hours=hours)
    steps = ladder.steps(DEFAULT, some, published, CALENDAR)
    assert steps[0].rung == ladder.FIRST
    assert min(step.fires_at for step in steps) >= published
    assert list(steps) == sorted(steps, key=lambda step: step.fires_at)
    for step in steps:
        local = times.local(step.fires_at)
        assert local.minute not in windows.BUSY_MINUTES
        assert step.last_day or (CALENDAR.is_workday(local.date()) and windows.DEFAULT.contain(local.time()))
    private = {(step.rung, times.civil_day(step.fires_at)) for step in steps if not step.last_day}
    assert len({day for _, day in private}) == len(private)
    alive = {step.rung for step in steps}
    assert alive.isdisjoint(dict(ladder.dead_rungs(DEFAULT, some, published, CALENDAR)))
    assert len(alive) + len(ladder.dead_rungs(DEFAULT, some, published, CALENDAR)) == len(DEFAULT.rungs)


# Steps of one task


def test_a_granted_extension_lays_the_private_rungs_anew_under_keys_of_their_own() -> None:
    steps = ladder.extension_steps(DEFAULT, NOMINATION, date(2018, 10, 12), at("2018-09-28T10:00"), CALENDAR)
    assert days(steps) == [
        "T-5@2018-10-12 09-30 09:10",
        "T-3@2018-10-12 10-09 09:10",
        "T-1@2018-10-12 10-11 09:10",
        "T0am@2018-10-12 10-12 09:10",
        "T0pm@2018-10-12 10-12 14:20",
        "L+1@2018-10-12 10-15 09:10",
        "L+3@2018-10-12 10-17 09:10",
        "L+5@2018-10-12 10-19 09:10",
    ]
    assert Role.GROUP not in {step.role for step in steps}
    assert max(len(step.rung) for step in steps) <= 40


def test_an_extension_to_a_rest_day_is_reminded_of_on_the_workday_before_and_is_late_after_the_granted_day() -> None:
    steps = ladder.extension_steps(DEFAULT, NOMINATION, date(2018, 10, 13), at("2018-10-08T10:00"), CALENDAR)
    found = {step.rung.partition("@")[0]: str(times.civil_day(step.fires_at)) for step in steps}
    assert (found["T0am"], found["L+1"]) == ("2018-10-12", "2018-10-15")


def test_an_extension_to_a_rest_day_granted_on_the_eve_is_reminded_of_on_that_day() -> None:
    steps = ladder.extension_steps(DEFAULT, NOMINATION, date(2018, 10, 13), at("2018-10-12T16:00"), CALENDAR)
    assert days(steps)[:2] == ["T0am@2018-10-13 10-13 09:10", "T0pm@2018-10-13 10-13 14:20"]


def test_an_extension_within_the_limit_does_not_bring_the_overdue_rungs_forward() -> None:
    third = a_due(QUARTERLY, "2018-10-20")
    steps = ladder.extension_steps(DEFAULT, third, date(2018, 10, 21), at("2018-10-19T16:00"), CALENDAR)
    assert {str(times.civil_day(step.fires_at)) for step in steps if step.rung.startswith("L+1")} == {"2018-10-23"}


@pytest.mark.parametrize(
    ("promised", "said", "asked", "last_day", "why"),
    [
        ("2018-09-26", "2018-09-25T10:00", "2018-09-26T09:10", False, "that morning"),
        ("2018-09-22", "2018-09-21T10:00", "2018-09-25T09:10", False, "a rest day: the workday after"),
        ("2018-09-28", "2018-09-25T10:00", "2018-09-28T09:10", True, "the last day"),
        ("2018-09-25", "2018-09-25T10:00", "2018-09-26T09:10", False, "the same day has had its message"),
        ("2018-10-20", "2018-09-25T10:00", "2018-09-28T09:10", True, "never past the due"),
    ],
)
def test_a_promise_is_asked_about_on_its_day(promised: str, said: str, asked: str, last_day: bool, why: str) -> None:
    step = ladder.promise_step(date.fromisoformat(promised), at(said), NOMINATION, CALENDAR)
    assert step == Step(f"promise@{promised}", Role.PRIMARY, MessageKind.REMINDER, at(asked), Release.AUTO, last_day), why


def test_a_promise_made_on_the_last_day_for_that_day_is_left_to_the_afternoon_rung() -> None:
    assert ladder.promise_step(date(2018, 9, 28), at("2018-09-28T10:00"), NOMINATION, CALENDAR) is None


def test_a_promise_within_a_granted_extension_is_asked_about_on_its_day() -> None:
    step = ladder.promise_step(date(2018, 10, 9), at("2018-10-08T10:00"), NOMINATION, CALENDAR, extended_to=date(2018, 10, 12))
    assert step is not None
    assert step.fires_at == at("2018-10-09T09:10")


def test_a_promise_for_a_granted_rest_day_is_asked_about_on_that_day() -> None:
    saturday = date(2018, 10, 13)
    step = ladder.promise_step(saturday, at("2018-10-11T10:00"), NOMINATION, CALENDAR, extended_to=saturday)
    assert step is not None
    assert (step.fires_at, step.last_day) == (at("2018-10-13T09:10"), True)


def test_an_extension_has_no_first_notice_of_its_own() -> None:
    only_first = replace(DEFAULT, rungs=DEFAULT.rungs[:2])
    assert ladder.extension_steps(only_first, NOMINATION, date(2018, 10, 12), at("2018-09-28T10:00"), CALENDAR) == ()


# Ladders that cannot be saved

GOOD = Rung("T-3", Anchor.TARGET, -3, time(9, 10), (Role.PRIMARY,), MessageKind.REMINDER)


@pytest.mark.parametrize("name", LADDERS)
def test_the_ladders_of_the_house_can_be_saved(name: str) -> None:
    ladder.check_ladder(LADDERS[name])
    assert LADDERS[name].name == name


@pytest.mark.parametrize(
    ("rungs", "key", "flaw"),
    [
        ([], "", Flaw.EMPTY),
        ([replace(GOOD, roles=())], "T-3", Flaw.NOBODY),
        ([GOOD, replace(GOOD, offset=-2)], "T-3", Flaw.KEY_TAKEN),
        ([replace(GOOD, key="first")], "first", Flaw.NOT_FIRST),
        ([replace(GOOD, anchor=Anchor.PUBLICATION, offset=0)], "T-3", Flaw.NOT_FIRST),
        ([replace(GOOD, key="first", anchor=Anchor.PUBLICATION, offset=1)], "first", Flaw.WRONG_SIDE),
        ([replace(GOOD, offset=1)], "T-3", Flaw.WRONG_SIDE),
        ([replace(GOOD, anchor=Anchor.LIMIT, offset=0)], "T-3", Flaw.WRONG_SIDE),
        ([replace(GOOD, anchor=Anchor.LIMIT, offset=-1)], "T-3", Flaw.WRONG_SIDE),
        ([replace(GOOD, offset=-20)], "T-3", Flaw.BEFORE_LEAD),
        ([GOOD, replace(GOOD, key="again")], "again", Flaw.NOT_AFTER_PREVIOUS),
        ([GOOD, replace(GOOD, key="later", hour=time(14, 20))], "later", Flaw.NOT_AFTER_PREVIOUS),
        ([GOOD, replace(GOOD, key="T-5", offset=-5)], "T-5", Flaw.NOT_AFTER_PREVIOUS),
        ([replace(GOOD, anchor=Anchor.LIMIT, offset=1), replace(GOOD, key="T-1", offset=-1)], "T-1", Flaw.NOT_AFTER_PREVIOUS),
        ([replace(GOOD, hour=time(12, 10))], "T-3", Flaw.OUTSIDE_WINDOWS),
        ([replace(GOOD, hour=time(10, 30))], "T-3", Flaw.BUSY_MINUTE),
    ],
)
def test_a_ladder_with_a_rung_that_cannot_fire_is_refused_with_the_rung_and_the_reason(rungs: list[Rung], key: str, flaw: Flaw) -> None:
    with pytest.raises(LadderError) as refused:
        ladder.check_ladder(Ladder("mine", tuple(rungs)))
    assert str(refused.value) == wording.flawed_ladder("mine", [(key, flaw.value)])
    assert "mine" in str(refused.value)


def test_all_flaws_of_a_ladder_are_reported_together() -> None:
    bad = Rung("L+1", Anchor.LIMIT, 0, time(9, 10), (Role.PRIMARY,), MessageKind.OVERDUE)
    with pytest.raises(LadderError, match=r"T-3：.*L\+1："):
        ladder.check_ladder(Ladder("mine", (replace(GOOD, roles=()), bad)))


@st.composite
def some_ladder(draw: st.DrawFn) -> Ladder:
    anchors = draw(st.lists(st.sampled_from([Anchor.TARGET, Anchor.LIMIT]), min_size=1, max_size=5))
    rungs = [
        Rung(
            key=f"r{n}",
            anchor=anchor,
            offset=draw(st.integers(-21, 6)),
            hour=draw(st.sampled_from([time(9, 10), time(10, 0), time(14, 20), time(16, 29), time(18, 20)])),
            roles=(Role.PRIMARY,),
            kind=MessageKind.REMINDER,
        )
        for n, anchor in enumerate(sorted(anchors, key=list(Anchor).index))
    ]
    return Ladder("any", tuple(rungs))


@given(some_ladder(), st.sampled_from(GOLDEN), st.sampled_from(Shift))
def test_every_rung_of_a_ladder_that_can_be_saved_fires_given_time(some: Ladder, row: tuple[str, ...], shift: Shift) -> None:
    try:
        ladder.check_ladder(some)
    except LadderError:
        return
    assert ladder.dead_rungs(some, a_due(QUARTERLY, row[0], shift), LONG_AGO, CALENDAR) == []


def test_steps_are_aware_and_in_utc() -> None:
    assert {step.fires_at.tzinfo for step in ladder.steps(DEFAULT, NOMINATION, PUBLISHED, CALENDAR)} == {UTC}

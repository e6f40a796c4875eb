"""From facts to a status, what holds the chase and until when, and what an understood answer becomes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import due, holds, periods, rules, status, times, wording
from bot.domain.due import Due
from bot.domain.status import Course, Event, EventKind, Hold, Reason, TaskState
from bot.domain.words import CLOSED, Intent, Status
from bot.domain.workdays import WorkCalendar

CALENDAR = WorkCalendar()
RULE = rules.parse("quarterly:next-month-day=20")
THIRD: Due = due.due(RULE, periods.first(RULE, date(2018, 10, 1), 1)[0], calendar=CALENDAR)
"""Nominal Saturday 20 October 2018, target Friday 19, limit Monday 22."""


def at(text: str) -> datetime:
    return times.parse_instant(f"2018-{text}")


def facts(*told: tuple[EventKind, str] | tuple[EventKind, str, str] | tuple[EventKind, str, int]) -> list[Event]:
    """Events with ids from 1: (kind, "10-16T09:30"), and for a day "10-18" or the id that is undone a third word."""
    events = []
    for number, (kind, moment, *rest) in enumerate(told, start=1):
        event = Event(kind, at(moment), "person:1", id=number)
        for word in rest:
            event = replace(event, undoes=word) if isinstance(word, int) else replace(event, day=date.fromisoformat(f"2018-{word}"))
        events.append(event)
    return events


def fold(*told: tuple[EventKind, str] | tuple[EventKind, str, str] | tuple[EventKind, str, int]) -> TaskState:
    return status.fold(facts(*told), THIRD, CALENDAR)


K = EventKind


def test_a_task_nobody_has_spoken_about_is_pending() -> None:
    assert fold() == TaskState(Status.PENDING)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (K.REPORTED, Status.REPORTED),
        (K.ZERO_REPORT, Status.ZERO_REPORT),
        (K.ACKNOWLEDGED, Status.ACKNOWLEDGED),
        (K.IN_PROGRESS, Status.IN_PROGRESS),
        (K.BLOCKED, Status.BLOCKED),
        (K.ACCEPTED, Status.ACCEPTED),
        (K.RETURNED, Status.RETURNED),
        (K.EXEMPTED, Status.EXEMPT),
        (K.DISPUTED, Status.PENDING),
        (K.EXTENSION_ASKED, Status.PENDING),
        (K.EXTENDED, Status.PENDING),
        (K.EXTENSION_REFUSED, Status.PENDING),
        (K.NOT_REPORTED_AFTER_ALL, Status.PENDING),
        (K.UNDONE, Status.PENDING),
        (K.PROMISED, Status.PENDING),  # a promise without a day is none
    ],
)
def test_each_fact_alone_leads_to_its_status(kind: EventKind, expected: Status) -> None:
    assert fold((kind, "10-16T09:30")).status is expected


@pytest.mark.parametrize("later", [K.ACKNOWLEDGED, K.IN_PROGRESS, K.PROMISED, K.BLOCKED, K.DISPUTED, K.EXTENSION_ASKED])
@pytest.mark.parametrize("first", [K.REPORTED, K.ZERO_REPORT, K.ACCEPTED, K.EXEMPTED])
def test_what_a_contact_says_about_a_closed_task_changes_nothing(first: EventKind, later: EventKind) -> None:
    closed = fold((first, "10-16T09:30"))
    assert fold((first, "10-16T09:30"), (later, "10-16T10:00", "10-18")) == closed


def test_received_is_the_least_an_answer_can_say() -> None:
    assert fold((K.IN_PROGRESS, "10-16T09:30"), (K.ACKNOWLEDGED, "10-16T10:00")).status is Status.IN_PROGRESS
    assert fold((K.RETURNED, "10-16T09:30"), (K.ACKNOWLEDGED, "10-16T10:00")).status is Status.RETURNED


def test_a_second_report_replaces_the_content_and_never_the_time() -> None:
    assert fold((K.REPORTED, "10-16T09:30"), (K.REPORTED, "10-25T09:30")).reported_at == at("10-16T09:30")
    assert fold((K.REPORTED, "10-16T09:30"), (K.ZERO_REPORT, "10-25T09:30")).status is Status.ZERO_REPORT


def test_evidence_of_an_earlier_arrival_moves_the_time_earlier() -> None:
    assert fold((K.REPORTED, "10-25T09:30"), (K.REPORTED, "10-18T16:00")).reported_at == at("10-18T16:00")


def test_a_returned_report_is_open_again_and_keeps_its_first_moment() -> None:
    state = fold((K.REPORTED, "10-16T09:30"), (K.RETURNED, "10-24T09:30"))
    assert (state.status, state.reported_at) == (Status.RETURNED, at("10-16T09:30"))
    again = fold((K.REPORTED, "10-16T09:30"), (K.RETURNED, "10-24T09:30"), (K.REPORTED, "10-26T09:30"))
    assert (again.status, again.reported_at) == (Status.REPORTED, at("10-16T09:30"))


def test_a_report_taken_back_by_its_sender_does_not_stand() -> None:
    state = fold((K.REPORTED, "10-16T09:30"), (K.NOT_REPORTED_AFTER_ALL, "10-17T09:30"))
    assert state == TaskState(Status.PENDING)
    again = fold((K.REPORTED, "10-16T09:30"), (K.NOT_REPORTED_AFTER_ALL, "10-17T09:30"), (K.REPORTED, "10-18T09:30"))
    assert again.reported_at == at("10-18T09:30")


def test_the_moment_of_an_accepted_report_cannot_be_taken_back() -> None:
    state = fold((K.REPORTED, "10-16T09:30"), (K.ACCEPTED, "10-17T09:30"), (K.NOT_REPORTED_AFTER_ALL, "10-18T09:30"))
    assert (state.status, state.reported_at) == (Status.PENDING, at("10-16T09:30"))


def test_a_correction_does_not_end_an_exemption_or_an_open_answer() -> None:
    assert fold((K.EXEMPTED, "10-16T09:30"), (K.NOT_REPORTED_AFTER_ALL, "10-17T09:30")).status is Status.EXEMPT
    assert fold((K.BLOCKED, "10-16T09:30"), (K.NOT_REPORTED_AFTER_ALL, "10-17T09:30")).status is Status.BLOCKED


def test_an_exempt_or_accepted_unit_that_reports_stays_what_it_is_with_its_moment() -> None:
    for kind, expected in ((K.EXEMPTED, Status.EXEMPT), (K.ACCEPTED, Status.ACCEPTED)):
        state = fold((kind, "10-16T09:30"), (K.REPORTED, "10-16T08:00"))
        assert (state.status, state.reported_at) == (expected, at("10-16T08:00"))


def test_an_undo_takes_one_fact_out_as_if_it_had_never_been() -> None:
    assert fold((K.IN_PROGRESS, "10-16T09:30"), (K.REPORTED, "10-16T10:00"), (K.UNDONE, "10-16T10:01", 2)) == fold(
        (K.IN_PROGRESS, "10-16T09:30")
    )
    kept = fold((K.REPORTED, "10-16T09:30"), (K.REPORTED, "10-25T10:00"), (K.UNDONE, "10-25T10:01", 2))
    assert kept.reported_at == at("10-16T09:30")


def test_an_undo_can_itself_be_undone() -> None:
    state = fold((K.REPORTED, "10-16T09:30"), (K.UNDONE, "10-16T09:31", 1), (K.UNDONE, "10-16T09:32", 2))
    assert (state.status, state.reported_at) == (Status.REPORTED, at("10-16T09:30"))


# Holds


@pytest.mark.parametrize(
    ("said", "quiet_until", "why"),
    [
        ("10-08T09:30", "10-12T00:00", "the three workdays 9, 10 and 11"),
        ("10-11T23:30", "10-17T00:00", "12, 15 and 16: the weekend does not count"),
        ("10-16T09:30", "10-19T00:00", "17 and 18, not the day we aim for"),
        ("10-18T09:30", "10-19T00:00", "the last day's reminders come"),
        ("10-19T00:00", None, "on the day we aim for nothing is held"),
        ("10-19T09:30", None, "at no hour of it"),
        ("10-24T09:30", None, "nor when overdue"),
    ],
)
def test_under_way_holds_the_chase_for_three_workdays_and_never_past_the_due(said: str, quiet_until: str | None, why: str) -> None:
    expected = at(quiet_until) if quiet_until else None
    assert fold((K.IN_PROGRESS, said)).quiet_until == expected, why


def test_under_way_in_an_extension_is_held_up_to_the_granted_day() -> None:
    state = fold((K.EXTENDED, "10-19T09:00", "10-26"), (K.IN_PROGRESS, "10-24T09:30"))
    assert state.quiet_until == at("10-26T00:00")


@pytest.mark.parametrize(
    ("said", "promised", "quiet_until", "why"),
    [
        ("10-15T09:30", "10-17", "10-17T00:00", "until the morning of the day"),
        ("10-12T09:30", "10-14", "10-15T00:00", "a rest day: until the workday after"),
        ("10-15T09:30", "10-15", "10-16T00:00", "today: that day has had its message"),
        ("10-15T09:30", "10-22", "10-22T00:00", "the last day on time, though we aim for the 19th"),
        ("10-15T09:30", "10-30", "10-22T00:00", "never past the due"),
        ("10-15T09:30", "10-10", "10-16T00:00", "a day gone by is asked about tomorrow"),
        ("10-22T09:30", "10-22", None, "the last day"),
        ("10-24T09:30", "10-25", None, "overdue"),
    ],
)
def test_a_promise_holds_the_chase_until_its_morning_and_never_past_the_due(
    said: str, promised: str, quiet_until: str | None, why: str
) -> None:
    state = fold((K.PROMISED, said, promised))
    assert (state.status, state.promised_on) == (Status.PROMISED, date.fromisoformat(f"2018-{promised}"))
    assert state.quiet_until == (at(quiet_until) if quiet_until else None), why


def test_a_promise_that_is_not_yet_due_outlasts_a_vaguer_answer() -> None:
    promised = fold((K.PROMISED, "10-15T09:30", "10-18"))
    assert fold((K.PROMISED, "10-15T09:30", "10-18"), (K.IN_PROGRESS, "10-16T09:30")) == promised
    for said in ("10-09T10:00", "10-10T09:30"):
        after = fold((K.PROMISED, "10-08T09:30", "10-09"), (K.IN_PROGRESS, said))
        assert (after.status, after.promised_on) == (Status.IN_PROGRESS, None)


def test_a_difficulty_is_quiet_until_the_last_day_is_over_and_for_three_workdays_at_least() -> None:
    assert fold((K.BLOCKED, "10-15T09:30")).quiet_until == at("10-23T00:00")
    assert fold((K.BLOCKED, "10-22T09:30")).quiet_until == at("10-26T00:00")
    assert fold((K.PROMISED, "10-15T09:30", "10-18"), (K.BLOCKED, "10-16T09:30")).promised_on is None


def test_a_request_for_time_is_quiet_until_it_is_decided() -> None:
    asked = fold((K.EXTENSION_ASKED, "10-18T09:30", "10-26"))
    assert (asked.asked_for, asked.quiet_until) == (date(2018, 10, 26), at("10-24T00:00"))
    refused = fold((K.EXTENSION_ASKED, "10-18T09:30", "10-26"), (K.EXTENSION_REFUSED, "10-18T15:00"))
    assert refused == TaskState(Status.PENDING)
    granted = fold((K.EXTENSION_ASKED, "10-18T09:30", "10-26"), (K.EXTENDED, "10-18T15:00", "10-25"))
    assert granted == TaskState(Status.PENDING, extended_to=date(2018, 10, 25))


@pytest.mark.parametrize("kind", [K.PROMISED, K.BLOCKED])
def test_a_decision_to_extend_settles_the_promise_or_the_difficulty_before_it(kind: EventKind) -> None:
    state = fold((kind, "10-18T09:30", "10-19"), (K.EXTENDED, "10-18T15:00", "10-25"))
    assert state == TaskState(Status.IN_PROGRESS, extended_to=date(2018, 10, 25))


def test_an_extension_that_names_no_day_keeps_the_one_before() -> None:
    assert fold((K.EXTENDED, "10-18T15:00", "10-25"), (K.EXTENDED, "10-19T15:00")).extended_to == date(2018, 10, 25)


@pytest.mark.parametrize("kind", [K.REPORTED, K.IN_PROGRESS, K.PROMISED, K.EXTENSION_ASKED])
def test_who_reports_or_works_on_it_or_promises_has_taken_the_duty_as_his(kind: EventKind) -> None:
    assert fold((K.DISPUTED, "10-15T09:30")).disputed
    assert not fold((K.DISPUTED, "10-15T09:30"), (kind, "10-16T09:30", "10-18")).disputed


def test_a_dispute_ends_the_promise_before_it() -> None:
    state = fold((K.PROMISED, "10-15T09:30", "10-18"), (K.DISPUTED, "10-16T09:30"))
    assert state == TaskState(Status.IN_PROGRESS, disputed=True)


def test_the_chase_is_held_for_a_stated_reason_or_not_at_all() -> None:
    now = at("10-16T09:10")
    assert status.held(fold(), now) is None
    assert status.held(fold((K.REPORTED, "10-16T09:00")), now) is Hold.CLOSED
    assert status.held(fold((K.DISPUTED, "10-16T09:00")), now) is Hold.DISPUTED
    promised = fold((K.PROMISED, "10-15T09:00", "10-17"))
    assert status.held(promised, now) is Hold.QUIET
    assert status.held(promised, at("10-17T00:00")) is None


# Properties

MOMENTS = st.integers(0, 40 * 24 * 60).map(lambda minutes: times.instant(date(2018, 9, 20), time(0)) + timedelta(minutes=minutes))
DAYS = st.integers(0, 50).map(lambda count: date(2018, 9, 20) + timedelta(days=count))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Up to eight facts in order of time, with undos of any earlier one."""
    moments = sorted(draw(st.lists(MOMENTS, max_size=8)))
    events = []
    for number, moment in enumerate(moments, start=1):
        kind = draw(st.sampled_from(EventKind))
        undoes = draw(st.integers(1, number - 1)) if kind is K.UNDONE and number > 1 else None
        events.append(Event(kind, moment, "person:1", id=number, day=draw(st.none() | DAYS), undoes=undoes))
    return events


@given(histories())
def test_a_second_undo_of_the_same_fact_changes_nothing(events: list[Event]) -> None:
    undos = [event for event in events if event.kind is K.UNDONE]
    doubled = [*events, *(replace(undo, id=undo.id + 100) for undo in undos if undo.id not in {other.undoes for other in undos})]
    assert status.fold(doubled, THIRD, CALENDAR) == status.fold(events, THIRD, CALENDAR)


@given(histories(), MOMENTS)
def test_appending_a_fact_and_undoing_it_restores_the_state(events: list[Event], moment: datetime) -> None:
    for kind in EventKind:
        added = Event(kind, moment, "person:1", id=50, day=date(2018, 10, 18))
        undone = Event(K.UNDONE, moment, "person:1", id=51, undoes=50)
        assert status.fold([*events, added, undone], THIRD, CALENDAR) == status.fold(events, THIRD, CALENDAR)


@given(histories(), MOMENTS, st.sampled_from(sorted(set(EventKind) - {K.NOT_REPORTED_AFTER_ALL, K.UNDONE})))
def test_no_later_fact_but_a_retraction_moves_the_first_moment_later(events: list[Event], moment: datetime, kind: EventKind) -> None:
    before = status.fold(events, THIRD, CALENDAR).reported_at
    after = status.fold([*events, Event(kind, moment, "admin:1", id=50, day=date(2018, 10, 18))], THIRD, CALENDAR).reported_at
    if before is not None:
        assert after is not None
        assert after <= before


@given(histories())
def test_a_state_never_contradicts_itself(events: list[Event]) -> None:
    state = status.fold(events, THIRD, CALENDAR)
    if state.status in CLOSED:
        assert (state.promised_on, state.quiet_until, state.asked_for, state.disputed) == (None, None, None, False)
    if state.status is Status.PROMISED:
        assert state.promised_on is not None
    if state.status in {Status.REPORTED, Status.ZERO_REPORT, Status.ACCEPTED}:
        assert state.reported_at is not None
    if state.promised_on is not None:
        assert state.status is Status.PROMISED


@given(MOMENTS, DAYS, st.none() | DAYS)
def test_no_answer_holds_the_last_reminders_back(said: datetime, promised: date, extended: date | None) -> None:
    last = holds.last_day(THIRD, extended)
    under_way = holds.in_progress(said, THIRD, extended, CALENDAR)
    assert under_way is None or said < under_way <= times.instant(holds.aim(THIRD, extended), time(0))
    quiet = holds.promise(promised, said, THIRD, extended, CALENDAR)
    assert quiet is None or said < quiet <= times.instant(last, time(0))
    assert holds.in_hands(said, THIRD, extended, CALENDAR) >= times.end_of(last)


# Answers

NOW = at("10-16T09:30")


@pytest.mark.parametrize(
    ("intent", "day", "course", "reason", "kinds"),
    [
        (Intent.DONE, None, Course.RECORD, Reason.SAYS_REPORTED, (K.REPORTED,)),
        (Intent.DONE, "10-16", Course.RECORD, Reason.SAYS_REPORTED, (K.REPORTED,)),
        (Intent.DONE, "10-15", Course.RECORD, Reason.SAYS_REPORTED_EARLIER, (K.REPORTED,)),
        (Intent.DONE, "10-17", Course.ASK, Reason.DAY_AHEAD, ()),
        (Intent.ZERO_REPORT, None, Course.RECORD, Reason.SAYS_ZERO, (K.ZERO_REPORT,)),
        (Intent.ZERO_REPORT, "10-17", Course.ASK, Reason.DAY_AHEAD, ()),
        (Intent.ACK, None, Course.RECORD, Reason.RECEIVED_IS_NOT_REPORTED, (K.ACKNOWLEDGED,)),
        (Intent.IN_PROGRESS, None, Course.RECORD, Reason.UNDER_WAY, (K.IN_PROGRESS,)),
        (Intent.DIFFICULTY, None, Course.RECORD, Reason.DIFFICULTY, (K.BLOCKED,)),
        (Intent.NOT_RESPONSIBLE, None, Course.RECORD, Reason.NOT_THEIRS, (K.DISPUTED,)),
        (Intent.PROMISE, None, Course.RECORD, Reason.PROMISED_WITHOUT_DAY, (K.IN_PROGRESS,)),
        (Intent.PROMISE, "10-16", Course.RECORD, Reason.PROMISED_IN_TIME, (K.PROMISED,)),
        (Intent.PROMISE, "10-22", Course.RECORD, Reason.PROMISED_IN_TIME, (K.PROMISED,)),
        (Intent.PROMISE, "10-23", Course.RECORD, Reason.PROMISED_PAST_LIMIT, (K.EXTENSION_ASKED,)),
        (Intent.PROMISE, "10-15", Course.ASK, Reason.DAY_PAST, ()),
        (Intent.EXTENSION_REQUEST, None, Course.ASK, Reason.DAY_MISSING, ()),
        (Intent.EXTENSION_REQUEST, "10-25", Course.RECORD, Reason.MORE_TIME_ASKED, (K.EXTENSION_ASKED,)),
        (Intent.EXTENSION_REQUEST, "10-22", Course.RECORD, Reason.MORE_TIME_NOT_NEEDED, (K.PROMISED,)),
        (Intent.EXTENSION_REQUEST, "10-15", Course.ASK, Reason.DAY_PAST, ()),
        (Intent.CORRECTION_NOT_DONE, None, Course.RECORD, Reason.TAKEN_BACK, (K.NOT_REPORTED_AFTER_ALL,)),
        (Intent.CORRECTION_NOT_DONE, "10-18", Course.RECORD, Reason.TAKEN_BACK, (K.NOT_REPORTED_AFTER_ALL, K.PROMISED)),
        (Intent.CORRECTION_NOT_DONE, "10-25", Course.RECORD, Reason.TAKEN_BACK, (K.NOT_REPORTED_AFTER_ALL, K.EXTENSION_ASKED)),
        (Intent.CORRECTION_NOT_DONE, "10-15", Course.RECORD, Reason.TAKEN_BACK, (K.NOT_REPORTED_AFTER_ALL,)),
        (Intent.HANDOVER, None, Course.ANSWER, Reason.NO_STATUS, ()),
        (Intent.QUESTION, None, Course.ANSWER, Reason.NO_STATUS, ()),
        (Intent.IRRELEVANT, None, Course.ANSWER, Reason.NO_STATUS, ()),
    ],
)
def test_an_understood_answer_becomes_its_facts(
    intent: Intent, day: str | None, course: Course, reason: Reason, kinds: tuple[EventKind, ...]
) -> None:
    decision = status.from_reading(intent, date.fromisoformat(f"2018-{day}") if day else None, THIRD, NOW)
    assert (decision.course, decision.reason, decision.kinds) == (course, reason, kinds)
    if {K.PROMISED, K.EXTENSION_ASKED} & set(kinds):
        assert decision.day == date.fromisoformat(f"2018-{day}")


def test_a_promise_within_a_granted_extension_asks_for_nothing() -> None:
    decision = status.from_reading(Intent.PROMISE, date(2018, 10, 25), THIRD, NOW, extended_to=date(2018, 10, 26))
    assert decision.kinds == (K.PROMISED,)


def test_a_promise_when_overdue_is_a_request_for_time() -> None:
    decision = status.from_reading(Intent.PROMISE, date(2018, 10, 24), THIRD, at("10-23T10:00"))
    assert decision.kinds == (K.EXTENSION_ASKED,)


@given(st.sampled_from(Intent), st.none() | DAYS, MOMENTS, st.booleans())
def test_only_who_says_so_has_reported_and_doubt_is_always_asked_about(intent: Intent, day: date | None, now: datetime, sure: bool) -> None:
    decision = status.from_reading(intent, day, THIRD, now, sure=sure)
    if {K.REPORTED, K.ZERO_REPORT} & set(decision.kinds):
        assert sure
        assert intent in {Intent.DONE, Intent.ZERO_REPORT}
    assert bool(decision.kinds) == (decision.course is Course.RECORD)
    if not sure:
        assert (decision.course, decision.reason) == (Course.ASK, Reason.UNSURE)
    if K.PROMISED in decision.kinds:
        assert decision.day is not None
        assert times.civil_day(now) <= decision.day <= THIRD.limit


def test_every_reason_can_be_told_to_an_administrator() -> None:
    assert all(wording.decision_reason(reason.value) for reason in Reason)


def test_held_instants_are_in_utc() -> None:
    quiet = fold((K.PROMISED, "10-15T09:30", "10-17")).quiet_until
    assert quiet is not None
    assert quiet.tzinfo is UTC

"""From the facts about a task to its status, and from an understood answer to the facts it makes.

Facts are appended by one function of the store, which stores this fold beside them; nothing else decides a status.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain import holds, times
from bot.domain.due import Due
from bot.domain.words import CLOSED, Intent, Status
from bot.domain.workdays import WorkCalendar


class EventKind(StrEnum):
    """A fact about a task. Facts are only ever appended; UNDONE takes back the one it names."""

    REPORTED = "reported"
    ZERO_REPORT = "zero_report"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    PROMISED = "promised"
    BLOCKED = "blocked"
    NOT_REPORTED_AFTER_ALL = "not_reported_after_all"
    DISPUTED = "disputed"  # 不归我管: an administrator looks
    EXTENSION_ASKED = "extension_asked"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXEMPTED = "exempted"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one task. `id` is 0 until stored. `by` names the actor: `person:12`, `admin:1`, `system`.

    `day` is the promised, requested or granted day; `counts` the enterprises named in the answer; `undoes` the id of the
    event an UNDONE takes back; `inbound_id` the message it was understood from (the evidence), None for a manual act.
    """

    kind: EventKind
    at: datetime
    by: str
    id: int = 0
    day: date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    note: str = ""
    undoes: int | None = None
    inbound_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskState:
    """What the facts add up to. `reported_at` is the first moment that still stands and is never moved by later versions.

    `promised_on`: the day named by a promise that still stands. `quiet_until`: no reminders before this instant (exclusive end),
    None if nothing holds the chase. `extended_to`: the granted later day. `disputed`: the unit says it is not theirs.
    `asked_for`: the later day requested and not yet decided on.
    """

    status: Status
    reported_at: datetime | None = None
    promised_on: date | None = None
    quiet_until: datetime | None = None
    extended_to: date | None = None
    disputed: bool = False
    asked_for: date | None = None


class Hold(StrEnum):
    """Why nobody is reminded of a task now."""

    CLOSED = "closed"
    DISPUTED = "disputed"
    QUIET = "quiet"


def fold(events: Sequence[Event], due: Due, calendar: WorkCalendar) -> TaskState:
    """What the facts, in the order they were appended, add up to.

    An UNDONE (itself not undone) takes its event out as if it had never been; a second one changes nothing.
    What a contact says about a closed task changes nothing either, but for NOT_REPORTED_AFTER_ALL.
    """
    standing, reckoning = _standing(events), _Reckoning(due, calendar)
    state = TaskState(Status.PENDING, reported_at=_first_report(standing))
    for event in standing:
        state = _TRANSITIONS[event.kind](state, event, reckoning)
    return state


def held(state: TaskState, now: datetime) -> Hold | None:
    """Why the task is not chased at `now`; None if it is."""
    if state.status in CLOSED:
        return Hold.CLOSED
    if state.disputed:
        return Hold.DISPUTED
    return Hold.QUIET if state.quiet_until is not None and now < state.quiet_until else None


def _standing(events: Sequence[Event]) -> list[Event]:
    gone: set[int] = set()
    for event in reversed(events):
        if event.kind is EventKind.UNDONE and event.undoes is not None and event.id not in gone:
            gone.add(event.undoes)
    return [event for event in events if event.kind is not EventKind.UNDONE and event.id not in gone]


def _first_report(standing: Sequence[Event]) -> datetime | None:
    """The earliest moment a report is on record for. Only its sender's own retraction clears it, and not once it was accepted."""
    moment, firm = None, False
    for event in standing:
        if event.kind in _REPORTS:
            moment = event.at if moment is None else min(moment, event.at)
            firm = firm or event.kind is EventKind.ACCEPTED
        elif event.kind is EventKind.NOT_REPORTED_AFTER_ALL and not firm:
            moment = None
    return moment


_REPORTS = frozenset({EventKind.REPORTED, EventKind.ZERO_REPORT, EventKind.ACCEPTED})


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """By what days are counted."""

    due: Due
    calendar: WorkCalendar


_Transition = Callable[[TaskState, Event, _Reckoning], TaskState]


def _closed(status: Status, *, over: frozenset[Status] = frozenset()) -> _Transition:
    """To the closed `status`, unless the task is in one of `over`, which say more."""

    def close(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
        kept = state.status if state.status in over else status
        return replace(_cleared(state), status=kept, disputed=False)

    return close


def _acknowledged(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    return replace(state, status=Status.ACKNOWLEDGED) if state.status is Status.PENDING else state


def _in_progress(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    """Holds the chase, but not into the last days; a promise that is not yet due stands and says more."""
    if state.status in CLOSED or (state.promised_on and times.civil_day(event.at) < state.promised_on):
        return state
    quiet = holds.in_progress(event.at, by.due, state.extended_to, by.calendar)
    return replace(_cleared(state), status=Status.IN_PROGRESS, disputed=False, quiet_until=quiet)


def _promised(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    if state.status in CLOSED or event.day is None:
        return state
    quiet = holds.promise(event.day, event.at, by.due, state.extended_to, by.calendar)
    return replace(_cleared(state), status=Status.PROMISED, disputed=False, promised_on=event.day, quiet_until=quiet)


def _blocked(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    if state.status in CLOSED:
        return state
    quiet = holds.in_hands(event.at, by.due, state.extended_to, by.calendar)
    return replace(_cleared(state), status=Status.BLOCKED, quiet_until=quiet)


def _disputed(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    return state if state.status in CLOSED else replace(_cleared(state), status=_unpromised(state), disputed=True)


def _extension_asked(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    if state.status in CLOSED:
        return state
    quiet = holds.in_hands(event.at, by.due, state.extended_to, by.calendar)
    return replace(state, asked_for=event.day, disputed=False, quiet_until=quiet)


def _extended(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    return replace(_cleared(state), status=_unpromised(state), extended_to=event.day or state.extended_to)


def _extension_refused(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    return replace(state, asked_for=None, quiet_until=None)


def _not_reported_after_all(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    return replace(_cleared(state), status=Status.PENDING) if state.status in CLOSED - {Status.EXEMPT} else state


def _returned(state: TaskState, event: Event, by: _Reckoning) -> TaskState:
    return replace(_cleared(state), status=Status.RETURNED)


def _cleared(state: TaskState) -> TaskState:
    """Without what an earlier answer held."""
    return replace(state, promised_on=None, quiet_until=None, asked_for=None)


def _unpromised(state: TaskState) -> Status:
    """The status without its promise or difficulty, which the new fact has dealt with."""
    return Status.IN_PROGRESS if state.status in (Status.PROMISED, Status.BLOCKED) else state.status


_TRANSITIONS: dict[EventKind, _Transition] = {
    EventKind.REPORTED: _closed(Status.REPORTED, over=frozenset({Status.EXEMPT, Status.ACCEPTED})),
    EventKind.ZERO_REPORT: _closed(Status.ZERO_REPORT, over=frozenset({Status.EXEMPT, Status.ACCEPTED})),
    EventKind.ACCEPTED: _closed(Status.ACCEPTED),
    EventKind.EXEMPTED: _closed(Status.EXEMPT),
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.IN_PROGRESS: _in_progress,
    EventKind.PROMISED: _promised,
    EventKind.BLOCKED: _blocked,
    EventKind.DISPUTED: _disputed,
    EventKind.EXTENSION_ASKED: _extension_asked,
    EventKind.EXTENDED: _extended,
    EventKind.EXTENSION_REFUSED: _extension_refused,
    EventKind.NOT_REPORTED_AFTER_ALL: _not_reported_after_all,
    EventKind.RETURNED: _returned,
}


class Course(StrEnum):
    """What to do with an understood answer: record facts, ask back one question, or only answer (nothing about the task changes)."""

    RECORD = "record"
    ASK = "ask"
    ANSWER = "answer"


class Reason(StrEnum):
    """Why an answer became what it became; stored with the reply and shown to administrators."""

    SAYS_REPORTED = "says_reported"
    SAYS_REPORTED_EARLIER = "says_reported_earlier"
    SAYS_ZERO = "says_zero"
    UNDER_WAY = "under_way"
    PROMISED_IN_TIME = "promised_in_time"
    PROMISED_WITHOUT_DAY = "promised_without_day"
    PROMISED_PAST_LIMIT = "promised_past_limit"
    MORE_TIME_ASKED = "more_time_asked"
    MORE_TIME_NOT_NEEDED = "more_time_not_needed"
    DIFFICULTY = "difficulty"
    NOT_THEIRS = "not_theirs"
    RECEIVED_IS_NOT_REPORTED = "received_is_not_reported"
    TAKEN_BACK = "taken_back"
    NO_STATUS = "no_status"
    UNSURE = "unsure"
    DAY_MISSING = "day_missing"
    DAY_PAST = "day_past"
    DAY_AHEAD = "day_ahead"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an answer becomes: the kinds of event to append, in order (only for RECORD), with the `day` they carry."""

    course: Course
    reason: Reason
    kinds: tuple[EventKind, ...] = ()
    day: date | None = None


def from_reading(
    intent: Intent, day: date | None, due: Due, now: datetime, *, extended_to: date | None = None, sure: bool = True
) -> Decision:
    """What an understood answer makes of a task (PROMISES C2, C3). `day` is the day it names, `sure` whether the reading is over the bar.

    收到 is never a report; a promise beyond the last day on time is a request for more time; a request for a day that is
    on time anyway is a promise. A claimed report that names a later day, or a promise of a past one, is asked about.
    """
    if not sure:
        return Decision(Course.ASK, Reason.UNSURE)
    today, last = times.civil_day(now), holds.last_day(due, extended_to)
    if intent in _CLAIMS:
        return _claim(*_CLAIMS[intent], day, today)
    if intent in (Intent.PROMISE, Intent.EXTENSION_REQUEST):
        return _later(intent, day, today, last)
    if intent is Intent.CORRECTION_NOT_DONE:
        return _taken_back(day, today, last)
    kind, reason = _PLAIN.get(intent, (None, Reason.NO_STATUS))
    return Decision(Course.ANSWER, reason) if kind is None else Decision(Course.RECORD, reason, (kind,))


_CLAIMS = {
    Intent.DONE: (EventKind.REPORTED, Reason.SAYS_REPORTED),
    Intent.ZERO_REPORT: (EventKind.ZERO_REPORT, Reason.SAYS_ZERO),
}
_PLAIN = {
    Intent.IN_PROGRESS: (EventKind.IN_PROGRESS, Reason.UNDER_WAY),
    Intent.DIFFICULTY: (EventKind.BLOCKED, Reason.DIFFICULTY),
    Intent.NOT_RESPONSIBLE: (EventKind.DISPUTED, Reason.NOT_THEIRS),
    Intent.ACK: (EventKind.ACKNOWLEDGED, Reason.RECEIVED_IS_NOT_REPORTED),
}


def _claim(kind: EventKind, reason: Reason, day: date | None, today: date) -> Decision:
    if day is not None and day > today:
        return Decision(Course.ASK, Reason.DAY_AHEAD)
    earlier = day is not None and day < today
    return Decision(Course.RECORD, Reason.SAYS_REPORTED_EARLIER if earlier else reason, (kind,), day)


def _later(intent: Intent, day: date | None, today: date, last: date) -> Decision:
    """A promise without a day is work under way; a request without one is asked about, for somebody has to decide on a day."""
    promise = intent is Intent.PROMISE
    if day is None and promise:
        return Decision(Course.RECORD, Reason.PROMISED_WITHOUT_DAY, (EventKind.IN_PROGRESS,))
    if day is None or day < today:
        return Decision(Course.ASK, Reason.DAY_MISSING if day is None else Reason.DAY_PAST)
    if day <= last:
        reason = Reason.PROMISED_IN_TIME if promise else Reason.MORE_TIME_NOT_NEEDED
        return Decision(Course.RECORD, reason, (EventKind.PROMISED,), day)
    reason = Reason.PROMISED_PAST_LIMIT if promise else Reason.MORE_TIME_ASKED
    return Decision(Course.RECORD, reason, (EventKind.EXTENSION_ASKED,), day)


def _taken_back(day: date | None, today: date, last: date) -> Decision:
    later = _later(Intent.PROMISE, day, today, last)
    kinds = later.kinds if later.day is not None else ()
    return Decision(Course.RECORD, Reason.TAKEN_BACK, (EventKind.NOT_REPORTED_AFTER_ALL, *kinds), later.day)

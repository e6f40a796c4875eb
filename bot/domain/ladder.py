"""When a duty is spoken of, to whom, and how loudly: the rungs of a ladder laid on the working calendar (PROMISES B1).

Nothing is scheduled here: a step is only "from this instant on it is due"; the tick asks what is due and not yet done, and
`collapse` makes one of several that were missed (B9).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.domain import holds, times, wording
from bot.domain.due import Due
from bot.domain.errors import LadderError
from bot.domain.windows import BUSY_MINUTES, DEFAULT, Windows, defer
from bot.domain.words import MessageKind, Role
from bot.domain.workdays import WorkCalendar

FIRST = "first"
"""Key of the rung of the first notice; whoever has missed it gets it before anything else."""
PROMISE = "promise@"
"""Start of the key of a follow-up on a promised day."""
AT_ONCE = "now"
"""Start of the key of a reminder that an administrator asks for; it ends with the day granted at that time, as a task's own rungs do."""
MORNING = time(9, 10)
"""The one hour of all rungs but the second of the last day, so that what a person gets on a day merges into one message (B12)."""
BREATHER = timedelta(hours=3)
"""A last-day reminder follows a first notice of the same day at this distance or not at all."""


class Anchor(StrEnum):
    """What a rung's workdays are counted from: the publication, the day we aim for, or the last day that is on time."""

    PUBLICATION = "publication"
    TARGET = "target"
    LIMIT = "limit"


class Release(StrEnum):
    """Whether a step goes by itself or is only prepared until an administrator releases it."""

    AUTO = "auto"
    CLICK = "click"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung. `offset` counts workdays from the anchor's day (negative: before); `hour` is Shanghai time.

    A rung anchored to the publication fires at once (in the next window) and has neither offset nor hour of its own.
    `drafts_bulletin`: with it the circular is drafted.
    """

    key: str
    anchor: Anchor
    offset: int
    hour: time
    roles: tuple[Role, ...]
    kind: MessageKind
    release: Release = Release.AUTO
    drafts_bulletin: bool = False

    def kind_for(self, role: Role) -> MessageKind:
        """A group is told totals, whatever the rung tells persons."""
        return MessageKind.GROUP_NOTICE if role is Role.GROUP else self.kind


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs in their order. A period is not spoken of earlier than `lead` workdays before its target day, so that a
    recurring duty does not announce the periods of years ahead on the day the notice is published."""

    name: str
    rungs: tuple[Rung, ...]
    lead: int = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One rung for one role at one instant (UTC). `last_day`: the duty's last day, so it may not be deferred beyond it."""

    rung: str
    role: Role
    kind: MessageKind
    fires_at: datetime
    release: Release
    last_day: bool


class DeadReason(StrEnum):
    """Why a rung does not fire in a period."""

    BEFORE_PUBLICATION = "before_publication"
    WITH_FIRST_NOTICE = "with_first_notice"
    OVERTAKEN = "overtaken"
    AFTER_CLOSING = "after_closing"


class Flaw(StrEnum):
    """Why a ladder cannot be saved."""

    EMPTY = "empty"
    NOBODY = "nobody"
    KEY_TAKEN = "key_taken"
    NOT_FIRST = "not_first"
    WRONG_SIDE = "wrong_side"
    BEFORE_LEAD = "before_lead"
    NOT_AFTER_PREVIOUS = "not_after_previous"
    OUTSIDE_WINDOWS = "outside_windows"
    BUSY_MINUTE = "busy_minute"


def _before(key: str, offset: int, hour: time = MORNING) -> Rung:
    return Rung(key, Anchor.TARGET, offset, hour, (Role.PRIMARY,), MessageKind.REMINDER)


_BY_CLICK = (
    Rung("L+3", Anchor.LIMIT, 3, MORNING, (Role.LEADER,), MessageKind.ESCALATION, Release.CLICK),
    Rung("L+5", Anchor.LIMIT, 5, MORNING, (Role.SUPERIOR,), MessageKind.ESCALATION, Release.CLICK, drafts_bulletin=True),
)
_DEFAULT = Ladder(
    "default",
    (
        Rung(FIRST, Anchor.PUBLICATION, 0, MORNING, (Role.PRIMARY, Role.GROUP), MessageKind.FIRST_NOTICE),
        Rung("T-10", Anchor.TARGET, -10, MORNING, (Role.GROUP,), MessageKind.GROUP_NOTICE),
        _before("T-5", -5),
        _before("T-3", -3),
        _before("T-1", -1),
        _before("T0am", 0),
        _before("T0pm", 0, time(14, 20)),
        Rung("L+1", Anchor.LIMIT, 1, MORNING, (Role.PRIMARY, Role.SUBSTITUTE), MessageKind.OVERDUE),
        *_BY_CLICK,
    ),
)


def automatic(ladder: Ladder) -> Ladder:
    """The same ladder with every step going by itself: an obligation may be switched to it (B1)."""
    rungs = tuple(replace(rung, release=Release.AUTO) for rung in ladder.rungs)
    return replace(ladder, name="automatic", rungs=rungs)


LADDERS = {ladder.name: ladder for ladder in (_DEFAULT, automatic(_DEFAULT))}


def check_ladder(ladder: Ladder, windows: Windows = DEFAULT) -> None:
    """Raises LadderError naming every rung that could not fire in any period, or not as it says, and why (B1)."""
    flaws = [(rung.key, flaw) for place, rung in enumerate(ladder.rungs) if (flaw := _flaw(ladder, place, windows))]
    if not ladder.rungs:
        flaws = [("", Flaw.EMPTY)]
    if flaws:
        raise LadderError(wording.flawed_ladder(ladder.name, [(key, flaw.value) for key, flaw in flaws]))


def _flaw(ladder: Ladder, place: int, windows: Windows) -> Flaw | None:
    rung, before = ladder.rungs[place], ladder.rungs[:place]
    published = rung.anchor is Anchor.PUBLICATION
    tests = (
        (not rung.roles, Flaw.NOBODY),
        (rung.key in {other.key for other in before}, Flaw.KEY_TAKEN),
        (published is not (rung.key == FIRST), Flaw.NOT_FIRST),
        (rung.offset not in _SIDES[rung.anchor], Flaw.WRONG_SIDE),
        (rung.anchor is Anchor.TARGET and rung.offset <= -ladder.lead, Flaw.BEFORE_LEAD),
        (any(_moment(rung) <= _moment(other) for other in before), Flaw.NOT_AFTER_PREVIOUS),
        (not published and not windows.contain(rung.hour), Flaw.OUTSIDE_WINDOWS),
        (not published and rung.hour.minute in BUSY_MINUTES, Flaw.BUSY_MINUTE),
    )
    return next((flaw for failed, flaw in tests if failed), None)


_SIDES = {Anchor.PUBLICATION: range(1), Anchor.TARGET: range(-250, 1), Anchor.LIMIT: range(1, 251)}
"""Workdays a rung may lie from its anchor: about a year either way; overdue begins after the limit, not on it."""


def _moment(rung: Rung) -> tuple[int, int, time]:
    """Orders rungs as they fire. Two rungs on one day are one message too many (B12), save on the day we aim for."""
    due_day = rung.anchor is Anchor.TARGET and rung.offset == 0
    return list(Anchor).index(rung.anchor), rung.offset, rung.hour if due_day else time.min


@dataclass(frozen=True, slots=True)
class _Placed:
    """A rung on the calendar; `at` in UTC."""

    rung: Rung
    at: datetime
    last_day: bool
    dead: DeadReason | None = None


def steps(
    ladder: Ladder, due: Due, published: datetime, calendar: WorkCalendar, windows: Windows = DEFAULT, *, closes: datetime | None = None
) -> tuple[Step, ...]:
    """The steps of one period in order of time. Rungs that would lie before the first notice are left out: it stands for them.

    `published` is the instant from which anything may be said; `closes` the one from which nothing is (exclusive end).
    """
    return _steps(placed for placed in _lay(ladder, due, published, calendar, windows, closes) if placed.dead is None)


def dead_rungs(
    ladder: Ladder, due: Due, published: datetime, calendar: WorkCalendar, windows: Windows = DEFAULT, *, closes: datetime | None = None
) -> list[tuple[str, DeadReason]]:
    """The rungs that do not fire in this period, with the reason, in the ladder's order."""
    laid = _lay(ladder, due, published, calendar, windows, closes)
    return [(placed.rung.key, placed.dead) for placed in laid if placed.dead is not None]


def bulletin_at(ladder: Ladder, due: Due, calendar: WorkCalendar, windows: Windows = DEFAULT) -> datetime | None:
    """The instant from which the circular of this period is drafted, in UTC; None if the ladder has no such rung."""
    drafting = (rung for rung in ladder.rungs if rung.drafts_bulletin)
    return next((_place(rung, due, calendar, windows).at for rung in drafting), None)


def extension_steps(
    ladder: Ladder, due: Due, granted: date, decided: datetime, calendar: WorkCalendar, windows: Windows = DEFAULT
) -> tuple[Step, ...]:
    """The ladder of one task laid anew for the `granted` day: private rungs only, none on the day of the decision but a last one.

    The keys carry the day, so that a rung that has fired for the old day fires again for the new one.
    """
    target = calendar.on_or_before(granted)
    aim = target if target > times.civil_day(decided) else granted
    moved = replace(due, nominal=granted, target=aim, limit=holds.last_day(due, granted))
    laid = _bury([_place(rung, moved, calendar, windows) for rung in _own(ladder, granted)], decided, None)
    return _steps(placed for placed in laid if placed.dead is None)


def _own(ladder: Ladder, granted: date) -> Iterator[Rung]:
    for rung in ladder.rungs:
        roles = tuple(role for role in rung.roles if role is not Role.GROUP)
        if roles and rung.anchor is not Anchor.PUBLICATION:
            yield replace(rung, key=f"{rung.key}@{granted}", roles=roles, drafts_bulletin=False)


def promise_step(
    promised: date, said: datetime, due: Due, calendar: WorkCalendar, windows: Windows = DEFAULT, *, extended_to: date | None = None
) -> Step | None:
    """The question on the promised day, at the hour of the other private rungs so that both make one message.

    None where there is nothing left to ask before it is too late: `holds.follow_up_day` has the rule.
    """
    last = holds.last_day(due, extended_to)
    day = holds.follow_up_day(promised, said, last, calendar)
    if day is None:
        return None
    at = defer(times.instant(day, MORNING), calendar, windows, last_day=day == last)
    return Step(f"{PROMISE}{promised}", Role.PRIMARY, MessageKind.REMINDER, at, Release.AUTO, last_day=day == last)


def at_once_step(now: datetime, due: Due, *, extended_to: date | None = None) -> Step:
    """A reminder that an administrator asks for at `now`: overdue once the last day is over, and free of the rule of one message a
    day on the last days themselves."""
    today, last = times.civil_day(now), holds.last_day(due, extended_to)
    kind = MessageKind.OVERDUE if today > last else MessageKind.REMINDER
    last_day = holds.aim(due, extended_to) <= today <= last
    return Step(f"{AT_ONCE}{int(now.timestamp())}@{extended_to}", Role.PRIMARY, kind, now, Release.AUTO, last_day=last_day)


class Fireable(Protocol):
    """What `collapse` needs of a step, here or as the store reads it."""

    @property
    def rung(self) -> str:
        """The rung's key."""

    @property
    def fires_at(self) -> datetime:
        """The instant from which it is due."""


S = TypeVar("S", bound=Fireable)


def collapse(steps: Sequence[S], now: datetime) -> tuple[tuple[S, ...], tuple[S, ...]]:
    """Of the open steps of one task, or of all tasks of one period: those to fire now, all of one rung, and those skipped for good.

    The latest rung that is due survives, and the earlier ones are skipped; but whoever has missed the first notice gets
    that one (the letter is worded for today in any case), and nobody is accused before he was told. Later steps stay open.
    A step that waits for an administrator's click is not due: leave it out until it is released.
    """
    due = [step for step in steps if step.fires_at <= now]
    if not due:
        return (), ()
    latest = max(due, key=lambda step: (step.rung == FIRST, step.fires_at)).rung
    return tuple(step for step in due if step.rung == latest), tuple(step for step in due if step.rung != latest)


def _lay(ladder: Ladder, due: Due, published: datetime, calendar: WorkCalendar, windows: Windows, closes: datetime | None) -> list[_Placed]:
    first = _first_notice(ladder, due, published, calendar, windows)
    last_day = due.target <= times.civil_day(first) <= due.limit
    laid = [
        _Placed(rung, first, last_day) if rung.anchor is Anchor.PUBLICATION else _place(rung, due, calendar, windows)
        for rung in ladder.rungs
    ]
    return _bury(laid, first, closes)


def _first_notice(ladder: Ladder, due: Due, published: datetime, calendar: WorkCalendar, windows: Windows) -> datetime:
    opening = times.instant(calendar.add(due.target, -ladder.lead), time(0))
    at = max(published, opening)
    deferred = defer(at, calendar, windows)
    too_late = times.civil_day(at) <= due.limit < times.civil_day(deferred)
    return defer(at, calendar, windows, last_day=True) if too_late else deferred


def _place(rung: Rung, due: Due, calendar: WorkCalendar, windows: Windows) -> _Placed:
    last_day = rung.anchor is Anchor.TARGET and rung.offset == 0
    day = calendar.add(due.limit if rung.anchor is Anchor.LIMIT else due.target, rung.offset)
    return _Placed(rung, defer(times.instant(day, rung.hour), calendar, windows, last_day=last_day), last_day)


def _bury(laid: Sequence[_Placed], begins: datetime, closes: datetime | None) -> list[_Placed]:
    """`laid` with the reason at each rung that cannot fire between `begins` (when people are first told) and `closes`."""
    found = [replace(placed, dead=_dead(placed, begins, closes)) for placed in laid]
    for here, placed in enumerate(found):
        later = [other.at for other in found[here + 1 :] if other.dead is None]
        if placed.dead is None and later and min(later) <= placed.at:
            found[here] = replace(placed, dead=DeadReason.OVERTAKEN)
    return found


def _dead(placed: _Placed, begins: datetime, closes: datetime | None) -> DeadReason | None:
    if closes is not None and placed.at >= closes:
        return DeadReason.AFTER_CLOSING
    if placed.rung.anchor is Anchor.PUBLICATION:
        return None
    if times.civil_day(placed.at) < times.civil_day(begins):
        return DeadReason.BEFORE_PUBLICATION
    same_day = times.civil_day(placed.at) == times.civil_day(begins)
    spaced = placed.last_day and placed.at >= begins + BREATHER
    return DeadReason.WITH_FIRST_NOTICE if same_day and not spaced else None


def _steps(laid: Iterable[_Placed]) -> tuple[Step, ...]:
    ordered = sorted(laid, key=lambda placed: placed.at)
    return tuple(
        Step(placed.rung.key, role, placed.rung.kind_for(role), placed.at, placed.rung.release, placed.last_day)
        for placed in ordered
        for role in placed.rung.roles
    )

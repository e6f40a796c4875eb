"""What an obligation would bring: its next due dates with their reasons, its ladder on the calendar, what it adds to the load."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from bot.desk import months
from bot.desk.desk import Desk
from bot.desk.months import Month
from bot.desk.wishes import Draft
from bot.domain import due as dues
from bot.domain import ladder, ladder_text, periods, rules, times, wording
from bot.domain.due import Due
from bot.domain.ladder import Release
from bot.domain.obligations import Obligation
from bot.domain.words import Role
from bot.domain.workdays import WorkCalendar
from bot.store.tx import Tx
from jobs import due as due_job

SHOWN = 8
"""Due dates that are shown."""
NAMED = 3
"""Units with the heaviest load that are named."""


@dataclass(frozen=True, slots=True)
class Laid:
    """One rung in the period that is shown. `at` is when it fires; None: it does not, and `dead` says why."""

    rung: str
    roles: tuple[Role, ...]
    at: datetime | None
    by_click: bool
    dead: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What the chosen units owe without this: obligations of the most loaded one, those units' names, and the mean.

    `letters` is how many messages of its own a contact who never reports would get for each period.
    """

    units: int
    most: int
    names: tuple[str, ...]
    mean: float
    letters: int


@dataclass(frozen=True, slots=True)
class Foretold:
    """All of it. `dues` come with their explanation; `laid` is the ladder of the first one, `marks` its rungs by day; `past` periods
    would be overdue at once."""

    dues: tuple[tuple[Due, str], ...]
    laid: tuple[Laid, ...]
    months: tuple[Month, ...]
    marks: Mapping[date, tuple[str, ...]]
    load: Load
    past: int


def foretell(tx: Tx, desk: Desk, draft: Draft) -> Foretold:
    """What the draft would bring, as of now."""
    now, calendar, duty = desk.now(), desk.calendar(), draft.obligation
    today = times.civil_day(now)
    found = upcoming(duty, today, calendar)
    laid = lay(desk, duty, found[0], calendar) if found else ()
    marks = {day: tuple(each.rung for each in run) for day, run in groupby(_fired(laid), key=lambda one: times.civil_day(one.at or now))}
    days = [*marks, *(day for due in found[:1] for day in (due.nominal, due.target, due.limit))]
    past = sum(dues.limit_at(due) <= now for due in due_job.expected(duty, duty.begins, today, calendar))
    return Foretold(
        dues=tuple((due, dues.explain(due, calendar)) for due in found),
        laid=laid,
        months=tuple(months.spanning(calendar, min(days), max(days))) if days else (),
        marks=marks,
        load=_load(tx, draft, laid),
        past=past,
    )


def upcoming(duty: Obligation, since: date, calendar: WorkCalendar, count: int = SHOWN) -> list[Due]:
    """The next due dates with a nominal day on or after `since`, within the obligation's own days."""
    rule, anchor = rules.parse(duty.rule), times.civil_day(duty.published)
    found = periods.first(rule, max(since, duty.begins), count, anchor=anchor, calendar=calendar)
    stated = {"hour_stated": duty.hour_stated, "shift_stated": duty.shift_stated}
    return [
        dues.due(rule, period, calendar=calendar, shift=duty.shift, hour=duty.hour, **stated)
        for period in found
        if duty.ends is None or period.nominal <= duty.ends
    ]


def lay(desk: Desk, duty: Obligation, due: Due, calendar: WorkCalendar) -> tuple[Laid, ...]:
    """The ladder of one period: what fires in order of time, then what does not, with the reason."""
    rungs = ladder_text.named(duty.ladder)
    roles = {rung.key: rung.roles for rung in rungs.rungs}
    steps = ladder.steps(rungs, due, duty.published, calendar, desk.windows)
    alive = [next(run) for _, run in groupby(steps, key=lambda step: step.rung)]
    dead = ladder.dead_rungs(rungs, due, duty.published, calendar, desk.windows)
    return (
        *(Laid(step.rung, roles[step.rung], step.fires_at, step.release is Release.CLICK) for step in alive),
        *(Laid(key, roles[key], None, by_click=False, dead=wording.dead_rung(reason.value)) for key, reason in dead),
    )


def _fired(laid: Iterable[Laid]) -> list[Laid]:
    return [one for one in laid if one.at is not None]


def _load(tx: Tx, draft: Draft, laid: Iterable[Laid]) -> Load:
    counts = tx.obligations.load(draft.units, but=draft.obligation.id)
    most = max(counts.values(), default=0)
    heavy = [unit_id for unit_id in draft.units if most and counts.get(unit_id, 0) == most]
    letters = sum(Role.PRIMARY in one.roles for one in _fired(laid))
    names = tuple(tx.units.get(unit_id).short_name for unit_id in heavy[:NAMED])
    return Load(len(draft.units), most, names, sum(counts.values()) / max(1, len(draft.units)), letters)

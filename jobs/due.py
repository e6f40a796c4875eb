"""obligation → task: which periods are owed by now, when each is due, and who owes it.

Asks what should exist and does not yet, so it may run twice, late or after a year of darkness. A change of the working calendar
moves the open periods it touches, lays their ladders anew and names the units affected (PROMISES A2).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain import due as dues
from bot.domain import ladder, ladder_text, periods, rules, times
from bot.domain.due import Due
from bot.domain.errors import CuibaoError
from bot.domain.obligations import Obligation
from bot.domain.windows import DEFAULT, Windows
from bot.domain.workdays import WorkCalendar
from bot.store.engine import Store
from bot.store.obligations import Armed
from bot.store.periods import PeriodRow

LOOK_BACK = timedelta(days=60)
"""How far before the latest period the rule is expanded again: nominal days that count workdays may move, none by so much."""

CHUNK = 1000
"""Tasks made in one transaction: replies land between two of them."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A period whose days moved because the calendar or the obligation changed, and the units that still owe it."""

    period_id: int
    obligation_id: int
    name: str
    before: Due
    after: Due
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An obligation that nothing could be made of, and why; the others are not held up by it."""

    obligation_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What was missing and is there now: new periods, new tasks, periods that moved; and what was refused."""

    periods: int = 0
    tasks: int = 0
    moved: tuple[Moved, ...] = ()
    refused: tuple[Refused, ...] = ()


def run(now: datetime, store: Store, calendar: WorkCalendar, windows: Windows = DEFAULT, horizon_days: int = 120) -> Planned:
    """Make the periods with a nominal day up to `horizon_days` from now, their ladders and their tasks; move those whose days changed."""
    with store.read() as tx:
        armed = tx.obligations.armed()
    made, tasks = 0, 0
    moved: list[Moved] = []
    refused: list[Refused] = []
    for each in armed:
        try:
            fresh, shifted = _periods(now, store, each.obligation, calendar, windows, now + timedelta(days=horizon_days))
            made += fresh
            moved += shifted
            tasks += _tasks(now, store, each)
        except (CuibaoError, OverflowError) as error:  # a day at the end of all calendars
            refused.append(Refused(each.obligation.id, str(error)))
    return Planned(made, tasks, tuple(moved), tuple(refused))


def expected(obligation: Obligation, since: date, until: date, calendar: WorkCalendar) -> list[Due]:
    """The due dates an obligation asks for with a nominal day in [since, until] and within its own days."""
    last = until if obligation.ends is None else min(until, obligation.ends)
    rule, anchor = rules.parse(obligation.rule), times.civil_day(obligation.published)
    stated = {"hour_stated": obligation.hour_stated, "shift_stated": obligation.shift_stated}
    return [
        dues.due(rule, period, calendar=calendar, shift=obligation.shift, hour=obligation.hour, **stated)
        for period in periods.expand(rule, max(since, obligation.begins), last, anchor=anchor, calendar=calendar)
    ]


def _periods(
    now: datetime, store: Store, obligation: Obligation, calendar: WorkCalendar, windows: Windows, until: datetime
) -> tuple[int, list[Moved]]:
    """Compare what should be with what is; write only if they differ."""
    with store.read() as tx:
        last = tx.periods.last_nominal(obligation.id)
        since = obligation.begins if last is None else min(last, times.civil_day(now)) - LOOK_BACK
        known = {row.name: row for row in tx.periods.of(obligation.id, since - LOOK_BACK)}
    wanted = expected(obligation, since, times.civil_day(until), calendar)
    new = [due for due in wanted if due.period not in known]
    changed = [(known[due.period], due) for due in wanted if due.period in known and _differs(known[due.period], due, now)]
    if new:
        _add(store, obligation, new, calendar, windows)
    return len(new), [_move(store, obligation, row, due, calendar, windows) for row, due in changed]


def _differs(row: PeriodRow, due: Due, now: datetime) -> bool:
    """Only what is still open moves: history stays as it was told."""
    return row.due != due and row.limit_at > now


def _add(store: Store, obligation: Obligation, new: list[Due], calendar: WorkCalendar, windows: Windows) -> None:
    with store.begin() as tx:
        for due in new:
            period_id, created = tx.periods.put(obligation.id, due)
            if created:
                tx.periods.put_steps(period_id, _steps(obligation, due, calendar, windows))


def _move(store: Store, obligation: Obligation, row: PeriodRow, due: Due, calendar: WorkCalendar, windows: Windows) -> Moved:
    with store.begin() as tx:
        tx.periods.redate(row.id, due)
        tx.periods.put_steps(row.id, _steps(obligation, due, calendar, windows))
        tx.tasks.refold(row.id)
        return Moved(row.id, obligation.id, row.name, row.due, due, tx.periods.owing_units(row.id))


def _steps(obligation: Obligation, due: Due, calendar: WorkCalendar, windows: Windows) -> tuple[ladder.Step, ...]:
    return ladder.steps(ladder_text.named(obligation.ladder), due, obligation.published, calendar, windows)


def _tasks(now: datetime, store: Store, armed: Armed) -> int:
    """Tasks for open periods that have none for this revision of the obligation yet, some units at a time."""
    with store.read() as tx:
        stale = [row.id for row in tx.periods.unmade(armed.obligation.id, armed.revision, now)]
    return sum(_fill(store, armed, period_id) for period_id in stale)


def _fill(store: Store, armed: Armed, period_id: int) -> int:
    made, after = 0, 0
    while True:
        with store.begin() as tx:
            upto = tx.obligations.chunk(armed.obligation.id, after, CHUNK)
            made += tx.periods.make_tasks(period_id, after, upto)
            if upto is None:
                tx.periods.made(period_id, armed.revision)
                return made
        after = upto

"""The working calendar as administrators see it: a year at a time, what differs from the library and by which paper, and how to load
a year's arrangement or amend a day. What would move is shown before anything is saved."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.desk import months, problems
from bot.desk.desk import Actor, Desk
from bot.desk.months import Month
from bot.domain import holidays_file, times
from bot.domain.due import Due
from bot.domain.errors import CalendarError
from bot.domain.workdays import Day, DayKind, Override, WorkCalendar
from bot.store.tx import Tx
from jobs import due as due_job

FIRST, LAST = 2004, 2099
"""Years that are shown: the library begins with the first."""
PAPER = 120
"""Characters of a holiday's name and of a paper's."""


@dataclass(frozen=True, slots=True)
class Year:
    """One year. `published`: its arrangement is known; `amended` are the days of the administrators' own table, with what they became."""

    year: int
    months: tuple[Month, ...]
    published: bool
    workdays: int
    special: tuple[Day, ...]
    amended: tuple[tuple[Day, Override], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """An open period whose days move, with how many units still owe it."""

    what: str
    before: Due
    after: Due
    owing: int


@dataclass(frozen=True, slots=True)
class Look:
    """What saving would change: days that become something else, and periods that move. `text` is what was read, `mark` names it all."""

    text: str
    days: tuple[tuple[Day, Day], ...]
    count: int
    moves: tuple[Move, ...]
    mark: str


def view(desk: Desk, year: int) -> Year:
    """One year of the calendar. Raises LookupError for one that is not shown."""
    if not FIRST <= year <= LAST:
        raise LookupError(f"year {year}")
    with desk.store.read() as tx:
        overrides = tx.calendar.overrides()
    calendar = WorkCalendar(overrides)
    shown = tuple(months.month(calendar, year, number) for number in range(1, 13))
    days = [day for month in shown for week in month.weeks for day in week if day]
    return Year(
        year=year,
        months=shown,
        published=calendar.published(year),
        workdays=sum(day.workday for day in days),
        special=tuple(day for day in days if day.kind in (DayKind.HOLIDAY, DayKind.MAKEUP)),
        amended=tuple((day, overrides[day.date]) for day in days if day.date in overrides),
    )


def amendment(day: date, name: str, paper: str, *, workday: bool) -> str:
    """One day in words of the file, so that it is looked at and saved as a year is. Raises Refused."""
    for field, text in (("name", name), ("paper", paper)):
        if len(text) > PAPER:
            raise problems.long(field, len(text), PAPER)
    if not paper.strip():
        raise problems.no_basis()
    days = [{"name": name.strip(), "date": day.isoformat(), "isOffDay": not workday}]
    return json.dumps({"year": day.year, "papers": [paper.strip()], "days": days}, ensure_ascii=False)


def decoded(raw: bytes) -> str:
    """The text of an uploaded file. Raises Refused."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise problems.no_holidays() from error


def look(desk: Desk, actor: Actor, text: str) -> Look:
    """What the file would change; nothing is saved. Raises Forbidden, Refused for one that cannot be used."""
    _manager(actor)
    given = _read(text)
    with desk.store.read() as tx:
        return _look(tx, desk, text, given)


def save(desk: Desk, actor: Actor, text: str, mark: str) -> tuple[int, int]:
    """Take it over: how many days, how many periods moved. Raises Forbidden, Refused."""
    _manager(actor)
    given = _read(text)
    with desk.store.begin() as tx:
        seen = _look(tx, desk, text, given)
        if seen.mark != mark:
            raise problems.not_looked()
        before = {day: override for day, override in tx.calendar.overrides().items() if day in given}
        tx.calendar.put(given)
        years = "、".join(sorted({str(day.year) for day in given}))
        tx.audit.write(actor.by, "calendar.loaded", desk.now(), about=f"calendar:{years}", before=_shown(before), after=_shown(given))
    return seen.count, _move(desk)


def without(desk: Desk, actor: Actor, day: date) -> Look:
    """What leaving a day to the library again would change. Raises Forbidden, LookupError for a day that was not amended."""
    _manager(actor)
    with desk.store.read() as tx:
        return _without(tx, desk, day)[0]


def forget(desk: Desk, actor: Actor, day: date, mark: str) -> int:
    """Leave a day to the library again; how many periods moved. Raises Forbidden, LookupError, Refused."""
    _manager(actor)
    with desk.store.begin() as tx:
        seen, override = _without(tx, desk, day)
        if seen.mark != mark:
            raise problems.not_looked()
        tx.calendar.remove([day])
        tx.audit.write(actor.by, "calendar.forgotten", desk.now(), about=f"calendar:{day.year}", before=_shown({day: override}))
    return _move(desk)


def _move(desk: Desk) -> int:
    with desk.store.read() as tx:
        calendar = WorkCalendar(tx.calendar.overrides())
    return len(due_job.run(desk.now(), desk.store, calendar, desk.windows).moved)


def _manager(actor: Actor) -> None:
    """The calendar is the installation's: it moves the days of every unit."""
    if not actor.may_manage:
        raise problems.Forbidden


def _read(text: str) -> dict[date, Override]:
    try:
        given = holidays_file.read(text)
    except CalendarError as error:
        raise problems.spoken("text", str(error)) from error
    longest = max(len(each) for override in given.values() for each in (override.name, override.source))
    if longest > PAPER:
        raise problems.long("paper", longest, PAPER)
    return given


def _look(tx: Tx, desk: Desk, text: str, given: Mapping[date, Override]) -> Look:
    overrides = tx.calendar.overrides()
    return _compared(tx, desk, text, overrides, {**overrides, **given}, given)


def _without(tx: Tx, desk: Desk, day: date) -> tuple[Look, Override]:
    overrides = tx.calendar.overrides()
    override = overrides.get(day)
    if override is None:
        raise LookupError(f"day {day}")
    left = {each: one for each, one in overrides.items() if each != day}
    return _compared(tx, desk, "", overrides, left, {day: override}), override


def _compared(
    tx: Tx, desk: Desk, text: str, before: Mapping[date, Override], after: Mapping[date, Override], given: Mapping[date, Override]
) -> Look:
    """`given` are the days that are spoken of."""
    old, new = WorkCalendar(before), WorkCalendar(after)
    pairs = [(old.day(day), new.day(day)) for day in sorted(given)]
    days = tuple((one, two) for one, two in pairs if (one.workday, one.name, one.source) != (two.workday, two.name, two.source))
    moves = tuple(_moves(tx, desk, new))
    mark = hashlib.sha256(repr((sorted(given.items()), days, moves)).encode()).hexdigest()[:32]
    return Look(text, days, len(given), moves, mark)


def _moves(tx: Tx, desk: Desk, calendar: WorkCalendar) -> Iterator[Move]:
    now = desk.now()
    for armed in tx.obligations.armed():
        rows = [row for row in tx.periods.of(armed.obligation.id) if row.limit_at > now]
        if not rows:
            continue
        since, until = times.civil_day(now) - due_job.LOOK_BACK, max(row.due.nominal for row in rows) + due_job.LOOK_BACK
        wanted = {due.period: due for due in due_job.expected(armed.obligation, since, until, calendar)}
        for row in rows:
            after = wanted.get(row.name, row.due)
            if (after.nominal, after.target, after.limit) != (row.due.nominal, row.due.target, row.due.limit):
                yield Move(armed.obligation.what, row.due, after, len(tx.periods.owing_units(row.id)))


def _shown(days: Mapping[date, Override]) -> dict[str, object]:
    return {day.isoformat(): {"workday": one.workday, "name": one.name, "source": one.source} for day, one in sorted(days.items())}

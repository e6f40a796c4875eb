"""The matrix unit × period, and one period as a list: what the pages show, and what the sheet holds (PROMISES D1)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.desk.desk import Actor, Desk
from bot.domain import lamps, times
from bot.domain.lamps import Lamp
from bot.domain.words import CLOSED, Status
from bot.store import matrix, worklist
from bot.store.matrix import Column, Page
from bot.store.tx import Tx
from bot.store.units import Unit

COLUMNS = 24
"""Periods of one view; earlier ones are a click away."""
ROWS, MOST = 100, 600
"""Units of one page, and of the page for who wants all at once."""
AHEAD = timedelta(days=120)
"""How far beyond today periods are shown unless somebody asks for another day."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see. `until` is the last nominal day of a column, None: some months ahead; `after` is where a page begins."""

    obligation: int | None = None
    period: int | None = None
    top: int | None = None
    lamp: Lamp | None = None
    words: str = ""
    until: date | None = None
    after: tuple[int, int] | None = None
    rows: int = ROWS


@dataclass(frozen=True, slots=True)
class Head:
    """A column with how many of its tasks are settled of how many are owed, in the actor's units."""

    column: Column
    settled: int
    owed: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One task. `status` is said in words beside the lamp, which alone would be colour."""

    task_id: int
    lamp: Lamp
    status: Status
    reported_at: datetime | None
    promised_on: date | None
    extended_to: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One unit with a cell for each column; None: it does not owe that."""

    unit: Unit
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by."""

    id: int
    word: str


@dataclass(frozen=True, slots=True)
class Progress:
    """All that the page shows. `more` is where the next page begins, None on the last; `earlier` the day before the first column."""

    filter: Filter
    now: datetime
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    more: tuple[int, int] | None
    earlier: date | None
    obligations: tuple[Choice, ...]
    tops: tuple[Choice, ...]
    contacts: Mapping[int, worklist.Contact]

    @property
    def headings(self) -> tuple[tuple[str, int], ...]:
        """Neighbouring columns of one obligation share a heading: its words, and how many columns it spans."""
        runs = groupby(self.heads, key=lambda head: (head.column.obligation_id, head.column.what))
        return tuple((what, len(list(run))) for (_, what), run in runs)

    @property
    def lamps(self) -> Mapping[Lamp, int]:
        """How many tasks of this page have each lamp."""
        shown = Counter(cell.lamp for row in self.rows for cell in row.cells if cell)
        return {lamp: shown[lamp] for lamp in Lamp}


def view(desk: Desk, actor: Actor, wanted: Filter) -> Progress:
    """The page, in one transaction. A filter outside the actor's subtree finds nothing.

    Raises LookupError for a period that is unknown, or in which no unit of the actor's has a task.
    """
    now = desk.now()
    with desk.store.read() as tx:
        found = tx.tasks.matrix([wanted.obligation] if wanted.obligation else None, _page(actor, wanted, now))
        if wanted.period is not None and not found.columns:
            raise LookupError(f"period {wanted.period}")
        unit_ids = [row.unit.id for row in found.rows]
        return Progress(
            filter=wanted,
            now=now,
            heads=_heads(tx, actor, found.columns),
            rows=tuple(_row(row, found.columns, now) for row in found.rows),
            more=found.after,
            earlier=found.columns[0].nominal - timedelta(days=1) if len(found.columns) == COLUMNS else None,
            obligations=_obligations(tx, actor),
            tops=_tops(tx, actor, times.civil_day(now)),
            contacts=tx.worklist.contacts(unit_ids, times.civil_day(now)) if wanted.period is not None else {},
        )


def every(desk: Desk, actor: Actor, wanted: Filter) -> Iterator[Progress]:
    """The same page after page, for who takes all of it away."""
    page: Filter | None = replace(wanted, after=None, rows=MOST)
    while page is not None:
        found = view(desk, actor, page)
        yield found
        page = replace(page, after=found.more) if found.more else None


def _page(actor: Actor, wanted: Filter, now: datetime) -> Page:
    return Page(
        until=None if wanted.period is not None else wanted.until or times.civil_day(now) + AHEAD,
        unit_ids=actor.units,
        after=wanted.after,
        limit=wanted.rows,
        columns=COLUMNS,
        period_id=wanted.period,
        top=wanted.top,
        words=wanted.words,
        lamp=wanted.lamp,
        now=now,
    )


def _heads(tx: Tx, actor: Actor, columns: Iterable[Column]) -> tuple[Head, ...]:
    ids = [column.period_id for column in columns]
    counts = tx.tasks.counts(ids) if actor.units is None else worklist.counted(tx.connection, ids, actor.units)
    return tuple(Head(column, _settled(counts[column.period_id]), sum(counts[column.period_id].values())) for column in columns)


def _settled(by_status: Mapping[Status, int]) -> int:
    return sum(tasks for status, tasks in by_status.items() if status in CLOSED)


def _row(stored: matrix.MatrixRow, columns: Iterable[Column], now: datetime) -> Row:
    return Row(stored.unit, tuple(_cell(stored.cells.get(column.period_id), column, now) for column in columns))


def _cell(stored: matrix.Cell | None, column: Column, now: datetime) -> Cell | None:
    if stored is None:
        return None
    late_from = lamps.end(column.limit_at, stored.extended_to)
    lamp = lamps.lamp(stored.status, stored.reported_at, late_from, now, disputed=stored.disputed)
    return Cell(stored.task_id, lamp, stored.status, stored.reported_at, stored.promised_on, stored.extended_to)


def _obligations(tx: Tx, actor: Actor) -> tuple[Choice, ...]:
    known = tx.obligations.all() if actor.units is None else [one.obligation for one in tx.obligations.owed(actor.units)]
    return tuple(Choice(duty.id, duty.what) for duty in known if duty.what)


def _tops(tx: Tx, actor: Actor, on: date) -> tuple[Choice, ...]:
    """The prefectures, and what else stands directly below the province."""
    return tuple(Choice(unit.id, unit.short_name) for unit in tx.units.below_root(on) if actor.sees(unit.id))

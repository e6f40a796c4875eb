"""From a scene to what the templates show: chosen conversation, groups of the matrix, counts. Frozen values, nothing decided."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bot.domain import times
from bot.domain.lamps import SETTLED, Lamp
from bot.web import house
from bot.web.place import Place


@dataclass(frozen=True, slots=True)
class Heading:
    """Neighbouring columns of one obligation share a heading. `width` counts columns."""

    what: str
    width: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A column with how many of its tasks are settled (reported, in time or late, or exempt) of how many."""

    column: house.Column
    settled: int
    owed: int


@dataclass(frozen=True, slots=True)
class Group:
    """A prefecture and its counties, in order."""

    rows: tuple[house.Row, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The matrix as it is drawn. `lamps` counts all tasks by lamp, hidden rows included; `hidden` counts units left out by the filter."""

    headings: tuple[Heading, ...]
    columns: tuple[Progress, ...]
    groups: tuple[Group, ...]
    lamps: Mapping[Lamp, int]
    hidden: int


@dataclass(frozen=True, slots=True)
class Day:
    """What was said in a conversation on one civil day in Shanghai."""

    date: date
    entries: tuple[house.Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the rehearsal page shows."""

    scene: house.Scene
    place: Place
    listed: tuple[house.Conversation, ...]
    open: house.Conversation | None
    days: tuple[Day, ...]
    grid: Grid
    unread: int

    @property
    def over(self) -> bool:
        """The virtual clock has reached its last day and nothing is left to send."""
        return times.civil_day(self.scene.now) >= self.scene.ends and self.scene.next_send is None


def page(scene: house.Scene, place: Place) -> Page:
    """The page for this scene as seen from this place."""
    ordered = sorted(scene.conversations, key=_recency, reverse=True)
    listed = tuple(one for one in ordered if _matches(one, place.q))
    chosen = find(scene, place.chat) or next(iter(listed), None)
    return Page(
        scene=scene,
        place=place,
        listed=listed,
        open=chosen,
        days=tuple(_days(chosen.entries)) if chosen else (),
        grid=grid(scene.matrix, only_owing=place.owe),
        unread=sum(one.unread > 0 and one.can_answer for one in scene.conversations),
    )


def find(scene: house.Scene, key: str) -> house.Conversation | None:
    """The conversation of this key, None if there is none."""
    return next((one for one in scene.conversations if one.key == key), None)


def grid(matrix: house.Matrix, only_owing: bool) -> Grid:
    """The matrix with headings, progress and groups; `only_owing` leaves out the units with every task settled."""
    rows = [row for row in matrix.rows if not only_owing or any(cell and cell.lamp not in SETTLED for cell in row.cells)]
    counts = Counter(cell.lamp for row in matrix.rows for cell in row.cells if cell)
    return Grid(
        headings=tuple(Heading(what, len(list(run))) for what, run in groupby(column.what for column in matrix.columns)),
        columns=tuple(_progress(matrix, index) for index in range(len(matrix.columns))),
        groups=tuple(_groups(rows)),
        lamps={lamp: counts[lamp] for lamp in Lamp},
        hidden=len(matrix.rows) - len(rows),
    )


def _recency(one: house.Conversation) -> tuple[bool, float]:
    """Groups first, then as in any chat list: the latest on top."""
    return one.kind == "group", one.entries[-1].at.timestamp() if one.entries else 0.0


def _matches(one: house.Conversation, q: str) -> bool:
    return q.casefold() in f"{one.title} {one.subtitle}".casefold()


def _days(entries: Iterable[house.Entry]) -> Iterator[Day]:
    for day, run in groupby(entries, key=lambda entry: times.civil_day(entry.at)):
        yield Day(day, tuple(run))


def _progress(matrix: house.Matrix, index: int) -> Progress:
    lamps = [cell.lamp for row in matrix.rows if (cell := row.cells[index])]
    return Progress(matrix.columns[index], sum(lamp in SETTLED for lamp in lamps), len(lamps))


def _groups(rows: Iterable[house.Row]) -> Iterator[Group]:
    run: list[house.Row] = []
    for row in rows:
        if row.level != "county" and run:
            yield Group(tuple(run))
            run = []
        run.append(row)
    if run:
        yield Group(tuple(run))

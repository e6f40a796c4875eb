"""The circulars as administrators see them: which periods have one, how one would read now, and the editions that were frozen.

A preview shows the actor's own units only. An edition speaks of all units of a period: it exists for those who see all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk import problems
from bot.desk.desk import Actor, Desk
from bot.domain import bulletin, period_names
from bot.domain.bulletin import Bulletin
from bot.domain.words import MessageKind
from bot.render import Renderer
from bot.store import worklist
from bot.store.bulletins import Edition
from bot.store.periods import PeriodRow
from bot.store.tx import Tx
from jobs import bulletin as drafting

LONGEST = 10_000_000
"""Bytes of a circular in one piece."""
SHOWN = 12
"""Periods of the chart, the latest ones."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One period of one obligation; `over` once its legal limit has passed. `editions` are the frozen ones, oldest first."""

    period_id: int
    obligation_id: int
    what: str
    period: str
    limit: date
    over: bool
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One bar of the chart: how punctual a period was, per thousand, by its latest edition (None: too few units for a rate)."""

    period: str
    timeliness: int | None
    completeness: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """The circular of a period as things stand now. `evidence` leads from a unit's name to its task; `whole`: all units are in it."""

    period: PeriodRow
    what: str
    draft: Bulletin
    text: str
    evidence: Mapping[str, int]
    editions: tuple[Edition, ...]
    history: tuple[Point, ...]
    whole: bool


def index(desk: Desk, actor: Actor) -> list[Listed]:
    """Every period in which a unit of the actor's has a task, the latest limit first."""
    now = desk.now()
    with desk.store.read() as tx:
        rows = [(duty.what, row) for duty in tx.obligations.all() for row in tx.periods.of(duty.id)]
        if actor.units is not None:
            counts = worklist.counted(tx.connection, [row.id for _, row in rows], actor.units)
            rows = [(what, row) for what, row in rows if counts[row.id]]
        found = [_listed(tx, actor, row, what, now) for what, row in rows]
    return sorted(found, key=lambda one: (one.limit, one.period_id), reverse=True)


def preview(desk: Desk, actor: Actor, period_id: int) -> Preview:
    """How the circular of this period would read now. Raises LookupError for an unknown one and for one without a unit of the actor's."""
    with desk.store.read() as tx:
        row = tx.periods.get(period_id)
        facts = [fact for fact in tx.bulletins.facts(period_id) if actor.sees(fact.task.unit_id)]
        if not facts:
            raise LookupError(f"period {period_id}")
        made = drafting.compose(tx, desk.now(), desk.calendar(), row, facts)
        return Preview(
            period=row,
            what=tx.obligations.get(row.obligation_id).what,
            draft=made,
            text=text(desk.renderer, bulletin.view(made)),
            evidence={fact.task.unit: fact.task.id for fact in facts},
            editions=tuple(tx.bulletins.of(period_id)) if actor.units is None else (),
            history=_history(tx, row.obligation_id) if actor.units is None else (),
            whole=actor.units is None,
        )


def freeze(desk: Desk, actor: Actor, period_id: int) -> Edition:
    """Keep the circular as it reads now: the first edition, or a correction of the last one; unchanged figures are the edition that
    has them. Raises Forbidden for who does not see all units."""
    if not actor.may_act or actor.units is not None:
        raise problems.Forbidden
    known = {edition.id for edition in _editions(desk, period_id)}
    kept = drafting.draft(desk.now(), desk.store, desk.calendar(), lambda view: text(desk.renderer, view), period_id)
    if kept.id not in known:
        with desk.store.begin() as tx:
            after = {"edition": kept.edition, "hash": kept.hash}
            tx.audit.write(actor.by, "bulletin.frozen", desk.now(), about=f"period:{period_id}", after=after)
    return kept


def edition(desk: Desk, actor: Actor, edition_id: int) -> Edition:
    """A frozen edition. Raises LookupError for an unknown one and for who does not see all units."""
    if actor.units is not None:
        raise LookupError(f"bulletin {edition_id}")
    with desk.store.read() as tx:
        return tx.bulletins.get(edition_id)


def is_whole(kept: Edition) -> bool:
    """Whether the figures are still those that were frozen."""
    return bulletin.digest(dict(kept.figures)) == kept.hash


def text(renderer: Renderer, view: Mapping[str, object]) -> str:
    """The circular in plain text, in one piece."""
    return renderer.render(MessageKind.BULLETIN, view, max_bytes=LONGEST, format="text")[0].body


def _editions(desk: Desk, period_id: int) -> Sequence[Edition]:
    with desk.store.read() as tx:
        tx.periods.get(period_id)
        return tx.bulletins.of(period_id)


def _listed(tx: Tx, actor: Actor, row: PeriodRow, what: str, now: datetime) -> Listed:
    editions = tuple(tx.bulletins.of(row.id)) if actor.units is None else ()
    return Listed(row.id, row.obligation_id, what, row.name, row.due.limit, row.limit_at <= now, editions)


def _history(tx: Tx, obligation_id: int) -> tuple[Point, ...]:
    """The latest edition of each period, oldest period first."""
    points = []
    for row in tx.periods.of(obligation_id):
        editions = tx.bulletins.of(row.id)
        if editions:
            overall = editions[-1].figures["overall"]
            name = period_names.label(row.name)
            points.append(Point(name, overall["timeliness_permille"], overall["completeness_permille"]))
    return tuple(points[-SHOWN:])

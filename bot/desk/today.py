"""The home page: what is due, who is late and whom to call, what needs a decision, what goes out next (PROMISES D1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.desk.desk import Actor, Desk
from bot.domain import lamps, times
from bot.domain.words import MessageState
from bot.store.handovers import Handover
from bot.store.inbox import Received
from bot.store.people import Gap
from bot.store.reminders import Waiting
from bot.store.robots import Robot
from bot.store.tx import Tx
from bot.store.worklist import Coming, Contact, Next, Owing

AHEAD = 7
"""Workdays that the page looks ahead."""
ROWS = 12
"""Lines of each list; the rest is a number and a link."""
FETCHED = 50


@dataclass(frozen=True, slots=True)
class Late:
    """Who is late, the oldest first, with `days` (workdays) and whom to call; `total` counts them all."""

    rows: tuple[tuple[Owing, int, Contact | None], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """What waits for a person. `released` steps, handovers, failed messages and paused robots are for who sees everything."""

    asked: tuple[Owing, ...] = ()
    disputed: tuple[Owing, ...] = ()
    blocked: tuple[Owing, ...] = ()
    held: tuple[Waiting, ...] = ()
    handovers: tuple[Handover, ...] = ()
    letters: tuple[Received, ...] = ()
    failed: int = 0
    unknown: int = 0
    paused: tuple[Robot, ...] = ()
    unreachable: tuple[Gap, ...] = ()
    provisional: tuple[Coming, ...] = ()

    @property
    def count(self) -> int:
        """How many things there are to decide."""
        lists = (self.asked, self.disputed, self.blocked, self.held, self.handovers, self.letters, self.paused)
        return sum(map(len, lists)) + self.failed + self.unknown + bool(self.unreachable) + bool(self.provisional)


@dataclass(frozen=True, slots=True)
class Today:
    """All that the page shows, of the actor's units only. `queued` messages wait to be sent."""

    now: datetime
    until: date
    coming: tuple[Coming, ...]
    late: Late
    decisions: Decisions
    next: tuple[Next, ...]
    queue: Mapping[MessageState, int]


def view(desk: Desk, actor: Actor) -> Today:
    """The page as of now, in one transaction."""
    now, calendar = desk.now(), desk.calendar()
    today = times.civil_day(now)
    until = calendar.add(today, AHEAD)
    with desk.store.read() as tx:
        late, total = tx.worklist.late(now, today, actor.units, ROWS)
        contacts = tx.worklist.contacts([one.unit_id for one in late], today)
        rows = tuple((one, calendar.count(_last(one), today) or 1, contacts.get(one.unit_id)) for one in late)
        return Today(
            now=now,
            until=until,
            coming=tuple(tx.worklist.coming(now, times.end_of(until), actor.units)),
            late=Late(rows, total),
            decisions=_decisions(tx, desk, actor, now),
            next=tuple(tx.worklist.next_steps(times.end_of(until), actor.units, ROWS)),
            queue=tx.outbox.counts(),
        )


def _last(one: Owing) -> date:
    return times.civil_day(lamps.end(one.limit_at, one.extended_to) - timedelta(microseconds=1))


def _decisions(tx: Tx, desk: Desk, actor: Actor, now: datetime) -> Decisions:
    found = tx.worklist.troubled(actor.units, FETCHED)
    asked = tuple(one for one in found if one.asked_for)
    disputed = tuple(one for one in found if one.disputed and not one.asked_for)
    blocked = tuple(one for one in found if not one.disputed and not one.asked_for)
    gaps = [gap for gap in tx.people.unreachable_units(desk.channels, times.civil_day(now)) if actor.sees(gap.unit_id)]
    handovers = tuple(one for one in tx.handovers.open() if actor.sees(one.unit_id))
    mine = Decisions(asked, disputed, blocked, handovers=handovers, letters=_letters(tx, actor), unreachable=tuple(gaps))
    return mine if actor.units is not None else _for_all(tx, mine, now)


def _letters(tx: Tx, actor: Actor) -> tuple[Received, ...]:
    """Strangers belong to nobody's subtree: they are for who sees everything."""
    people = None if actor.units is None else tx.people.of_units(actor.units)
    return tuple(tx.inbox.looks(people, FETCHED))


def _for_all(tx: Tx, mine: Decisions, now: datetime) -> Decisions:
    counts = tx.outbox.counts()
    return Decisions(
        mine.asked,
        mine.disputed,
        mine.blocked,
        tuple(tx.reminders.waiting(now)),
        mine.handovers,
        mine.letters,
        counts[MessageState.DEAD],
        counts[MessageState.UNKNOWN],
        tuple(robot for robot in tx.robots.all() if robot.paused),
        mine.unreachable,
        tuple(tx.worklist.provisional(now)),
    )

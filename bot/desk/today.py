"""The home page: what is due, who is late, what needs a decision, what goes out next (PROMISES D1)."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.desk.desk import Actor, Desk
from bot.domain import times
from bot.store.worklist import Coming

AHEAD = 7
"""Workdays that the page looks ahead."""


@dataclass(frozen=True, slots=True)
class Today:
    """All that the page shows, of the actor's units only."""

    now: datetime
    until: date
    coming: tuple[Coming, ...]


def view(desk: Desk, actor: Actor) -> Today:
    """The page as of now, in one transaction."""
    now = desk.now()
    until = desk.calendar().add(times.civil_day(now), AHEAD)
    with desk.store.read() as tx:
        return Today(now, until, tuple(tx.worklist.coming(now, times.end_of(until), actor.units)))

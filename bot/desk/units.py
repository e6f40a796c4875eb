"""Units and who speaks for them: the tree with its holders, one unit with its people, and where nobody can be reached."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk.desk import Actor, Desk
from bot.domain import times
from bot.domain.words import Role
from bot.store.directory import Card, Holder, Wanted
from bot.store.handovers import Handover
from bot.store.tx import Tx
from bot.store.units import Unit

PAGE = 200
"""Units of one page."""
LOOKED_AT = (Role.PRIMARY, Role.SUBSTITUTE, Role.LEADER)
"""Roles whose absence the coverage report names."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see of the tree."""

    top: int | None = None
    words: str = ""
    after: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """A page of the tree. `more` is where the next one begins, None on the last."""

    filter: Filter
    units: tuple[Unit, ...]
    holders: Mapping[int, list[Holder]]
    tops: tuple[Unit, ...]
    handovers: Mapping[int, int]
    more: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody at the unit as the page shows them; `seen` is the stamp their forms carry, `ours`: every role lies in the subtree."""

    card: Card
    seen: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Office:
    """One unit. `today` people hold a role or will; `past` held one."""

    unit: Unit
    above: Unit | None
    below: int
    on: date
    now: datetime
    today: tuple[Member, ...]
    past: tuple[Member, ...]
    handovers: tuple[Handover, ...]
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hole:
    """A unit that owes something, and what it lacks: by role whether somebody holds it whom no channel reaches (True) or nobody does."""

    unit: Unit
    lacks: Mapping[Role, bool]

    @property
    def dark(self) -> bool:
        """Neither the contact nor a substitute can be reached."""
        return Role.PRIMARY in self.lacks and Role.SUBSTITUTE in self.lacks


def tree(desk: Desk, actor: Actor, wanted: Filter) -> Tree:
    """A page of the units of the actor."""
    on = times.civil_day(desk.now())
    with desk.store.read() as tx:
        narrowed = Wanted(actor.units, wanted.top, wanted.words, wanted.after, PAGE + 1)
        found = tx.directory.page(narrowed, on)
        shown = found[:PAGE]
        waiting: dict[int, int] = {}
        for one in tx.handovers.open():
            waiting[one.unit_id] = waiting.get(one.unit_id, 0) + 1
        return Tree(
            filter=wanted,
            units=tuple(shown),
            holders=tx.directory.holders([unit.id for unit in shown], desk.channels, on),
            tops=tuple(unit for unit in tx.units.below_root(on) if actor.sees(unit.id)),
            handovers=waiting,
            more=(shown[-1].position, shown[-1].id) if len(found) > PAGE else None,
        )


def office(desk: Desk, actor: Actor, unit_id: int) -> Office:
    """One of the actor's units. Raises LookupError."""
    now = desk.now()
    on = times.civil_day(now)
    with desk.store.read() as tx:
        unit = of(tx, actor, unit_id)
        members = [Member(card, stamp(card), theirs(card, actor)) for card in tx.directory.at(unit_id)]
        here = [member for member in members if member.card.active and any(_still(term.until, on) for term in member.card.at(unit_id))]
        above = tx.units.get(unit.parent_id) if unit.parent_id is not None and actor.sees(unit.parent_id) else None
        return Office(
            unit=unit,
            above=above,
            below=len(tx.units.under(unit_id)) - 1,
            on=on,
            now=now,
            today=tuple(sorted(here, key=lambda member: _order(member.card, unit_id))),
            past=tuple(member for member in members if member not in here),
            handovers=tuple(one for one in tx.handovers.open() if one.unit_id == unit_id),
            channels=desk.channels,
        )


def coverage(desk: Desk, actor: Actor) -> list[Hole]:
    """Units of the actor that owe something and lack somebody reachable in a role, in administrative order; the dark ones first."""
    on = times.civil_day(desk.now())
    with desk.store.read() as tx:
        gaps = [gap for gap in tx.people.unreachable_units(desk.channels, on, LOOKED_AT) if actor.sees(gap.unit_id)]
        ids = {gap.unit_id for gap in gaps}
        holders = tx.directory.holders(ids, desk.channels, on)
        lacks: dict[int, dict[Role, bool]] = {}
        for gap in gaps:
            there = any(one.role is gap.role for one in holders.get(gap.unit_id, ()))
            lacks.setdefault(gap.unit_id, {})[gap.role] = there
        holes = [Hole(unit, lacks[unit.id]) for unit in tx.units.all(on) if unit.id in lacks]
    return sorted(holes, key=lambda hole: not hole.dark)


def of(tx: Tx, actor: Actor, unit_id: int) -> Unit:
    """A unit in the actor's subtree. Raises LookupError."""
    unit = tx.units.get(unit_id)
    if not actor.sees(unit_id):
        raise LookupError(f"unit {unit_id}")
    return unit


def theirs(card: Card, actor: Actor) -> bool:
    """Whether everything about the person lies in the actor's subtree: only then may name and addresses be changed there."""
    return all(actor.sees(term.unit_id) for term in card.terms)


def stamp(card: Card) -> str:
    """What a page showed of a person, in one word: it differs as soon as anything does."""
    ways = [(way.id, way.rank, way.bad) for way in card.ways]
    terms = [(term.unit_id, term.role.value, str(term.since), str(term.until)) for term in card.terms]
    return hashlib.sha256(repr((card.name, card.phone, card.active, terms, ways)).encode()).hexdigest()[:16]


def _still(until: date | None, on: date) -> bool:
    return until is None or until > on


def _order(card: Card, unit_id: int) -> tuple[int, int]:
    order: Collection[Role] = list(Role)
    return min(list(order).index(term.role) for term in card.at(unit_id)), card.id

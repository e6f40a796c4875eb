"""The obligations: which there are, what each is, and every change of one with its entry in the audit log.

Whoever administers a prefecture sees the obligations of their units, and changes those that concern no others. Nothing is saved
unseen: `look` works out what saving would mean, and saving takes the mark of that look.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from bot.desk import differences, foretell, problems, wishes
from bot.desk.desk import Actor, Desk
from bot.desk.differences import Differences
from bot.desk.foretell import Foretold
from bot.desk.wishes import Draft, Wish
from bot.domain import rules, times
from bot.domain.due import Due
from bot.domain.obligations import Obligation
from bot.store.audit import Entry
from bot.store.obligations import ARMED
from bot.store.tx import Tx
from bot.store.units import Unit
from jobs import due as due_job

NOTICE = 3
"""Workdays; an obligation with less asks for confirmation (PROMISES E6)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One obligation of the list. `units` are the actor's that owe it; `rule` in words; `due` the next one; `over`: it asks for no more."""

    obligation: Obligation
    rule: str
    units: int
    due: Due | None
    over: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What saving would mean. `mark` names exactly this; `hasty` is the day that comes in `left` workdays, None if there is time."""

    draft: Draft
    foretold: Foretold
    differences: Differences | None
    hasty: date | None
    left: int
    mark: str


@dataclass(frozen=True, slots=True)
class Held:
    """An obligation as it stands. `seen` is its version stamp; `mine`: the actor may change it; `units` are those they see."""

    obligation: Obligation
    rule: str
    units: tuple[Unit, ...]
    foretold: Foretold
    seen: int
    mine: bool
    entries: tuple[Entry, ...]


def listed(desk: Desk, actor: Actor) -> tuple[Line, ...]:
    """Every obligation of the actor's units; what is over stands last."""
    today, calendar = times.civil_day(desk.now()), desk.calendar()
    with desk.store.read() as tx:
        owed = tx.obligations.owed(actor.units)
    lines = []
    for one in owed:
        due = next(iter(foretell.upcoming(one.obligation, today, calendar, 1)), None)
        word = rules.describe(rules.parse(one.obligation.rule))
        lines.append(Line(one.obligation, word, one.units, due, due is None or one.state != ARMED))
    return tuple(sorted(lines, key=lambda line: line.over))


def view(desk: Desk, actor: Actor, obligation_id: int) -> Held:
    """One obligation. Raises LookupError for one that concerns none of the actor's units."""
    with desk.store.read() as tx:
        duty, units = _mine(tx, actor, obligation_id)
        draft = Draft(duty, tuple(unit.id for unit in units if actor.sees(unit.id)))
        return Held(
            obligation=duty,
            rule=rules.describe(rules.parse(duty.rule)),
            units=tuple(unit for unit in units if actor.sees(unit.id)),
            foretold=foretell.foretell(tx, desk, draft),
            seen=_stamp(tx, obligation_id),
            mine=actor.may_act and all(actor.sees(unit.id) for unit in units),
            entries=tuple(tx.audit.list(f"obligation:{obligation_id}", limit=20)) if actor.may_audit else (),
        )


def look(desk: Desk, actor: Actor, wish: Wish, obligation_id: int | None) -> Look:
    """What saving would mean; nothing is changed. Raises Forbidden, LookupError, Refused."""
    with desk.store.read() as tx:
        return _look(tx, desk, actor, wish, _base(tx, actor, obligation_id))


def add(desk: Desk, actor: Actor, wish: Wish, mark: str, *, sure: bool) -> int:
    """A new obligation, armed; returns its id. Raises Forbidden, LookupError, Refused."""
    with desk.store.begin() as tx:
        _base(tx, actor, None)
        seen = _look(tx, desk, actor, wish, None)
        _agreed(seen, mark, sure=sure)
        new = tx.obligations.add(seen.draft.obligation, seen.draft.units)
        after = differences.shown(seen.draft.obligation, seen.draft.units)
        tx.audit.write(actor.by, "obligation.added", desk.now(), about=f"obligation:{new}", after=after)
    due_job.run(desk.now(), desk.store, desk.calendar(), desk.windows)
    return new


def change(desk: Desk, actor: Actor, obligation_id: int, stamp: int, wish: Wish, mark: str, *, sure: bool) -> None:
    """Another rule, ladder, wording, or other units. Raises Forbidden, LookupError, Refused, Changed."""
    with desk.store.begin() as tx:
        base = _base(tx, actor, obligation_id)
        if base is None or _stamp(tx, obligation_id) != stamp:
            raise problems.obligation_changed()
        seen = _look(tx, desk, actor, wish, base)
        _agreed(seen, mark, sure=sure)
        _write(tx, desk, actor, base, seen.draft, "obligation.changed")
    due_job.run(desk.now(), desk.store, desk.calendar(), desk.windows)


def end(desk: Desk, actor: Actor, obligation_id: int, stamp: int, last: date) -> None:
    """No period counts whose nominal day lies beyond `last`; what is open of them is exempted. Raises as `change` does."""
    today = times.civil_day(desk.now())
    with desk.store.begin() as tx:
        base = _base(tx, actor, obligation_id)
        if base is None or _stamp(tx, obligation_id) != stamp:
            raise problems.obligation_changed()
        if last < today:
            raise problems.past("ends", last, today)
        units = tuple(unit.id for unit in tx.obligations.units(obligation_id))
        _write(tx, desk, actor, base, Draft(replace(base, ends=last), units), "obligation.ended")


def blank(desk: Desk, actor: Actor) -> Wish:
    """What stands in the form of a new obligation before anybody types. Raises Forbidden."""
    if not actor.may_act:
        raise problems.Forbidden
    today = times.civil_day(desk.now()).isoformat()
    return Wish("", "", "earlier", f"{wishes.HOUR:%H:%M}", "", "default", today, "", frozenset(), frozenset())


def tree(desk: Desk, actor: Actor) -> tuple[tuple[Unit, tuple[Unit, ...]], ...]:
    """The units in force that the actor sees: each prefecture (or what stands highest) with those below it."""
    with desk.store.read() as tx:
        seen = [unit for unit in tx.units.all(times.civil_day(desk.now())) if actor.sees(unit.id)]
    tops = [unit for unit in seen if unit.level != "county"]
    ids = {top.id for top in tops}
    rest = [unit for unit in seen if unit.id not in ids]
    groups = tuple((top, tuple(unit for unit in rest if unit.parent_id == top.id)) for top in tops)
    return groups + tuple((unit, ()) for unit in rest if unit.parent_id not in ids)


def _mine(tx: Tx, actor: Actor, obligation_id: int) -> tuple[Obligation, list[Unit]]:
    duty, units = tx.obligations.get(obligation_id), tx.obligations.units(obligation_id)
    if actor.units is not None and not any(actor.sees(unit.id) for unit in units):
        raise LookupError(f"obligation {obligation_id}")
    return duty, units


def _base(tx: Tx, actor: Actor, obligation_id: int | None) -> Obligation | None:
    """The obligation that is changed, None for a new one."""
    if obligation_id is None:
        if not actor.may_act:
            raise problems.Forbidden
        return None
    duty, units = _mine(tx, actor, obligation_id)
    if not actor.may_act or not all(actor.sees(unit.id) for unit in units):
        raise problems.Forbidden
    return duty


def _look(tx: Tx, desk: Desk, actor: Actor, wish: Wish, base: Obligation | None) -> Look:
    draft = wishes.understood(tx, desk, actor, wish, base)
    foretold = foretell.foretell(tx, desk, draft)
    if base is None and not foretold.dues:
        raise problems.never_due(draft.obligation.begins)
    found = None if base is None else differences.compare(tx, desk, base, draft)
    soonest = differences.soonest(draft.obligation, found, desk)
    left = desk.calendar().count(times.civil_day(desk.now()), soonest.target) if soonest else NOTICE
    hasty = soonest.target if soonest and left < NOTICE else None
    told = replace(draft.obligation, published=times.instant(draft.obligation.begins, wishes.HOUR))
    mark = hashlib.sha256(repr((told, draft.units, found, [due for due, _ in foretold.dues])).encode()).hexdigest()[:32]
    return Look(draft, foretold, found, hasty, left, mark)


def _agreed(seen: Look, mark: str, *, sure: bool) -> None:
    """Raises Refused unless exactly this was looked at, and what is hasty agreed to."""
    if mark != seen.mark:
        raise problems.not_looked()
    if seen.hasty is not None and not sure:
        raise problems.short_notice(seen.hasty, seen.left)


def _write(tx: Tx, desk: Desk, actor: Actor, base: Obligation, draft: Draft, act: str) -> None:
    before = differences.shown(base, [unit.id for unit in tx.obligations.units(base.id)])
    differences.carry_out(tx, desk, actor, base, draft)
    after = differences.shown(draft.obligation, draft.units)
    tx.audit.write(actor.by, act, desk.now(), about=f"obligation:{base.id}", before=before, after=after)


def _stamp(tx: Tx, obligation_id: int) -> int:
    """The version of an obligation: the id of the last entry about it, 0 for none."""
    return max((entry.id for entry in tx.audit.list(f"obligation:{obligation_id}", limit=1)), default=0)

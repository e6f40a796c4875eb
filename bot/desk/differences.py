"""What a change of a running obligation means for what is owed already, and how it is carried out.

What is over stays as it was told. Of what is still open: a period that the new rule asks for moves to its new days and gets its ladder
anew; one that it does not ask for any more, and the tasks of units that leave, are exempted by a fact that says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta

from bot.desk.desk import Actor, Desk
from bot.desk.foretell import upcoming
from bot.desk.wishes import Draft
from bot.domain import ladder, ladder_text, times, wording
from bot.domain.due import Due
from bot.domain.obligations import Obligation
from bot.domain.status import Event, EventKind
from bot.store.periods import PeriodRow
from bot.store.tx import Tx
from jobs import due as due_job

HORIZON = timedelta(days=120)
"""How far ahead periods are made (as the due job has it)."""
SHOWN = ("what", "rule", "shift", "hour", "recipient", "ladder", "begins", "ends", "wants_file")
"""What the page and the audit log say of an obligation."""


@dataclass(frozen=True, slots=True)
class Shifted:
    """A period that is open and whose days move, with how many units still owe it."""

    before: Due
    after: Due
    owing: int


@dataclass(frozen=True, slots=True)
class Gone:
    """A period that is open and that nobody owes any more."""

    due: Due
    owing: int


@dataclass(frozen=True, slots=True)
class Differences:
    """What saving would change, for whom. `fields` are (name, before, after)."""

    fields: tuple[tuple[str, str, str], ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]
    moved: tuple[Shifted, ...]
    gone: tuple[Gone, ...]
    fresh: tuple[Due, ...]

    @property
    def nothing(self) -> bool:
        """Saving would change nothing at all."""
        return not (self.fields or self.joined or self.left)


def compare(tx: Tx, desk: Desk, base: Obligation, draft: Draft) -> Differences:
    """What the draft would change of the obligation as it stands."""
    rows, wanted = _open(tx, desk, base.id), _wanted(desk, base.id, draft.obligation, tx)
    kept = [(row.due, wanted[row.name], row) for row in rows if row.name in wanted]
    names = {unit.id: unit.short_name for unit in tx.units.all()}
    before, after = [unit.id for unit in tx.obligations.units(base.id)], draft.units
    known = {row.name for row in tx.periods.of(base.id)}
    return Differences(
        fields=tuple((name, one, two) for name, one, two in _fields(base, draft.obligation) if one != two),
        joined=tuple(names[unit_id] for unit_id in after if unit_id not in before),
        left=tuple(names[unit_id] for unit_id in before if unit_id not in after),
        moved=tuple(Shifted(old, new, _owing(tx, row)) for old, new, row in kept if _days(old) != _days(new)),
        gone=tuple(Gone(row.due, _owing(tx, row)) for row in rows if row.name not in wanted),
        fresh=tuple(due for due in wanted.values() if due.period not in known),
    )


def shown(obligation: Obligation, units: Sequence[int]) -> dict[str, object]:
    """What the audit log says of it."""
    return {name: text for name, text, _ in _fields(obligation, obligation)} | {"units": list(units)}


def carry_out(tx: Tx, desk: Desk, actor: Actor, base: Obligation, draft: Draft) -> None:
    """Write the draft, and bring what is open in line with it. New periods and tasks are the due job's."""
    duty, calendar = draft.obligation, desk.calendar()
    rows, wanted = _open(tx, desk, base.id), _wanted(desk, base.id, duty, tx)
    tx.obligations.change(duty)
    tx.obligations.set_units(duty.id, draft.units)
    rungs, owing = ladder_text.named(duty.ladder), frozenset(draft.units)
    for row in rows:
        due = wanted.get(row.name)
        steps = () if due is None else ladder.steps(rungs, due, duty.published, calendar, desk.windows)
        if due is not None and _days(due) != _days(row.due):
            tx.periods.redate(row.id, due)
            tx.tasks.refold(row.id)
        tx.periods.put_steps(row.id, steps)
        _settle(tx, desk, actor, row, frozenset() if due is None else owing)


def _settle(tx: Tx, desk: Desk, actor: Actor, row: PeriodRow, owing: frozenset[int]) -> None:
    """Exempt who does not owe it any more; who owes it again is not exempt by our doing any longer."""
    now = desk.now()
    for task in tx.tasks.of_period(row.id):
        if task.unit_id not in owing and not task.closed:
            tx.tasks.append(task.id, Event(EventKind.EXEMPTED, now, actor.by, note=wording.NOT_OWED))
        elif task.unit_id in owing and task.closed:
            last = tx.tasks.events(task.id)[-1]
            if last.kind is EventKind.EXEMPTED and last.note == wording.NOT_OWED:
                tx.tasks.append(task.id, Event(EventKind.UNDONE, now, actor.by, undoes=last.id))


def _open(tx: Tx, desk: Desk, obligation_id: int) -> list[PeriodRow]:
    return [row for row in tx.periods.of(obligation_id) if row.limit_at > desk.now()]


def _wanted(desk: Desk, obligation_id: int, duty: Obligation, tx: Tx) -> dict[str, Due]:
    """What the rule asks for as far as periods are made, those that are there already included."""
    now = desk.now()
    until = max(tx.periods.last_nominal(obligation_id) or duty.begins, times.civil_day(now + HORIZON))
    since = times.civil_day(now) - due_job.LOOK_BACK
    return {due.period: due for due in due_job.expected(duty, since, until, desk.calendar())}


def _owing(tx: Tx, row: PeriodRow) -> int:
    return len(tx.periods.owing_units(row.id))


def _days(due: Due) -> tuple[object, ...]:
    return due.nominal, due.target, due.limit, due.hour


def _fields(before: Obligation, after: Obligation) -> Iterable[tuple[str, str, str]]:
    names = [field.name for field in fields(Obligation) if field.name in SHOWN]
    return [(name, _text(getattr(before, name)), _text(getattr(after, name))) for name in names]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def soonest(duty: Obligation, found: Differences | None, desk: Desk) -> Due | None:
    """The first due date that units have not been told of yet: of a new obligation its first, of a change what is new or moved."""
    calendar = desk.calendar()
    if found is None:
        return next(iter(upcoming(duty, times.civil_day(desk.now()), calendar, 1)), None)
    told = [*found.fresh, *(one.after for one in found.moved if one.after.target < one.before.target)]
    return min(told, key=lambda due: due.target, default=None)

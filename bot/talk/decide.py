"""An extension is granted or refused: the fact, the ladder of the task laid anew, the person told, the act in the audit log (PROMISES B6).

The one function that the administrators' pages, the command line and the rehearsal call.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain import holds, ladder, ladder_text, times, windows, wording
from bot.domain.messages import Draft
from bot.domain.status import Event, EventKind
from bot.domain.windows import Windows
from bot.domain.words import MessageKind, Role
from bot.domain.workdays import WorkCalendar
from bot.store.errors import NoAddress
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import answer, turn

SPEAKERS = ("person", turn.BEHALF.removesuffix(":"))
"""Kinds of actors behind which a person stands who is told: who asked, or for whom a mailbox asked."""


class Verdict(StrEnum):
    """What became of a decision. Only the first two changed anything."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOTHING_OWED = "nothing_owed"  # reported or exempted since
    NOT_ASKED = "not_asked"  # there is no request to refuse, or it has been decided
    NOT_LATER = "not_later"  # the day is on time anyway


@dataclass(frozen=True, slots=True)
class Decision:
    """`granted` is the new last day, None to refuse; it need not be the day that was asked for, nor asked for at all.

    `by` names the administrator (`admin:1`); `note` is for the records, not for the person.
    """

    task_id: int
    granted: date | None
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """By what a decision is laid out: the working calendar, the sending windows, the channels that are switched on."""

    calendar: WorkCalendar
    channels: frozenset[str]
    windows: Windows = windows.DEFAULT


def decide(tx: Tx, decision: Decision, now: datetime, office: Office) -> Verdict:
    """Grant or refuse; the same decision twice changes nothing the second time. Raises LookupError for an unknown task.

    A granted rest day means the workday after it, as everywhere (Civil Code art. 203): nobody is chased on a holiday.
    """
    if decision.granted is not None:
        decision = replace(decision, granted=office.calendar.on_or_after(decision.granted))
    task = tx.tasks.get(decision.task_id)
    verdict = _verdict(task, decision.granted)
    if verdict not in _KINDS:
        return verdict
    waiting = _waiting(tx, task)
    fact = tx.tasks.append(task.id, Event(_KINDS[verdict], now, decision.by, day=decision.granted, note=decision.note))
    if decision.granted is not None:
        _lay_anew(tx, task, decision.granted, now, office)
    decided = tx.tasks.get(task.id)
    days = [{"asked_for": _iso(each.state.asked_for), "extended_to": _iso(each.state.extended_to)} for each in (task, decided)]
    tx.audit.write(decision.by, f"extension.{verdict.value}", now, about=f"task:{task.id}", before=days[0], after=days[1])
    _tell(tx, waiting, _draft(decided, fact.id, verdict, now), now, office)
    return verdict


_KINDS = {Verdict.GRANTED: EventKind.EXTENDED, Verdict.REFUSED: EventKind.EXTENSION_REFUSED}
_NOTES = {Verdict.GRANTED: "extended", Verdict.REFUSED: "refused"}


def _verdict(task: Task, granted: date | None) -> Verdict:
    if task.closed:
        return Verdict.NOTHING_OWED
    if granted is None:
        return Verdict.REFUSED if task.state.asked_for else Verdict.NOT_ASKED
    later = granted > holds.last_day(task.due, task.state.extended_to)
    return Verdict.GRANTED if later else Verdict.NOT_LATER


def _waiting(tx: Tx, task: Task) -> list[int]:
    """Who is told, by preference: the person who asked, then the unit's contacts."""
    asked = [event.by for event in tx.tasks.events(task.id) if event.kind is EventKind.EXTENSION_ASKED]
    by = [int(number) for kind, _, number in (actor.partition(":") for actor in reversed(asked)) if kind in SPEAKERS]
    contacts = [person.id for role in (Role.PRIMARY, Role.SUBSTITUTE) for person in tx.people.holders(task.unit_id, role)]
    return list(dict.fromkeys([*(by[:1] if task.state.asked_for else []), *contacts]))


def _lay_anew(tx: Tx, task: Task, granted: date, now: datetime, office: Office) -> None:
    rungs = ladder_text.named(tx.obligations.get(task.obligation_id).ladder)
    steps = ladder.extension_steps(rungs, task.due, granted, now, office.calendar, office.windows)
    tx.tasks.extend(task.id, granted, steps)


def _draft(task: Task, fact_id: int, verdict: Verdict, now: datetime) -> Draft:
    today = times.civil_day(now)
    last = wording.due_at_latest(holds.last_day(task.due, task.state.extended_to), today)
    line = f"{answer.matter(task)} → {wording.listed((answer.standing(task, today), last))}"
    return Draft(
        kind=MessageKind.CONFIRMATION,
        person_id=None,
        dedupe=f"decision:{fact_id}",
        not_before=now,
        reason=f"extension {verdict.value}, event {fact_id}",
        view={"lines": [line], "undo": "", "notes": [_NOTES[verdict]]},
        priority=answer.ANSWERS_FIRST,
    )


def _tell(tx: Tx, person_ids: list[int], draft: Draft, now: datetime, office: Office) -> None:
    """The first of them who can be reached. If nobody can, the decision stands, and the unit is on the list of the unreachable."""
    for person_id in person_ids:
        with suppress(NoAddress):
            tx.outbox.put(replace(draft, person_id=person_id), office.channels, now)
            return


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None

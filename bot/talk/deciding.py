"""Who decides on more time is asked, and may answer in a word: 同意, 不同意, or another day (PROMISES B6).

Asked are the administrators (role ADMIN) of the unit to which the report goes; if that is no unit of ours or has none, those of the
nearest unit above the one that asks. If there is nobody, the request waits on the administrators' pages alone.
"""

from collections.abc import Iterable
from datetime import date

from bot.domain import choices, holds, replies, wording
from bot.domain.choices import Consent
from bot.domain.clicks import Act, Click
from bot.domain.messages import Draft
from bot.domain.status import EventKind
from bot.domain.words import MessageKind, Role
from bot.store.inbox import InboxState
from bot.store.people import Person
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import answer, proof
from bot.talk.answer import Change
from bot.talk.decide import Decision, Office, decide
from bot.talk.route import among_named
from bot.talk.turn import Turn

OF_ANOTHER = "decide"
"""About what a person is told who has to decide: a sentence of the answer's template."""
UNPROVED = "a decision by a mail that answers none of ours"
"""Why a human has to look: anybody can write a mail in the name of who decides."""


def deciders(tx: Tx, task: Task, on: date) -> list[Person]:
    """Who is asked about more time for this task, by id; empty if nobody is."""
    receiving = (
        [unit.id for unit in tx.units.find(task.recipient) if task.recipient in (unit.name, unit.short_name)] if task.recipient else []
    )
    for unit_id in (*receiving, *_above(tx, task.unit_id)):
        found = tx.people.holders(unit_id, Role.ADMIN, on)
        if found:
            return found
    return []


def request(hearing: Turn, changes: Iterable[Change]) -> None:
    """Ask those who decide, once for each request."""
    for change in changes:
        if EventKind.EXTENSION_ASKED in change.kinds:
            for person in deciders(hearing.tx, change.task, hearing.today):
                hearing.say(_question(hearing, person, change.task))


def take(hearing: Turn, person: Person) -> InboxState | None:
    """A word that decides what waits for this person; None if it is no such word, or nothing waits for him."""
    consent = choices.consent(hearing.own)
    if consent is Consent.UNSAID:
        return None
    waiting = waiting_for(hearing.tx, person, hearing.today)
    if not waiting:
        return None
    if not proof.given(hearing, person):
        hearing.say(answer.told(hearing, person.id, "prove", [_line(task, hearing.today) for task in waiting]))
        return hearing.settle(InboxState.TROUBLE, person, trouble=UNPROVED)
    meant = among_named(hearing.own, waiting)
    if len(meant) > 1 and not choices.begins_with_all(hearing.own):
        hearing.say(answer.told(hearing, person.id, "which_request", [_line(task, hearing.today) for task in meant]))
        return hearing.settle(InboxState.ASKED, person)
    for task in meant:
        decide(
            hearing.tx,
            Decision(task.id, _granted(hearing, task, consent), f"decider:{person.id}", hearing.own[:100]),
            hearing.now,
            _office(hearing),
        )
    decided = [hearing.tx.tasks.get(task.id) for task in meant]
    hearing.say(
        answer.told(hearing, person.id, "decided", [f"{answer.matter(task)} → {answer.standing(task, hearing.today)}" for task in decided])
    )
    return hearing.settle(InboxState.READ, person)


def waiting_for(tx: Tx, person: Person, on: date) -> list[Task]:
    """The requests this person decides on, the most urgent first."""
    return [task for task in tx.tasks.asking() if person.id in {each.id for each in deciders(tx, task, on)}]


def tapped(hearing: Turn, person: Person, click: Click) -> InboxState:
    """The same from the reply page, which shows what became of it."""
    task = hearing.tx.tasks.get(click.task_id)
    granted = None if click.act is Act.REFUSE else click.day or task.state.asked_for
    decide(hearing.tx, Decision(task.id, granted, f"decider:{person.id}", click.note), hearing.now, _office(hearing))
    return hearing.settle(InboxState.READ, person)


def _granted(hearing: Turn, task: Task, consent: Consent) -> date | None:
    """The day that is granted: another one if the word names it, otherwise the one that was asked for; None for a refusal."""
    if consent is Consent.REFUSED:
        return None
    named = replies.read(choices.after_consent(hearing.own), hearing.at, hearing.calendar).day
    return named if named and named >= hearing.today else task.state.asked_for


def _above(tx: Tx, unit_id: int) -> list[int]:
    """The units above, the nearest first."""
    found: list[int] = []
    parent = tx.units.get(unit_id).parent_id
    while parent is not None and parent not in found:
        found.append(parent)
        parent = tx.units.get(parent).parent_id
    return found


def _question(hearing: Turn, person: Person, task: Task) -> Draft:
    return Draft(
        kind=MessageKind.ANSWER,
        person_id=person.id,
        dedupe=f"decide:{hearing.inbound.id}:{task.id}:{person.id}",
        not_before=hearing.now,
        reason=f"more time asked for in inbound {hearing.inbound.id}",
        view={"about": OF_ANOTHER, "items": [], "lines": [_line(task, hearing.today)]},
        priority=answer.ANSWERS_FIRST,
    )


def _line(task: Task, today: date) -> str:
    last = wording.due_at_latest(holds.last_day(task.due, task.state.extended_to), today)
    return f"{answer.matter(task)} → {wording.listed((answer.standing(task, today), last))}"


def _office(hearing: Turn) -> Office:
    return Office(hearing.calendar, hearing.channels)

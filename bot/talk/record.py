"""What was said about tasks becomes facts, and is restated: or, if nothing new was said, nothing is recorded."""

from collections.abc import Iterable, Sequence

from bot.domain import status
from bot.domain.replies.reading import Reading
from bot.domain.status import Course, Decision, Event, EventKind, Reason
from bot.domain.words import Intent
from bot.store.inbox import InboxState, Reply
from bot.store.people import Person
from bot.store.questions import Question
from bot.store.tasks import Held
from bot.talk import answer, ask, deciding
from bot.talk.answer import Change
from bot.talk.route import Statement
from bot.talk.turn import Turn

_DATED = frozenset({EventKind.REPORTED, EventKind.ZERO_REPORT, EventKind.PROMISED, EventKind.EXTENSION_ASKED})
"""Facts that carry a day."""
_NOTES = {
    EventKind.ACKNOWLEDGED: "acknowledged",
    EventKind.BLOCKED: "blocked",
    EventKind.DISPUTED: "disputed",
    EventKind.EXTENSION_ASKED: "extension_asked",
}
"""What a fact means for the person, as a sentence of the confirmation's template."""
_FOR_A_HUMAN = frozenset({EventKind.BLOCKED, EventKind.DISPUTED, EventKind.EXTENSION_ASKED})
"""Facts that a person has to deal with: they stay in the administrators' inbox until somebody has."""
UNPLACED = "unplaced"
"""The note that something else was said that could not be tied to a task or is no status."""
HANDED = "change of contact"
LEFT = "a part of it was not recorded"
"""Why a human has to look."""

Decided = tuple[Statement, Decision]


def record(
    hearing: Turn,
    person: Person,
    reading: Reading,
    said: Sequence[Statement],
    pending: Question | None,
    *,
    unplaced: bool = False,
    handed: bool = False,
) -> InboxState:
    """Append what these statements make, restate it, settle the inbound. If none of them is clear, ask.

    `unplaced`: more was said; `handed`: a change of contact was announced with it.
    """
    decided = [(one, decide(hearing, one, sure=not reading.unsure)) for one in said]
    clear = [pair for pair in decided if pair[1].course is Course.RECORD]
    if not clear:
        return ask.what_is_meant(hearing, person, reading, decided[0][1].reason, [one.task for one, _ in decided], pending)
    if pending is not None and reading.intent is not Intent.ACK:  # a 收到 leaves the question open
        hearing.tx.questions.answer(pending.id, hearing.now)
    made = [make(hearing, person, one, decision) for one, decision in clear]
    replies = [_reply(reading, one, event_id) for (one, _), (_, event_id) in zip(clear, made, strict=True)]
    if len({one.task.id for one, _ in clear}) == 1:  # files that came with it were sent for that task
        hearing.tx.files.tie(hearing.inbound.id, clear[0][0].task.id)
    deciding.request(hearing, [change for change, _ in made])
    left = unplaced or len(clear) < len(decided)
    _restate(hearing, person, reading, [change for change, _ in made], _notes(clear, left=left, handed=handed))
    trouble = LEFT if left else for_a_human(change for change, _ in made) or (HANDED if handed else "")
    return hearing.settle(InboxState.TROUBLE if trouble else InboxState.READ, person, replies, trouble)


def for_a_human(changes: Iterable[Change]) -> str:
    """Why an administrator has to look at what was recorded; empty if nobody has to."""
    return ", ".join(dict.fromkeys(kind.value for change in changes for kind in change.kinds if kind in _FOR_A_HUMAN))


def decide(hearing: Turn, said: Statement, *, sure: bool) -> Decision:
    """What a statement makes of its task."""
    return status.from_reading(said.intent, said.day, said.task.due, hearing.at, extended_to=said.task.state.extended_to, sure=sure)


def make(hearing: Turn, person: Person, said: Statement, decision: Decision) -> tuple[Change, int | None]:
    """The facts of one statement, appended if they change anything; with the id of the last one."""
    facts = [
        Event(
            kind,
            hearing.at,
            hearing.by(person),
            day=decision.day if kind in _DATED else None,
            counts=dict(said.counts),
            note=said.note,
            inbound_id=hearing.inbound.id,
        )
        for kind in decision.kinds
    ]
    held = hearing.tx.tasks.hold(said.task.id)
    if not _tell_something(hearing, held, facts):
        return Change(held.task, ()), None
    made = hearing.tx.tasks.append_to(held, facts)
    return Change(made.task, decision.kinds, decision.day), made.events[-1].id


def _tell_something(hearing: Turn, held: Held, facts: Sequence[Event]) -> bool:
    """Whether the facts change where the task stands, or bring other figures than the last report did."""
    if status.fold([*held.events, *facts], held.task.due, hearing.calendar) != held.task.state:
        return True
    figures = next((event.counts for event in reversed(held.events) if event.counts), {})
    return any(fact.counts and fact.counts != figures for fact in facts)


def _restate(hearing: Turn, person: Person, reading: Reading, changes: Sequence[Change], notes: Sequence[str]) -> None:
    """A change is confirmed; what stood already is said once; a 收到 that changes nothing, or is said in a group, is not answered."""
    quiet = reading.intent is Intent.ACK
    if any(change.kinds for change in changes):
        if not (quiet and hearing.inbound.chat):
            hearing.say(answer.confirmation(hearing, person.id, changes, notes))
    elif not quiet:
        hearing.say(answer.standing_already(hearing, person.id, [change.task for change in changes]))


def _notes(clear: Iterable[Decided], *, left: bool, handed: bool) -> list[str]:
    found = [_NOTES[kind] for _, decision in clear for kind in decision.kinds if kind in _NOTES]
    found += ["in_time" for _, decision in clear if decision.reason is Reason.MORE_TIME_NOT_NEEDED]
    found += [name for name, holds in (("handed", handed), (UNPLACED, left)) if holds]
    return list(dict.fromkeys(found))


def _reply(reading: Reading, said: Statement, event_id: int | None) -> Reply:
    return Reply(said.intent, said.task.id, event_id, said.day, said.counts, ask.reasons(reading))

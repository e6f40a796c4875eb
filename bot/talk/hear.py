"""An inbound becomes a reply, a reply becomes facts about tasks, and the sender is told: one transaction for each inbound.

"Reported" needs evidence: an unsure reading asks one question with choices and changes nothing (DESIGN 5.7). The instant of a
fact is when it was said, not when it was read.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain import choices, replies, status, times
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft
from bot.domain.replies.reading import Reading
from bot.domain.status import Course, Event, EventKind
from bot.domain.words import Intent
from bot.domain.workdays import WorkCalendar
from bot.store import Store
from bot.store.errors import NoAddress
from bot.store.inbox import InboxState, Reply
from bot.store.people import Person
from bot.store.questions import Question
from bot.store.tasks import Task
from bot.store.tx import Tx
from bot.talk import answer, route
from bot.talk.answer import Change
from bot.talk.route import Statement

UNDO_WINDOW = timedelta(hours=24)
"""For how long 撤回 takes the last record back (PROMISES C4)."""
SPOKEN_OF = timedelta(days=45)
"""Tasks due later than this have not been mentioned yet, so an answer cannot be about them."""
REPORTED_BEFORE = timedelta(days=60)
"""How far back a retraction may reach."""


_DATED = frozenset({EventKind.REPORTED, EventKind.ZERO_REPORT, EventKind.PROMISED, EventKind.EXTENSION_ASKED})
"""Facts that carry a day."""


def run(now: datetime, store: Store, channels: frozenset[str], calendar: WorkCalendar, limit: int = 500) -> Counter[InboxState]:
    """Read every inbound that waits, the oldest first; returns how many were left in which state."""
    with store.read() as tx:
        waiting = tx.inbox.unread(limit)
    left: Counter[InboxState] = Counter()
    for inbound in waiting:
        with store.begin() as tx:
            left[_Hearing(tx, inbound, now, channels, calendar).hear()] += 1
    return left


@dataclass
class _Hearing:
    """One inbound being understood inside one transaction."""

    tx: Tx
    inbound: Inbound
    now: datetime
    channels: frozenset[str]
    calendar: WorkCalendar

    def hear(self) -> InboxState:
        """Understand, record, answer. Returns the state the inbound is left in."""
        person = self.tx.people.by_address(self.inbound.channel, self.inbound.sender) if self.inbound.sender else None
        if person is None:
            self._say(answer.question(self.inbound, None, "unknown_sender", (), self.now))
            return self._settle(InboxState.STRANGER, None)
        if choices.is_undo(self.inbound.text):
            return self._undo(person)
        pending = self.tx.questions.open(person.id)
        if pending is not None:
            number = choices.chosen(self.inbound.text, len(pending.choices))
            if number is not None:
                return self._chosen(person, pending, number)
        return self._read(person, pending)

    def _read(self, person: Person, pending: Question | None) -> InboxState:
        reading = replies.read(self.inbound.text, self.inbound.at, self.calendar)
        tasks = self._tasks(person, reading.intent)
        if not tasks:
            return self._nothing_open(person, reading)
        told = self.tx.context.told(person.id)
        routed = route.route(reading, self.inbound.text, tasks, told)
        if reading.intent in (Intent.IRRELEVANT, Intent.QUESTION, Intent.HANDOVER):
            return self._answer_only(person, reading, [statement.task for statement in routed.statements] or list(tasks))
        if routed.open_choice:
            return self._ask_which(person, reading, routed.open_choice, pending)
        return self._record(person, reading, routed.statements, pending)

    def _tasks(self, person: Person, intent: Intent) -> list[Task]:
        """Open tasks that may have been mentioned; for a retraction what the person reported lately."""
        if intent is Intent.CORRECTION_NOT_DONE:
            acts = self.tx.context.acts(_by(person), self.now - REPORTED_BEFORE)
            closed = (self.tx.tasks.get(act.task_id) for act in acts)
            found = list({task.id: task for task in closed if task.closed}.values())
            if found:
                return found
        return self.tx.tasks.open_of(person.id, self.now + SPOKEN_OF)

    def _record(self, person: Person, reading: Reading, statements: Sequence[Statement], pending: Question | None) -> InboxState:
        decided = [(said, self._decide(said, sure=not reading.unsure)) for said in statements]
        doubtful = [said for said, decision in decided if decision.course is Course.ASK]
        if doubtful:
            return self._ask_meaning(person, reading, doubtful[0].task, pending)
        changes, understood = [], []
        for said, decision in decided:
            event_id = None
            for kind in decision.kinds:
                event_id = self._append(said, kind, person)
            changes.append(Change(said.task, said.intent, decision.day))
            understood.append(_understood(reading, said, event_id))
        self._say(answer.confirmation(self.inbound, person.id, changes, self.now))
        return self._settle(InboxState.READ, person, understood)

    def _decide(self, said: Statement, *, sure: bool) -> status.Decision:
        extended = said.task.state.extended_to
        return status.from_reading(said.intent, said.day, said.task.due, self.inbound.at, extended_to=extended, sure=sure)

    def _append(self, said: Statement, kind: EventKind, person: Person) -> int:
        named = said.day if kind in _DATED else None
        event = Event(kind, self.inbound.at, _by(person), day=named, counts=said.counts, inbound_id=self.inbound.id)
        return self.tx.tasks.append(said.task.id, event).id

    def _nothing_open(self, person: Person, reading: Reading) -> InboxState:
        if reading.intent in (Intent.IRRELEVANT, Intent.ACK):
            return self._settle(InboxState.READ, person, [_untied(reading)])
        self._say(answer.question(self.inbound, person.id, "nothing_open", (), self.now))
        return self._settle(InboxState.READ, person, [_untied(reading)])

    def _answer_only(self, person: Person, reading: Reading, tasks: Sequence[Task]) -> InboxState:
        if reading.intent is Intent.IRRELEVANT:
            return self._settle(InboxState.READ, person, [_untied(reading)])
        if reading.intent is Intent.QUESTION:
            duties = {task.obligation_id: self.tx.obligations.get(task.obligation_id) for task in tasks}
            self._say(answer.facts(self.inbound, person.id, tasks, duties, self.now))
        else:
            self._say(answer.passed_on(self.inbound, person.id, reading.intent, self.now))
        return self._settle(InboxState.READ, person, [_untied(reading)])

    def _ask_which(self, person: Person, reading: Reading, tasks: Sequence[Task], pending: Question | None) -> InboxState:
        offered = [Statement(task, reading.intent, reading.day, reading.counts) for task in tasks[:9]]
        return self._ask(person, reading, "which_task", offered, pending)

    def _ask_meaning(self, person: Person, reading: Reading, task: Task, pending: Question | None) -> InboxState:
        today = times.civil_day(self.now)
        meanings = ((Intent.DONE, None), (Intent.PROMISE, today), (Intent.IN_PROGRESS, None), (Intent.DIFFICULTY, None))
        offered = [Statement(task, intent, day, {}) for intent, day in meanings]
        return self._ask(person, reading, "which_meaning", offered, pending)

    def _ask(self, person: Person, reading: Reading, about: str, offered: Sequence[Statement], pending: Question | None) -> InboxState:
        """One question at a time; whoever does not answer by a number is not asked the same again, a person looks instead."""
        if pending is not None:
            self.tx.questions.answer(pending.id, self.now)
            self._say(answer.passed_on(self.inbound, person.id, Intent.QUESTION, self.now))
            return self._settle(InboxState.READ, person, [_untied(reading)])
        several = about == "which_task"
        words = [answer.choice(said.task, said.intent, said.day, self.now, several=several) for said in offered]
        self.tx.questions.ask(person.id, self.inbound.id, [_stored(said) for said in offered], self.now)
        self._say(answer.question(self.inbound, person.id, about, words, self.now))
        return self._settle(InboxState.ASKED, person, [_untied(reading)])

    def _chosen(self, person: Person, pending: Question, number: int) -> InboxState:
        picked = pending.choices[number - 1]
        said = Statement(self.tx.tasks.get(picked["task_id"]), Intent(picked["intent"]), _day(picked["day"]), dict(picked["counts"]))
        self.tx.questions.answer(pending.id, self.now)
        reading = Reading(said.intent, said.day, said.counts, (), (), 1.0, None, False)
        return self._record(person, reading, [said], None)

    def _undo(self, person: Person) -> InboxState:
        """Take back everything the person's last recorded answer did, within 24 hours."""
        acts = self.tx.context.acts(_by(person), self.now - UNDO_WINDOW)
        last = [act for act in acts if act.inbound_id == acts[0].inbound_id]
        if not last:
            older = self.tx.context.acts(_by(person), self.now - REPORTED_BEFORE)
            self._say(answer.question(self.inbound, person.id, "too_late_to_undo" if older else "nothing_to_undo", (), self.now))
            return self._settle(InboxState.READ, person)
        for act in last:
            event = Event(EventKind.UNDONE, self.inbound.at, _by(person), undoes=act.event_id, inbound_id=self.inbound.id)
            self.tx.tasks.append(act.task_id, event)
        tasks = [self.tx.tasks.get(task_id) for task_id in dict.fromkeys(act.task_id for act in reversed(last))]
        self._say(answer.taken_back(self.inbound, person.id, tasks, self.now))
        return self._settle(InboxState.READ, person)

    def _say(self, draft: Draft) -> None:
        """Put what we say into the outbox; a sender whom nothing can reach any more is left to an administrator."""
        with suppress(NoAddress):
            self.tx.outbox.put(draft, self.channels, self.now)

    def _settle(self, state: InboxState, person: Person | None, understood: Sequence[Reply] = ()) -> InboxState:
        self.tx.inbox.settle(self.inbound.id, state, self.now, person.id if person else None, understood)
        return state


def _by(person: Person) -> str:
    return f"person:{person.id}"


def _understood(reading: Reading, said: Statement, event_id: int | None) -> Reply:
    return Reply(said.intent, said.task.id, event_id, said.day, said.counts, _why(reading))


def _untied(reading: Reading) -> Reply:
    return Reply(reading.intent, None, None, reading.day, reading.counts, _why(reading))


def _why(reading: Reading) -> tuple[str, ...]:
    return tuple(f"{reason.rule}: {reason.words}" for reason in reading.reasons)


def _stored(said: Statement) -> dict[str, object]:
    return {"task_id": said.task.id, "intent": said.intent.value, "day": said.day.isoformat() if said.day else None, "counts": said.counts}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

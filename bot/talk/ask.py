"""The one question that may be open with a person: what it offers, how its choices are kept, and when we do not ask.

Nobody is asked twice in a row: what a question did not settle is passed on to an administrator, so there is never a loop.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain import choices, holds, status
from bot.domain.replies.reading import Reading
from bot.domain.status import Reason
from bot.domain.words import Intent, label
from bot.store.inbox import InboxState, Reply
from bot.store.people import Person
from bot.store.questions import Question
from bot.store.tasks import Task
from bot.talk import answer
from bot.talk.answer import Change
from bot.talk.route import Doubt, Numbered, Statement
from bot.talk.turn import Turn

MOST_TASKS = 6
"""Tasks that one question lists; with "all of them" and "none of them" a person can still take it in, and digits suffice."""
LATER = (1, 3, 5)
"""Workdays after the last day that are offered to somebody who wants more time without saying how much."""
UNASKED = "not asked: one automatic answer too many for this day"
UNSETTLED = "a question did not settle it"
"""Why a human has to look."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice: what it says of which tasks, in the words the person sees. Without an intent it is "none of these"."""

    words: str
    task_ids: tuple[int, ...] = ()
    intent: Intent | None = None
    day: date | None = None
    counts: Mapping[str, int] | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "words": self.words,
            "task_ids": list(self.task_ids),
            "intent": self.intent.value if self.intent else None,
            "day": self.day.isoformat() if self.day else None,
            "counts": dict(self.counts or {}),
        }


def offers(pending: Question) -> tuple[Offer, ...]:
    """The choices of a question, in the order they were numbered."""
    return tuple(_restored(kept) for kept in pending.choices)


def _restored(kept: Mapping[str, Any]) -> Offer:
    return Offer(
        kept["words"],
        tuple(kept["task_ids"]),
        Intent(kept["intent"]) if kept["intent"] else None,
        date.fromisoformat(kept["day"]) if kept["day"] else None,
        kept["counts"],
    )


def numbering(pending: Question) -> tuple[Numbered, ...]:
    """What the numbers of a question stand for when they are used in a sentence ("2改到25日")."""
    found = offers(pending)
    single = len({offer.task_ids for offer in found if offer.task_ids}) == 1
    return tuple(Numbered(offer.task_ids, offer.intent if single else None) for offer in found)


def which_task(turn: Turn, person: Person, reading: Reading, doubts: Sequence[Doubt], pending: Question | None) -> InboxState:
    """Ask which task was meant; of several doubts one after the other, each once the one before is answered."""
    first, *later = ([offer.stored() for offer in _which(turn, doubt)] for doubt in doubts)
    return _ask(turn, person, reading, "which_task", [_restored(kept) for kept in first], pending, later)


def next_one(turn: Turn, person: Person, answered: Question) -> bool:
    """Ask what waited for this question to be answered; whether there was anything, and it could be asked."""
    if not answered.then or turn.behalf:
        return False
    first, *later = (list(each["choices"]) for each in answered.then)
    words = [_restored(kept).words for kept in first]
    if not turn.say(answer.question(turn, person.id, "which_task", words, follows=True)):
        return False
    turn.tx.questions.ask(person.id, turn.inbound.id, first, turn.now, [{"choices": choices_} for choices_ in later])
    return True


def _which(turn: Turn, doubt: Doubt) -> list[Offer]:
    """The tasks that can be meant, all of them, none of them."""
    tasks = doubt.candidates[:MOST_TASKS]
    said = [Statement(task, doubt.intent, doubt.day, doubt.counts) for task in tasks]
    offered = [Offer(f"{answer.matter(one.task)} → {_words(turn, one)}", (one.task.id,), one.intent, one.day, one.counts) for one in said]
    if len(tasks) > 1:
        offered.append(Offer(f"{choices.ALL} → {_words(turn, said[0])}", tuple(task.id for task in tasks), doubt.intent, doubt.day))
    return [*offered, Offer(choices.NONE)] if tasks else []


def what_is_meant(turn: Turn, person: Person, reading: Reading, why: Reason, tasks: Sequence[Task], pending: Question | None) -> InboxState:
    """Ask what the answer means for these tasks, or, where only the day of a request is missing, for that."""
    if why is Reason.DAY_MISSING and reading.intent is Intent.EXTENSION_REQUEST:
        return _ask(turn, person, reading, "which_day", _days(turn, tasks[0]), pending)
    about = "unclear" if reading.intent is Intent.IRRELEVANT else "which_meaning"
    offered = _meanings(turn, reading, tasks[0]) if len(tasks) == 1 else _matters(turn, tasks[:MOST_TASKS])
    return _ask(turn, person, reading, about, offered, pending)


def pass_on(turn: Turn, person: Person, reading: Reading, why: str) -> InboxState:
    """Leave it to an administrator, and say so once a day."""
    turn.say(answer.passed_on(turn, person.id, Intent.QUESTION.value))
    return turn.settle(InboxState.TROUBLE, person, [untied(reading)], why)


def untied(reading: Reading) -> Reply:
    """The understood form of an answer that changed nothing."""
    return Reply(reading.intent, None, None, reading.day, reading.counts, reasons(reading))


def reasons(reading: Reading) -> tuple[str, ...]:
    """From which words by which rule."""
    return tuple(f"{reason.rule}: {reason.words}" for reason in reading.reasons)


def _ask(
    turn: Turn,
    person: Person,
    reading: Reading,
    about: str,
    offered: Sequence[Offer],
    pending: Question | None,
    later: Sequence[Sequence[Mapping[str, Any]]] = (),
) -> InboxState:
    """A question counts as open only once it is in the outbox: nobody answers what was never asked."""
    if pending is not None:
        turn.tx.questions.answer(pending.id, turn.now)
    if pending is not None or not offered or turn.behalf:  # a question to a mailbox nobody knows would stand open with the person
        return pass_on(turn, person, reading, UNSETTLED)
    if not turn.say(answer.question(turn, person.id, about, [offer.words for offer in offered])):
        return turn.settle(InboxState.TROUBLE, person, [untied(reading)], UNASKED)
    then = [{"choices": [*kept]} for kept in later]
    turn.tx.questions.ask(person.id, turn.inbound.id, [offer.stored() for offer in offered], turn.now, then)
    return turn.settle(InboxState.ASKED, person, [untied(reading)])


def _meanings(turn: Turn, reading: Reading, task: Task) -> list[Offer]:
    """What people mean most; a day that was named is offered as the day of a promise."""
    day = reading.day if reading.day and reading.day >= turn.today else turn.today
    plain = ((Intent.DONE, None), (Intent.PROMISE, day), (Intent.IN_PROGRESS, None), (Intent.DIFFICULTY, None))
    return [_offer(turn, Statement(task, intent, on, {})) for intent, on in plain]


def _matters(turn: Turn, tasks: Iterable[Task]) -> list[Offer]:
    """For several tasks: which one is done, or all, or none."""
    said = [Statement(task, Intent.DONE, None, {}) for task in tasks]
    each = [Offer(f"{answer.matter(one.task)} → {_words(turn, one)}", (one.task.id,), one.intent) for one in said]
    every = tuple(one.task.id for one in said)
    whole = [Offer(f"{choices.ALL} → {label(intent)}", every, intent) for intent in (Intent.DONE, Intent.IN_PROGRESS)]
    return [*each, *whole, Offer(choices.NONE)]


def _days(turn: Turn, task: Task) -> list[Offer]:
    last = max(holds.last_day(task.due, task.state.extended_to), turn.today)
    days = [turn.calendar.add(last, workdays) for workdays in LATER]
    asked = [Statement(task, Intent.EXTENSION_REQUEST, day, {}) for day in days]
    return [_offer(turn, said) for said in (*asked, Statement(task, Intent.IN_PROGRESS, None, {}))]


def _offer(turn: Turn, said: Statement) -> Offer:
    return Offer(_words(turn, said), (said.task.id,), said.intent, said.day, said.counts)


def _words(turn: Turn, said: Statement) -> str:
    """What would be recorded; where that is not known before the next question, what was said."""
    decision = status.from_reading(said.intent, said.day, said.task.due, turn.at, extended_to=said.task.state.extended_to)
    return answer.outcome(Change(said.task, decision.kinds, decision.day), turn.today) if decision.kinds else label(said.intent)

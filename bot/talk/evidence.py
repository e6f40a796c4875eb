"""To what an answer refers before its own words are weighed: what its channel knows, what it quotes, what we said last.

In this order, and the first that is there decides: a card, a link or a mail's mark; a letter whose number stands in the quotation; the
question that is open; our last letter. Whose letter it was does not matter (a substitute forwards the contact's), whose task it is does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import choices
from bot.domain.words import Intent
from bot.store.context import Told
from bot.store.people import Person
from bot.store.questions import Question
from bot.store.tasks import Task
from bot.talk import ask
from bot.talk.route import Evidence, Numbered
from bot.talk.turn import Turn

TASK, MESSAGE = "task", "message"
"""Kinds of marks (`Inbound.about`). A mail's tag is none of them: all mails to a person carry the same, it says who and not what."""
_ANSWER = re.compile(r"answer:(\d{1,18})(?::then)?")
"""The key under which a question about an inbound went out (`answer`)."""


@dataclass(frozen=True, slots=True)
class Referred:
    """What an answer refers to: a letter of ours, the question it may answer, or exactly one task.

    `pointed`: the answer itself says so (card, link, mark, quotation); otherwise it is only what we said last.
    """

    told: Told | None = None
    pending: Question | None = None
    task_id: int | None = None
    pointed: bool = False

    @property
    def task_ids(self) -> tuple[int, ...]:
        """The tasks it names, in the order of their numbers."""
        if self.task_id is not None:
            return (self.task_id,)
        return self.told.task_ids if self.told else ()

    @property
    def count(self) -> int:
        """How many numbers there are to answer by."""
        return len(self.pending.choices) if self.pending else len(self.task_ids)


def find(hearing: Turn, person: Person) -> Referred:
    """What this answer refers to."""
    return _marked(hearing, person) or _quoted(hearing) or _last(hearing, person)


def of(referred: Referred, last_act: Sequence[int], intent: Intent) -> Evidence:
    """The same as `route` needs it; a retraction speaks of what the person said last (`last_act`), unless it points elsewhere."""
    if intent is Intent.CORRECTION_NOT_DONE and last_act and not referred.pointed:
        return Evidence(tuple(last_act))
    if referred.pending is not None:
        found = ask.numbering(referred.pending)
        return Evidence(tuple(dict.fromkeys(task_id for numbered in found for task_id in numbered.task_ids)), found)
    return Evidence(referred.task_ids, tuple(Numbered((task_id,)) for task_id in referred.task_ids))


def among(referred: Referred, tasks: Sequence[Task]) -> list[Task]:
    """Of the tasks a person may speak of those the answer can be about: one, if it points at it."""
    return [task for task in tasks if task.id == referred.task_id] if referred.task_id is not None else list(tasks)


def _marked(hearing: Turn, person: Person) -> Referred | None:
    """What the channel itself knows of the message that was answered, the surest first."""
    for mark in hearing.inbound.about.split():
        kind, _, key = mark.partition(":")
        if kind == TASK and key.isdecimal():
            return Referred(task_id=int(key), pointed=True)
        if kind == MESSAGE and (found := _message(hearing, person, key)):
            return found
    return None


def _message(hearing: Turn, person: Person, key: str) -> Referred | None:
    """A question of ours, open or not, or a letter that named tasks."""
    if asked := _ANSWER.fullmatch(key):
        pending = hearing.tx.questions.about(person.id, int(asked[1]))
        return Referred(pending=pending, pointed=True) if pending else None
    told = hearing.tx.context.letter(key)
    return Referred(told, pointed=True) if told else None


def _quoted(hearing: Turn) -> Referred | None:
    """The letter whose number stands in the text, above or below the person's own words."""
    for number in choices.letter_numbers(hearing.inbound.text):
        told = hearing.tx.context.letter_numbered(number)
        if told is not None:
            return Referred(told, pointed=True)
    return None


def _last(hearing: Turn, person: Person) -> Referred:
    """The open question, unless a letter has gone out since: then a number may mean that letter's, and the question is void."""
    told = hearing.tx.context.told(person.id, hearing.at)
    if hearing.behalf:  # what the person was asked elsewhere, whoever got a mail from them has not seen
        return Referred(told)
    pending = hearing.tx.questions.open(person.id)
    if pending is not None and told is not None and told.at > pending.asked_at:
        hearing.tx.questions.answer(pending.id, hearing.now)
        pending = None
    return Referred(told, pending)

"""Which task an answer is about.

Evidence in order: what it names, the numbering of our last letter, that letter itself, the only open task.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.replies.reading import Part, Reading
from bot.domain.words import Intent
from bot.store.tasks import Task

PLAIN_ABOUT_ALL = frozenset({Intent.ACK, Intent.QUESTION, Intent.IRRELEVANT, Intent.HANDOVER})
"""Intents that change no single task: they never need the question which task was meant."""
_NAME = re.compile(r"[\u4e00-\u9fff]{2}")
_COMMON = 2
"""Two characters in a row that the answer and a matter share are evidence that it is meant."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said about one task."""

    task: Task
    intent: Intent
    day: date | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Routed:
    """What was said about which task; `open_choice` holds the candidates when nothing tells them apart."""

    statements: tuple[Statement, ...] = ()
    open_choice: tuple[Task, ...] = ()


def route(reading: Reading, text: str, tasks: Sequence[Task], told: Sequence[int]) -> Routed:
    """Tie an answer to tasks. `tasks` are those the sender may speak of, `told` the ids in our last letter in its order."""
    parts = [part for part in reading.parts if part.number is not None or part.unit]
    if parts:
        return _parts(parts, tasks, told)
    found = _meant(reading.period_hint, text, tasks, told)
    if len(found) > 1 and reading.intent not in PLAIN_ABOUT_ALL:
        return Routed(open_choice=found)
    return Routed(tuple(Statement(task, reading.intent, reading.day, reading.counts) for task in found))


def _parts(parts: Iterable[Part], tasks: Sequence[Task], told: Sequence[int]) -> Routed:
    statements = []
    for part in parts:
        found = _numbered(part.number, tasks, told) if part.number is not None else named(part.unit or "", tasks)
        if len(found) != 1:
            return Routed(open_choice=tuple(found) or tuple(tasks))
        statements.append(Statement(found[0], part.intent, part.day, part.counts))
    return Routed(tuple(statements))


def _numbered(number: int | None, tasks: Sequence[Task], told: Sequence[int]) -> list[Task]:
    if number is None or not 1 <= number <= len(told):
        return []
    return [task for task in tasks if task.id == told[number - 1]]


def _meant(period_hint: str | None, text: str, tasks: Sequence[Task], told: Sequence[int]) -> tuple[Task, ...]:
    """Each piece of evidence narrows the candidates unless it would leave none."""
    found = list(tasks)
    for narrower in (_of_period(period_hint, found), named(text, found)):
        found = [task for task in found if task in narrower] or found
    if len(found) > 1:
        found = [task for task in found if task.id in told] or found
    return tuple(found)


def _of_period(hint: str | None, tasks: Sequence[Task]) -> list[Task]:
    if hint is None:
        return list(tasks)
    return [task for task in tasks if task.period == hint] or [task for task in tasks if hint.startswith("NOM") and task.period == "once"]


def named(text: str, tasks: Sequence[Task]) -> list[Task]:
    """The tasks whose unit, or failing that whose matter, the text names; all of them if it names none."""
    by_unit = [task for task in tasks if _stem(task.unit_short) in text]
    if by_unit and len(by_unit) < len(tasks):
        return by_unit
    scores = {task.id: _shared(text, task.what) for task in tasks}
    best = max(scores.values(), default=0)
    return [task for task in tasks if scores[task.id] == best] if best else list(tasks)


def _stem(name: str) -> str:
    """A unit as people say it: without the last character that says what kind it is, if enough is left."""
    return name[:-1] if len(name) > _COMMON else name


def _shared(text: str, what: str) -> int:
    pairs = {what[at : at + _COMMON] for at in range(len(what) - 1)}
    return sum(pair in text for pair in pairs if _NAME.fullmatch(pair))

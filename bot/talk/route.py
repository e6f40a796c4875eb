"""Which task an answer is about.

Evidence in order: the numbering of our last message, what it names (unit, period, matter), our last message itself, what is still open.
Evidence that contradicts every task is never overruled: then nothing is recorded and we ask.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain import choices
from bot.domain.replies.reading import Part, Reading
from bot.domain.words import Intent
from bot.store.tasks import Task

ABOUT_ALL = frozenset({Intent.ACK, Intent.QUESTION, Intent.IRRELEVANT, Intent.HANDOVER})
"""Intents that close and move no task: they never need the question which task was meant."""
LIST = "NOM"
"""How the reader's period hint for the nomination list begins."""
_NAME = re.compile(r"[\u4e00-\u9fff]{2}")
_COMMON = 2
"""Two characters in a row that the answer and a matter share are evidence that it is meant."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said about one task; `note` is kept beside the fact and not interpreted."""

    task: Task
    intent: Intent
    day: date | None
    counts: dict[str, int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing said of which it is not clear which of the `candidates` it is about; empty: about none that is known."""

    candidates: tuple[Task, ...]
    intent: Intent
    day: date | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a number of our last message stands for: tasks, and (a choice of a question) the outcome that was offered with it."""

    task_ids: tuple[int, ...]
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What our last message to the person spoke of (`told`, in its order), and what its numbers, from 1, stand for."""

    told: tuple[int, ...] = ()
    numbering: tuple[Numbered, ...] = ()


@dataclass(frozen=True, slots=True)
class Routed:
    """What was said about which task, and what could not be tied to one."""

    statements: tuple[Statement, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def route(reading: Reading, text: str, tasks: Sequence[Task], evidence: Evidence) -> Routed:
    """Tie an answer to tasks. `tasks` are those the sender may speak of, lately closed ones included."""
    parts = [part for part in reading.parts if part.number is not None or part.unit]
    if parts:
        return _parts(parts, reading, text, tasks, evidence)
    said = Part(None, None, reading.intent, reading.day, reading.counts)
    if both := _listed(reading.period_hint, text, tasks, evidence.told):
        return Routed(_stated(said, both))
    meant = _meant(reading.period_hint, text, tasks, evidence.told)
    if meant and (len(meant) == 1 or said.intent in ABOUT_ALL or choices.is_about_all(text, len(meant))):
        return Routed(_stated(said, meant))
    return Routed(doubts=(_doubt(said, meant or _open(tasks)),))


def picked(text: str, period_hint: str | None, tasks: Sequence[Task]) -> Task | None:
    """The one task that a text names which may be no more than a name; None if it names none of them, or several."""
    found = _of_period(period_hint, _named(text, tasks) or tasks)
    return found[0] if len(found) == 1 and (period_hint or len(tasks) > 1) else None


def among_named(text: str, tasks: Sequence[Task]) -> list[Task]:
    """Of these tasks those that a text names; all of them if it names none."""
    return _named(text, tasks) or list(tasks)


def _parts(parts: Sequence[Part], reading: Reading, text: str, tasks: Sequence[Task], evidence: Evidence) -> Routed:
    statements: list[Statement] = []
    doubts: list[Doubt] = []
    for part in parts:
        meant = _numbered(part, tasks, evidence) if part.number is not None else _of_name(part.unit or "", tasks)
        if len(parts) == 1:  # then the whole text speaks of it
            meant = _of_period(reading.period_hint, _named(text, meant) or meant)
        meant = _likely(meant, evidence.told)
        if len(meant) == 1 or (meant and part.intent in ABOUT_ALL) or (meant and part.number is not None):
            statements += _stated(part, meant)
        else:
            doubts.append(_doubt(part, meant or _open(tasks)))
    return Routed(tuple(statements), tuple(doubts))


def _stated(part: Part, tasks: Iterable[Task]) -> tuple[Statement, ...]:
    return tuple(Statement(task, part.intent, part.day, part.counts) for task in tasks)


def _doubt(part: Part, candidates: Iterable[Task]) -> Doubt:
    return Doubt(tuple(candidates), part.intent, part.day, part.counts)


def _numbered(part: Part, tasks: Sequence[Task], evidence: Evidence) -> list[Task]:
    """By the number alone; a choice that was offered with another outcome is not what was meant."""
    number = part.number or 0
    if not 1 <= number <= len(evidence.numbering):
        return []
    meant = evidence.numbering[number - 1]
    if meant.intent is not None and meant.intent is not part.intent:
        return []
    return [task for task in tasks if task.id in meant.task_ids]


def _of_name(name: str, tasks: Sequence[Task]) -> list[Task]:
    """By a name that must fit: a unit, a kind of report, or words of the matter."""
    regular = [task for task in tasks if choices.is_kind_of_report(name, task.period)]
    return _named(name, regular) or regular or _named(name, tasks)


def _meant(hint: str | None, text: str, tasks: Sequence[Task], told: Sequence[int]) -> list[Task]:
    """What the whole answer can be about; empty if what it names contradicts every task, or our last message was not about any."""
    found = _of_period(hint, tasks)
    named = _named(text, found)
    if told and hint is None and not named and not any(task.id in told for task in tasks):
        return []
    return _likely(named or found, told)


def _listed(hint: str | None, text: str, tasks: Sequence[Task], told: Sequence[int]) -> list[Task]:
    """The tasks of two kinds of report named in one breath, if each kind is one task; else none."""
    meant: list[Task] = []
    for kind in choices.listed_reports(text):
        found = [task for task in tasks if choices.is_kind_of_report(kind, task.period)]
        found = _likely([task for task in found if task.period == hint] or found, told)
        if len(found) != 1:
            return []
        meant += found
    return meant


def _likely(found: list[Task], told: Sequence[int]) -> list[Task]:
    """Of several those our last message spoke of, and of those what is still open; each narrows unless it would leave none."""
    found = [task for task in found if task.id in told] or found
    return [task for task in found if not task.closed] or found if len(found) > 1 else found


def _of_period(hint: str | None, tasks: Sequence[Task]) -> list[Task]:
    if hint is None:
        return list(tasks)
    if hint.startswith(LIST):
        return [task for task in tasks if task.period == "once"] or list(tasks)
    return [task for task in tasks if task.period == hint]


def _named(text: str, tasks: Sequence[Task]) -> list[Task]:
    """The tasks whose unit the text names, of these (or of all, if it names no unit) those whose matter it names; empty if neither."""
    lengths = {task.id: len(stem) for task in tasks if (stem := _stem(task.unit_short)) in text}
    of_unit = [task for task in tasks if lengths.get(task.id) == max(lengths.values(), default=0)]
    scores = {task.id: _shared(text, task.what) for task in of_unit or tasks}
    best = max(scores.values(), default=0)
    of_matter = [task for task in of_unit or tasks if scores[task.id] == best] if best else []
    return of_matter or of_unit


def _open(tasks: Iterable[Task]) -> list[Task]:
    return [task for task in tasks if not task.closed]


def _stem(name: str) -> str:
    """A unit as people say it: without the last character that says what kind it is, if enough is left."""
    return name[:-1] if len(name) > _COMMON else name


def _shared(text: str, what: str) -> int:
    pairs = {what[at : at + _COMMON] for at in range(len(what) - 1)}
    return sum(pair in text for pair in pairs - choices.GENERIC if _NAME.fullmatch(pair))

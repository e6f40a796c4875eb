"""What we say back: every change restated with the way to undo it, one question where we are not sure, facts where facts were asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain import choices, times, wording
from bot.domain.inbound import Inbound
from bot.domain.messages import Draft
from bot.domain.obligations import Obligation
from bot.domain.words import Intent, MessageKind, label
from bot.store.tasks import Task

ANSWERS_FIRST = 0
"""Answers go before reminders: somebody is waiting."""
QUOTED = 40
"""Characters of the person's own words that a question repeats."""


@dataclass(frozen=True, slots=True)
class Change:
    """One task whose status was changed by an answer, and how the change is restated."""

    task: Task
    intent: Intent
    day: date | None


def confirmation(inbound: Inbound, person_id: int, changes: Sequence[Change], now: datetime) -> Draft:
    """Restate what was recorded; 撤回 takes it back for 24 hours (PROMISES C4)."""
    today = times.civil_day(now)
    lines = [f"{_matter(change.task)} → {_outcome(change, today)}" for change in changes]
    return _draft(inbound, person_id, MessageKind.CONFIRMATION, now, {"lines": lines, "undo": choices.UNDO, "extra": ""})


def taken_back(inbound: Inbound, person_id: int, tasks: Sequence[Task], now: datetime) -> Draft:
    """Say that the last record was taken back and where the tasks stand again."""
    lines = [f"{_matter(task)} → {label(task.status)}" for task in tasks]
    return _draft(inbound, person_id, MessageKind.CONFIRMATION, now, {"lines": lines, "undo": "", "extra": ""})


def question(inbound: Inbound, person_id: int | None, about: str, choices: Sequence[str], now: datetime) -> Draft:
    """One question with numbered choices; the sentence stands in the template under `about`."""
    heard = " ".join(inbound.text.split())[:QUOTED]
    numbered = [f"{number}. {choice}" for number, choice in enumerate(choices, 1)]
    return _draft(inbound, person_id, MessageKind.QUESTION, now, {"about": about, "heard": heard, "choices": numbered})


def facts(inbound: Inbound, person_id: int, tasks: Sequence[Task], duties: Mapping[int, Obligation], now: datetime) -> Draft:
    """Answer a question from the notice's own facts: by when, to where, whom to ask."""
    items = [_facts(task, duties[task.obligation_id], times.civil_day(now)) for task in tasks]
    return _draft(inbound, person_id, MessageKind.ANSWER, now, {"about": "facts", "items": items})


def passed_on(inbound: Inbound, person_id: int, intent: Intent, now: datetime) -> Draft:
    """Say that a person will look at it; nothing about a task was changed."""
    return _draft(inbound, person_id, MessageKind.ANSWER, now, {"about": intent.value, "items": []})


def choice(task: Task, intent: Intent, day: date | None, now: datetime, *, several: bool) -> str:
    """One choice of a question: the outcome, with the matter before it where several are open."""
    outcome = _outcome(Change(task, intent, day), times.civil_day(now))
    return f"{_matter(task)} → {outcome}" if several else outcome


def _facts(task: Task, duty: Obligation, today: date) -> dict[str, object]:
    return {
        "unit": task.unit_short,
        "what": task.what,
        "period": wording.period_word(task.period),
        "target": wording.day_and_hour(task.due.target, task.due.hour, today),
        "limit": wording.day_and_weekday(task.due.limit, today),
        "recipient": duty.recipient,
        "emails": list(duty.emails),
        "phones": list(duty.phones),
    }


def _matter(task: Task) -> str:
    return " ".join(filter(None, (task.unit_short, wording.period_word(task.period), task.what)))


def _outcome(change: Change, today: date) -> str:
    day = f" {wording.day_word(change.day, today)}" if change.day else ""
    return f"{label(change.intent)}{day}"


def _draft(inbound: Inbound, person_id: int | None, kind: MessageKind, now: datetime, view: Mapping[str, object]) -> Draft:
    return Draft(
        kind=kind,
        person_id=person_id,
        dedupe=f"answer:{inbound.id}",
        not_before=now,
        reason=f"answer to inbound {inbound.id}",
        view=view,
        reply_to=inbound.id,
        priority=ANSWERS_FIRST,
    )

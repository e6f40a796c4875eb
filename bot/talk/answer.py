"""What we say back: every change restated with the way to undo it, one question where we are not sure, facts where facts were asked.

Drafts only. `turn.say` decides whether one more is said today.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain import asked, choices, due, holds, wording
from bot.domain.asked import Asked
from bot.domain.messages import Draft
from bot.domain.obligations import Obligation
from bot.domain.status import EventKind
from bot.domain.words import Intent, MessageKind, label
from bot.store.handovers import Handover
from bot.store.tasks import Task
from bot.talk.turn import Turn

ANSWERS_FIRST = 0
"""Answers go before reminders: somebody is waiting."""
QUOTED = 40
"""Characters of the person's own words that a question repeats."""
LISTED = 9
"""Matters that one answer lists."""

RECORDED_AS: Mapping[EventKind, Intent] = {
    EventKind.REPORTED: Intent.DONE,
    EventKind.ZERO_REPORT: Intent.ZERO_REPORT,
    EventKind.ACKNOWLEDGED: Intent.ACK,
    EventKind.IN_PROGRESS: Intent.IN_PROGRESS,
    EventKind.PROMISED: Intent.PROMISE,
    EventKind.BLOCKED: Intent.DIFFICULTY,
    EventKind.DISPUTED: Intent.NOT_RESPONSIBLE,
    EventKind.EXTENSION_ASKED: Intent.EXTENSION_REQUEST,
    EventKind.NOT_REPORTED_AFTER_ALL: Intent.CORRECTION_NOT_DONE,
}
"""A fact in words is what it was recorded as, not what was said: a promise beyond the last day is a request."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an answer made of one task: the facts that were recorded, in order, with their `day`; none if they stood already."""

    task: Task
    kinds: tuple[EventKind, ...]
    day: date | None = None


def confirmation(turn: Turn, person_id: int, changes: Sequence[Change], notes: Sequence[str]) -> Draft:
    """Restate what was recorded; 撤回 takes it back for 24 hours (PROMISES C4). `notes` name sentences of the template."""
    lines = [f"{matter(change.task)} → {outcome(change, turn.today)}" for change in changes]
    undo = choices.UNDO if any(set(change.kinds) - {EventKind.ACKNOWLEDGED} for change in changes) else ""
    return _draft(turn, person_id, MessageKind.CONFIRMATION, {"lines": lines, "undo": undo, "notes": list(notes)})


def taken_back(turn: Turn, person_id: int, tasks: Sequence[Task]) -> Draft:
    """Say that the last record was taken back and where the tasks stand again."""
    lines = [f"{matter(task)} → {standing(task, turn.today)}" for task in tasks]
    return _draft(turn, person_id, MessageKind.CONFIRMATION, {"lines": lines, "undo": "", "notes": ["taken_back"]})


def standing_already(turn: Turn, person_id: int, tasks: Sequence[Task]) -> Draft:
    """Say once a day that what was said is on record already."""
    lines = [f"{matter(task)} → {standing(task, turn.today)}" for task in tasks[:LISTED]]
    about = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return _draft(turn, person_id, MessageKind.ANSWER, {"about": "already", "items": [], "lines": lines}, once=f"already:{about}")


def question(turn: Turn, person_id: int, about: str, offered: Sequence[str], *, follows: bool = False) -> Draft:
    """One question with numbered choices; the sentence stands in the template under `about`. `follows`: right after a confirmation."""
    numbered = [f"{number}. {choice}" for number, choice in enumerate(offered, 1)]
    draft = _draft(turn, person_id, MessageKind.QUESTION, {"about": about, "heard": "" if follows else _heard(turn), "choices": numbered})
    return replace(draft, dedupe=f"{draft.dedupe}:then") if follows else draft


def remark(turn: Turn, person_id: int, about: str) -> Draft:
    """A sentence of the question's template without a question, once a day: nothing is open, nothing can be taken back."""
    view = {"about": about, "heard": _heard(turn), "choices": []}
    return _draft(turn, person_id, MessageKind.QUESTION, view, once=about)


def who_are_you(turn: Turn, once: str) -> Draft:
    """Ask a sender whom nobody knows who they are; `once` is the key under which it is asked once."""
    view = {"about": "unknown_sender", "heard": "", "choices": []}
    return _draft(turn, None, MessageKind.QUESTION, view, once=once)


def facts(turn: Turn, person_id: int, tasks: Sequence[Task], duties: Mapping[int, Obligation]) -> Draft:
    """Answer a question from the notice's own facts: by when, to where, whom to ask; why that day and which template, if that is asked."""
    shown = tasks[:LISTED]
    items = [_facts(task, duties[task.obligation_id], turn.today) for task in shown]
    return _draft(turn, person_id, MessageKind.ANSWER, {"about": "facts", "items": items, "lines": _asked(turn, shown, duties)})


def _asked(turn: Turn, tasks: Sequence[Task], duties: Mapping[int, Obligation]) -> list[str]:
    """What was asked for in so many words, once for each period or notice."""
    wanted, lines = asked.wanted(turn.own), []
    if Asked.WHEN in wanted:
        lines += [due.explain(task.due, turn.calendar) for task in tasks]
    if Asked.TEMPLATE in wanted:
        notices = [turn.tx.notices.get(duty.notice_id) for duty in duties.values() if duty.notice_id is not None]
        lines += [wording.template(notice.title, notice.number, asked.attachments(notice.text)) for notice in notices]
    return list(dict.fromkeys(lines))[:LISTED]


def passed_on(turn: Turn, person_id: int, about: str) -> Draft:
    """Say once a day that a person will look at it; nothing about a task was changed."""
    return _draft(turn, person_id, MessageKind.ANSWER, {"about": about, "items": [], "lines": []}, once=f"passed:{about}")


def told(turn: Turn, person_id: int, about: str, lines: Sequence[str]) -> Draft:
    """A sentence of the answer's template and lines of ours."""
    return _draft(turn, person_id, MessageKind.ANSWER, {"about": about, "items": [], "lines": list(lines[:LISTED])})


def handed_over(turn: Turn, person_id: int, drafts: Sequence[Handover]) -> Draft:
    """Say what was kept of a change of contact; until an administrator has looked, everything stays as it is."""
    lines = [" ".join(filter(None, (f"{draft.unit} →", draft.name, draft.phone))) for draft in drafts if draft.name or draft.phone]
    return _draft(turn, person_id, MessageKind.ANSWER, {"about": "handover", "items": [], "lines": lines[:LISTED]})


def outcome(change: Change, today: date) -> str:
    """What was recorded, or would be, in words; where nothing was, how the task stands."""
    if not change.kinds:
        return standing(change.task, today)
    return wording.listed([label(RECORDED_AS[kind]) for kind in change.kinds]) + _on(change.day, today)


def matter(task: Task) -> str:
    """The task as a person knows it: 榆树市 2018年三季度 工作情况."""
    return " ".join(filter(None, (task.unit_short, wording.period_word(task.period), task.what)))


def standing(task: Task, today: date) -> str:
    """Where a task stands, with the days that matter and what is still to be decided."""
    state = task.state
    return wording.listed(
        (
            label(state.status) + _on(state.promised_on, today),
            label(Intent.EXTENSION_REQUEST) + _on(state.asked_for, today) if state.asked_for else "",
            wording.extended(state.extended_to, today) if state.extended_to else "",
            label(Intent.NOT_RESPONSIBLE) if state.disputed else "",
        )
    )


def _on(day: date | None, today: date) -> str:
    return f" {wording.day_word(day, today)}" if day else ""


def _facts(task: Task, duty: Obligation, today: date) -> dict[str, object]:
    extended = task.state.extended_to
    return {
        "unit": task.unit_short,
        "what": task.what,
        "period": wording.period_word(task.period),
        "target": wording.day_and_hour(holds.aim(task.due, extended), task.due.hour, today),
        "limit": wording.day_and_weekday(holds.last_day(task.due, extended), today),
        "recipient": duty.recipient,
        "emails": list(duty.emails),
        "phones": list(duty.phones),
    }


def _heard(turn: Turn) -> str:
    """The beginning of the person's own words, without marks that nobody sees or that turn the line around."""
    seen = "".join(
        " " if mark.isspace() else mark for mark in turn.own[: 4 * QUOTED] if mark.isspace() or unicodedata.category(mark)[0] != "C"
    )
    return " ".join(seen.split())[:QUOTED]


def _draft(turn: Turn, person_id: int | None, kind: MessageKind, view: Mapping[str, object], once: str = "") -> Draft:
    """`once` names what is said to a person at most once a day. Said in a group, it is answered in private: a group sees no names."""
    inbound = turn.inbound
    return Draft(
        kind=kind,
        person_id=person_id,
        dedupe=f"{once}:{person_id or ''}:{turn.today}" if once else f"answer:{inbound.id}",
        not_before=turn.now,
        reason=f"answer to inbound {inbound.id}",
        view=view,
        reply_to=None if inbound.chat and person_id is not None else inbound.id,
        priority=ANSWERS_FIRST,
    )

"""What one letter to one person says about all that is still owed, and what one to a group says (PROMISES B3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import IntEnum

from bot.domain import times, wording
from bot.domain.ladder import PROMISE
from bot.domain.words import Status
from bot.domain.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Line:
    """One open task inside a reminder, as the store reads it in the claim transaction.

    `resumed_on`: the day on which a silence over it ended, if the person has not been reminded of it since (PROMISES B4).
    """

    task_id: int
    obligation_id: int
    unit_id: int
    unit: str
    what: str
    period: str
    nominal: date
    target: date
    limit: date
    hour: time
    status: Status
    promised_on: date | None
    extended_to: date | None
    rung: str
    recipient: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    sentence: str
    published: datetime
    resumed_on: date | None = None


class Urgency(IntEnum):
    """How near the end of a duty is; the worst sorts highest. TODAY lasts from the day we aim for to the last day on time."""

    AHEAD = 0
    SOON = 1
    TODAY = 2
    OVERDUE = 3


SOON_WORKDAYS = 3


@dataclass(frozen=True, slots=True)
class Total:
    """How one matter stands in a group: the open units are counted, never named (B1, B12)."""

    what: str
    period: str
    target: date
    limit: date
    hour: time
    total: int
    reported: int


@dataclass(frozen=True, slots=True)
class Item:
    """One line with what it means today. `target` and `limit` are those of a granted extension if there is one.

    `days_left` counts workdays: to the day we aim for while that is ahead, then to the last day on time; after it minus
    those since (a rest day right after it is −1).
    """

    line: Line
    target: date
    limit: date
    days_left: int
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one message says to one person, or (`totals`) to one group; worst first. `serial` varies the text (B11)."""

    today: date
    person: str
    serial: int
    urgency: Urgency
    items: tuple[Item, ...] = ()
    totals: tuple[Total, ...] = ()


def letter(lines: Sequence[Line], now: datetime, calendar: WorkCalendar, *, person: str, serial: int) -> Letter:
    """The lines of one person merged, worst first, a task once however many rungs named it. Raises ValueError for no lines."""
    if not lines:
        raise ValueError("a letter needs at least one line")
    today = times.civil_day(now)
    items = sorted((_item(line, today, calendar) for line in _once(lines)), key=_worst_first)
    return Letter(today, person, serial, max(item.urgency for item in items), tuple(items))


def group_letter(totals: Sequence[Total], now: datetime, calendar: WorkCalendar, *, group: str, serial: int) -> Letter:
    """What a group is told: totals of each matter, worst first. Raises ValueError for none."""
    if not totals:
        raise ValueError("a letter to a group needs at least one matter")
    today = times.civil_day(now)

    def worst_first(total: Total) -> tuple[int, date, str, str]:
        return -_urgency(total.target, total.limit, today, calendar), total.limit, total.what, total.period

    ordered = sorted(totals, key=worst_first)
    urgency = _urgency(ordered[0].target, ordered[0].limit, today, calendar)
    return Letter(today, group, serial, urgency, totals=tuple(ordered))


def view(letter: Letter) -> dict[str, object]:
    """What the templates get: JSON values only. `group` is the worst matter of a letter to a group, `groups` all of them."""
    groups = [_group_view(total, letter.today) for total in letter.totals]
    return {
        "now": letter.today.isoformat(),
        "person": letter.person,
        "serial": f"{letter.serial:04d}",
        "urgency": letter.urgency.name.lower(),
        "count": len(letter.items) or len(groups),
        "items": [_item_view(item, letter.today) for item in letter.items],
        "group": groups[0] if groups else None,
        "groups": groups,
        "answer_hint": not groups,
    }


def _once(lines: Sequence[Line]) -> list[Line]:
    """One line a task; the question about a promise wins, because the person named that day himself."""
    chosen: dict[int, Line] = {}
    for line in sorted(lines, key=lambda line: line.rung.startswith(PROMISE)):
        chosen[line.task_id] = line
    return list(chosen.values())


def _item(line: Line, today: date, calendar: WorkCalendar) -> Item:
    target = max(line.target, line.extended_to or line.target)
    limit = max(line.limit, line.extended_to or line.limit)
    urgency, days_left = _urgency(target, limit, today, calendar), _days_left(target, limit, today, calendar)
    if line.status is Status.RETURNED:  # it was in; its first moment counts, so it cannot become overdue
        urgency, days_left = min(urgency, Urgency.TODAY), max(days_left, 0)
    return Item(line, target, limit, days_left, urgency)


def _worst_first(item: Item) -> tuple[int, date, date, int, int, int]:
    line = item.line
    return -item.urgency, item.limit, item.target, line.obligation_id, line.unit_id, line.task_id


def _urgency(target: date, limit: date, today: date, calendar: WorkCalendar) -> Urgency:
    if today > limit:
        return Urgency.OVERDUE
    if today >= target:
        return Urgency.TODAY
    return Urgency.SOON if calendar.count(today, target) <= SOON_WORKDAYS else Urgency.AHEAD


def _days_left(target: date, limit: date, today: date, calendar: WorkCalendar) -> int:
    if today > limit:
        return -max(1, calendar.count(limit, today))
    return calendar.count(today, target if today <= target else limit)


def _days_word(item: Item, today: date) -> str:
    if item.line.status is Status.RETURNED:
        return wording.returned()
    if item.urgency is Urgency.OVERDUE:
        return wording.days_over(-item.days_left)
    if today in (item.target, item.limit):
        return wording.due_today()
    return wording.days_ahead(item.days_left) if today < item.target else wording.due_at_latest(item.limit, today)


def _note(line: Line, today: date) -> str:
    if line.promised_on and line.promised_on == today and line.rung.startswith(PROMISE):
        return wording.you_said_today()
    notes = (
        wording.extended(line.extended_to, today) if line.extended_to else "",
        wording.promised(line.promised_on, today) if line.promised_on else "",
        wording.silence_ended(line.resumed_on, today) if line.resumed_on else "",
    )
    return wording.listed(notes)


def _item_view(item: Item, today: date) -> dict[str, object]:
    line = item.line
    return {
        "task": line.task_id,
        "unit": line.unit,
        "what": line.what,
        "period": wording.period_word(line.period),
        "target": wording.day_and_hour(item.target, line.hour, today),
        "limit": wording.day_and_weekday(item.limit, today),
        "days_left": item.days_left,
        "days_word": _days_word(item, today),
        "status": wording.status_word(line.status),
        "promised": wording.day_word(line.promised_on, today) if line.promised_on else "",
        "recipient": line.recipient,
        "emails": list(line.emails),
        "phones": list(line.phones),
        "sentence": line.sentence,
        "note": _note(line, today),
    }


def _group_view(total: Total, today: date) -> dict[str, object]:
    return {
        "what": total.what,
        "period": wording.period_word(total.period),
        "target": wording.day_and_hour(total.target, total.hour, today),
        "total": total.total,
        "reported": total.reported,
        "open": total.total - total.reported,
    }

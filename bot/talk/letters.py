"""What a claimed message says now, and when: the last look at the tasks it speaks of, in the transaction that claims it (DESIGN 5.4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain import reminders, times, windows
from bot.domain.reminders import Line, Total
from bot.domain.windows import Windows
from bot.domain.words import MessageKind
from bot.domain.workdays import WorkCalendar
from bot.store import Tx
from bot.store.letters import Claimed, Recipient, Said

AT_ANY_HOUR = frozenset({MessageKind.CONFIRMATION, MessageKind.QUESTION, MessageKind.ANSWER, MessageKind.ADMIN_ALERT})
"""Kinds that answer somebody who is awake, or that cannot wait."""

HELD = timedelta(hours=1)
"""After how long a message to an address that is not on the allow-list is looked at again: the list may have been widened."""

_UNSPEAKABLE = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What one message with a strange duty may raise while it is being put into words."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What the templates get, and which tasks and rungs it speaks of: in the order of a letter's numbers, by which it is answered.

    `last_day`: it speaks of a duty whose last day it is, so it is not put off beyond today (PROMISES B4).
    """

    view: Mapping[str, object]
    said: Said = ()
    last_day: bool = False


@dataclass(slots=True)
class Look:
    """What becomes of claimed messages: those that go, with what they say; those that have nothing left to say; those that wait until
    an instant, with the reason; and those that cannot be put into words, with the error."""

    going: list[tuple[Claimed, Speech]] = field(default_factory=list)
    over: list[Claimed] = field(default_factory=list)
    waits: list[tuple[int, datetime, str]] = field(default_factory=list)
    broken: list[tuple[Claimed, Exception]] = field(default_factory=list)


def look(tx: Tx, claimed: Sequence[Claimed], now: datetime, sending: Windows | None, allowed: Collection[str]) -> Look:
    """The last look. `sending`: the hours in which people are written to; `allowed`: the only addresses that get anything (empty: all).

    Planning has chosen the hour already; asking again holds it when a robot's pace, a retry or an outage pushed a message beyond it.
    """
    found = Look()
    if not claimed:
        return found
    calendar = WorkCalendar(tx.calendar.overrides())
    for message, speech in _each(tx, claimed, now, found):
        if speech is None:
            found.over.append(message)
        elif not _is_allowed(tx, message, allowed):
            found.waits.append((message.id, now + HELD, "not on the allow-list"))
        elif sending and (until := _may_go(message, speech, now, calendar, sending)) > now:
            found.waits.append((message.id, until, "outside the sending hours"))
        else:
            found.going.append((message, speech))
    return found


def _each(tx: Tx, claimed: Sequence[Claimed], now: datetime, found: Look) -> list[tuple[Claimed, Speech | None]]:
    """What each says now. If one of them cannot be put into words, they are asked one by one, and only that one fails."""
    try:
        said = speeches(tx, claimed, now)
    except _UNSPEAKABLE as error:
        if len(claimed) > 1:
            return [each for message in claimed for each in _each(tx, [message], now, found)]
        found.broken.append((claimed[0], error))
        return []
    return [(message, said[message.id]) for message in claimed]


def _is_allowed(tx: Tx, message: Claimed, allowed: Collection[str]) -> bool:
    """Whether the allow-list holds its address; an answer into a session counts as one to the person's own address."""
    if not allowed or message.address in allowed:
        return True
    if message.person_id is None or "://" not in message.address:
        return False
    person = tx.people.get(message.person_id)
    return any(address.value in allowed for address in person.addresses if address.channel == message.channel)


def _may_go(message: Claimed, speech: Speech, now: datetime, calendar: WorkCalendar, sending: Windows) -> datetime:
    """The first instant from `now` on; `now` for what answers somebody and for what has arrived in part."""
    if message.kind in AT_ANY_HOUR or message.part > 1:
        return now
    return windows.defer(now, calendar, sending, last_day=speech.last_day)


def speeches(tx: Tx, claimed: Sequence[Claimed], now: datetime) -> dict[int, Speech | None]:
    """For each message by id what it says now; None if it carried reminders and nobody is to be chased any more."""
    lines = tx.reminders.lines([message.id for message in claimed if not message.view], now)
    if not lines:
        return {message.id: Speech(message.view) for message in claimed}
    calendar = WorkCalendar(tx.calendar.overrides())
    recipients = tx.outbox.recipients([message.id for message in claimed])
    found: dict[int, Speech | None] = {}
    for message in claimed:
        left = lines.get(message.id)
        if left is None:
            found[message.id] = Speech(message.view)
        else:
            found[message.id] = _speech(tx, recipients[message.id], left, now, calendar) if left else None
    return found


def _speech(tx: Tx, to: Recipient, lines: Sequence[Line], now: datetime, calendar: WorkCalendar) -> Speech:
    last_day = any(_is_last_day(line, now) for line in lines)
    if to.group:
        letter = reminders.group_letter(_totals(tx, to.person_id, lines), now, calendar, group=to.name, serial=to.message_id)
        return Speech(reminders.view(letter), tuple((line.task_id, line.rung) for line in lines), last_day)
    letter = reminders.letter(lines, now, calendar, person=to.name, serial=to.message_id)
    return Speech(reminders.view(letter), tuple((item.line.task_id, item.line.rung) for item in letter.items), last_day)


def _is_last_day(line: Line, now: datetime) -> bool:
    """Between the day we aim for and the last day that counts, both included."""
    return line.target <= times.civil_day(now) <= max(line.limit, line.extended_to or line.limit)


def _totals(tx: Tx, group_id: int, lines: Sequence[Line]) -> list[Total]:
    """One total per matter and period, over the units of the group."""
    one_each = {(line.obligation_id, line.period): line for line in lines}
    matters = {tx.tasks.get(line.task_id).period_id: line for line in one_each.values()}
    totals = tx.tasks.totals(list(matters), group_id)
    return [
        Total(line.what, line.period, line.target, line.limit, line.hour, totals[period_id].total, totals[period_id].reported)
        for period_id, line in matters.items()
    ]

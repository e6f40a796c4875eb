"""What a claimed message says now: the last look at the tasks it speaks of, in the transaction that claims it (DESIGN 5.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import reminders
from bot.domain.reminders import Line, Total
from bot.domain.workdays import WorkCalendar
from bot.store import Tx
from bot.store.letters import Claimed, Recipient, Said


@dataclass(frozen=True, slots=True)
class Speech:
    """What the templates get, and which tasks and rungs it speaks of: in the order of a letter's numbers, by which it is answered."""

    view: Mapping[str, object]
    said: Said = ()


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
    if to.group:
        letter = reminders.group_letter(_totals(tx, to.person_id, lines), now, calendar, group=to.name, serial=to.message_id)
        return Speech(reminders.view(letter), tuple((line.task_id, line.rung) for line in lines))
    letter = reminders.letter(lines, now, calendar, person=to.name, serial=to.message_id)
    return Speech(reminders.view(letter), tuple((item.line.task_id, item.line.rung) for item in letter.items))


def _totals(tx: Tx, group_id: int, lines: Sequence[Line]) -> list[Total]:
    """One total per matter and period, over the units of the group."""
    one_each = {(line.obligation_id, line.period): line for line in lines}
    matters = {tx.tasks.get(line.task_id).period_id: line for line in one_each.values()}
    totals = tx.tasks.totals(list(matters), group_id)
    return [
        Total(line.what, line.period, line.target, line.limit, line.hour, totals[period_id].total, totals[period_id].reported)
        for period_id, line in matters.items()
    ]

"""status → bulletin: the circular of every period whose time has come, drafted once and frozen.

A draft for a person to sign; nothing is sent. The figures recompute from the ledger, the text is a template's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import bulletin, ladder, ladder_text, punctuality, windows, wording
from bot.domain.bulletin import Bulletin, Opening, Row
from bot.domain.errors import LadderError
from bot.domain.obligations import Obligation
from bot.domain.windows import Windows
from bot.domain.words import Status
from bot.domain.workdays import WorkCalendar
from bot.store.bulletins import Edition, Fact
from bot.store.engine import Store
from bot.store.periods import PeriodRow
from bot.store.tx import Tx

Text = Callable[[Mapping[str, object]], str]
"""Puts the view of a circular into words."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The editions that are new."""

    editions: tuple[Edition, ...] = ()


def run(now: datetime, store: Store, calendar: WorkCalendar, text: Text, sending: Windows = windows.DEFAULT) -> Drafted:
    """Draft the circular of every period that has none and whose ladder says it is time: by default five workdays after the limit."""
    with store.read() as tx:
        rows = [tx.periods.get(period_id) for period_id in tx.bulletins.undrafted(now)]
        ladders = {row.obligation_id: tx.obligations.get(row.obligation_id).ladder for row in rows}
    due = [row.id for row in rows if _has_come(ladders[row.obligation_id], row, now, calendar, sending)]
    return Drafted(tuple(draft(now, store, calendar, text, period_id) for period_id in due))


def draft(now: datetime, store: Store, calendar: WorkCalendar, text: Text, period_id: int) -> Edition:
    """Draft the circular of one period as things stand now, whether or not it is time; the same figures are the same edition."""
    with store.begin() as tx:
        made = compose(tx, now, calendar, tx.periods.get(period_id), tx.bulletins.facts(period_id))
        return tx.bulletins.keep(period_id, now, made.figures, text(bulletin.view(made)), made.digest)


def compose(tx: Tx, now: datetime, calendar: WorkCalendar, row: PeriodRow, facts: Sequence[Fact]) -> Bulletin:
    """The circular about these units of a period as things stand now; nothing is kept."""
    obligation = tx.obligations.get(row.obligation_id)
    title = wording.circular_title(obligation.what, row.name)
    return bulletin.draft(title, [_row(fact, now, calendar) for fact in facts], now, _opening(tx, obligation, row))


def _has_come(name: str, row: PeriodRow, now: datetime, calendar: WorkCalendar, sending: Windows) -> bool:
    try:
        rungs = ladder_text.named(name)
    except LadderError:  # the due job tells of it; the circulars of the others are not held up
        return False
    at = ladder.bulletin_at(rungs, row.due, calendar, sending)
    return at is not None and at <= now


def _opening(tx: Tx, obligation: Obligation, row: PeriodRow) -> Opening:
    basis = "" if obligation.notice_id is None else wording.document(*_document(tx, obligation.notice_id))
    return Opening(addressees="", basis=basis, what=wording.matter(obligation.what, row.name), due=row.due.limit)


def _document(tx: Tx, notice_id: int) -> tuple[str, str]:
    notice = tx.notices.get(notice_id)
    return notice.title, notice.number


def _row(fact: Fact, now: datetime, calendar: WorkCalendar) -> Row:
    task, state = fact.task, fact.task.state
    received = state.reported_at
    return Row(
        unit=task.unit,
        level=fact.level,
        order=fact.position,
        punctuality=punctuality.judge(state, task.due, now, reached=fact.delivered),
        reported_at=received,
        days_late=punctuality.days_late(received or now, task.due, calendar, extended_to=state.extended_to),
        extension=state.extended_to,
        delivered=fact.delivered,
        note=fact.note,
        prefecture=fact.prefecture,
        zero_report=state.status is Status.ZERO_REPORT,
    )

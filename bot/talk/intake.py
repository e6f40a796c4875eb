"""A notice comes in: kept raw first, then read, and only after somebody agrees it becomes obligations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain import notices, times
from bot.domain.due import Shift
from bot.domain.errors import NoticeError
from bot.domain.obligations import Obligation
from bot.store import Store
from bot.store.tx import Tx
from bot.talk import papers

OPENING = time(9, 0)
"""Shanghai hour at which a notice counts as published on its day: nobody is told before offices open."""
ASKED_HOUR = time(17, 0)
"""Shanghai hour by which we ask on the due day where the notice names none."""

TROUBLE, TITLE, NUMBER, ISSUER, WHAT, RECIPIENT = 500, 300, 80, 120, 300, 200
"""Characters that the store keeps of each; a reading of something that is no notice may be longer, and its text is kept whole."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice that was kept, and what was read from it."""

    notice_id: int
    reading: notices.NoticeReading


def take(store: Store, raw: bytes, filename: str, now: datetime, issued: date | None = None) -> Taken:
    """Keep the file, then read it. Raises NoticeError; the file is kept all the same, with the trouble beside it."""
    with store.begin() as tx:
        notice_id = tx.notices.keep(raw, filename, now)
    try:
        text = papers.text(raw)
        reading = notices.read(text, issued)
    except NoticeError as refusal:
        with store.begin() as tx:
            tx.notices.describe(notice_id, trouble=str(refusal)[:TROUBLE])
        raise
    with store.begin() as tx:
        tx.notices.describe(
            notice_id,
            text=text,
            title=(reading.title or "")[:TITLE],
            number=(reading.number or "")[:NUMBER],
            issuer=(reading.issuer or "")[:ISSUER],
            issued=reading.issued,
            published=reading.published,
            trouble="",
        )
    return Taken(notice_id, reading)


def arm(tx: Tx, taken: Taken, unit_ids: Iterable[int], now: datetime, ladder: str = "default", by: str = "system") -> tuple[int, ...]:
    """Make an obligation of each duty that was read, owed by these units; `by` is who agreed. Returns their ids.

    Periods count from the day the notice was written; reminders may go from the day it was published (or from `now`).
    A duty that this notice has armed before stays as it is, whoever owes it by now.
    """
    units, reading = tuple(unit_ids), taken.reading
    published = times.instant(reading.published, OPENING) if reading.published else now
    begins = reading.issued or times.civil_day(now)
    known = {(duty.what, duty.rule): duty.id for duty in tx.obligations.all() if duty.notice_id == taken.notice_id}
    wanted = [obligation(taken.notice_id, duty, published, begins, ladder) for duty in reading.obligations]
    new = {(duty.what, duty.rule): tx.obligations.add(duty, units) for duty in wanted if (duty.what, duty.rule) not in known}
    if new:
        armed = {"obligations": list(new.values()), "units": len(units)}
        tx.audit.write(by, "notice.armed", now, about=f"notice:{taken.notice_id}", after=armed)
    return tuple((known | new)[duty.what, duty.rule] for duty in wanted)


def obligation(notice_id: int, duty: notices.ObligationReading, published: datetime, begins: date, ladder: str) -> Obligation:
    """The obligation that a duty becomes when nobody changes anything about it; its id is still to come."""
    return Obligation(
        id=0,
        notice_id=notice_id,
        what=duty.what[:WHAT],
        rule=duty.rule,
        shift=duty.shift or Shift.EARLIER,
        hour=duty.hour or ASKED_HOUR,
        recipient=(duty.recipient or "")[:RECIPIENT],
        emails=duty.emails,
        phones=duty.phones,
        sentence=duty.text,
        published=published,
        begins=begins,
        ends=None,
        ladder=ladder,
        hour_stated=duty.hour is not None,
        shift_stated=duty.shift is not None,
    )
